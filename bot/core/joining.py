"""Pure. Characters that may be one grapheme across white space: a mark behind a space is one with it."""

from __future__ import annotations

from functools import cache

import regex

PLAIN = "\u02ff"  # up to here nothing joins
_EXTENDS = regex.compile(r"[\p{GCB=Extend}\p{GCB=ZWJ}\p{GCB=SpacingMark}]")
_PREPENDS = regex.compile(r"\p{GCB=Prepend}")


@cache
def extends(character: str) -> bool:
    """Whether a character is one grapheme with what stands before it."""
    return bool(_EXTENDS.match(character))


@cache
def prepends(character: str) -> bool:
    """Whether a character is one grapheme with what stands behind it."""
    return bool(_PREPENDS.match(character))


def joined(text: str, end: int, start: int) -> bool:
    """Whether a break there would part a grapheme."""
    before, after = text[end - 1], text[start]
    return (after > PLAIN and extends(after)) or (before > PLAIN and prepends(before))
