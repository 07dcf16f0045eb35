"""Pure. Why a thread is cut where it is: what each way of splitting would make of it, and at each seam the next best place."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from bot.core.breaks import Break, Kind, lines, paragraphs, sentences
from bot.core.graphemes import cluster_ends
from bot.core.languages.language import Language
from bot.core.posts import Frame, NoRoom, Unsplittable, cut, settle
from bot.core.split import Split
from bot.core.units import WAYS
from bot.core.wording import Block

EXCERPT = 24  # graphemes of the words before a seam
LONGEST = 8 * EXCERPT  # characters that these are looked for in: a grapheme has no end in theory


@dataclass(frozen=True, slots=True)
class Tally:
    """What one way of splitting makes of a thread: posts, and how many paragraphs and sentences are cut. None of these where
    something fits in no post that way."""

    way: str
    posts: int | None = None
    paragraphs: int | None = None
    sentences: int | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """A place to cut: the words before it, its kind, and by how much the posts beside it differ in the network's unit."""

    words: str
    kind: Kind
    uneven: int


@dataclass(frozen=True, slots=True)
class Seam:
    """Between the post of this number and the next. `place` is None where the author wrote ---; `other` is the next best place
    while all other seams stay, None if there is none."""

    post: int
    place: Place | None = None
    other: Place | None = None


def tallies(blocks: Sequence[Block], frame: Frame) -> Iterator[Tally]:
    """Posts against what is cut, for each way."""
    for way in WAYS:
        try:
            pieces = cut(blocks, replace(frame, way=way))
        except (NoRoom, Unsplittable):
            yield Tally(way)
            continue
        ends = defaultdict[int, list[int]](list)
        for piece in pieces:
            ends[id(piece.block)].append(piece.end)
        counts = [_cut_in(block.text, ends[id(block)], frame.language) for block in blocks]
        yield Tally(way, len(pieces), sum(count for count, _ in counts), sum(count for _, count in counts))


def _cut_in(text: str, ends: Sequence[int], language: Language) -> tuple[int, int]:
    """How many paragraphs and how many sentences are cut by pieces that end there."""
    units, counts = [(0, len(text))], list[int]()
    for part in (paragraphs, lines, sentences):
        units = [unit for start, end in units for unit in _between(part(text, start, end, language), start, end)]
        counts.append(sum(bisect_right(ends, start) < bisect_left(ends, end) for start, end in units))
    return counts[0], counts[2]


def _between(places: Sequence[Break], start: int, end: int) -> Iterator[tuple[int, int]]:
    return zip([start, *(place.start for place in places)], [*(place.end for place in places), end], strict=True)


@dataclass(frozen=True, slots=True)
class _Post:
    """The post that ends with `lasts[at]`, one of the atoms of a split."""

    block: Block
    split: Split
    lasts: Sequence[int]
    at: int

    @property
    def first(self) -> int:
        return self.lasts[self.at - 1] + 1 if self.at else 0

    def length(self) -> int:
        return self.split.length(self.first, self.lasts[self.at])


def seams(blocks: Sequence[Block], frame: Frame) -> Iterator[Seam]:
    """Every seam of the thread that `cut` makes, in order. Raises NoRoom, Unsplittable."""
    layout, _ = settle(blocks, frame)
    posts = list[_Post]()
    for (part, _), split in zip(layout.parts, layout.splits, strict=True):
        lasts = split.best()
        posts += (_Post(part.block, split, lasts, at) for at in range(len(lasts)))
    for number, (one, two) in enumerate(pairwise(posts), 1):
        if one.block is not two.block:
            yield Seam(number)
        elif one.split is not two.split:  # each paragraph is a post: no choice
            words = _words(one, one.lasts[one.at])
            yield Seam(number, Place(words, Kind.PARAGRAPH, abs(one.length() - two.length())))
        else:
            yield _chosen(number, one)


def _chosen(number: int, one: _Post) -> Seam:
    """The seam behind a post, where there was a choice."""
    split, end = one.split, one.lasts[one.at + 1]

    def lengths(last: int) -> tuple[int, int]:
        return split.length(one.first, last), split.length(last + 1, end)

    def kind(last: int) -> Kind:
        return split.atoms[last].kind or Kind.PARAGRAPH

    def cost(last: int) -> tuple[Kind, int]:
        return kind(last), sum(length * length for length in lengths(last))

    def place(last: int) -> Place:
        before, after = lengths(last)
        return Place(_words(one, last), kind(last), abs(before - after))

    others = split.elsewhere(one.lasts, one.at + 1)
    return Seam(number, place(one.lasts[one.at]), place(min(others, key=cost)) if others else None)


def _words(post: _Post, last: int) -> str:
    """The last words of a post that ends with this atom: of its last line, and no half grapheme."""
    start, end = post.split.atoms[post.first].start, post.split.atoms[last].end
    line = post.block.text[max(start, end - LONGEST) : end].rpartition("\n")[2]
    ends = [0, *cluster_ends(line)]
    return line[ends[max(0, len(ends) - 1 - EXCERPT)] :].lstrip()
