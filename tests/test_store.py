"""What is sealed is kept whole, on disk, for its owner alone, and never silently replaced."""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.core.delivery import BrokenLedger, Event, Kind, State
from bot.core.errors import PlanError, StoreError
from bot.core.model import Picture
from bot.core.plan import Plan
from bot.store.database import Database
from bot.store.standings import Damage
from bot.store.store import Store
from tests.helpers_cli import NOON, plan_of, receipt

HOUR = timedelta(hours=1)
INTENDED, PUBLISHED = Kind.INTENDED, Kind.PUBLISHED


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "t.db") as opened:
        yield opened


def sql(store: Store, statement: str, *values: object) -> list[tuple[object, ...]]:
    """What somebody with another program does to the database."""
    connection = sqlite3.connect(store.database.path)
    try:
        with connection:
            return connection.execute(statement, values).fetchall()
    finally:
        connection.close()


def seal(store: Store, plan: Plan, due: timedelta = HOUR) -> None:
    store.plans.seal(plan, {}, NOON + due, "draft.md", NOON)


def happens(store: Store, plan: Plan, *events: tuple[Kind, int, int], account: str = "blog", until: timedelta = HOUR) -> None:
    """Lines of the ledger, as a publisher writes them."""
    total = len(plan.thread(account).posts)
    lease = store.ledger.take(plan.digest, account, total, NOON)
    assert lease
    for kind, first, last in events:
        event = Event(kind, first, last, NOON)
        if kind is INTENDED:
            event = replace(event, key={"at": "noon"})
        if kind is PUBLISHED:
            event = replace(event, receipts=tuple(map(receipt, range(first, last + 1))))
        if kind is Kind.DEFERRED:
            event = replace(event, until=NOON + until)
        store.ledger.append(lease, event)
    store.ledger.release(lease)


# --- the file --------------------------------------------------------------------------------------------------------


def test_the_database_is_for_its_owner_alone(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        with Store(tmp_path / "state" / "t.db") as store, store.database.writing():
            modes = {file.name: file.stat().st_mode & 0o777 for file in (tmp_path / "state").iterdir()}
            assert modes == {"t.db": 0o600, "t.db-wal": 0o600, "t.db-shm": 0o600, "t.db.alive": 0o700}
            assert (tmp_path / "state").stat().st_mode & 0o777 == 0o700
    finally:
        os.umask(before)


@pytest.mark.parametrize("name", ["a?b", "a#b", "100%25", "é è", "a;b", "mode=memory", ":memory:"])
def test_the_database_is_where_its_path_says_whatever_the_folder_is_called(tmp_path: Path, name: str) -> None:
    with Store(tmp_path / name / "t.db"):
        assert (tmp_path / name / "t.db").read_bytes().startswith(b"SQLite format 3")
        assert [file.name for file in tmp_path.iterdir()] == [name]


def test_a_commit_is_on_disk_when_it_returns(store: Store) -> None:
    with store.database.reading() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2  # FULL
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"


def test_a_database_of_a_newer_threadbot_is_left_alone(tmp_path: Path) -> None:
    with Store(tmp_path / "t.db") as store:
        sql(store, "PRAGMA user_version = 99")
    with pytest.raises(StoreError, match="from a newer threadbot – update threadbot"):
        Store(tmp_path / "t.db")


@pytest.mark.parametrize("version", [1, 2])
def test_a_database_of_an_older_threadbot_is_brought_up_to_date_and_keeps_what_it_held(version: int, tmp_path: Path) -> None:
    with Store(tmp_path / "t.db") as store:
        seal(store, plan_of())
        sql(store, "ALTER TABLE threads DROP COLUMN paused")
        sql(store, "ALTER TABLE threads DROP COLUMN follows")
        if version == 1:
            sql(store, "CREATE TABLE sessions (account TEXT, body TEXT)")
        sql(store, f"PRAGMA user_version = {version}")
    with Store(tmp_path / "t.db") as store:
        [standing] = store.plans.standings(plan_of())
        assert (standing.state, standing.paused, standing.wake) == (State.WAITING, "", NOON + HOUR)
        store.ledger.pause(plan_of().digest, "blog", "by hand")
        assert store.plans.standings(plan_of())[0].paused == "by hand"
        with store.database.reading() as connection:
            assert connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE name = 'sessions'").all() == []


def test_a_database_opened_again_holds_what_it_held(tmp_path: Path) -> None:
    with Store(tmp_path / "t.db") as store:
        seal(store, plan_of())
    with Store(tmp_path / "t.db") as store:
        assert [each.plan for each in store.plans.everything()] == [plan_of()]


def test_a_file_that_is_no_database_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "t.db").write_text("dear diary " * 1000)
    with pytest.raises(StoreError, match=r"t\.db cannot be used: file is not a database"):
        Store(tmp_path / "t.db")
    assert (tmp_path / "t.db").read_text().startswith("dear diary")


