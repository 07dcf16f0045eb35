"""What is wrong with a config, collected key by key: its operator mends everything at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from bot.core.errors import ConfigError, KeyFault, hint

Table = Mapping[str, Any]


class Faults:
    """The faults of one file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._found: list[KeyFault] = []

    def add(self, key: str, message: str) -> None:
        """Say it of a key. Never with its value: somebody may have written a secret."""
        self._found.append(KeyFault(str(self.path), key, message))

    def known(self, where: str, table: Table, names: Iterable[str]) -> None:
        """Keys that a table may not have."""
        for name in table:
            if name not in names:
                self.add(f"{where}.{name}".lstrip("."), f"unknown key – {hint(name, names)}")

    def table(self, where: str, table: Table, name: str) -> Table:
        """A table within a table; empty where it is left out, or is something else."""
        value = table.get(name, {})
        if isinstance(value, dict):
            return value
        key = f"{where}.{name}".lstrip(".")
        self.add(key, f"a table is wanted: [{key}]")
        return {}

    def tell(self) -> None:
        """Raises ConfigError where something was found."""
        if self._found:
            raise ConfigError(*self._found)


def beside(file: Path, path: str) -> Path:
    """A path relative to a file. Raises ValueError for one that leads nowhere."""
    try:
        return (file.parent / Path(path).expanduser()).resolve()
    except (OSError, RuntimeError):  # ~somebody who is not on this machine, links in a circle
        raise ValueError(path) from None
