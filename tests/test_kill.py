"""kill -9 at every effect in turn, a new start, and exactly one of each post in order: on the site, and on a real PDS."""

from __future__ import annotations

import signal
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import pytest

from bot.cli import setting
from bot.testing.contract import Seen
from tests.desks import Desk, site, sky
from tests.readers import seen_on_pds, seen_on_site
from tests.servers import Pds, Person, chained

DRAFT = """\
Un : la crue commence.
![Carte du premier jour](carte.png)
---
Deux : elle monte.
---
Trois : elle s’en va.
"""
POSTS = ("1/3 Un : la crue commence.", "2/3 Deux : elle monte.", "3/3 Trois : elle s’en va.")
EXPECTED = [
    Seen(text, ("Carte du premier jour",) if number == 0 else (), POSTS[number - 1] if number else None)
    for number, text in enumerate(POSTS)
]


def deaths(desk: Desk, *command: str) -> range:
    """Every effect of an undisturbed run of a command, to die at."""
    code, count = desk.signalled(signal.SIGKILL, "0", *command)
    assert (code, count > 10) == (0, True)
    return range(1, count + 1)


def die(desk: Desk, effect: int | str, *command: str) -> None:
    code, _ = desk.signalled(signal.SIGKILL, str(effect), *command)
    assert code == -signal.SIGKILL


def finish(desk: Desk, effect: int, look: Callable[[], Sequence[Seen]]) -> None:
    """After a death: a worker finishes what was sealed, and the same publish again ends with each post once."""
    sealed = desk.json("list")
    assert desk.run("worker", "--once") == setting.DONE
    assert look() == (EXPECTED if sealed else []), f"after death at effect {effect} and a worker"
    assert desk.run("publish", desk.draft, "--yes") == setting.DONE
    assert look() == EXPECTED, f"after death at effect {effect} and the same publish again"


def test_on_the_site_every_death_is_survived_with_each_post_once(tmp_path: Path) -> None:
    alive = Desk.made(tmp_path / "alive", DRAFT, site())
    for effect in deaths(alive, "publish", alive.draft, "--yes"):
        desk = Desk.made(tmp_path / str(effect), DRAFT, site())
        die(desk, effect, "publish", desk.draft, "--yes")
        finish(desk, effect, partial(seen_on_site, desk.folder / "public", "draft"))
        for listing in ("index.html", "feed.xml"):
            assert (desk.folder / "public" / listing).read_text().count('href="draft/') == 1


def sky_desk(folder: Path, pds: Pds) -> tuple[Desk, Person]:
    person = pds.person()
    return Desk.made(folder, DRAFT, sky(pds.url, person.handle), SKY_PASSWORD=person.password), person


def test_on_a_real_pds_every_death_is_survived_with_each_post_once(tmp_path: Path, pds: Pds) -> None:
    alive, _ = sky_desk(tmp_path / "alive", pds)
    for effect in deaths(alive, "publish", alive.draft, "--yes"):
        desk, person = sky_desk(tmp_path / str(effect), pds)
        die(desk, effect, "publish", desk.draft, "--yes")
        finish(desk, effect, partial(seen_on_pds, pds, person))
        assert chained(pds.records(person))


@pytest.mark.parametrize("first", ["before", "sent"])
def test_on_a_real_pds_a_second_death_in_the_recovery_is_survived_too(tmp_path: Path, pds: Pds, first: str) -> None:
    """The first death is just before the one write, or when it is on its way; the second at each effect of the worker after."""
    write = f"{first} /xrpc/com.atproto.repo.applyWrites"
    alive, _ = sky_desk(tmp_path / "alive", pds)
    die(alive, write, "publish", alive.draft, "--yes")
    for effect in deaths(alive, "worker", "--once"):
        desk, person = sky_desk(tmp_path / str(effect), pds)
        die(desk, write, "publish", desk.draft, "--yes")
        code, _ = desk.signalled(signal.SIGKILL, str(effect), "worker", "--once")
        assert code in (setting.DONE, -signal.SIGKILL)  # whether the write arrived decides how many effects there are
        finish(desk, effect, partial(seen_on_pds, pds, person))
