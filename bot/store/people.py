"""Who somebody is on each network, from the config's `[people]`."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from urllib.parse import urlsplit

from bot.core.model import Person
from bot.store.faults import Faults, Table

NAME = re.compile(r"[A-Za-z0-9_-]+")  # as it stands after the @ of a draft
LABEL = "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
HOST = rf"({LABEL}\.)+[A-Za-z]({LABEL})?"
# What a handle looks like where we know it, and an example. A third party's network takes any text without white space.
HANDLES: Mapping[str, tuple[re.Pattern[str], str]] = {
    "bluesky": (re.compile(HOST), "afp.com"),
    "mastodon": (re.compile(rf"\w+([.-]+\w+)*@{HOST}(:\d+)?", re.ASCII), "afp@mastodon.social"),
    "x": (re.compile("[A-Za-z0-9_]{1,15}"), "AFP"),
}
OTHER = (re.compile(r"[^\s@]\S*"), "afp")


def people(table: Table, networks: Collection[str], faults: Faults) -> dict[str, Person]:
    """Everybody in `[people]` by the name that drafts call them; two names differ in more than capitals."""
    found: dict[str, Person] = {}
    for name in table:
        where = f"people.{name}"
        if not NAME.fullmatch(name):
            faults.add(where, "letters, digits, _ and - make the name of a person: [people.afp]")
        elif twin := next((each for each in found if each.lower() == name.lower()), ""):
            faults.add(where, f"stands here a second time, as “{twin}” – remove one")
        else:
            found[name] = _person(where, faults.table("people", table, name), networks, faults)
    return found


def _person(where: str, table: Table, networks: Collection[str], faults: Faults) -> Person:
    faults.known(where, table, ("name", "url", *networks))
    name, url = table.get("name"), table.get("url", "")
    if not (isinstance(name, str) and name.strip() and name.isprintable()):
        faults.add(f"{where}.name", 'the name as readers know it is wanted, such as "Agence France-Presse"')
    if url != "" and not _is_page(url):
        faults.add(f"{where}.url", "the address of their page is wanted, such as https://example.org/afp")
    handles = {
        network: _handle(f"{where}.{network}", network, table[network], faults) for network in networks if network in table
    }
    return Person(str(name).strip(), str(url), handles)


def _handle(key: str, network: str, value: object, faults: Faults) -> str:
    form, example = HANDLES.get(network, OTHER)
    handle = value.removeprefix("@") if isinstance(value, str) else ""
    if not (form.fullmatch(handle) and handle.isprintable()):
        faults.add(key, f'their handle on this network is wanted, such as "{example}"')
    return handle


def _is_page(value: object) -> bool:
    if not isinstance(value, str) or not value.isprintable() or re.search(r"\s", value):
        return False
    try:
        url = urlsplit(value)
        _ = url.port
    except ValueError:
        return False
    return url.scheme in ("http", "https") and bool(url.hostname) and "@" not in url.netloc
