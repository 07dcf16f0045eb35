"""Pure. How long a map's scale bar is: a round length, so that a reader can count with it."""

from __future__ import annotations

import math
from typing import NamedTuple

from bot.media.maps.saying import words

ROUND = ((5, 5), (2, 2), (1, 2))  # a length times a power of ten, and into how many parts it is divided: each round again


class Bar(NamedTuple):
    """A scale bar: its length in pixels, what is written beside its end, and how many parts of equal length it has."""

    pixels: float
    text: str
    divisions: int


def bar(metres_per_pixel: float, most: float, lang: str) -> Bar:
    """The longest bar of 1, 2 or 5 times a power of ten metres or kilometres that takes at most so many pixels."""
    room = metres_per_pixel * most
    power = 10.0 ** math.floor(math.log10(room) + 1e-9)
    leading, divisions = next(pair for pair in ROUND if pair[0] * power <= room * (1 + 1e-9))
    metres = leading * power
    return Bar(metres / metres_per_pixel, _text(metres, lang), divisions)


def _text(metres: float, lang: str) -> str:
    said = words(lang)
    if metres >= 1:
        return said.length(metres)
    return f"{said.number(metres, max(1, -math.floor(math.log10(metres) + 1e-9)))}\u00a0{said.m}"
