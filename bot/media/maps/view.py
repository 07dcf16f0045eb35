"""Pure. Which part of the earth a picture's box shows, and where in it each position lies.

Two projections, a few lines each: Web Mercator (EPSG:3857, on a sphere), and equirectangular, true to scale along the
parallel in the middle. A view may show more than the earth: beyond ±180° and the poles there is nothing.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar, cast

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from bot.media.maps import earth
from bot.media.maps.data.shapes import MANY, together
from bot.media.maps.model import Bounds, Loaded, Map, Projection
from bot.media.unfit import Unfit

Box = tuple[float, float, float, float]  # left, top, right, bottom in pixels
Value = TypeVar("Value", float, earth.Array)

ROUND = 0.06  # of the box's width and height: left free on each side of data that is fitted
POINT = 0.00001  # degrees, some metre: what is smaller is one point
ALONE, HOUSE = 0.1, 0.002  # degrees, some 10 km and 200 m: the least that is shown around one point, and around a house
POLE = 85.051129  # where Web Mercator ends (EPSG:3857)
BEYOND = 100.0  # pixels: so far round the box geometry is kept, so that strokes along a cut are out of sight


@dataclass(frozen=True, slots=True)
class View:
    """A box of a picture (pixels, downwards) and what it shows. `scale` is pixels for each unit of the plane, which is a degree
    of longitude in both projections (times `parallel`, if equirectangular); `left` and `top` are the box's corner in the plane.
    """

    projection: Projection
    box: Box
    left: float
    top: float
    scale: float
    parallel: float = 1.0  # equirectangular: the cosine of the latitude that is true to scale

    def xy(self, lon: float, lat: float) -> tuple[float, float]:
        """Pixels of a position in degrees, which need not lie in the box."""
        east, north = _plane(self.projection, self.parallel, np.array([[lon, lat]]))[0]
        return self._pixels(float(east), float(north))

    def lonlat(self, x: float, y: float) -> tuple[float, float]:
        """Degrees of what lies at a pixel, which need not lie in the box."""
        east = self.left + (x - self.box[0]) / self.scale
        north = self.top - (y - self.box[1]) / self.scale
        if self.projection == "mercator":
            return east, math.degrees(math.atan(math.sinh(math.radians(north))))
        return east / self.parallel, north

    def geometry(self, geometry: BaseGeometry) -> BaseGeometry:
        """What of a geometry lies in the box and `BEYOND` round it, in pixels; of the same kind, and empty if there is none."""
        kind = int(shapely.get_dimensions(geometry))
        west, south, east, north = _bounds(self, BEYOND * 1.5)
        near = _cut(self.mapped(geometry), shapely.box(west, south, east, north), kind)
        # straight in degrees (RFC 7946, 3.1.1) is not straight there; what has many corners has short sides, or is noise
        if self.projection == "mercator" and kind > 0 and shapely.get_num_coordinates(near) <= MANY:
            near = shapely.segmentize(near, max(north - south, east - west) / 64)
        drawn = shapely.transform(near, self._drawn)
        if not drawn.is_valid:  # two sides that lay a hair apart
            drawn = shapely.make_valid(drawn)
        left, top, right, bottom = self.box
        return _cut(drawn, shapely.box(left - BEYOND, top - BEYOND, right + BEYOND, bottom + BEYOND), kind)

    def mapped(self, geometry: BaseGeometry) -> BaseGeometry:
        """What of a geometry the projection has a place for, in degrees: Mercator ends before the poles."""
        if self.projection == "equirectangular":
            return geometry
        return _cut(geometry, shapely.box(-180, -POLE, 180, POLE), int(shapely.get_dimensions(geometry)))

    @property
    def metres_per_pixel(self) -> float:
        """On the earth, along the parallel through the middle of the box."""
        left, top, right, bottom = self.box
        x, y = (left + right) / 2, (top + bottom) / 2
        half = min(50.0, 45 * self.scale)  # pixels, of at most a quarter round the earth
        return earth.distance(self.lonlat(x - half, y), self.lonlat(x + half, y)) / (2 * half)

    @property
    def bounds(self) -> Bounds:
        """What the box shows, in degrees; of a box larger than the earth, more than there is."""
        return Bounds(*_bounds(self, 0))

    def _drawn(self, points: earth.Array) -> earth.Array:
        plane = _plane(self.projection, self.parallel, points)
        return np.column_stack(self._pixels(plane[:, 0], plane[:, 1]))

    def _pixels(self, east: Value, north: Value) -> tuple[Value, Value]:
        return self.box[0] + (east - self.left) * self.scale, self.box[1] + (self.top - north) * self.scale


def view(asked: Map, loaded: tuple[Loaded, ...], box: Box) -> View:
    """The view that a map asks for: its area, or all its data with a margin. Raises Unfit if there is neither."""
    if asked.area:
        return showing(asked.area, box, asked.projection)
    extent = around(thing.geometry for layer in loaded for group in layer.groups for thing in group)
    if extent:
        return showing(_grown(extent), box, asked.projection, ROUND)
    if asked.base.bounds:
        return showing(asked.base.bounds, box, asked.projection)
    raise Unfit("nothing says which part of the earth is shown – add a layer, or area = [west, south, east, north]")


def around(geometries: Iterable[BaseGeometry]) -> Bounds | None:
    """The smallest bounds that hold all of these; None if there is nothing."""
    there = list(geometries)
    return Bounds(*map(float, shapely.total_bounds(there))) if there else None


def showing(bounds: Bounds, box: Box, projection: Projection = "mercator", free: float = 0) -> View:
    """The view of a box that shows these bounds whole, in the middle, with a share of the box left `free` on each side.

    What has the box's shape fills it, anything else is widened; nothing is cut. Raises Unfit for what lies beyond Mercator's
    ends.
    """
    middle = math.radians((bounds.south + bounds.north) / 2)
    parallel = 1.0 if projection == "mercator" else max(math.cos(middle), 0.01)
    corners = np.array([[bounds.west, bounds.south], [bounds.east, bounds.north]])
    (west, south), (east, north) = _plane(projection, parallel, corners).tolist()
    if north <= south:
        raise Unfit('Mercator ends at 85° of latitude, and this map begins beyond – write projection = "equirectangular"')
    left, top, right, bottom = box
    scale = min((right - left) / (east - west), (bottom - top) / (north - south)) * (1 - 2 * free)
    corner = ((west + east) / 2 - (right - left) / 2 / scale, (south + north) / 2 + (bottom - top) / 2 / scale)
    return View(projection, box, *corner, scale, parallel)


def _grown(bounds: Bounds) -> Bounds:
    """One point alone gets its surroundings, a house its street, a line that runs due north or east some width."""
    wide, high = bounds.east - bounds.west, bounds.north - bounds.south
    least = ALONE if max(wide, high) < POINT else HOUSE
    across, along = (max(0, least - size) / 2 for size in (wide, high))
    return Bounds(bounds.west - across, bounds.south - along, bounds.east + across, bounds.north + along)


def _plane(projection: Projection, parallel: float, points: earth.Array) -> earth.Array:
    """Degrees become units of the plane, of which one is a degree of longitude at the equator."""
    if projection == "equirectangular":
        return cast(earth.Array, points * np.array([parallel, 1.0]))
    north = np.degrees(np.arcsinh(np.tan(np.radians(np.clip(points[:, 1], -POLE, POLE)))))
    return np.column_stack((points[:, 0], north))


def _bounds(view: View, beyond: float) -> tuple[float, float, float, float]:
    """West, south, east and north of the box and so many pixels round it."""
    left, top, right, bottom = view.box
    west, north = view.lonlat(left - beyond, top - beyond)
    east, south = view.lonlat(right + beyond, bottom + beyond)
    return west, south, east, north


def _cut(geometry: BaseGeometry, frame: BaseGeometry, kind: int) -> BaseGeometry:
    """What lies in the frame, without what merely touches it: the side of an area, the end of a line."""
    if geometry.is_empty or frame.covers(shapely.box(*geometry.bounds)):
        return geometry
    return together([geometry.intersection(frame)], kind)
