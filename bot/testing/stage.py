"""What the contract plays on: a network with an empty account, and a way to look at what is published there."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import pytest

from bot.core.model import Account, Post, Receipt, Thread
from bot.networks.base import Batch, Driver, Key, Network, World
from bot.testing.fakes import Shelf
from bot.testing.hostile import nobody
from bot.testing.serving import Fake, Served

NOW = datetime(2026, 12, 1, 17, 0, 0, 123456, tzinfo=UTC)


@dataclass(frozen=True)
class Seen:
    """A post as a reader of the network finds it: its text, its alt texts in order, and what it answers to. `files` are the
    SHA-256 of its pictures in order, where somebody can tell."""

    text: str
    alts: tuple[str, ...]
    parent: str | None  # the text of the post that it replies to
    files: tuple[str, ...] | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Sent:
    """A batch, the key under which it went out, as the ledger keeps it, and what the network gave for it."""

    batch: Batch
    key: Key
    receipts: tuple[Receipt, ...]


@dataclass(frozen=True)
class Stage:
    """A network with an empty account, and a way to look at what is published there, in reading order.

    `pieces` is False where a whole thread is one commit, however long; `keyed` where the network does not know a key again:
    then only looking for it keeps a thread single. `server` is the fake behind it: without one, nobody lies to the driver.
    `secrets` are those that stand neither in the account nor in the `Authorization: Bearer` of a request.
    """

    network: Network
    account: Account
    shelf: Shelf
    seen: Callable[[], Sequence[Seen]]
    pieces: bool = True
    keyed: bool = True
    server: Served | None = None
    secrets: tuple[str, ...] = ()
    drivers: list[Driver] = field(default_factory=list)

    @property
    def texts(self) -> list[str]:
        """The texts of what is published, in reading order."""
        return [seen.text for seen in self.seen()]

    @property
    def now(self) -> datetime:
        """The time at the network."""
        return self.server.clock.now() if self.server else NOW

    def made(self, account: Account | None = None, shelf: Shelf | None = None) -> Driver:
        """A driver as a new process would make it."""
        assert self.network.connect, "a network that publishes"
        driver = self.network.connect(account or self.account, World(shelf or self.shelf, self.shelf.picture))
        self.drivers.append(driver)
        return driver

    def driver(self) -> Driver:
        """A driver as a new process would make it, signed in."""
        driver = self.made()
        driver.open()
        return driver

    def close(self) -> None:
        """Close every driver that was made."""
        for driver in self.drivers:
            driver.close()

    def thread(self, *texts: str, alts: Sequence[str] = (), slug: str = "contract") -> Thread:
        """A thread of such texts; the first post has pictures with such alt texts."""
        rules = self.network.rules
        posts = [Post(n, len(texts), text, rules.used(text), rules.length, rules.unit) for n, text in enumerate(texts, 1)]
        posts[0] = replace(posts[0], pictures=tuple(self.shelf.drawn(alt) for alt in alts))
        where = self.network.destination(self.account)
        return Thread(self.account.name, self.network.name, where, slug, "A title", "fr", tuple(posts))

    def batch(self, thread: Thread, after: Sequence[Receipt] = (), until: int | None = None) -> Batch:
        """What the next commit carries, after the posts with these receipts."""
        left = thread.posts[len(after) : until]
        return Batch(thread, left[: self.network.batch(thread, left)], tuple(after))

    def minted(self, driver: Driver, batch: Batch) -> Key:
        """A key as it comes back from the ledger."""
        key: Key = json.loads(json.dumps(driver.mint(batch, self.now)))
        return key

    def sent(self, driver: Driver, thread: Thread, after: Sequence[Receipt] = (), until: int | None = None) -> list[Sent]:
        """The posts of a thread, published batch by batch: those after such receipts, up to the post `until`."""
        done: list[Sent] = []
        receipts = list(after)
        while len(receipts) < len(thread.posts[:until]):
            batch = self.batch(thread, receipts, until)
            key = self.minted(driver, batch)
            done.append(Sent(batch, key, driver.send(batch, key)))
            receipts += done[-1].receipts
        return done

    def lying(self) -> Served:
        """The fake server, which can be told to lie; skips where there is none."""
        return self.server or pytest.skip(f"{self.network.name} runs on nothing here that can be told to lie")

    @contextmanager
    def answering(self, fake: Fake) -> Iterator[None]:
        """With another network at the same address."""
        server = self.lying()
        real, server.fake = server.fake, fake
        try:
            yield
        finally:
            server.fake = real

    @contextmanager
    def unreachable(self) -> Iterator[Account]:
        """The account, on a server where connections are refused."""
        url = self.lying().url
        with nobody() as nowhere:
            settings = {name: value.replace(url, nowhere) for name, value in self.account.settings.items()}
            assert settings != self.account.settings, "a setting of the account says where the server is"
            yield replace(self.account, settings=settings)

    def known(self) -> set[str]:
        """Every secret that was used so far."""
        bearers = {request.bearer for request in self.server.requests} if self.server else set()
        return {*(read() for read in self.account.secrets.values()), *self.secrets, *bearers} - {""}
