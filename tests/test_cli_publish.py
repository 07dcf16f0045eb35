"""publish: what was previewed goes out once, or nothing does and the reason is said."""

from __future__ import annotations

import os
import pty
import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from bot.core.errors import CannotTell
from bot.networks.base import installed
from bot.networks.site import Site
from tests.helpers_cli import (
    DRAFT,
    INTENDED,
    LATER,
    SITE,
    SKY,
    Said,
    X,
    desk_in,
    drafted,
    drawn,
    fails,
    happens,
    nowhere,
    offline,
    published,
    sealed,
    settled,
    threadbot,
)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return desk_in(tmp_path, monkeypatch)


def test_publish_publishes_and_says_where(folder: Path) -> None:
    said = threadbot("publish", "draft.md", "--yes")
    assert said.code == 0
    assert "blog  site: live, 2 of 2 live" in said.out
    assert f"{(folder / 'public').resolve().as_uri()}/draft/index.html#p1" in said.out
    assert "blog: posts 1–2 of 2 sending" in said.err


def test_publish_prints_the_outcome_for_machines() -> None:
    said = threadbot("publish", "draft.md", "--yes", "--json")
    assert set(said.json) == {"digest", "id", "slug", "threads"}
    [thread] = said.json["threads"]
    assert set(thread) == {"account", "network", "state", "due", "paused", "price", "next", "posts"}
    assert (thread["account"], thread["state"]) == ("blog", "done")
    assert [set(post) for post in thread["posts"]] == [{"index", "state", "url", "until", "why"}] * 2
    assert said.json["id"] == said.json["digest"][:8]


def test_publish_twice_publishes_once(folder: Path) -> None:
    first = threadbot("publish", "draft.md", "--yes", "--json").json
    page = (folder / "public/draft/index.html").stat().st_mtime_ns
    again = threadbot("publish", "draft.md", "--yes", "--json")
    assert (again.code, again.err) == (0, "")
    assert again.json == first
    assert (folder / "public/draft/index.html").stat().st_mtime_ns == page
    assert len(threadbot("list", "--json").json) == 1


def test_publish_an_edited_draft_under_its_old_name_is_1(folder: Path) -> None:
    digest = published()
    drafted(folder, DRAFT + "More.\n")
    fails(threadbot("publish", "draft.md", "--yes"), 1, "another thread named “draft” is out on blog", digest[:8])


def test_publish_asks_nobody_where_nobody_can_answer(folder: Path) -> None:
    fails(threadbot("publish", "draft.md"), 2, "nobody can be asked here – look at the preview, then add --yes")
    closed = ["/bin/sh", "-c", 'exec "$0" "$@" <&-', sys.executable, "-m", "bot"]
    done = subprocess.run([*closed, "publish", "draft.md"], capture_output=True, text=True, timeout=60)
    fails(Said(done.returncode, done.stdout, done.stderr), 2, "nobody can be asked here")
    assert not (folder / "public").exists()


