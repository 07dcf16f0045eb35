"""Pure. What must not stand in a message: secrets, however they come back from a server, and what a terminal would obey."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable
from urllib.parse import quote, quote_plus

# What a terminal or a database would stumble over: escape sequences, controls, turns of direction, halves of characters.
CONTROLS = re.compile(
    "(?:\x1b\\[[0-?]*[ -/]*[@-~]|[\x00-\x20\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff])+"
)


def disguised(secrets: Iterable[str]) -> re.Pattern[str]:
    """A pattern that finds these, however they were escaped on their way through a server; the longest first."""
    found = ("".join(map(_forms, secret)) for secret in sorted(secrets, key=len, reverse=True))
    return re.compile("|".join(found) or "(?!)", re.IGNORECASE)


def _forms(character: str) -> str:
    if re.fullmatch(r"[A-Za-z0-9._~-]", character):
        return re.escape(character)  # which nobody escapes
    raw = character.encode("utf-8", "surrogatepass")
    forms = {
        character,
        f"\\{character}",
        f"&#{ord(character)};",
        html.escape(character),
        json.dumps(character)[1:-1],
        quote(raw, safe=""),
        quote_plus(raw),
        repr(raw)[2:-1],
    }
    return f"(?:{'|'.join(map(re.escape, sorted(forms, key=len, reverse=True)))})"
