"""Mastodon: its limits and settings, so that a thread can be previewed. Publishing to it is not built yet.

Source of the limits: mastodon/mastodon, app/validators/status_length_validator.rb and the stock instance configuration.
"""

from __future__ import annotations

from bot.core.model import Account, Facts, Setting
from bot.core.rules import Rules
from bot.networks.base import Memory, Network

MASTODON = Rules(
    dialect="mastodon",
    length=500,  # characters; many instances allow more
    pictures=4,
    picture_bytes=16_777_216,
    picture_pixels=33_177_600,
    picture_types=("image/png", "image/jpeg", "image/webp"),
    alt_length=1500,
    content_warning=True,
    source="a stock instance's GET /api/v2/instance (mastodon/documentation @2903485)",
)


def facts(account: Account, _handles: frozenset[str], _memory: Memory) -> Facts:
    """What is assumed while instances are not asked."""
    said = f"{account.name}: the limits of {account.settings['server']} were not asked – {MASTODON.length} characters assumed"
    return Facts(assumed=(said,))


NETWORK = Network(
    name="mastodon",
    rules=MASTODON,
    settings=(Setting("server", "server"), Setting("token", "secret")),
    destination=lambda account: account.settings["server"],
    facts=facts,
    connect=None,
)
