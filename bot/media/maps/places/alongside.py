"""Pure. Where the label of a line may stand: along a straight stretch of it, above, below or upon it, never upside down."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy
import shapely
from shapely.geometry import LineString
from shapely.geometry.base import BaseGeometry

from bot.media.maps.places.around import apart
from bot.media.maps.places.spots import Box, Place, Point

STRETCHES = 24  # places tried along a line
SLACK = 1.0  # pixels
BENT = 3.0  # the cost of a bend as deep as the label is high
STEEP = 1.5  # the cost of a label that runs straight up
# more than to cover the outline of an area all along: a river that overflows has its name on the edge of the water
APART = 8.0
SIDES = ((-1, 0.0), (1, 0.4), (0, 1.2))  # above, below, upon the line, and what that costs


def alongside(line: BaseGeometry, size: tuple[float, float], frame: Box, gap: float) -> Iterator[Place]:
    """The places along a line that is longer than its label and, where there is none, around its middle."""
    part = longest(shapely.intersection(shapely.simplify(line, SLACK, preserve_topology=False), shapely.box(*frame)))
    if part is None:
        return
    for start in _starts(part, size[0]):
        yield from _along(part, start, size, gap)
    middle = part.interpolate(0.5, normalized=True)
    yield from apart((middle.x, middle.y), size, gap, APART)


def _along(line: LineString, start: float, size: tuple[float, float], gap: float) -> Iterator[Place]:
    """The places at one stretch."""
    width, height = size
    first, last = line.interpolate(start), line.interpolate(start + width)
    angle = readable(math.degrees(math.atan2(last.y - first.y, last.x - first.x)))
    above, below = _depths(line, start, width, angle)
    cost = BENT * (above + below) / height + STEEP * abs(angle) / 90 + abs(start + width / 2 - line.length / 2) / line.length
    middle = ((first.x + last.x) / 2, (first.y + last.y) / 2)
    for side, more in SIDES:
        deep = {-1: -above, 1: below, 0: 0}[side]
        shift = side * (height / 2 + gap + 1) + deep
        yield Place(_corner(middle, shift, size, angle), cost + more, angle)


def longest(geometry: BaseGeometry) -> LineString | None:
    """The longest line of a geometry; parts that meet end to end are one."""
    lines = [part for part in shapely.get_parts(shapely.get_parts(geometry)) if isinstance(part, LineString)]
    merged = shapely.get_parts(shapely.line_merge(shapely.multilinestrings(lines))) if lines else ()
    return max(merged, key=lambda part: part.length, default=None)


def readable(angle: float) -> float:
    """An angle at which letters stand on their feet: from -90 (upwards) to below 90 degrees."""
    return (angle + 90) % 180 - 90


def _starts(line: LineString, width: float) -> Iterator[float]:
    count = min(STRETCHES, int(4 * line.length / width)) if line.length > width else 0
    yield from ((line.length - width) * (step + 0.5) / count for step in range(count))


def _depths(line: LineString, start: float, width: float, angle: float) -> tuple[float, float]:
    """How far a stretch of line comes above and below its own chord, as seen by the reader of its label."""
    points = [line.interpolate(start + width * step / 16) for step in range(17)]
    across, down = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    offsets = numpy.array([point.y * across - point.x * down for point in points])
    offsets -= (offsets[0] + offsets[-1]) / 2
    return max(0.0, -float(offsets.min())), max(0.0, float(offsets.max()))


def _corner(middle: Point, shift: float, size: tuple[float, float], angle: float) -> Point:
    cos, sin = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    left, top = -size[0] / 2, shift - size[1] / 2
    return middle[0] + left * cos - top * sin, middle[1] + left * sin + top * cos