@pytest.mark.parametrize("obstacle", ["t.db/", "t.db.alive", "folder"])
def test_what_is_in_the_way_of_the_database_is_said(tmp_path: Path, obstacle: str) -> None:
    if obstacle.endswith("/"):
        (tmp_path / obstacle).mkdir()
    else:
        (tmp_path / obstacle).write_text("")
    path = tmp_path / "folder" / "t.db" if obstacle == "folder" else tmp_path / "t.db"
    with pytest.raises(StoreError, match="cannot be used: ") as raised:
        Store(path)
    assert obstacle.rstrip("/") in str(raised.value)


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is read-only for root")
def test_a_folder_that_is_read_only_is_said(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(StoreError, match="Permission denied"):
        Store(tmp_path / "t.db")
    tmp_path.chmod(0o700)


def test_a_database_that_may_not_be_opened_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", no)
    with pytest.raises(StoreError, match=r"t\.db cannot be used: .*Permission denied"):
        Database(tmp_path / "t.db")


def test_a_disk_that_is_full_is_said_and_leaves_nothing_half_done(store: Store) -> None:
    with store.database.reading() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()

    def full(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute(f"PRAGMA max_page_count = {pages}")

    from sqlalchemy import event

    store.database.close()  # the open connections: the next is a new one
    event.listen(store.database.engine, "connect", full)
    with pytest.raises(StoreError, match="full"):
        store.plans.seal(plan_of(), {"a" * 64: b"x" * 1_000_000}, NOON, "draft.md", NOON)
    event.remove(store.database.engine, "connect", full)
    assert store.plans.everything() == []


# --- sealing ---------------------------------------------------------------------------------------------------------


def test_a_sealed_plan_comes_back_as_it_was(store: Store) -> None:
    plan = Plan("loire", plan_of("Été 🌊", "deux").threads, ("a warning",))
    seal(store, plan)
    assert store.plans.find(plan.id) == plan
    assert store.plans.standings(plan)[0].plan == plan


def test_sealing_is_all_or_nothing(store: Store) -> None:
    with pytest.raises(StoreError):
        store.plans.seal(plan_of(), {"a" * 64: b"first", "b" * 64: object()}, NOON, "draft.md", NOON)  # type: ignore[dict-item]
    for table in ("plans", "threads", "pictures", "ledger"):
        assert sql(store, f"SELECT count(*) FROM {table}") == [(0,)]


def with_picture(data: bytes) -> tuple[Plan, str]:
    sha256 = hashlib.sha256(data).hexdigest()
    thread = plan_of("one").threads[0]
    picture = Picture(sha256, "image/png", 1, 1, len(data), "a map")
    return Plan("loire", (replace(thread, posts=(replace(thread.posts[0], pictures=(picture,)),)),)), sha256


def test_a_sealed_picture_is_what_was_sealed(store: Store) -> None:
    plan, sha256 = with_picture(b"a map")
    store.plans.seal(plan, {sha256: b"a map"}, NOON, "draft.md", NOON)
    assert store.picture(sha256) == b"a map"


@pytest.mark.parametrize(
    "change", ["UPDATE pictures SET data = x'00'", "DELETE FROM pictures", "UPDATE pictures SET data = x''"]
)
def test_a_picture_that_was_changed_in_the_database_is_not_sent(store: Store, change: str) -> None:
    plan, sha256 = with_picture(b"a map")
    store.plans.seal(plan, {sha256: b"a map"}, NOON, "draft.md", NOON)
    sql(store, change)
    with pytest.raises(StoreError, match=f"picture {sha256[:8]} in .* is missing or damaged"):
        store.picture(sha256)


@pytest.mark.parametrize(
    "body",
    [
        "replace(body, 'two', 'owt')",
        "replace(body, '\"index\":2', '\"index\":3')",
        "''",
        "'{}'",
        "'[]'",
        "'7'",
        "substr(body, 2)",
    ],
)
def test_a_plan_that_was_changed_in_the_database_is_refused(store: Store, body: str) -> None:
    plan = plan_of()
    seal(store, plan)
    sql(store, f"UPDATE plans SET body = {body}")
    for read in (lambda: store.plans.find(plan.id), lambda: store.plans.standing(plan.digest, "blog")):
        with pytest.raises(PlanError, match=f"plan {plan.id} .* will not be sent"):
            read()
    [damage] = store.plans.everything()
    assert isinstance(damage, Damage)
    assert (damage.digest, "will not be sent" in damage.why) == (plan.digest, True)


def test_a_plan_that_was_exchanged_for_another_is_refused(store: Store) -> None:
    plan, other = plan_of(), plan_of("other", slug="other")
    seal(store, plan)
    seal(store, other)
    sql(store, "UPDATE plans SET body = (SELECT body FROM plans WHERE slug = 'other')")
    with pytest.raises(PlanError, match=f"plan {plan.id} in the database was exchanged for {other.id}"):
        store.plans.find(plan.id)


def test_what_was_damaged_is_whole_again_when_the_same_draft_is_sealed_again(store: Store) -> None:
    plan, sha256 = with_picture(b"a map")
    store.plans.seal(plan, {sha256: b"a map"}, NOON, "draft.md", NOON)
    sql(store, "UPDATE pictures SET data = x'00'")
    sql(store, "UPDATE plans SET body = replace(body, 'one', 'eno')")
    store.plans.seal(plan, {sha256: b"a map"}, NOON, "draft.md", NOON)
    assert store.plans.find(plan.id) == plan
    assert store.picture(sha256) == b"a map"


@pytest.mark.parametrize(
    "body",
    ["''", "'7'", "'{}'", "replace(body, 'intended', 'published')", "replace(body, 'intended', 'dreamt')"],
)
def test_a_ledger_that_was_changed_is_said_to_be_damaged(store: Store, body: str) -> None:
    plan = plan_of()
    seal(store, plan)
    happens(store, plan, (INTENDED, 1, 3))
    sql(store, f"UPDATE ledger SET body = {body}")
    with pytest.raises(BrokenLedger, match="damaged"):
        store.plans.standing(plan.digest, "blog")
    assert [type(each) for each in store.plans.everything()] == [Damage]


REFUSALS: dict[str, tuple[list[tuple[Kind, int, int]], str]] = {
    "waiting": ([], "is waiting on blog .* drop that one first: threadbot cancel [0-9a-f]{8} --account blog"),
    "deferred": ([(Kind.DEFERRED, 1, 3)], "is waiting on blog"),
    "interrupted": ([(INTENDED, 1, 3)], "may be out on blog .* first let threadbot look"),
    "in doubt": ([(INTENDED, 1, 3), (Kind.DOUBTED, 1, 3)], "may be out on blog .*: threadbot worker --once"),
    "unknown": (
        [(INTENDED, 1, 3), (Kind.DOUBTED, 1, 3), (Kind.UNKNOWABLE, 1, 3)],
        "may be out on blog .* threadbot resolve [0-9a-f]{8} --account blog --post 3 --live URL, or --absent",
    ),
    "failed": ([(Kind.REFUSED, 1, 3)], "is failed on blog .* threadbot cancel [0-9a-f]{8} --account blog"),
    "partly out": (
        [(INTENDED, 1, 2), (PUBLISHED, 1, 2)],
        "is partly out on blog .* another name, or .* threadbot rollback [0-9a-f]{8} --account blog",
    ),
    "being rolled back": ([(INTENDED, 1, 3), (Kind.WITHDRAWN, 1, 3)], "is being rolled back on blog .* threadbot rollback"),
    "partly out, then failed": ([(INTENDED, 1, 1), (PUBLISHED, 1, 1), (Kind.REFUSED, 2, 2)], "is partly out on blog"),
    "partly out, then cancelled": ([(INTENDED, 1, 1), (PUBLISHED, 1, 1), (Kind.CANCELLED, 2, 3)], "is partly out on blog"),
    "out": ([(INTENDED, 1, 3), (PUBLISHED, 1, 3)], "is out on blog"),
}


@pytest.mark.parametrize("state", REFUSALS)
def test_an_edited_draft_does_not_replace_what_is_sealed_under_its_name(store: Store, state: str) -> None:
    happened, said = REFUSALS[state]
    plan, edited = plan_of(), plan_of("one", "two", "edited", accounts=("sky", "blog"))
    seal(store, plan)
    happens(store, plan, *happened)
    with pytest.raises(PlanError, match=said):
        seal(store, edited)
    assert [each.plan for each in store.plans.everything()] == [plan]


def test_an_edited_draft_may_follow_one_that_was_cancelled_with_nothing_out(store: Store) -> None:
    plan, edited = plan_of(), plan_of("one", "edited")
    seal(store, plan)
    happens(store, plan, (Kind.CANCELLED, 1, 3))
    seal(store, edited)
    assert [job[0] for job in store.plans.due(NOON + HOUR)] == [edited.digest]
    with pytest.raises(PlanError, match="is waiting on blog"):
        seal(store, plan)  # and then the first may not come back beside it


def test_a_draft_may_go_to_another_account_under_its_name(store: Store) -> None:
    seal(store, plan_of())
    seal(store, plan_of(accounts=("sky",)))
    assert {each.thread.account for each in store.plans.everything()} == {"blog", "sky"}


# --- sealing again ---------------------------------------------------------------------------------------------------


def times(store: Store, plan: Plan) -> tuple[object, object]:
    """When the thread is due, and when it wants attention, in hours from noon."""
    [standing] = store.plans.standings(plan)
    wake = standing.wake and (standing.wake - NOON) / HOUR
    return (standing.due - NOON) / HOUR, wake


@pytest.mark.parametrize("hours", [0.5, 2])
def test_the_same_plan_sealed_again_gets_the_new_time(store: Store, hours: float) -> None:
    seal(store, plan_of())
    seal(store, plan_of(), due=hours * HOUR)
    assert times(store, plan_of()) == (hours, hours)
    assert len(store.plans.everything()) == 1


@pytest.mark.parametrize(
    "happened",
    [
        [(Kind.CANCELLED, 1, 3)],
        [(Kind.REFUSED, 1, 3)],
        [(INTENDED, 1, 3), (Kind.REFUSED, 1, 3)],
        [(INTENDED, 1, 1), (PUBLISHED, 1, 1), (Kind.REFUSED, 2, 2)],
        [(INTENDED, 1, 1), (PUBLISHED, 1, 1), (Kind.CANCELLED, 2, 3)],
    ],
)
def test_what_failed_or_was_cancelled_is_revived_and_what_is_out_stays_out(
    store: Store, happened: list[tuple[Kind, int, int]]
) -> None:
    plan = plan_of()
    seal(store, plan)
    happens(store, plan, *happened)
    [before] = store.plans.standings(plan)
    assert before.wake is None
    seal(store, plan, due=3 * HOUR)
    [after] = store.plans.standings(plan)
    assert after.live == before.live
    assert after.state is State.WAITING
    assert times(store, plan) == (3, 3)


@pytest.mark.parametrize("hours", [1.5, 4])
def test_what_was_revived_can_be_given_another_time(store: Store, hours: float) -> None:
    plan = plan_of()
    seal(store, plan)
    happens(store, plan, (Kind.CANCELLED, 1, 3))
    seal(store, plan, due=3 * HOUR)
    seal(store, plan, due=hours * HOUR)
    assert times(store, plan) == (hours, hours)


def test_what_was_put_off_is_tried_when_a_human_asks_again(store: Store) -> None:
    plan = plan_of()
    seal(store, plan)
    happens(store, plan, (Kind.DEFERRED, 1, 3), until=2 * HOUR)
    seal(store, plan, due=1.5 * HOUR)
    assert times(store, plan) == (1.5, 1.5)
    assert store.plans.standings(plan)[0].posts[0].until == NOON + 1.5 * HOUR
    seal(store, plan, due=5 * HOUR)
    assert times(store, plan) == (5, 5)


@pytest.mark.parametrize(
    "happened",
    [
        [(INTENDED, 1, 3)],
        [(INTENDED, 1, 3), (Kind.DOUBTED, 1, 3)],
        [(INTENDED, 1, 1), (PUBLISHED, 1, 1)],
        [(INTENDED, 1, 1), (PUBLISHED, 1, 1), (Kind.DEFERRED, 2, 2)],
        [(INTENDED, 1, 3), (PUBLISHED, 1, 3)],
    ],
)
def test_what_is_out_or_under_way_is_left_as_it_is(store: Store, happened: list[tuple[Kind, int, int]]) -> None:
    plan = plan_of()
    seal(store, plan)
    happens(store, plan, *happened)
    before = store.plans.standings(plan)
    seal(store, plan, due=5 * HOUR)
    assert store.plans.standings(plan) == before


def test_what_nobody_could_tell_is_looked_at_once_more_when_a_human_asks_again(store: Store) -> None:
    plan = plan_of()
    seal(store, plan)
    happens(store, plan, (INTENDED, 1, 3), (Kind.DOUBTED, 1, 3), (Kind.UNKNOWABLE, 1, 3))
    seal(store, plan, due=5 * HOUR)
    assert {post.state for post in store.plans.standing(plan.digest, "blog").posts} == {State.DOUBTED}


# --- pauses ----------------------------------------------------------------------------------------------------------


def test_a_paused_thread_wants_nothing_and_goes_on_no_sooner_than_it_is_due(store: Store) -> None:
    plan = plan_of()
    seal(store, plan)
    store.ledger.pause(plan.digest, "blog", "by hand")
    assert (times(store, plan), store.plans.due(NOON + 9 * HOUR), store.plans.earliest()) == ((1, None), [], None)
    store.ledger.resume(plan.digest, "blog", 3, NOON)
    assert times(store, plan) == (1, 1)


def test_a_thread_that_is_sealed_again_while_it_is_paused_stays_paused(store: Store) -> None:
    plan = plan_of()
    seal(store, plan)
    store.ledger.pause(plan.digest, "blog", "by hand")
    seal(store, plan, due=3 * HOUR)
    assert times(store, plan) == (3, None)
    store.ledger.resume(plan.digest, "blog", 3, NOON)
    assert times(store, plan) == (3, 3)


def test_what_was_under_way_goes_on_at_once_when_a_pause_ends(store: Store) -> None:
    plan = plan_of()
    seal(store, plan)
    happens(store, plan, (INTENDED, 1, 3), (Kind.DOUBTED, 1, 3))
    store.ledger.pause(plan.digest, "blog", "by hand")
    store.ledger.resume(plan.digest, "blog", 3, NOON)
    assert times(store, plan) == (1, 0)


# --- finding ---------------------------------------------------------------------------------------------------------


def test_a_plan_is_found_by_the_start_of_its_digest_in_any_case(store: Store) -> None:
    plan = plan_of()
    seal(store, plan)
    for name in (plan.digest[:4], plan.id, plan.id.upper(), plan.digest):
        assert store.plans.find(name) == plan


def twins() -> tuple[Plan, Plan]:
    """Two plans whose digests start alike."""
    seen: dict[str, Plan] = {}
    for number in range(5000):
        plan = plan_of(str(number), slug=f"n{number}")
        if plan.digest[:4] in seen:
            return seen[plan.digest[:4]], plan
        seen[plan.digest[:4]] = plan
    raise AssertionError("the birthday paradox failed us")


def test_a_name_that_fits_two_plans_names_neither(store: Store) -> None:
    first, second = twins()
    seal(store, first)
    seal(store, second)
    with pytest.raises(PlanError, match=f"more than one plan starts with “{first.digest[:4]}” – threadbot list shows them"):
        store.plans.find(first.digest[:4])
    assert store.plans.find(second.digest) == second


@pytest.mark.parametrize("name", ["", "a", "%", "%%%", "___"])
def test_a_name_that_is_too_short_is_said_to_be(store: Store, name: str) -> None:
    seal(store, plan_of())
    with pytest.raises(PlanError, match="is too short to name a plan – give 4 characters or more"):
        store.plans.find(name)


@pytest.mark.parametrize("name", ["0000", "%%%%", "____", "/%%%", "'; --", "\x00\x00\x00\x00", "é" * 90])
def test_a_name_that_nothing_bears_is_said_to_be(store: Store, name: str) -> None:
    seal(store, plan_of())
    with pytest.raises(PlanError, match="no plan is named “"):
        store.plans.find(name)


# --- order -----------------------------------------------------------------------------------------------------------


def sealed_at(store: Store, hours: Iterable[int]) -> None:
    for each in hours:
        seal(store, plan_of(slug=f"at-{each}"), due=each * HOUR)


def test_everything_is_the_latest_due_first(store: Store) -> None:
    sealed_at(store, (2, 9, -3, 10))
    assert [each.plan.slug for each in store.plans.everything()] == ["at-10", "at-9", "at-2", "at--3"]


def test_due_is_what_has_waited_longest_first(store: Store) -> None:
    sealed_at(store, (2, 9, -3, 10))
    assert store.plans.due(NOON - 4 * HOUR) == []
    due = [(plan_of(slug=slug).digest, "blog") for slug in ("at--3", "at-2", "at-9")]
    assert store.plans.due(NOON + 9 * HOUR) == due


def test_the_earliest_is_when_a_worker_must_wake(store: Store) -> None:
    assert store.plans.earliest() is None
    sealed_at(store, (2, 9))
    assert store.plans.earliest() == NOON + 2 * HOUR
    happens(store, plan_of(slug="at-2"), (INTENDED, 1, 3), (PUBLISHED, 1, 3))
    assert store.plans.earliest() == NOON + 9 * HOUR
    happens(store, plan_of(slug="at-9"), (Kind.DEFERRED, 1, 3), until=20 * HOUR)
    assert store.plans.earliest() == NOON + 20 * HOUR
    happens(store, plan_of(slug="at-9"), (Kind.CANCELLED, 1, 3))
    assert store.plans.earliest() is None


def test_what_was_interrupted_wants_attention_at_once(store: Store) -> None:
    seal(store, plan_of(), due=9 * HOUR)
    happens(store, plan_of(), (INTENDED, 1, 3))
    assert store.plans.due(NOON) == [(plan_of().digest, "blog")]
