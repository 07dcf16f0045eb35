"""kill -9 at every effect of a rollback in turn, and the same command again: the page is gone, and so says the ledger."""

from __future__ import annotations

import signal
from pathlib import Path

from bot.cli import setting
from tests.desks import Desk, site

DRAFT = "Un : la crue commence.\n---\nDeux : elle s’en va.\n"


def published(folder: Path) -> tuple[Desk, str]:
    desk = Desk.made(folder, DRAFT, site())
    said = desk.json("publish", desk.draft, "--yes")
    assert (desk.folder / "public" / "draft").exists()
    return desk, said["id"]


def test_every_death_in_a_rollback_is_survived(tmp_path: Path) -> None:
    alive, name = published(tmp_path / "alive")
    code, effects = alive.signalled(signal.SIGKILL, "0", "rollback", name, "--yes")
    assert (code, effects > 10) == (0, True)
    for effect in range(1, effects + 1):
        desk, name = published(tmp_path / str(effect))
        code, _ = desk.signalled(signal.SIGKILL, str(effect), "rollback", name, "--yes")
        assert code == -signal.SIGKILL
        there = (desk.folder / "public" / "draft").exists()
        states = {post["state"] for post in desk.json("status", name)["threads"][0]["posts"]}
        assert states <= ({"done", "leaving"} if there else {"leaving", "removed"}), f"after death at effect {effect}"
        assert desk.run("rollback", name, "--yes") == setting.DONE
        [thread] = desk.json("status", name)["threads"]
        assert {post["state"] for post in thread["posts"]} == {"removed"}, f"after death at effect {effect}"
        assert [file.name for file in (desk.folder / "public").iterdir() if file.is_dir()] == []
        assert 'href="draft/' not in (desk.folder / "public" / "index.html").read_text()
