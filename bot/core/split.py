"""Pure. The best set of breaks: fewest posts that keep whole what the author wants whole, then the best places, then even.

In reading order, a unit that is to be kept whole is cut only if no post can hold it: no later post has more room, so the first
that it can stand in decides. What is left are atoms, and among all ways to put them into the fewest posts dynamic programming
finds the cheapest.

Every place that the fewest posts can end at has its number: as many posts as it takes to get there. So there is one layer of
places for each post, between the farthest that the posts before can reach and the nearest from which the rest can be done.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from bot.core.breaks import Kind
from bot.core.units import SENTENCE, WAYS, Room, Unit, Units

# What a set of breaks costs, as one integer that is read like digits: breaks within a word, then behind a lead-in, then all
# that cut a sentence, then each kind from the worst; then unevenness: the sum of squared lengths in the network's unit. It
# compares like a tuple and adds up. Of equal ways the one with the longest last post is taken: no widow.
CUT = 1 << (64 + 24 * Kind.LEAD)  # the place after those of the kinds that are better
PRICE = {kind: 1 << (64 + 24 * (kind + (kind >= Kind.LEAD))) for kind in Kind}
PRICE |= {kind: PRICE[kind] + CUT for kind in Kind if kind > Kind.ANSWER}


class Split:
    """A text, or a part of it, in atoms, and the fewest posts that can hold them.

    `room(n)` is how much the n-th post can hold, counted from 1, its length first; no later post has more room than an earlier
    one. `lost` are the places, as (post, start, end), of what fits in no post and must not be cut; with any, there is no best
    way.
    """

    def __init__(self, units: Units, start: int, end: int, room: Callable[[int], Room], way: str) -> None:
        self.units, self.ruler, self.room = units, units.ruler, room
        self.lost: list[tuple[int, int, int]] = []
        self.atoms: list[Unit] = []
        self._far = [-1]  # the last atom of each post, when each takes as much as it can
        self._whole, self._never = WAYS[way]
        whole = units.whole(start, end)
        self._begin(whole)
        self._fill([whole], 0)
        self._far.append(len(self.atoms) - 1)
        # to be searched
        self._openings, self._closings = [atom.opening for atom in self.atoms], [atom.closing for atom in self.atoms]

    @property
    def posts(self) -> int:
        """How many posts it takes."""
        return len(self._far) - 1

    def _fill(self, units: Sequence[Unit], level: int) -> None:
        """Puts units into posts: whole where they are to be kept whole and a post can hold them, else in parts."""
        if level >= self._whole and not self.ruler.others and self.units.all_fit(units):
            self._pour(units)
            return
        for unit in units:
            if level < self._whole or not self._take(unit, must=level == self._never):
                self._fill(self.units.parts(unit, level, glued=self._whole <= SENTENCE), level + 1)

    def _pour(self, units: Sequence[Unit]) -> None:
        """Adds units that fit in any post: what `_take` does, a post at a time."""
        at, held, closings = 0, 0, [unit.closing for unit in units]
        # A post that begins with a unit holds it. Past the digits of the total it may not, but then the layout is not kept.
        while (stop := max(bisect_right(closings, self._first.opening + self._room[0], at), held)) < len(units):
            self.atoms += units[at:stop]
            self._far.append(len(self.atoms) - 1)
            self._begin(units[stop])
            at, held = stop, stop + 1
        self.atoms += units[at:]

    def _take(self, unit: Unit, must: bool) -> bool:
        """Adds a unit as an atom to the post at hand, or to the next; false if no post can hold it."""
        if unit.closing - self._first.opening > self._room[0] or self.ruler.over(self._first.start, unit.end, self._room):
            new = self._far[-1] < len(self.atoms) - 1
            room = self.room(len(self._far) + new)
            if unit.closing - unit.opening > room[0] or self.ruler.over(unit.start, unit.end, room):
                if not must:
                    return False
                self.lost.append((len(self._far) + new, unit.start, unit.end))
            if new:
                self._far.append(len(self.atoms) - 1)
            self._begin(unit)
        self.atoms.append(unit)
        return True

    def _begin(self, unit: Unit) -> None:
        """A post begins with this unit, or with its first part."""
        self._first, self._room = unit, self.room(len(self._far))

    def best(self) -> list[int]:
        """The last atom of each post, in the cheapest way to put all atoms into the fewest posts."""
        costs, came = {-1: 0}, dict[int, int]()
        layers = [range(near, far + 1) for near, far in zip(self._near(), self._far, strict=True)]
        for post, (froms, tos) in enumerate(pairwise(layers), 1):
            if len(tos) == len(froms) == 1:  # no choice, and all that follows has the same before it
                costs[tos[0]], came[tos[0]] = 0, froms[0]
                continue
            for place, cost, origin in self._layer(post, costs, froms, tos):
                costs[place], came[place] = cost, origin
        lasts = [len(self.atoms) - 1]
        while (origin := came[lasts[-1]]) >= 0:
            lasts.append(origin)
        return lasts[::-1]

    def _near(self) -> list[int]:
        """The first atom that each post can end with, if the posts after it are to hold the rest."""
        near = [len(self.atoms) - 1]
        for post in range(self.posts, 0, -1):
            near.append(self._earliest(near[-1], post, 0) - 1)
        return near[::-1]

    def _earliest(self, last: int, post: int, first: int) -> int:
        """The first atom, from `first` on, at which a post that ends with the atom `last` can begin."""
        first = bisect_left(self._openings, self._closings[last] - self.room(post)[0], first, last)
        while self.ruler.others and self.ruler.over(self.atoms[first].start, self.atoms[last].end, self.room(post)):
            first += 1
        return first

    def _layer(self, post: int, costs: dict[int, int], froms: range, tos: range) -> Iterator[tuple[int, int, int]]:
        """For each atom that this post may end with: the least cost up to there, and the last atom of the post before.

        The later a post ends, the later the best one before it ends: lengths are squared. So the ranges are halved in turn.
        """
        openings = self._openings
        todo = [(tos, froms)]
        while todo:
            tos, froms = todo.pop()
            place = tos[len(tos) // 2]
            end, least = self._closings[place], -1
            for origin in froms if len(froms) == 1 else range(self._earliest(place, post, froms[0] + 1) - 1, froms[-1] + 1):
                length = end - openings[origin + 1]
                cost = costs[origin] + length * length
                if cost < least or least < 0:
                    least, best = cost, origin
            kind = self.atoms[place].kind
            yield place, least if kind is None else least + PRICE[kind], best
            if place > tos[0]:
                todo.append((range(tos[0], place), range(froms[0], best + 1)))
            if place < tos[-1]:
                todo.append((range(place + 1, tos[-1] + 1), range(best, froms[-1] + 1)))

    def elsewhere(self, lasts: Sequence[int], post: int) -> list[int]:
        """Where else a post could have ended, had the posts beside it begun and ended where they do."""
        first, last, end = [-1, *lasts][post - 1] + 1, lasts[post - 1], lasts[post]
        places = range(max(first, self._earliest(end, post + 1, first) - 1), end)
        return [place for place in places if place != last and self._earliest(place, post, first) == first]

    def length(self, first: int, last: int) -> int:
        """Of these atoms and what is between them, in the network's unit."""
        return self._closings[last] - self._openings[first]

    @property
    def bare(self) -> int:
        """The length of all atoms without what is between them: no posts hold less."""
        return sum(self._closings) - sum(self._openings)
