"""Pure. A map as its author asked for it, what its data holds, and what came of it: frozen values, valid once they exist.

Coordinates of data are degrees of WGS 84, longitude first (as in GeoJSON, RFC 7946). Lengths of a drawing are pixels of the
finished picture.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

Projection = Literal["mercator", "equirectangular"]


@dataclass(frozen=True, slots=True)
class Bounds:
    """A part of the earth, in degrees: west below east, south below north."""

    west: float
    south: float
    east: float
    north: float


@dataclass(frozen=True, slots=True)
class Feature:
    """One thing of a data file: where it is, what it is called (empty: nothing), and what the file says of it."""

    geometry: BaseGeometry
    name: str = ""
    properties: Mapping[str, str] = field(default_factory=dict)  # values as texts, as they were written

    def says(self, key: str) -> str:
        """What it says of a property, of which "name" is what it is called; empty: nothing."""
        return self.name if key == "name" else self.properties.get(key, "")


@dataclass(frozen=True, slots=True)
class Style:
    """How things of one class are drawn: `base` is the theme's word for it (`controlled`, `front`, `town`), the rest is what
    the author wants otherwise; empty and None: as the theme has it. Width and size in pixels."""

    base: str = ""  # empty: what suits the geometry ("area", "line", "point")
    colour: str = ""  # "#rrggbb"
    pattern: str = ""  # of an area: "plain", "hatch", "crosshatch", "dots", "outline"
    symbol: str = ""  # of a point: "dot", "ring", "square", "triangle", "diamond", "star", "cross"
    width: float | None = None  # of a line
    size: float | None = None  # of a symbol


@dataclass(frozen=True, slots=True)
class Class:
    """Which things of a layer are drawn how: those whose property `Layer.by` is `value`; "*" is all the others. `name` stands
    in the legend; empty: it is not in it."""

    value: str
    name: str
    style: Style


@dataclass(frozen=True, slots=True)
class Layer:
    """Data and how it is drawn. `data` is a file as written; `features` are those that the map itself holds. `label` is the
    property that is written beside each thing ("name": what it is called), empty: nothing is."""

    data: str
    classes: tuple[Class, ...]
    by: str = ""  # empty: there is one class, "*"
    label: str = "name"
    features: tuple[Feature, ...] = ()
    line: int = 1  # of the file that the map stands in


@dataclass(frozen=True, slots=True)
class Base:
    """What lies under the layers: a picture whose place is known by its bounds or by a world file beside it, or tiles from a
    URL template with {z}, {x} and {y}; both empty: the theme's plain ground."""

    picture: str = ""
    bounds: Bounds | None = None
    tiles: str = ""
    attribution: str = ""
    line: int = 1  # of the file that the map stands in


@dataclass(frozen=True, slots=True)
class Inset:
    """A small map that shows where the large one lies. `data` is the outline of the country, a file as written."""

    data: str
    title: str = ""
    line: int = 1


@dataclass(frozen=True, slots=True)
class Map:
    """A map as its author asked for it. `path` and `line` say where that was, for messages."""

    path: str
    line: int = 1
    title: str = ""
    subtitle: str = ""
    lang: str = ""  # of its furniture; empty: the draft's, else English
    size: tuple[int, int] = (1600, 1200)  # pixels
    area: Bounds | None = None  # None: fit the data
    projection: Projection = "mercator"
    theme: str = "light"
    date: date | None = None
    sources: tuple[str, ...] = ()
    alt: str = ""  # what the author has written or accepted
    scale_bar: bool = True
    north_arrow: bool = True
    legend: bool = True
    base: Base = Base()
    inset: Inset | None = None
    layers: tuple[Layer, ...] = ()


@dataclass(frozen=True, slots=True)
class Loaded:
    """A layer of which the data is read. `groups` are its things by class, in the order of `layer.classes`."""

    layer: Layer
    groups: tuple[tuple[Feature, ...], ...]

    def classed(self) -> Iterator[tuple[Class, tuple[Feature, ...]]]:
        """Each class and its things."""
        return zip(self.layer.classes, self.groups, strict=True)


@dataclass(frozen=True, slots=True)
class Change:
    """What became of the areas of one name and style between two maps: square kilometres and where, gained and lost."""

    name: str
    style: Style
    before: float
    after: float
    gained: float
    lost: float
    where_gained: BaseGeometry
    where_lost: BaseGeometry


@dataclass(frozen=True, slots=True)
class Drawn:
    """A map that was drawn: a PNG without metadata; `smallest` is the height in pixels of its smallest letters (of an x);
    `alt` is a proposal, made from the data; `notes` say what the author should know, such as a label that has no room."""

    data: bytes = field(repr=False)
    size: tuple[int, int]
    smallest: float
    alt: str
    notes: tuple[str, ...] = ()
