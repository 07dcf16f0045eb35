"""kill -9 at every effect in turn, a new start, and exactly one of each post in order: on the site, and on a real PDS."""

from __future__ import annotations

import signal
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

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


def deaths(desk: Desk) -> range:
    """Every effect of an undisturbed run, to die at."""
    code, count = desk.signalled(signal.SIGKILL, "0", "publish", desk.draft, "--yes")
    assert (code, count > 20) == (0, True)
    return range(1, count + 1)


def die(desk: Desk, effect: int) -> None:
    code, _ = desk.signalled(signal.SIGKILL, str(effect), "publish", desk.draft, "--yes")
    assert code == -signal.SIGKILL


def finish(desk: Desk, effect: int, look: Callable[[], Sequence[Seen]]) -> None:
    """After a death: a worker finishes what was sealed, and the same publish again ends with each post once."""
    sealed = desk.json("list")
    assert desk.run("worker", "--once") == setting.DONE
    assert look() == (EXPECTED if sealed else []), f"after death at effect {effect} and a worker"
    assert desk.run("publish", desk.draft, "--yes") == setting.DONE
    assert look() == EXPECTED, f"after death at effect {effect} and the same publish again"


def test_on_the_site_every_death_is_survived_with_each_post_once(tmp_path: Path) -> None:
    for effect in deaths(Desk.made(tmp_path / "alive", DRAFT, site())):
        desk = Desk.made(tmp_path / str(effect), DRAFT, site())
        die(desk, effect)
        finish(desk, effect, partial(seen_on_site, desk.folder / "public", "draft"))
        for listing in ("index.html", "feed.xml"):
            assert (desk.folder / "public" / listing).read_text().count('href="draft/') == 1


def test_on_a_real_pds_every_death_is_survived_with_each_post_once(tmp_path: Path, pds: Pds) -> None:
    def desk(name: str) -> tuple[Desk, Person]:
        person = pds.person()
        account = sky(pds.url, person.handle)
        return Desk.made(tmp_path / name, DRAFT, account, SKY_PASSWORD=person.password), person

    for effect in deaths(desk("alive")[0]):
        dying, person = desk(str(effect))
        die(dying, effect)
        finish(dying, effect, partial(seen_on_pds, pds, person))
        assert chained(pds.records(person))
