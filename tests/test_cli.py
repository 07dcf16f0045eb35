"""The commands as a person and a script meet them: exit codes, what goes where, and never a traceback."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest

from bot import __version__
from bot.cli.main import cli
from tests.helpers_cli import DRAFT, LATER, SITE, SKY, Said, X, desk_in, drafted, fails, process, settled, threadbot


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return desk_in(tmp_path, monkeypatch)


# --- all commands ----------------------------------------------------------------------------------------------------


def commands() -> list[tuple[str, click.Command]]:
    assert isinstance(cli, click.Group)
    return sorted(cli.commands.items())


def test_the_commands_are_those_that_are_promised() -> None:
    promised = "accounts append cancel check count init list login map pause preview publish resolve resume retry rollback"
    assert [name for name, _ in commands()] == [*promised.split(), "schedule", "status", "worker"]


@pytest.mark.parametrize(("name", "command"), commands())
def test_every_command_has_a_help_text_with_an_example(name: str, command: click.Command) -> None:
    said = threadbot(name, "--help")
    assert (said.code, said.err) == (0, "")
    assert re.search(rf"(?m)^  Example(: |s:\n    )threadbot {name}\b", said.out)
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
def test_wrong_usage_is_2(words: list[str]) -> None:
    fails(threadbot(*words), 2, "Error: ")


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
    fails(
        threadbot(*words, "--config", "none.toml"), 2, "none.toml: there is no such file – threadbot init writes a config.toml"
    )
    fails(threadbot(*words, "--config", "."), 2, "Is a directory")
    (folder / "config.toml").write_text("colour = 1\n[accounts.blog]\nnetwork = 'sit'")
    fails(threadbot(*words), 2, "config.toml: colour: unknown key", "accounts.blog.network: there is no network “sit”")
    fails(threadbot(*words, "--json"), 2, "config.toml: colour: unknown key")


@pytest.mark.parametrize("words", USING_CONFIG[2:], ids=lambda words: words[0])
def test_a_database_that_cannot_be_used_is_2(words: list[str], folder: Path) -> None:
    (folder / "t.db").mkdir()
    fails(threadbot(*words), 2, "t.db cannot be used: ")


@pytest.mark.parametrize("words", USING_CONFIG[:4], ids=lambda words: words[0])
def test_a_faulty_draft_is_1_with_every_place(words: list[str], folder: Path) -> None:
    drafted(folder, "---\naccounts: ski\n---\nHi.\n![Flood map](none.png)\n")
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


# --- start-up --------------------------------------------------------------------------------------------------------

HEAVY = "httpx", "sqlalchemy", "PIL", "rich", "apscheduler", "tenacity"
LOADED = f"""
import sys
from bot.cli.main import main
try:
    main()
finally:
    print([name for name in {HEAVY} if name in sys.modules], file=sys.stderr)
"""


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
    """Nor for a network, where there is nothing to ask one."""
    settled(folder, SITE + X + SKY.format(server="https://bsky.social"))
    assert set(loaded(folder, *words)) <= {"PIL", "rich"}


def test_list_waits_for_no_network(folder: Path) -> None:
    assert not {"httpx", "apscheduler", "tenacity"} & set(loaded(folder, "list"))
