"""The config as its operator wrote it, checked as a whole: every fault at once, each with its key.

Secrets are never in it: `password = "env:SKY_PASSWORD"` says where one is, and it is read when a driver signs in.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import platformdirs

from bot.core.errors import ConfigError, KeyFault, Unauthorized, hint
from bot.core.hosts import is_loopback
from bot.core.model import Account, Numbering, Setting
from bot.core.moment import MomentError, zone
from bot.core.number import FORM, OFF, NumberingError, numbering

SQLITE = "sqlite:///"
# The name of a variable in its strict sense: a secret written after `env:` by mistake rarely has that shape.
REFERENCE = re.compile(r"env:[A-Za-z_][A-Za-z0-9_]*|file:.*\S.*")
UNFIT_FOR_AN_ADDRESS = re.compile(r"[\s@?#\\]")  # also credentials, which belong into no address
Table = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Config:
    """A checked config. `accounts` keeps the order of the file; `timezone` is None where the operator named none."""

    path: Path
    timezone: ZoneInfo | None
    database: Path
    defaults: tuple[str, ...]
    numbering: Numbering
    accounts: Mapping[str, Account]


def load(path: Path, networks: Mapping[str, tuple[Setting, ...]]) -> Config:
    """The config in a file; `networks` are the settings of each installed network. Raises ConfigError with every fault."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise ConfigError(KeyFault(str(path), "", "there is no such file – threadbot init writes one")) from None
    except (OSError, ValueError, RecursionError) as error:  # tomllib also raises the last two, for numbers and nests too long
        raise ConfigError(KeyFault(str(path), "", f"not a TOML file that can be read: {error}")) from None
    reader = _Reader(path, networks)
    config = reader.config(table)
    if reader.faults:
        raise ConfigError(*reader.faults)
    return config


def state_folder() -> Path:
    """Where a user's databases live by default."""
    return Path(platformdirs.user_state_dir("threadbot"))


