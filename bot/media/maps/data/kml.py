"""Pure. KML (OGC 12-007r2), as Google My Maps and Google Earth write it, becomes features; KMZ is KML in a ZIP."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping

from bot.media.maps.data.elements import Element
from bot.media.maps.data.listing import Thing, features
from bot.media.maps.data.shapes import Pen
from bot.media.maps.data.texts import quoted
from bot.media.maps.earth import Position
from bot.media.maps.model import Feature
from bot.media.unfit import Unfit

FOLDER = "folder"  # the property that says in which folder a thing lay: a layer of Google My Maps
UNZIPPED = 20_000_000  # bytes


def read(root: Element) -> tuple[Feature, ...]:
    """The placemarks of a document. Raises Unfit."""
    return features(_things(root, ""))


def unzipped(data: bytes) -> bytes:
    """The main document of a KMZ; nothing else in it is read. Raises Unfit."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = [name for name in archive.namelist() if name.lower().endswith(".kml")]
            if not names:
                raise Unfit("a ZIP without a .kml in it – export it as KML or KMZ; unpack other archives")
            # the one in the root; its name is doc.kml by custom only
            with archive.open(min(names, key=lambda name: (name.count("/"), name != "doc.kml"))) as file:
                found = file.read(UNZIPPED + 1)
    except Unfit:
        raise
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError, ValueError, NotImplementedError) as problem:
        raise Unfit(f"a KMZ that cannot be unpacked ({problem}) – export it again") from problem
    if len(found) > UNZIPPED:
        raise Unfit(f"unpacked more than {UNZIPPED // 10**6} MB – keep only what the map shows")
    return found


def _things(node: Element, folder: str) -> Iterator[Thing]:
    for child in node:
        if child.tag == "NetworkLink":
            raise Unfit("a link to data elsewhere – export it with the data, not as a link that keeps it up to date")
        if child.tag == "Placemark":
            properties = {FOLDER: folder, **dict(_properties(child))}
            yield Thing(child.findtext("name", ""), properties, _drawing(child))
        elif child.tag == "Folder":
            yield from _things(child, child.findtext("name", "") or folder)
        elif child.tag == "Document":
            yield from _things(child, folder)


def _properties(placemark: Element) -> Iterator[tuple[str, str]]:
    for data in placemark.iterfind("ExtendedData/Data"):
        yield data.get("name", ""), data.findtext("value", "")
    for simple in placemark.iterfind("ExtendedData/SchemaData/SimpleData"):
        yield simple.get("name", ""), simple.text or ""


def _drawing(node: Element) -> Callable[[Pen], None]:
    return lambda pen: _draw_all(pen, node)


def _draw_all(pen: Pen, node: Element) -> None:
    """Draws what geometry stands in an element, other elements aside."""
    for child in node:
        if child.tag in DRAW:
            DRAW[child.tag](pen, child)


def _point(pen: Pen, node: Element) -> None:
    pen.points(_positions(node))


def _line(pen: Pen, node: Element) -> None:
    pen.line(_positions(node))


def _area(pen: Pen, node: Element) -> None:
    rings = [*node.iterfind("outerBoundaryIs/LinearRing"), *node.iterfind("innerBoundaryIs/LinearRing")]
    pen.area(map(_positions, rings))


def _track(pen: Pen, node: Element) -> None:
    """Google's extension: positions with spaces instead of commas."""
    pen.line(_position(each.text or "", None) for each in node.iterfind("coord"))


DRAW: Mapping[str, Callable[[Pen, Element], None]] = {
    "Point": _point,
    "LineString": _line,
    "LinearRing": _line,
    "Polygon": _area,
    "MultiGeometry": _draw_all,
    "Track": _track,
    "MultiTrack": _draw_all,
}


def _positions(node: Element) -> Iterator[Position]:
    return (_position(each, ",") for each in node.findtext("coordinates", "").split())


def _position(text: str, comma: str | None) -> Position:
    try:
        lon, lat, *_ = map(float, text.split(comma))
    except ValueError as problem:
        raise Unfit(f"{quoted(text)} is no position – write longitude,latitude without a space") from problem
    return lon, lat
