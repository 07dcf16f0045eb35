"""What lies under a map's layers: a plain ground, a picture whose place is known, or tiles, brought into the view.

Pictures with a place are equirectangular (their bounds are degrees), tiles are Web Mercator. Memory: the decoded picture of
`bot.media.opening` and one converted copy of it; tiles: 64 of them side by side, 50 MB at 512 pixels each.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

from PIL import Image

from bot.media.maps.model import Base, Bounds
from bot.media.maps.page import worldfile
from bot.media.maps.view import View
from bot.media.opening import opened
from bot.media.unfit import Unfit

Read = Callable[[str], bytes]  # the bytes of a file as the map names it; raises Unfit
Tiles = Callable[[int, int, int], bytes]  # zoom, column, row -> a picture
Place = Callable[[float, float], tuple[float, float]]  # degrees -> pixels of a picture, of which neither minds the other

STRIP = 16  # rows brought into the view at once: within them, both projections are straight to a hundredth of a pixel
MOST = 64  # tiles for one map, for politeness
DEEPEST = 19  # what public tile servers have
WORLD = 256  # pixels of the whole earth at zoom 0


def placed(base: Base, read: Read | None) -> Base:
    """The base with the place of its picture, by the world file beside it if it has no bounds. Raises Unfit: it has neither."""
    if not (base.picture and read) or base.bounds:
        return base
    return replace(base, bounds=_beside(base.picture, _opened(read(base.picture), base.picture).size, read))


def ground(
    base: Base, view: View, size: tuple[int, int], colour: str, read: Read | None, tiles: Tiles | None
) -> tuple[Image.Image, tuple[str, ...]]:
    """The ground of a picture of so many pixels under a base that is `placed`, and notes for the author. Raises Unfit: a
    picture or tile is of no use."""
    sheet = Image.new("RGB", size, colour)
    if base.picture and base.bounds and read:
        return _with_picture(sheet, base.picture, base.bounds, view, read), ()
    if base.tiles and tiles:
        return _with_tiles(sheet, view, tiles)
    return sheet, ()


def _with_picture(sheet: Image.Image, name: str, place: Bounds, view: View, read: Read) -> Image.Image:
    picture = _opened(read(name), name)
    wide, high = picture.width / (place.east - place.west), picture.height / (place.north - place.south)
    _bring(picture, lambda lon, lat: ((lon - place.west) * wide, (place.north - lat) * high), place, view, sheet)
    return sheet


def _opened(data: bytes, name: str) -> Image.Image:
    """The picture, with premultiplied colours if it is clear in places: so what cannot be seen does not bleed into the rest."""
    try:
        with opened(data) as source:
            image = source.image
            clear = image.mode == "RGBA" or "transparency" in image.info
            return image.convert("RGBA").convert("RGBa") if clear else image.convert("RGB")
    except Unfit as problem:
        raise Unfit(f"{name}: {problem}") from problem


def _beside(picture: str, size: tuple[int, int], read: Read) -> Bounds:
    for name in worldfile.names(picture):
        try:
            data = read(name)
        except Unfit:
            continue
        try:
            return worldfile.bounds(data, size)
        except Unfit as problem:
            raise Unfit(f"{name}: {problem}") from problem
    raise Unfit(
        f"{picture}: nothing says where it lies – give bounds = [west, south, east, north], or put "
        f"{next(worldfile.names(picture))} beside it"
    )


def _with_tiles(sheet: Image.Image, view: View, tiles: Tiles) -> tuple[Image.Image, tuple[str, ...]]:
    zoom = _zoom(view)
    west, north, east, south = _range(view, zoom)
    mosaic, side = None, WORLD
    for row in range(north, south + 1):
        for column in range(west, east + 1):
            tile = _opened(tiles(zoom, column, row), f"tile {zoom}/{column}/{row}").convert("RGBA")
            if mosaic is None:
                side = tile.width
                mosaic = Image.new("RGBA", (side * (east - west + 1), side * (south - north + 1)))
            mosaic.paste(tile.resize((side, side)), ((column - west) * side, (row - north) * side))
    if mosaic is None:
        return sheet, ()

    def place(lon: float, lat: float) -> tuple[float, float]:
        x, y = _tile(lon, lat, zoom)
        return (x - west) * side, (y - north) * side

    whole = Bounds(_lon(west, zoom), _lat(south + 1, zoom), _lon(east + 1, zoom), _lat(north, zoom))
    _bring(mosaic.convert("RGBa"), place, whole, view, sheet)
    return sheet, tuple(_enlarged(view, side * 2**zoom))


def _enlarged(view: View, world: int) -> list[str]:
    times = _world(view) / world
    if times <= 1.05:
        return []
    return [f"the tiles are enlarged {times:.1f} times: more than {MOST} are not asked for – make the map smaller"]


def _zoom(view: View) -> int:
    """The zoom at which tiles need not be enlarged, or else the deepest with so many tiles as may be asked for."""
    zoom = min(max(0, math.ceil(math.log2(_world(view) / WORLD) - 0.01)), DEEPEST)
    while zoom:
        west, north, east, south = _range(view, zoom)
        if (east - west + 1) * (south - north + 1) <= MOST:
            break
        zoom -= 1
    return zoom


def _world(view: View) -> float:
    """Pixels round the earth, as the view shows it."""
    (start, _), (quarter, _) = view.xy(0, 0), view.xy(90, 0)
    return 4 * (quarter - start)


def _range(view: View, zoom: int) -> tuple[int, int, int, int]:
    """The first and last columns and rows that the view shows: west, north, east, south."""
    shown, last = view.bounds, 2**zoom - 1
    left, top = _tile(shown.west, shown.north, zoom)
    right, bottom = _tile(shown.east, shown.south, zoom)
    west, north, east, south = (math.floor(edge) for edge in (left, top, right - 1e-9, bottom - 1e-9))
    return max(0, west), max(0, north), min(last, east), min(last, south)


def _tile(lon: float, lat: float, zoom: int) -> tuple[float, float]:
    """Columns from 180° west and rows from 85° north (OpenStreetMap wiki, "Slippy map tilenames")."""
    sine = math.sin(math.radians(min(max(lat, -85.06), 85.06)))
    return (lon + 180) / 360 * 2.0**zoom, (0.5 - math.atanh(sine) / (2 * math.pi)) * 2.0**zoom


def _lon(column: float, zoom: int) -> float:
    return column / 2.0**zoom * 360 - 180


def _lat(row: float, zoom: int) -> float:
    return math.degrees(math.asin(math.tanh(math.pi * (1 - 2 * row / 2.0**zoom))))


def _bring(picture: Image.Image, place: Place, bounds: Bounds, view: View, sheet: Image.Image) -> None:
    """Puts of a picture what the view's box shows onto the sheet, strip by strip."""
    left, top, right, bottom = _box(bounds, view)
    for y in range(top, bottom, STRIP):
        low = min(y + STRIP, bottom)
        near, far = place(*view.lonlat(left, y)), place(*view.lonlat(right, low))
        box = _within(picture.size, (*near, *far))
        if right <= left or box[2] - box[0] <= 0 or box[3] - box[1] <= 0:
            continue
        strip = picture.resize((right - left, low - y), Image.Resampling.BICUBIC, box)
        if strip.mode == "RGB":
            sheet.paste(strip, (left, y))
        else:
            seen = strip.convert("RGBA")
            sheet.paste(seen, (left, y), seen)


def _box(bounds: Bounds, view: View) -> tuple[int, int, int, int]:
    """The pixels of the view's box in which a picture of these bounds lies."""
    left, top = view.xy(bounds.west, bounds.north)
    right, bottom = view.xy(bounds.east, bounds.south)
    edges = view.box
    whole = max(left, edges[0]), max(top, edges[1]), min(right, edges[2]), min(bottom, edges[3])
    return round(whole[0]), round(whole[1]), round(whole[2]), round(whole[3])


def _within(size: tuple[int, int], box: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    return max(0.0, box[0]), max(0.0, box[1]), min(float(size[0]), box[2]), min(float(size[1]), box[3])
