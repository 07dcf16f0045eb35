"""Maps as a newsroom's tools export them, made from a seed: the same pixels everywhere, and every label's text is known.

Shapes are drawn twice as large and reduced, which smooths their edges; letters are drawn last, at their own size, in the font
that comes with Pillow (which knows no accents, hence the invented names).
"""

from __future__ import annotations

import io
import math
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from PIL import Image, ImageDraw, ImageFont

from benchmarks.maps.ground import GROUNDS

FINE = 2
INK, WATER, RED, ROAD, CASING, HATCH = "#1d2a35", "#17508a", "#b3121f", "#ffffff", "#8f8571", "#7a3d8f"
LAND = ("#f5e9c9", "#dfe9c6", "#f3d9cf", "#d9e6ee", "#e9dff0", "#cfe3d4", "#f7efb9", "#e3ddd0")
STARTS = ("Bar", "Cor", "Dun", "Fer", "Gram", "Har", "Mon", "Nor", "Pas", "Rud", "Sab", "Tar", "Ven", "Wes")
MIDDLES = ("", "a", "e", "o", "an", "er", "on")
ENDS = ("bourg", "dam", "feld", "gard", "mont", "nau", "rac", "stow", "ton", "vard")
Point = tuple[float, float]
Size = tuple[int, int]
Box = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a map is made of. `ground` is a word of `GROUNDS`; `size` and `letters` are in pixels."""

    name: str
    size: Size
    ground: str
    letters: tuple[int, ...]
    labels: int = 40
    hatched: bool = False
    format: str = "PNG"
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Label:
    """A name on the map: where its line begins, its halo's box, and the size of its font, in pixels."""

    text: str
    at: tuple[int, int]
    box: Box
    letters: int

    def write(self, image: Image.Image, at: tuple[int, int], ink: str, halo: str) -> None:
        font = ImageFont.load_default(self.letters)
        width = halo_width(self.letters)
        ImageDraw.Draw(image).text(at, self.text, ink, font, "ls", stroke_width=width, stroke_fill=halo)


@dataclass(frozen=True, slots=True)
class Sample:
    """A picture to be sent: its file, and the labels that can be read on it (none on a photo)."""

    name: str
    data: bytes = field(repr=False)
    labels: tuple[Label, ...] = ()


def sample(recipe: Recipe) -> Sample:
    image, labels = drawn(recipe)
    out = io.BytesIO()
    image.save(out, recipe.format, **recipe.options)
    return Sample(recipe.name, out.getvalue(), labels)


def drawn(recipe: Recipe) -> tuple[Image.Image, tuple[Label, ...]]:
    """The map, and its labels."""
    dice = random.Random(recipe.name)
    ground = GROUNDS[recipe.ground](recipe.size, dice)
    image = Image.alpha_composite(ground.convert("RGBA"), _shapes(recipe, dice)).convert(ground.mode)
    labels = tuple(_lettered(image, recipe, dice))
    _legend(image, recipe)
    return image, labels


# --- shapes


def _shapes(recipe: Recipe, dice: random.Random) -> Image.Image:
    """Regions, rivers, roads, borders and towns, see-through where the ground has a look of its own."""
    width, height = (side * FINE for side in recipe.size)
    sheet = Image.new("RGBA", (width, height))
    pen, unit = ImageDraw.Draw(sheet), FINE * max(1.0, math.sqrt(recipe.size[0] * recipe.size[1]) / 2500)
    crowd = 1 + width * height // 5_000_000  # larger maps show more
    opacity = "ff" if recipe.ground == "flat" else "50"
    for number in range(10 + 6 * crowd):
        region = _blob((dice.uniform(0, width), dice.uniform(0, height)), dice.uniform(0.5, 1.4) * width / (5 + crowd), dice)
        pen.polygon(region, LAND[number % len(LAND)] + opacity, CASING, round(unit))
        if recipe.hatched and number % 2:
            _hatch(sheet, region, unit)
    for thick in (5, 3, *[1.5] * 2 * crowd):
        pen.line(_course(width, height, dice), WATER, round(thick * unit), "curve")
    for _ in range(4 + 3 * crowd):
        road = _course(width, height, dice)
        pen.line(road, CASING, round(4 * unit), "curve")
        pen.line(road, ROAD, round(2.4 * unit), "curve")
    for _ in range(2 + crowd):
        border = _course(width, height, dice)
        for start, end in zip(border[::2], border[1::2], strict=False):
            pen.line((start, end), RED, round(1.5 * unit))
    return sheet.reduce(FINE)


