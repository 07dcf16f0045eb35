"""The commands as a person and a script meet them: exit codes, what goes where, and never a traceback."""

from __future__ import annotations

import json
import os
import pty
import re
import socket
import sqlite3
import subprocess
import sys
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import click
import pytest

from bot import __version__
from bot.cli.main import cli
from bot.core.delivery import Event, Kind
from bot.core.errors import CannotTell
from bot.networks.site import Site
from bot.store.store import Store
from tests.helpers_cli import MASTO, NOON, SITE, SKY, Said, X, drafted, drawn, nowhere, process, settled, threadbot

DRAFT = "Water rises. #Loire https://example.org\n![A map](day1.png)\n\n---\n\nIt falls.\n"
LATER = ("--at", "2030-12-01 18:00")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A config with a site and a draft with a picture, in the folder in which the commands run."""
    for name in ("SKY_PASSWORD", "MASTO_TOKEN", "FORCE_COLOR", "NO_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.chdir(tmp_path)
    settled(tmp_path)
    drafted(tmp_path, DRAFT)
    drawn(tmp_path / "day1.png")
    return tmp_path


@contextmanager
def offline() -> Iterator[None]:
    """A machine without any network: whoever tries to reach one fails the test."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("connect", "connect_ex", "sendto"):
            patch.setattr(socket.socket, name, lambda *_: pytest.fail("a network was reached for"))
        patch.setattr(socket, "getaddrinfo", lambda *_, **__: pytest.fail("a name was looked up"))
        yield


def fails(said: Said, code: int, *words: str) -> None:
    """It ends with this code, says these words on stderr, and nothing on stdout."""
    assert (said.code, said.out) == (code, ""), said
    for word in words:
        assert word in said.err
    assert "Traceback" not in said.err


def sealed() -> str:
    """A sealed draft; returns its digest."""
    digest = threadbot("schedule", "draft.md", *LATER, "--json").json["digest"]
    assert isinstance(digest, str)
    return digest


def published() -> str:
    said = threadbot("publish", "draft.md", "--yes", "--json")
    assert said.code == 0, said
    digest = said.json["digest"]
    assert isinstance(digest, str)
    return digest


def happens(digest: str, *events: Event) -> None:
    """Lines of the ledger, from a publisher that died after them."""
    with Store(Path("t.db")) as store:
        lease = store.ledger.take(digest, "blog", 2, NOON)
        assert lease
        for event in events:
            store.ledger.append(lease, event)


INTENDED = Event(Kind.INTENDED, 1, 2, NOON, key={"at": NOON.isoformat()})


# --- all commands ----------------------------------------------------------------------------------------------------


def commands() -> list[tuple[str, click.Command]]:
    assert isinstance(cli, click.Group)
    return sorted(cli.commands.items())


def test_the_commands_are_those_that_are_promised() -> None:
    promised = ["cancel", "check", "init", "list", "preview", "publish", "schedule", "status", "worker"]
    assert [name for name, _ in commands()] == promised


@pytest.mark.parametrize(("name", "command"), commands())
def test_every_command_has_a_help_text_with_an_example(name: str, command: click.Command) -> None:
    said = threadbot(name, "--help")
    assert (said.code, said.err) == (0, "")
    assert re.search(rf"(?m)^  Example: threadbot {name}\b", said.out)
    assert threadbot(name, "-h") == said
    for parameter in command.params:
        assert isinstance(parameter, click.Argument) or getattr(parameter, "help", None), f"{parameter.name} has no help"


def test_the_help_names_every_command_and_exit_code() -> None:
    said = threadbot("--help")
    assert said.code == 0
    for name, _ in commands():
        assert re.search(rf"(?m)^  {name}\s", said.out)
    assert re.findall(r"(?m)^ +(\d)  ", said.out) == ["0", "1", "2", "3", "4"]


def test_the_readme_shows_every_command() -> None:
    readme = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
    assert [name for name, _ in commands() if f"threadbot {name}" not in readme] == []


def test_the_version_is_told_also_to_python_m(folder: Path) -> None:
    said = process("--version", cwd=folder)
    assert said == Said(0, f"threadbot, version {__version__}\n", "")
    assert threadbot("--version") == said