def answered(answer: str, *words: str) -> Said:
    """A command with a person at the terminal, who types an answer."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "bot", *words], stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
        os.close(theirs)
        os.write(ours, answer.encode())
        try:
            out, err = running.communicate(timeout=60)
        finally:
            running.kill()
            os.close(ours)
    return Said(running.returncode, out, err)


def test_who_declines_publishes_nothing(folder: Path) -> None:
    said = answered("n\n", "publish", "draft.md")
    name = threadbot("preview", "draft.md", "--json").json["digest"][:8]
    fails(said, 1, f"Publish {name} now: 2 posts on blog? [y/N]", "nothing was published")
    fails(answered("\n", "publish", "draft.md"), 1, "nothing was published")
    assert not (folder / "public").exists()
    assert threadbot("list", "--json").json == []


def test_who_says_yes_publishes(folder: Path) -> None:
    said = answered("y\n", "publish", "draft.md", "--json")
    assert said.code == 0
    assert said.json["threads"][0]["state"] == "done"


def test_who_leaves_at_the_question_publishes_nothing(folder: Path) -> None:
    said = answered("\x04", "publish", "draft.md")  # Ctrl-D
    fails(said, 130, "stopped – nothing is lost, the same command goes on")
    assert not (folder / "public").exists()


def test_publish_exactly_what_was_expected(folder: Path) -> None:
    digest = threadbot("preview", "draft.md", "--json").json["digest"]
    for wrong in ("00000000", digest[:-1] + ("0" if digest[-1] != "0" else "1")):
        fails(threadbot("publish", "draft.md", "--yes", "--expect", wrong), 1, f"this is plan {digest[:8]}, not {wrong}")
    for none in ("", digest[:7], digest + "0", "%%%%%%%%", " " * 8):
        fails(threadbot("publish", "draft.md", "--yes", "--expect", none), 2, f"“{none}” is no digest – give 8 characters")
    fails(threadbot("schedule", "draft.md", *LATER, "--expect", "00000000"), 1, f"this is plan {digest[:8]}")
    assert not (folder / "public").exists()
    assert threadbot("list", "--json").json == []
    assert threadbot("publish", "draft.md", "--yes", "--expect", digest[:8].upper()).code == 0


def test_what_was_expected_changes_with_the_picture(folder: Path) -> None:
    digest = threadbot("preview", "draft.md", "--json").json["digest"]
    drawn(folder / "day1.png", "#ff0000")
    fails(threadbot("publish", "draft.md", "--yes", "--expect", digest), 1, "changed; preview again")


@pytest.mark.parametrize(
    "words", [["publish", "draft.md", "--yes"], ["schedule", "draft.md", *LATER]], ids=lambda words: words[0]
)
def test_what_can_only_be_previewed_says_so_and_holds_back_the_rest(
    words: list[str], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    networks = installed()
    networks["x"] = replace(networks["x"], connect=None)
    monkeypatch.setattr("bot.cli.desk.installed", lambda: networks)
    settled(folder, SITE + X)
    assert threadbot("preview", "draft.md").code == 0
    fails(threadbot(*words), 2, "accounts.x: threadbot can preview x, but not publish to it yet")
    assert not (folder / "public").exists()
    assert threadbot("list", "--json").json == []
    assert threadbot(*words, "--account", "blog").code == 0


def test_every_secret_that_is_missing_is_said_before_anything_is_published(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = SKY.replace("accounts.sky", "accounts.two").replace("env:SKY_PASSWORD", "file:none")
    settled(folder, SITE + SKY.format(server="https://bsky.social") + other.format(server="https://bsky.social"))
    with offline():
        said = threadbot("publish", "draft.md", "--yes")
    fails(said, 2)
    assert said.err.splitlines() == [
        "config.toml: accounts.sky.password: env:SKY_PASSWORD is empty – set it, and start again",
        "config.toml: accounts.two.password: the file cannot be read (FileNotFoundError) – its path is relative to the config",
    ]
    assert not (folder / "public").exists()
    with offline():  # a worker may have them elsewhere
        assert threadbot("schedule", "draft.md", *LATER).code == 0


def test_a_network_that_failed_is_3(folder: Path) -> None:
    (folder / "public").write_text("in the way")
    said = threadbot("publish", "draft.md", "--yes")
    assert said.code == 3
    assert "blog  site: failed, 0 of 2 live" in said.out
    assert f"next: mend the cause, then threadbot retry {threadbot('list', '--json').json[0]['id']} --account blog" in said.out
    (folder / "public").unlink()
    assert threadbot("publish", "draft.md", "--yes").code == 0


def test_what_had_to_be_assumed_is_not_published_and_3(folder: Path) -> None:
    settled(folder, SKY.format(server=nowhere()))
    drafted(folder, "Hello @alice.bsky.social")
    later = "nothing was sent or sealed, as what is assumed may be wrong – the same command later"
    fails(threadbot("publish", "draft.md", "--yes"), 3, "mentions were not looked up", f"{later}\n")
    settled(folder, SITE + SKY.format(server=nowhere()))
    words = ("draft.md", "--account", "blog", "--account", "sky")
    fails(threadbot("schedule", *words, *LATER), 3, f"{later}, or now where all is known: --account blog\n")
    assert threadbot("list", "--json").json == []


def test_what_nobody_can_tell_is_4(monkeypatch: pytest.MonkeyPatch) -> None:
    def blind(*_: object) -> None:
        raise CannotTell("blog: cannot look")

    digest = sealed()
    happens(digest, INTENDED)
    monkeypatch.setattr(Site, "find", blind)
    said = threadbot("worker", "--once")
    assert said.code == 4
    assert "blog: posts 1–2 of 2 unknown: blog: cannot look" in said.out
    said = threadbot("status", digest[:8])
    assert "blog  site: unknown, 0 of 2 live" in said.out
    assert f"threadbot resolve {digest[:8]} --account blog --post 2 --live URL, or --absent" in said.out
    assert threadbot("publish", "draft.md", "--yes").code == 4


def test_a_ledger_that_was_tampered_with_is_4() -> None:
    digest = sealed()
    happens(digest, INTENDED)
    connection = sqlite3.connect("t.db")
    with connection:
        connection.execute("UPDATE ledger SET body = replace(body, 'intended', 'published')")
    connection.close()
    fails(threadbot("status", digest), 4, "the ledger is damaged")
