"""Pure. A draft, its pictures and what the networks said become a plan, or one error with every fault and its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from bot.core.alt import no_alt
from bot.core.cards import ending_link
from bot.core.errors import DraftError, Fault
from bot.core.lint import lints
from bot.core.model import Annotation, Draft, Entity, Figure, Picture, Post, Span, Thread
from bot.core.options import chosen
from bot.core.people import SILENT, mentioned
from bot.core.plan import Plan
from bot.core.posts import NoRoom, Piece, Unsplittable, cut
from bot.core.rules import text_violations, unfit
from bot.core.saying import Said, lang_of, said, warning_of
from bot.core.target import Target
from bot.core.text import DIALECTS
from bot.core.units import Room

Pictures = Mapping[tuple[str, Figure], Picture]  # by account: each has its own limits


def compose(draft: Draft, targets: Sequence[Target], pictures: Pictures) -> Plan:
    """The plan of a draft. Raises DraftError with everything that cannot be made to fit, on every account."""
    threads: list[Thread] = []
    faults: list[Fault] = []
    warnings: list[str] = []
    alone = len({target.network for target in targets if target.rules.dialect not in SILENT}) < 2
    for target in targets:
        composer = _Composer(draft, target, pictures, alone)
        warnings += (*target.facts.warnings, *target.facts.assumed, *composer.warnings())
        try:
            threads.append(composer.thread())
        except DraftError as error:
            faults += error.faults
    if faults:
        raise DraftError(*dict.fromkeys(faults))
    return Plan(draft.slug, tuple(threads), tuple(dict.fromkeys(warnings)))


class _Composer:
    """Composes one thread. `alone`: the draft goes to no other network with handles."""

    def __init__(self, draft: Draft, target: Target, pictures: Pictures, alone: bool) -> None:
        self.draft, self.target, self.pictures, self.alone = draft, target, pictures, alone
        self.rules = target.rules
        self.said: Said = said(draft, target)
        self.chosen = chosen(draft, target)
        self.blocks, self.frame = self.said.blocks, self.said.frame
        self.warning = warning_of(draft, target) if self.rules.content_warning else ""
        self.where = f"a post on {target.account} ({target.network})"

    def warnings(self) -> Iterator[str]:
        """What an author should know, each with its place."""
        network = self.target.network
        if self.draft.content_warning and not self.warning:
            advice = f"say it in the text, between {{{network}: and }}"
            yield str(self._fault(self.draft.spans["content_warning"], f"{network} shows no content warning – {advice}"))
        for span, message in self.chosen.warnings:
            yield str(self._fault(span, message))
        for span, word in self.said.bare:
            message = f"“{word}” is a link to {network}, and its post costs as much as one with a link"
            yield str(self._fault(span, f"{message} – write https://{word} to have it in the last post, or without the dot"))
        for each in self.blocks:
            yield from lints(self.draft.path, each, self.rules.dialect)
        if self.target.alt_text == "warning":
            yield from map(str, self._undescribed())

    def thread(self) -> Thread:
        if not self.blocks:
            raise DraftError(self._fault(Span(1, 1), f"nothing in this draft is for {self.target.network}"))
        faults = [*self._unfit(), *self._misdirected()]
        if self.target.alt_text == "error":
            faults += self._undescribed()
        try:
            pieces = self._pieces()
        except DraftError as error:
            raise DraftError(*faults, *error.faults) from None
        posts = [self._post(piece, index, len(pieces)) for index, piece in enumerate(pieces, 1)]
        faults += (
            self._fault(piece.block.span(piece.start), f"in the post that starts here, on {self.target.account}: {violation}")
            for piece, post in zip(pieces, posts, strict=True)
            for violation in text_violations(post, self.rules)
        )
        if faults:
            raise DraftError(*faults)
        target, draft = self.target, self.draft
        where = target.account, target.network, target.destination
        about = draft.slug, draft.title, lang_of(draft)
        return Thread(*where, *about, tuple(posts), self.warning, self.chosen.options, target.follows)

    def _misdirected(self) -> Iterator[Fault]:
        """Who would be named wrongly, or shown what is not for them."""
        strangers = () if self.alone else self.said.strangers
        return (self._fault(span, message) for span, message in (*self.said.faults, *strangers, *self.chosen.faults))

    def _figures(self) -> Iterator[Figure]:
        return (figure for passage in self.blocks for _, figure in passage.figures)

    def _undescribed(self) -> Iterator[Fault]:
        """Pictures that nobody can have read aloud, each at its place."""
        said = ((figure.span, no_alt(figure.alt, figure.source, figure.proposed)) for figure in self._figures())
        return (self._fault(span, message) for span, message in said if message)

    def _unfit(self) -> Iterator[Fault]:
        """What the network would refuse about a picture, at its place."""
        for figure in self._figures():
            for violation in unfit("this picture", self._picture(figure), self.rules):
                yield self._fault(figure.span, f"on {self.target.account}, {violation}")

    def _picture(self, figure: Figure) -> Picture:
        return replace(self.pictures[self.target.account, figure], alt=figure.alt, focus=figure.focus)

    def _pieces(self) -> list[Piece]:
        try:
            return cut(self.blocks, self.frame)
        except NoRoom:
            said = {"numbering": self.frame.numbering.form and "numbers", "content_warning": self.warning and "content warning"}
            what = " and the ".join(filter(None, said.values()))
            span = next((self.draft.spans[key] for key, value in said.items() if value and key in self.draft.spans), Span(1, 1))
            message = f"the {what} leave no room for text in {self.where} – write less there"
            raise DraftError(self._fault(span, message)) from None
        except Unsplittable as error:
            raise DraftError(*(self._too_long(*lost) for lost in error.lost)) from None

    def _too_long(self, piece: Piece, room: Room) -> Fault:
        if len(piece.figures) > self.rules.pictures:
            message = f"{len(piece.figures)} pictures after one text, {self.where} takes {self.rules.pictures} – spread them"
            return self._fault(piece.figures[self.rules.pictures].span, message)
        taken, holds, unit = self.rules.used(piece.text), room[0], self.rules.unit
        if taken <= holds:
            taken, holds, unit = self.rules.size(piece.text), room[1], "bytes"
        excerpt = piece.text if len(piece.text) <= 40 else f"{piece.text[:39]}…"
        beside = " beside its number" if room != self.frame.room() else ""
        message = f"“{excerpt}” takes {taken} {unit}, {self.where} has room for {holds}{beside}: {taken - holds} too many"
        mend = "shorten it, or part it with ---" if self.frame.way == "manual" else "it cannot be cut, so shorten it"
        return self._fault(piece.block.span(piece.start), f"{message} – {mend}")

    def _fault(self, span: Span, message: str) -> Fault:
        return Fault(self.draft.path, span.line, span.column, message)

    def _post(self, piece: Piece, index: int, total: int) -> Post:
        whole = self.frame.numbered(piece.text, index, total)
        text, seen = DIALECTS[self.rules.dialect].shown(whole)
        post = Post(
            index=index,
            total=total,
            text=text,
            used=self.rules.used(whole) + self.frame.reserved,
            limit=self.rules.length,
            unit=self.rules.unit,
            annotations=tuple(self._annotations(text, mentioned(text, seen, self.said.handles))),
            pictures=tuple(map(self._picture, piece.figures)),
        )
        if cards := self.target.facts.cards:
            link = ending_link(post, self.frame.number(index, total), self.frame.numbering)
            return replace(post, card=cards.get(link))
        return post

    def _annotations(self, text: str, seen: tuple[Entity, ...]) -> Iterator[Annotation]:
        people = self.target.facts.people
        for entity in seen:
            target = entity.target
            if entity.kind == "mention" and people is not None:
                if target not in people:
                    continue  # nobody of that name there: plain text
                target = people[target]
            start = len(text[: entity.start].encode())
            end = start + len(text[entity.start : entity.end].encode())
            yield Annotation(entity.kind, start, end, target)
