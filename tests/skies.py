"""What the tests of Bluesky share: accounts on a server, threads with pictures, and what was written there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from bot.core.model import Account, Picture, Post, Thread
from bot.networks.base import World
from bot.networks.bluesky import BLUESKY, NETWORK, Bluesky
from bot.store.vault import Vault
from bot.testing.bluesky import FakePds
from bot.testing.fakes import JumpingClock, Shelf
from bot.testing.serving import Served
from bot.testing.stage import Stage
from tests.servers import Pds, Person

SESSIONS = ("server.createSession", "server.refreshSession")
NO_DIDS = ("did:", "did:plc:", "did:plc:\ud800x", "did:x/../y", "did:plc:\x1b[31mred", "did:plc:x\n", f"did:plc:{'x' * 2041}")
DEFAULTS = {setting.name: setting.default for setting in NETWORK.settings if setting.kind != "secret" and setting.default}


def account_of(person: Person, server: str, password: str = "", **settings: str) -> Account:
    """An account as the config gives it, complete."""
    plain = {**DEFAULTS, "server": server, "handle": person.handle, **settings}
    return Account("sky", "bluesky", plain, {"password": lambda: password or person.password})


def on_stage(pds: Pds, person: Person) -> Iterator[Stage]:
    """Somebody's account on a real server, until the test is over."""
    made = Stage(NETWORK, account_of(person, pds.url), Shelf(), list)
    yield made
    made.close()


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


@dataclass
class Scene:
    """A server that remembers what it was asked, a vault on disk, and drivers as processes would make them."""

    fake: FakePds
    server: Served
    clock: JumpingClock
    vault: Vault
    account: Account
    drivers: list[Bluesky] = field(default_factory=list)

    def driver(self, account: Account | None = None) -> Bluesky:
        """Signed in."""
        driver = Bluesky(account or self.account, World(self.vault, lambda _: b""))
        self.drivers.append(driver)
        driver.open()
        return driver

    def asked(self) -> list[str]:
        """What the server was asked about sessions, in order."""
        names = [request.path.rsplit("com.atproto.", 1)[1] for request in self.server.requests]
        return [name for name in names if name in SESSIONS]

    def without_password(self) -> Account:
        """The account of a config that names none."""
        return replace(self.account, secrets={})


def in_scene(folder: Path) -> Iterator[Scene]:
    """A scene, until the test is over."""
    fake, clock = FakePds(), JumpingClock()
    with Served(fake, clock) as server:
        account = account_of(Person(fake.handle, fake.password, fake.did), server.url)
        made = Scene(fake, server, clock, Vault(folder / "vault"), account)
        yield made
        for driver in made.drivers:
            driver.close()


def use(scene: Scene, driver: Bluesky) -> None:
    """Publish something: a request that needs a token that holds."""
    batch = Stage(NETWORK, scene.account, Shelf(), list).batch(a_thread(1))
    driver.send(batch, driver.mint(batch, scene.clock.now()))
