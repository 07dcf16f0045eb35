"""The inset: a small outline of the country, and where in it the map lies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import shapely
from shapely.geometry import Point, box
from shapely.geometry.base import BaseGeometry

from bot.media.maps.letters.setting import block
from bot.media.maps.marks.areas import area
from bot.media.maps.marks.canvas import Shape
from bot.media.maps.marks.themes import Mark, themed
from bot.media.maps.model import Feature, Inset, Style
from bot.media.maps.page.panel import PAD, framed
from bot.media.maps.page.scene import LETTERS, Desk, Piece, column, height
from bot.media.maps.view import View, around, showing
from bot.media.unfit import Unfit

WIDE, TALL = 0.14, 0.24  # the most of the map's width and height that the outline takes
NEAR = 0.4  # of the mainland's breadth: islands farther from it are left out, or France would be as wide as the Atlantic
TINY = 20.0  # pixels: where the map's frame would be smaller, it is a dot
MARK = 3.2  # the width of the frame's line


def inset(asked: Inset, outline: Sequence[Feature], view: View, desk: Desk) -> Piece:
    """The outline in as small a panel as its shape allows. Raises Unfit: an outline without areas."""
    land = _land(outline)
    if land.is_empty:
        raise Unfit(f"{asked.data}: has no areas – give the inset the outline of the country as polygons")
    shown = view.bounds
    here = box(shown.west, shown.south, shown.east, shown.north)
    small, wide, tall = _placed(land, here, view, desk)
    pad = PAD * desk.unit
    lines = block(desk.letters, asked.title, LETTERS * desk.unit, wide, bold=True) if asked.title else ()
    texts = column(lines, pad, pad + tall + 0.4 * pad, wide, desk.theme.ink, desk.leftward)
    mark = themed(Style("land"), "area", desk.theme, desk.unit)
    shapes = [*area([small.geometry(land)], _told_apart(mark), desk.unit), *_marked(small, here, desk)]
    below = height(lines) + (0.4 * pad if lines else 0)
    return framed(Piece(wide + 2 * pad, tall + 2 * pad + below, tuple(shapes), texts), desk)


def _land(outline: Sequence[Feature]) -> BaseGeometry:
    """The largest area of an outline, and those that are near it."""
    flat = shapely.get_parts(shapely.get_parts([feature.geometry for feature in outline]))
    areas = sorted((part for part in flat if part.area > 0), key=lambda part: -part.area)
    if not areas:
        return shapely.MultiPolygon()
    west, south, east, north = areas[0].bounds
    reach = NEAR * max(east - west, north - south)
    return shapely.union_all([part for part in areas if part.distance(areas[0]) <= reach])


def _placed(land: BaseGeometry, here: BaseGeometry, view: View, desk: Desk) -> tuple[View, float, float]:
    """The small view, and how many pixels wide and high it is: the outline, and the map's frame where that lies beyond it."""
    left, top, right, bottom = view.box
    wide, tall = WIDE * (right - left), TALL * (bottom - top)
    whole = around([land, here if here.area < land.envelope.area else here.intersection(land.envelope)])
    assert whole is not None  # land is not empty
    rough = showing(whole, (0, 0, wide, tall), view.projection)
    (x, y), (to_x, to_y) = rough.xy(whole.west, whole.north), rough.xy(whole.east, whole.south)
    pad = PAD * desk.unit
    box_of = (pad, pad, pad + to_x - x, pad + to_y - y)
    return showing(whole, box_of, view.projection), to_x - x, to_y - y


def _frame(small: View) -> BaseGeometry:
    """What the small view shows: of a map that shows more than the country, no more than that is marked."""
    shown = small.bounds
    return box(shown.west, shown.south, shown.east, shown.north)


def _told_apart(mark: Mark) -> Mark:
    """A land that is told apart from the panel it lies on."""
    return replace(mark, fill=mark.ink, opacity=0.45)


def _marked(small: View, here: BaseGeometry, desk: Desk) -> list[Shape]:
    """The map's frame, or a dot where the frame would be too small to be seen."""
    shown = small.geometry(here.intersection(_frame(small)))
    left, top, right, bottom = shown.bounds
    colour, width = desk.theme.marks["line"]["front"].fill, MARK * desk.unit
    if max(right - left, bottom - top) < TINY * desk.unit:
        return [Shape(Point((left + right) / 2, (top + bottom) / 2).buffer(TINY * desk.unit / 2.4), colour)]
    return [Shape(shown, colour, 0.2), Shape(shown.boundary.buffer(width / 2, join_style="mitre"), colour)]
