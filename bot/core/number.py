"""Pure. "3/12", and its fixed point: ten posts need wider numbers than nine, which may make them eleven.

A numbering is `off`, a form such as `{n}/{total}`, or a table `{form = "{n}/{total}", place = "start", from = 1}`.
"""

from __future__ import annotations

import re
import string
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from bot.core.errors import hint
from bot.core.model import Numbering

FORM = "{n}/{total}"
OFF = Numbering(form="")
PLACES = ("start", "end")
T = TypeVar("T")


class NumberingError(ValueError):
    """A numbering that cannot be used; says what to write instead."""


def numbering(value: object) -> Numbering:
    """The numbering that a config or a draft asks for. Raises NumberingError."""
    if value is False or value in ("off", ""):
        return OFF
    if isinstance(value, str):
        return Numbering(form=_form(value))
    if isinstance(value, Mapping):
        return _table(value)
    raise NumberingError('write "off", a form such as "{n}/{total}", or a table with form, place and from')


def _table(table: Mapping[str, Any]) -> Numbering:
    for key in table:
        if key not in ("form", "place", "from"):
            raise NumberingError(f"unknown key “{key}” – {hint(str(key), ('form', 'place', 'from'))}")
    place, since = table.get("place", "start"), str(table.get("from", 1))
    if place not in PLACES:
        raise NumberingError(f"place “{place}” – {hint(str(place), PLACES)}")
    if not re.fullmatch("[1-9][0-9]{0,3}", since):
        raise NumberingError(f"from “{since}” is not the number of a post – write 1 or 2")
    form = str(table.get("form", FORM))
    return Numbering(form=_form(form), place="end" if place == "end" else "start", since=int(since))


def _form(form: str) -> str:
    try:
        fields = [(name, spec, conversion) for _, name, spec, conversion in string.Formatter().parse(form) if name is not None]
    except ValueError as error:
        raise NumberingError(f"“{form}” is not a form ({error}) – write {{n}}/{{total}}") from None
    if ("n", "", None) not in fields or any(field not in (("n", "", None), ("total", "", None)) for field in fields):
        raise NumberingError(f"“{form}” is not a form – write {{n}}, and {{total}} if you like, such as {{n}}/{{total}}")
    if any(unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp") for char in form):
        raise NumberingError("a form is one line, without invisible characters – write {n}/{total}")
    return form


def numbered(text: str, n: int, total: int, style: Numbering) -> str:
    """The text with its number. A thread of one post has none."""
    if total == 1 or not style.form or n < style.since:
        return text
    mark = style.form.format(n=n, total=total)
    return " ".join(filter(None, (mark, text) if style.place == "start" else (text, mark)))


def widest(text: str, digits: int, style: Numbering) -> str:
    """The text with the widest number that a thread of `digits` digits may give it; 0 digits: one post, no number."""
    most = 10**digits - 1
    return numbered(text, max(most, style.since), most, style) if digits else text


def fixed_point(split: Callable[[int], Sequence[T]]) -> Sequence[T]:
    """The pieces for the least number of digits that suffices for their own count.

    `split(digits)` splits with room for numbers of so many digits; more digits never give fewer pieces. So the count of
    pieces at hand is a lower bound for the final one, and the digits that it needs are never more than necessary.
    """
    digits, pieces = 0, split(0)
    while len(pieces) > 1 and len(str(len(pieces))) > digits:
        digits = len(str(len(pieces)))
        pieces = split(digits)
    return pieces
