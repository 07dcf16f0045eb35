"""Example pictures for the docs: the same corner of a map as it came and as each way sends it, side by side, at one scale."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from benchmarks import RULES
from benchmarks.maps.catalogue import MAPS
from benchmarks.maps.drawing import Recipe, sample
from benchmarks.maps.ways import WAYS
from benchmarks.ssim import shown

SHOWN = {"fit-hatched-x": ("hatched, 8 MP", "x"), "fit-hills-bluesky": ("hills, 8 MP", "bluesky")}
SHOWN |= {"fit-satellite-bluesky": ("satellite, 8 MP", "bluesky")}
PANEL, CAPTION, GAP = (216, 140), 22, 6  # pixels
NAMES = {"threadbot": "threadbot", "a": "a: 10 % smaller", "b": "b: JPEG in steps", "c": "c: GIF, 1000 px"}


def written(folder: Path) -> Iterator[str]:
    """Draws them all; yields what was written."""
    for name, (title, network) in SHOWN.items():
        recipe = next(each for each in MAPS if each.name == title)
        file = folder / f"{name}.png"
        strip(recipe, network).quantize(128).save(file, optimize=True)
        yield f"{file.name}: {title}, {network}"


def strip(recipe: Recipe, network: str) -> Image.Image:
    """Around the label in the middle of the list; the size is that of the map as it came."""
    made = sample(recipe)
    label = made.labels[len(made.labels) // 2]
    left = min(max(0, label.box[0] - PANEL[0] // 4), recipe.size[0] - PANEL[0])
    top = min(max(0, label.box[1] - PANEL[1] // 2), recipe.size[1] - PANEL[1])
    box = (left, top, left + PANEL[0], top + PANEL[1])
    panels = {"as it came": made.data} | {NAMES[name]: way(made.data, RULES[network]).data for name, way in WAYS.items()}
    sheet = Image.new("RGB", (len(panels) * (PANEL[0] + GAP) - GAP, PANEL[1] + CAPTION), "white")
    pen, font = ImageDraw.Draw(sheet), ImageFont.load_default(14)
    for place, (caption, data) in enumerate(panels.items()):
        x = place * (PANEL[0] + GAP)
        pen.text((x, 2), caption, "black", font)
        sheet.paste(_corner(data, recipe, box), (x, CAPTION))
    return sheet


def _corner(data: bytes, recipe: Recipe, box: tuple[int, int, int, int]) -> Image.Image:
    with Image.open(io.BytesIO(data)) as image:
        scale = image.width / recipe.size[0]
        left, top, right, bottom = box
        return shown(image).resize(PANEL, Image.Resampling.BICUBIC, (left * scale, top * scale, right * scale, bottom * scale))