def _blob(middle: Point, radius: float, dice: random.Random) -> list[Point]:
    waves = [(dice.uniform(0, 0.25) / turns, turns, dice.uniform(0, math.tau)) for turns in (1, 2, 3, 5, 8)]
    points = []
    for step in range(240):
        angle = step / 240 * math.tau
        reach = radius * (1 + sum(high * math.sin(turns * angle + start) for high, turns, start in waves))
        points.append((middle[0] + reach * math.cos(angle), middle[1] + reach * math.sin(angle)))
    return points


def _course(width: int, height: int, dice: random.Random) -> list[Point]:
    """A winding line across the sheet, from left to right or from top to bottom."""
    across = dice.random() < 0.5
    length, breadth = (width, height) if across else (height, width)
    waves = [(dice.uniform(0, 0.12) / turns, turns, dice.uniform(0, math.tau)) for turns in (1, 2, 5, 11)]
    middle, slope = dice.uniform(0.1, 0.9), dice.uniform(-0.3, 0.3)
    points = []
    for step in range(301):
        part = step / 300
        away = middle + slope * (part - 0.5) + sum(high * math.sin(turns * 6 * part + start) for high, turns, start in waves)
        points.append((part * length, away * breadth) if across else (away * breadth, part * length))
    return points


def _hatch(sheet: Image.Image, region: list[Point], unit: float) -> None:
    mask, (width, height) = Image.new("L", sheet.size), sheet.size
    ImageDraw.Draw(mask).polygon(region, 255)
    lines = Image.new("L", sheet.size)
    pen, step = ImageDraw.Draw(lines), round(6 * unit)
    for x in range(-height, width, step):
        pen.line((x, height, x + height, 0), 255, round(1.4 * unit))
    mask.paste(0, mask=lines.point(lambda value: 255 - value))
    sheet.paste(HATCH, mask=mask)


# --- letters


def halo_width(letters: int) -> int:
    return max(2, letters // 6)


def _lettered(image: Image.Image, recipe: Recipe, dice: random.Random) -> Iterator[Label]:
    """A dot and a haloed name in each cell of a grid, so that none meets another."""
    names = ["".join(parts) for parts in product(STARTS, MIDDLES, ENDS)]
    dice.shuffle(names)
    pen = ImageDraw.Draw(image)
    for number, (left, top, right, bottom) in enumerate(_cells(recipe)[: recipe.labels]):
        letters = recipe.letters[number % len(recipe.letters)]
        text, ink = names[number], (INK, INK, WATER, RED)[number % 4]
        box = pen.textbbox((0, 0), text, ImageFont.load_default(letters), "ls", stroke_width=halo_width(letters))
        x = dice.uniform(left + 2 * letters, max(left + 2 * letters, right - box[2]))
        at = round(x), round(dice.uniform(top - box[1] + 2, bottom - box[3] - 2))
        label = Label(text, at, _moved(box, at), letters)
        label.write(image, at, ink, "white")
        _town(pen, (at[0] - letters, at[1] - letters * 0.35), letters * 0.3)
        yield label


def _cells(recipe: Recipe) -> list[tuple[float, float, float, float]]:
    """One for each label and some more, wide rather than high, row by row."""
    width, height = recipe.size
    columns = max(1, round(math.sqrt(recipe.labels * width / height / 2.4)))
    rows = math.ceil((recipe.labels + 1) / columns)
    wide, high = width / columns, height / rows
    return [
        (column * wide, row * high, (column + 1) * wide, (row + 1) * high) for row in range(rows) for column in range(columns)
    ]


def _legend(image: Image.Image, recipe: Recipe) -> None:
    """In the last cell, which has no label."""
    left, top, right, bottom = _cells(recipe)[-1]
    pen, letters = ImageDraw.Draw(image), max(recipe.letters)
    pen.rectangle((left, top, right - 3, bottom - 3), "white", CASING)
    font = ImageFont.load_default(letters)
    for number, (ink, meaning) in enumerate(((WATER, "River"), (RED, "Border"), (CASING, "Road"), (HATCH, "Closed"))):
        y = top + (number + 0.3) * (bottom - top) / 4
        pen.rectangle((left + 6, y, left + 6 + 1.5 * letters, y + 0.7 * letters), ink)
        pen.text((left + 12 + 1.5 * letters, y + 0.7 * letters), meaning, INK, font, "ls")


def _town(pen: ImageDraw.ImageDraw, at: Point, radius: float) -> None:
    for reach, ink in ((radius + 1.5, "white"), (radius, INK)):
        pen.ellipse((at[0] - reach, at[1] - reach, at[0] + reach, at[1] + reach), ink)


def _moved(box: tuple[float, float, float, float], by: tuple[int, int]) -> Box:
    left, top, right, bottom = box
    return math.floor(left) + by[0], math.floor(top) + by[1], math.ceil(right) + by[0], math.ceil(bottom) + by[1]
