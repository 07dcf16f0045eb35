"""Pure. What a data file says: GeoJSON, KML, KMZ or GPX, told by what is in it, behind guards.

By the standard library and shapely: a reader of a hundred formats would read a hundred formats of strangers. Bounds: 20 MB,
a million points; memory 500 MB at worst.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import PurePath

from bot.media.maps.data import geojson, gpx, kml
from bot.media.maps.data.elements import Element, tree
from bot.media.maps.model import Feature
from bot.media.unfit import Unfit

MAX_BYTES = 20_000_000
READERS: Mapping[str, Callable[[Element], tuple[Feature, ...]]] = {"kml": kml.read, "gpx": gpx.read}  # by the root's name
STRANGERS = {
    ".csv": "a table",
    ".gpkg": "a GeoPackage",
    ".png": "a picture",
    ".shp": "a shapefile",
    ".svg": "an SVG drawing",
    ".tif": "a picture",
    ".xlsx": "a spreadsheet",
}


def features(data: bytes, name: str) -> tuple[Feature, ...]:
    """The things in a file, of which `name` only serves to say what it is not. Each has areas, lines or points, not two of
    them. Raises Unfit: what is wrong, and what to do."""
    if len(data) > MAX_BYTES:
        raise Unfit(f"larger than {MAX_BYTES // 10**6} MB – simplify it, or keep only what the map shows")
    try:
        found = _read(data, name)
    except MemoryError as problem:
        raise Unfit("too large for this machine’s memory – simplify it, or keep only what the map shows") from problem
    if not found:
        raise Unfit("nothing in it has a place – look whether it is the file that you mean, and export it again")
    return found


def _read(data: bytes, name: str) -> tuple[Feature, ...]:
    if data.startswith(b"PK\x03\x04"):
        return _in_xml(kml.unzipped(data))
    begins = data[:200].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")[:1]  # in UTF-16 as well
    if begins == b"<":
        return _in_xml(data)
    if begins in (b"{", b"["):
        return geojson.read(data)
    what = STRANGERS.get(PurePath(name).suffix.lower(), "nothing that can be read") if data else "empty"
    raise Unfit(f"{what} – export it as GeoJSON, KML or GPX")


def _in_xml(data: bytes) -> tuple[Feature, ...]:
    root = tree(data)
    if root.tag not in READERS:
        raise Unfit("XML, but neither KML nor GPX – export it as one of them, or as GeoJSON")
    return READERS[root.tag](root)
