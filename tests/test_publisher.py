"""The loop, against a network that lies and dies: each post once, in order, and never more asked of it than needed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.delivery import Event, Kind, Progress, State
from bot.core.errors import CannotTell
from bot.core.model import Post, Receipt, Thread
from bot.core.plan import Plan
from bot.engine.cancel import cancel
from bot.engine.publisher import Publisher
from bot.core.rules import Rules
from bot.networks.base import Batch, Key, Network, asks_nothing
from bot.store.alive import Process
from bot.store.ledger import LeaseLost, Ledger
from bot.store.store import Store
from bot.testing.fakes import Died, JumpingClock, Liar


def thread_of(total: int) -> Thread:
    posts = tuple(Post(n, total, f"post {n}", 6, 300, "graphemes") for n in range(1, total + 1))
    return Thread("sky", "bluesky", "somewhere", "loire", "", "", posts)


@dataclass
class House:
    """A store with one sealed thread, and a network; `live` publishes as one process does, until it ends or dies."""

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

    def posts(self) -> tuple[Progress, ...]:
        return self.store.ledger.progress(self.plan.digest, "sky", len(self.thread.posts))

    def live(self) -> None:
        ledger = self.store.ledger
        lease = ledger.take(self.plan.digest, "sky", len(self.thread.posts), self.clock.now())
        assert lease, "nobody else publishes it"
        rules = Rules("plain", 300, 4, 1_000_000, ("image/png",), "these tests", batch=self.batch, settle=self.settle)
        network = Network("liar", rules, (), lambda _: "somewhere", asks_nothing, None)
        publisher = Publisher(self.thread, network, lambda: self.liar, ledger, lease, self.clock, lambda *_: None)
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
            wake = self.store.plans.earliest()
            if wake is None:
                return
            self.clock.wait((wake - self.clock.now()).total_seconds())
        raise AssertionError("it never ends")

    @property
    def texts(self) -> list[str]:
        return [text for text, _ in self.liar.out]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "t.db") as opened:
        yield opened


FAULTS = st.lists(
    st.sampled_from(["fine", "busy", "busy for long", "lost before", "lost after", "dies before", "dies after", "bug"]),
    max_size=12,
)


@settings(max_examples=150, deadline=None)
@given(script=FAULTS, total=st.integers(1, 5), batch=st.integers(1, 3))
def test_whatever_fails_each_post_is_out_once_and_in_order(script: list[str], total: int, batch: int) -> None:
    with TemporaryDirectory() as folder, Store(Path(folder) / "t.db") as store:
        house = House(store, thread_of(total), Liar(script), batch)
        house.live_on()
        assert house.texts == [f"post {n}" for n in range(1, total + 1)]
        assert {post.state for post in house.posts()} == {State.DONE}


def test_what_is_known_not_to_have_happened_is_repeated_under_one_intention(store: Store) -> None:
    house = House(store, thread_of(1), Liar(["busy", "busy"]))
    house.live()
    assert (house.liar.sends, house.liar.minted, house.texts) == (3, 1, ["post 1"])
    assert 0 < sum(house.clock.waited) < 60


def test_a_network_that_asks_for_a_long_wait_gets_it(store: Store) -> None:
    house = House(store, thread_of(1), Liar(["busy for long"]))
    house.live()
    (post,) = house.posts()
    assert post.until
    assert (post.state, (post.until - house.clock.now()).total_seconds()) == (State.WAITING, 1000)
    house.live_on()
    assert (house.texts, house.liar.minted) == (["post 1"], 1)


def test_a_network_that_stays_busy_is_left_alone_for_a_while(store: Store) -> None:
    house = House(store, thread_of(1), Liar(["busy"] * 5))
    house.live()
    assert (house.liar.sends, house.posts()[0].state) == (5, State.WAITING)
    assert house.store.plans.earliest() > house.clock.now()


def test_a_post_whose_answer_was_lost_is_found_not_sent_again(store: Store) -> None:
    house = House(store, thread_of(2), Liar(["lost after"]))
    house.live()
    assert (house.liar.sends, house.texts) == (2, ["post 1", "post 2"])


def test_a_post_that_was_lost_on_the_way_is_sent_again_under_the_same_key(store: Store) -> None:
    house = House(store, thread_of(1), Liar(["lost before"]))
    house.live()
    assert (house.liar.sends, house.liar.minted, house.liar.out) == (2, 1, [("post 1", {"number": 1})])


def test_a_server_that_keeps_losing_answers_is_asked_less_and_less_often(store: Store) -> None:
    house = House(store, thread_of(1), Liar(["lost before", "fine"] * 6))
    house.live_on()
    assert house.texts == ["post 1"]
    assert sum(house.clock.waited) > 5 + 30 + 120 + 600


def test_absence_is_believed_only_when_the_network_has_settled(store: Store) -> None:
    house = House(store, thread_of(1), Liar(["lost before"]), settle=20)
    before = house.clock.now()
    house.live()
    assert house.texts == ["post 1"]
    assert (house.clock.now() - before).total_seconds() >= 20


def test_a_refusal_stops_the_thread_there_and_asking_again_goes_on(store: Store) -> None:
    house = House(store, thread_of(3), Liar(["fine", "refuses"]))
    house.live_on()
    assert [post.state for post in house.posts()] == [State.DONE, State.FAILED, State.WAITING]
    assert house.posts()[1].why == "the text is impolite"
    house.live_on()
    assert house.texts == ["post 1"], "nobody asked again"
    house.seal()
    house.live_on()
    assert house.texts == ["post 1", "post 2", "post 3"]


def test_where_the_network_cannot_tell_a_human_is_asked_and_nothing_more_is_sent(store: Store) -> None:
    house = House(store, thread_of(2), Liar(["lost after", "cannot tell"]))
    house.live_on()
    house.live_on()
    assert [post.state for post in house.posts()] == [State.PARKED, State.WAITING]
    assert house.liar.sends == 1


def test_asked_again_it_looks_once_more_before_it_sends(store: Store) -> None:
    house = House(store, thread_of(2), Liar(["lost after", "cannot tell"]))
    house.live_on()
    house.seal()
    house.live_on()
    assert (house.texts, house.liar.sends) == (["post 1", "post 2"], 2)


def test_what_was_cancelled_while_it_may_be_out_is_looked_for_before_it_is_sent_again(store: Store) -> None:
    house = House(store, thread_of(3), Liar(["lost after", "cannot tell"]))
    house.live_on()
    cancel(store, house.plan, house.clock.now())
    assert {post.state for post in house.posts()} == {State.CANCELLED}
    house.seal()
    house.live_on()
    assert (house.texts, house.liar.sends) == (["post 1", "post 2", "post 3"], 3)


def test_a_repeat_that_is_refused_because_the_first_one_is_out_is_found(store: Store) -> None:
    """The first answer was lost, the look-up did not see the post yet, and the network refuses a second one."""

    class Late(Liar):
        looks = 0

        def find(self, batch: Batch, key: Key) -> tuple[Receipt, ...] | None:
            self.looks += 1
            return None if self.looks == 1 else super().find(batch, key)

    liar = Late(["lost after", "refuses"])
    house = House(store, thread_of(1), liar)
    house.live_on()
    assert (house.texts, house.posts()[0].state) == (["post 1"], State.DONE)


def test_a_refused_repeat_that_cannot_be_looked_for_stays_in_doubt(store: Store) -> None:
    """Nobody may call it failed: the first one may be out."""

    class Blind(Liar):
        looks = 0

        def find(self, batch: Batch, key: Key) -> tuple[Receipt, ...] | None:
            self.looks += 1
            if self.looks > 1:
                raise CannotTell(f"cannot look for {len(batch.posts)} posts under {key}")
            return None  # not to be seen yet

    house = House(store, thread_of(1), Blind(["lost after", "refuses"]))
    house.live_on()
    assert (house.texts, house.posts()[0].state) == (["post 1"], State.PARKED)


def test_a_clean_stop_in_the_middle_of_repeats_leaves_the_thread_due(store: Store) -> None:
    class Stopped(Liar):
        def send(self, batch: Batch, key: Key) -> tuple[Receipt, ...]:
            house.clock.stopping = True
            return super().send(batch, key)

    house = House(store, thread_of(1), Stopped(["busy"]))
    house.live()
    assert store.plans.earliest() == house.clock.now()


def test_a_finished_thread_asks_nothing_of_the_network(store: Store) -> None:
    house = House(store, thread_of(2), Liar())
    house.live()
    asked = (house.liar.sends, house.liar.minted)
    house.seal()
    house.live()
    assert (house.liar.sends, house.liar.minted) == asked


def test_a_stop_is_obeyed_between_batches(store: Store) -> None:
    house = House(store, thread_of(3), Liar())
    house.clock.stopping = True
    house.live()
    assert house.liar.sends == 0


def test_a_publisher_whose_lease_was_taken_over_sends_nothing(store: Store) -> None:
    house = House(store, thread_of(2), Liar())
    ledger, digest = store.ledger, house.plan.digest
    lease = ledger.take(digest, "sky", 2, house.clock.now())
    assert lease
    ledger.release(lease)
    other = Process(store.process.folder)
    assert Ledger(store.database, other).take(digest, "sky", 2, house.clock.now())
    with pytest.raises(LeaseLost):
        ledger.append(lease, Event(Kind.INTENDED, 1, 1, house.clock.now(), key={"number": 1}))
    assert house.posts()[0].state is State.WAITING
    other.close()


class Broken(Liar):
    """A driver with a fault where it signs in."""

    def open(self) -> None:
        raise KeyError("accessJwt")


def test_a_fault_in_a_driver_before_anything_was_sent_fails_the_thread_and_not_the_worker(store: Store) -> None:
    house = House(store, thread_of(1), Broken())
    house.live()
    (post,) = house.posts()
    assert (post.state, house.liar.sends) == (State.FAILED, 0)
    assert "a fault in threadbot's bluesky driver: KeyError" in post.why
