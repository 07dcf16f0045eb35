"""The whole path on real input: a worker publishes at the time, and what readers find is what was previewed."""

from __future__ import annotations

import hashlib
import json
import shutil
import signal
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.cli import setting
from bot.core.model import Annotation
from bot.networks.record import facet
from tests.desks import HOME, Desk, site, sky
from tests.readers import page
from tests.servers import Pds, Person, chained

REAL_THREAD = HOME.parent / "shared" / "data" / "thread-fr.txt"
PARIS = ZoneInfo("Europe/Paris")


def both(folder: Path, pds: Pds, person: Person) -> Desk:
    """A desk with an account on the site and one on the PDS."""
    accounts = site() + sky(pds.url, person.handle)
    return Desk.made(folder, "–", accounts, SKY_PASSWORD=person.password)


def worked_at_its_time(desk: Desk, draft: Path) -> dict[str, Any]:
    """Schedule a draft, let a real worker publish it when it is due, stop that cleanly; returns the preview's plan."""
    plan = desk.json("preview", str(draft))
    due = datetime.now(PARIS).replace(microsecond=0) + timedelta(seconds=4)
    with desk.start("worker", "--json") as worker:
        assert desk.run("schedule", str(draft), "--at", f"{due:%Y-%m-%d %H:%M:%S}", "--expect", plan["digest"]) == setting.DONE
        assert worker.stdout, "it is a pipe"
        waiting = {thread["account"] for thread in plan["threads"]}
        while waiting:
            event = json.loads(worker.stdout.readline())
            assert datetime.fromisoformat(event["at"]) >= due
            assert event["kind"] in ("intended", "published"), event
            waiting -= {event["account"]} if event["kind"] == "published" else set()
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(30) == setting.DONE
    return dict(plan)


def check_site(desk: Desk, thread: dict[str, Any], slug: str) -> None:
    articles = page(desk.folder / "public", slug)
    assert [each.text for each in articles] == [post["text"] for post in thread["posts"]]
    assert [each.alts for each in articles] == [[picture["alt"] for picture in post["pictures"]] for post in thread["posts"]]
    shown = [[target for _, target in each.links] for each in articles]
    assert shown == [[each["target"] for each in post["annotations"] if each["kind"] == "link"] for post in thread["posts"]]


def check_pds(pds: Pds, person: Person, thread: dict[str, Any], lang: str) -> None:
    records = pds.records(person)
    values = [record["value"] for record in records]
    assert [value["text"] for value in values] == [post["text"] for post in thread["posts"]]
    assert chained(records)
    assert [value.get("facets", []) for value in values] == [
        [facet(Annotation(**each)) for each in post["annotations"]] for post in thread["posts"]
    ]
    assert {tuple(value.get("langs", ())) for value in values} == {(lang,) if lang else ()}
    for value, post in zip(values, thread["posts"], strict=True):
        check_pictures(pds, person, value.get("embed", {}).get("images", []), post["pictures"])


def check_pictures(pds: Pds, person: Person, images: list[dict[str, Any]], pictures: list[dict[str, Any]]) -> None:
    assert [image["alt"] for image in images] == [picture["alt"] for picture in pictures]
    for image, picture in zip(images, pictures, strict=True):
        assert image["aspectRatio"] == {"width": picture["width"], "height": picture["height"]}
        blob = pds.blob(person, image["image"]["ref"]["$link"])
        assert (hashlib.sha256(blob).hexdigest(), len(blob)) == (picture["sha256"], picture["size"])


@pytest.mark.skipif(not REAL_THREAD.exists(), reason="the real thread is its author's, and lies beside the project only")
def test_the_real_thread_goes_out_at_its_time_as_previewed(tmp_path: Path, pds: Pds) -> None:
    person = pds.person()
    desk = both(tmp_path, pds, person)
    draft = Path(shutil.copy(REAL_THREAD, tmp_path))
    plan = worked_at_its_time(desk, draft)
    written = REAL_THREAD.read_text(encoding="utf-8").split()
    for thread in plan["threads"]:
        said = [word for post in thread["posts"] for word in post["text"].split()[1:]]
        assert said == written
    check_site(desk, plan["threads"][0], "thread-fr")
    check_pds(pds, person, plan["threads"][1], lang="fr")  # by its words


def test_the_shipped_draft_with_four_maps_goes_out_at_its_time_as_previewed(tmp_path: Path, pds: Pds) -> None:
    person = pds.person()
    desk = both(tmp_path, pds, person)
    shutil.copytree(HOME / "drafts", tmp_path / "drafts")
    plan = worked_at_its_time(desk, tmp_path / "drafts" / "loire.md")
    assert [sum(len(post["pictures"]) for post in thread["posts"]) for thread in plan["threads"]] == [4, 4]
    check_site(desk, plan["threads"][0], "loire")
    check_pds(pds, person, plan["threads"][1], lang="fr")
