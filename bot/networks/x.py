"""X: its limits and settings, so that a thread can be previewed. Publishing to it is not built yet.

Source of the limits: twitter/twitter-text config/v3.json; docs.x.com, media best practices (August 2026).
"""

from __future__ import annotations

from bot.core.model import Setting
from bot.core.rules import Rules
from bot.networks.base import Network, asks_nothing

X = Rules(
    dialect="x",
    length=280,  # weighted characters
    pictures=4,
    picture_bytes=5_000_000,  # "5 MB": read as the smaller of its two meanings
    picture_types=("image/png", "image/jpeg", "image/webp"),
    alt_length=1000,
    source="twitter-text config v3; docs.x.com media best practices (xdevplatform/docs @2871328)",
)
SECRETS = ("consumer_key", "consumer_secret", "access_token", "access_token_secret")

NETWORK = Network(
    name="x",
    rules=X,
    settings=(Setting("handle"), *(Setting(name, "secret") for name in SECRETS)),
    destination=lambda account: f"x.com/{account.settings['handle']}",
    facts=asks_nothing,
    connect=None,
)
