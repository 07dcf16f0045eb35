"""Pure. How a text falls apart into the units that posts are made of, and what a post can hold of them.

From the outside: paragraph, line, sentence, word, grapheme. A lead-in ("Sources :") stays with what it leads to, and a sentence
that no post can hold is cut into as few pieces as can be.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import sub
from typing import NamedTuple

from bot.core.breaks import Break, Kind, inside, lines, paragraphs, sentences, words
from bot.core.languages.language import Language

# How a unit falls apart into those of the next level: the whole text, a paragraph, a line, a sentence, a word.
PARTS: tuple[Callable[[str, int, int, Language], Sequence[Break]], ...] = (
    paragraphs,
    lines,
    sentences,
    words,
    lambda text, start, end, _: inside(text, start, end),
)
SENTENCE, WORD, GRAPHEME = 3, 4, 5  # levels

# From which level on a unit is kept whole wherever a post can hold it, and from which on it is never cut.
WAYS = {
    "paragraphs": (1, GRAPHEME),
    "sentences": (SENTENCE, GRAPHEME),
    "words": (WORD, GRAPHEME),
    "each": (1, GRAPHEME),  # after every paragraph was made a text of its own
    "manual": (0, 0),
}

Scale = Callable[[int], int]  # from a place in the text to how much stands before it
Room = tuple[int, ...]  # what a post can hold, of each scale: length first


@dataclass(frozen=True, slots=True)
class Ruler:
    """The scales of a text: its length in the network's unit, whether nothing but characters (of which none counts more than 2)
    is counted between two places, and what else can be too much, by its place in a room."""

    length: Scale
    plain: Callable[[int, int], bool]
    others: Mapping[int, Scale]

    def over(self, start: int, end: int, room: Room) -> bool:
        """Whether a part of the text is more than a post can hold by anything but its length."""
        return any(scale(end) - scale(start) > room[at] for at, scale in self.others.items())


class Unit(NamedTuple):
    """A part of a text: its place in characters, the kind of the break behind it, and its place by length."""

    start: int
    end: int
    kind: Kind | None
    opening: int
    closing: int

    def to(self, last: Unit) -> Unit:
        """This unit and all up to another."""
        return Unit(self.start, last.end, last.kind, self.opening, last.closing)


Ints = Sequence[int]


class Units:
    """The units of a text. `room` is what every post can hold."""

    def __init__(self, text: str, ruler: Ruler, language: Language, room: Room) -> None:
        self.text, self.ruler, self.language, self.room = text, ruler, language, room

    def whole(self, start: int, end: int) -> Unit:
        """A text, or a part of it, as one unit."""
        return Unit(start, end, None, self.ruler.length(start), self.ruler.length(end))

    def parts(self, unit: Unit, level: int, glued: bool) -> Sequence[Unit]:
        """The units of the next level; where `glued`, those together that a post had better not part."""
        places = PARTS[level](self.text, unit.start, unit.end, self.language)
        if not places:
            return (unit,)
        if glued and level == SENTENCE:
            return self._pieces(unit, places)
        units, length = [], self._scale(unit)
        start, opening, led = unit.start, unit.opening, False
        for end, after, kind in places:
            units.append(Unit(start, end, kind, opening, length(end)))
            start, opening, led = after, length(after), led or kind is Kind.LEAD
        units.append(Unit(start, unit.end, unit.kind, opening, unit.closing))
        return list(self._led(units)) if glued and led else units

    def _pieces(self, sentence: Unit, places: Sequence[Break]) -> Sequence[Unit]:
        """A sentence that no post can hold, parted only where it may be to be cut into as few pieces as can be."""
        starts = [sentence.start, *(place.start for place in places)]
        ends = [*(place.end for place in places), sentence.end]
        kinds = [*(place.kind for place in places), sentence.kind]
        length = self._scale(sentence)
        openings, closings = list(map(length, starts)), list(map(length, ends))
        lasts = self._few_pieces(starts, ends, openings, closings)
        pieces = zip([0, *(last + 1 for last in lasts[:-1])], lasts, strict=True)
        return [Unit(starts[one], ends[two], kinds[two], openings[one], closings[two]) for one, two in pieces]

    def _scale(self, unit: Unit) -> Scale:
        """The ruler's length within a unit; where each character counts the same, it need not be asked."""
        start, end, _, opening, closing = unit
        if self.ruler.plain(start, end):
            if closing - opening == end - start:
                return (opening - start).__add__
            if closing - opening == 2 * (end - start):
                return lambda place: opening + 2 * (place - start)
        return self.ruler.length

    def all_fit(self, units: Sequence[Unit]) -> bool:
        """Whether every post can hold each of them."""
        room = self.room[0]
        fit = all(closing - opening <= room for _, _, _, opening, closing in units)
        return fit and not (self.ruler.others and any(self._over(unit.start, unit.end) for unit in units))

    def _led(self, units: Sequence[Unit]) -> Iterator[Unit]:
        """A lead-in with what it leads to, if a post can hold both."""
        held: Unit | None = None
        for unit in units:
            if held and self.all_fit([held.to(unit)]):
                unit = held.to(unit)
            elif held:
                yield held
            held = unit if unit.kind is Kind.LEAD else None
            if not held:
                yield unit
        if held:
            yield held

    def _few_pieces(self, starts: Ints, ends: Ints, openings: Ints, closings: Ints) -> Ints:
        """The words after which a sentence may be parted: where the fewest posts that can hold it can still hold both sides."""
        if max(map(sub, closings, openings)) > self.room[0] or (self.ruler.others and any(map(self._over, starts, ends))):
            return range(len(ends))  # a word will be cut, and nobody knows where
        layers = self._layers(starts, ends, openings, closings)
        return sorted({at for near, far in layers for at in range(near, far + 1)})

    def _layers(self, starts: Ints, ends: Ints, openings: Ints, closings: Ints) -> Iterator[tuple[int, int]]:
        """For each of the fewest posts that can hold these words: the first and the last that it can end with."""
        far, near = [-1], [len(ends) - 1]
        while far[-1] < near[0]:
            first = far[-1] + 1
            last = bisect_right(closings, openings[first] + self.room[0]) - 1
            while self._over(starts[first], ends[last]):
                last -= 1
            far.append(last)
        while near[-1] >= 0:
            last = near[-1]
            first = bisect_left(openings, closings[last] - self.room[0])
            while self._over(starts[first], ends[last]):
                first += 1
            near.append(first - 1)
        return zip(near[-2::-1], far[1:], strict=True)

    def _over(self, start: int, end: int) -> bool:
        return self.ruler.over(start, end, self.room)
