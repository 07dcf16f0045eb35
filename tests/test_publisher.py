"""The loop, against a network that lies and dies: each post once, in order, and never more asked of it than needed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.delivery import Event, Kind, State
from bot.core.errors import CannotTell, Halted, PlanError, Transient, Unauthorized
from bot.core.model import Receipt
from bot.engine import mending
from bot.engine.cancel import cancel
from bot.networks.base import Batch, Key
from bot.store.alive import Process
from bot.store.ledger import LeaseLost, Ledger, ThreadPaused
from bot.store.store import Store
from bot.testing.fakes import Liar
from tests.houses import House, quick_store, thread_of


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
    with quick_store() as store:
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
    earliest = house.store.plans.earliest()
    assert earliest
    assert earliest > house.clock.now()


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


def test_what_may_be_out_is_not_cancelled(store: Store) -> None:
    house = House(store, thread_of(3), Liar(["lost after", "cannot tell"]))
    house.live_on()
    with pytest.raises(
        PlanError, match=f"post 1 may be out on sky – .*threadbot resolve {house.plan.id} --account sky --post 1"
    ):
        cancel(store, house.plan, house.clock.now())
    assert [post.state for post in house.posts()] == [State.PARKED, State.WAITING, State.WAITING]


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


# --- what a network says that it has already, and what stops it -----------------------------------------------------


def test_what_a_network_says_it_has_is_looked_for_and_found(store: Store) -> None:
    house = House(store, thread_of(2), Liar(["claims after"]))
    house.live_on()
    assert (house.texts, house.liar.sends) == (["post 1", "post 2"], 2)


def test_what_a_network_says_it_has_and_nobody_finds_is_for_a_human(store: Store) -> None:
    """To send it again would only be refused again."""
    house = House(store, thread_of(2), Liar(["claims before"]), settle=20)
    before = house.clock.now()
    house.live_on()
    assert [post.state for post in house.posts()] == [State.PARKED, State.WAITING]
    assert house.posts()[0].why == "the network says that it has this already, but it is not among the account's posts"
    assert (house.clock.now() - before).total_seconds() >= 20, "it may take its time until it is seen"
    assert house.liar.sends == 1


def test_a_repeat_that_a_network_says_it_has_is_not_called_absent(store: Store) -> None:
    house = House(store, thread_of(1), Liar(["lost before", "fine", "claims before"]))
    house.live_on()
    assert (house.posts()[0].state, house.liar.sends) == (State.PARKED, 2)


def test_a_pause_holds_between_two_tries(store: Store) -> None:
    """The network was busy, so nothing was on its way."""
    house = House(store, thread_of(1), Liar(["busy", "fine"]))
    waited = house.clock.wait

    def paused(seconds: float) -> None:
        mending.pause(store, house.plan, [house.thread], "by hand")
        waited(seconds)

    house.clock.wait = paused  # type: ignore[method-assign]
    house.live_on()
    assert (house.texts, house.liar.sends, house.posts()[0].state) == ([], 1, State.WAITING)
    mending.resume(store, house.plan, [house.thread], house.clock.now())
    house.live_on()
    assert house.texts == ["post 1"]


def test_what_the_network_says_it_has_stays_a_question_when_it_is_asked_again(store: Store) -> None:
    house = House(store, thread_of(1), Liar(["claims before"]))
    house.live_on()
    house.retry()
    house.live_on()
    assert (house.posts()[0].state, house.liar.sends) == (State.PARKED, 1)
    house.say()
    house.live_on()
    assert (house.texts, house.liar.sends) == (["post 1"], 2)


@pytest.mark.parametrize("script", [["halts"], ["lost after", "halts"]], ids=["sending", "looking"])
def test_a_network_that_wants_a_human_pauses_the_thread_and_it_goes_on_when_they_say_so(
    script: list[str], store: Store
) -> None:
    house = House(store, thread_of(2), Liar(script))
    house.live_on()
    standing = house.standing()
    assert (standing.paused, standing.wake, house.liar.sends) == ("credits depleted", None, 1)
    house.live_on()
    assert house.liar.sends == 1, "nobody has said so"
    store.ledger.resume(house.plan.digest, "sky", 2, house.clock.now())
    house.live_on()
    assert (house.texts, house.standing().paused) == (["post 1", "post 2"], "")


def test_a_network_that_wants_a_human_before_signing_in_pauses_too(store: Store) -> None:
    class Closed(Liar):
        def open(self) -> None:
            raise Halted("pay first")

    house = House(store, thread_of(1), Closed())
    house.live_on()
    assert (house.standing().paused, house.standing().state) == ("pay first", State.WAITING)


def test_a_pause_holds_a_publisher_before_its_next_post(store: Store) -> None:
    class Paused(Liar):
        def send(self, batch: Batch, key: Key) -> tuple[Receipt, ...]:
            store.ledger.pause(house.plan.digest, "sky", "by hand")  # another process, without the lease
            return super().send(batch, key)

    house = House(store, thread_of(3), Paused())
    house.live()
    assert (house.texts, house.standing().wake) == (["post 1"], None)


def test_a_pause_that_comes_at_the_last_moment_still_holds(store: Store) -> None:
    """It is looked at in the transaction that writes the intention."""

    class Paused(Liar):
        def mint(self, batch: Batch, now: datetime) -> Key:
            store.ledger.pause(house.plan.digest, "sky", "by hand")
            return super().mint(batch, now)

    house = House(store, thread_of(2), Paused())
    house.live()
    assert (house.liar.sends, house.posts()[0].state) == (0, State.WAITING)
    lease = store.ledger.take(house.plan.digest, "sky", 2, house.clock.now())
    assert lease
    with pytest.raises(ThreadPaused, match="sky: paused: by hand"):
        store.ledger.append(lease, Event(Kind.INTENDED, 1, 1, house.clock.now(), key={}))
    assert house.posts()[0].state is State.WAITING


def test_who_cannot_sign_in_is_asked_once_a_run_and_a_busy_network_again(store: Store) -> None:
    class Shut(Liar):
        opened = 0

        def open(self) -> None:
            self.opened += 1
            raise Transient("busy", 20.0) if self.opened < 7 else Unauthorized("wrong password")

    shut = Shut()
    house = House(store, thread_of(1), shut)
    house.live_on()
    assert (shut.opened, house.posts()[0].state) == (7, State.FAILED)


def test_what_goes_on_from_another_thread_answers_to_its_last_post(store: Store) -> None:
    class Chained(Liar):
        after: tuple[str, ...] = ()

        def send(self, batch: Batch, key: Key) -> tuple[Receipt, ...]:
            self.after = tuple(receipt.id for receipt in batch.after)
            return super().send(batch, key)

    house = House(store, thread_of(2), liar := Chained())
    house.live()
    more = house.followed(1)
    more.live()
    assert ",".join(liar.after) == "1,2"
    last = more.followed(2, "last")
    last.live()
    assert ",".join(liar.after) == "1,2,1,1"
