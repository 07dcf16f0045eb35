"""Pure. Coordinates of a file become geometry that can be drawn, measured and cut: points, lines, valid areas.

Bounded in time and memory: a file has at most a million points, and of outlines that cross themselves over and over nothing
is computed (each crossing costs some 10 µs and 1 kB). No map crosses the 180th meridian: what does is refused, as RFC 7946
(3.1.9) asks for data that is cut there.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any, cast

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from bot.media.maps.earth import Position, parts
from bot.media.unfit import Unfit

MOST = 1_000_000  # points of a file
CROSSINGS = 600_000  # pairs of sides that may meet, beside neighbours: 7 s and 400 MB at worst (measured)
MANY = 100_000  # points from which on even to ask whether an outline is valid may take seconds
# by dimension; their classes would look at a million points one by one
SEVERAL: tuple[Callable[[Any], Any], ...] = (shapely.multipoints, shapely.multilinestrings, shapely.multipolygons)
PAIRS = 16_000_000  # looked at in one go: 256 MB


class Pen:
    """Draws one file: checks each position and counts them. What has no extent (a line of one point) is not drawn."""

    def __init__(self) -> None:
        self.left = MOST
        self.drawn: list[BaseGeometry] = []

    def points(self, positions: Iterable[Position]) -> None:
        points = np.array(self._checked(positions)).reshape(-1, 2)
        self.drawn.append(SEVERAL[0](points))

    def line(self, positions: Iterable[Position]) -> None:
        points = self._checked(positions)
        if len(set(points)) > 1:
            self.drawn.append(shapely.LineString(_in_one_half(points)))

    def area(self, rings: Iterable[Iterable[Position]]) -> None:
        """An outline and its holes. A ring that does not end where it began is closed."""
        closed = [points for points in map(self._checked, rings) if len(set(points)) > 2]
        if closed:
            outer, *holes = map(_in_one_half, closed)
            self.drawn.append(shapely.Polygon(outer, holes))

    def lifted(self) -> tuple[BaseGeometry, ...]:
        """What was drawn since the last time, as at most three geometries: areas, lines, points."""
        drawn, self.drawn = self.drawn, []
        whole = sound(together(drawn, 2)), together(drawn, 1), together(drawn, 0)
        return tuple(each for each in whole if not each.is_empty)

    def _checked(self, positions: Iterable[Position]) -> list[Position]:
        found = [_position(*position) for position in positions]
        self.left -= len(found)
        if self.left < 0:
            raise Unfit(f"more than {MOST} points – simplify the data, or keep only what the map shows")
        return found


def sound(areas: BaseGeometry) -> BaseGeometry:
    """Areas that are valid: what overlaps is one, what crosses itself is mended. Raises Unfit if it cannot be."""
    valid = shapely.get_num_coordinates(areas) <= MANY and areas.is_valid
    if not valid and tangled(areas):
        raise Unfit("an outline that crosses itself over and over – look whether its points are in order, or simplify it")
    if valid or areas.is_valid:
        return areas
    mended = (shapely.make_valid(part, method="structure", keep_collapsed=False) for part in parts(areas))
    return united([together([part], 2) for part in mended])


def united(areas: Sequence[BaseGeometry]) -> BaseGeometry:
    """Valid areas as one, overlaps counted once. Raises Unfit if they cross each other too often."""
    untangled(areas)
    return areas[0] if len(areas) == 1 else together([shapely.union_all(list(areas))], 2)


def untangled(areas: Sequence[BaseGeometry]) -> None:
    """Raises Unfit if areas cross each other too often to be united or compared."""
    if len(areas) > 1 and tangled(shapely.GeometryCollection(list(areas))):
        raise Unfit("outlines that cross each other over and over – simplify the data")


def together(drawn: Iterable[BaseGeometry], kind: int) -> BaseGeometry:
    """Geometry of one dimension as one; empty, and of that dimension, if there is none."""
    singles = np.array(parts(*drawn), dtype=object)
    singles = singles[shapely.get_dimensions(singles) == kind]
    return cast(BaseGeometry, singles[0] if len(singles) == 1 else SEVERAL[kind](singles))


def tangled(geometry: BaseGeometry) -> bool:
    """Whether so many sides of areas lie across each other that it could take minutes to find all crossings."""
    sides = _sides(geometry)
    tree, step = shapely.STRtree(sides), max(1, PAIRS // max(1, len(sides)))
    met = -3 * len(sides)  # each meets itself and two neighbours
    for start in range(0, len(sides), step):
        met += tree.query(sides[start : start + step]).shape[1]
        if met > CROSSINGS:
            return True
    return False


def _sides(geometry: BaseGeometry) -> NDArray[np.object_]:
    polygons = [part for part in parts(geometry) if isinstance(part, shapely.Polygon)]
    rings = [shapely.get_coordinates(ring) for ring in shapely.get_rings(polygons)]
    pairs = [np.stack((ring[:-1], ring[1:]), axis=1) for ring in rings]
    return np.asarray(shapely.linestrings(np.concatenate(pairs)) if pairs else [], dtype=object)


def _position(lon: float, lat: float) -> Position:
    if not (math.isfinite(lon) and math.isfinite(lat)):
        raise Unfit("a coordinate that is no number – export it again")
    if abs(lon) > 180 + 1e-6 or abs(lat) > 90 + 1e-6:
        swapped = " – latitude and longitude swapped?" if abs(lat) <= 180 and abs(lon) <= 90 else ""
        raise Unfit(
            f"longitude {lon:g}, latitude {lat:g} is nowhere{swapped or ' – export it in degrees of WGS 84 (EPSG:4326)'}"
        )
    return min(max(lon, -180.0), 180.0), min(max(lat, -90.0), 90.0)


def _in_one_half(points: list[Position]) -> list[Position]:
    for index in range(1, len(points)):
        if 180 < abs(points[index][0] - points[index - 1][0]) < 360:  # the whole way round is an outline of the world
            raise Unfit("a line across the 180th meridian – cut it there into two, as RFC 7946 asks")
    return points