@pytest.mark.parametrize(
    "words",
    [
        ["nonsense"],
        ["--nonsense"],
        ["check"],
        ["check", "draft.md", "--nonsense"],
        ["check", "draft.md", "draft.md"],
        ["publish", "draft.md", "--account"],
        ["status"],
        ["worker", "now"],
    ],
)
def test_wrong_usage_is_2_and_says_how(words: list[str]) -> None:
    fails(threadbot(*words), 2, "Usage: threadbot", "Error: ")


USING_CONFIG = [
    ["check", "draft.md"],
    ["preview", "draft.md"],
    ["publish", "draft.md", "--yes"],
    ["schedule", "draft.md", *LATER],
    ["worker", "--once"],
    ["list"],
    ["status", "3f9a12cd"],
    ["cancel", "3f9a12cd"],
]


@pytest.mark.parametrize("words", USING_CONFIG, ids=lambda words: words[0])
def test_a_faulty_config_is_2_for_every_command(words: list[str], folder: Path) -> None:
    fails(threadbot(*words, "--config", "none.toml"), 2, "none.toml: there is no such file – threadbot init writes one")
    fails(threadbot(*words, "--config", "."), 2, "Is a directory")
    (folder / "config.toml").write_text("colour = 1\n[accounts.blog]\nnetwork = 'sit'")
    fails(threadbot(*words), 2, "config.toml: colour: unknown key", "config.toml: accounts.blog.network: there is no network “sit”")
    fails(threadbot(*words, "--json"), 2, "config.toml: colour: unknown key")


@pytest.mark.parametrize("words", USING_CONFIG[2:], ids=lambda words: words[0])
def test_a_database_that_cannot_be_used_is_2(words: list[str], folder: Path) -> None:
    (folder / "t.db").mkdir()
    fails(threadbot(*words), 2, "t.db cannot be used: ")


@pytest.mark.parametrize("words", USING_CONFIG[:4], ids=lambda words: words[0])
def test_a_faulty_draft_is_1_with_every_place(words: list[str], folder: Path) -> None:
    drafted(folder, "---\naccounts: ski\n---\nHi.\n![A map](none.png)\n")
    fails(threadbot(*words), 1, "draft.md:2:11: there is no account “ski”", "draft.md:5:1: none.png: no such file")
    (folder / "draft.md").unlink()
    fails(threadbot(*words), 1, "draft.md:1:1: cannot be read: No such file or directory")
    assert not (folder / "public").exists()


@pytest.mark.parametrize("words", USING_CONFIG[:4], ids=lambda words: words[0])
def test_an_account_that_is_not_in_the_config_is_2(words: list[str]) -> None:
    fails(threadbot(*words, "--account", "bloq"), 2, "config.toml: accounts: there is no account “bloq” – did you mean “blog”?")


@pytest.mark.parametrize("name", ["status", "cancel"])
def test_an_id_that_names_no_plan_is_1(name: str) -> None:
    fails(threadbot(name, "3f9a12cd"), 1, "no plan is named “3f9a12cd” – threadbot list shows them")
    fails(threadbot(name, "3f"), 1, "“3f” is too short to name a plan")
    fails(threadbot(name, "%%%%", "--json"), 1, "no plan is named")


@pytest.mark.parametrize("words", [*USING_CONFIG[:6], ["init"], ["--help"], ["check", "none.md"]], ids=" ".join)
def test_no_colour_leaves_for_what_is_no_terminal(words: list[str]) -> None:
    said = threadbot(*words)
    assert "\x1b" not in said.out + said.err


def test_a_name_that_is_not_utf_8_does_no_harm(folder: Path) -> None:
    name = os.fsdecode(b"caf\xe9.md")
    try:
        drafted(folder, DRAFT, name)
    except OSError:
        pytest.skip("this disk takes only UTF-8 names")
    for words in USING_CONFIG[:4]:
        said = threadbot(words[0], name, *words[2:])
        assert said.code == 0, said
    fails(threadbot("check", os.fsdecode(b"\xff.md")), 1, "cannot be read")
    assert json.loads(threadbot("check", os.fsdecode(b"\xff.md"), "--json").out)["faults"]


