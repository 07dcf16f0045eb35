"""Pure. What a draft says on an account: its words there, with people named and links gathered, and how they are to be cut."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.core.detect import detect
from bot.core.gather import Gathered, gather, linked
from bot.core.languages import language
from bot.core.model import Draft, Numbering, Span, Words
from bot.core.people import Mention, named
from bot.core.posts import Frame, NoRoom, Unsplittable, cut
from bot.core.target import Target
from bot.core.text import DIALECTS
from bot.core.wording import Block, block


@dataclass(frozen=True, slots=True)
class Said:
    """What goes to an account. `handles` are of people, as in `Named`; `bare` are links that are words of a sentence, where
    links should stand in the last post; `strangers` and `faults` as in `Named`."""

    blocks: tuple[Block, ...]
    frame: Frame
    handles: frozenset[str] = frozenset()
    mentions: tuple[Mention, ...] = ()
    bare: tuple[tuple[Span, str], ...] = ()
    strangers: tuple[tuple[Span, str], ...] = ()
    faults: tuple[tuple[Span, str], ...] = ()


def said(draft: Draft, target: Target) -> Said:
    """What a draft says on an account."""
    frame = _frame(draft, target)
    parts = filter(None, (block(passage, target.network) for passage in draft.passages))
    found = [named(part, target, draft.absent) for part in parts]
    gathered = Gathered(tuple(each.block for each in found))
    if draft.links and target.rules.dear_links:
        gathered = _gathered(gathered.blocks, frame)
    return Said(
        gathered.blocks,
        frame,
        frozenset().union(*(each.handles for each in found)),
        tuple(mention for each in found for mention in each.mentions),
        gathered.words,
        tuple(stranger for each in found for stranger in each.strangers),
        tuple(fault for each in found for fault in each.faults),
    )


def _frame(draft: Draft, target: Target) -> Frame:
    numbering, way = numbering_of(draft, target), draft.split or "paragraphs"
    reserved = target.rules.reserved(warning_of(draft, target))
    return Frame(target.rules, numbering, way, language(lang_of(draft)), reserved, target.before)


def numbering_of(draft: Draft, target: Target) -> Numbering:
    """How the posts of a draft are numbered on an account."""
    return target.numbering if draft.numbering is None else draft.numbering


def warning_of(draft: Draft, target: Target) -> str:
    """The content warning of a draft on an account; where it says none, that of the thread that it goes on from."""
    return draft.content_warning or (target.sealed.content_warning if target.sealed else "")


def lang_of(draft: Draft) -> str:
    """The language that the draft says, else the one that its words are in; empty if that is not sure."""
    lines = (line for passage in draft.passages for line in passage.lines)
    return draft.lang or detect(" ".join(part.text for line in lines for part in line.parts if isinstance(part, Words)))


def _gathered(blocks: tuple[Block, ...], frame: Frame) -> Gathered:
    """Nothing is gathered where all links are in the last post as it is. Those of a last passage that is one post stay there,
    and the others come to them."""
    dialect = frame.rules.dialect
    try:
        pieces = cut(blocks, frame)
    except (NoRoom, Unsplittable):
        return gather(blocks, dialect)  # it will be told of the rest
    if not any(linked(piece.text, dialect) for piece in pieces[:-1]):
        return Gathered(blocks)
    one_post = pieces[-2].block is not blocks[-1]
    return gather(blocks, dialect, keep=one_post and bool(linked(blocks[-1].text, dialect)))


def handles(draft: Draft, target: Target) -> frozenset[str]:
    """The handles that a draft mentions on a network, as they are written there."""
    here = said(draft, target)
    seen = (entity for part in here.blocks for entity in DIALECTS[target.rules.dialect].entities(part.text))
    return here.handles | {entity.target for entity in seen if entity.kind == "mention"}


@dataclass(frozen=True, slots=True)
class Listed:
    """A mention as it was written, and by account what stands there; empty for what tags nobody."""

    span: Span
    written: str
    becomes: Mapping[str, str]


def mentions(draft: Draft, targets: Sequence[Target]) -> tuple[Listed, ...]:
    """Every mention of a draft, in reading order."""
    found: dict[tuple[Span, str], dict[str, str]] = {}
    for target in targets:
        for each in said(draft, target).mentions:
            found.setdefault((each.span, each.written), {})[target.account] = each.becomes
    return tuple(Listed(span, written, becomes) for (span, written), becomes in sorted(found.items(), key=lambda each: each[0]))
