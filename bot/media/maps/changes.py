"""Pure. What became of the areas of a map since an earlier one: how many square kilometres were gained and lost, and where."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

import shapely
from shapely.geometry.base import BaseGeometry

from bot.media.maps.data.shapes import together, united, untangled
from bot.media.maps.earth import km2, parts
from bot.media.maps.model import Change, Class, Feature, Loaded, Style

SPECK = 1e-6  # km², a square metre: what is smaller is the rounding of coordinates


def changes(before: tuple[Loaded, ...], after: tuple[Loaded, ...]) -> tuple[Change, ...]:
    """A change for each name of areas, in the order of the later map: matched by what stands in the legend, else by the word of
    their style. Raises Unfit if the outlines of both cross too often."""
    earlier, later = _areas(before), _areas(after)
    nothing = shapely.MultiPolygon()
    styles = _styles((*after, *before))
    return tuple(
        _change(name, styles[name], earlier.get(name, nothing), later.get(name, nothing)) for name in {**later, **earlier}
    )


def areas_of(things: tuple[Feature, ...]) -> list[BaseGeometry]:
    """The areas among things."""
    return [thing.geometry for thing in things if shapely.get_dimensions(thing.geometry) == 2]


def _areas(loaded: tuple[Loaded, ...]) -> Mapping[str, BaseGeometry]:
    found: defaultdict[str, list[BaseGeometry]] = defaultdict(list)
    for layer in loaded:
        for one, things in layer.classed():
            if areas := areas_of(things):
                found[_name(one)] += areas
    return {name: united(areas) for name, areas in found.items()}


def _styles(loaded: tuple[Loaded, ...]) -> Mapping[str, Style]:
    """The style of each name; of several, the first."""
    return {_name(one): one.style for layer in reversed(loaded) for one in reversed(layer.layer.classes)}


def _name(one: Class) -> str:
    return one.name or one.style.base or "area"


def _change(name: str, style: Style, before: BaseGeometry, after: BaseGeometry) -> Change:
    untangled([before, after])
    gained, lost = _without(after, before), _without(before, after)
    return Change(name, style, km2(before), km2(after), km2(gained), km2(lost), gained, lost)


def _without(area: BaseGeometry, other: BaseGeometry) -> BaseGeometry:
    return together((part for part in parts(area.difference(other)) if km2(part) >= SPECK), 2)
