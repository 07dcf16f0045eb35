"""Pure. The posts of a thread: where its texts are cut, and their numbers.

The width of the numbers is part of the optimum: each post has room for its own number, and for a total of so many digits as
the thread turns out to need. Ten posts need wider totals than nine, which may make them eleven.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise

from bot.core.breaks import paragraphs
from bot.core.gauge import Scale, number, scale, size
from bot.core.languages import language
from bot.core.languages.language import Language
from bot.core.model import Figure, Numbering, Span
from bot.core.number import mark, numbered
from bot.core.rules import Rules
from bot.core.split import Split
from bot.core.units import Room, Ruler, Units
from bot.core.wording import Block

NO_LIMIT = 1 << 62


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


@dataclass(frozen=True, slots=True)
class Frame:
    """What the posts of a thread share. `reserved` is taken in each of them, in the network's unit (a content warning, say);
    so many posts of the thread are out `before` them, and numbers go on from there."""

    rules: Rules
    numbering: Numbering
    way: str
    language: Language
    reserved: int = 0
    before: int = 0

    def room(self, beside: str = "") -> Room:
        """What a post can hold beside its number and a space: length, bytes, pictures."""
        rules = self.rules
        return (
            rules.length - self.reserved - rules.used(beside) if rules.length else NO_LIMIT,
            rules.bytes - len(beside.encode()) if rules.bytes else NO_LIMIT,
            rules.pictures,
        )

    def beside(self, post: int, digits: int) -> str:
        """The number of a post where totals have so many digits, and a space; none of either in a thread of one post."""
        number = mark(self.before + post, 10**digits - 1, self.numbering) if digits else ""
        return number and (f"{number} " if self.numbering.place == "start" else f" {number}")

    def number(self, post: int, posts: int) -> str:
        """The number of a post, of so many."""
        return mark(self.before + post, self.before + posts, self.numbering)

    def numbered(self, text: str, post: int, posts: int) -> str:
        """The text of a post with its number."""
        return numbered(text, self.before + post, self.before + posts, self.numbering)

    def digits(self, posts: int) -> int:
        """How many digits the total has; none in a thread of one post, which has no number."""
        total = self.before + posts
        return len(str(total)) if total > 1 else 0


class NoRoom(ValueError):
    """The numbers, or what else is in every post, leave no room for text."""


class Unsplittable(ValueError):
    """These pieces fit in no post and must not be cut; each with the room that there is for it."""

    def __init__(self, lost: Sequence[tuple[Piece, Room]]) -> None:
        super().__init__(f"{len(lost)} pieces that cannot be cut")
        self.lost = lost


class Layout:
    """A thread with room for totals of so many digits."""

    def __init__(self, parts: Sequence[tuple[Piece, Ruler]], frame: Frame, digits: int) -> None:
        self.parts, self.frame, self.digits = parts, frame, digits
        self.posts = 0
        self.splits: list[Split] = []
        self.lost: list[tuple[Piece, Room]] = []
        self._rooms: dict[int, Room] = {}  # by the width of the number: its digits all take the same
        self.least = self.room(max(10**digits - 1, frame.numbering.since) - frame.before)
        if self.least[0] < 1:
            raise NoRoom
        for part, ruler in parts:
            self._add(part, ruler)

    def room(self, post: int) -> Room:
        """What the text of a post can be."""
        beside = self.frame.beside(post, self.digits)
        if len(beside) not in self._rooms:
            self._rooms[len(beside)] = self.frame.room(beside)
        return self._rooms[len(beside)]

    def _add(self, part: Piece, ruler: Ruler) -> None:
        before = self.posts
        room = cache(lambda post: self.room(before + post))
        units = Units(part.block.text, ruler, self.frame.language, self.least)
        split = Split(units, part.start, part.end, room, self.frame.way)
        self.posts += split.posts
        self.splits.append(split)
        self.lost += ((Piece(part.block, start, end), room(post)) for post, start, end in split.lost)
        if part.start == part.end and len(part.figures) > self.frame.rules.pictures:  # no scale measures pictures alone
            self.lost.append((part, room(1)))

    @property
    def fewest(self) -> int:
        """No way of cutting has fewer posts, however narrow the numbers."""
        longest = self.frame.room()[0]
        return sum(-(-split.bare // longest) or 1 for split in self.splits)

    def pieces(self) -> Iterator[Piece]:
        """The best way to cut the thread into so many posts."""
        for (part, _), split in zip(self.parts, self.splits, strict=True):
            lasts = split.best()
            for last, here in pairwise([-1, *lasts]):
                yield Piece(part.block, split.atoms[last + 1].start, split.atoms[here].end)

    def excess(self, pieces: Sequence[Piece]) -> int:
        """By how much the network finds the longest post too long.

        Its own count is law, and where a post begins or ends it may see what it did not see in the whole text: X skips a letter
        of some links at the very start. But it sees nothing beyond white space.
        """
        frame, rules, rulers = self.frame, self.frame.rules, {id(part.block): ruler for part, ruler in self.parts}
        led = frame.numbering.place == "start"
        used = [
            rules.used(frame.numbered(piece.text, n, len(pieces)))
            for n, piece in enumerate(pieces, 1)
            if not _apart(piece, led and bool(frame.number(n, len(pieces))))
            and not rulers[id(piece.block)].plain(piece.start, piece.end)
        ]
        return max(used, default=0) + frame.reserved - (rules.length or NO_LIMIT)


def _apart(piece: Piece, led: bool) -> bool:
    """Whether white space stands before and behind a piece in its block, and in its post, which a number may lead."""
    text, start, end = piece.block.text, piece.start, piece.end
    return led and (not start or text[start - 1].isspace()) and (end == len(text) or text[end].isspace())


def _ruler(block: Block, rules: Rules) -> Ruler:
    """Only what can be too much for a post is measured beside its length."""
    length, plain = scale(block.text, rules.dialect)
    others = dict[int, Scale]()
    if rules.bytes and _heavy(len(block.text), length, rules):
        others[1] = size(block.text, rules.dialect)
    if len(block.figures) > rules.pictures:
        others[2] = number([at for at, _ in block.figures])
    return Ruler(length, plain, others)


def _heavy(end: int, length: Scale, rules: Rules) -> bool:
    """Whether a post that is not too long may have too many bytes. A character has four at most, so it takes a quarter as many
    characters as bytes, in clusters. Five steps are so many; wherever they stand, four steps of a grid lie within them."""
    step = rules.bytes // 20
    if rules.bytes < 4 * rules.length or not step:
        return True
    return any(length(at + 4 * step) - length(at) <= rules.length for at in range(0, end - 4 * step + 1, step))


def lay_out(blocks: Sequence[Block], frame: Frame) -> Layout:
    """The thread with the least digits that suffice for its own total. Raises NoRoom.

    More digits hardly ever make fewer posts (where they do, as a paragraph must be cut and fills the post before, the numbers
    are narrower than the room for them), so it begins with those that the least total needs.
    """
    rulers = [(block, _ruler(block, frame.rules)) for block in blocks]
    parts = [(part, ruler) for block, ruler in rulers for part in _parts(block, frame)]
    guess = sum(1 + len(block.text) // (frame.rules.length or NO_LIMIT) for block in blocks)
    layout = Layout(parts, frame, frame.digits(guess))
    digits = frame.digits(layout.fewest)
    while True:
        layout = layout if layout.digits == digits else Layout(parts, frame, digits)
        if frame.digits(layout.posts) <= digits:
            return layout
        digits = frame.digits(layout.posts)


def _parts(block: Block, frame: Frame) -> Iterator[Piece]:
    """What each begins a post of its own: the block, or each of its paragraphs."""
    start, end = 0, len(block.text)
    if frame.way == "each":
        for place in paragraphs(block.text, start, end, frame.language):
            yield Piece(block, start, place.end)
            start = place.start
    yield Piece(block, start, end)


def settle(blocks: Sequence[Block], frame: Frame) -> tuple[Layout, list[Piece]]:
    """The layout of a thread, and its pieces, each of which fits with its number. Raises NoRoom; Unsplittable with all that
    cannot be cut."""
    reserved = frame.reserved
    while True:
        layout = lay_out(blocks, replace(frame, reserved=reserved))
        if layout.lost:
            raise Unsplittable(layout.lost)
        pieces = list(layout.pieces())
        excess = layout.excess(pieces)
        if excess <= 0:
            return layout, pieces
        reserved += max(excess, reserved - frame.reserved)


def cut(blocks: Sequence[Block], frame: Frame) -> list[Piece]:
    """The pieces of a thread. Raises as `settle`."""
    _, pieces = settle(blocks, frame)
    return pieces


def posts(text: str, rules: Rules, numbering: Numbering, way: str = "paragraphs", lang: str = "") -> list[str]:
    """The numbered texts of the posts that a text in NFC becomes. Raises NoRoom, Unsplittable."""
    pieces = cut([Block(text, (), ((0, Span(1, 1)),))], Frame(rules, numbering, way, language(lang)))
    return [numbered(piece.text, n, len(pieces), numbering) for n, piece in enumerate(pieces, 1)]
