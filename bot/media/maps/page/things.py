"""Pure. What of the data is in view: in pixels, by class and kind, with its mark and what is written beside it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy
import shapely
from shapely.geometry.base import BaseGeometry

from bot.media.maps.data.shapes import MANY, sound
from bot.media.maps.earth import parts as geometry_parts
from bot.media.maps.marks.themes import Kind, Mark, themed
from bot.media.maps.model import Change, Class, Feature, Layer, Loaded, Style
from bot.media.maps.page.scene import Desk
from bot.media.maps.view import View

KINDS: tuple[Kind, ...] = ("point", "line", "area")  # by dimension
VEIL = 0.55  # how much of what is under it the ground of a change hides
SEEN_THROUGH = 0.6  # the most of an area's colour that lies on a picture
FINER = 0.15  # pixels: corners nearer to the line between their neighbours are not seen
CORNERS, COARSEST = 10_000, 2.0  # of one thing, and the pixels that it may lose to have no more of them


@dataclass(frozen=True, slots=True)
class Thing:
    """A geometry in pixels, and the text beside it."""

    geometry: BaseGeometry
    label: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """The things of one class and kind. `name` stands in the legend; empty: it is not in it."""

    kind: Kind
    mark: Mark
    name: str
    things: tuple[Thing, ...]


def parts(loaded: Sequence[Loaded], view: View, desk: Desk) -> tuple[Part, ...]:
    """What is in view, in the order of the layers and their classes."""
    found: list[Part] = []
    for layer in loaded:
        for one, features in layer.classed():
            found += _by_kind(one, layer.layer, features, view, desk)
    return tuple(found)


def changed(changes: Sequence[Change], view: View, desk: Desk) -> tuple[Part, ...]:
    """The areas that were gained and lost, with their square kilometres for the legend: patterns in the colour of their class,
    on a veil, or nobody would see them on what is of that colour."""
    found = []
    for change in changes:
        for base, word, size, where in (
            ("gained", desk.words.gained, change.gained, change.where_gained),
            ("lost", desk.words.lost, change.lost, change.where_lost),
        ):
            shown = Thing(_shown(where, view))
            if not shown.geometry.is_empty:
                name = f"{change.name}{desk.words.colon}{word.lower()} {desk.words.area(size)}"
                veil = Mark(desk.theme.halo, opacity=VEIL)
                found += [Part("area", veil, "", (shown,)), Part("area", _coloured(base, change.style, desk), name, (shown,))]
    return tuple(found)


def _coloured(base: str, style: Style, desk: Desk) -> Mark:
    """The mark of what was gained or lost, in the colour of its class: of its outline, which is the darker."""
    own = themed(style, "area", desk.theme, desk.unit)
    colour = own.ink or own.fill
    return replace(_mark(Style(base), "area", desk), fill=colour, ink=colour)


def _by_kind(one: Class, layer: Layer, features: Sequence[Feature], view: View, desk: Desk) -> Iterator[Part]:
    things = [Thing(_shown(feature.geometry, view), feature.says(layer.label)) for feature in features]
    for kind in reversed(KINDS):
        of_kind = tuple(Thing(part, thing.label) for thing in things if not (part := _of(thing.geometry, kind, view)).is_empty)
        if of_kind:
            yield Part(kind, _mark(one.style, kind, desk), one.name, of_kind)


def _shown(geometry: BaseGeometry, view: View) -> BaseGeometry:
    """In pixels, without the corners that nobody sees; of a line that goes to and fro like noise, without more than that."""
    shown, finer = view.geometry(geometry), FINER
    if shapely.get_dimensions(shown) == 0:
        return shown
    shown = _simpler(shown, finer)
    while shapely.get_num_coordinates(shown) > CORNERS and finer < COARSEST:
        finer *= 2
        shown = _simpler(shown, finer)
    return _thinned(shown) if shapely.get_dimensions(shown) == 1 else shown


def _simpler(geometry: BaseGeometry, finer: float) -> BaseGeometry:
    """Areas stay valid. Of many corners that takes GEOS minutes: then they are simplified first, and mended if need be."""
    if shapely.get_dimensions(geometry) == 1:
        return shapely.simplify(geometry, finer, preserve_topology=False)
    if shapely.get_num_coordinates(geometry) <= MANY:
        return shapely.simplify(geometry, finer)
    return sound(shapely.simplify(geometry, finer, preserve_topology=False))


def _thinned(lines: BaseGeometry) -> BaseGeometry:
    """Lines of which all corners are far apart and yet too many to be drawn, with every so-manieth of them."""
    step = math.ceil(shapely.get_num_coordinates(lines) / CORNERS)
    if step == 1:
        return lines
    ways = [shapely.get_coordinates(line) for line in geometry_parts(lines)]
    return shapely.MultiLineString([numpy.vstack((way[:-1:step], way[-1:])) for way in ways])


def _of(geometry: BaseGeometry, kind: Kind, view: View) -> BaseGeometry:
    """The parts of one kind, of those whose pixels are in the view's box at least in part."""
    left, top, right, bottom = view.box
    frame = shapely.box(left, top, right, bottom)
    flat = shapely.get_parts(shapely.get_parts(geometry))
    of_kind = [part for part in flat if KINDS[int(shapely.get_dimensions(part))] == kind and part.intersects(frame)]
    # lines are collected, not united: a union may turn them around, and with them the teeth of a front
    return shapely.MultiLineString(of_kind) if kind == "line" else shapely.union_all(of_kind)


def _mark(style: Style, kind: Kind, desk: Desk) -> Mark:
    mark = themed(style, kind, desk.theme, desk.unit)
    return mark if desk.plain or kind != "area" else replace(mark, opacity=min(mark.opacity, SEEN_THROUGH))
