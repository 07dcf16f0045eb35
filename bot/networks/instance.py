"""The limits of a server that speaks Mastodon's API, as it names them itself: asked before composing, kept for a day.

Source: mastodon/documentation @2903485, entities/Instance and entities/V1_Instance. What a server says is only believed within
bounds, and a server that is not surely a Mastodon is counted for with care.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from bot.core.errors import NetworkError, Transient
from bot.core.model import Account, Facts
from bot.core.rules import Rules
from bot.core.text import LINK_COST
from bot.networks.base import Memory

if TYPE_CHECKING:
    from bot.networks.wire import Answer, Wire

FRESH = timedelta(days=1)
QUICK = 5.0  # seconds that a question may take: a preview waits for it

# A limit of ours: where it stands in a server's configuration, and what is believed of it.
LIMITS: Mapping[str, tuple[str, str, range]] = {
    "length": ("statuses", "max_characters", range(50, 1_000_001)),
    "pictures": ("statuses", "max_media_attachments", range(1, 33)),
    "picture_bytes": ("media_attachments", "image_size_limit", range(100_000, 1_000_000_001)),
    "picture_pixels": ("media_attachments", "image_matrix_limit", range(100_000, 2**31)),
    "alt_length": ("media_attachments", "description_limit", range(100, 1_000_001)),
}
# "4.5.0-nightly.2025-07-11", "4.3.0+glitch"; not "2.7.2 (compatible; Pleroma 2.6.50)", nor GoToSocial's "0.20.0".
_VERSION = re.compile(r"[1-9][0-9]?\.[0-9]+\.[0-9]+[0-9A-Za-z.+_-]*")


def facts(account: Account, stock: Rules, memory: Memory, connect: Callable[[], Wire]) -> Facts:
    """A server's limits in the place of the stock ones; where it does not answer, those of last time, however old. It is only
    connected to where nothing fresh is known."""
    server = account.settings["server"]
    name, now = f"limits of {server}", datetime.now(UTC)
    kept, at = memory.get(name) or ({}, now)
    if kept and abs(now - at) < FRESH:
        return Facts(rules=_rules(kept, stock, server))
    try:
        with closing(connect()) as wire:
            found = _asked(wire)
    except NetworkError as error:
        if kept:
            old = f"{account.name}: limits of {server} as of {_age(now - at)} ago, it does not answer now"
            return Facts(rules=_rules(kept, stock, server), warnings=(old,))
        return Facts(assumed=(f"{error} – {stock.length} characters are assumed",))
    memory.put(name, found)
    unsaid = f"{account.name}: {server} does not say how long a post may be – {stock.length} characters are taken"
    return Facts(rules=_rules(found, stock, server), warnings=() if "length" in found else (unsaid,))


def _asked(wire: Wire) -> dict[str, Any]:
    """What a server says of itself, as far as it is believed. Raises NetworkError."""
    newer = wire.call("GET", "/api/v2/instance")
    answer = newer if _configured(newer) else wire.call("GET", "/api/v1/instance")
    if answer.status in (401, 403):  # in limited federation mode it is said to its own people only
        return _believed({})
    if not (answer.fine and answer.body):
        raise Transient(f"{wire.account}: {wire.base} does not say its limits: {wire.said(answer)}")
    return _believed(answer.body)


def _configured(answer: Answer) -> bool:
    return answer.fine and isinstance(answer.body.get("configuration"), dict)


def _believed(body: Mapping[str, Any]) -> dict[str, Any]:
    """What is kept: the limits that are whole numbers within their bounds, the kinds of pictures, and how to count."""
    found: dict[str, Any] = {name: _at(body, *place) for name, (*place, _) in LIMITS.items()}
    found["picture_types"] = _at(body, "media_attachments", "supported_mime_types")
    surely = isinstance(version := body.get("version"), str) and _VERSION.fullmatch(version)
    cost = _at(body, "statuses", "characters_reserved_per_url")
    found["dialect"] = "mastodon" if surely and cost in (None, LINK_COST) else "fediverse"
    return _sane(found)


def _at(body: Mapping[str, Any], part: str, name: str) -> Any:
    configuration = body.get("configuration")
    section = configuration.get(part) if isinstance(configuration, dict) else None
    return section.get(name) if isinstance(section, dict) else None


def _sane(found: Mapping[str, Any]) -> dict[str, Any]:
    """Of limits that were said, or kept in a file that anybody may edit, those that can be used."""
    sane = {name: found.get(name) for name, (*_, bounds) in LIMITS.items() if _is_within(found.get(name), bounds)}
    types = found.get("picture_types")
    return {
        **sane,
        "dialect": "mastodon" if found.get("dialect") == "mastodon" else "fediverse",
        "picture_types": [each for each in types if isinstance(each, str)][:100] if isinstance(types, list) else [],
    }


def _is_within(value: Any, bounds: range) -> bool:
    return type(value) is int and value in bounds  # True is an int, too


def _rules(found: Mapping[str, Any], stock: Rules, server: str) -> Rules:
    limits = _sane(found)
    said = limits.pop("picture_types")
    types = tuple(each for each in stock.picture_types if each in said) or stock.picture_types
    return replace(stock, **limits, picture_types=types, source=f"what {server} says of itself (entities/Instance)")


def _age(age: timedelta) -> str:
    days = age.days
    return f"{days} days" if days > 1 else f"{max(int(age.total_seconds() // 3600), 1)} hours"
