"""Pure. What a thread costs on X, by the prices of the config, in US dollars.

X charges more for a post with a link in its text, and each alt text is a call of its own (docs.x.com, pricing, August 2026).
"""

from __future__ import annotations

from decimal import Decimal

from bot.core.model import Account, Post, Setting, Thread
from bot.core.text import DIALECTS

SETTINGS = (
    Setting("price_post", "number", default="0.015"),
    Setting("price_link", "number", default="0.200"),  # for a post with a link, instead of price_post
    Setting("price_alt_text", "number", default="0.005"),
)


def price(account: Account, thread: Thread) -> Decimal:
    """What publishing a thread costs. A bare domain in the text counts as a link, as X makes it one."""
    posts = sum((_at(account, "price_link" if _has_link(post) else "price_post") for post in thread.posts), Decimal(0))
    described = sum(bool(picture.alt) for post in thread.posts for picture in post.pictures)
    return posts + described * _at(account, "price_alt_text")


def _has_link(post: Post) -> bool:
    return any(entity.kind == "link" for entity in DIALECTS["x"].entities(post.text))


def _at(account: Account, name: str) -> Decimal:
    return Decimal(account.settings[name])
