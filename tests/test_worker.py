"""Workers and publishers as processes: stopped, late, and two at a time."""

from __future__ import annotations

import json
import signal
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.cli import desk as desks
from bot.cli import setting
from bot.store.store import Store
from tests.desks import Desk, site, sky
from tests.readers import page
from tests.servers import Pds, chained

LONG = "\n---\n".join(f"Post {number}" for number in range(1, 221))  # one commit takes 200


def states(desk: Desk) -> list[str]:
    """The state of each post of the only thread."""
    (thread,) = desk.json("list")
    return [post["state"] for post in thread["posts"]]


def test_a_stop_lets_the_running_batch_end_and_the_next_run_goes_on(tmp_path: Path, pds: Pds) -> None:
    person = pds.person()
    desk = Desk.made(tmp_path, LONG, sky(pds.url, person.handle), SKY_PASSWORD=person.password)
    code, _ = desk.signalled(signal.SIGTERM, "sent /xrpc/com.atproto.repo.applyWrites", "publish", desk.draft, "--yes")
    assert code == setting.NETWORK
    assert states(desk) == ["done"] * 200 + ["waiting"] * 20
    assert desk.run("worker", "--once") == setting.DONE
    records = pds.records(person)
    assert [record["value"]["text"] for record in records] == [f"{n}/220 Post {n}" for n in range(1, 221)]
    assert chained(records)


def test_two_publishers_at_once_publish_once(tmp_path: Path, pds: Pds) -> None:
    person = pds.person()
    desk = Desk.made(tmp_path, LONG, sky(pds.url, person.handle), SKY_PASSWORD=person.password)
    both = [desk.start("publish", desk.draft, "--yes") for _ in range(2)]
    for process in both:
        process.communicate(timeout=60)
    assert desk.run("worker", "--once") == setting.DONE
    assert len(pds.records(person)) == 220
    assert states(desk) == ["done"] * 220


def test_two_workers_at_once_publish_what_is_due_once(tmp_path: Path) -> None:
    desk = Desk.made(tmp_path, "Une ligne", site())
    code, _ = desk.signalled(signal.SIGKILL, "before replace", "publish", desk.draft, "--yes")
    assert code == -signal.SIGKILL
    workers = [desk.start("worker", "--once", "--json") for _ in range(2)]
    said = "".join(process.communicate(timeout=60)[0] for process in workers)
    assert said.count('"published"') == 1
    assert [article.text for article in page(tmp_path / "public", "draft")] == ["Une ligne"]


def test_a_worker_that_was_down_publishes_at_its_next_start_what_fell_due(tmp_path: Path) -> None:
    desk = Desk.made(tmp_path, "Une ligne", site())
    config, _, composed = desks.composed(Path(desk.draft), (), tmp_path / "config.toml")
    yesterday = datetime.now(UTC) - timedelta(days=1)
    with Store(config.database) as store:
        store.plans.seal(composed.plan, composed.pictures, yesterday, desk.draft, yesterday)
    assert states(desk) == ["waiting"]
    with desk.start("worker", "--json") as worker:
        assert worker.stdout, "it is a pipe"
        kinds = [json.loads(worker.stdout.readline())["kind"] for _ in range(2)]
        worker.send_signal(signal.SIGINT)
        assert worker.wait(30) == setting.DONE
    assert (kinds, states(desk)) == (["intended", "published"], ["done"])


def test_a_worker_takes_up_what_another_process_schedules_while_it_runs(tmp_path: Path) -> None:
    desk = Desk.made(tmp_path, "Une ligne", site())
    with desk.start("worker", "--json") as worker:
        assert worker.stderr, "it is a pipe"
        assert "worker started" in worker.stderr.readline()
        soon = datetime.now(ZoneInfo("Europe/Paris")) + timedelta(seconds=2)
        assert desk.run("schedule", desk.draft, "--at", f"{soon:%Y-%m-%d %H:%M:%S}") == setting.DONE
        assert worker.stdout, "it is a pipe"
        assert json.loads(worker.stdout.readline())["kind"] == "intended"
        assert json.loads(worker.stdout.readline())["kind"] == "published"
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(30) == setting.DONE
