"""The smallest lettering of a drawn picture is measured from its pixels, and none is seen where there is none."""

from __future__ import annotations

import random

import pytest
from PIL import Image, ImageDraw, ImageFont

from bot.media.fit import fit
from bot.media.smallest import smallest_lettering
from tests.test_fit import photographed, rules, saved

WORDS = "Saint-Florent Ancenis Varades Oudon Mauves Drain Ingrandes Montjean Chalonnes Rochefort Bouchemaine".split()
SIDE = 800


def lettered(size, ink="black", ground="#eef2e6", halo=0):
    """A map with labels of this size and of twice that, and the height of an x in the smaller."""
    dice = random.Random(size)
    image = Image.new("RGB", (SIDE, SIDE), ground)
    pen = ImageDraw.Draw(image)
    for _ in range(12):
        at = dice.randrange(SIDE), dice.randrange(SIDE)
        pen.line((*at, dice.randrange(SIDE), dice.randrange(SIDE)), "#b03030", 3)
    small, large = ImageFont.load_default(size), ImageFont.load_default(2 * size)
    for number in range(40):
        at = dice.randrange(SIDE - 200), dice.randrange(SIDE - 40)
        pen.text(at, dice.choice(WORDS), ink, small if number % 3 else large, stroke_width=halo, stroke_fill=ground)
    _, top, _, bottom = small.getbbox("x")
    return image, bottom - top


@pytest.mark.parametrize("size", [8, 10, 12, 16, 20, 24])
@pytest.mark.parametrize(("ink", "ground", "halo"), [("black", "#eef2e6", 0), ("white", "#203040", 0), ("#7b241c", "white", 2)])
def test_the_smallest_lettering_is_measured_within_a_fifth(size, ink, ground, halo):
    image, height = lettered(size, ink, ground, halo)
    assert smallest_lettering(image) == pytest.approx(height, rel=0.2)


def without_letters():
    dice = random.Random(3)
    hatched, dotted, lined, strewn = (Image.new("RGB", (SIDE, SIDE), "white") for _ in range(4))
    for start in range(-SIDE, SIDE, 12):
        ImageDraw.Draw(hatched).line((start, 0, start + SIDE, SIDE), "black", 3)
    for at in ((x, y) for x in range(0, SIDE, 12) for y in range(0, SIDE, 12)):
        ImageDraw.Draw(dotted).ellipse((*at, at[0] + 5, at[1] + 5), "black")
    for _ in range(150):
        ImageDraw.Draw(lined).line([dice.randrange(SIDE) for _ in range(4)], "navy", 2)
    for _ in range(300):
        x, y, width, height = dice.randrange(SIDE), dice.randrange(SIDE), dice.randrange(3, 40), dice.randrange(3, 40)
        ImageDraw.Draw(strewn).ellipse((x, y, x + width, y + height), "red")
    noise = Image.frombytes("L", (SIDE, SIDE), dice.randbytes(SIDE * SIDE))
    return {
        "hatched": hatched, "dotted": dotted, "lined": lined, "strewn": strewn, "noise": noise,
        "photo": photographed(), "plain": Image.new("RGB", (SIDE, SIDE), "red"), "tiny": Image.new("RGB", (1, 1)),
        "long": Image.new("RGB", (30_000, 10)),
    }  # fmt: skip


@pytest.mark.parametrize(("name", "image"), without_letters().items())
def test_no_lettering_is_seen_where_there_is_none(name, image):
    assert smallest_lettering(image) is None


def test_lettering_is_given_in_pixels_of_the_fitted_picture():
    image, height = lettered(24)
    data = saved(image)
    assert fit(data, "", rules()).lettering == pytest.approx(height, rel=0.2)
    assert fit(data, "", rules(pixels=SIDE * SIDE // 4)).lettering == pytest.approx(height / 2, rel=0.2)


def test_black_letters_on_a_transparent_ground_are_seen():
    image, height = lettered(16)
    black = image.convert("L").point(lambda value: 255 * (value < 100))
    clear = Image.new("RGBA", image.size, (0, 0, 0, 0))
    clear.putalpha(black)
    assert smallest_lettering(clear) == pytest.approx(height, rel=0.2)
