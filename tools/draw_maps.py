"""Draws the four maps of `drafts/loire.md`: the same bytes each time, given the same Pillow and the same fonts.

    python tools/draw_maps.py drafts/maps [--fonts FOLDER]

The country is a height field: invented hills that fall towards the rivers. A day's flood is everything below the level
at which the flooded ground, in km², is the figure that the thread gives; so the picture cannot contradict the text.
Pillow's built-in font has no accents: the lettering is DejaVu, which Pillow finds by name where the system has it.
"""

from __future__ import annotations

import argparse
import random
from bisect import bisect_left
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from loire import (
    BOTTOM,
    DAYS,
    HEIGHT,
    LEFT,
    LEGEND,
    PIXELS_PER_KM,
    RIGHT,
    RIVERS,
    ROADS,
    SOURCE,
    STREAMS,
    TOP,
    TOWNS,
    WIDTH,
    Point,
    Road,
    Stream,
    curve,
)
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont, ImageMath

FINE = 2  # everything is drawn twice as large, then reduced: that is the antialiasing
INK, GREY, PAPER, RULE = "#1d2a35", "#5d6b76", "#ffffff", "#d5dade"
RED, ORANGE, ROAD, CASING = "#c8202b", "#f08a1c", "#ffffff", "#b3a58c"
BED, WATER, DEEP, BAR, WOOD = "#2a6cab", "#4f9edb", "#17508a", "#a9cdea", "#cddbb2"
TINTS = ("#eef1e0", "#f2f2e2", "#f5f1e1", "#f3ecd9", "#f0e6d0", "#ecdfc5", "#e7d7b9")  # from the valleys up
PLAIN, BOLD, ITALIC = "SansCondensed", "SansCondensed-Bold", "SerifCondensed-Italic"

# --- the country


def fine(*points: Point) -> list[int]:
    return [round(value * FINE) for point in points for value in point]


