"""One publisher per thread at a time, also when two processes try; and no line of the ledger is ever lost."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator
from datetime import timedelta
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from multiprocessing.synchronize import Event as Flag
from pathlib import Path

import pytest

from bot.core.delivery import BrokenLedger, Event, Kind, State, fold
from bot.core.errors import StoreError
from bot.store.ledger import SILENCE, LeaseLost, events
from bot.store.store import Store
from tests.helpers_cli import NOON, plan_of, receipt

SPAWN = multiprocessing.get_context("spawn")
PATIENCE = 60  # seconds until a test gives up on another process
PLAN = plan_of()
SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)
DEFERRED = Event(Kind.DEFERRED, 1, 3, NOON, until=NOON + SECOND, why="busy")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "t.db"
    with Store(path) as store:
        store.plans.seal(PLAN, {}, NOON, "draft.md", NOON)
    return path


@pytest.fixture
def one(path: Path) -> Iterator[Store]:
    with Store(path) as store:
        yield store


@pytest.fixture
def two(path: Path) -> Iterator[Store]:
    with Store(path) as store:
        yield store


def lines(store: Store, digest: str = PLAN.digest, account: str = "blog") -> list[Event]:
    with store.database.reading() as connection:
        return events(connection, digest, account)


# --- leases ----------------------------------------------------------------------------------------------------------


def test_of_two_only_one_gets_the_thread_until_it_is_released(one: Store, two: Store) -> None:
    lease = one.ledger.take(PLAN.digest, "blog", 3, NOON)
    assert lease
    assert two.ledger.take(PLAN.digest, "blog", 3, NOON) is None
    assert one.ledger.take(PLAN.digest, "blog", 3, NOON) is None  # nor another part of the same process
    one.ledger.release(lease)
    assert two.ledger.take(PLAN.digest, "blog", 3, NOON)


def test_threads_are_leased_one_by_one(one: Store, two: Store) -> None:
    other = plan_of(accounts=("sky",))
    one.plans.seal(other, {}, NOON, "draft.md", NOON)
    assert one.ledger.take(PLAN.digest, "blog", 3, NOON)
    assert two.ledger.take(other.digest, "sky", 3, NOON)


def test_who_lives_on_this_machine_keeps_its_thread_however_long_it_sleeps(one: Store, two: Store) -> None:
    assert one.ledger.take(PLAN.digest, "blog", 3, NOON)
    assert two.ledger.take(PLAN.digest, "blog", 3, NOON + SILENCE + 30 * DAY) is None


def test_a_lease_that_could_not_be_released_is_released_later(one: Store, two: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    lease = one.ledger.take(PLAN.digest, "blog", 3, NOON)
    assert lease
    with monkeypatch.context() as full:
        full.setattr(one.database, "writing", lambda **_: (_ for _ in ()).throw(StoreError("the disk is full")))
        with pytest.raises(StoreError):
            one.ledger.release(lease)
    assert two.ledger.take(PLAN.digest, "blog", 3, NOON) is None
    assert one.ledger.take(PLAN.digest, "blog", 3, NOON) == lease  # it is its own, and done with
    one.ledger.give_back()  # it is in hand again
    assert two.ledger.take(PLAN.digest, "blog", 3, NOON) is None
    with monkeypatch.context() as full:
        full.setattr(one.database, "writing", lambda **_: (_ for _ in ()).throw(StoreError("the disk is full")))
        with pytest.raises(StoreError):
            one.ledger.release(lease)
    one.ledger.give_back()
    assert two.ledger.take(PLAN.digest, "blog", 3, NOON)


def test_who_went_without_a_release_is_followed_at_once(path: Path, two: Store) -> None:
    with Store(path) as gone:
        assert gone.ledger.take(PLAN.digest, "blog", 3, NOON)
    assert two.ledger.take(PLAN.digest, "blog", 3, NOON)


def test_another_machine_is_followed_only_after_its_silence(one: Store, two: Store) -> None:
    one.process.name = "elsewhere/17-0123abcd"
    lease = one.ledger.take(PLAN.digest, "blog", 3, NOON)
    assert lease
    assert two.ledger.take(PLAN.digest, "blog", 3, NOON + SILENCE - SECOND) is None
    one.ledger.append(lease, Event(Kind.DEFERRED, 1, 3, NOON + 60 * SECOND, until=NOON + 60 * SECOND))
    assert two.ledger.take(PLAN.digest, "blog", 3, NOON + SILENCE) is None  # a line is a sign of life
    assert two.ledger.take(PLAN.digest, "blog", 3, NOON + SILENCE + 60 * SECOND)


def test_without_the_lease_nothing_is_written(one: Store, two: Store) -> None:
    one.process.name = "elsewhere/17-0123abcd"
    lost = one.ledger.take(PLAN.digest, "blog", 3, NOON)
    held = two.ledger.take(PLAN.digest, "blog", 3, NOON + SILENCE)
    assert lost
    assert held
    before = two.plans.standings(PLAN)
    with pytest.raises(LeaseLost, match="blog: another process has taken this thread over"):
        one.ledger.append(lost, DEFERRED)
    assert lines(two) == []
    assert two.plans.standings(PLAN) == before
    one.ledger.release(lost)  # which is not its to release any more
    two.ledger.append(held, DEFERRED)
    assert lines(two) == [DEFERRED]


def test_a_released_lease_writes_nothing(one: Store) -> None:
    lease = one.ledger.take(PLAN.digest, "blog", 3, NOON)
    assert lease
    one.ledger.release(lease)
    with pytest.raises(LeaseLost):
        one.ledger.append(lease, DEFERRED)
    assert lines(one) == []


# --- lines -----------------------------------------------------------------------------------------------------------


def test_a_line_comes_back_as_it_was(one: Store) -> None:
    lease = one.ledger.take(PLAN.digest, "blog", 3, NOON)
    assert lease
    story = [
        DEFERRED,
        Event(Kind.INTENDED, 1, 3, NOON + SECOND, key={"did": "did:plc:é", "records": [{"rkey": "3k"}]}),
        Event(Kind.PUBLISHED, 1, 3, NOON + 2 * SECOND, receipts=(receipt(1), receipt(2), receipt(3))),
    ]
    for event in story:
        one.ledger.append(lease, event)
    assert lines(one) == story
    assert one.ledger.progress(PLAN.digest, "blog", 3) == fold(3, story)
    assert one.plans.standings(PLAN)[0].live == 3


def test_what_cannot_happen_is_not_written(one: Store) -> None:
    lease = one.ledger.take(PLAN.digest, "blog", 3, NOON)
    assert lease
    one.ledger.append(lease, DEFERRED)
    before = one.plans.standings(PLAN)
    with pytest.raises(BrokenLedger, match="post 1 is waiting and cannot be published"):
        one.ledger.append(lease, Event(Kind.PUBLISHED, 1, 3, NOON, receipts=(receipt(1), receipt(2), receipt(3))))
    assert lines(one) == [DEFERRED]
    assert one.plans.standings(PLAN) == before


# --- processes -------------------------------------------------------------------------------------------------------


def holds(path: Path, taken: Flag) -> None:
    """A process that takes the thread and never lets go."""
    with Store(path) as store:
        assert store.ledger.take(PLAN.digest, "blog", 3, NOON)
        taken.set()
        signal.pause()


def test_a_killed_process_is_followed_at_once_and_a_living_one_is_not(two: Store, path: Path) -> None:
    taken = SPAWN.Event()
    process = SPAWN.Process(target=holds, args=(path, taken), daemon=True)
    process.start()
    assert taken.wait(PATIENCE)
    assert two.ledger.take(PLAN.digest, "blog", 3, NOON + 30 * DAY) is None
    process.kill()
    process.join(PATIENCE)
    assert two.ledger.take(PLAN.digest, "blog", 3, NOON)
    assert [file.stem for file in path.parent.glob("*.alive/*")] == [two.process.name.partition("/")[2]]


THREADS = tuple(plan_of(slug=f"thread-{number}") for number in range(12))


def races(path: Path, together: Barrier, won: Queue[tuple[int, str]]) -> None:
    """A process that wants every thread at the same moment as the others, and writes what it wants on those it gets."""
    with Store(path) as store:
        for number, plan in enumerate(THREADS):
            together.wait(PATIENCE)
            if lease := store.ledger.take(plan.digest, "blog", 3, NOON):
                won.put((number, store.process.name))
                for _ in range(5):
                    store.ledger.append(lease, DEFERRED)
        together.wait(PATIENCE)  # whoever is gone may be followed


def test_processes_that_race_for_threads_get_one_each_and_lose_no_line(two: Store, path: Path) -> None:
    for plan in THREADS:
        two.plans.seal(plan, {}, NOON, "draft.md", NOON)
    together, won = SPAWN.Barrier(3), SPAWN.Queue()
    processes = [SPAWN.Process(target=races, args=(path, together, won), daemon=True) for _ in range(3)]
    for process in processes:
        process.start()
    winners = [won.get(timeout=PATIENCE) for _ in THREADS]
    for process in processes:
        process.join(PATIENCE)
        assert process.exitcode == 0
    assert won.empty()
    assert sorted(number for number, _ in winners) == list(range(len(THREADS)))
    assert [lines(two, plan.digest) for plan in THREADS] == [[DEFERRED] * 5] * len(THREADS)


def opens(path: Path, together: Barrier) -> None:
    """A process that opens a store that is not there yet, just when others do."""
    together.wait(PATIENCE)
    with Store(path) as store:
        store.plans.seal(plan_of(slug=f"by-{os.getpid()}"), {}, NOON, "draft.md", NOON)


def test_processes_may_open_a_new_store_at_the_same_moment(tmp_path: Path) -> None:
    together = SPAWN.Barrier(3)
    processes = [SPAWN.Process(target=opens, args=(tmp_path / "t.db", together), daemon=True) for _ in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(PATIENCE)
        assert process.exitcode == 0
    with Store(tmp_path / "t.db") as store:
        assert len(store.plans.everything()) == 3


def test_threads_of_one_process_may_write_side_by_side(two: Store) -> None:
    def write(plan_number: int) -> None:
        plan = THREADS[plan_number]
        lease = two.ledger.take(plan.digest, "blog", 3, NOON)
        assert lease
        for _ in range(10):
            two.ledger.append(lease, DEFERRED)

    for plan in THREADS[:4]:
        two.plans.seal(plan, {}, NOON, "draft.md", NOON)
    running = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for each in running:
        each.start()
    for each in running:
        each.join(PATIENCE)
    assert [lines(two, plan.digest) for plan in THREADS[:4]] == [[DEFERRED] * 10] * 4


def test_the_ledger_is_plain_json_for_whoever_must_read_it_by_hand(one: Store) -> None:
    lease = one.ledger.take(PLAN.digest, "blog", 3, NOON)
    assert lease
    one.ledger.append(lease, DEFERRED)
    with one.database.reading() as connection:
        body = connection.exec_driver_sql("SELECT body FROM ledger").scalar_one()
    assert json.loads(body) == {
        "kind": "deferred",
        "first": 1,
        "last": 3,
        "at": "2026-12-01T12:00:00+00:00",
        "until": "2026-12-01T12:00:01+00:00",
        "why": "busy",
    }
    assert one.plans.standings(PLAN)[0].state is State.WAITING
