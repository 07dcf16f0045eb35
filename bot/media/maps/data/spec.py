"""Pure. A map as its author wrote it, in TOML, becomes a Map, or one error with every fault and its place."""

from __future__ import annotations

from collections.abc import Iterator

import shapely

from bot.core.errors import DraftError
from bot.media.maps.data import checks
from bot.media.maps.data.table import Desk, Table
from bot.media.maps.data.texts import quoted
from bot.media.maps.model import Base, Class, Feature, Inset, Layer, Map, Style
from bot.media.maps.words import PATTERNS, POINTS, STYLES, SYMBOLS, THEMES

LOOKS = ("style", "colour", "pattern", "symbol", "width", "size")
WIDTH, SIZE = checks.number(0.5, 60, "pixels"), checks.number(2, 200, "pixels")
PLACE = "place"  # the property by which the places of a map find their class


def read(source: str, path: str, first: int = 1) -> Map:
    """The map in a text. `path` is for messages, `first` the line of that file at which the text begins.

    Raises DraftError with every fault.
    """
    desk = Desk(source, path, first)
    if desk.faults:
        raise DraftError(*desk.faults)
    table = Table(desk, desk.values)
    found = _map(table, path, first)
    table.close()
    if not (desk.faults or found.layers or found.base.picture or found.base.tiles):
        table.desk.fault((), "nothing to draw – add a [[layer]] with data, a [[place]] or a [base]")
    if desk.faults:
        raise DraftError(*desk.faults)
    return found


def _map(table: Table, path: str, first: int) -> Map:
    return Map(
        path,
        first,
        title=table.take("title", checks.text, ""),
        subtitle=table.take("subtitle", checks.text, ""),
        lang=table.take("lang", checks.lang, ""),
        size=table.take("size", checks.size, (1600, 1200)),
        area=table.take("area", checks.area, None),
        projection=table.take("projection", checks.projection, "mercator"),
        theme=table.take("theme", checks.one_of(*THEMES), "light"),
        date=table.take("date", checks.day, None),
        sources=table.take("sources", checks.texts, ()),
        alt=table.take("alt", checks.text, ""),
        scale_bar=table.take("scale_bar", checks.flag, True),
        north_arrow=table.take("north_arrow", checks.flag, True),
        legend=table.take("legend", checks.flag, True),
        base=_base(table.table("base")),
        inset=_inset(table.table("inset")),
        layers=(*map(_layer, table.tables("layer")), *_places(table)),
    )


def _base(table: Table | None) -> Base:
    if table is None:
        return Base()
    base = Base(
        picture=table.take("picture", checks.filled, ""),
        bounds=table.take("bounds", checks.bounds, None),
        tiles=table.take("tiles", checks.tiles, ""),
        attribution=table.take("attribution", checks.text, ""),
        line=table.desk.line(table.path),
    )
    table.close()
    named = " and ".join(table.has("picture", "tiles"))
    if named not in ("picture", "tiles"):
        table.desk.fault(table.path, f"base: {named or 'nothing'} is named – name either a picture or tiles")
    if table.has("tiles", "bounds") == ("tiles", "bounds"):
        table.fault("bounds", "bounds: tiles know where they lie – remove it")
    if base.tiles and not base.attribution:
        table.fault("tiles", 'tiles: no attribution – write attribution = "© …" as whoever offers them asks')
    return base


def _inset(table: Table | None) -> Inset | None:
    if table is None:
        return None
    data = table.need("data", checks.filled, "", "name the file with the country’s outline")
    inset = Inset(data, table.take("title", checks.text, ""), table.desk.line(table.path))
    table.close()
    return inset


def _layer(table: Table) -> Layer:
    data = table.need("data", checks.filled, "", "name a GeoJSON, KML, KMZ or GPX file; for single points write [[place]]")
    by = table.take("by", checks.filled, "")
    label = table.take("label", checks.text, "name")
    classes = tuple(map(_class, table.tables("class")))
    if classes or by:
        _complain(table, by, classes)
    else:
        classes = (Class("*", table.take("name", checks.text, ""), _style(table)),)
    table.close()
    return Layer(data, classes, by, label, line=table.desk.line(table.path))


def _class(table: Table) -> Class:
    advice = 'write which things it is for, or value = "*" for all others'
    value = table.need("value", checks.word, "", advice)
    found = Class(value, table.take("name", checks.text, ""), _style(table))
    table.close()
    return found


def _complain(table: Table, by: str, classes: tuple[Class, ...]) -> None:
    """Tells what does not go together in a layer with classes."""
    for key in table.has("name", *LOOKS):
        table.known.append(key)
        table.fault(key, f"{key}: this layer has classes – write it below one of its [[layer.class]]")
    if not by:
        table.desk.fault(table.path, 'no by – name the property that decides the class, such as by = "status"')
    if not classes:
        table.fault("by", f"by: no class for any {quoted(by)} – add [[layer.class]] with value, name and style")
    seen: set[str] = set()
    for index, each in enumerate(classes):
        if each.value in seen:
            place = (*table.path, "class", index, "value")
            table.desk.fault(place, f"value: {quoted(each.value)} stands here a second time – remove one")
        seen.add(each.value)


def _style(table: Table) -> Style:
    return Style(
        base=table.take("style", checks.one_of(*STYLES), ""),
        colour=table.take("colour", checks.colour, ""),
        pattern=table.take("pattern", checks.one_of(*PATTERNS), ""),
        symbol=table.take("symbol", checks.one_of(*SYMBOLS), ""),
        width=table.take("width", WIDTH, None),
        size=table.take("size", SIZE, None),
    )


def _places(table: Table) -> Iterator[Layer]:
    """The points of the map itself, as a layer with a class for each style: all of them, or none."""
    tables = tuple(table.tables("place"))
    if not tables:
        return
    styles: list[Style] = []
    features = []
    for each in tables:
        feature, style = _place(each)
        if style not in styles:
            styles.append(style)
        features.append(Feature(feature.geometry, feature.name, {PLACE: str(styles.index(style))}))
    classes = tuple(Class(str(index), "", style) for index, style in enumerate(styles))
    yield Layer("", classes, PLACE, features=tuple(features), line=table.desk.line(tables[0].path))


def _place(table: Table) -> tuple[Feature, Style]:
    advice = "write both in degrees, such as lat = 47.26 and lon = -0.07"
    lat = table.need("lat", checks.number(-90, 90, "degrees, north above 0"), 0.0, advice)
    lon = table.need("lon", checks.number(-180, 180, "degrees, east above 0"), 0.0, advice)
    name = table.take("name", checks.text, "")
    style = Style(
        base=table.take("style", checks.one_of(*POINTS), ""),
        colour=table.take("colour", checks.colour, ""),
        symbol=table.take("symbol", checks.one_of(*SYMBOLS), ""),
        size=table.take("size", SIZE, None),
    )
    table.close()
    return Feature(shapely.Point(lon, lat), name), style
