"""Pure. Which label takes which of its places: as many labels as can be, at the least cost, the important ones first.

Places are numbers here, label by label and the cheapest first; which of them exclude each other is looked up once for each.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy
from numpy.typing import NDArray
from shapely import STRtree

from bot.media.maps.places.clearing import Candidate

DEPTH = 3  # how many labels, one after the other, may have to move for one
CROWD = 3  # how many may be in the way at once
TRIES = 200  # places looked at for one label that has none, in all
ROUNDS = 4  # of looking for better places


class Arrangement:
    """Labels in the order in which they choose, their places, and which of them each has."""

    def __init__(self, places: Sequence[Sequence[Candidate]]) -> None:
        every = [place for label in places for place in label]
        ends = numpy.cumsum([len(label) for label in places]).tolist()
        self._places = [range(end - len(label), end) for label, end in zip(places, ends, strict=True)]
        self._owners = numpy.repeat(numpy.arange(len(places)), [len(label) for label in places])
        self._costs = [place.cost for place in every]
        self._rooms = numpy.array([place.room for place in every], dtype=object)
        self._tree = STRtree(self._rooms)
        self._near: dict[int, NDArray[numpy.int64]] = {}
        self._taken = numpy.zeros(len(every), dtype=bool)
        self._chosen: dict[int, int] = {}
        self._journal: list[tuple[int, int | None]] = []  # whom each change concerned, and the place it had before
        self._tries = 0

    def arranged(self) -> dict[int, int]:
        """Which of its places each label gets, counted from its first; those that get none are not in it."""
        labels = range(len(self._places))
        for label in labels:
            self._take_free(label)
        for label in labels:
            if label not in self._chosen:
                self._tries = TRIES
                self._make_room(label, DEPTH, frozenset())
        for _ in range(ROUNDS):
            if not sum(map(self._improve, labels)):
                break
        return {label: place - self._places[label].start for label, place in self._chosen.items()}

    def _take_free(self, label: int) -> bool:
        """The first place that is free, hence the cheapest."""
        return self._put(label, next((place for place in self._places[label] if not self._crowd(place)), None))

    def _make_room(self, label: int, depth: int, fixed: frozenset[int]) -> bool:
        """A place for a label that has none, if all that are in the way there can move, without those that are `fixed`."""
        crowds = [(self._crowd(place), place) for place in self._places[label]]
        for crowd, place in sorted(crowds, key=lambda pair: len(pair[0])):
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
        for place in self._places[label]:
            if self._costs[place] >= self._costs[now]:
                break
            crowd = self._crowd(place)
            if len(crowd) > 1:
                continue
            mark, before = len(self._journal), self._cost({label, *crowd})
            self._swap(label, place, crowd)
            if all(map(self._take_free, crowd)) and self._cost({label, *crowd}) < before:
                return True
            self._undo(mark)
        return False

    def _cost(self, labels: Iterable[int]) -> float:
        return sum(self._costs[self._chosen[label]] for label in labels)

    def _crowd(self, place: int) -> set[int]:
        """The other labels that a place would touch."""
        near = self._near.get(place)
        if near is None:
            near = self._tree.query(self._rooms[place], predicate="intersects")
            near = self._near[place] = near[self._owners[near] != self._owners[place]]
        return set(self._owners[near[self._taken[near]]].tolist())

    def _swap(self, label: int, place: int, crowd: Iterable[int]) -> bool:
        """Takes away the places of a crowd and gives the room to a label."""
        for other in crowd:
            self._put(other, None)
        return self._put(label, place)

    def _put(self, label: int, place: int | None) -> bool:
        """Gives a label a place, or takes it away; whether it has one now."""
        before = self._chosen.pop(label, None)
        self._journal.append((label, before))
        if before is not None:
            self._taken[before] = False
        if place is not None:
            self._chosen[label] = place
            self._taken[place] = True
        return place is not None

    def _undo(self, mark: int) -> None:
        """Takes back all changes since a place in the journal."""
        for label, before in reversed(self._journal[mark:]):
            self._put(label, before)
        del self._journal[mark:]
