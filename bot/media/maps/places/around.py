"""Pure. Where the label of a point may stand: close to its symbol, or farther off on a leader."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

from bot.media.maps.places.spots import Place, Point, PointAnchor

# Directions in which a label stands close to its symbol, the best first: to the upper right, as readers of maps expect
# (E. Imhof, "Positioning Names on Maps", The American Cartographer 2, 1975). Degrees from the right, clockwise; cost.
CLOSE = (
    (-45, 0.0), (0, 0.15), (45, 0.3), (-135, 0.4), (180, 0.5), (135, 0.6), (-90, 0.55), (90, 0.65),
    (-70, 0.3), (70, 0.5), (-110, 0.6), (110, 0.7), (-20, 0.1), (20, 0.25), (-160, 0.5), (160, 0.6),
)  # fmt: skip
RINGS = (1.0, 2.0, 3.5, 5.5)  # distances on a leader, in heights of the label
DIRECTIONS = (-45, 45, -135, 135, 0, 180, -90, 90, -20, 20, -160, 160, -70, 70, -110, 110)
AWAY = 2.0  # what a leader costs before its length


def around(anchor: PointAnchor, size: tuple[float, float], gap: float) -> Iterator[Place]:
    """The places around a symbol, `gap` pixels from it or farther."""
    close = anchor.radius + gap + 1  # a place is rounded to whole pixels
    for direction, cost in CLOSE:
        yield Place(_beside(anchor, size, close, direction), cost)
    for ring in RINGS:
        distance = close + ring * min(size[1], 40)
        for rank, direction in enumerate(DIRECTIONS):
            corner = _beside(anchor, size, distance, direction)
            yield Place(corner, AWAY + ring + rank / 20, leader=_leader(anchor, corner, size, gap))


def apart(point: Point, size: tuple[float, float], gap: float, more: float) -> Iterator[Place]:
    """Places on a leader to a point of something that has no symbol, at so much more cost than those of a symbol."""
    for place in around(PointAnchor(*point, 0), size, gap):
        if place.leader:
            yield replace(place, cost=place.cost + more)


def _beside(anchor: PointAnchor, size: tuple[float, float], distance: float, direction: float) -> Point:
    """The left top corner of a box whose edge is so far from the point in that direction. Diagonally it is a corner
    that comes near, sidewards the middle of an edge."""
    across, down = math.cos(math.radians(direction)), math.sin(math.radians(direction))
    shift = [max(-1.0, min(1.0, part * math.sqrt(2))) for part in (across, down)]
    middle = anchor.x + distance * across + shift[0] * size[0] / 2, anchor.y + distance * down + shift[1] * size[1] / 2
    return _outwards(middle[0] - size[0] / 2, across), _outwards(middle[1] - size[1] / 2, down)


def _outwards(place: float, way: float) -> float:
    return round(place) if abs(way) < 0.1 else float(math.ceil(place) if way > 0 else math.floor(place))


def _leader(anchor: PointAnchor, corner: Point, size: tuple[float, float], gap: float) -> tuple[Point, Point]:
    """From the symbol's edge to the nearest point of the box, a little short of it."""
    near = (
        max(corner[0], min(anchor.x, corner[0] + size[0])),
        max(corner[1], min(anchor.y, corner[1] + size[1])),
    )
    length = math.dist(near, (anchor.x, anchor.y))
    across, down = (near[0] - anchor.x) / length, (near[1] - anchor.y) / length
    start, end = anchor.radius, length - gap / 2
    return (anchor.x + start * across, anchor.y + start * down), (anchor.x + end * across, anchor.y + end * down)
