"""Link cards: what a page says of itself is read once, before composing, and kept for a day; so what goes out is what was
previewed.

A page that cannot be read, or says nothing, gives a warning and no card.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from bot.core.errors import NetworkError
from bot.core.model import Card, Picture
from bot.core.rules import Rules
from bot.media.fit import Fitted, fit
from bot.media.unfit import Unfit
from bot.networks.base import Memory

if TYPE_CHECKING:
    from bot.networks.outside import Outside

DAY = timedelta(days=1)
ABREAST = 8  # pages that are read at once
PAGES, PICTURES = ("text/html", "application/xhtml+xml"), ("image/png", "image/jpeg", "image/webp", "image/gif")
PAGE, PICTURE = 600_000, 10_000_000  # bytes of a page that are read, and the most of its picture
THUMBNAIL, PIXELS = 1_000_000, 1_500_000  # bytes that are sent (app.bsky.embed.external), and pixels: it is shown small


@dataclass(frozen=True, slots=True)
class Cards:
    """Cards by the address of their page, the bytes of their pictures by sha256, and what could not be read."""

    cards: Mapping[str, Card]
    pictures: Mapping[str, bytes]
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Read:
    """A card with the bytes of its picture (empty: none); or no card, and why."""

    card: Card | None
    data: bytes = b""
    warning: str = ""


def read_cards(urls: Sequence[str], rules: Rules, memory: Memory, outside: Outside | None = None) -> Cards:
    """The cards of these pages, as a network with such rules takes them. `outside` is for tests."""
    from bot.networks.outside import Outside  # httpx takes longer to import than a preview takes to print

    fitting = replace(rules, picture_bytes=min(rules.picture_bytes or THUMBNAIL, THUMBNAIL), picture_pixels=PIXELS)
    world = outside or Outside()
    with ThreadPoolExecutor(ABREAST) as pool:
        read = list(pool.map(lambda url: _read(url, fitting, memory, world), dict.fromkeys(urls)))
    cards = [(each.card, each.data) for each in read if each.card]
    pictures = {card.picture.sha256: data for card, data in cards if card.picture}
    return Cards({card.url: card for card, _ in cards}, pictures, tuple(each.warning for each in read if each.warning))


def _read(url: str, rules: Rules, memory: Memory, outside: Outside) -> _Read:
    name = f"card of {url}, {' '.join(rules.picture_types)} up to {rules.picture_bytes} bytes"
    if kept := _kept(name, memory):
        return kept
    try:
        read = _asked(url, rules, outside)
    except NetworkError as error:
        return _Read(None, warning=f"no card for {error}")
    if read.card:
        memory.put(name, {**asdict(read), "data": base64.b64encode(read.data).decode()})
    return read


def _kept(name: str, memory: Memory) -> _Read | None:
    value, at = memory.get(name) or ({}, datetime.min.replace(tzinfo=UTC))
    if datetime.now(UTC) - at >= DAY:
        return None
    with suppress(LookupError, TypeError, ValueError, AttributeError):  # a file of the cache that somebody edited
        read = _Read(_card(value["card"]), base64.b64decode(value["data"]), str(value["warning"]))
        return read if _whole(read) else None
    return None


def _whole(read: _Read) -> bool:
    """Whether the bytes are those of the card's picture."""
    picture = read.card and read.card.picture
    return hashlib.sha256(read.data).hexdigest() == picture.sha256 if picture else not read.data


def _card(value: Mapping[str, Any]) -> Card:
    return Card(**{**value, "picture": Picture(**value["picture"]) if value["picture"] else None})


def _asked(url: str, rules: Rules, outside: Outside) -> _Read:
    from bot.networks.webpage import described

    found = outside.fetch(url, PAGES, PAGE, cut=True)
    said = described(found.content, found.charset, found.url)
    if not said.title:
        return _Read(None, warning=f"no card for {url}: the page has no title")
    card = Card(url, said.title, said.description)
    if not said.picture:
        return _Read(card)
    try:
        thumbnail = _thumbnail(said.picture, rules, outside)
    except (NetworkError, Unfit) as error:
        return _Read(card, warning=f"the card for {url} has no picture: {error}")
    return _Read(replace(card, picture=thumbnail.picture), thumbnail.data)


def _thumbnail(url: str, rules: Rules, outside: Outside) -> Fitted:
    return fit(outside.fetch(url, PICTURES, PICTURE).content, "", rules)
