"""Pure. What fills an area beside its colour. Patterns hang on the picture, not on the area: they run on across a border."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import numpy as np
import shapely
from shapely import affinity
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

Pattern = Callable[[BaseGeometry, float], BaseGeometry]

SPACING = 13.0  # from one line or dot to the next; at 600 pixels of 1600 still five apart
LINE = 4.2
DOT = 3.2  # a dot's radius


def hatch(area: BaseGeometry, unit: float) -> BaseGeometry:
    """Stripes that rise to the right."""
    return _cut(_stripes(area, SPACING * unit, LINE * unit), area)


def crosshatch(area: BaseGeometry, unit: float) -> BaseGeometry:
    """Thinner stripes both ways."""
    rising = _stripes(area, 1.5 * SPACING * unit, 0.75 * LINE * unit)
    mirrored = affinity.scale(area, yfact=-1, origin=(0, 0))
    falling = affinity.scale(_stripes(mirrored, 1.5 * SPACING * unit, 0.75 * LINE * unit), yfact=-1, origin=(0, 0))
    return _cut(shapely.union(rising, falling), area)


def dots(area: BaseGeometry, unit: float) -> BaseGeometry:
    """Dots in staggered rows; one that would be cut by the border is left out, unless the area is too small for any."""
    left, top, right, bottom = area.bounds
    pitch = SPACING * unit
    rows = np.arange(math.floor(top / pitch), math.ceil(bottom / pitch) + 1)
    columns = np.arange(math.floor(left / pitch) - 1, math.ceil(right / pitch) + 1)
    x, y = np.meshgrid(columns * pitch, rows * pitch)
    middles = shapely.points((x + (rows % 2)[:, None] * pitch / 2).ravel(), y.ravel())
    edge = area.boundary
    shapely.prepare((area, edge))
    within = middles[shapely.contains(area, middles)]
    within = within[~shapely.dwithin(edge, within, 1.3 * DOT * unit)]
    if len(within) == 0:
        return area.representative_point().buffer(DOT * unit)
    return MultiPolygon(list(shapely.buffer(within, DOT * unit, quad_segs=6)))


def _stripes(area: BaseGeometry, spacing: float, width: float) -> BaseGeometry:
    """All stripes that may meet the area: x + y is a multiple of the spacing along their middle."""
    left, top, right, bottom = area.bounds
    step, half = spacing * math.sqrt(2), width * math.sqrt(2) / 2
    stripes = []
    for count in range(math.floor((left + top) / step), math.ceil((right + bottom) / step) + 1):
        low, high = count * step - half, count * step + half
        stripes.append(Polygon([(low - top, top), (high - top, top), (high - bottom, bottom), (low - bottom, bottom)]))
    return MultiPolygon(stripes)


def _cut(pattern: BaseGeometry, area: BaseGeometry) -> BaseGeometry:
    return shapely.intersection(pattern, area)


PATTERNS: Mapping[str, Pattern] = {"hatch": hatch, "crosshatch": crosshatch, "dots": dots}
