"""A map is drawn: its bands first, for they say how much room is left, then what is in view, then the letters on top.

Deterministic: the same map, data, fonts and libraries give the same bytes. Memory: the picture twice (134 MB at 4096×4096
pixels), a band of it drawn finer, and while a ground is prepared, that of `bot.media.maps.page.base`.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from PIL import Image
from shapely import get_coordinates
from shapely.geometry.base import BaseGeometry

from bot.media.maps import telling
from bot.media.maps.letters.fonts import system
from bot.media.maps.letters.lettering import Lettering
from bot.media.maps.marks.areas import area
from bot.media.maps.marks.canvas import Shape, painted
from bot.media.maps.marks.lines import line
from bot.media.maps.marks.symbols import point
from bot.media.maps.marks.themes import THEMES, Mark
from bot.media.maps.model import Change, Drawn, Loaded, Map
from bot.media.maps.page.base import Read, Tiles, ground, placed
from bot.media.maps.page.labels import written
from bot.media.maps.page.layout import laid_out
from bot.media.maps.page.scene import Desk, unit
from bot.media.maps.page.things import Part
from bot.media.maps.saying import words


def draw(
    asked: Map,
    loaded: tuple[Loaded, ...],
    read: Read | None = None,
    tiles: Tiles | None = None,
    changes: tuple[Change, ...] = (),
) -> Drawn:
    """The map as a PNG. `read` gives the files of base and inset, `tiles` the tiles; `changes` are shaded and named.

    Raises Unfit: a text that does not fit, a letter that no font has, a picture, tile or outline that cannot be used."""
    desk, asked = _desk(asked), replace(asked, base=placed(asked.base, read))
    layout = laid_out(asked, loaded, changes, read, desk)
    labels = written(layout.parts, layout.frame, layout.panels, desk)
    sheet, notes = ground(asked.base, layout.view, asked.size, desk.theme.ground, read, tiles)
    furniture = layout.furniture
    picture = painted(sheet, [*_marks(layout.parts, desk.unit), *labels.shapes, *furniture.shapes])
    texts = [*labels.texts, *furniture.texts]
    for text in texts:
        desk.letters.draw(picture, (text.x, text.y), text.line, text.ink, text.halo, text.halo_width, text.angle)
    smallest = min((text.line.x_height for text in texts), default=0.0)
    alt = telling.alt(asked, loaded, layout.view)
    told = (*telling.unspoken(asked.lang), *telling.unseen(loaded, layout.view))
    return Drawn(_png(picture), asked.size, smallest, alt, (*told, *notes, *labels.notes))


def _desk(asked: Map) -> Desk:
    lang = asked.lang or "en"
    plain = not (asked.base.picture or asked.base.tiles)
    return Desk(THEMES[asked.theme], Lettering(system()), words(lang), lang, unit(asked.size), plain)


def _marks(things: Sequence[Part], size: float) -> Iterator[Shape]:
    """Areas, on them lines, on them points; each in the order of the layers."""
    for kind, shaped in PAINTERS.items():
        for part in things:
            if part.kind == kind:
                yield from shaped([thing.geometry for thing in part.things], part.mark, size)


def _points(geometries: Sequence[BaseGeometry], mark: Mark, size: float) -> Iterator[Shape]:
    places = [(float(x), float(y)) for geometry in geometries for x, y in get_coordinates(geometry)]
    return point(places, mark, size)


PAINTERS: Mapping[str, Callable[[Sequence[BaseGeometry], Mark, float], Iterator[Shape]]] = {
    "area": area,
    "line": line,
    "point": _points,
}


def _png(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()
