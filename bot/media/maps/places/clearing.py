"""Pure. Which of a label's places are free of what must not be covered, and what the others cover that had better be seen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy
import shapely
from numpy.typing import NDArray
from shapely import STRtree
from shapely.geometry.base import BaseGeometry

from bot.media.maps.places.alongside import alongside
from bot.media.maps.places.around import around
from bot.media.maps.places.spots import AreaAnchor, Box, Place, PointAnchor, Wanted, rooms
from bot.media.maps.places.within import within

COVERS = 2.0  # the cost of crossing a line once, over the height of the label
MOST_COVERED = 4.0  # crossings that count
DOUBTFUL = 1.0  # the cost of standing about as near to another symbol as to its own
NEARER = 0.5  # pixels: a label that is so much nearer to another symbol, without a leader, would be taken for its label
WORK = 8_000_000  # things in the way of places, over all labels: a µs each. Beyond that, it is a crowd without room
Objects = NDArray[numpy.object_]  # places, or geometries
SLACK = 0.7  # pixels that soft lines are simplified by


@dataclass(frozen=True, slots=True)
class Candidate:
    """A free place: all the room that the label and its leader take up there, half a gap around it included."""

    place: Place
    cost: float
    room: BaseGeometry


class Clearing:
    """The picture before any label is placed. `gap` are the pixels between a label and anything else."""

    def __init__(
        self, wanted: Sequence[Wanted], frame: Box, obstacles: Sequence[Box], soft: Sequence[BaseGeometry], gap: float
    ):
        self._frame, self._gap = frame, gap
        self._inner = shapely.box(frame[0] + gap / 2, frame[1] + gap / 2, frame[2] - gap / 2, frame[3] - gap / 2)
        self._left = WORK
        symbols = [one.anchor for one in wanted if isinstance(one.anchor, PointAnchor)]
        self._points = STRtree([shapely.Point(one.x, one.y) for one in symbols])
        self._radii = numpy.array([one.radius for one in symbols])
        circles = [shapely.Point(one.x, one.y).buffer(one.radius + gap / 2) for one in symbols]
        boxes = [shapely.box(*box).buffer(gap / 2, join_style="mitre") for box in obstacles]
        self._solid = STRtree([*circles, *boxes])
        self._lines = STRtree(_pieces(soft))

    def candidates(self, one: Wanted) -> tuple[Candidate, ...]:
        """The free places of a label, the cheapest first; none once `WORK` is done."""
        places = numpy.array([*self._places(one)], dtype=object)
        if not len(places):
            return ()
        flat = rooms(places, one.size, self._gap / 2)
        self._left -= sum(self._solid.query(shapes).shape[1] for shapes in (flat, _leaders(places)))
        if self._left < 0:
            return ()
        doubts = self._doubts(one, places, flat)
        free = self._free(one, places, flat) & numpy.isfinite(doubts)
        places, flat = places[free], flat[free]
        costs = self._covered(flat, one.size[1]) + doubts[free]
        found = [
            Candidate(place, place.cost + float(cost), room)
            for place, cost, room in zip(places, costs, self._with_leaders(places, flat), strict=True)
        ]
        return tuple(sorted(found, key=lambda candidate: candidate.cost))  # a stable sort: the same each time

    def _places(self, one: Wanted) -> Iterator[Place]:
        if isinstance(one.anchor, PointAnchor):
            yield from around(one.anchor, one.size, self._gap)
        elif isinstance(one.anchor, AreaAnchor):
            yield from within(one.anchor.polygon, one.size, self._frame, self._gap)
        else:
            yield from alongside(one.anchor.line, one.size, self._frame, self._gap)

    def _free(self, one: Wanted, places: Objects, flat: Objects) -> NDArray[numpy.bool_]:
        """Which are in the frame and touch nothing solid. Its own symbol a label avoids by where it is put."""
        own = self._own(one)
        inside: NDArray[numpy.bool_] = shapely.covers(self._inner, flat)
        for shapes in (flat, _leaders(places)):
            at, thing = self._solid.query(shapes, predicate="intersects")
            inside[at[~numpy.isin(thing, own)]] = False
        return inside

    def _own(self, one: Wanted) -> NDArray[numpy.int64]:
        """What is solid in the middle of a label's own symbol: the symbol itself, as a circle and as a box."""
        if not isinstance(one.anchor, PointAnchor):
            return numpy.array([], dtype=int)
        middle, reach = shapely.Point(one.anchor.x, one.anchor.y), one.anchor.radius + self._gap
        found = self._solid.query(middle, predicate="intersects")
        things = self._solid.geometries[found]
        return found[shapely.covers(shapely.box(*middle.buffer(reach + 1).bounds), things)]

    def _covered(self, flat: Objects, height: float) -> NDArray[numpy.floating]:
        """What the soft lines under each label cost."""
        at, line = self._lines.query(flat)
        lengths = shapely.length(shapely.intersection(flat[at], self._lines.geometries[line]))
        return COVERS * numpy.minimum(numpy.bincount(at, lengths, len(flat)) / height, MOST_COVERED)

    def _doubts(self, one: Wanted, places: Objects, flat: Objects) -> NDArray[numpy.floating]:
        """What it costs that a reader may take a label for that of another symbol; infinity: it would be taken for that. A
        leader leaves no doubt."""
        doubts = numpy.zeros(len(flat))
        if isinstance(one.anchor, PointAnchor):
            unled = numpy.flatnonzero([place.leader is None for place in places])
            near = flat[unled]
            own = shapely.distance(near, shapely.Point(one.anchor.x, one.anchor.y)) - one.anchor.radius
            reach = numpy.maximum(own + self._gap + self._radii.max(initial=0), 0)
            at, other = self._points.query(near, predicate="dwithin", distance=reach)
            nearer = own[at] - shapely.distance(near[at], self._points.geometries[other]) + self._radii[other]
            doubts[unled] = DOUBTFUL * (numpy.bincount(at[nearer >= -self._gap], minlength=len(near)) > 1)  # one is its own
            doubts[unled[at[nearer > NEARER]]] = numpy.inf
        return doubts

    def _with_leaders(self, places: Objects, flat: Objects) -> Objects:
        leaders = shapely.buffer(_leaders(places), self._gap / 2, quad_segs=2)
        return numpy.where(shapely.is_missing(leaders), flat, shapely.union(flat, leaders))


def _leaders(places: Objects) -> Objects:
    """The leaders of places; None where there is none."""
    result = numpy.full(len(places), None, dtype=object)
    led = [at for at, place in enumerate(places) if place.leader]
    if led:
        result[led] = shapely.linestrings([place.leader for place in places[led]])
    return result


def _pieces(soft: Sequence[BaseGeometry]) -> Objects:
    """Soft geometry as single segments: a label is compared with those that are near it, not with a whole coast."""
    found: list[Objects] = []
    for geometry in soft:
        lines = geometry.boundary if geometry.geom_type.endswith("Polygon") else geometry
        for line in shapely.get_parts(shapely.simplify(lines, SLACK, preserve_topology=False)):
            points = shapely.get_coordinates(line)
            if len(points) > 1:
                found.append(numpy.array(shapely.linestrings(numpy.stack((points[:-1], points[1:]), axis=1)), ndmin=1))
    return numpy.concatenate(found) if found else numpy.array([], dtype=object)
