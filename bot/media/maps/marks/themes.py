"""Pure. What each word of a map's styles looks like, as data; `themed` adds what the author wants otherwise.

Lengths are pixels of a picture 1600 wide, and grow with it. No two styles of a kind are told apart by hue alone: where their
greys are less than 15 of L* apart (of thin lines: 30), a pattern, a symbol, teeth, a dash or a width keeps them apart
(tests/test_map_themes.py).
"""

from __future__ import annotations

import colorsys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from bot.media.maps.model import Style
from bot.media.maps.words import AREAS, LINES, POINTS

Kind = Literal["area", "line", "point"]
WORDS: Mapping[Kind, tuple[str, ...]] = {"area": AREAS, "line": LINES, "point": POINTS}


@dataclass(frozen=True, slots=True)
class Mark:
    """How one kind of thing is drawn. `ink` is an area's outline, and what sets a line or a symbol off the ground: its casing;
    empty: none. Without a pattern the area is plain."""

    fill: str
    ink: str = ""
    pattern: str = "plain"
    opacity: float = 1.0  # of an area's ground; its pattern and outline are solid
    width: float = 0.0
    dash: tuple[float, ...] = ()  # ink, gap, ink, gap …
    teeth: bool = False
    arrow: bool = False
    symbol: str = "dot"
    size: float = 0.0  # of a symbol, from side to side
    text: str = ""  # the colour of its labels; empty: the theme's
    bold: bool = False
    italic: bool = False


@dataclass(frozen=True, slots=True)
class Theme:
    """The colours of a map: its ground, its letters and their halo, the panels, and a mark for each word of style."""

    ground: str
    ink: str
    quiet: str  # of small print
    halo: str
    panel: str
    marks: Mapping[Kind, Mapping[str, Mark]]


LIGHT = Theme(
    ground="#f3f0e8",
    ink="#22262b",
    quiet="#5b6169",
    halo="#fbfaf6",
    panel="#ffffff",
    marks={
        "area": {
            "area": Mark("#bb8e4d", "#876021", opacity=0.85, width=2),
            "controlled": Mark("#85202d", "#5f1218", opacity=0.9, width=2.6, text="#6d1a15", bold=True),
            "contested": Mark("#cf7a2c", "#a35a17", "hatch", 0.22, 2, text="#7a3f08", bold=True),
            "gained": Mark("#17717f", "#0d4d58", "crosshatch", 0.3, 2.2, text="#0a424c", bold=True),
            "lost": Mark("#4b4a72", "#34335a", "dots", 0.25, 2.2, text="#2c2b50", bold=True),
            "water": Mark("#b1d2e6", "#5e97bb", width=1.4, text="#255f86", italic=True),
            "land": Mark("#fbf9f3", "#b9b1a1", width=1.4),
            "forest": Mark("#82ab69", "#84a36a", "dots", 0.3, 1.2, text="#45622f", italic=True),
            "urban": Mark("#857a6e", "#665d53", width=1.2),
        },
        "line": {
            "line": Mark("#3a4149", "#fbfaf6", width=5),
            "front": Mark("#a3241d", "#fbfaf6", width=5, teeth=True, text="#8c1d17", bold=True),
            "border": Mark("#6b6570", width=2.8, dash=(14, 6, 3, 6)),
            "road": Mark("#92682b", "#fdf8ec", width=3.2, text="#7a5a26"),
            "river": Mark("#5b9ac2", width=5.4, text="#255f86", italic=True),
            "track": Mark("#5c4a86", "#fbfaf6", width=3.2, dash=(9, 6), text="#493a6c"),
            "advance": Mark("#1f4e79", "#fbfaf6", width=16, arrow=True, text="#173c5e", bold=True),
        },
        "point": {
            "point": Mark("#c0392b", "#ffffff", symbol="dot", size=19),
            "town": Mark("#2b3036", "#ffffff", symbol="ring", size=17),
            "capital": Mark("#1c2024", "#ffffff", symbol="square", size=18, bold=True),
            "event": Mark("#b3261e", "#ffffff", symbol="star", size=29, text="#7d1710", bold=True),
            "crossing": Mark("#34506b", "#ffffff", symbol="cross", size=22),
        },
    },
)

