"""Pure. A line as a way that one walks: where one is after so many pixels, and what lies between two milestones."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from itertools import accumulate, pairwise
from math import dist, hypot

import shapely
from shapely.geometry import LineString
from shapely.geometry.base import BaseGeometry

Point = tuple[float, float]


class Way:
    """A line's corners, with the length of the way up to each."""

    def __init__(self, corners: list[Point]) -> None:
        self.corners = corners
        self.miles = [0.0, *accumulate(dist(one, other) for one, other in pairwise(corners))]

    @property
    def length(self) -> float:
        return self.miles[-1]

    def at(self, mile: float) -> Point:
        """The place after so many pixels; before the start and beyond the end, the way goes straight on."""
        step = min(max(bisect_right(self.miles, mile), 1), len(self.miles) - 1)
        (x, y), (to_x, to_y) = self.corners[step - 1], self.corners[step]
        share = (mile - self.miles[step - 1]) / ((self.miles[step] - self.miles[step - 1]) or 1)
        return x + share * (to_x - x), y + share * (to_y - y)

    def between(self, start: float, end: float) -> LineString:
        """The way from one milestone to a later one."""
        inner = self.corners[bisect_right(self.miles, start) : bisect_left(self.miles, end)]
        return LineString([self.at(start), *inner, self.at(end)])

    def left(self, mile: float, reach: float) -> Point:
        """The direction to the left of the way, of length one, as it runs around a milestone. Pixels count downwards."""
        (x, y), (to_x, to_y) = self.at(mile - reach), self.at(mile + reach)
        length = hypot(to_x - x, to_y - y) or 1
        return (to_y - y) / length, (x - to_x) / length


def ways(geometry: BaseGeometry) -> Iterator[Way]:
    """The lines of a geometry, joined where one ends and the next begins, in the direction in which they were drawn."""
    lines = [part for part in shapely.get_parts(geometry) if isinstance(part, LineString) and part.length > 0]
    for line in shapely.get_parts(shapely.line_merge(shapely.MultiLineString(lines), directed=True)):
        if line.length > 0:
            yield Way([(float(x), float(y)) for x, y in shapely.get_coordinates(shapely.remove_repeated_points(line))])
