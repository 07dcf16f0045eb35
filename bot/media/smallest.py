"""How high the smallest lettering of a drawn picture is, from its pixels alone: islands like letters, standing in rows.

Where three or more of like height and different widths stand on one line, with the gaps that letters have, there is lettering.
Hatchings are too long for it, dots too much alike, and what lies between lines is ground, not ink. Photos are not looked at.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import pairwise
from statistics import median

from PIL import Image, ImageChops

from bot.media.budget import BUDGET
from bot.media.colours import on_white
from bot.media.islands import Island, islands
from bot.media.sampling import is_flat

TILE, BUSIEST, SPREAD = 256, 6, 3  # pixels, and the tiles that are looked at: those with most edges, and some from all over
COST = 9.0  # bytes a pixel, of a transparent picture on white with its edges
CONTRAST = 64  # luminance between letter and ground, 0 to 255
REACH = 4  # the surroundings of a pixel that count as its ground: 2**4 pixels wide
LOWEST, HIGHEST = 3, 48  # the heights of letters that are looked for; larger are legible anyway
ROW, LETTERS = 3, 5  # letters of like height that make a row, and that all rows must have together: fewer may be chance


def smallest_lettering(image: Image.Image) -> float | None:
    """The height of its lowest letters without ascenders (of an x), in pixels; None where none is found, and for photos."""
    if min(image.size) < 2 * LOWEST or not is_flat(image):
        return None
    with BUDGET.work(int(image.width * image.height * COST)):
        tiles = list(_tiles(on_white(image).convert("L")))
    heights = sorted(height for tile in tiles for height in _heights(tile))
    for low in heights:
        alike = [height for height in heights if low <= height <= low * 1.15 + 0.5]
        if len(alike) >= LETTERS:
            return float(median(alike))
    return None


def _tiles(gray: Image.Image) -> Iterator[Image.Image]:
    edges = ImageChops.difference(gray, ImageChops.offset(gray, 1, 0)).point(lambda step: 255 * (step > CONTRAST))
    across, down = -(-gray.width // TILE), -(-gray.height // TILE)
    density = edges.resize((across, down), Image.Resampling.BOX).tobytes()
    places = sorted(range(across * down), key=lambda place: -density[place])
    chosen = dict.fromkeys(places[:BUSIEST] + places[BUSIEST :: max(1, len(places) // SPREAD)])
    for place in chosen:
        left = max(0, min(place % across * TILE, gray.width - TILE))
        top = max(0, min(place // across * TILE, gray.height - TILE))
        yield gray.crop((left, top, min(left + TILE, gray.width), min(top + TILE, gray.height)))


def _heights(tile: Image.Image) -> Iterator[float]:
    """Of the small letters of each row."""
    ink = min(_sides(tile), key=lambda side: side.histogram()[-1])  # letters cover less than the ground between them
    for row in _rows(_letters(ink)):
        yield from _height(row)


def _sides(tile: Image.Image) -> Iterator[Image.Image]:
    """What is darker than half-way between the extremes around it, and what is lighter, where these are far apart."""
    lowest, highest = tile, tile
    for step in (2**power for power in range(REACH)):
        for x, y in ((step, 0), (0, step)):
            lowest = ImageChops.darker(lowest, ImageChops.offset(lowest, x, y))
            highest = ImageChops.lighter(highest, ImageChops.offset(highest, x, y))
    half = -(2**REACH // 2)
    lowest, highest = ImageChops.offset(lowest, half, half), ImageChops.offset(highest, half, half)
    middle = Image.blend(lowest, highest, 0.5)
    steep = ImageChops.subtract(highest, lowest).point(lambda step: 255 * (step > CONTRAST))
    for one, other in ((middle, tile), (tile, middle)):
        yield ImageChops.multiply(ImageChops.subtract(one, other).point(lambda step: 255 * (step > 0)), steep)


def _letters(side: Image.Image) -> list[Island]:
    """Whatever has about the shape of a letter, or of two that touch, and is not cut by the edge."""
    return [
        each
        for each in islands(side.tobytes(), side.width)
        if LOWEST <= each.height <= HIGHEST
        and 0.3 * each.height <= each.width <= 2.6 * each.height
        and 0.2 < each.area / (each.width * each.height) < 0.95
        and each.left
        and each.top
        and each.right < side.width
        and each.bottom < side.height
    ]


def _rows(letters: Iterable[Island]) -> Iterator[list[Island]]:
    """Runs of letters on one line, beside each other."""
    lines: dict[int, list[Island]] = defaultdict(list)
    for each in letters:
        lines[each.bottom].append(each)
    for line in lines.values():
        line.sort(key=lambda each: each.left)
        row = line[:1]
        for before, each in pairwise(line):
            if each.left - before.right > 2.5 * max(before.height, each.height):
                yield row
                row = []
            row.append(each)
        yield row


def _height(row: list[Island]) -> Iterator[float]:
    """The lowest height that enough letters of a row share, if they differ in width as letters do."""
    for low in sorted({each.height for each in row}):
        alike = [each for each in row if low <= each.height <= low * 1.1]
        widths = [each.width for each in alike]
        if len(alike) >= ROW and max(widths) > 1.15 * min(widths):
            yield from (low for _ in alike)
            return
