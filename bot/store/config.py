"""The config as its operator wrote it, checked as a whole: every fault at once, each with its key.

Secrets are never in it: `password = "env:SKY_PASSWORD"` says where one is, and it is read when a driver signs in.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

import platformdirs

from bot.core.errors import ConfigError, KeyFault, hint
from bot.core.model import Account, Numbering, Person
from bot.core.moment import MomentError, zone
from bot.core.number import FORM, OFF, NumberingError, numbering
from bot.store.accounts import Networks, account
from bot.store.faults import Faults, Table, beside
from bot.store.people import people

SQLITE = "sqlite:///"


@dataclass(frozen=True, slots=True)
class Config:
    """A checked config. `accounts` keeps the order of the file; `timezone` is None where the operator named none; `people` are
    by the names that drafts call them, which differ in more than capitals; `alt_text` says what a picture without one is."""

    path: Path
    timezone: ZoneInfo | None
    database: Path
    defaults: tuple[str, ...]
    numbering: Numbering
    accounts: Mapping[str, Account]
    people: Mapping[str, Person] = field(default_factory=dict)
    alt_text: Literal["error", "warning"] = "error"


def load(path: Path, networks: Networks) -> Config:
    """The config in a file; `networks` are the settings of each installed network. Raises ConfigError with every fault."""
    faults = Faults(path)
    config = _config(_table(path), path, networks, faults)
    faults.tell()
    return config


def state_folder() -> Path:
    """Where a user's databases live by default."""
    return Path(platformdirs.user_state_dir("threadbot"))


def _table(path: Path) -> Table:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"), parse_float=Decimal)
    except FileNotFoundError:
        raise ConfigError(KeyFault(str(path), "", "there is no such file – threadbot init writes a config.toml")) from None
    except (OSError, ValueError, ArithmeticError, RecursionError) as error:  # the last three: numbers and nests too long
        raise ConfigError(KeyFault(str(path), "", f"not a TOML file that can be read: {error}")) from None


def _config(table: Table, path: Path, networks: Networks, faults: Faults) -> Config:
    faults.known("", table, ("timezone", "database", "defaults", "accounts", "people"))
    timezone, database = _timezone(table, faults), _database(table, faults)
    defaults, accounts = faults.table("", table, "defaults"), faults.table("", table, "accounts")
    faults.known("defaults", defaults, ("accounts", "numbering", "alt_text"))
    return Config(
        path=path,
        timezone=timezone,
        database=database,
        defaults=_defaults(defaults, accounts, faults),
        numbering=_numbering(defaults, faults),
        accounts={name: made for name in accounts if (made := account(name, accounts, networks, faults))},
        people=people(faults.table("", table, "people"), networks, faults),
        alt_text=_alt_text(defaults, faults),
    )


def _timezone(table: Table, faults: Faults) -> ZoneInfo | None:
    name = table.get("timezone")
    if name is None:
        return None
    try:
        return zone(str(name))
    except MomentError as error:
        faults.add("timezone", str(error))
        return None


def _database(table: Table, faults: Faults) -> Path:
    if "database" not in table:
        return state_folder() / "threadbot.db"
    url = str(table["database"])  # it is never shown: other databases have passwords in their addresses
    file = url.removeprefix(SQLITE)
    try:
        if not file or file == url or not file.isprintable():
            raise ValueError
        return beside(faults.path, file)
    except ValueError:
        faults.add("database", 'write "sqlite:///threadbot.db" (beside this file) or "sqlite:////full/path.db"')
        return faults.path


def _defaults(table: Table, accounts: Table, faults: Faults) -> tuple[str, ...]:
    names = table.get("accounts", list(accounts))
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        faults.add("defaults.accounts", 'a list is wanted: ["blog", "sky"]')
        return ()
    for name in names:
        if name not in accounts:
            faults.add("defaults.accounts", f"there is no account “{name}” – {hint(name, accounts)}")
    return tuple(dict.fromkeys(names))


def _numbering(table: Table, faults: Faults) -> Numbering:
    try:
        return numbering(table.get("numbering", FORM))
    except NumberingError as error:
        faults.add("defaults.numbering", str(error))
        return OFF


def _alt_text(table: Table, faults: Faults) -> Literal["error", "warning"]:
    value = table.get("alt_text", "error")
    if value not in ("error", "warning"):
        faults.add("defaults.alt_text", 'write "error" (no picture goes out without a description) or "warning"')
    return "warning" if value == "warning" else "error"
