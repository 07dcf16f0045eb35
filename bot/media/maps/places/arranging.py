"""Pure. Which label takes which of its places: as many labels as can be, at the least cost, the important ones first.

Places are numbers here, label by label and the cheapest first. Work is bounded by the moves that are tried, not by the clock:
so the same labels stand at the same places on a slow machine.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy
import shapely

from bot.media.maps.places.clearing import Candidate

DEPTH = 3  # how many labels, one after the other, may have to move for one
CROWD = 3  # how many may be in the way at once
TRIES = 200  # moves tried for one label that has none
MOST_TRIES = 3_000  # for all that have none, and as many to find better places: some 2 ms each where it is crowded
ROUNDS = 4  # of looking for better places


class Arrangement:
    """Labels in the order in which they choose, their places, and which of them each has."""

    def __init__(self, places: Sequence[Sequence[Candidate]]) -> None:
        every = [place for label in places for place in label]
        ends = numpy.cumsum([len(label) for label in places]).tolist()
        self._places = [range(end - len(label), end) for label, end in zip(places, ends, strict=True)]
        self._costs = [place.cost for place in every]
        self._rooms = numpy.array([place.room for place in every], dtype=object)
        self._boxes = shapely.bounds(self._rooms)
        self._standing = numpy.full((len(places), 4), numpy.nan)  # the box of each label's place: nothing is within no number
        self._chosen: dict[int, int] = {}
        self._journal: list[tuple[int, int | None]] = []  # whom each change concerned, and the place it had before
        self._tries = 0

    def arranged(self) -> dict[int, int]:
        """Which of its places each label gets, counted from its first; those that get none are not in it."""
        labels = range(len(self._places))
        for label in labels:
            self._take_free(label)
        without = [label for label in labels if label not in self._chosen]
        for label in without:
            self._tries = min(TRIES, MOST_TRIES // len(without))
            self._make_room(label, DEPTH, frozenset())
        self._tries = MOST_TRIES
        for _ in range(ROUNDS):
            if not sum(map(self._improve, labels)):
                break
        return {label: place - self._places[label].start for label, place in self._chosen.items()}

    def _take_free(self, label: int) -> bool:
        """The first place that is free, hence the cheapest."""
        pairs = zip(self._places[label], self._crowds(label), strict=True)
        return self._put(label, next((place for place, crowd in pairs if not crowd), None))

    def _make_room(self, label: int, depth: int, fixed: frozenset[int]) -> bool:
        """A place for a label that has none, if all that are in the way there can move, without those that are `fixed`."""
        pairs = zip(self._crowds(label), self._places[label], strict=True)
        for crowd, place in sorted(pairs, key=lambda pair: len(pair[0])):
            if self._tries <= 0 or len(crowd) > CROWD:
                break
            self._tries -= 1
            mark = len(self._journal)
            if not fixed & crowd and self._swap(label, place, crowd):
                if all(self._take_free(other) or self._push(other, depth, fixed | {label}) for other in sorted(crowd)):
                    return True
                self._undo(mark)
        return False

    def _push(self, label: int, depth: int, fixed: frozenset[int]) -> bool:
        return depth > 1 and self._make_room(label, depth - 1, fixed)

    def _improve(self, label: int) -> bool:
        """Moves a label to a better place that is free, or that one other label can leave at less cost."""
        now = self._chosen.get(label)
        if now is None:
            return self._take_free(label)
        for place, crowd in zip(self._places[label], self._crowds(label), strict=True):
            if self._costs[place] >= self._costs[now] or self._tries <= 0:
                break
            if len(crowd) > 1:
                continue
            self._tries -= 1
            mark, before = len(self._journal), self._cost({label, *crowd})
            self._swap(label, place, crowd)
            if all(map(self._take_free, crowd)) and self._cost({label, *crowd}) < before:
                return True
            self._undo(mark)
        return False

    def _cost(self, labels: Iterable[int]) -> float:
        return sum(self._costs[self._chosen[label]] for label in labels)

    def _crowds(self, label: int) -> list[set[int]]:
        """For each place of a label, the other labels that it would touch."""
        mine = self._places[label]
        left, top, right, bottom = self._boxes[mine.start : mine.stop, None].transpose(2, 0, 1)
        near = (left <= self._standing[:, 2]) & (right >= self._standing[:, 0])
        near &= (top <= self._standing[:, 3]) & (bottom >= self._standing[:, 1])
        near[:, label] = False
        at, other = near.nonzero()
        held = [self._chosen[each] for each in other.tolist()]
        touching = shapely.intersects(self._rooms[mine.start + at], self._rooms[held])
        crowds: list[set[int]] = [set() for _ in mine]
        for place, whom in zip(at[touching].tolist(), other[touching].tolist(), strict=True):
            crowds[place].add(whom)
        return crowds

    def _swap(self, label: int, place: int, crowd: Iterable[int]) -> bool:
        """Takes away the places of a crowd and gives the room to a label."""
        for other in crowd:
            self._put(other, None)
        return self._put(label, place)

    def _put(self, label: int, place: int | None) -> bool:
        """Gives a label a place, or takes it away; whether it has one now."""
        before = self._chosen.pop(label, None)
        self._journal.append((label, before))
        self._standing[label] = numpy.nan if place is None else self._boxes[place]
        if place is not None:
            self._chosen[label] = place
        return place is not None

    def _undo(self, mark: int) -> None:
        """Takes back all changes since a place in the journal."""
        for label, before in reversed(self._journal[mark:]):
            self._put(label, before)
        del self._journal[mark:]
