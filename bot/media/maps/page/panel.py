"""The panels that lie on a map: the legend, and the scale with the north arrow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from shapely.geometry import LineString, Polygon, box

from bot.media.maps.letters.lettering import Line
from bot.media.maps.letters.setting import block
from bot.media.maps.marks.areas import area
from bot.media.maps.marks.canvas import Shape
from bot.media.maps.marks.lines import line
from bot.media.maps.marks.symbols import point
from bot.media.maps.marks.themes import Mark
from bot.media.maps.page.furniture import SIDE
from bot.media.maps.page.scene import LETTERS, Desk, Piece, Text, column, height, rectangle, together
from bot.media.maps.page.things import Part
from bot.media.maps.scalebar import bar

PAD = 18.0  # free inside a panel
SHEER = 0.92  # of a panel: what lies under it is still guessed
SWATCH, TALL, GAP, ROW = 58.0, 32.0, 16.0, 12.0  # a swatch's width and height, the way to its name, between two rows
NAMES = 0.26  # of the map's width: what a name takes before it is wrapped
LONGER = 0.45  # the same in a band
BESIDE = 40.0  # between two rows that stand side by side
BAR, BLOCK = 300.0, 9.0  # the most of a scale bar's length, and its height
NEEDLE = (26.0, 44.0)

Row = tuple[Part, ...]  # of the legend: one name, and what it is drawn as


def rows(parts: Sequence[Part]) -> list[Row]:
    """What the legend explains: each class that is drawn and has a name, in the order of the layers; in one row what it has of
    areas, lines and points."""
    found: list[list[Part]] = []
    for part in {(part.name, part.kind, part.mark): part for part in parts if part.name}.values():
        open_to = (row for row in found if row[0].name == part.name and part.kind not in _kinds(row))
        if (row := next(open_to, None)) is None:
            found.append(row := [])
        row.append(part)
    return [tuple(row) for row in found]


def _kinds(row: Sequence[Part]) -> set[str]:
    return {part.kind for part in row}


def legend(explained: Sequence[Row], width: float, desk: Desk) -> Piece:
    """A row for each class, one under the other, on a panel."""
    unit, y = desk.unit, PAD * desk.unit
    named = [(row, block(desk.letters, row[0].name, LETTERS * unit, width * NAMES)) for row in explained]
    wide, beside = max(text.width for _, lines in named for text in lines), max(map(_beside, explained)) * unit
    entries = [_entry(row, lines, wide, beside, desk) for row, lines in named]
    moved = []
    for entry in entries:
        moved.append(entry.moved(PAD * unit, y))
        y += entry.height + ROW * unit
    return framed(together(wide + beside + 2 * PAD * unit, y + (PAD - ROW) * unit, moved), desk)


def strip(explained: Sequence[Row], width: float, desk: Desk) -> Piece:
    """The same side by side, for a band above the map: where a panel would hide too much."""
    unit, side = desk.unit, SIDE * desk.unit
    x, y, low, moved = side, 0.0, 0.0, list[Piece]()
    for row in explained:
        lines = block(desk.letters, row[0].name, LETTERS * unit, width * LONGER)
        entry = _entry(row, lines, max(line.width for line in lines), _beside(row) * unit, desk)
        if x > side and x + entry.width > width - side:
            x, y = side, y + low + ROW * unit
            low = 0.0
        moved.append(entry.moved(width - x - entry.width if desk.leftward else x, y))
        x, low = x + entry.width + BESIDE * unit, max(low, entry.height)
    tall = round(y + low + PAD * unit)
    sheet = Piece(width, tall, (rectangle((0, 0, width, tall), desk.theme.panel),))
    return together(width, tall, [sheet, *moved])


def _entry(row: Row, lines: Sequence[Line], wide: float, beside: float, desk: Desk) -> Piece:
    """Swatches that take `beside` pixels, and beside them a name that takes `wide`; the other way round where one reads to the
    left."""
    unit = desk.unit
    tall, shapes = max(height(lines), TALL * unit), list[Shape]()
    for number, part in enumerate(row):
        x = number * (SWATCH + GAP) * unit
        shapes += swatch(part, wide + beside - x - SWATCH * unit if desk.leftward else x, tall / 2, unit)
    at = 0 if desk.leftward else beside
    texts = column(lines, at, (tall - height(lines)) / 2, wide, desk.theme.ink, desk.leftward)
    return Piece(beside + wide, tall, tuple(shapes), texts)


def _beside(row: Row) -> float:
    """What a row's swatches take, with the way to its name."""
    return len(row) * (SWATCH + GAP)