def test_a_terminal_that_is_not_utf_8_shows_what_it_can_and_json_is_utf_8(folder: Path) -> None:
    drafted(folder, "L’eau – 水 🌊\n")
    said = subprocess.run(
        [sys.executable, "-m", "bot", "preview", "draft.md"],
        env={**os.environ, "PYTHONIOENCODING": "latin-1"},
        capture_output=True,
        timeout=60,
    )
    assert (said.returncode, said.stderr) == (0, b"")
    assert b"L?eau ? ? ?" in said.stdout
    made = process("preview", "draft.md", "--json", cwd=folder, PYTHONIOENCODING="latin-1")
    assert made.json["threads"][0]["posts"][0]["text"] == "L’eau – 水 🌊"


@pytest.mark.parametrize("words", [["preview", "draft.md"], ["preview", "draft.md", "--json"]])
def test_a_pipe_that_is_closed_is_no_error(words: list[str], folder: Path) -> None:
    drafted(folder, "\n\n---\n\n".join(["A long story. " * 20] * 400))
    with subprocess.Popen([sys.executable, "-m", "bot", *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        assert running.stdout
        assert running.stderr
        running.stdout.close()
        assert running.stderr.read() == b""
        assert running.wait(60) == 141  # what a shell says of a program that SIGPIPE ended


# --- init ------------------------------------------------------------------------------------------------------------


def test_init_writes_a_config_and_a_draft_that_preview_and_publish_take(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "new").mkdir()
    monkeypatch.chdir(folder / "new")
    said = threadbot("init")
    assert (said.code, said.err) == (0, "")
    assert said.out.splitlines() == [
        "config.toml written",
        f"{Path('drafts/first.md')} written",
        "next: threadbot preview drafts/first.md",
    ]
    assert threadbot("check", "drafts/first.md").code == 0
    assert threadbot("preview", "drafts/first.md").code == 0
    assert threadbot("publish", "drafts/first.md", "--yes").code == 0
    assert (folder / "new/public/first/index.html").exists()


def test_init_keeps_what_is_there(folder: Path) -> None:
    before = (folder / "config.toml").read_bytes()
    (folder / "drafts").mkdir()
    drafted(folder / "drafts", "Mine.", "first.md")
    said = threadbot("init")
    assert said.code == 0
    assert "config.toml is there already and was kept" in said.out
    assert (folder / "config.toml").read_bytes() == before
    assert (folder / "drafts/first.md").read_text() == "Mine."


def test_init_that_cannot_write_says_so(folder: Path) -> None:
    (folder / "drafts").write_text("in the way")
    said = threadbot("init")
    assert said.code == 2
    assert said.err == "drafts: File exists\n"


# --- check -----------------------------------------------------------------------------------------------------------


def test_check_says_that_a_draft_is_fine_and_how_many_posts_it_makes() -> None:
    assert threadbot("check", "draft.md") == Said(0, "draft.md: fine – 2 posts on blog\n", "")


def test_check_warns_on_stderr(folder: Path) -> None:
    drafted(folder, "Hi.\n![](day1.png)\n")
    said = threadbot("check", "draft.md")
    assert (said.code, said.out) == (0, "draft.md: fine – 1 post on blog\n")
    assert said.err.startswith("warning: draft.md:2:1: the picture has no alt text")


def test_check_prints_faults_and_warnings_for_machines(folder: Path) -> None:
    drafted(folder, "Hi.\n![](day1.png)\n")
    said = threadbot("check", "draft.md", "--json")
    assert (said.code, said.err) == (0, "")
    assert said.json["faults"] == []
    assert len(said.json["warnings"]) == 1
    drafted(folder, "Hi.\n![A map](none.png)\n")
    said = threadbot("check", "draft.md", "--json")
    assert (said.code, said.err) == (1, "")
    [fault] = said.json["faults"]
    assert (fault["path"], fault["line"], fault["column"]) == ("draft.md", 2, 1)
    assert fault["message"].startswith("none.png: no such file")


# --- preview ---------------------------------------------------------------------------------------------------------


def test_preview_shows_each_post_in_a_frame_with_its_pictures_and_the_digest() -> None:
    said = threadbot("preview", "draft.md")
    digest = threadbot("preview", "draft.md", "--json").json["digest"]
    assert (said.code, said.err) == (0, "")
    for word in ("1/2 · ", "/500 graphemes", "▣ day1.png  60×40, ", "alt text: A map", "2/2 It falls.", f"digest {digest}"):
        assert word in said.out


def test_preview_prints_the_plan_for_machines(folder: Path) -> None:
    said = threadbot("preview", "draft.md", "--json")
    assert (said.code, said.err) == (0, "")
    plan = said.json
    assert set(plan) == {"digest", "slug", "threads", "warnings"}
    assert re.fullmatch("[0-9a-f]{64}", plan["digest"])
    assert plan["slug"] == "draft"
    [thread] = plan["threads"]
    assert set(thread) >= {"account", "network", "posts"}
    assert (thread["account"], thread["network"]) == ("blog", "site")
    for post in thread["posts"]:
        assert set(post) == {"index", "total", "text", "used", "limit", "unit", "annotations", "pictures"}
    [first, last] = thread["posts"]
    assert (first["index"], first["total"], last["index"], last["total"]) == (1, 2, 2, 2)
    [link] = first["annotations"]
    assert first["text"].encode()[link["start"] : link["end"]] == b"https://example.org"
    [picture] = first["pictures"]
    assert set(picture) == {"sha256", "mime", "width", "height", "size", "alt"}
    assert (picture["width"], picture["height"], picture["alt"], last["pictures"]) == (60, 40, "A map", [])


WIDE = {
    "CJK": "我能吞下玻璃而不伤身体。" * 30,
    "emoji": "🌊🗺️👩‍👩‍👧‍👦🇫🇷👍🏽" * 25,
    "mixed": "a水" * 150 + "\u0301" * 20 + "ｆｕｌｌ" * 20,
    "a long link": "https://example.org/" + "a" * 400,
    "a long word": "n" * 400,
    "tabs": "a\tb\t" * 60,
    "invisible": "a\u200b\u00ad\u2060b" * 60,
}


def cells(line: str) -> int:
    """How many columns a line takes, by Unicode's own table; joined emoji are one, of two columns."""
    line = re.sub("\u200d.|[\U0001f3fb-\U0001f3ff]|(?<=[\U0001f1e6-\U0001f1ff])[\U0001f1e6-\U0001f1ff]", "", line)
    wide = sum(unicodedata.east_asian_width(character) in "WF" for character in line)
    return wide + sum(unicodedata.category(character) not in ("Mn", "Me", "Cf", "Cc") for character in line)


@pytest.mark.parametrize("kind", WIDE)
@pytest.mark.parametrize("columns", ["200", "80", "40", "3"])
def test_preview_is_never_wider_than_the_terminal_or_80_columns(
    kind: str, columns: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    drafted(folder, f"{WIDE[kind]}\n![{WIDE[kind][:90]}](day1.png)\n![](day1.png)\n")
    said = threadbot("preview", "draft.md", "--account", "blog")
    assert said.code == 0, said
    widest = max(said.out.splitlines(), key=cells)
    assert cells(widest) <= 80, widest
    if columns == "40":
        assert cells(widest) <= 40, widest


def test_preview_shows_every_account(folder: Path) -> None:
    settled(folder, SITE + MASTO + X + SKY.format(server="https://bsky.social"))
    with offline():
        said = threadbot("preview", "draft.md", "--json")
        assert threadbot("check", "draft.md").code == 0
        assert threadbot("preview", "draft.md").code == 0
    units = [(thread["account"], thread["posts"][0]["limit"], thread["posts"][0]["unit"]) for thread in said.json["threads"]]
    assert units == [
        ("blog", 500, "graphemes"),
        ("masto", 500, "characters"),
        ("x", 280, "weighted characters"),
        ("sky", 300, "graphemes"),
    ]
    assert [warning for warning in said.json["warnings"] if "were not asked" in warning]


def test_a_mention_that_cannot_be_looked_up_is_a_warning_in_a_preview(folder: Path) -> None:
    settled(folder, SKY.format(server=nowhere()))
    drafted(folder, "Hello @alice.bsky.social")
    for command in ("preview", "check"):
        said = threadbot(command, "draft.md")
        assert said.code == 0
        assert "mentions were not looked up" in " ".join((said.out + said.err).split())


# --- publish ---------------------------------------------------------------------------------------------------------


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
    assert set(thread) == {"account", "network", "state", "due", "posts"}
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
    closed = [sys.executable, "-c", "import os, sys; os.close(0); os.execv(sys.executable, [sys.executable, '-m', 'bot', *sys.argv[1:]])"]
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
        out, err = running.communicate(timeout=60)
    os.close(ours)
    return Said(running.returncode, out, err)


def test_who_declines_publishes_nothing(folder: Path) -> None:
    said = answered("n\n", "publish", "draft.md")
    fails(said, 1, "Publish now: 2 posts on blog? [y/N]", "nothing was published")
    fails(answered("\n", "publish", "draft.md"), 1, "nothing was published")
    assert not (folder / "public").exists()
    assert threadbot("list", "--json").json == []


def test_who_says_yes_publishes(folder: Path) -> None:
    said = answered("y\n", "publish", "draft.md", "--json")
    assert said.code == 0
    assert said.json["threads"][0]["state"] == "done"


def test_who_leaves_at_the_question_publishes_nothing(folder: Path) -> None:
    said = answered("\x03", "publish", "draft.md")
    fails(said, 130, "stopped – nothing is lost, the same command goes on")
    assert not (folder / "public").exists()


def test_publish_exactly_what_was_expected(folder: Path) -> None:
    digest = threadbot("preview", "draft.md", "--json").json["digest"]
    for wrong in ("00000000", digest[:-1] + ("0" if digest[-1] != "0" else "1"), digest + "0", "%%%%%%%%"):
        fails(threadbot("publish", "draft.md", "--yes", "--expect", wrong), 1, f"this is plan {digest[:8]}, not {wrong}")
    fails(threadbot("publish", "draft.md", "--yes", "--expect", digest[:7]), 1, "is too short to name a plan for good")
    fails(threadbot("schedule", "draft.md", *LATER, "--expect", "00000000"), 1, f"this is plan {digest[:8]}")
    assert not (folder / "public").exists()
    assert threadbot("list", "--json").json == []
    assert threadbot("publish", "draft.md", "--yes", "--expect", digest[:8].upper()).code == 0


def test_what_was_expected_changes_with_the_picture(folder: Path) -> None:
    digest = threadbot("preview", "draft.md", "--json").json["digest"]
    drawn(folder / "day1.png", "#ff0000")
    fails(threadbot("publish", "draft.md", "--yes", "--expect", digest), 1, "changed; preview again")


@pytest.mark.parametrize(("accounts", "name", "network"), [(MASTO, "masto", "mastodon"), (X, "x", "x")])
@pytest.mark.parametrize("words", [["publish", "draft.md", "--yes"], ["schedule", "draft.md", *LATER]], ids=lambda words: words[0])
def test_what_cannot_be_published_yet_says_so_and_holds_back_the_rest(
    accounts: str, name: str, network: str, words: list[str], folder: Path
) -> None:
    settled(folder, SITE + accounts)
    assert threadbot("preview", "draft.md").code == 0
    fails(threadbot(*words), 2, f"accounts.{name}: threadbot can preview {network}, but not publish to it yet")
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
        "config.toml: accounts.two.password: the file none cannot be read: FileNotFoundError",
    ]
    assert not (folder / "public").exists()
    with offline():  # a worker may have them elsewhere
        assert threadbot("schedule", "draft.md", *LATER).code == 0


def test_a_network_that_failed_is_3(folder: Path) -> None:
    (folder / "public").write_text("in the way")
    said = threadbot("publish", "draft.md", "--yes")
    assert said.code == 3
    assert "blog  site: failed, 0 of 2 live" in said.out
    assert "next: mend the cause, then threadbot publish the same draft again" in said.out
    (folder / "public").unlink()
    assert threadbot("publish", "draft.md", "--yes").code == 0


def test_what_had_to_be_assumed_is_not_published_and_3(folder: Path) -> None:
    settled(folder, SKY.format(server=nowhere()))
    drafted(folder, "Hello @alice.bsky.social")
    fails(threadbot("publish", "draft.md", "--yes"), 3, "mentions were not looked up")
    assert threadbot("list", "--json").json == []


def test_what_nobody_can_tell_is_4(monkeypatch: pytest.MonkeyPatch) -> None:
    def blind(*_: object) -> None:
        raise CannotTell("blog: cannot look")

    digest = sealed()
    happens(digest, INTENDED)
    monkeypatch.setattr(Site, "find", blind)
    said = threadbot("worker", "--once")
    assert said.code == 4
    assert "blog: posts 1–2 of 2 unknowable: blog: cannot look" in said.out
    said = threadbot("status", digest[:8])
    assert "blog  site: unknown, 0 of 2 live" in said.out
    assert f"threadbot cancel {digest[:8]} drops what is not out" in said.out
    assert threadbot("publish", "draft.md", "--yes").code == 4


def test_a_ledger_that_was_tampered_with_is_4() -> None:
    digest = sealed()
    happens(digest, INTENDED)
    connection = sqlite3.connect("t.db")
    with connection:
        connection.execute("UPDATE ledger SET body = replace(body, 'intended', 'published')")
    connection.close()
    fails(threadbot("status", digest), 4, "the ledger is damaged")


# --- schedule --------------------------------------------------------------------------------------------------------


def test_schedule_seals_and_says_what_comes_next() -> None:
    said = threadbot("schedule", "draft.md", *LATER)
    digest = threadbot("preview", "draft.md", "--json").json["digest"]
    assert (said.code, said.err) == (0, "")
    assert said.out.splitlines() == [
        f"{digest[:8]} sealed: 2 posts on blog, at 2030-12-01 18:00",
        f"threadbot worker publishes it then; threadbot cancel {digest[:8]} drops it",
    ]


def test_schedule_prints_what_it_sealed_for_machines() -> None:
    said = threadbot("schedule", "draft.md", *LATER, "--json")
    assert set(said.json) == {"digest", "id", "slug", "threads"}
    assert said.json["threads"][0]["due"] == "2030-12-01T17:00:00+00:00"


def test_schedule_takes_the_time_of_the_draft_unless_the_command_says_another(folder: Path) -> None:
    drafted(folder, f"---\npublish_at: 2030-12-01 18:00\ntimezone: Asia/Tokyo\n---\n{DRAFT}")
    assert threadbot("schedule", "draft.md", "--json").json["threads"][0]["due"] == "2030-12-01T09:00:00+00:00"
    assert threadbot("schedule", "draft.md", *LATER, "--json").json["threads"][0]["due"] == "2030-12-01T17:00:00+00:00"


def test_schedule_without_a_time_it_can_use_is_2(folder: Path) -> None:
    fails(threadbot("schedule", "draft.md"), 2, 'when? – add --at "2026-12-01 18:00", or publish_at to the draft')
    for wall in ("tomorrow", "2030-13-01 18:00", "18:00", "2030-12-01", "0001-01-01 00:00"):
        fails(threadbot("schedule", "draft.md", "--at", wall), 2, f"--at: “{wall}” is not a time – write 2026-12-01 18:00")
    fails(threadbot("schedule", "draft.md", "--at", "2020-12-01 18:00"), 2, "that time is past – give a later one")
    drafted(folder, f"---\npublish_at: 2020-12-01 18:00\n---\n{DRAFT}")
    fails(threadbot("schedule", "draft.md"), 2, "that time is past")
    (folder / "config.toml").write_text(f'database = "sqlite:///t.db"\n{SITE}')
    drafted(folder, DRAFT)
    fails(threadbot("schedule", "draft.md", *LATER), 2, 'no time zone – set timezone = "Europe/Paris" in the config')
    settled(folder)
    assert threadbot("list", "--json").json == []


def test_a_thread_that_waits_can_be_rescheduled() -> None:
    sealed()
    assert "2031-01-01 06:00" in threadbot("schedule", "draft.md", "--at", "2031-01-01 06:00").out
    [thread] = threadbot("list", "--json").json
    assert thread["due"] == "2031-01-01T05:00:00+00:00"


def test_a_cancelled_thread_can_be_scheduled_and_rescheduled() -> None:
    digest = sealed()
    threadbot("cancel", digest)
    for day in ("2031-01-02", "2031-01-01", "2031-01-03"):
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
    connection = sqlite3.connect("t.db")
    with connection:
        connection.execute("UPDATE threads SET wake = '2026-01-01T00:00:00.000000+00:00'")
    connection.close()
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
    threadbot("schedule", "other.md", "--at", "2031-01-01 06:00")
    lines = threadbot("list").out.splitlines()
    assert lines[0].split() == ["ID", "due", "state", "thread", "on", "account"]
    assert lines[1].endswith("2031-01-01 06:00  waiting         other on blog")
    assert lines[2] == f"{first[:8]}  2030-12-01 18:00  waiting         draft on blog"
    [_, thread] = threadbot("list", "--json").json
    assert set(thread) == {"id", "slug", "account", "network", "state", "due", "posts"}
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
    assert threadbot("cancel", digest) == Said(0, "blog: 0 of 2 posts dropped, 2 are live\n", "")
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
        assert store.ledger.take(digest, "blog", 2, NOON)
        fails(threadbot("cancel", digest), 1, "blog is being published right now – stop that process first")
    assert threadbot("cancel", digest).code == 0


def test_a_worker_with_nothing_to_do_ends_in_silence() -> None:
    sealed()
    assert threadbot("worker", "--once") == Said(0, "", "")


def test_a_worker_says_why_a_thread_does_not_go_on(folder: Path) -> None:
    digest = sealed()
    happens(digest, replace(INTENDED, kind=Kind.DEFERRED, key=None, until=NOON))
    (folder / "public").write_text("in the way")
    connection = sqlite3.connect("t.db")
    with connection:
        connection.execute("UPDATE threads SET wake = '2026-01-01T00:00:00.000000+00:00'")
        connection.execute("""UPDATE ledger SET body = replace(body, '"until":"2026', '"until":"2025')""")
    connection.close()
    said = threadbot("worker", "--once")
    assert said.code == 3
    assert "blog: posts 1–2 of 2 refused: blog: " in said.out


# --- start-up --------------------------------------------------------------------------------------------------------

HEAVY = "httpx", "sqlalchemy", "PIL", "rich", "apscheduler", "tenacity"
LOADED = """
import sys
from bot.cli.main import main
try:
    main()
finally:
    print([name for name in {} if name in sys.modules], file=sys.stderr)
""".format(HEAVY)


def loaded(folder: Path, *words: str) -> list[str]:
    """Which of the heavy libraries a command waits for."""
    said = process(*words, cwd=folder, python=("-c", LOADED))
    assert said.code == 0, said
    names = json.loads(said.err.splitlines()[-1].replace("'", '"'))
    assert isinstance(names, list)
    return names


@pytest.mark.parametrize("words", [["--help"], ["--version"], ["publish", "--help"], ["init"]])
def test_help_waits_for_no_library(words: list[str], folder: Path) -> None:
    assert loaded(folder, *words) == []


@pytest.mark.parametrize("words", [["preview", "draft.md"], ["preview", "draft.md", "--json"], ["check", "draft.md"]])
def test_preview_waits_only_for_what_it_shows(words: list[str], folder: Path) -> None:
    settled(folder, SITE + MASTO + X + SKY.format(server="https://bsky.social"))
    assert set(loaded(folder, *words)) <= {"PIL", "rich"}


def test_list_waits_for_no_network(folder: Path) -> None:
    assert not {"httpx", "apscheduler", "tenacity"} & set(loaded(folder, "list"))
