"""Pure. A TOML file is read key by key, and all its faults are told at once, each with its place."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

from bot.core.errors import Fault, hint
from bot.core.model import Span
from bot.media.maps.data.standing import Path, nearest, standing
from bot.media.maps.data.texts import clean, quoted

T = TypeVar("T")
MOST = 1_000_000  # characters of a file
SPOT = re.compile(r"(.*?) \(at (?:line (\d+), column (\d+)|end of document)\)", re.DOTALL)


class Desk:
    """Where one file is read: its values, its places, and the faults found so far. `first` is the line of the file at which
    the text begins."""

    def __init__(self, source: str, path: str, first: int) -> None:
        self.path, self.first = path, first
        self.faults: list[Fault] = []
        self.spans: Mapping[Path, Span] = {}
        self.values = self._parsed(source)
        if self.values:
            self.spans = standing(source)

    def fault(self, key: Path, message: str) -> None:
        """Notes what is wrong at a key, or at what holds it."""
        self._note(nearest(self.spans, key), message)

    def line(self, key: Path) -> int:
        """The line of the file at which a key stands."""
        return nearest(self.spans, key).line + self.first - 1

    def _parsed(self, source: str) -> dict[str, Any]:
        if len(source) > MOST:
            self._note(Span(1, 1), f"longer than {MOST} characters – put the places into a GeoJSON file")
            return {}
        try:
            return tomllib.loads(source)
        except RecursionError:
            self._note(Span(1, 1), "lists within lists without end – write one `key = value` a line")
        except ValueError as problem:  # among them numbers of thousands of digits
            self._note(*_explained(str(problem), source))
        return {}

    def _note(self, span: Span, message: str) -> None:
        self.faults.append(Fault(self.path, span.line + self.first - 1, span.column, message))


class Table:
    """A table of the file: each key is asked for once, `close` tells of those that nobody knows."""

    def __init__(self, desk: Desk, values: Mapping[str, Any], path: Path = ()) -> None:
        self.desk, self.values, self.path = desk, values, path
        self.known: list[str] = []

    def take(self, key: str, check: Callable[[Any], T], default: T) -> T:
        """The value of a key, as `check` understands it; the default, if it is not there or cannot be understood."""
        self.known.append(key)
        if key not in self.values:
            return default
        try:
            return check(self.values[key])
        except ValueError as problem:
            self.fault(key, f"{key}: {problem}")
            return default

    def need(self, key: str, check: Callable[[Any], T], default: T, advice: str) -> T:
        """As `take`, of a key that must be there."""
        if key not in self.values:
            self.desk.fault(self.path, f"no {key} – {advice}")
        return self.take(key, check, default)

    def table(self, key: str) -> Table | None:
        """The table of that name, if there is one."""
        self.known.append(key)
        value = self.values.get(key, {})
        if not isinstance(value, dict):
            self.fault(key, f"{key}: {quoted(value)} is not a table – write [{key}] on a line of its own, its keys below")
        elif key in self.values:
            return Table(self.desk, value, (*self.path, key))
        return None

    def tables(self, key: str) -> Iterator[Table]:
        """The tables of that name, in their order."""
        self.known.append(key)
        value = self.values.get(key, [])
        if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
            name = ".".join(str(part) for part in (*self.path, key) if isinstance(part, str))
            self.fault(key, f"{key}: not a list of tables – write [[{name}]] on a line of its own, its keys below")
            return
        for index, each in enumerate(value):
            yield Table(self.desk, each, (*self.path, key, index))

    def has(self, *keys: str) -> tuple[str, ...]:
        """Those of the keys that are there."""
        return tuple(key for key in keys if key in self.values)

    def fault(self, key: str, message: str) -> None:
        self.desk.fault((*self.path, key), message)

    def close(self) -> None:
        """Each key that was not asked for is a fault."""
        for key in self.values:
            if key not in self.known:
                self.fault(key, f"unknown key {quoted(key)} – {hint(clean(key), self.known)}")


def _explained(problem: str, source: str) -> tuple[Span, str]:
    """Where the library stumbled, and over what."""
    found = SPOT.fullmatch(problem)
    what, line, column = found.groups() if found else (problem, "1", "1")
    span = Span(int(line), int(column)) if line else Span(source.count("\n") + 1, 1)
    return span, f"not TOML: {clean(what)} – put texts between quotes, one `key = value` a line"
