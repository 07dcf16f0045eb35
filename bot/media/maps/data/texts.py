"""Pure. Texts of data files become texts that may be printed, drawn and compared."""

from __future__ import annotations

import re
from unicodedata import category, combining

from bot.core.front import FORBIDDEN

# Never on a map: FORBIDDEN, and what turns the order of letters around (UAX #9) or joins what it should not
HIDDEN = re.compile(f"{FORBIDDEN.pattern}|[\u202a-\u202e\u2060-\u2069]")

MARKS = 3  # on one letter: Vietnamese and Arabic have two, pointed Hebrew three


def clean(text: str) -> str:
    """On one line, without what is never text: what a file of a stranger says must not move a terminal's cursor."""
    return " ".join(lean(HIDDEN.sub("", text)).split())


def lean(text: str) -> str:
    """Without the marks that are too many on one letter: they would be a tower across the map."""
    if text.isascii():
        return text
    kept, marks = [], 0
    for character in text:
        if category(character)[0] not in "MC":
            marks = 0
        mark = combining(character) > 0  # Tibetan letters that are written below each other are none
        marks += mark
        if not mark or marks <= MARKS:
            kept.append(character)
    return "".join(kept)


def told(value: object) -> str:
    """A property as a text: 3 and 3.0 are "3", yes is "true"; lists and tables say nothing."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    return clean(str(value)) if isinstance(value, str | int) else ""


def quoted(value: object) -> str:
    """What somebody wrote, as a message repeats it: between quotes, and not the whole of a long text."""
    text = clean(str(value))
    return f"“{text if len(text) <= 60 else text[:59] + '…'}”"
