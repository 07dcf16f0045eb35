"""Pure. What is to be labelled, and where a label stands. Pixels of the picture, y downwards; angles in degrees, clockwise."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

Point = tuple[float, float]
Box = tuple[float, float, float, float]  # left, top, right, bottom


@dataclass(frozen=True, slots=True)
class PointAnchor:
    """A symbol: its middle, and how far its ink reaches from there."""

    x: float
    y: float
    radius: float


@dataclass(frozen=True, slots=True)
class AreaAnchor:
    """An area, with or without holes, in one part or several; its label stands in the largest."""

    polygon: BaseGeometry


@dataclass(frozen=True, slots=True)
class LineAnchor:
    """A line, in one part or several; its label runs along the straightest stretch."""

    line: BaseGeometry


Anchor = PointAnchor | AreaAnchor | LineAnchor


@dataclass(frozen=True, slots=True)
class Wanted:
    """A label that somebody wants: how large, of what, and how much it matters: the highest priority is placed first."""

    key: int
    size: tuple[float, float]  # width and height of all its lines, without the halo
    anchor: Anchor
    priority: int = 0


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a label stands: the left top corner of its text, which is turned around that corner. A leader is a line from
    the thing to the label, for a label that stands apart from it."""

    key: int
    x: float
    y: float
    angle: float = 0
    leader: tuple[Point, Point] | None = None

    def baseline(self, down: float, across: float = 0) -> Point:
        """The left end of a baseline that begins so many pixels below the label's top, and to the right of its left side."""
        cos, sin = math.cos(math.radians(self.angle)), math.sin(math.radians(self.angle))
        return self.x + across * cos - down * sin, self.y + across * sin + down * cos


@dataclass(frozen=True, slots=True)
class Place:
    """A place where a label might stand by what it labels alone; `cost` says how bad it is, from 0."""

    corner: Point  # the left top of its text
    cost: float
    angle: float = 0
    leader: tuple[Point, Point] | None = None


def rooms(places: NDArray[numpy.object_], size: tuple[float, float], around: float) -> NDArray[numpy.object_]:
    """What a label takes up at each of its places, with `around` pixels on each side."""
    x, y = numpy.array([place.corner for place in places]).T
    turns = numpy.radians([place.angle for place in places])
    cos, sin = numpy.cos(turns), numpy.sin(turns)
    across, down = (-around, size[0] + around), (-around, size[1] + around)
    turned = [(across[0], down[0]), (across[1], down[0]), (across[1], down[1]), (across[0], down[1])]
    corners = [(x + u * cos - v * sin, y + u * sin + v * cos) for u, v in turned]
    return numpy.asarray(shapely.polygons(numpy.array(corners).transpose(2, 0, 1)))