class _Reader:
    """Reads tables key by key, and remembers what was wrong."""

    def __init__(self, path: Path, networks: Mapping[str, tuple[Setting, ...]]) -> None:
        self.path, self.networks = path, networks
        self.faults: list[KeyFault] = []

    def config(self, table: Table) -> Config:
        self._known("", table, ("timezone", "database", "defaults", "accounts"))
        timezone, database = self._timezone(table), self._database(table)
        defaults, accounts = self._table(table, "defaults"), self._table(table, "accounts")
        self._known("defaults", defaults, ("accounts", "numbering"))
        return Config(
            path=self.path,
            timezone=timezone,
            database=database,
            defaults=self._defaults(defaults, accounts),
            numbering=self._numbering(defaults),
            accounts={name: account for name in accounts if (account := self._account(name, accounts))},
        )

    def _fault(self, key: str, message: str) -> None:
        self.faults.append(KeyFault(str(self.path), key, message))

    def _known(self, where: str, table: Table, names: Iterable[str]) -> None:
        for name in table:
            if name not in names:
                self._fault(f"{where}.{name}".lstrip("."), f"unknown key – {hint(name, names)}")

    def _table(self, table: Table, name: str) -> Table:
        value = table.get(name, {})
        if isinstance(value, dict):
            return value
        self._fault(name, f"a table is wanted: [{name}]")
        return {}

    def _timezone(self, table: Table) -> ZoneInfo | None:
        name = table.get("timezone")
        if name is None:
            return None
        try:
            return zone(str(name))
        except MomentError as error:
            self._fault("timezone", str(error))
            return None

    def _database(self, table: Table) -> Path:
        if "database" not in table:
            return state_folder() / "threadbot.db"
        url = str(table["database"])  # it is never shown: other databases have passwords in their addresses
        file = url.removeprefix(SQLITE)
        try:
            if not file or file == url or not file.isprintable():
                raise ValueError
            return self._beside(file)
        except ValueError:
            self._fault("database", 'write "sqlite:///threadbot.db" (beside this file) or "sqlite:////full/path.db"')
            return self.path

    def _defaults(self, table: Table, accounts: Table) -> tuple[str, ...]:
        names = table.get("accounts", list(accounts))
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            self._fault("defaults.accounts", 'a list is wanted: ["blog", "sky"]')
            return ()
        for name in names:
            if name not in accounts:
                self._fault("defaults.accounts", f"there is no account “{name}” – {hint(name, accounts)}")
        return tuple(dict.fromkeys(names))

    def _numbering(self, table: Table) -> Numbering:
        try:
            return numbering(table.get("numbering", FORM))
        except NumberingError as error:
            self._fault("defaults.numbering", str(error))
            return OFF

    def _account(self, name: str, accounts: Table) -> Account | None:
        where, table = f"accounts.{name}", accounts[name]
        if not name.isprintable() or not name.strip():
            self._fault(where, "the name of an account is wanted: [accounts.blog]")
        if not isinstance(table, dict):
            self._fault(where, f"a table is wanted: [{where}]")
            return None
        network = str(table.get("network", ""))
        if network not in self.networks:
            said = f"there is no network “{network}”" if network else "is missing"
            self._fault(f"{where}.network", f"{said} – {hint(network, self.networks)}")
            return None
        settings = self.networks[network]
        self._known(where, table, ("network", *(setting.name for setting in settings)))
        plain: dict[str, str] = {}
        secrets: dict[str, Callable[[], str]] = {}
        for setting in settings:
            value = self._setting(f"{where}.{setting.name}", setting, table)
            if setting.kind == "secret":
                secrets[setting.name] = self._secret(f"{where}.{setting.name}", value)
            else:
                plain[setting.name] = value
        return Account(name, network, plain, secrets)

    def _setting(self, key: str, setting: Setting, table: Table) -> str:
        value = table.get(setting.name, setting.default)
        if value is None:
            self._fault(key, f"is missing – {WANTED[setting.kind]}")
            return ""
        if not isinstance(value, str) or not value.isprintable() or (not value and setting.default is None):
            self._fault(key, WANTED[setting.kind])
            return ""
        try:
            if value and not CHECKS[setting.kind](value):
                raise ValueError
            return str(self._beside(value)) if setting.kind == "folder" else value.rstrip("/") if "://" in value else value
        except ValueError:
            self._fault(key, WANTED[setting.kind])  # never the value: somebody may have written a secret
            return ""

    def _beside(self, path: str) -> Path:
        """A path relative to the config. Raises ValueError for one that leads nowhere."""
        try:
            return (self.path.parent / Path(path).expanduser()).resolve()
        except (OSError, RuntimeError):  # ~somebody who is not on this machine, links in a circle
            raise ValueError(path) from None

    def _secret(self, key: str, reference: str) -> Callable[[], str]:
        source, _, name = reference.partition(":")
        where = f"{self.path}: {key}"

        def read() -> str:
            try:
                secret = os.environ.get(name, "") if source == "env" else self._beside(name).read_text(encoding="utf-8")
            except (OSError, ValueError) as error:
                raise Unauthorized(f"{where}: the file {name} cannot be read: {type(error).__name__}") from None
            if not secret.strip():
                raise Unauthorized(f"{where}: {reference} is empty – set it, and start again")
            return secret.strip()

        return read


def _is_server(value: str) -> bool:
    url = urlsplit(value)
    return _is_url(value) and url.path in ("", "/") and (url.scheme == "https" or is_loopback(url.hostname))


def _is_url(value: str) -> bool:
    """Whether something can be appended to this address. Raises ValueError for what is no port or no IPv6 address."""
    url = urlsplit(value)
    _ = url.port
    return url.scheme in ("http", "https") and bool(url.hostname) and not UNFIT_FOR_AN_ADDRESS.search(value)


def _is_reference(value: str) -> bool:
    return bool(REFERENCE.fullmatch(value))


CHECKS: dict[str, Callable[[str], bool]] = {
    "text": lambda value: not value.isspace(),
    "folder": bool,
    "server": _is_server,
    "url": _is_url,
    "secret": _is_reference,
}
WANTED = {
    "text": "a text is wanted",
    "folder": "a folder is wanted, relative to this file",
    "server": "the address of a server is wanted, such as https://example.org (http only on this machine)",
    "url": "an address is wanted, such as https://example.org/threads",
    "secret": 'a reference to the secret is wanted, such as "env:SKY_PASSWORD" or "file:sky.key", never the secret itself',
}
