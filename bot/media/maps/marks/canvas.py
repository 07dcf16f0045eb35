"""Shapes become pixels: antialiased, band by band, the same bytes each time.

Each band is drawn four times as wide and as high and then averaged, so that two areas that touch leave no seam of the ground
between them. Memory beside the finished picture: one band, at 4096 pixels of width 256 MB at most.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import shapely
from PIL import Image, ImageDraw
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

FINE = 4  # parts of a pixel, each way: 16 steps from ink to ground
BAND = 2**18  # pixels of a band


@dataclass(frozen=True, slots=True)
class Shape:
    """Polygons, in pixels of the picture, filled with one colour. What has no area is not seen."""

    geometry: BaseGeometry
    colour: str  # "#rrggbb"
    opacity: float = 1.0


def painted(ground: Image.Image, shapes: Sequence[Shape]) -> Image.Image:
    """The ground with the shapes on it, the last on top."""
    picture = ground.convert("RGB")  # a copy
    width, height = picture.size
    step = max(1, BAND // width)
    laid = [(shape, shape.geometry.bounds) for shape in shapes if not shape.geometry.is_empty]
    for top in range(0, height, step):
        bottom = min(top + step, height)
        here = [shape for shape, (_, low, _, high) in laid if low < bottom and high > top]
        if here:
            band = picture.crop((0, top, width, bottom))
            picture.paste(_band(band, top, here), (0, top))
    return picture


def _band(ground: Image.Image, top: int, shapes: Sequence[Shape]) -> Image.Image:
    """A band of the ground, with what of the shapes falls into it."""
    width, height = ground.size
    fine = ground.resize((width * FINE, height * FINE), Image.Resampling.NEAREST)
    pen = ImageDraw.Draw(fine)
    for shape in shapes:
        # beyond the band by a pixel, so that no edge of the cut is seen
        part = shapely.clip_by_rect(shape.geometry, -1, top - 1, width + 1, top + height + 1)
        polygons = sorted(_polygons(part), key=lambda polygon: -polygon.area)
        if shape.opacity == 1 and not any(polygon.interiors for polygon in polygons):
            for polygon in polygons:
                pen.polygon(_fine(polygon.exterior, 0, top), shape.colour)
        elif polygons:
            _veil(fine, top, polygons, shape)
    return fine.reduce(FINE)


def _veil(fine: Image.Image, top: int, polygons: Sequence[Polygon], shape: Shape) -> None:
    """Lays a colour over what polygons cover: through a mask, since they have holes or let the ground through. The largest
    come first: an island in a lake would else be drowned with it."""
    bounds = shapely.total_bounds(polygons)
    left, high = max(0, int(bounds[0])), max(0, int(bounds[1]) - top)
    right, low = min(fine.width // FINE, int(bounds[2]) + 1), min(fine.height // FINE, int(bounds[3]) - top + 1)
    if right <= left or low <= high:
        return
    solid = shape.opacity == 1  # a mask of bits is laid down several times as fast as one of bytes
    mask = Image.new("1" if solid else "L", ((right - left) * FINE, (low - high) * FINE))
    pen, ink = ImageDraw.Draw(mask), 1 if solid else round(255 * shape.opacity)
    for polygon in polygons:
        pen.polygon(_fine(polygon.exterior, left, top + high), ink)
        for hole in polygon.interiors:
            pen.polygon(_fine(hole, left, top + high), 0)
    fine.paste(shape.colour, (left * FINE, high * FINE, right * FINE, low * FINE), mask)


def _fine(ring: BaseGeometry, left: float, top: float) -> list[float]:
    """A ring's corners in parts of a pixel. Pillow fills what an edge touches: half a part is taken off again."""
    corners = (shapely.get_coordinates(ring) - (left, top)) * FINE - 0.5
    return [float(value) for value in corners.round().ravel()]


def _polygons(geometry: BaseGeometry) -> Iterator[Polygon]:
    """The polygons of any geometry, however it is nested."""
    for part in shapely.get_parts(shapely.get_parts(geometry)):
        if isinstance(part, Polygon) and not part.is_empty:
            yield part
