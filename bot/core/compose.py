"""Pure. A draft, its pictures and what the networks said become a plan, or one error with every fault and its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.core.detect import detect
from bot.core.errors import DraftError, Fault
from bot.core.languages import language
from bot.core.lint import lints
from bot.core.model import Annotation, Draft, Facts, Figure, Numbering, Picture, Post, Span, Thread, Words
from bot.core.number import numbered
from bot.core.plan import Plan
from bot.core.posts import Frame, NoRoom, Piece, Unsplittable, cut
from bot.core.rules import Rules, text_violations, unfit
from bot.core.text import DIALECTS
from bot.core.units import Room
from bot.core.wording import Block, block

Pictures = Mapping[tuple[str, Figure], Picture]  # by network: each has its own limits


@dataclass(frozen=True, slots=True)
class Target:
    """An account as composing sees it. `numbering` is the config's, for drafts that say nothing."""

    account: str
    network: str
    destination: str
    rules: Rules
    numbering: Numbering
    facts: Facts = Facts()  # noqa: RUF009  a frozen value


def compose(draft: Draft, targets: Sequence[Target], pictures: Pictures) -> Plan:
    """The plan of a draft. Raises DraftError with everything that cannot be made to fit, on every account."""
    threads: list[Thread] = []
    faults: list[Fault] = []
    for target in targets:
        try:
            threads.append(_Composer(draft, target, pictures).thread())
        except DraftError as error:
            faults += error.faults
    if faults:
        raise DraftError(*dict.fromkeys(faults))
    said = [each for target in targets for each in (*target.facts.warnings, *target.facts.assumed, *_warnings(draft, target))]
    return Plan(draft.slug, tuple(threads), tuple(dict.fromkeys(said)))


def handles(draft: Draft, target: Target) -> frozenset[str]:
    """The handles that a draft mentions on a network, as they are written."""
    return frozenset(
        entity.target
        for block in _blocks(draft, target.network)
        for entity in DIALECTS[target.rules.dialect].entities(block.text)
        if entity.kind == "mention"
    )


def _blocks(draft: Draft, network: str) -> tuple[Block, ...]:
    return tuple(filter(None, (block(passage, network) for passage in draft.passages)))


def _warnings(draft: Draft, target: Target) -> Iterator[str]:
    if draft.content_warning and not target.rules.content_warning:
        span = draft.spans["content_warning"]
        said = f"{target.network} shows no content warning – say it in the text, between {{{target.network}: and }}"
        yield f"{draft.path}:{span.line}:{span.column}: {said}"
    for each in _blocks(draft, target.network):
        yield from lints(draft.path, each, target.rules.dialect)
        for _, figure in each.figures:
            if not figure.alt:
                where = f"{draft.path}:{figure.span.line}:{figure.span.column}"
                yield f"{where}: the picture has no alt text – describe it between ![ and ], so that it can be read aloud"


def framed(draft: Draft, target: Target) -> tuple[tuple[Block, ...], Frame]:
    """What a draft says on an account, and how it is to be cut there."""
    numbering = target.numbering if draft.numbering is None else draft.numbering
    reserved = target.rules.reserved(draft.content_warning)
    frame = Frame(target.rules, numbering, draft.split or "paragraphs", language(lang_of(draft)), reserved)
    return _blocks(draft, target.network), frame


def lang_of(draft: Draft) -> str:
    """The language that the draft says, else the one that its words are in; empty if that is not sure."""
    lines = (line for passage in draft.passages for line in passage.lines)
    return draft.lang or detect(" ".join(part.text for line in lines for part in line.parts if isinstance(part, Words)))


class _Composer:
    """Composes one thread."""

    def __init__(self, draft: Draft, target: Target, pictures: Pictures) -> None:
        self.draft, self.target, self.pictures = draft, target, pictures
        self.rules = target.rules
        self.blocks, self.frame = framed(draft, target)
        self.warning = draft.content_warning if self.rules.content_warning else ""
        self.where = f"a post on {target.account} ({target.network})"

    def thread(self) -> Thread:
        if not self.blocks:
            raise DraftError(self._fault(Span(1, 1), f"nothing in this draft is for {self.target.network}"))
        faults = list(self._unfit())
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
        return Thread(*where, draft.slug, draft.title, lang_of(draft), tuple(posts), self.warning)

    def _unfit(self) -> Iterator[Fault]:
        """What the network would refuse about a picture, at its place."""
        for _, figure in (each for passage in self.blocks for each in passage.figures):
            for violation in unfit("this picture", self._picture(figure), self.rules):
                yield self._fault(figure.span, f"on {self.target.account}, {violation}")

    def _picture(self, figure: Figure) -> Picture:
        return replace(self.pictures[self.target.network, figure], alt=figure.alt)

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
            taken, holds, unit = len(piece.text.encode()), room[1], "bytes"
        excerpt = piece.text if len(piece.text) <= 40 else f"{piece.text[:39]}…"
        beside = " beside its number" if room != self.frame.room() else ""
        message = f"“{excerpt}” takes {taken} {unit}, {self.where} has room for {holds}{beside}: {taken - holds} too many"
        mend = "shorten it, or part it with ---" if self.frame.way == "manual" else "it cannot be cut, so shorten it"
        return self._fault(piece.block.span(piece.start), f"{message} – {mend}")

    def _fault(self, span: Span, message: str) -> Fault:
        return Fault(self.draft.path, span.line, span.column, message)

    def _post(self, piece: Piece, index: int, total: int) -> Post:
        text = numbered(piece.text, index, total, self.frame.numbering)
        return Post(
            index=index,
            total=total,
            text=text,
            used=self.rules.used(text) + self.frame.reserved,
            limit=self.rules.length,
            unit=self.rules.unit,
            annotations=tuple(self._annotations(text)),
            pictures=tuple(map(self._picture, piece.figures)),
        )

    def _annotations(self, text: str) -> Iterator[Annotation]:
        people = self.target.facts.people
        for entity in DIALECTS[self.rules.dialect].entities(text):
            target = entity.target
            if entity.kind == "mention" and people is not None:
                if target not in people:
                    continue  # nobody of that name there: plain text
                target = people[target]
            start = len(text[: entity.start].encode())
            end = start + len(text[entity.start : entity.end].encode())
            yield Annotation(entity.kind, start, end, target)
