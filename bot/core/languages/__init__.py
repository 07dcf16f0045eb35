"""Pure. What a language says of its sentences, as data: one file per language, read when the language is first asked for."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from importlib import import_module
from importlib.util import find_spec

from bot.core.languages import neutral
from bot.core.languages.language import Language

_PRIMARY = re.compile(r"[a-z]{2,3}(?![^-_])")  # modules of two or three letters are languages, and nothing else is


@cache
def language(code: str) -> Language:
    """The rules of a language by its BCP 47 code: the first subtag decides. A language without a file gets neutral rules."""
    primary = _PRIMARY.match(code.lower())
    if not primary:
        return neutral.LANGUAGE
    name = f"{__name__}.{primary[0]}"
    if not find_spec(name):
        return replace(neutral.LANGUAGE, code=primary[0])
    rules: Language = import_module(name).LANGUAGE
    return rules
