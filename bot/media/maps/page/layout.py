"""Where everything goes: bands above and below, between them the map, on it the panels.

A legend lies on the map as long as it hides little of it; else it is a band above the map, which gets smaller.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

from bot.media.maps.data import reading
from bot.media.maps.model import Change, Loaded, Map
from bot.media.maps.page.base import Read
from bot.media.maps.page.furniture import footer, header, rule
from bot.media.maps.page.inset import inset
from bot.media.maps.page.panel import Row, legend, rows, scale, strip
from bot.media.maps.page.scene import Box, Desk, Piece, stacked, together
from bot.media.maps.page.seating import POINT, seated
from bot.media.maps.page.things import Part, changed, parts
from bot.media.maps.view import View, view
from bot.media.unfit import Unfit

LEAST = 0.45  # of the picture's height: what the bands must leave to the map
HIDDEN = 0.8 * POINT  # weighed as for the seats: what panels may hide before the legend gives way


@dataclass(frozen=True, slots=True)
class Layout:
    """The map's frame in the picture, what it shows, the boxes of the panels on it with what they hide, all furniture."""

    frame: Box
    view: View
    parts: tuple[Part, ...]
    panels: tuple[Box, ...]
    furniture: Piece
    price: float


def laid_out(asked: Map, loaded: tuple[Loaded, ...], changes: tuple[Change, ...], read: Read | None, desk: Desk) -> Layout:
    """The best layout. Raises Unfit: no room for a text, a band or a panel."""
    layout = _layout(asked, loaded, changes, read, desk)
    banded: list[Row] = []
    # a band changes the map's shape, and with it what is in view; so a row may come in, which may make the band higher
    while layout.price > HIDDEN and asked.legend and _titles(rows(layout.parts)) - _titles(banded):
        banded = rows(layout.parts)
        layout = _layout(asked, loaded, changes, read, desk, banded)
    if layout.price == inf:
        raise Unfit("scale and inset have no room beside each other – make the map larger, or leave one out")
    return layout


def _layout(
    asked: Map,
    loaded: tuple[Loaded, ...],
    changes: tuple[Change, ...],
    read: Read | None,
    desk: Desk,
    banded: Sequence[Row] = (),
) -> Layout:
    """With the legend on the map, or if there is something `banded`, with that in a band."""
    width, height = asked.size
    above, below = header(asked, width, desk), footer(asked, width, desk)
    if banded:
        above = stacked(above, strip(banded, width, desk))
    frame = (0.0, above.height, float(width), height - below.height)
    if frame[3] - frame[1] < LEAST * height:
        raise Unfit("title, legend and sources leave too little room for the map – shorten them, or make the map higher")
    seen = view(asked, loaded, frame)
    things = (*parts(loaded, seen, desk), *changed(changes, seen, desk))
    explained = rows(things) if asked.legend and not banded else []
    panels = _panels(asked, explained, seen, read, desk)
    seating = seated(panels, frame, things, desk.unit)
    placed = [(piece, seat) for piece, seat in zip(panels, seating.boxes, strict=True) if piece and seat]
    moved = [piece.moved(seat[0], seat[1]) for piece, seat in placed]
    edges = [rule(frame[1], width, desk)] * bool(above.height) + [rule(frame[3], width, desk)] * bool(below.height)
    furniture = together(width, height, [*moved, above, below.moved(0, frame[3]), *edges])
    return Layout(frame, seen, things, tuple(seat for _, seat in placed), furniture, seating.price)


def _titles(explained: Sequence[Row]) -> set[tuple[str, str]]:
    return {(part.name, part.kind) for row in explained for part in row}


def _panels(
    asked: Map, explained: Sequence[Row], seen: View, read: Read | None, desk: Desk
) -> tuple[Piece | None, Piece | None, Piece | None]:
    """Legend, scale and inset."""
    wide = seen.box[2] - seen.box[0]
    small = None
    if asked.inset and read:
        small = inset(asked.inset, reading.features(read(asked.inset.data), asked.inset.data), seen, desk)
    measured = scale(seen.metres_per_pixel, wide, asked.scale_bar, asked.north_arrow, desk)
    return legend(explained, wide, desk) if explained else None, measured, small