DARK = Theme(
    ground="#1d232a",
    ink="#eef1f4",
    quiet="#a9b2bc",
    halo="#12161b",
    panel="#161b21",
    marks={
        "area": {
            "area": Mark("#cdb789", "#e0cc9e", opacity=0.85, width=2),
            "controlled": Mark("#e26557", "#f49a8f", opacity=0.85, width=2.6, text="#ffc9c1", bold=True),
            "contested": Mark("#e39a4c", "#f2b878", "hatch", 0.18, 2, text="#ffd9ab", bold=True),
            "gained": Mark("#4fb7c4", "#86d7e1", "crosshatch", 0.2, 2.2, text="#b9eef4", bold=True),
            "lost": Mark("#a9a3dc", "#c9c5ef", "dots", 0.18, 2.2, text="#dcd9fa", bold=True),
            "water": Mark("#2f5678", "#5f90b8", width=1.4, text="#9cc8ea", italic=True),
            "land": Mark("#29303a", "#525c67", width=1.4),
            "forest": Mark("#47806a", "#538a7c", "dots", 0.3, 1.2, text="#a8d0a2", italic=True),
            "urban": Mark("#d2d3d6", "#b3b5ba", width=1.2),
        },
        "line": {
            "line": Mark("#dde2e7", "#12161b", width=5),
            "front": Mark("#ff7a6b", "#12161b", width=5, teeth=True, text="#ffb3a8", bold=True),
            "border": Mark("#a7a2b3", width=2.8, dash=(14, 6, 3, 6)),
            "road": Mark("#c7a05c", "#2b2414", width=3.2, text="#e6c78d"),
            "river": Mark("#4d86b0", width=5.4, text="#9cc8ea", italic=True),
            "track": Mark("#b9a5ee", "#12161b", width=3.2, dash=(9, 6), text="#d3c6f7"),
            "advance": Mark("#7db8ee", "#12161b", width=16, arrow=True, text="#b5d8f8", bold=True),
        },
        "point": {
            "point": Mark("#ff8474", "#12161b", symbol="dot", size=19),
            "town": Mark("#eef1f4", "#12161b", symbol="ring", size=17),
            "capital": Mark("#ffffff", "#12161b", symbol="square", size=18, bold=True),
            "event": Mark("#ffcf5c", "#12161b", symbol="star", size=29, text="#ffe2a0", bold=True),
            "crossing": Mark("#a9c9e8", "#12161b", symbol="cross", size=22),
        },
    },
)

PRINT = Theme(
    ground="#ffffff",
    ink="#000000",
    quiet="#404040",
    halo="#ffffff",
    panel="#ffffff",
    marks={
        "area": {
            "area": Mark("#a3a3a3", "#4a4a4a", width=2),
            "controlled": Mark("#4c4c4c", "#000000", opacity=0.95, width=2.8, bold=True),
            "contested": Mark("#3c3c3c", "#2a2a2a", "hatch", 0.08, 2, bold=True),
            "gained": Mark("#2a2a2a", "#000000", "crosshatch", 0.08, 2.4, bold=True),
            "lost": Mark("#2a2a2a", "#000000", "dots", 0.06, 2.4, bold=True),
            "water": Mark("#c3d0d9", "#7e8c96", width=1.6, text="#37464f", italic=True),
            "land": Mark("#fafafa", "#9a9a9a", width=1.4),
            "forest": Mark("#8c997f", "#8f9a84", "dots", width=1.2, text="#3f4a36", italic=True),
            "urban": Mark("#7b7b7b", "#5a5a5a", width=1.2),
        },
        "line": {
            "line": Mark("#1a1a1a", "#ffffff", width=3.6),
            "front": Mark("#000000", "#ffffff", width=5.4, teeth=True, bold=True),
            "border": Mark("#555555", width=2.8, dash=(14, 6, 3, 6)),
            "road": Mark("#ffffff", "#555555", width=4),
            "river": Mark("#8497a3", width=4.4, text="#37464f", italic=True),
            "track": Mark("#1a1a1a", "#ffffff", width=3, dash=(3, 5)),
            "advance": Mark("#262626", "#ffffff", width=16, arrow=True, bold=True),
        },
        "point": {
            "point": Mark("#000000", "#ffffff", symbol="dot", size=17),
            "town": Mark("#000000", "#ffffff", symbol="ring", size=17),
            "capital": Mark("#000000", "#ffffff", symbol="square", size=18, bold=True),
            "event": Mark("#000000", "#ffffff", symbol="star", size=29, bold=True),
            "crossing": Mark("#000000", "#ffffff", symbol="cross", size=22),
        },
    },
)

THEMES: Mapping[str, Theme] = {"light": LIGHT, "dark": DARK, "print": PRINT}


def themed(style: Style, kind: Kind, theme: Theme, unit: float = 1.0) -> Mark:
    """The mark of a style for things of a kind, in pixels of a picture `unit` times 1600 wide. A word that belongs to another
    kind (a river that is a polygon) gives its colour to the plainest mark of this one."""
    marks = theme.marks[kind]
    mark = marks.get(style.base) or _borrowing(marks[kind], style.base, theme)
    if style.colour:
        mark = _coloured(mark, kind, style.colour)
    if style.pattern:
        mark = replace(mark, pattern=style.pattern)
    if style.symbol:
        mark = replace(mark, symbol=style.symbol)
    mark = _grown(mark, unit)
    return replace(mark, width=style.width or mark.width, size=style.size or mark.size)


def _grown(mark: Mark, unit: float) -> Mark:
    dash = tuple(length * unit for length in mark.dash)
    return replace(mark, width=mark.width * unit, size=mark.size * unit, dash=dash)


def _borrowing(plain: Mark, word: str, theme: Theme) -> Mark:
    owner = next((marks[word] for marks in theme.marks.values() if word in marks), plain)
    return replace(plain, fill=owner.fill, text=owner.text, italic=owner.italic)


def _coloured(mark: Mark, kind: Kind, colour: str) -> Mark:
    """In another colour: an area's outline goes with it, the casing of lines and symbols stays."""
    if kind == "area" and mark.ink:
        return replace(mark, fill=colour, ink=darker(colour), text="")
    return replace(mark, fill=colour, text="")


def darker(colour: str) -> str:
    """The same hue, a third darker."""
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    hue, light, strength = colorsys.rgb_to_hls(red, green, blue)
    return "#" + "".join(f"{round(255 * part):02x}" for part in colorsys.hls_to_rgb(hue, light * 0.67, strength))
