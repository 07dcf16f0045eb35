"""Pure. How large and how far on the earth (WGS 84): square kilometres and metres, from degrees.

No pyproj: an area is one integral over the sphere of the same area, a distance one formula. Against pyproj 3.7.2
(GeographicLib) areas differ by less than 0.01 % and distances by less than 0.002 % (tests/test_map_earth.py).
"""

from __future__ import annotations

from typing import Any, cast

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

Array = NDArray[np.float64]
Position = tuple[float, float]  # longitude, latitude

POLYGON = 3  # GEOS counts points, lines, rings and polygons before what is made of them

# WGS 84: NGA.STND.0036, table 3.1
AXIS = 6_378_137.0  # metres
FLATTENING = 1 / 298.257223563
_E2 = FLATTENING * (2 - FLATTENING)
_E = _E2**0.5


def parts(*geometries: BaseGeometry) -> list[BaseGeometry]:
    """The points, lines and polygons that geometries are made of, however deep."""
    found = np.array(geometries, dtype=object)
    while (shapely.get_type_id(found) > POLYGON).any():
        found = shapely.get_parts(found)
    return list(found[~shapely.is_empty(found)])


def km2(geometry: BaseGeometry) -> float:
    """The area of what has one, in square kilometres, holes taken off. Sides are straight in degrees (RFC 7946, 3.1.1)."""
    polygons = (part for part in parts(geometry) if isinstance(part, shapely.Polygon))
    return sum(_ring(polygon.exterior) - sum(map(_ring, polygon.interiors)) for polygon in polygons) / 1e6


def length(geometry: BaseGeometry) -> float:
    """How long the lines of a geometry are, in metres; areas and points have no length."""
    lines = [part for part in parts(geometry) if isinstance(part, shapely.LineString)]
    return sum(float(_metres(points[:-1].T, points[1:].T).sum()) for points in map(_points, lines))


def distance(one: Position, other: Position) -> float:
    """Metres between two positions, along the surface."""
    return float(_metres(np.array([one]).T, np.array([other]).T)[0])


def _points(line: BaseGeometry) -> Array:
    return shapely.get_coordinates(line)


def _ring(ring: Any) -> float:
    """Square metres within a ring: under each side lies the integral of `_belt` along it, here by Simpson's rule."""
    points = np.radians(_points(ring))
    east, north = points[:, 0], points[:, 1]
    middle = (north[:-1] + north[1:]) / 2
    under = np.diff(east) * (_belt(north[:-1]) + 4 * _belt(middle) + _belt(north[1:])) / 6
    return abs(float(under.sum()))


def _belt(north: Array) -> Array:
    """Square metres from the equator to a latitude, for each radian of longitude (Snyder 1987, eq. 3-12)."""
    sine = np.sin(north)
    q = sine / (1 - _E2 * sine**2) + np.arctanh(_E * sine) / _E
    return cast(Array, AXIS**2 * (1 - _E2) / 2 * q)


def _metres(starts: Array, ends: Array) -> Array:
    """Metres between positions in degrees, by Lambert's formula (1942): the great circle on the sphere of reduced latitudes,
    corrected to the first order of the flattening."""
    (west, south), (east, north) = np.radians(starts), np.radians(ends)
    one, other = (np.arctan((1 - FLATTENING) * np.tan(latitude)) for latitude in (south, north))
    half = np.sin((other - one) / 2) ** 2 + np.cos(one) * np.cos(other) * np.sin((east - west) / 2) ** 2
    # neither the same point nor its opposite, where the correction would be divided by nothing
    angle = np.clip(2 * np.arcsin(np.sqrt(np.clip(half, 0, 1))), 1e-12, np.pi - 1e-6)
    middle, apart = (one + other) / 2, (other - one) / 2
    far = (angle - np.sin(angle)) * (np.sin(middle) * np.cos(apart) / np.cos(angle / 2)) ** 2
    near = (angle + np.sin(angle)) * (np.cos(middle) * np.sin(apart) / np.sin(angle / 2)) ** 2
    return cast(Array, AXIS * (angle - FLATTENING / 2 * (far + near)))
