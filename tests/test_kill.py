"""kill -9 at every effect in turn, a new start, and exactly one of each post in order: on the site, and on a real PDS."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from click.testing import CliRunner
from PIL import Image

from bot.cli import setting
from bot.cli.main import cli
from bot.testing.contract import Seen
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


@dataclass(frozen=True)
class Desk:
    """A folder with a config and a draft, made anew for each death."""

    folder: Path
    environment: dict[str, str]

    @classmethod
    def made(cls, folder: Path, account: str, **environment: str) -> Desk:
        folder.mkdir()
        (folder / "config.toml").write_text(f'database = "sqlite:///t.db"\n[accounts.a]\n{account}\n')
        (folder / "draft.md").write_text(DRAFT)
        Image.new("RGB", (60, 40), "#3b6ea5").save(folder / "carte.png")
        return cls(folder, environment)

    def words(self, *words: str) -> list[str]:
        return [*words, "--config", str(self.folder / "config.toml")]

    def publish_and_die(self, effect: int) -> int | None:
        """Publish in a process that dies at an effect; returns how many effects there were, if it lived."""
        count = self.folder / "count"
        command = [sys.executable, "-m", "tests.crash", str(effect), str(count)]
        publish = self.words("publish", str(self.folder / "draft.md"), "--yes")
        done = subprocess.run(
            [*command, *publish],
            cwd=Path(__file__).parent.parent,
            env={**os.environ, **self.environment},
            capture_output=True,
            text=True,
            timeout=60,
        )
        if done.returncode == -signal.SIGKILL:
            return None
        assert done.returncode == 0, done.stderr
        return int(count.read_text())

    def run(self, *words: str) -> int:
        """A command in a new run of threadbot; returns its exit code."""
        result = CliRunner(env=self.environment).invoke(cli, self.words(*words), standalone_mode=False)
        if result.exception:
            raise result.exception
        return result.return_value or setting.DONE

    def sealed(self) -> bool:
        """Whether the dead process came as far as sealing its plan."""
        result = CliRunner(env=self.environment).invoke(cli, self.words("list", "--json"))
        return result.stdout.strip() != "[]"


def deaths(desk: Desk) -> range:
    """Every effect of an undisturbed run, to die at."""
    count = desk.publish_and_die(0)
    assert count, "it lived, and had effects"
    return range(1, count + 1)


def finish(desk: Desk, effect: int, look: Callable[[], Sequence[Seen]]) -> None:
    """After a death: a worker finishes what was sealed, and the same publish again ends with each post once."""
    sealed = desk.sealed()
    assert desk.run("worker", "--once") == setting.DONE
    assert look() == (EXPECTED if sealed else []), f"after death at effect {effect} and a worker"
    assert desk.run("publish", str(desk.folder / "draft.md"), "--yes") == setting.DONE
    assert look() == EXPECTED, f"after death at effect {effect} and the same publish again"


def test_on_the_site_every_death_is_survived_with_each_post_once(tmp_path: Path) -> None:
    account = 'network = "site"\nfolder = "public"'
    for effect in deaths(Desk.made(tmp_path / "alive", account)):
        desk = Desk.made(tmp_path / str(effect), account)
        site = desk.folder / "public"
        assert desk.publish_and_die(effect) is None
        finish(desk, effect, partial(seen_on_site, site, "draft"))
        for listing in ("index.html", "feed.xml"):
            assert (site / listing).read_text().count('href="draft/') == 1


def test_on_a_real_pds_every_death_is_survived_with_each_post_once(tmp_path: Path, pds: Pds) -> None:
    def desk(name: str) -> tuple[Desk, Person]:
        person = pds.person()
        account = f'network = "bluesky"\nserver = "{pds.url}"\nhandle = "{person.handle}"\npassword = "env:SECRET"'
        return Desk.made(tmp_path / name, account, SECRET=person.password), person

    for effect in deaths(desk("alive")[0]):
        dying, person = desk(str(effect))
        assert dying.publish_and_die(effect) is None
        finish(dying, effect, partial(seen_on_pds, pds, person))
        assert chained(pds.records(person))
