"""Themes: what is drawn differently is seen differently, by everybody, and on paper without colours."""

from __future__ import annotations

import itertools
import math

import pytest

from bot.media.maps.marks.themes import THEMES, WORDS, Mark, darker, themed
from bot.media.maps.model import Style
from bot.media.maps.words import AREAS, LINES, PATTERNS, POINTS, SYMBOLS
from bot.media.maps.words import THEMES as NAMES

# Machado, Oliveira, Fernandes: "A Physiologically-based Model for Simulation of Color Vision Deficiency", IEEE TVCG 15 (6),
# 2009, severity 1.0; they are applied to linear RGB.
SIGHTS = {
    "normal": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
    "grey": ((0.2126, 0.7152, 0.0722),) * 3,  # luminance of sRGB (IEC 61966-2-1)
}
APART = 9.0  # CIE 1976 colour distance (in L*a*b*) of two large areas that nobody confounds; 2.3 is just noticeable
FILLS, THIN = 15.0, 30.0  # of L*: what tells areas and lines apart in grey, where a feed shows the map 515 pixels wide (by eye)
SIGNS = ("pattern", "dash", "teeth", "arrow", "symbol")
WIDER = 1.5  # times: a line that is told apart by its width


def linear(colour: str) -> list[float]:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    return [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]


def lab(light: list[float]) -> tuple[float, float, float]:
    """CIE L*a*b* of linear RGB, D65."""
    x, y, z = (
        sum(k * part for k, part in zip(row, light, strict=True))
        for row in ((0.4339, 0.3762, 0.1899), (0.2126, 0.7152, 0.0722), (0.0178, 0.1095, 0.8727))
    )
    fx, fy, fz = (t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116 for t in (max(x, 0), max(y, 0), max(z, 0)))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


def seen(colour: str, sight: str) -> tuple[float, float, float]:
    light = linear(colour)
    return lab([min(max(sum(k * part for k, part in zip(row, light, strict=True)), 0), 1) for row in SIGHTS[sight]])


def distance(one: str, other: str, sight: str) -> float:
    return math.dist(seen(one, sight), seen(other, sight))


def laid(mark: Mark, ground: str) -> str:
    """The colour of an area as it lies on its ground; of one with a pattern, the pattern's."""
    share = mark.opacity if mark.pattern == "plain" else 1
    pairs = [(int(mark.fill[at : at + 2], 16), int(ground[at : at + 2], 16)) for at in (1, 3, 5)]
    return "#" + "".join(f"{round(share * ink + (1 - share) * under):02x}" for ink, under in pairs)


def told_apart(kind: str, one: Mark, other: Mark, ground: str, sight: str) -> bool:
    if any(getattr(one, sign) != getattr(other, sign) for sign in SIGNS):
        return True
    narrow, wide = sorted((one.width, other.width))
    if kind == "line" and wide >= WIDER * narrow:
        return True
    far = distance(laid(one, ground), laid(other, ground), sight)
    return far >= (APART if sight != "grey" else THIN if kind == "line" else FILLS)


PAIRS = [(theme, kind, *pair) for theme in THEMES for kind, words in WORDS.items() for pair in itertools.combinations(words, 2)]


@pytest.mark.parametrize("sight", SIGHTS)
def test_two_styles_of_a_kind_are_never_confounded(sight: str) -> None:
    confounded = [
        (theme, one, other)
        for theme, kind, one, other in PAIRS
        if not told_apart(kind, THEMES[theme].marks[kind][one], THEMES[theme].marks[kind][other], THEMES[theme].ground, sight)
    ]
    assert confounded == []


@pytest.mark.parametrize("sight", SIGHTS)
def test_what_is_an_area_is_no_ground(sight: str) -> None:
    """Land is the ground itself, and has an outline."""
    for theme in THEMES.values():
        for word, mark in theme.marks["area"].items():
            if word != "land" and mark.pattern == "plain":
                assert distance(laid(mark, theme.ground), theme.ground, sight) >= APART, word


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_letters_stand_out_from_their_halo_and_their_panel(theme) -> None:
    """By the contrast that the Web Content Accessibility Guidelines 2.2 ask of text: 4.5 to 1."""
    inks = [theme.ink, *(mark.text for marks in theme.marks.values() for mark in marks.values() if mark.text)]
    for ink, ground in [(ink, theme.halo) for ink in inks] + [(theme.ink, theme.panel), (theme.quiet, theme.panel)]:
        lights = sorted(0.2126 * red + 0.7152 * green + 0.0722 * blue for red, green, blue in map(linear, (ink, ground)))
        assert (lights[1] + 0.05) / (lights[0] + 0.05) >= 4.5, (ink, ground)


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_every_theme_knows_every_word(theme) -> None:
    assert [tuple(theme.marks[kind]) for kind in ("area", "line", "point")] == [AREAS, LINES, POINTS]
    marks = [mark for kind in theme.marks.values() for mark in kind.values()]
    assert {mark.pattern for mark in marks} <= set(PATTERNS)
    assert {mark.symbol for mark in marks} <= set(SYMBOLS)


def test_the_themes_are_those_that_can_be_asked_for() -> None:
    assert tuple(THEMES) == NAMES


def test_what_an_author_wants_otherwise_is_otherwise() -> None:
    light = THEMES["light"]
    area = themed(Style("water", colour="#336699", pattern="dots"), "area", light)
    assert (area.fill, area.ink, area.pattern) == ("#336699", darker("#336699"), "dots")
    assert themed(Style("road", width=9), "line", light, unit=2).width == 9
    point = themed(Style("town", symbol="star", size=30), "point", light, unit=2)
    assert (point.symbol, point.size) == ("star", 30)


def test_marks_grow_with_the_picture() -> None:
    once, twice = (themed(Style("border"), "line", THEMES["light"], unit) for unit in (1, 2))
    assert twice.width == 2 * once.width
    assert twice.dash == tuple(2 * length for length in once.dash)


def test_a_river_that_is_an_area_has_the_colour_of_rivers() -> None:
    light = THEMES["light"]
    assert themed(Style("river"), "area", light).fill == light.marks["line"]["river"].fill


def test_a_thing_without_a_style_is_drawn_as_its_kind() -> None:
    assert themed(Style(), "line", THEMES["dark"]) == THEMES["dark"].marks["line"]["line"]