def swatch(part: Part, x: float, y: float, unit: float) -> list[Shape]:
    """A small thing of a class, its left end at x, its middle at y."""
    wide, tall = SWATCH * unit, TALL * unit
    mark = _held(part, tall)
    if part.kind == "area":
        return list(area([box(x, y - tall / 2, x + wide, y + tall / 2)], mark, unit))
    if part.kind == "line":
        low = y + (mark.width if mark.teeth else 0)
        return list(line([LineString([(x, low), (x + wide, low)])], mark, unit))
    return list(point([(x + wide / 2, y)], mark, unit))


def _held(part: Part, tall: float) -> Mark:
    """The mark within the height of a row, however large its author wants it on the map."""
    mark = part.mark
    most = tall * {"area": 0.13, "line": 0.18 if mark.teeth else 0.5, "point": 0}[part.kind]
    return replace(mark, size=min(mark.size, tall), width=min(mark.width, most))


def scale(metres_per_pixel: float, width: float, bar_too: bool, north_too: bool, desk: Desk) -> Piece | None:
    """The scale bar and the north arrow, side by side."""
    if not (bar_too or north_too):
        return None
    unit, x = desk.unit, PAD * desk.unit
    tall = (NEEDLE[1] if north_too else LETTERS * 1.4) * unit + 2 * 0.7 * PAD * unit
    shapes, texts = list[Shape](), list[Text]()
    if north_too:
        x = _north(x, tall / 2, desk, shapes, texts) + (PAD * unit if bar_too else 0)
    if bar_too:
        x = _bar(x, tall / 2, metres_per_pixel, min(BAR * unit, width / 4), desk, shapes, texts)
    return framed(Piece(x + PAD * unit, tall, tuple(shapes), tuple(texts)), desk)


def _north(x: float, middle: float, desk: Desk, shapes: list[Shape], texts: list[Text]) -> float:
    """A needle, half of it light, and the letter beside it; gives back where they end."""
    wide, tall = NEEDLE[0] * desk.unit, NEEDLE[1] * desk.unit
    top, low, notch, half = middle - tall / 2, middle + tall / 2, middle + tall / 4, x + wide / 2
    whole = Polygon([(half, top), (x + wide, low), (half, notch), (x, low)])
    shapes.append(Shape(whole, desk.theme.ink))
    light = Polygon([(half, top), (x + wide, low), (half, notch)]).buffer(-1.6 * desk.unit, join_style="mitre")
    shapes.append(Shape(light, desk.theme.panel))
    letter = desk.letters.line(desk.words.north, LETTERS * desk.unit, bold=True)
    at = x + wide + 6 * desk.unit
    texts.append(Text(letter, at, middle + letter.ascent - letter.height / 2, desk.theme.ink))
    return at + letter.width


def _bar(
    x: float, middle: float, metres_per_pixel: float, most: float, desk: Desk, shapes: list[Shape], texts: list[Text]
) -> float:
    """Blocks, dark and light by turns, and the length beside their end; gives back where that ends."""
    found, thick, edge = bar(metres_per_pixel, most, desk.lang), BLOCK * desk.unit, 1.6 * desk.unit
    shapes.append(rectangle((x, middle - thick / 2, x + found.pixels, middle + thick / 2), desk.theme.ink))
    step = found.pixels / found.divisions
    for dark in range(1, found.divisions, 2):
        left = x + dark * step
        last = dark == found.divisions - 1
        right = left + step - (edge if last else 0)
        shapes.append(rectangle((left, middle - thick / 2 + edge, right, middle + thick / 2 - edge), desk.theme.panel))
    text = desk.letters.line(found.text, LETTERS * desk.unit)
    at = x + found.pixels + 10 * desk.unit
    texts.append(Text(text, at, middle + text.ascent - text.height / 2, desk.theme.ink))
    return at + text.width


def framed(piece: Piece, desk: Desk) -> Piece:
    """On a sheet of its own, with a hairline around it."""
    hair = 1.2 * desk.unit
    sheet = rectangle((0, 0, piece.width, piece.height), desk.theme.panel, SHEER)
    edge = Shape(sheet.geometry.difference(sheet.geometry.buffer(-hair, join_style="mitre")), desk.theme.quiet, 0.5)
    return Piece(piece.width, piece.height, (sheet, edge, *piece.shapes), piece.texts)
