"""Generated schedules of faults, with kill -9 and a new start between: each post once and in order, and `status` is true.

`THREADBOT_SCHEDULES=2000 python -m pytest tests/test_reliability.py` plays that many for each network instead of a few;
`make reliability` does, and writes docs/reliability.md.
"""

from __future__ import annotations

import os

import pytest

from bot.testing.lies import FAULTS, LIES
from bot.testing.schedules import Schedule, schedules, singles
from tests.reliability import HOME, Tally, begun, ended, tallies
from tests.scenes import SCENES
from tests.servers import Pds

NUMBER = int(os.environ.get("THREADBOT_SCHEDULES", "90"))


def failures(found: dict[str, Tally]) -> list[str]:
    return [f"{scene}: {said}" for scene, tally in found.items() for said in tally.said]


@pytest.mark.parametrize("network", SCENES)
def test_whatever_goes_wrong_each_post_is_out_once_and_in_order_and_status_is_true(network: str) -> None:
    found = tallies(network, NUMBER)
    assert failures(found) == []
    assert all(tally.good and tally.alone + tally.human == tally.schedules for tally in found.values())
    assert sum(tally.schedules for tally in found.values()) >= NUMBER
    assert all(tally.restarts for tally in found.values()), "some died"


def test_on_a_real_pds_behind_a_proxy_that_lies_too(pds: Pds) -> None:
    found = tallies("pds", max(10, NUMBER // 10), pds=pds.url)
    assert failures(found) == []
    assert all(tally.good for tally in found.values())


# Where each broken engine shows, and how: where a key is all that keeps a post single, where there is none, where lists lag.
BROKEN = [
    ("forgetful", "bluesky", "post by post", "duplicates"),
    ("careless", "mastodon", "GoToSocial", "duplicates"),
    ("hasty", "x", "OAuth 1.0a", "untrue"),  # which refuses the same text, for ever
    ("hopeful", "bluesky", "post by post", "lost"),
]


@pytest.mark.parametrize(("way", "network", "scene", "fault"), BROKEN, ids=[each[0] for each in BROKEN])
def test_an_engine_that_is_broken_on_purpose_is_found_out(way: str, network: str, scene: str, fault: str) -> None:
    tally = ended(begun("tests.broken", way, network, scene, "16"))
    assert getattr(tally, fault) > 0
    assert not tally.good


def test_the_page_says_what_was_played_and_that_all_went_well() -> None:
    page = (HOME / "docs" / "reliability.md").read_text(encoding="utf-8")
    assert all(f"| {name} | {lie.words} |" in page for name, lie in LIES.items()), "make reliability"
    rows = [line.strip("| ").split(" | ") for line in page.splitlines() if line.startswith(("| **", "| – "))]
    played = {row[0].strip("*– "): int(row[1].replace(" ", "")) for row in rows}
    assert all(played[name] >= 2000 for name in ("Bluesky", "Mastodon’s API", "X"))
    assert played["a real Bluesky server"] >= 200
    assert {cell for row in rows for cell in row[-4:]} == {"0"}


def test_schedules_are_the_same_on_every_machine_and_each_is_another() -> None:
    first, again = (schedules("sky", 7, 20, 2000) for _ in range(2))
    assert first == again
    assert len(set(first)) == len(first) == 2000
    assert schedules("bird", 7, 20, 2000)[-9:] != first[-9:]


def test_each_fault_comes_at_each_request_and_a_death_at_each_commit() -> None:
    alone = set(schedules("sky", 7, 20, 2000)) & set(singles(7, 20))
    assert {schedule.faults[0] for schedule in alone if schedule.faults} == {(n, fault) for n in range(7) for fault in FAULTS}
    assert {schedule.deaths[0] for schedule in alone if schedule.deaths} == set(range(1, 21))


def test_many_schedules_have_two_faults_and_a_death_and_a_new_start_between_them() -> None:
    found = schedules("sky", 7, 20, 2000)
    between = [each for each in found if len(each.faults) == 3 and each.faults[1][1].startswith("killed")]
    assert len(between) > 300
    assert all(first[0] < second[0] for each in found for first, second in zip(each.faults, each.faults[1:], strict=False))


def test_a_schedule_can_be_read() -> None:
    assert str(Schedule(((3, "lost after"),), (4,))) == "request 3: lost after; dies at commit 2 (after)"
