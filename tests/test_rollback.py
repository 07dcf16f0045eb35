"""Rolling back: the last post first, as far as the network lets us, and what is called gone is gone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.delivery import GONE, OUT, State
from bot.core.errors import Halted, PlanError, Unauthorized
from bot.core.model import Receipt
from bot.engine import mending
from bot.engine.cancel import cancel
from bot.networks.base import Batch, Key
from bot.store.store import Store
from bot.testing.fakes import Died, Liar
from tests.houses import House, quick_store, thread_of


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "t.db") as opened:
        yield opened


class Recorder(Liar):
    """Remembers in which order posts were removed."""

    def __init__(self, *words: str) -> None:
        super().__init__(words)
        self.removed: list[tuple[str, ...]] = []
        self.opened = 0

    def open(self) -> None:
        self.opened += 1

    def delete(self, receipts: tuple[Receipt, ...]) -> None:
        self.removed.append(tuple(receipt.id for receipt in receipts))
        super().delete(receipts)


def rolled_back(store: Store, *words: str, total: int = 3, batch: int = 1) -> tuple[House, Recorder]:
    """A thread that was published, and is to be rolled back; the words are for what comes then."""
    house = House(store, thread_of(total), liar := Recorder(), batch)
    house.live_on()
    assert len(house.texts) == total
    liar.script = iter(words)
    house.withdraw()
    return house, liar


def test_the_last_post_goes_first(store: Store) -> None:
    house, liar = rolled_back(store)
    house.live_on()
    assert (house.texts, liar.removed) == ([], [("3",), ("2",), ("1",)])
    assert {post.state for post in house.posts()} == {State.REMOVED}


def test_what_went_out_together_goes_together(store: Store) -> None:
    house, liar = rolled_back(store, total=5, batch=2)
    house.live_on()
    assert liar.removed == [("5",), ("3", "4"), ("1", "2")]


def test_a_limit_is_waited_for_and_the_rest_is_left_to_the_worker(store: Store) -> None:
    house, _ = rolled_back(store, "fine", "busy for long")
    house.live()
    standing = house.standing()
    assert (standing.state, standing.live, house.texts) == (State.LEAVING, 2, ["post 1", "post 2"])
    assert standing.wake
    assert (standing.wake - house.clock.now()).total_seconds() == 1000
    house.live_on()
    assert house.texts == []


def test_what_is_gone_already_is_not_called_out_though_the_network_refuses_the_repeat(store: Store) -> None:
    house, _ = rolled_back(store, "lost after", "refuses", total=1)
    house.live_on()
    assert (house.texts, [post.state for post in house.posts()]) == ([], [State.REMOVED])


@pytest.mark.parametrize("word", ["lost before", "lost after", "busy", "bug", "dies before", "dies after"])
def test_removing_is_repeated_until_it_is_known_to_be_done(word: str, store: Store) -> None:
    house, liar = rolled_back(store, word)
    house.live_on()
    assert (house.texts, {post.state for post in house.posts()}) == ([], {State.REMOVED})
    assert liar.removed.count(("3",)) == 2


def test_what_cannot_be_removed_stays_and_the_rest_goes(store: Store) -> None:
    house, _ = rolled_back(store, "fine", "refuses")
    house.live_on()
    standing = house.standing()
    assert [post.state for post in standing.posts] == [State.REMOVED, State.STUCK, State.REMOVED]
    assert (standing.state, standing.live, standing.wake) == (State.STUCK, 1, None)
    assert standing.posts[1].why == "the text is impolite"
    house.withdraw()
    house.live_on()
    assert (house.texts, house.standing().gone) == ([], True)


def test_whoever_cannot_sign_in_removes_nothing_and_is_asked_once(store: Store) -> None:
    class Shut(Recorder):
        def open(self) -> None:
            super().open()
            if self.opened > 1:
                raise Unauthorized("wrong password")

    house = House(store, thread_of(3), liar := Shut())
    house.live_on()
    house.withdraw()
    house.live_on()
    assert {post.state for post in house.posts()} == {State.STUCK}
    assert (liar.opened, len(house.texts)) == (2, 3)


def test_a_network_that_wants_a_human_pauses_the_rollback(store: Store) -> None:
    house, _ = rolled_back(store, "halts")
    house.live_on()
    assert (house.standing().paused, house.standing().state) == ("credits depleted", State.LEAVING)
    house.withdraw()  # asking again ends the pause
    house.live_on()
    assert (house.texts, house.standing().paused) == ([], "")


def test_what_the_network_says_it_has_is_never_called_gone_but_by_a_human(store: Store) -> None:
    house = House(store, thread_of(1), Liar(["claims before", "cannot tell"]))
    house.live_on()
    house.withdraw()
    house.live_on()
    assert house.standing().state is State.STRANDED
    house.say()
    assert house.standing().gone


@pytest.mark.parametrize("word", ["lost after", "lost before", "dies after", "dies before", "claims after"])
def test_what_may_be_out_is_looked_for_before_it_is_called_gone(word: str, store: Store) -> None:
    """Also where a lost request may still arrive: not before the network has settled."""
    house = House(store, thread_of(3), Liar(["fine", word, "cannot tell"]), settle=60)
    try:
        house.live()
    except Died:
        assert word.startswith("dies")
    house.liar.script = iter(())
    begun = house.clock.now()
    house.withdraw()
    assert house.standing().state is State.RECALLED
    house.live_on()
    assert (house.texts, house.standing().gone) == ([], True)
    if word.endswith("before") and house.settle > (house.clock.now() - begun).total_seconds():
        raise AssertionError("too soon")


def test_what_was_lost_may_yet_arrive_and_is_not_called_gone_before(store: Store) -> None:
    """Also where a network shows at once what it has: the request may still be on its way."""

    class Late(Liar):
        def find(self, batch: Batch, key: Key) -> tuple[Receipt, ...] | None:
            found = super().find(batch, key)
            if found is None and not self.out:
                self.out.append((batch.posts[0].text, dict(key)))  # now it is there
            return found

    house = House(store, thread_of(1), Late(["dies before"]), settle=0)
    with pytest.raises(Died):
        house.live()
    house.withdraw()
    house.live_on()
    assert (house.texts, house.standing().state) == ([], State.REMOVED)


def test_what_nobody_can_find_is_not_called_gone(store: Store) -> None:
    house = House(store, thread_of(2), Liar(["fine", "lost after", "cannot tell", "cannot tell"]))
    house.live_on()
    house.withdraw()
    house.live_on()
    standing = house.standing()
    assert [post.state for post in standing.posts] == [State.REMOVED, State.STRANDED]
    assert (standing.state, standing.wake, standing.gone) == (State.STRANDED, None, False)
    assert house.texts == ["post 2"]


def test_what_is_looked_for_after_a_rollback_is_looked_for_where_it_was_sent(store: Store) -> None:
    """Its parents are gone by then, but their receipts say where it would be."""

    class Chained(Liar):
        after: tuple[str, ...] = ()

        def find(self, batch: Batch, key: Key) -> tuple[Receipt, ...] | None:
            self.after = tuple(receipt.id for receipt in batch.after)
            return super().find(batch, key)

    house = House(store, thread_of(3), liar := Chained(["fine", "fine", "lost after", "cannot tell", "cannot tell"]))
    house.live_on()
    house.withdraw()
    house.live_on()
    house.withdraw()
    house.live_on()
    assert (house.texts, liar.after) == ([], ("1", "2"))


def test_what_waits_or_failed_is_dropped(store: Store) -> None:
    house = House(store, thread_of(3), Liar(["fine", "refuses"]))
    house.live_on()
    house.withdraw()
    house.live_on()
    assert [post.state for post in house.posts()] == [State.REMOVED, State.CANCELLED, State.CANCELLED]
    assert (house.liar.sends, house.standing().gone) == (2, True)


def test_the_same_thread_published_anew_is_new_posts_under_fresh_keys(store: Store) -> None:
    house, liar = rolled_back(store)
    house.live_on()
    house.seal()
    house.live_on()
    assert liar.out == [("post 1", {"number": 4}), ("post 2", {"number": 5}), ("post 3", {"number": 6})]
    assert {post.state for post in house.posts()} == {State.DONE}


def test_an_edited_draft_may_take_the_place_of_what_was_rolled_back(store: Store) -> None:
    house, liar = rolled_back(store)
    with pytest.raises(PlanError, match=f"another thread named “loire” is out on sky .* threadbot rollback {house.plan.id}"):
        House(store, thread_of(2), liar)
    house.live_on()
    edited = House(store, thread_of(2), liar, clock=house.clock)
    edited.live_on()
    assert edited.texts == ["post 1", "post 2"]
    with pytest.raises(PlanError, match="another thread named “loire” is out on sky"):
        house.seal()


def test_what_is_being_rolled_back_is_neither_published_nor_cancelled(store: Store) -> None:
    house, _ = rolled_back(store, "fine", "refuses", "fine")
    for _ in range(2):
        with pytest.raises(PlanError, match="is being rolled back, or could not be – threadbot status"):
            house.seal()
        with pytest.raises(PlanError, match="is being rolled back, nothing more will be sent"):
            cancel(store, house.plan, house.clock.now())
        house.live_on()


def test_what_another_thread_goes_on_from_stays_until_that_one_is_gone(store: Store) -> None:
    house = House(store, thread_of(2), Liar())
    house.live_on()
    more = house.followed(1)
    with pytest.raises(
        PlanError, match=f"“more” goes on from this thread – .*: threadbot rollback {more.plan.id} --account sky"
    ):
        house.withdraw()
    more.live_on()
    with pytest.raises(PlanError, match="roll that one back first"):
        house.withdraw()
    assert house.standing().state is State.DONE
    more.withdraw()
    more.live_on()
    house.withdraw()
    house.live_on()
    assert house.texts == []
    with pytest.raises(PlanError, match=f"“more” goes on from {house.plan.id}, of which 0 of 2 posts are live"):
        more.seal()


def test_a_thread_that_is_being_published_is_not_rolled_back(store: Store) -> None:
    house = House(store, thread_of(2), Liar())
    lease = store.ledger.take(house.plan.digest, "sky", 2, house.clock.now())
    assert lease
    with pytest.raises(PlanError, match=f"is being published right now – threadbot pause {house.plan.id} --account sky"):
        house.withdraw()
    store.ledger.release(lease)
    house.withdraw()
    assert house.standing().gone


def test_a_pause_ends_when_the_thread_is_to_be_rolled_back(store: Store) -> None:
    house = House(store, thread_of(2), Liar(["fine", "halts"]))
    house.live_on()
    house.withdraw()
    assert house.standing().wake == house.clock.now()
    house.live_on()
    assert house.texts == []


def test_a_rollback_can_be_paused(store: Store) -> None:
    house, liar = rolled_back(store)
    mending.pause(store, house.plan, [house.thread], "by hand")
    house.live_on()
    assert (len(house.texts), house.standing().wake) == (3, None)
    mending.resume(store, house.plan, [house.thread], house.clock.now())
    house.live_on()
    assert (liar.out, house.standing().gone) == ([], True)


def test_rolling_back_what_is_gone_changes_nothing(store: Store) -> None:
    house, liar = rolled_back(store)
    house.live_on()
    before, asked = house.posts(), len(liar.removed)
    house.withdraw()
    house.live_on()
    assert (house.posts(), len(liar.removed)) == (before, asked)


def test_a_halt_while_signing_in_to_remove_pauses_too(store: Store) -> None:
    class Closed(Recorder):
        def open(self) -> None:
            super().open()
            if self.opened > 1:
                raise Halted("pay first")

    house = House(store, thread_of(1), Closed())
    house.live_on()
    house.withdraw()
    house.live_on()
    assert (house.standing().state, house.standing().paused) == (State.LEAVING, "pay first")


WORDS = ["fine", "busy", "lost before", "lost after", "claims after", "dies before", "dies after", "bug", "refuses", "halts"]


@settings(max_examples=50, deadline=None)
@given(
    sending=st.lists(st.sampled_from([*WORDS, "cannot tell", "claims before"]), max_size=6),
    removing=st.lists(st.sampled_from(WORDS), max_size=6),
    total=st.integers(1, 4),
    batch=st.integers(1, 3),
    again=st.booleans(),
)
def test_whatever_fails_what_the_ledger_says_is_what_is_there(
    sending: list[str], removing: list[str], total: int, batch: int, again: bool
) -> None:
    """Rolled back wherever the thread stands then: live posts are those that the ledger calls live, each once."""
    with quick_store() as store:
        house = House(store, thread_of(total), Liar(sending), batch, settle=10)
        for _ in range(len(sending) % 3 + 1):
            try:
                house.live()
            except Died:
                continue
        house.liar.script = iter(removing)
        for _ in range(len(removing) + 2):
            if not house.standing().gone:
                house.withdraw()
                house.live_on()
            if house.standing().state is State.STRANDED:
                house.say()
                house.live_on()
        assert (house.texts, {post.state for post in house.posts()} <= GONE) == ([], True)
        if again:
            house.liar.script = iter(())
            house.seal()
            house.live_on()
            assert house.texts == [f"post {n}" for n in range(1, total + 1)]
        assert house.standing().live == len(house.texts) == sum(post.state in OUT for post in house.posts())
