"""Pure. "3/12": how the posts of a thread are numbered.

A numbering is `off`, a form such as `{n}/{total}`, or a table `{form = "{n}/{total}", place = "start", from = 1}`.
"""

from __future__ import annotations

import re
import string
import unicodedata
from collections.abc import Mapping
from typing import Any

from bot.core.errors import hint
from bot.core.model import Numbering

FORM = "{n}/{total}"
OFF = Numbering(form="")
PLACES = ("start", "end")


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


def mark(n: int, total: int, style: Numbering) -> str:
    """The number of a post; empty where it has none. A thread of one post has no number."""
    return "" if total == 1 or n < style.since else style.form.format(n=n, total=total)


def numbered(text: str, n: int, total: int, style: Numbering) -> str:
    """The text with its number."""
    number = mark(n, total, style)
    return " ".join(filter(None, (number, text) if style.place == "start" else (text, number)))
