"""The accounts of a config: each key as its network declares it, checked."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from urllib.parse import urlsplit

from bot.core.errors import hint
from bot.core.hosts import is_loopback
from bot.core.model import Account, Setting
from bot.store.faults import Faults, Table, beside
from bot.store.secrets import WANTED as REFERENCE_WANTED
from bot.store.secrets import is_reference, reference

UNFIT_FOR_AN_ADDRESS = re.compile(r"[\s@?#\\]")  # also credentials, which belong into no address
DIGITS = 15  # before and after the point of a number
Networks = Mapping[str, tuple[Setting, ...]]  # the settings of each installed network


def account(name: str, accounts: Table, networks: Networks, faults: Faults) -> Account | None:
    """One account; None where nothing is known of it."""
    where = f"accounts.{name}"
    if not name.isprintable() or not name.strip():
        faults.add(where, "the name of an account is wanted: [accounts.blog]")
    if not isinstance(accounts[name], dict):
        faults.add(where, f"a table is wanted: [{where}]")
        return None
    table = accounts[name]
    network = str(table.get("network", ""))
    if network not in networks:
        said = f"there is no network “{network}”" if network else "is missing"
        faults.add(f"{where}.network", f"{said} – {hint(network, networks)}")
        return None
    faults.known(where, table, ("network", *(setting.name for setting in networks[network])))
    values = {each.name: _value(f"{where}.{each.name}", each, table, faults) for each in networks[network]}
    secret = {each.name for each in networks[network] if each.kind == "secret"}
    return Account(
        name,
        network,
        {name: value for name, value in values.items() if name not in secret},
        {name: reference(f"{where}.{name}", faults.path, value) for name, value in values.items() if name in secret and value},
    )


def _value(key: str, setting: Setting, table: Table, faults: Faults) -> str:
    """What a setting is; empty where it is left out or faulty."""
    value = table.get(setting.name, setting.default)
    if value is None:
        faults.add(key, f"is missing – {_wanted(setting)}")
        return ""
    if setting.name in table and setting.kind == "number":
        value = _number(value)
    if value == "" == setting.default:
        return ""
    try:
        if not isinstance(value, str) or not value.isprintable() or not _fits(setting, value):
            raise ValueError
        return str(beside(faults.path, value)) if setting.kind == "folder" else value.rstrip("/") if "://" in value else value
    except ValueError:
        faults.add(key, _wanted(setting))
        return ""


def _fits(setting: Setting, value: str) -> bool:
    return value in setting.choices if setting.choices else CHECKS[setting.kind](value)


def _wanted(setting: Setting) -> str:
    return f"one of these is wanted: {', '.join(setting.choices)}" if setting.choices else WANTED[setting.kind]


def _number(value: object) -> object:
    """A number of TOML as text, as it was written but for exponents."""
    if isinstance(value, Decimal) and abs(value.adjusted()) <= DIGITS:  # written out, 1e999999999 would fill the memory
        return f"{value:f}"
    return str(value) if isinstance(value, int) else None


def _is_number(value: str) -> bool:
    return bool(re.fullmatch(rf"[0-9]{{1,{DIGITS}}}(\.[0-9]{{1,{DIGITS}}})?", value))


def _is_server(value: str) -> bool:
    url = urlsplit(value)
    return _is_url(value) and url.path in ("", "/") and (url.scheme == "https" or is_loopback(url.hostname))


def _is_url(value: str) -> bool:
    """Whether something can be appended to this address. Raises ValueError for what is no port or no IPv6 address."""
    url = urlsplit(value)
    _ = url.port
    return url.scheme in ("http", "https") and bool(url.hostname) and not UNFIT_FOR_AN_ADDRESS.search(value)


CHECKS: Mapping[str, Callable[[str], bool]] = {
    "text": lambda value: bool(value.strip()),
    "folder": bool,
    "server": _is_server,
    "url": _is_url,
    "secret": is_reference,
    "number": _is_number,
}
WANTED: Mapping[str, str] = {
    "text": "a text is wanted",
    "folder": "a folder is wanted, relative to this file",
    "server": "the address of a server is wanted, such as https://example.org (http only on this machine)",
    "url": "an address is wanted, such as https://example.org/threads",
    "secret": REFERENCE_WANTED,
    "number": "a number is wanted, not below zero, such as 0.015",
}
