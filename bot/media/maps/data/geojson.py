"""Pure. GeoJSON (RFC 7946) becomes features. By the standard library: the format is small, and ours are the messages."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NoReturn

from bot.media.maps.data.listing import Thing, features
from bot.media.maps.data.shapes import Pen
from bot.media.maps.data.texts import quoted
from bot.media.maps.earth import Position
from bot.media.maps.model import Feature
from bot.media.unfit import Unfit

DEEPEST = 20  # collections in collections
WGS84 = re.compile(r"(?i)(?:.*[:/])?(?:CRS84|EPSG:{1,2}4326)")
NAMES = ("name", "title")


def read(data: bytes) -> tuple[Feature, ...]:
    """The features of a collection, a feature, or a bare geometry. Raises Unfit.

    Memory: lists of lists of numbers take up to 25 times the bytes of their text, 500 MB at 20 MB.
    """
    try:
        root = json.loads(data, parse_constant=_no_number)
    except RecursionError:
        raise Unfit("lists within lists without end – export it again") from None
    except Unfit:
        raise
    except ValueError as problem:
        raise Unfit(f"not GeoJSON ({str(problem).partition(';')[0]}) – export it again") from problem
    if not isinstance(root, dict):
        raise Unfit("a list, not GeoJSON – export it as GeoJSON")
    _in_degrees(root.get("crs"))
    return features(_things(root))


def _no_number(name: str) -> NoReturn:
    raise Unfit(f"{name} is no number in GeoJSON – export it again")


def _in_degrees(crs: Any) -> None:
    """The 2008 format named its coordinate system; RFC 7946 knows one only."""
    properties = crs.get("properties") if isinstance(crs, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else crs
    if name is not None and not (isinstance(name, str) and WGS84.fullmatch(name)):
        raise Unfit(f"coordinates in {quoted(name)} – export it in degrees of WGS 84 (EPSG:4326)")


def _things(root: Mapping[str, Any]) -> Iterator[Thing]:
    if root.get("type") == "Topology":
        raise Unfit("TopoJSON – export it as GeoJSON")
    if root.get("type") != "FeatureCollection":
        yield _thing(root)
        return
    for node in _list(root.get("features"), "features"):
        if not isinstance(node, dict) or node.get("type") != "Feature":
            raise Unfit("a collection of what are no features – export it again as GeoJSON")
        yield _thing(node)


def _thing(node: Mapping[str, Any]) -> Thing:
    if node.get("type") != "Feature":
        return Thing("", {}, lambda pen: _draw(pen, node))
    properties = node.get("properties")
    if not isinstance(properties, dict):
        properties = {}
    lower = {key.lower(): value for key, value in reversed(properties.items()) if value}
    name = next((lower[key] for key in NAMES if key in lower), "")
    return Thing(name, properties, lambda pen: _draw(pen, node.get("geometry")))


def _draw(pen: Pen, geometry: Any, deep: int = 0) -> None:
    if geometry is None:  # RFC 7946, 3.2: a thing without a place
        return
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if kind == "GeometryCollection" and deep < DEEPEST:
        for each in _list(geometry.get("geometries"), "geometries"):
            _draw(pen, each, deep + 1)
    elif isinstance(kind, str) and kind in DRAW:
        DRAW[kind](pen, _list(geometry.get("coordinates"), "coordinates"))
    else:
        raise Unfit(f"{quoted(kind)} is no geometry of GeoJSON – export it again")


def _several(draw: Callable[[Pen, list[Any]], None]) -> Callable[[Pen, list[Any]], None]:
    def each(pen: Pen, node: list[Any]) -> None:
        for one in node:
            draw(pen, _list(one, "coordinates"))

    return each


def _point(pen: Pen, node: list[Any]) -> None:
    _points(pen, [node])


def _points(pen: Pen, node: list[Any]) -> None:
    pen.points(_xy(one) for one in node if one != [])  # an empty one is no place (RFC 7946, 3.1)


def _line(pen: Pen, node: list[Any]) -> None:
    pen.line(_positions(node))


def _area(pen: Pen, node: list[Any]) -> None:
    pen.area(_positions(_list(ring, "coordinates")) for ring in node)


DRAW: Mapping[str, Callable[[Pen, list[Any]], None]] = {
    "Point": _point,
    "MultiPoint": _points,
    "LineString": _line,
    "MultiLineString": _several(_line),
    "Polygon": _area,
    "MultiPolygon": _several(_area),
}


def _positions(node: list[Any]) -> Iterable[Position]:
    return map(_xy, node)


def _xy(node: Any) -> Position:
    if not isinstance(node, list) or len(node) < 2 or not {type(node[0]), type(node[1])} <= {int, float}:
        raise Unfit(f"{quoted(node)} is no position – write [longitude, latitude], two numbers")
    return float(node[0]), float(node[1])


def _list(node: Any, name: str) -> list[Any]:
    if not isinstance(node, list):
        raise Unfit(f"{name} that are no list – export it again as GeoJSON")
    return node
