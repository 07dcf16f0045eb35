"""Pure. Where the label of an area may stand: inside it, as near to its visual middle as it goes."""

from __future__ import annotations

import math
from collections.abc import Iterator

import shapely
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry
from shapely.ops import polylabel

from bot.media.maps.places.around import apart
from bot.media.maps.places.spots import Box, Place, Point

STEPS = 12  # places tried each way
SLACK = 1.5  # pixels that an outline is simplified by: labels need no more
OUT = 6.0  # the cost of a label all of which is outside its area
MOST_OUT = 0.5  # of a label; beyond that it stands apart, on a leader
CENTRAL = 0.85  # of the most that a point can be away from the outline
APART = 1.5  # what that costs


def within(polygon: BaseGeometry, size: tuple[float, float], frame: Box, gap: float) -> Iterator[Place]:
    """The places in an area and, where it is small, around its middle."""
    rough = shapely.simplify(polygon, SLACK, preserve_topology=False)  # ten times as fast, but may lose what is tiny
    part = largest(shapely.intersection(shapely.make_valid(polygon if rough.is_empty else rough), shapely.box(*frame)))
    if part is None:
        return
    middle = visual_middle(part)
    reach = math.hypot(*size)
    for x, y in [middle, *_grid(part, size)]:
        left, top = float(round(x - size[0] / 2)), float(round(y - size[1] / 2))
        label = shapely.box(left, top, left + size[0], top + size[1])
        outside = 1 - shapely.intersection(label, part).area / max(label.area, 1)
        if outside <= MOST_OUT:
            yield Place((left, top), OUT * outside + math.dist((x, y), middle) / reach)
    yield from apart(middle, size, gap, APART)


def largest(geometry: BaseGeometry) -> Polygon | None:
    """The largest polygon of a geometry."""
    flat = shapely.get_parts(shapely.get_parts(geometry))  # a collection may hold polygons of several parts
    parts = [part for part in flat if isinstance(part, Polygon) and part.area > 0]
    return max(parts, key=lambda part: part.area, default=None)


def visual_middle(polygon: Polygon) -> Point:
    """The middle as a reader sees it: the centre of gravity, if that is about as far from the outline as any point."""
    left, top, right, bottom = polygon.bounds
    farthest = polylabel(polygon, tolerance=max(1.0, min(right - left, bottom - top) / 50))
    # in a rectangle a whole line of points is farthest; its centre is not chosen by chance
    middle = polygon.centroid
    central = polygon.contains(middle) and middle.distance(polygon.boundary) >= CENTRAL * farthest.distance(polygon.boundary)
    return (middle.x, middle.y) if central else (farthest.x, farthest.y)


def _grid(polygon: Polygon, size: tuple[float, float]) -> Iterator[Point]:
    left, top, right, bottom = polygon.bounds
    across, down = (max(span / STEPS, side / 4) for span, side in ((right - left, size[0]), (bottom - top, size[1])))
    for row in range(1, math.ceil((bottom - top) / down)):
        for column in range(1, math.ceil((right - left) / across)):
            yield left + column * across, top + row * down
