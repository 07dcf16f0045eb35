"""Right-to-left and left-to-right in one line: hand-made cases of UAX #9, and FriBiDi's own order."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageDraw, ImageFont, ImageStat, features

from bot.media.maps.letters.bidi import base, levels, ordered

fonts = pytest.importorskip("manimgx_fonts", reason="the extra threadbot[fonts] is not installed")

# As in UAX #9: capitals stand for letters from the right, digits for themselves.
HEBREW = str.maketrans({chr(65 + at): chr(0x5D0 + at) for at in range(26)})
ARABIC = str.maketrans({chr(65 + at): chr(0x627 + at) for at in range(26)})
MIRROR = {"(": ")", ")": "("}  # as fonts do
LATIN = {value: chr(key) for key, value in HEBREW.items()} | {value: chr(key) for key, value in ARABIC.items()}


def seen(text: str, table: dict[int, str] = HEBREW) -> str:
    """The text as it stands from left to right, letters as in the cases."""
    text = text.translate(table)
    heights = levels(text, base(text))
    signs = [MIRROR.get(sign, sign) if height % 2 else sign for sign, height in zip(text, heights, strict=True)]
    return "".join(LATIN.get(signs[at], signs[at]) for at in ordered(range(len(text)), heights.__getitem__))


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("car is THE CAR in english", "car is RAC EHT in english"),
        ("SAID car MEANS CAR", "RAC SNAEM car DIAS"),
        ("A 12 km B", "B km 12 A"),
        ("TEL 1,234.5 B", "B 1,234.5 LET"),
        ("A 50% B", "B 50% A"),
        ("A (b)", "(b) A"),
        ("a (B)", "a (B)"),
        ("A, B, c", "c ,B ,A"),
        ("KYIV (kyiv), 12", "12 ,(kyiv) VIYK"),
        ("a B ", "a B "),
        ("A b ", " b A"),
        ("12 A", "A 12"),
        ("", ""),
    ],
)
def test_the_order_is_that_of_the_standard(text, order):
    assert seen(text) == order


def test_numbers_after_arabic_letters_keep_their_order_apart_from_signs():
    assert seen("A 12-13 B", ARABIC) == "B 13-12 A"
    assert seen("A 12-13 B", HEBREW) == "B 12-13 A"


def test_a_mark_goes_with_its_letter():
    text = "a\u0301 ב\u05b7ג"
    assert levels(text, 0) == (0, 0, 0, 1, 1, 1)


def test_the_first_letter_gives_the_direction_of_the_whole():
    assert [base(text) for text in ("12 km", "12 אב", "a אב", "(ש)", "ش a", "")] == [0, 1, 0, 1, 1, 0]


@pytest.mark.skipif(not features.check("raqm"), reason="FriBiDi is not here")
@settings(max_examples=150, deadline=None)
@given(st.text("אבגד 12,.-%()", min_size=1, max_size=14))
def test_runs_put_in_order_by_us_are_drawn_as_fribidi_draws_the_whole(text):
    """In a font that has all the characters, so that FriBiDi sees the whole text."""
    font = ImageFont.truetype(f"{fonts.__path__[0]}/NotoSansHebrew[wght].ttf", 24)
    direction = base(text)
    whole = _drawn(font, [(text, direction)])
    heights = levels(text, direction)
    runs: list[tuple[str, int]] = []
    for sign, height in zip(text, heights, strict=True):
        if runs and runs[-1][1] == height:
            runs[-1] = (runs[-1][0] + sign, height)
        else:
            runs.append((sign, height))
    ours = _drawn(font, ordered(runs, lambda run: run[1]))
    assert ImageStat.Stat(ImageChops.difference(ours, whole)).sum[0] <= 0.02 * ImageStat.Stat(whole).sum[0]


def _drawn(font: ImageFont.FreeTypeFont, runs: list[tuple[str, int]]) -> Image.Image:
    """Without kerning, which there is none of between runs."""
    image = Image.new("L", (400, 60))
    pen, x = ImageDraw.Draw(image), 20.0
    for text, height in runs:
        way = {"direction": "rtl" if height % 2 else "ltr", "features": ["-kern"]}
        pen.text((x, 10), text, 255, font, **way)
        x += font.getlength(text, **way)
    return image
