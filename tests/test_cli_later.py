"""schedule, worker, list, status and cancel: what goes out later, and what becomes of it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from bot.core.delivery import Kind
from bot.core.errors import PlanError
from bot.engine.cancel import cancel
from bot.store.store import Store
from tests.helpers_cli import (
    DRAFT,
    INTENDED,
    LATER,
    PAST,
    SITE,
    Said,
    desk_in,
    drafted,
    fails,
    happens,
    published,
    sealed,
    settled,
    threadbot,
)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return desk_in(tmp_path, monkeypatch)


# --- schedule --------------------------------------------------------------------------------------------------------


def test_schedule_seals_and_says_what_comes_next() -> None:
    said = threadbot("schedule", "draft.md", *LATER)
    digest = threadbot("preview", "draft.md", "--json").json["digest"]
    assert (said.code, said.err) == (0, "")
    assert said.out.splitlines() == [
        f"{digest[:8]} sealed: 2 posts on blog, at 2130-12-01 18:00 (Europe/Paris)",
        f"threadbot worker publishes it then; threadbot cancel {digest[:8]} drops it",
    ]


def test_schedule_prints_what_it_sealed_for_machines() -> None:
    said = threadbot("schedule", "draft.md", *LATER, "--json")
    assert set(said.json) == {"digest", "id", "slug", "threads"}
    assert said.json["threads"][0]["due"] == "2130-12-01T17:00:00+00:00"


def test_schedule_takes_the_time_of_the_draft_unless_the_command_says_another(folder: Path) -> None:
    drafted(folder, f"---\npublish_at: 2130-12-01 18:00\ntimezone: Asia/Tokyo\n---\n{DRAFT}")
    assert threadbot("schedule", "draft.md", "--json").json["threads"][0]["due"] == "2130-12-01T09:00:00+00:00"
    later = threadbot("schedule", "draft.md", "--at", "2130-12-01 19:00", "--json").json["threads"][0]["due"]
    assert later == "2130-12-01T10:00:00+00:00", "in the zone of the draft, too"


def test_a_time_with_its_own_offset_needs_no_zone(folder: Path) -> None:
    (folder / "config.toml").write_text(f'database = "sqlite:///t.db"\n{SITE}')
    due = threadbot("schedule", "draft.md", "--at", "2130-12-01 18:00+02:00", "--json").json["threads"][0]["due"]
    assert due == "2130-12-01T16:00:00+00:00"


def test_schedule_without_a_time_it_can_use_is_2(folder: Path) -> None:
    fails(threadbot("schedule", "draft.md"), 2, 'when? – add --at "2026-12-01 18:00", or publish_at to the draft')
    for wall in ("tomorrow", "2130-13-01 18:00", "18:00", "2130-12-01", "0001-01-01 00:00"):
        fails(threadbot("schedule", "draft.md", "--at", wall), 2, f"--at: “{wall}” is not a time – write 2026-12-01 18:00")
    fails(threadbot("schedule", "draft.md", "--at", "2020-12-01 18:00"), 2, "that time is past – give a later one")
    drafted(folder, f"---\npublish_at: 2020-12-01 18:00\n---\n{DRAFT}")
    fails(threadbot("schedule", "draft.md"), 2, "that time is past")
    (folder / "config.toml").write_text(f'database = "sqlite:///t.db"\n{SITE}')
    drafted(folder, DRAFT)
    fails(threadbot("schedule", "draft.md", *LATER), 2, 'in which time zone? – set timezone = "Europe/Paris" in the config')
    settled(folder)
    assert threadbot("list", "--json").json == []


def test_a_thread_that_waits_can_be_rescheduled() -> None:
    sealed()
    assert "2131-01-01 06:00" in threadbot("schedule", "draft.md", "--at", "2131-01-01 06:00").out
    [thread] = threadbot("list", "--json").json
    assert thread["due"] == "2131-01-01T05:00:00+00:00"


def test_a_cancelled_thread_can_be_scheduled_and_rescheduled() -> None:
    digest = sealed()
    threadbot("cancel", digest)
    for day in ("2131-01-02", "2131-01-01", "2131-01-03"):
        threadbot("schedule", "draft.md", "--at", f"{day} 06:00")
        [thread] = threadbot("list", "--json").json
        assert (thread["state"], thread["due"]) == ("waiting", f"{day}T05:00:00+00:00")
        assert f"waiting until {day} 06:00" in threadbot("status", digest).out


def test_what_is_out_already_is_not_said_to_be_scheduled() -> None:
    published()
    said = threadbot("schedule", "draft.md", *LATER)
    assert (said.code, said.out) == (0, "blog: live, 2 of 2 live – left as it is\n")


def test_what_was_scheduled_goes_out_as_it_was_then(folder: Path) -> None:
    digest = sealed()
    for file in ("draft.md", "day1.png"):
        (folder / file).unlink()
    happens(digest, replace(INTENDED, kind=Kind.DEFERRED, key=None, until=PAST))
    said = threadbot("worker", "--once", "--json")
    assert (said.code, said.err) == (0, "")
    lines = [json.loads(line) for line in said.out.splitlines()]
    assert [(line["account"], line["slug"], line["kind"]) for line in lines] == [
        ("blog", "draft", "intended"),
        ("blog", "draft", "published"),
    ]
    assert "Water rises." in (folder / "public/draft/index.html").read_text(encoding="utf-8")
    assert threadbot("status", digest, "--json").json["threads"][0]["state"] == "done"


# --- list, status, cancel, worker ------------------------------------------------------------------------------------


def test_an_empty_list_says_how_to_fill_it() -> None:
    assert threadbot("list") == Said(0, "nothing is sealed yet – threadbot schedule or publish does that\n", "")
    assert threadbot("list", "--json").json == []


def test_list_shows_a_line_a_thread_the_latest_due_first(folder: Path) -> None:
    drafted(folder, "Another.", "other.md")
    first = sealed()
    threadbot("schedule", "other.md", "--at", "2131-01-01 06:00")
    lines = threadbot("list").out.splitlines()
    assert lines[0].split() == ["ID", "due", "state", "thread", "on", "account"]
    assert lines[1].endswith("2131-01-01 06:00  waiting         other on blog")
    assert lines[2] == f"{first[:8]}  2130-12-01 18:00  waiting         draft on blog"
    [_, thread] = threadbot("list", "--json").json
    assert set(thread) == {"id", "slug", "account", "network", "state", "due", "paused", "price", "next", "posts"}
    assert (thread["id"], thread["slug"], thread["account"]) == (first[:8], "draft", "blog")


def test_status_shows_the_link_of_every_post(folder: Path) -> None:
    digest = published()
    said = threadbot("status", digest[:8])
    page = f"{(folder / 'public').resolve().as_uri()}/draft/index.html"
    assert said == Said(0, f"blog  site: live, 2 of 2 live\n    1  live  {page}#p1\n    2  live  {page}#p2\n", "")
    thread = threadbot("status", digest, "--json").json["threads"][0]
    assert [post["url"] for post in thread["posts"]] == [f"{page}#p1", f"{page}#p2"]


def test_status_says_what_to_do_about_what_was_interrupted() -> None:
    digest = sealed()
    happens(digest, INTENDED)
    said = threadbot("status", digest)
    assert said.code == 0
    assert "blog  site: interrupted, 0 of 2 live" in said.out
    assert "next: threadbot worker --once looks whether it is out, and goes on" in said.out


def test_cancel_drops_what_is_not_out(folder: Path) -> None:
    digest = sealed()
    assert threadbot("cancel", digest[:8]) == Said(0, "blog: 2 of 2 posts dropped, 0 are live\n", "")
    assert threadbot("cancel", digest[:8]).code == 0
    said = threadbot("status", digest)
    assert "blog  site: cancelled, 0 of 2 live\n    1  cancelled\n" in said.out
    assert threadbot("worker", "--once") == Said(0, "", "")
    assert not (folder / "public").exists()


def test_cancel_prints_how_things_stand_for_machines() -> None:
    thread = threadbot("cancel", sealed(), "--json").json["threads"][0]
    assert (thread["state"], [post["state"] for post in thread["posts"]]) == ("cancelled", ["cancelled"] * 2)


def test_cancel_leaves_what_is_live(folder: Path) -> None:
    digest = published()
    remove = f"threadbot rollback {digest[:8]} --account blog removes what is live"
    said = f"blog: 0 of 2 posts dropped, 2 are live\nblog: {remove}\n"
    assert threadbot("cancel", digest) == Said(0, said, "")
    assert threadbot("status", digest, "--json").json["threads"][0]["state"] == "done"
    assert (folder / "public/draft/index.html").exists()


def test_cancel_does_not_drop_what_may_be_out() -> None:
    digest = sealed()
    happens(digest, INTENDED)
    fails(threadbot("cancel", digest), 1, "post 1 may be out on blog – first let threadbot look: threadbot worker --once")
    assert threadbot("status", digest, "--json").json["threads"][0]["state"] == "inflight"


def test_cancel_does_not_disturb_a_publisher() -> None:
    digest = sealed()
    with Store(Path("t.db")) as store:
        assert store.ledger.take(digest, "blog", 2, PAST)
        fails(
            threadbot("cancel", digest), 1, f"blog is being published right now – threadbot pause {digest[:8]} --account blog"
        )
    assert threadbot("cancel", digest).code == 0


def test_cancel_lets_go_of_what_it_took_also_when_it_refuses() -> None:
    digest = sealed()
    with Store(Path("t.db")) as store:
        plan = store.plans.find(digest)
        cancel(store, plan, PAST)
        lease = store.ledger.take(digest, "blog", 2, PAST)
        assert lease
        store.ledger.release(lease)
    threadbot("schedule", "draft.md", *LATER)
    happens(digest, INTENDED)
    with Store(Path("t.db")) as store:
        with pytest.raises(PlanError, match="may be out"):
            cancel(store, plan, PAST)
        assert store.ledger.take(digest, "blog", 2, PAST)


def test_a_worker_with_nothing_to_do_ends_in_silence() -> None:
    sealed()
    assert threadbot("worker", "--once") == Said(0, "", "")


def test_a_worker_says_why_a_thread_does_not_go_on(folder: Path) -> None:
    digest = sealed()
    happens(digest, replace(INTENDED, kind=Kind.DEFERRED, key=None, until=PAST))
    (folder / "public").write_text("in the way")
    said = threadbot("worker", "--once")
    assert said.code == 3
    assert "blog: posts 1–2 of 2 refused: blog: " in said.out
