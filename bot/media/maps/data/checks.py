"""Pure. What may be written behind a key of a map: each check gives the value, or raises ValueError with what to write."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Any, cast

from bot.core.errors import hint
from bot.core.front import LANG
from bot.media.maps.data.texts import HIDDEN, MARKS, lean, quoted, told
from bot.media.maps.model import Bounds, Projection
from bot.media.maps.words import PROJECTIONS

SIDES = range(400, 4097)  # pixels
COLOUR = re.compile("#(?:[0-9a-f]{3}|[0-9a-f]{6})")
HOLE = re.compile(r"\{(.*?)\}")
NARROWEST = 0.0001  # degrees of an area's side: 11 m


def text(value: Any) -> str:
    """One line of text."""
    if not isinstance(value, str):
        raise ValueError(f"{quoted(value)} is not a text – put it between quotes")
    if hidden := HIDDEN.search(value):
        raise ValueError(f"invisible character U+{ord(hidden[0]):04X} – remove it")
    if lean(value) != value:
        raise ValueError(f"more than {MARKS} marks on one letter – remove them")
    return re.sub("[ \t\r\n]+", " ", value).strip()  # a no-break space stays: it holds a number and its unit together


def texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise ValueError('not a list – write ["one", "another"]')
    return tuple(filter(None, map(text, value)))


def filled(value: Any) -> str:
    """One line of text that is not empty."""
    found = text(value)
    if not found:
        raise ValueError("nothing between the quotes – write a text, or remove the line")
    return found


def word(value: Any) -> str:
    """What a property of data may be compared with: a text, a number, true or false."""
    return told(value) if isinstance(value, int | float) else text(value)


def one_of(*known: str) -> Callable[[Any], str]:
    def check(value: Any) -> str:
        if text(value) not in known:
            raise ValueError(f"{quoted(value)} – {hint(text(value), known)}")
        return text(value)

    return check


def number(low: float, high: float, unit: str) -> Callable[[Any], float]:
    def check(value: Any) -> float:
        # a comparison with what is not a number is false
        if not _is_number(value) or not low <= value <= high:
            raise ValueError(f"{quoted(value)} – write a number from {low:g} to {high:g} ({unit})")
        return float(value)

    return check


def flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"{quoted(value)} – write true or false, without quotes")
    return value


def day(value: Any) -> date:
    if not isinstance(value, date) or isinstance(value, datetime):
        raise ValueError(f"{quoted(value)} is not a day – write it as 2026-03-12, without quotes and without a time")
    return value


def lang(value: Any) -> str:
    if not LANG.fullmatch(text(value)):
        raise ValueError(f"{quoted(value)} is not a language code – write fr, en, pt-BR …")
    return text(value)


def colour(value: Any) -> str:
    found = text(value).lower()
    if not COLOUR.fullmatch(found):
        raise ValueError(f"{quoted(value)} – write red, green and blue as in #3366aa")
    return found if len(found) == 7 else "#" + "".join(digit * 2 for digit in found[1:])


def size(value: Any) -> tuple[int, int]:
    if not _is_list(value, 2) or not all(isinstance(side, int) and side in SIDES for side in value):
        raise ValueError(f"{quoted(value)} – write [width, height] in pixels, each from {SIDES[0]} to {SIDES[-1]}")
    return value[0], value[1]


def bounds(value: Any) -> Bounds:
    """West, south, east and north."""
    if not _is_list(value, 4):
        raise ValueError(f"{quoted(value)} – write [west, south, east, north] in degrees, such as [-0.7, 47.2, 0.3, 47.6]")
    west, south, east, north = value
    if max(abs(west), abs(east)) > 180 or max(abs(south), abs(north)) > 90:
        raise ValueError("beyond 180 degrees of longitude or 90 of latitude – the order is west, south, east, north")
    if west > east:
        raise ValueError("west lies east of east – the order is west, south, east, north; no map crosses the 180th meridian")
    if min(east - west, north - south) < NARROWEST:
        raise ValueError("nothing lies in it – the order is west, south, east, north, south below north")
    return Bounds(float(west), float(south), float(east), float(north))


def area(value: Any) -> Bounds | None:
    """The bounds of a map; None: fit the data."""
    if isinstance(value, str) and text(value) != "fit":
        raise ValueError(f'{quoted(value)} – write "fit", or [west, south, east, north] in degrees')
    return None if isinstance(value, str) else bounds(value)


def projection(value: Any) -> Projection:
    return cast(Projection, one_of(*PROJECTIONS)(value))


def tiles(value: Any) -> str:
    """A URL template."""
    found = filled(value)
    if not found.startswith(("https://", "http://")):
        raise ValueError("not a web address – write https:// and so on, with {z}, {x} and {y}")
    holes = HOLE.findall(found)
    if sorted(holes) != ["x", "y", "z"]:
        raise ValueError("write each of {z}, {x} and {y} once, and no other – for {s} choose one server")
    return found


def _is_number(value: Any) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    return isinstance(value, int) and not isinstance(value, bool)


def _is_list(value: Any, length: int) -> bool:
    return isinstance(value, list) and len(value) == length and all(map(_is_number, value))
