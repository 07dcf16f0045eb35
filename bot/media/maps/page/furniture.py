"""The bands above and below a map: title and subtitle, date, sources and attribution. Nothing in them is ever cut."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.media.maps.letters.lettering import Line
from bot.media.maps.letters.setting import block
from bot.media.maps.model import Map
from bot.media.maps.page.scene import LETTERS, SUBTITLE, TITLE, Desk, Piece, Text, column, height, rectangle
from bot.media.unfit import Unfit

SIDE, ABOVE, BELOW, APART = 34.0, 24.0, 22.0, 8.0  # free around the letters, and between two texts
SMALLER = (1.0, 0.9, 0.8, 0.7)  # of its size, until a text has room
RULE = 1.6


def header(asked: Map, width: int, desk: Desk) -> Piece:
    """Title and subtitle, over the map. Raises Unfit: a text that is too long."""
    room = width - 2 * SIDE * desk.unit
    blocks = []
    if asked.title:
        blocks.append((_set(asked.title, "title", TITLE, 2, room, desk, bold=True), desk.theme.ink))
    if asked.subtitle:
        blocks.append((_set(asked.subtitle, "subtitle", SUBTITLE, 2, room, desk), desk.theme.quiet))
    return _band(blocks, width, ABOVE, desk)


def footer(asked: Map, width: int, desk: Desk) -> Piece:
    """Date, sources and attribution, under the map. Raises Unfit: a text that is too long."""
    room = width - 2 * SIDE * desk.unit
    blocks = []
    if asked.date:
        blocks.append((_set(desk.words.state(asked.date), "date", LETTERS, 1, room, desk, bold=True), desk.theme.ink))
    if small := " · ".join(_credits(asked, desk)):
        blocks.append((_set(small, "sources", LETTERS, 4, room, desk), desk.theme.quiet))
    return _band(blocks, width, BELOW, desk)


def rule(y: float, width: int, desk: Desk) -> Piece:
    """The line between a band and the map, below y."""
    thick = RULE * desk.unit
    return Piece(width, thick, (rectangle((0, y, width, y + thick), desk.theme.quiet),))


def _credits(asked: Map, desk: Desk) -> Iterator[str]:
    if asked.sources:
        said = desk.words.source if len(asked.sources) == 1 else desk.words.sources
        yield said + desk.words.colon + desk.words.comma.join(asked.sources)
    if asked.base.attribution:
        yield asked.base.attribution


def _set(text: str, what: str, size: float, most: int, room: float, desk: Desk, bold: bool = False) -> tuple[Line, ...]:
    """A text on at most so many lines, in smaller letters if need be."""
    for smaller in SMALLER:
        lines = block(desk.letters, text, size * smaller * desk.unit, room, bold)
        if len(lines) <= most and all(line.width <= room for line in lines):
            return lines
    raise Unfit(f"the {what} does not fit on {most} line{'s' * (most > 1)} – shorten it, or make the map wider")


def _band(blocks: Sequence[tuple[tuple[Line, ...], str]], width: int, free: float, desk: Desk) -> Piece:
    if not blocks:
        return Piece(width, 0)
    side, y = SIDE * desk.unit, free * desk.unit
    texts: list[Text] = []
    for lines, ink in blocks:
        texts += column(lines, side, y, width - 2 * side, ink, desk.leftward)
        y += height(lines) + APART * desk.unit
    tall = round(y + (BELOW - APART) * desk.unit)
    return Piece(width, tall, (rectangle((0, 0, width, tall), desk.theme.panel),), tuple(texts))
