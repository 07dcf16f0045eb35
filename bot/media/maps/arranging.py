"""Pure. Which label takes which of its places: as many labels as can be, at the least cost, the important ones first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bot.media.maps.clearing import Candidate

DEPTH = 3  # how many labels, one after the other, may have to move for one
CROWD = 3  # how many may be in the way at once
TRIES = 400  # places looked at for one label that has none, in all
ROUNDS = 4  # of looking for better places
CELL = 64  # pixels of the grid by which neighbours are found


class Arrangement:
    """Labels by number, in the order in which they choose, their places by cost, and which of them each has."""

    def __init__(self, places: Mapping[int, tuple[Candidate, ...]]) -> None:
        self.chosen: dict[int, Candidate] = {}
        self._places = places
        self._cells: dict[tuple[int, int], list[int]] = {}
        self._journal: list[tuple[int, Candidate | None]] = []  # whom each change concerned, and what it had before
        self._tries = 0

    def arrange(self) -> None:
        """Gives each label a place, if it can."""
        for label in self._places:
            self._take_free(label)
        for label in self._places:
            if label not in self.chosen:
                self._tries = TRIES
                self._make_room(label, DEPTH, frozenset())
        for _ in range(ROUNDS):
            if not sum(map(self._improve, self._places)):
                break

    def _take_free(self, label: int) -> bool:
        """The first place that is free, hence the cheapest."""
        free = (place for place in self._places[label] if next(self._in_the_way(place, label), None) is None)
        return self._put(label, next(free, None))

    def _make_room(self, label: int, depth: int, fixed: frozenset[int]) -> bool:
        """A place for a label that has none, if all that are in the way there can move, without those that are `fixed`."""
        crowds = [(sorted(set(self._in_the_way(place, label))), place) for place in self._places[label]]
        for crowd, place in sorted(crowds, key=lambda pair: len(pair[0])):
            if self._tries <= 0 or len(crowd) > CROWD or fixed.intersection(crowd):
                continue
            self._tries -= 1
            mark = len(self._journal)
            for other in crowd:
                self._put(other, None)
            self._put(label, place)
            if all(self._moved(other, depth, fixed | {label}) for other in crowd):
                return True
            self._undo(mark)
        return False

    def _moved(self, label: int, depth: int, fixed: frozenset[int]) -> bool:
        return self._take_free(label) or (depth > 1 and self._make_room(label, depth - 1, fixed))

    def _improve(self, label: int) -> bool:
        """Moves a label to a better place that is free, or that one other label can leave at less cost."""
        if label not in self.chosen:
            return self._take_free(label)
        before = self.chosen[label].cost
        for place in self._places[label]:
            if place.cost >= before:
                break
            crowd = set(self._in_the_way(place, label))
            if len(crowd) > 1:
                continue
            mark = len(self._journal)
            cost = before + sum(self.chosen[other].cost for other in crowd)
            for other in crowd:
                self._put(other, None)
            self._put(label, place)
            if all(map(self._take_free, crowd)) and place.cost + sum(self.chosen[other].cost for other in crowd) < cost:
                return True
            self._undo(mark)
        return False

    def _in_the_way(self, place: Candidate, label: int) -> Iterator[int]:
        """The other labels that a place would touch; some several times."""
        for cell in _cells(place):
            for other in self._cells.get(cell, ()):
                if other != label and place.touches(self.chosen[other]):
                    yield other

    def _put(self, label: int, place: Candidate | None) -> bool:
        """Gives a label a place, or takes it away; whether it has one now."""
        before = self.chosen.pop(label, None)
        self._journal.append((label, before))
        if before:
            for cell in _cells(before):
                self._cells[cell].remove(label)
        if place:
            self.chosen[label] = place
            for cell in _cells(place):
                self._cells.setdefault(cell, []).append(label)
        return place is not None

    def _undo(self, mark: int) -> None:
        """Takes back all changes since a place in the journal."""
        for label, before in reversed(self._journal[mark:]):
            self._put(label, before)
        del self._journal[mark:]


def _cells(place: Candidate) -> Iterator[tuple[int, int]]:
    left, top, right, bottom = (int(side // CELL) for side in place.bounds)
    for column in range(left, right + 1):
        for row in range(top, bottom + 1):
            yield column, row
