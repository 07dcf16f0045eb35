"""A store with one sealed thread and a network that lies, and what people do to the thread: for tests of the engine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import event

from bot.core.delivery import Progress
from bot.core.model import Post, Thread
from bot.core.plan import Plan
from bot.core.rules import Rules
from bot.engine import mending
from bot.engine.publisher import Publisher
from bot.networks.base import Network, asks_nothing
from bot.store.standings import Standing
from bot.store.store import Store
from bot.testing.fakes import HOME, Died, JumpingClock, Liar


@contextmanager
def quick_store() -> Iterator[Store]:
    """A store that does not wait for the disk, for tests in which no process really dies."""
    with TemporaryDirectory() as folder, Store(Path(folder) / "t.db") as store:
        event.listen(store.database.engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous = OFF"))
        store.database.engine.dispose()
        yield store


def thread_of(total: int, slug: str = "loire", follows: str = "") -> Thread:
    posts = tuple(Post(n, total, f"post {n}", 6, 300, "graphemes") for n in range(1, total + 1))
    return Thread("sky", "bluesky", "somewhere", slug, "", "", posts, follows=follows)


@dataclass
class House:
    """`live` publishes, or removes, as one process does, until it ends or dies."""

    store: Store
    thread: Thread
    liar: Liar
    batch: int = 1
    settle: float = 0.0
    clock: JumpingClock = field(default_factory=JumpingClock)

    def __post_init__(self) -> None:
        self.plan = Plan(self.thread.slug, (self.thread,))
        self.seal()

    def seal(self) -> None:
        self.store.plans.seal(self.plan, {}, self.clock.now(), "draft.md", self.clock.now())

    def followed(self, total: int, slug: str = "more") -> House:
        """A thread that goes on from this one."""
        thread = replace(thread_of(total, slug, self.plan.digest), account=self.thread.account)
        return House(self.store, thread, self.liar, self.batch, self.settle, self.clock)

    def standing(self) -> Standing:
        return self.store.plans.standing(self.plan.digest, "sky")

    def posts(self) -> tuple[Progress, ...]:
        return self.standing().posts

    def live(self) -> None:
        ledger = self.store.ledger
        lease = ledger.take(self.plan.digest, "sky", len(self.thread.posts), self.clock.now())
        assert lease, "nobody else publishes it"
        rules = Rules("plain", 300, 4, 1_000_000, ("image/png",), "these tests", batch=self.batch, settle=self.settle)
        network = Network("liar", rules, (), lambda _: "somewhere", asks_nothing, None)
        before = self.store.plans.before(self.thread)
        publisher = Publisher(self.thread, network, lambda: self.liar, ledger, lease, self.clock, lambda *_: None, before)
        try:
            publisher.run()
        finally:
            ledger.release(lease)

    def live_on(self) -> None:
        """Restart after each death, and wait as long as it takes, until nothing happens by itself any more."""
        for _ in range(200):
            try:
                self.live()
            except Died:
                continue
            wake = self.standing().wake
            if wake is None:
                return
            self.clock.wait((wake - self.clock.now()).total_seconds())
        raise AssertionError("it never ends")

    def withdraw(self) -> None:
        mending.rollback(self.store, self.plan, [self.thread], self.clock.now())

    def say(self) -> None:
        """A human says what there is of the post that nobody can tell."""
        standing = self.standing()
        assert standing.decisive, "something is not out"
        key = standing.posts[standing.decisive - 1].key
        live = any(kept == key for _, kept in self.liar.out)
        found = mending.doubt(self.store, self.plan, standing.decisive, (), live)
        adopt = (lambda _, batch, key: self.liar.adopt(batch, key, HOME)) if live else None
        mending.resolve(self.store, found, adopt, self.clock.now())

    def retry(self) -> None:
        self.clock.wait(timedelta(seconds=1).total_seconds())
        mending.retry(self.store, self.plan, [self.thread], self.clock.now())

    @property
    def texts(self) -> list[str]:
        return [text for text, _ in self.liar.out]
