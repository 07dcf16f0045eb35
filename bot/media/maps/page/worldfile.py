"""Pure. Where on the earth a picture lies, by the six numbers of the world file beside it (Esri, "World files for raster
datasets"): sizes of a pixel, two turns, the middle of the upper left pixel."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from bot.media.maps.model import Bounds
from bot.media.unfit import Unfit


def names(picture: str) -> Iterator[str]:
    """What a picture's world file may be called: relief.pgw, relief.pngw or relief.wld for relief.png."""
    path = PurePosixPath(picture)
    kind = path.suffix[1:]
    for ending in (kind[:1] + kind[-1:] + "w", kind + "w", "wld"):
        yield str(path.with_suffix("." + ending))


def bounds(data: bytes, size: tuple[int, int]) -> Bounds:
    """The bounds of a picture of so many pixels, in degrees. Raises Unfit."""
    try:
        wide, turn, slant, high, lon, lat = map(float, data.decode("ascii").split())
    except ValueError as problem:
        raise Unfit(
            "not a world file of six numbers – export it again, or give bounds = [west, south, east, north]"
        ) from problem
    if turn or slant or not wide > 0 > high:
        raise Unfit("it says that the picture is turned – export the picture with north on top")
    found = Bounds(lon - wide / 2, lat + high * (size[1] - 0.5), lon + wide * (size[0] - 0.5), lat - high / 2)
    if not (-360 <= found.west < found.east <= 360 and -90.1 <= found.south < found.north <= 90.1):
        raise Unfit("it is not in degrees – export picture and world file in WGS 84 (EPSG:4326)")
    return found
