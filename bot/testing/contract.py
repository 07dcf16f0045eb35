"""The contract that every network keeps, ours and third parties': inherit `NetworkContract` and offer a stage.

class TestMyNetwork(NetworkContract):
    @pytest.fixture
    def stage(self) -> Iterator[Stage]:
        stage = Stage(NETWORK, account, Shelf(), seen)
        yield stage
        stage.close()
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from bot.core.model import Account, Post, Receipt, Thread
from bot.networks.base import Batch, Driver, Key, Network, World
from bot.testing.fakes import Shelf

NOW = datetime(2026, 12, 1, 17, 0, 0, 123456, tzinfo=UTC)


@dataclass(frozen=True)
class Seen:
    """A post as a reader of the network finds it: its text, its alt texts in order, and what it answers to."""

    text: str
    alts: tuple[str, ...]
    parent: str | None  # the text of the post that it replies to


@dataclass(frozen=True)
class Stage:
    """A network with an empty account, and a way to look at what is published there, in reading order."""

    network: Network
    account: Account
    shelf: Shelf
    seen: Callable[[], Sequence[Seen]]
    pieces: bool = True  # False: a whole thread is one commit, however long
    drivers: list[Driver] = field(default_factory=list)

    def driver(self) -> Driver:
        """A driver as a new process would make it, signed in."""
        assert self.network.connect, "a network that publishes"
        driver = self.network.connect(self.account, World(self.shelf, self.shelf.picture))
        self.drivers.append(driver)
        driver.open()
        return driver

    def close(self) -> None:
        """Close every driver that was made."""
        for driver in self.drivers:
            driver.close()

    def thread(self, *texts: str, alts: Sequence[str] = ()) -> Thread:
        """A thread of such texts; the first post has pictures with such alt texts."""
        rules = self.network.rules
        posts = [Post(n, len(texts), text, rules.used(text), rules.length, rules.unit) for n, text in enumerate(texts, 1)]
        posts[0] = replace(posts[0], pictures=tuple(self.shelf.drawn(alt) for alt in alts))
        where = self.network.destination(self.account)
        return Thread(self.account.name, self.network.name, where, "contract", "A title", "fr", tuple(posts))


def batch_of(thread: Thread, after: Sequence[Receipt] = (), until: int | None = None) -> Batch:
    """The posts that follow those with a receipt."""
    return Batch(thread, thread.posts[len(after) : until], tuple(after))


def kept(key: Key) -> Any:
    """A key as it comes back from the ledger."""
    return json.loads(json.dumps(key))


class NetworkContract:
    """What the house relies on. Each test gets a `stage` of its own."""

    TEXTS = ("Un : « été » & <b>295 km²</b> 🗺️", "Deux\n\navec des lignes  et deux espaces", "Trois !")

    def test_what_is_read_is_what_was_sent_byte_for_byte_and_in_order(self, stage: Stage) -> None:
        batch = batch_of(stage.thread(*self.TEXTS))
        driver = stage.driver()
        receipts = driver.send(batch, driver.mint(batch, NOW))
        assert [seen.text for seen in stage.seen()] == list(self.TEXTS)
        assert len({receipt.id for receipt in receipts}) == len(self.TEXTS)

    def test_each_post_answers_to_the_one_before_it(self, stage: Stage) -> None:
        batch = batch_of(stage.thread(*self.TEXTS))
        driver = stage.driver()
        driver.send(batch, driver.mint(batch, NOW))
        assert [seen.parent for seen in stage.seen()] == [None, *self.TEXTS[:-1]]

    def test_a_thread_goes_on_after_a_restart_where_it_stopped(self, stage: Stage) -> None:
        if not stage.pieces:
            return  # there is no middle to stop in
        thread = stage.thread(*self.TEXTS)
        receipts: tuple[Receipt, ...] = ()
        for end in (1, len(self.TEXTS)):
            driver, batch = stage.driver(), batch_of(thread, receipts, until=end)
            receipts += driver.send(batch, driver.mint(batch, NOW))
        assert [(seen.text, seen.parent) for seen in stage.seen()] == list(zip(self.TEXTS, [None, *self.TEXTS], strict=False))

    def test_pictures_arrive_in_order_with_their_alt_texts(self, stage: Stage) -> None:
        alts = ("Carte du 9 mars", 'Une "deuxième" <carte> & sa légende')
        batch = batch_of(stage.thread(*self.TEXTS, alts=alts))
        driver = stage.driver()
        driver.send(batch, driver.mint(batch, NOW))
        assert [seen.alts for seen in stage.seen()] == [alts, (), ()]

    def test_the_same_key_twice_makes_one_thread(self, stage: Stage) -> None:
        batch = batch_of(stage.thread(*self.TEXTS, alts=["Une carte"]))
        driver = stage.driver()
        key = kept(driver.mint(batch, NOW))
        first = driver.send(batch, key)
        again = self.sent_or_found(stage.driver(), batch, key)
        assert (again, len(stage.seen())) == (first, len(self.TEXTS))

    def test_a_lost_answer_is_found_by_the_next_process(self, stage: Stage) -> None:
        batch = batch_of(stage.thread(*self.TEXTS))
        driver = stage.driver()
        key = kept(driver.mint(batch, NOW))
        sent = driver.send(batch, key)
        assert stage.driver().find(batch, key) == sent

    def test_what_was_never_sent_is_not_found(self, stage: Stage) -> None:
        batch = batch_of(stage.thread(*self.TEXTS))
        driver = stage.driver()
        assert driver.find(batch, kept(driver.mint(batch, NOW))) is None

    def sent_or_found(self, driver: Driver, batch: Batch, key: Key) -> tuple[Receipt, ...] | None:
        """What the engine does with a batch whose fate is unknown, without looking first."""
        from bot.core.errors import OutcomeUnknown

        try:
            return driver.send(batch, key)
        except OutcomeUnknown:
            return driver.find(batch, key)
