"""Pure. Lines of one class become shapes: a casing that sets them off the ground, the line or its dashes, its teeth."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import cycle

import shapely
from shapely.geometry import LineString, Polygon
from shapely.geometry.base import BaseGeometry

from bot.media.maps.marks.along import Way, ways
from bot.media.maps.marks.arrows import arrow
from bot.media.maps.marks.canvas import Shape
from bot.media.maps.marks.strokes import stroke
from bot.media.maps.marks.themes import Mark

CASING = 1.6  # pixels of a picture 1600 wide, on each side
TOOTH, TALL, APART = 3.6, 2.8, 7.0  # a tooth's base, its height, and the way to the next, in widths of its line


def line(lines: Sequence[BaseGeometry], mark: Mark, unit: float) -> Iterator[Shape]:
    """All casings lie under all lines of the class, so that crossings are open."""
    found = [way for one in lines for way in ways(one)]
    if not found:
        return
    if mark.ink:
        yield Shape(shapely.union_all([_inked(way, mark, CASING * unit) for way in found]), mark.ink)
    yield Shape(shapely.union_all([_inked(way, mark, 0) for way in found]), mark.fill)


def wider(lines: Sequence[BaseGeometry], mark: Mark) -> Iterator[BaseGeometry]:
    """What of the ink reaches far beyond the line itself: teeth, and arrows."""
    for way in (way for one in lines for way in ways(one)):
        if mark.arrow:
            yield arrow(way, mark.width)
        elif mark.teeth:
            yield from _teeth(way, mark.width)


def _inked(way: Way, mark: Mark, more: float) -> BaseGeometry:
    """What the ink of one line covers, and `more` pixels around it."""
    if mark.arrow:
        return arrow(way, mark.width).buffer(more)
    if mark.dash:
        return shapely.union_all([stroke(dash, mark.width + 2 * more, flat=True) for dash in _dashes(way, mark.dash)])
    body = stroke(way.between(0, way.length), mark.width + 2 * more)
    return shapely.union_all([body, *(tooth.buffer(more) for tooth in _teeth(way, mark.width))]) if mark.teeth else body


def _dashes(way: Way, dash: Sequence[float]) -> Iterator[LineString]:
    """Ink and gap by turns, stretched a little so that the line begins and ends with ink."""
    period, last = sum(dash), dash[-1]
    rounds = max(1, round((way.length + last) / period))
    stretch = way.length / (rounds * period - last)
    mile, inked = 0.0, True
    for length in cycle(dash):
        if mile >= way.length - 1e-6:
            break
        if inked:
            yield way.between(mile, min(mile + length * stretch, way.length))
        mile, inked = mile + length * stretch, not inked


def _teeth(way: Way, width: float) -> Iterator[Polygon]:
    """Triangles on the left side of the line's direction, evenly apart, one at least."""
    count = max(1, round(way.length / (APART * width)))
    half = min(TOOTH * width, way.length) / 2
    for tooth in range(count):
        mile = (tooth + 0.5) * way.length / count
        (x, y), (left, up) = way.at(mile), way.left(mile, half)
        tip = (x + left * TALL * width, y + up * TALL * width)
        base = way.between(mile - half, mile + half)
        yield Polygon([*base.coords, tip]).buffer(0)
