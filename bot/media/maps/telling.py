"""Pure. What a map shows, in words: the alt text that is proposed from its data, and what changed since an earlier one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

import shapely
from shapely.geometry.base import BaseGeometry

from bot.media.maps.changes import areas_of
from bot.media.maps.counting import points
from bot.media.maps.data.shapes import united
from bot.media.maps.data.texts import quoted
from bot.media.maps.earth import km2, length
from bot.media.maps.model import Change, Feature, Loaded, Map
from bot.media.maps.saying import LANGUAGES, Words, words
from bot.media.maps.view import View

MOST = 900  # characters: what listeners bear with, and each network takes
LOOK = "look whether its coordinates and the map’s area are right"
PROJECT = 'Mercator ends there: write projection = "equirectangular"'
SEEN, SHARE = 0.0005, 0.01  # km², and of an area: a change that is smaller than both is a hair's breadth along an outline
SPECK = 3.0  # pixels: an area that is smaller is not seen as one


def alt(asked: Map, loaded: tuple[Loaded, ...], view: View) -> str:
    """A proposal for the alt text, in the map's language: title and date; of what stands in the legend and is in view, how much
    there is of it (on the whole map's data: what is cut off at the edge counts); the places in view."""
    said = words(asked.lang)
    title = said.colon.join(filter(None, (said.map, said.comma.join(filter(None, (asked.title, asked.subtitle))))))
    sentences = [title, *([said.state(asked.date)] if asked.date else []), *_classes(loaded, view, said)]
    told = ""
    for sentence in sentences:
        told = _longer(told, sentence)
    places = _places(loaded, view)
    for number in range(len(places), 0, -1):
        more = _longer(told, said.places + said.colon + said.comma.join(places[:number]))
        if more != told:
            return more
    return told


def unspoken(lang: str) -> Iterator[str]:
    """That a map's own words are not in the language it asks for."""
    if lang and lang.lower().partition("-")[0] not in LANGUAGES:
        said = f"date, sources and the proposed alt text are in English: no words for lang = {quoted(lang)} are known"
        yield f"{said} – take one of {', '.join(LANGUAGES)}, or leave date and sources out"


def unseen(loaded: tuple[Loaded, ...], view: View) -> Iterator[str]:
    """What the author has put on the map and nobody will see there: files of which nothing is in view, places that are not."""
    for layer in loaded:
        things = [thing for group in layer.groups for thing in group]
        yield from _of_file(layer.layer.data, things, view) if layer.layer.data else _of_places(things, view)


def _of_file(data: str, things: Sequence[Feature], view: View) -> Iterator[str]:
    if not any(_in_view(thing.geometry, view) for thing in things):
        yield f"nothing of {data} is in view – {LOOK}"
    elif any(_beyond(thing.geometry, view) for thing in things):
        yield f"{data}: what lies beyond 85° of latitude is neither drawn nor told – {PROJECT}"
    if specks := [thing for thing in things if _speck(thing.geometry, view)]:
        few = f"{_called(specks, data)} too small to be seen as an area"
        yield f"{few} – show a smaller part of the earth, or make it a point"


def _of_places(things: Sequence[Feature], view: View) -> Iterator[str]:
    for thing in things:
        if not _in_view(thing.geometry, view):
            yield f"{quoted(thing.name)} is not in view – {PROJECT if _beyond(thing.geometry, view) else LOOK}"


def difference(changes: Sequence[Change], lang: str) -> Iterator[str]:
    """A line for each change: "Inondé : 295 km² (+81 km², −2 km²)"."""
    said = words(lang)
    for change in changes:
        signed = (("+", change.gained), ("−", change.lost))
        least = min(SEEN, SHARE * max(change.before, change.after))
        moved = said.comma.join(sign + said.area(size) for sign, size in signed if size >= least > 0)
        yield f"{change.name}{said.colon}{said.area(change.after)} ({moved or said.unchanged})"


def _classes(loaded: tuple[Loaded, ...], view: View, said: Words) -> Iterator[str]:
    """What stands in the legend: areas in square kilometres, lines by their length, points by their number."""
    named: defaultdict[str, list[Feature]] = defaultdict(list)
    for layer in loaded:
        for one, things in layer.classed():
            if one.name:
                named[one.name] += things
    for name, found in named.items():
        if any(_in_view(thing.geometry, view) for thing in found):
            mapped = (replace(thing, geometry=view.mapped(thing.geometry)) for thing in found)
            there = tuple(thing for thing in mapped if not thing.geometry.is_empty)
            yield name + said.colon + said.comma.join(_sizes(there, said))


def _sizes(things: tuple[Feature, ...], said: Words) -> Iterator[str]:
    areas = areas_of(things)
    if areas:
        yield said.area(km2(united(areas)))
    metres = sum(length(thing.geometry) for thing in things)
    if metres:
        yield said.length(metres)
    each = [thing.geometry for thing in things if shapely.get_dimensions(thing.geometry) == 0]
    if each:
        number = sum(int(shapely.get_num_geometries(geometry)) for geometry in each)
        yield points(number, said) if areas or metres else said.number(number)  # "Closed bridges: 3" says what they are


def _places(loaded: tuple[Loaded, ...], view: View) -> list[str]:
    """What is written beside points in view, each once; capitals first."""
    found: list[tuple[bool, str]] = []
    for layer in loaded:
        for one, things in layer.classed():
            for thing in things:
                name = thing.says(layer.layer.label)
                if name and shapely.get_dimensions(thing.geometry) == 0 and _in_view(thing.geometry, view):
                    found.append((one.style.base != "capital", name))
    return list(dict.fromkeys(name for _, name in sorted(found, key=lambda pair: pair[0])))


def _in_view(geometry: BaseGeometry, view: View) -> bool:
    shown = view.bounds
    return bool(view.mapped(geometry).intersects(shapely.box(shown.west, shown.south, shown.east, shown.north)))


def _beyond(geometry: BaseGeometry, view: View) -> bool:
    """Whether some of it lies where the projection has no place."""
    return view.mapped(geometry) is not geometry


def _speck(geometry: BaseGeometry, view: View) -> bool:
    """Whether it is an area in view, of a few pixels."""
    if shapely.get_dimensions(geometry) < 2 or not _in_view(geometry, view):
        return False
    west, south, east, north = geometry.bounds
    (left, top), (right, bottom) = view.xy(west, north), view.xy(east, south)
    return max(right - left, bottom - top) < SPECK


def _called(things: Sequence[Feature], data: str) -> str:
    """One thing by its name, or that of its file; several by their number."""
    if len(things) > 1:
        return f"{len(things)} things of {data} are"
    return f"{quoted(things[0].name) if things[0].name else f'something in {data}'} is"


def _longer(told: str, sentence: str) -> str:
    """A text and one sentence more, if there is room for it."""
    ended = sentence if sentence.endswith((".", "!", "?", "…")) else sentence + "."
    longer = f"{told} {ended}".strip()
    return longer if len(longer) <= MOST else told
