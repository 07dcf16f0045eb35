"""The best way to cut a thread, found by trying everything: slow, simple, and written apart from `bot.core.split`."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from bot.core.breaks import Break, Kind, inside, lines, paragraphs, sentences, words
from bot.core.languages import language
from bot.core.model import Numbering
from bot.core.number import numbered
from bot.core.rules import Rules
from bot.core.wording import Block

FRENCH = language("fr")
LEVELS: tuple[Callable[[str, int, int], Sequence[Break]], ...] = (
    lambda text, start, end: paragraphs(text, start, end, FRENCH),
    lambda text, start, end: lines(text, start, end, FRENCH),
    lambda text, start, end: sentences(text, start, end, FRENCH),
    lambda text, start, end: words(text, start, end, FRENCH),
    inside,
)
WHOLE = {"paragraphs": 1, "sentences": 3, "words": 4}
Cost = tuple[int, ...]
MOST = 11  # atoms of a small instance


@dataclass(frozen=True)
class Atom:
    start: int
    end: int
    kind: Kind | None  # of the break behind it


class Unheld(Exception):
    """Something fits in no post and must not be cut."""


def cheapest(blocks: Sequence[Block], rules: Rules, numbering: Numbering, way: str, before: int = 0) -> tuple[int, list[Cost]]:
    """How many posts after those `before` them, and the least cost of each block. Raises Unheld, TooLarge."""
    for digits in range(4):
        total, costs = before, []
        for block in blocks:
            cost = _Search(block, rules, numbering, way, digits, total).least()
            total += cost[0]
            costs.append(cost)
        if total == 1 or len(str(total)) <= digits:
            return total - before, costs
    raise AssertionError("a thread of a thousand posts is not a small instance")


class TooLarge(Exception):
    """To try everything would take too long."""


class _Search:
    def __init__(self, block: Block, rules: Rules, numbering: Numbering, way: str, digits: int, before: int) -> None:
        self.block, self.rules, self.numbering, self.way = block, rules, numbering, way
        self.most, self.before = 10**digits - 1 if digits else 1, before
        self.fits = cache(self._fits)
        self.atoms: list[Atom] = []
        self.reached: dict[int, int] = {}  # up to the end of an atom: the fewest posts
        self._find(0, len(block.text), 0, None)
        self._fewest()  # raises Unheld, if only for the last

    def _fits(self, start: int, end: int, post: int) -> bool:
        """Whether the post of this number, counted from 1 in the block, can hold a part of the text."""
        text = numbered(self.block.text[start:end], self.before + post, self.most, self.numbering)
        pictures = [at for at, _ in self.block.figures if start < at <= end or at == start == 0]
        return (
            self.rules.used(text) <= self.rules.length
            and (not self.rules.bytes or self.rules.size(text) <= self.rules.bytes)
            and len(pictures) <= self.rules.pictures
        )

    def _find(self, start: int, end: int, level: int, kind: Kind | None) -> None:
        """The atoms: a unit stays whole if it fits in the first post that it can begin."""
        post = self._fewest() + 1
        whole = level >= WHOLE[self.way] and self.fits(start, end, post)
        if whole:
            self.atoms.append(Atom(start, end, kind))
            if len(self.atoms) > MOST:
                raise TooLarge
        elif level == len(LEVELS):  # what cannot be cut may still go into a post that it does not begin
            self.atoms.append(Atom(start, end, kind))
        else:
            for unit in self._parts(start, end, level, kind):
                self._find(unit.start, unit.end, level + 1, unit.kind)

    def _parts(self, start: int, end: int, level: int, kind: Kind | None) -> list[Atom]:
        places = LEVELS[level](self.block.text, start, end)
        starts, ends = [start, *(place.start for place in places)], [*(place.end for place in places), end]
        units = [Atom(*unit) for unit in zip(starts, ends, [*(place.kind for place in places), kind], strict=True)]
        if self.way == "words":
            return units
        if level == 3:  # a sentence: only breaks that some way to cut it into the fewest pieces has
            places_used = {at for way in self._fewest_pieces(units) for at in way}
            return self._joined(units, lambda at: at not in places_used)
        return self._led(units)

    def _fewest_pieces(self, units: list[Atom]) -> list[tuple[int, ...]]:
        """Every way to cut a sentence into the fewest pieces that fit anywhere, as the units that end a piece."""
        if len(units) > MOST:
            raise TooLarge
        everything = range(len(units) - 1)
        for count in range(len(units)):
            ways = [
                chosen
                for chosen in itertools.combinations(everything, count)
                if all(
                    self._fits_anywhere(units[first + 1].start, units[last].end)
                    for first, last in itertools.pairwise((-1, *chosen, len(units) - 1))
                )
            ]
            if ways:
                return ways
        return [tuple(everything)]  # a word is too long: anywhere

    def _led(self, units: list[Atom]) -> list[Atom]:
        """A lead-in with what it leads to, from the left, if both fit anywhere."""
        for at, (one, two) in enumerate(itertools.pairwise(units)):
            if one.kind is Kind.LEAD and self._fits_anywhere(one.start, two.end):
                return self._led([*units[:at], Atom(one.start, two.end, two.kind), *units[at + 2 :]])
        return units

    def _joined(self, units: list[Atom], stays: Callable[[int], bool]) -> list[Atom]:
        joined: list[Atom] = []
        start = units[0].start
        for at, unit in enumerate(units):
            if at + 1 == len(units) or not stays(at):
                joined.append(Atom(start, unit.end, unit.kind))
                start = units[at + 1].start if at + 1 < len(units) else 0
        return joined

    def _fits_anywhere(self, start: int, end: int) -> bool:
        return self.fits(start, end, max(self.most, self.numbering.since) - self.before)

    def _fewest(self) -> int:
        """The fewest posts that hold the atoms so far."""
        fewest = [0]
        for last in range(len(self.atoms)):
            ways = [
                fewest[first] + 1
                for first in range(last + 1)
                if self.fits(self.atoms[first].start, self.atoms[last].end, fewest[first] + 1)
            ]
            if not ways:
                raise Unheld
            fewest.append(min(ways))
        return fewest[-1]

    def least(self) -> Cost:
        return min(self._costs(0, 1, ()))

    def _costs(self, first: int, post: int, done: tuple[tuple[int, int], ...]) -> Iterator[Cost]:
        """The cost of every way to go on from here."""
        for last in range(first, len(self.atoms)):
            if not self.fits(self.atoms[first].start, self.atoms[last].end, post):
                break
            here = (*done, (first, last))
            if last + 1 == len(self.atoms):
                yield self.cost(here)
            else:
                yield from self._costs(last + 1, post + 1, here)

    def cost(self, posts: Sequence[tuple[int, int]]) -> Cost:
        spans = [(self.atoms[first].start, self.atoms[last].end) for first, last in posts]
        kinds = [self.atoms[last].kind for _, last in posts[:-1]]
        return price(self.block.text, spans, kinds, self.rules, self._room(len(posts)))

    def _room(self, post: int) -> int:
        number = numbered("", self.before + post, self.most, self.numbering)
        return self.rules.length - (self.rules.used(number + " ") if number else 0)


def price(text: str, spans: Sequence[tuple[int, int]], kinds: Sequence[Kind | None], rules: Rules, room: int) -> Cost:
    """Posts, breaks within words, behind lead-ins, within sentences, of each kind from the worst; unevenness; and whether the
    last post fills no more than a tenth."""
    lengths = [rules.used(text[start:end]) for start, end in spans]
    inside, lead, *rest = (sum(kind is each for kind in kinds) for each in sorted(Kind, reverse=True))
    cut = sum(kind is not None and kind > Kind.ANSWER for kind in kinds)
    return (len(spans), inside, lead, cut, *rest, sum(length**2 for length in lengths), lengths[-1] <= room // 10)
