"""Pure. An arrow of advance: a body that widens along a smooth curve, and a head at its end."""

from __future__ import annotations

from itertools import pairwise

from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from bot.media.maps.marks.along import Point, Way

TAIL = 0.35  # the width where it begins, as part of the width at the neck
HEAD, WIDE = 2.1, 2.4  # the head's length and breadth, in widths of the neck
STEPS = 40
ROUNDS = 3  # of cutting corners


def arrow(way: Way, width: float) -> BaseGeometry:
    """The arrow along a way, as one polygon. On a short way it is small, but has the same proportions."""
    curve = Way(_smooth(way.corners))
    width = min(width, curve.length / (HEAD * 1.5))
    neck = curve.length - HEAD * width
    left: list[Point] = []
    right: list[Point] = []
    for step in range(STEPS + 1):
        mile = neck * step / STEPS
        half = width * (TAIL + (1 - TAIL) * step / STEPS) / 2
        _beside(curve, mile, half, width, left, right)
    _beside(curve, neck - 0.25 * width, WIDE * width / 2, HEAD * width / 2, left, right)  # barbs that sweep back
    return Polygon([*left, curve.at(curve.length), *reversed(right)]).buffer(0)


def _beside(curve: Way, mile: float, half: float, reach: float, left: list[Point], right: list[Point]) -> None:
    (x, y), (across, up) = curve.at(mile), curve.left(mile, reach)
    left.append((x + across * half, y + up * half))
    right.append((x - across * half, y - up * half))


def _smooth(corners: list[Point]) -> list[Point]:
    """Corners cut again and again, after G. Chaikin, 1974; the ends stay where they are."""
    for _ in range(ROUNDS):
        inner = [place for one, other in pairwise(corners) for place in (_part(one, other, 0.25), _part(one, other, 0.75))]
        corners = [corners[0], *inner[1:-1], corners[-1]] if len(corners) > 2 else corners
    return corners


def _part(one: Point, other: Point, share: float) -> Point:
    return one[0] + share * (other[0] - one[0]), one[1] + share * (other[1] - one[1])