def valley(stream: Stream) -> Image.Image:
    """How high the ground lies, by its distance from a stream; at half size, which is fine enough for hills."""
    ground = Image.new("L", (WIDTH // 2, HEIGHT // 2), 255)
    pen = ImageDraw.Draw(ground)
    for height in range(254, stream.bed - 1, -1):
        radius = (height - stream.bed) / stream.slope / 2 + 1
        for x, y in curve(stream.course):
            pen.ellipse((x / 2 - radius, y / 2 - radius, x / 2 + radius, y / 2 + radius), height)
    return ground


def hills(seed: int) -> Image.Image:
    """Smooth noise from -100 to 100: a few octaves of random grids, each blown up to the size of the picture."""
    dice, total = random.Random(seed), Image.new("F", (WIDTH, HEIGHT))
    for cells, share in ((8, 0.45), (16, 0.25), (32, 0.18), (72, 0.12)):
        size = (cells, cells * 3 // 4)
        grid = Image.frombytes("L", size, dice.randbytes(size[0] * size[1])).convert("F")
        octave = grid.resize(total.size, Image.Resampling.BICUBIC)
        total = sum_of(total, octave, share / 1.275, -100 * share)
    return total


def sum_of(one: Image.Image, other: Image.Image, factor: float, offset: float = 0) -> Image.Image:
    total: Image.Image = ImageMath.lambda_eval(lambda now: now["a"] + now["b"] * factor + offset, a=one, b=other)
    return total


def below(field: Image.Image, level: float) -> Image.Image:
    """A mask of where a field is below a level."""
    return field.point(lambda height: height * -200 + (level * 200 + 128)).convert("L")


def large(field: Image.Image) -> Image.Image:
    return field.resize((WIDTH * FINE, HEIGHT * FINE), Image.Resampling.BICUBIC)


@dataclass(frozen=True, slots=True)
class Land:
    """The height of the ground at every pixel of the finished picture, and a mask of the beds of its streams."""

    heights: Image.Image
    beds: Image.Image

    @classmethod
    def survey(cls) -> Land:
        ground, beds = valley(STREAMS[0]), Image.new("L", (WIDTH * FINE, HEIGHT * FINE))
        for stream in STREAMS:
            ground = ImageChops.darker(ground, valley(stream))
            ImageDraw.Draw(beds).line(fine(*curve(stream.course)), 255, stream.width * FINE, "curve")
        smooth = ground.filter(ImageFilter.GaussianBlur(6)).convert("F")
        return cls(sum_of(smooth.resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC), hills(7), 0.6), beds)

    def flood(self, km2: float) -> Image.Image:
        """A mask of the ground that is under water when so many km² of the map are, the beds apart."""
        beds = self.beds.reduce(FINE)

        def area(tenth: int) -> float:
            wet = ImageChops.subtract(below(self.heights, tenth / 10), beds).crop((LEFT, TOP, RIGHT, BOTTOM))
            return sum(value * count for value, count in enumerate(wet.histogram())) / 255 / PIXELS_PER_KM**2

        level = bisect_left(range(-1000, 2000), km2, key=area) - 1000
        return ImageChops.subtract(below(large(self.heights), level / 10), self.beds)


# --- the drawing


@dataclass(frozen=True, slots=True)
class Sheet:
    """A picture being drawn, in the finished picture's coordinates. `fonts` None: wherever the system keeps DejaVu."""

    image: Image.Image
    fonts: Path | None

    @property
    def pen(self) -> ImageDraw.ImageDraw:
        return ImageDraw.Draw(self.image)

    def font(self, face: str, size: int) -> ImageFont.FreeTypeFont:
        name = f"DejaVu{face}.ttf"
        return ImageFont.truetype(str(self.fonts / name) if self.fonts else name, size * FINE)

    def write(self, at: Point, text: str, face: str, size: int, ink: str = INK, anchor: str = "ls") -> None:
        x, y = fine(at)
        self.pen.text((x, y), text, ink, self.font(face, size), anchor)

    def name(self, at: Point, text: str, face: str, size: int, ink: str = INK, anchor: str = "mm") -> None:
        """A name on the map, with a halo."""
        x, y = fine(at)
        self.pen.text((x, y), text, ink, self.font(face, size), anchor, stroke_width=4 * FINE, stroke_fill=PAPER)

    def line(self, points: list[Point], ink: str, width: float) -> None:
        self.pen.line(fine(*points), ink, round(width * FINE), "curve")

    def box(self, near: Point, far: Point, ink: str, edge: str | None = None, radius: float = 0) -> None:
        self.pen.rounded_rectangle(fine(near, far), radius * FINE, ink, edge, 2 * FINE if edge else 0)

    def dot(self, at: Point, radius: float, ink: str) -> None:
        x, y = at
        self.pen.ellipse(fine((x - radius, y - radius), (x + radius, y + radius)), ink)

    def town(self, at: Point, evacuated: bool) -> None:
        for radius, ink in ((16, INK), (14, ORANGE), (6, PAPER)) if evacuated else ((13, PAPER), (10, INK)):
            self.dot(at, radius, ink)

    def cross(self, at: Point) -> None:
        x, y = at
        for ink, width, reach in ((PAPER, 12, 13), (RED, 6, 11)):
            self.line([(x - reach, y - reach), (x + reach, y + reach)], ink, width)
            self.line([(x - reach, y + reach), (x + reach, y - reach)], ink, width)

    def slanted(self, at: Point, text: str, degrees: float) -> None:
        """The name of a river, along its course."""
        label = Image.new("RGBA", (400 * FINE, 80 * FINE))
        Sheet(label, self.fonts).name((200, 40), text, ITALIC, 30, DEEP)
        turned = label.rotate(-degrees, Image.Resampling.BICUBIC, expand=True)
        x, y = fine(at)
        self.image.paste(turned, (x - turned.width // 2, y - turned.height // 2), turned)

    def wash(self, mask: Image.Image, ink: str, strength: float = 1) -> None:
        self.image.paste(ink, mask=mask.point([round(value * strength) for value in range(256)]))

    def hatch(self, mask: Image.Image) -> None:
        """Slanting lines, 11 pixels apart, where the mask is white."""
        lines = Image.new("L", self.image.size)
        pen, (width, height) = ImageDraw.Draw(lines), self.image.size
        for x in range(-height, width, 11 * FINE):
            pen.line((x, height, x + height, 0), 150, 2 * FINE)
        self.image.paste(DEEP, mask=ImageChops.multiply(lines, mask))


def countryside(land: Land, fonts: Path | None) -> Sheet:
    """What is the same on all four maps: the ground, in flat tints to keep the files small; woods, rivers, roads."""
    sheet = Sheet(Image.new("RGB", (WIDTH * FINE, HEIGHT * FINE), TINTS[0]), fonts)
    ground = large(land.heights)
    for step, tint in enumerate(TINTS[1:], 1):
        sheet.wash(ImageChops.invert(below(ground, step * 32)), tint)
    sheet.wash(ImageChops.subtract(below(large(hills(23)), -22), below(ground, 70)), WOOD)
    sheet.wash(land.beds, BED)
    for ink, width in ((CASING, 9), (ROAD, 6)):
        for road in ROADS:
            sheet.line(curve(road.course), ink, width)
    return sheet


def cuts(road: Road, flooded: Image.Image, beds: Image.Image) -> list[Point]:
    """The middle of each stretch of a road that the flood closes; a bridge between two flooded banks is closed too."""
    points = [(x, y) for x, y in curve(road.course) if LEFT < x < RIGHT and TOP < y < BOTTOM]
    wet = ImageChops.lighter(flooded, beds)
    runs = [list(run) for soaked, run in groupby(points, lambda point: lit(wet, point)) if soaked]
    return [run[len(run) // 2] for run in runs if any(lit(flooded, point) for point in run)]


def lit(mask: Image.Image, at: Point) -> bool:
    x, y = fine(at)
    return mask.getpixel((x, y)) == 255


def draw(number: int, land: Land, base: Sheet) -> Image.Image:
    sheet = Sheet(base.image.copy(), base.fonts)
    now = land.flood(DAYS[number - 1].km2)
    before = land.flood(DAYS[number - 2].km2) if number > 1 else Image.new("L", now.size)
    water(sheet, before, now)
    for name, at, degrees in RIVERS:
        sheet.slanted(at, name, degrees)
    for road in ROADS:
        signpost(sheet, road)
        for cut in cuts(road, now, land.beds):
            sheet.cross(cut)
    for town in TOWNS:
        sheet.town(town.at, evacuated=town.evacuated is not None and town.evacuated <= number)
        place = (town.at[0] + town.label[0], town.at[1] + town.label[1])
        sheet.name(place, town.name, BOLD, 28, anchor=town.anchor)
    furniture(sheet)
    header(sheet, number)
    panel(sheet, number)
    return sheet.image.reduce(FINE)


def water(sheet: Sheet, before: Image.Image, now: Image.Image) -> None:
    """The flood of the day before, what the day has added, hatched, and the line that the water has reached."""
    sheet.wash(now, WATER, 0.45)
    sheet.wash(before, WATER, 0.55)
    sheet.hatch(ImageChops.subtract(now, before))
    sheet.wash(ImageChops.subtract(now, now.filter(ImageFilter.MinFilter(5))), DEEP, 0.7)


def signpost(sheet: Sheet, road: Road) -> None:
    (x, y), half = road.sign, 34 if len(road.name) > 4 else 29
    sheet.box((x - half, y - 15), (x + half, y + 15), "#fbe9a8" if road.name[0] == "D" else "#f6c9c3", GREY, 6)
    sheet.write(road.sign, road.name, BOLD, 19, INK, "mm")


def furniture(sheet: Sheet) -> None:
    """The scale bar and the north arrow."""
    x, y = 40, BOTTOM - 40
    sheet.box((x - 22, y - 62), (x + 10 * PIXELS_PER_KM + 60, y + 24), PAPER, None, 8)
    for start, ink in ((0, INK), (5, PAPER)):
        sheet.box((x + start * PIXELS_PER_KM, y - 10), (x + (start + 5) * PIXELS_PER_KM, y), ink, INK)
    for km in (0, 5, 10):
        sheet.write((x + km * PIXELS_PER_KM, y - 22), f"{km}\u00a0km" if km == 10 else str(km), PLAIN, 22, INK, "ms")
    x, y = 62, TOP + 92
    sheet.dot((x, y - 10), 50, PAPER)
    sheet.pen.polygon(fine((x, y - 46), (x + 17, y + 8), (x, y - 4)), INK)
    sheet.pen.polygon(fine((x, y - 46), (x - 17, y + 8), (x, y - 4)), GREY)
    sheet.write((x, y + 34), "N", BOLD, 26, INK, "ms")


def header(sheet: Sheet, number: int) -> None:
    day = DAYS[number - 1]
    sheet.box((0, 0), (WIDTH, TOP), PAPER)
    sheet.box((0, BOTTOM), (WIDTH, HEIGHT), PAPER)
    sheet.box((36, 34), (44, TOP - 26), RED)
    sheet.write((64, 60), f"CRUE DE LA LOIRE · JOUR {number} SUR {len(DAYS)}", BOLD, 24, RED)
    sheet.write((64, 118), f"{day.date}\u00a0: {day.headline}", BOLD, 50)
    sheet.write((36, HEIGHT - 18), SOURCE, PLAIN, 22, GREY)


def panel(sheet: Sheet, number: int) -> None:
    """Beside the map: the figures of the day among those of the days before, and the legend."""
    day, x, right = DAYS[number - 1], RIGHT + 36, WIDTH - 36
    sheet.box((RIGHT, TOP), (WIDTH, BOTTOM), PAPER)
    sheet.write((x, 184), "SURFACE INONDÉE", BOLD, 21, GREY)
    sheet.write((x, 256), f"{day.km2}\u00a0km²", BOLD, 70, DEEP)
    bars(sheet, number, x, right)
    sheet.write((x, 586), "NIVEAU À PORT-AUX-SAULES", BOLD, 21, GREY)
    sheet.write((x, 644), metres(day.centimetres), BOLD, 50, DEEP)
    rise = metres(day.centimetres - DAYS[number - 2].centimetres)
    note = f"{rise} de plus que la veille" if number > 1 else "cote d’alerte\u00a0: 2,80\u00a0m"
    sheet.write((x, 682), note, PLAIN, 23, GREY)
    sheet.line([(x, 712), (right, 712)], RULE, 2)
    legend(sheet, x, 722)


def metres(centimetres: int) -> str:
    return f"{centimetres // 100},{centimetres % 100:02}\u00a0m"


def bars(sheet: Sheet, number: int, left: float, right: float, foot: float = 496) -> None:
    """The flooded surface of every day; of the days to come only the place."""
    step = (right - left) / len(DAYS)
    for later, day in enumerate(DAYS, 1 - number):
        x, ink = left + (later + number - 1) * step + 4, BAR if later < 0 else DEEP
        face = PLAIN if later else BOLD
        if later <= 0:
            top = foot - 170 * day.km2 / DAYS[-1].km2
            sheet.box((x, top), (x + step - 8, foot), ink)
            sheet.write((x + step / 2 - 4, top - 10), str(day.km2), face, 22, INK, "ms")
        sheet.write((x + step / 2 - 4, foot + 30), day.short, face, 20, INK if later <= 0 else GREY, "ms")
    sheet.line([(left, foot), (right, foot)], INK, 2)


def legend(sheet: Sheet, left: float, top: float) -> None:
    middles = [top + 32 + row * 62 for row in range(len(LEGEND))]
    for y, text in zip(middles, LEGEND, strict=True):
        sheet.write((left + 72, y), text, PLAIN, 25, INK, "lm")
    bed, old, new, road, town, wood = middles
    sheet.line([(left, bed), (left + 52, bed)], BED, 12)
    sheet.box((left, wood - 16), (left + 52, wood + 16), WOOD)
    before = Image.new("L", sheet.image.size)
    ImageDraw.Draw(before).rectangle(fine((left, old - 16), (left + 52, old + 16)), 255)
    now = before.copy()
    ImageDraw.Draw(now).rectangle(fine((left, new - 16), (left + 52, new + 16)), 255)
    water(sheet, before, now)
    sheet.line([(left, road), (left + 52, road)], CASING, 9)
    sheet.line([(left, road), (left + 52, road)], ROAD, 6)
    sheet.cross((left + 26, road))
    sheet.town((left + 26, town), evacuated=True)


def publish(picture: Image.Image, path: Path) -> None:
    """Write a picture with a palette: a third of the bytes, and no metadata."""
    picture.quantize(255, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(path, optimize=True)


def main() -> None:
    """Draw every day into a folder."""
    parser = argparse.ArgumentParser(description="Draw the maps of drafts/loire.md.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--fonts", type=Path, help="where the DejaVu fonts are; else the system's folders are searched")
    options = parser.parse_args()
    land = Land.survey()
    base = countryside(land, options.fonts)
    try:
        base.font(PLAIN, 20)
    except OSError:
        parser.error("the DejaVu fonts are not where they were looked for – install them, or say where with --fonts")
    options.folder.mkdir(parents=True, exist_ok=True)
    for number in range(1, len(DAYS) + 1):
        path = options.folder / f"jour{number}.png"
        publish(draw(number, land, base), path)
        print(f"{path}: {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
