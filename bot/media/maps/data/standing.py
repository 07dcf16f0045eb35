"""Pure. Where each key of a TOML file stands, since the library that reads it does not say."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from bot.core.model import Span

Path = tuple[str | int, ...]  # ("layer", 0, "class", 2, "value")

PART = r"""(?:[A-Za-z0-9_-]+|"(?:\\.|[^"\\\n])*"|'[^'\n]*')"""
KEY = rf"{PART}(?:[ \t]*\.[ \t]*{PART})*"
STATEMENT = re.compile(rf"(?P<header>\[\[?)[ \t]*(?P<table>{KEY})|(?P<key>{KEY})[ \t]*=")
TOKEN = re.compile(
    r'''"""(?:\\.|[^\\])*?"{3,5}|\'\'\'.*?'{3,5}|"(?:\\.|[^"\\\n])*"|'[^'\n]*'|\#[^\n]*|[^\n"'\#\[\]{}]+|.''',
    re.DOTALL,
)


def standing(source: str) -> Mapping[Path, Span]:
    """The place of each key and table of a text that is TOML, by the path to it; lines and columns from 1. What stands within
    braces has no place of its own."""
    found: dict[Path, Span] = {}
    last: dict[Path, int] = {}  # of each array of tables, the table that is being filled
    table: Path = ()
    for span, statement in _statements(source):
        if statement["header"]:
            table = _opened(_parts(statement["table"]), statement["header"] == "[[", last)
            found.setdefault(table, span)
        else:
            found.setdefault(table + _parts(statement["key"]), span)
    return found


def nearest(found: Mapping[Path, Span], path: Path) -> Span:
    """Where a key stands, or what holds it; the first line of the text, if nothing does."""
    while path and path not in found:
        path = path[:-1]
    return found.get(path, Span(1, 1))


def _statements(source: str) -> Iterator[tuple[Span, re.Match[str]]]:
    """Each header, and each key with its equals sign, wherever one begins: not in a value, a string or a comment."""
    depth, fresh, line, start = 0, True, 1, 0
    for token in TOKEN.finditer(source):
        text = token[0]
        if fresh and text.strip() and text[0] != "#":
            offset = token.end() - len(text.lstrip())
            if statement := STATEMENT.match(source, offset):
                yield Span(line, offset - start + 1), statement
            fresh = False
        depth += (text in "[{") - (text in "]}")
        if "\n" in text:
            line, start = line + text.count("\n"), token.start() + text.rindex("\n") + 1
            fresh = fresh or (text == "\n" and depth == 0)


def _opened(parts: Path, another: bool, last: dict[Path, int]) -> Path:
    """The path to a header's table: through arrays by way of their last table, in its own array behind it."""
    path: Path = ()
    for number, part in enumerate(parts, start=1):
        path += (part,)
        if another and number == len(parts):
            last[path] = last.get(path, -1) + 1
        if path in last:
            path += (last[path],)
    return path


def _parts(key: str) -> Path:
    return tuple(part.strip("\"'") for part in re.findall(PART, key))
