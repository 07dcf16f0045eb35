"""What the tests of X play on: a fake X on loopback, with one account on it and a clock that jumps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from bot.core.model import Account, Picture, Receipt, Thread
from bot.networks import x
from bot.networks.base import Batch
from bot.networks.x import Poster
from bot.testing.fakes import JumpingClock, Shelf
from bot.testing.serving import Request, Served
from bot.testing.stage import Sent, Stage
from bot.testing.x import FakeX, account_of, signed_in
from bot.testing.x_auth import Person


@dataclass(frozen=True)
class Scene:
    """An account on a fake X."""

    fake: FakeX
    clock: JumpingClock
    server: Served
    person: Person
    stage: Stage

    @property
    def account(self) -> Account:
        return self.stage.account

    @property
    def kept(self) -> dict[str, Any]:
        """What the vault has of the account."""
        return self.stage.shelf.sessions[self.account.name]

    def driver(self) -> Poster:
        """A driver as a new process would make it, signed in, that goes by the fake's clock."""
        driver = self.stage.driver()
        assert isinstance(driver, Poster)
        return driver

    def thread(self, *texts: str, options: Mapping[str, str] | None = None, pictures: Sequence[Picture] = ()) -> Thread:
        thread = self.stage.thread(*texts)
        posts = (replace(thread.posts[0], pictures=tuple(pictures)), *thread.posts[1:])
        return replace(thread, posts=posts, options=dict(options or {}))

    def batch(self, *texts: str, after: Sequence[Receipt] = ()) -> Batch:
        return self.stage.batch(self.thread(*texts), after)

    def sent(self, *texts: str) -> list[Sent]:
        """Such a thread, published."""
        return self.stage.sent(self.driver(), self.thread(*texts))

    def asked(self, path: str, method: str = "") -> list[Request]:
        """The requests that reached this path."""
        return [each for each in self.server.requests if path in each.path and method in ("", each.method)]


@contextmanager
def scene(fake: FakeX | None = None, tokens: bool = False, **settings: str) -> Iterator[Scene]:
    """A fake X with one account, whose driver has the four secrets, or the tokens of a sign-in."""
    fake, clock, shelf = fake or FakeX(), JumpingClock(), Shelf()
    person = fake.gate.person("afp")
    with Served(fake, clock) as server:
        account = account_of(person, server.url, gate=fake.gate if tokens else None, **settings)
        if tokens:
            shelf.put(account.name, signed_in(fake, person, clock.now()))
        network = replace(x.NETWORK, connect=lambda account, world: Poster(account, world, clock.now))
        stage = Stage(network, account, shelf, fake.posts, server=server)
        try:
            yield Scene(fake, clock, server, person, stage)
        finally:
            stage.close()
