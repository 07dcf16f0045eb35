"""What the tests of Bluesky share: accounts on a server, threads with pictures, and what was written there."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot.core.model import Account, Picture, Post, Thread
from bot.networks.bluesky import BLUESKY, NETWORK, Bluesky
from bot.testing.stage import Stage
from tests.servers import Person

DEFAULTS = {setting.name: setting.default for setting in NETWORK.settings if setting.kind != "secret" and setting.default}


def account_of(person: Person, server: str, password: str = "", **settings: str) -> Account:
    """An account as the config gives it, complete."""
    plain = {**DEFAULTS, "server": server, "handle": person.handle, **settings}
    return Account("sky", "bluesky", plain, {"password": lambda: password or person.password})


def opened(stage: Stage) -> Bluesky:
    """A driver as a new process would make it, signed in."""
    driver = stage.driver()
    assert isinstance(driver, Bluesky)
    return driver


def a_thread(count: int, **options: str) -> Thread:
    """A thread of so many short posts."""
    posts = [Post(n, count, f"Post {n}", 6, BLUESKY.length, BLUESKY.unit) for n in range(1, count + 1)]
    return Thread("sky", "bluesky", "me on a server", "loire", "A title", "fr", tuple(posts), options=options)


def with_post(thread: Thread, index: int, **changes: Any) -> Thread:
    """The same thread, with one post changed."""
    posts = [replace(post, **changes) if post.index == index else post for post in thread.posts]
    return replace(thread, posts=tuple(posts))


def drawn(stage: Stage, count: int) -> tuple[Picture, ...]:
    """So many pictures, each another."""
    return tuple(stage.shelf.drawn(f"Carte {number}") for number in range(count))
