"""Workers and publishers as processes: stopped, late, and two at a time."""

from __future__ import annotations

import signal
from pathlib import Path

from bot.cli import setting
from tests.desks import Desk, site, sky
from tests.readers import page
from tests.servers import Pds, chained

LONG = "\n---\n".join(f"Post {number}" for number in range(1, 121))


def states(desk: Desk) -> list[str]:
    """The state of each post of the only thread."""
    (thread,) = desk.json("list")
    return [post["state"] for post in thread["posts"]]


def test_a_stop_lets_the_running_batch_end_and_the_next_run_goes_on(tmp_path: Path, pds: Pds) -> None:
    person = pds.person()
    desk = Desk.made(tmp_path, LONG, sky(pds.url, person.handle), SKY_PASSWORD=person.password)
    code, _ = desk.signalled(signal.SIGTERM, "sent /xrpc/com.atproto.repo.applyWrites", "publish", desk.draft, "--yes")
    assert code == setting.NETWORK
    assert states(desk) == ["done"] * 100 + ["waiting"] * 20
    assert desk.run("worker", "--once") == setting.DONE
    records = pds.records(person)
    assert [record["value"]["text"] for record in records] == [f"{n}/120 Post {n}" for n in range(1, 121)]
    assert chained(records)


def test_two_publishers_at_once_publish_once(tmp_path: Path, pds: Pds) -> None:
    person = pds.person()
    desk = Desk.made(tmp_path, LONG, sky(pds.url, person.handle), SKY_PASSWORD=person.password)
    both = [desk.start("publish", desk.draft, "--yes") for _ in range(2)]
    for process in both:
        process.communicate(timeout=60)
    assert desk.run("worker", "--once") == setting.DONE
    assert len(pds.records(person)) == 120
    assert states(desk) == ["done"] * 120


def test_two_workers_at_once_publish_what_is_due_once(tmp_path: Path) -> None:
    desk = Desk.made(tmp_path, "Une ligne", site())
    code, _ = desk.signalled(signal.SIGKILL, "before replace", "publish", desk.draft, "--yes")
    assert code == -signal.SIGKILL
    workers = [desk.start("worker", "--once", "--json") for _ in range(2)]
    said = "".join(process.communicate(timeout=60)[0] for process in workers)
    assert said.count('"published"') == 1
    assert [article.text for article in page(tmp_path / "public", "draft")] == ["Une ligne"]
