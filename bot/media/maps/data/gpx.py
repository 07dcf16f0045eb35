"""Pure. GPX 1.0 and 1.1 become features: waypoints are points, tracks and routes lines."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from bot.media.maps.data.elements import Element
from bot.media.maps.data.listing import Thing, features
from bot.media.maps.data.shapes import Pen
from bot.media.maps.earth import Position
from bot.media.maps.model import Feature
from bot.media.unfit import Unfit

KINDS = ("wpt", "rte", "trk")
PROPERTIES = ("type", "sym", "desc")


def read(root: Element) -> tuple[Feature, ...]:
    """The waypoints, routes and tracks of a document, in its order. Raises Unfit."""
    return features(_things(root))


def _things(root: Element) -> Iterator[Thing]:
    for node in root:
        if node.tag in KINDS:
            properties = {name: node.findtext(name, "") for name in PROPERTIES}
            yield Thing(node.findtext("name", ""), properties, _drawing(node))


def _drawing(node: Element) -> Callable[[Pen], None]:
    if node.tag == "wpt":
        return lambda pen: pen.points([_position(node)])
    if node.tag == "rte":
        return lambda pen: pen.line(map(_position, node.iterfind("rtept")))
    return lambda pen: _track(pen, node)


def _track(pen: Pen, node: Element) -> None:
    """Where the recording paused, a segment ends."""
    for segment in node.iterfind("trkseg"):
        pen.line(map(_position, segment.iterfind("trkpt")))


def _position(node: Element) -> Position:
    try:
        return float(node.get("lon", "")), float(node.get("lat", ""))
    except ValueError as problem:
        raise Unfit("a point without lat and lon in degrees – export it again") from problem
