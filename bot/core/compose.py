"""Pure. A draft, its pictures and what the networks said become a plan, or one error with every fault and its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.core.errors import DraftError, Fault
from bot.core.model import Annotation, Draft, Facts, Figure, Numbering, Picture, Post, Span, Thread
from bot.core.number import fixed_point, numbered, widest
from bot.core.plan import Plan
from bot.core.rules import Rules, violations
from bot.core.split import Unsplittable, split
from bot.core.text import DIALECTS
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


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a block that becomes a post: offsets in characters."""

    block: Block
    start: int
    end: int

    @property
    def text(self) -> str:
        return self.block.text[self.start : self.end]

    @property
    def figures(self) -> tuple[Figure, ...]:
        """The pictures that stand after the text of this piece, or before all text."""
        return tuple(
            figure for at, figure in self.block.figures if self.start < at <= self.end or (at == 0 and self.start == 0)
        )


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
    for each in _blocks(draft, target.network):
        for _, figure in each.figures:
            if not figure.alt:
                where = f"{draft.path}:{figure.span.line}:{figure.span.column}"
                yield f"{where}: the picture has no alt text – describe it between ![ and ], so that it can be read aloud"


class _Composer:
    """Composes one thread."""

    def __init__(self, draft: Draft, target: Target, pictures: Pictures) -> None:
        self.draft, self.target, self.pictures = draft, target, pictures
        self.rules = target.rules
        self.numbering = target.numbering if draft.numbering is None else draft.numbering
        self.blocks = _blocks(draft, target.network)
        self.where = f"a post on {target.account} ({target.network})"

    def thread(self) -> Thread:
        if not self.blocks:
            raise DraftError(self._fault(Span(1, 1), f"nothing in this draft is for {self.target.network}"))
        pieces = fixed_point(self._pieces)
        posts = [self._post(piece, index, len(pieces)) for index, piece in enumerate(pieces, 1)]
        faults = self.faults + [
            self._fault(piece.block.span(piece.start), f"in the post that starts here, on {self.target.account}: {violation}")
            for piece, post in zip(pieces, posts, strict=True)
            for violation in violations(post, self.rules)
        ]
        if faults:
            raise DraftError(*faults)
        target = self.target
        return Thread(
            target.account, target.network, target.destination, self.draft.slug, self.draft.title, self.draft.lang, tuple(posts)
        )

    def _pieces(self, digits: int) -> list[Piece]:
        """Every piece that fits, when numbers have so many digits; what does not is a fault."""
        self.faults: list[Fault] = []
        if not self.rules.holds(widest("–", digits, self.numbering)):
            span = self.draft.spans.get("numbering", Span(1, 1))
            self.faults.append(self._fault(span, f"the numbering leaves no room for text in {self.where} – shorten it"))
            return []
        pieces: list[Piece] = []
        for each in self.blocks:
            try:
                pieces += self._split(each, digits)
            except Unsplittable as error:
                self.faults += (self._too_long(Piece(each, *span), digits) for span in error.spans)
        return pieces

    def _split(self, block: Block, digits: int) -> list[Piece]:
        def fits(start: int, end: int) -> bool:
            piece = Piece(block, start, end)
            return len(piece.figures) <= self.rules.pictures and self.rules.holds(widest(piece.text, digits, self.numbering))

        return [Piece(block, *span) for span in split(block.text, fits, self.draft.split or "paragraphs")]

    def _too_long(self, piece: Piece, digits: int) -> Fault:
        rules, text = self.rules, widest(piece.text, digits, self.numbering)
        if len(piece.figures) > rules.pictures:
            message = f"{len(piece.figures)} pictures after one text, {self.where} takes {rules.pictures} – spread them"
            return self._fault(piece.figures[rules.pictures].span, message)
        took, takes = f"{rules.used(text)} {rules.unit}", str(rules.length)
        if rules.used(text) <= rules.length or not rules.length:
            took, takes = f"{len(text.encode())} bytes", str(rules.bytes)
        numbered = " with its number" if text != piece.text else ""
        excerpt = piece.text if len(piece.text) <= 40 else f"{piece.text[:39]}…"
        message = f"“{excerpt}” cannot be cut and takes {took}{numbered}, {self.where} takes {takes} – shorten it"
        return self._fault(piece.block.span(piece.start), message)

    def _fault(self, span: Span, message: str) -> Fault:
        return Fault(self.draft.path, span.line, span.column, message)

    def _post(self, piece: Piece, index: int, total: int) -> Post:
        text = numbered(piece.text, index, total, self.numbering)
        return Post(
            index=index,
            total=total,
            text=text,
            used=self.rules.used(text),
            limit=self.rules.length,
            unit=self.rules.unit,
            annotations=tuple(self._annotations(text)),
            pictures=tuple(replace(self.pictures[self.target.network, figure], alt=figure.alt) for figure in piece.figures),
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
