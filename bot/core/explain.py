"""Pure. Why a thread is cut where it is: what each way of splitting would cost, and at each seam the next best place."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from bot.core.breaks import Break, Kind, lines, paragraphs, sentences
from bot.core.languages.language import Language
from bot.core.posts import Frame, NoRoom, Piece, Unsplittable, cut, lay_out
from bot.core.split import Split
from bot.core.units import WAYS
from bot.core.wording import Block

EXCERPT = 24  # characters of the words before a seam


@dataclass(frozen=True, slots=True)
class Tally:
    """What one way of splitting makes of a thread; no `posts` where something cannot be cut that way."""

    way: str
    posts: int
    paragraphs: int  # cut
    sentences: int  # cut


@dataclass(frozen=True, slots=True)
class Place:
    """A place to cut: the words before it, its kind, and by how much the posts beside it differ in the network's unit."""

    words: str
    kind: Kind
    uneven: int


@dataclass(frozen=True, slots=True)
class Seam:
    """Between the post of this number and the next. `place` is None where the author cut, `other` where there is no other."""

    post: int
    place: Place | None = None
    other: Place | None = None


def tallies(blocks: Sequence[Block], frame: Frame) -> Iterator[Tally]:
    """Posts against what is cut, for each way."""
    for way in WAYS:
        try:
            pieces = cut(blocks, replace(frame, way=way))
        except (NoRoom, Unsplittable):
            yield Tally(way, 0, 0, 0)
            continue
        counts = [_cut_in(block, pieces, frame.language) for block in blocks]
        yield Tally(way, len(pieces), sum(count for count, _ in counts), sum(count for _, count in counts))


def _cut_in(block: Block, pieces: Sequence[Piece], language: Language) -> tuple[int, int]:
    """How many paragraphs and how many sentences of a block are cut."""
    ends = [piece.end for piece in pieces if piece.block is block][:-1]
    units, cut = [(0, len(block.text))], list[int]()
    for part in (paragraphs, lines, sentences):
        units = [unit for start, end in units for unit in _between(part(block.text, start, end, language), start, end)]
        cut.append(sum(bisect_right(ends, start) < bisect_left(ends, end) for start, end in units))
    return cut[0], cut[2]


def _between(places: Sequence[Break], start: int, end: int) -> Iterator[tuple[int, int]]:
    return zip([start, *(place.start for place in places)], [*(place.end for place in places), end], strict=True)


def seams(blocks: Sequence[Block], frame: Frame) -> Iterator[Seam]:
    """Every seam of the thread, in order. Raises NoRoom, Unsplittable."""
    layout = lay_out(blocks, frame)
    if layout.lost:
        raise Unsplittable(layout.lost)
    done = 0
    for (part, _), split in zip(layout.parts, layout.splits, strict=True):
        if done:
            yield Seam(done)
        lasts = split.best()
        for post in range(1, len(lasts)):
            yield _seam(part.block.text, split, lasts, post, done)
        done += len(lasts)


def _seam(text: str, split: Split, lasts: Sequence[int], post: int, before: int) -> Seam:
    first, end = [-1, *lasts][post - 1] + 1, lasts[post]

    def cost(last: int) -> tuple[Kind, int]:
        return split.atoms[last].kind or Kind.PARAGRAPH, abs(split.length(first, last) - split.length(last + 1, end))

    def place(last: int) -> Place:
        words = text[max(split.atoms[first].start, split.atoms[last].end - EXCERPT) : split.atoms[last].end]
        return Place(words.rpartition("\n")[2], *cost(last))

    others = split.others(lasts, post)
    return Seam(before + post, place(lasts[post - 1]), place(min(others, key=cost)) if others else None)
