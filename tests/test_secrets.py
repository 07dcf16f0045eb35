"""A reference gives its secret when it is asked, says in words why it cannot, and never repeats what may be one itself."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from types import ModuleType

import pytest

from bot.core.errors import Unauthorized
from bot.store import secrets
from bot.store.secrets import Reference, is_reference, reference

SECRET = "correct horse battery staple"


def at(folder: Path, value: str) -> Reference:
    return reference("accounts.sky.password", folder / "config.toml", value)


def said(folder: Path, value: str) -> str:
    """Why there is no secret; on one line, with the key of the config."""
    with pytest.raises(Unauthorized) as raised:
        at(folder, value)()
    message = str(raised.value)
    assert message.startswith(f"{folder / 'config.toml'}: accounts.sky.password: ")
    assert len(message.splitlines()) == 1
    assert raised.value.__context__ is None
    return message


def kept(folder: Path, text: str = SECRET, mode: int = 0o600) -> Path:
    """A file with a secret."""
    file = folder / "sky.key"
    file.write_text(text, encoding="utf-8")
    file.chmod(mode)
    return file


def program(folder: Path, *lines: str) -> str:
    """A shell script that stands beside the config; how a config names it."""
    file = folder / "tell"
    file.write_text("\n".join(["#!/bin/sh", *lines]))
    file.chmod(0o700)
    return "command:./tell"


# --- the shape of a reference --------------------------------------------------------------------------------------------


REFERENCES = """
env:A
env:sky_password
file:sky.key
file:/run/secrets/a b
keyring:threadbot/sky
keyring:a/b/c
command:pass show threadbot/x
command:op read 'op://Private/X/password'
"""
OTHERS = """
hunter2
env:
env:a-b
env:9
env: A
ENV:A
file:
keyring:sky
keyring:/sky
keyring:a/
command:
command:echo 'a
http://a
pass:word
"""


@pytest.mark.parametrize("value", REFERENCES.strip().split("\n"))
def test_this_is_a_reference(value: str) -> None:
    assert is_reference(value)


@pytest.mark.parametrize("value", ["", "file: ", "command: ", "env:A\n", *OTHERS.strip().split("\n")])
def test_this_is_none(value: str) -> None:
    assert not is_reference(value)


# --- env and file --------------------------------------------------------------------------------------------------------


def test_a_variable_is_read_anew_each_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for value in ("hunter2", "hunter3"):
        monkeypatch.setenv("SKY_PASSWORD", f" {value}\n")
        assert at(tmp_path, "env:SKY_PASSWORD")() == value


def test_a_variable_that_is_not_set_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SKY_PASSWORD", raising=False)
    assert "env:SKY_PASSWORD is empty – set it, and start again" in said(tmp_path, "env:SKY_PASSWORD")


def test_a_secret_written_in_the_place_of_a_name_is_not_repeated(tmp_path: Path) -> None:
    for value in ("env:hunter2", "file:hunter2", "keyring:hunter2/x", "command:hunter2", "command:hunter2 --x"):
        assert "hunter2" not in said(tmp_path, value)
        assert "hunter2" not in str(at(tmp_path, value)) + repr(at(tmp_path, value))


def test_a_file_is_relative_to_the_config_and_loses_its_last_line_end(tmp_path: Path) -> None:
    kept(tmp_path, f"{SECRET}\n")
    assert at(tmp_path, "file:sky.key")() == SECRET


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o444])
def test_a_file_that_others_can_read_is_refused_with_what_closes_it(tmp_path: Path, mode: int) -> None:
    file = kept(tmp_path, mode=mode)
    assert f"others can read {file} – chmod 600 {file}" in said(tmp_path, "file:sky.key")
    file.chmod(0o600)
    assert at(tmp_path, "file:sky.key")() == SECRET


def test_a_file_that_a_container_was_given_keeps_its_mode(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept(tmp_path, mode=0o444)
    monkeypatch.setattr(secrets, "MOUNTED", (tmp_path.resolve(),))
    assert at(tmp_path, "file:sky.key")() == SECRET


def test_a_file_of_somebody_else_is_theirs_to_close(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept(tmp_path, mode=0o444)
    monkeypatch.setattr(os, "geteuid", lambda: kept(tmp_path, mode=0o444).stat().st_uid + 1)
    assert at(tmp_path, "file:sky.key")() == SECRET


def test_a_file_where_nothing_can_be_written_keeps_its_mode(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept(tmp_path, mode=0o444)
    real = os.statvfs(tmp_path)
    fields = [*real[:8], real.f_flag | os.ST_RDONLY, *real[9:]]
    monkeypatch.setattr(os, "statvfs", lambda _: os.statvfs_result(fields))
    assert at(tmp_path, "file:sky.key")() == SECRET


@pytest.mark.parametrize("value", ["file:none", "file:.", "file:~nosuchperson/a", "file:loop", "file:none/a"])
def test_a_file_that_is_not_there_is_said_without_its_name(tmp_path: Path, value: str) -> None:
    (tmp_path / "loop").symlink_to("loop")
    assert "the file cannot be read (" in said(tmp_path, value)
    assert value not in said(tmp_path, value)


def test_a_file_that_holds_no_text_is_said_in_words(tmp_path: Path) -> None:
    kept(tmp_path).write_bytes(b"\xe9t\xe9")
    assert "the file cannot be read (UnicodeDecodeError)" in said(tmp_path, "file:sky.key")
    kept(tmp_path, "\n")
    assert "is empty – set it, and start again" in said(tmp_path, "file:sky.key")


# --- command -------------------------------------------------------------------------------------------------------------


def test_a_command_gives_its_first_line(tmp_path: Path) -> None:
    assert at(tmp_path, program(tmp_path, f"echo ' {SECRET} '", "echo 'user: alice'"))() == SECRET


def test_no_shell_reads_a_command(tmp_path: Path) -> None:
    value = program(tmp_path, 'echo "$1|$2"') + " '$HOME; a' \\`b\\`"
    assert at(tmp_path, value)() == "$HOME; a|`b`"


def test_what_a_command_says_when_it_fails_is_not_repeated(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    value = program(tmp_path, f"echo '{SECRET}'", f"echo '{SECRET}' >&2", "exit 7")
    assert "./tell ended with exit code 7 – try it in a terminal" in said(tmp_path, f"{value} --token=hunter2")
    assert "hunter2" not in said(tmp_path, f"{value} --token=hunter2")
    assert SECRET not in said(tmp_path, value) + "".join(capfd.readouterr())


def test_a_command_that_never_ends_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secrets, "PATIENCE", 0.05)
    assert "./tell did not answer within " in said(tmp_path, program(tmp_path, "exec sleep 30"))


def test_a_command_is_not_asked_anything(tmp_path: Path) -> None:
    assert "command:… is empty" in said(tmp_path, program(tmp_path, "cat"))


def test_a_command_that_is_no_program_is_said_in_words(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("no program")
    for value in ("command:./none", "command:./text", "command:."):
        assert "the command cannot be started (" in said(tmp_path, value)


# --- keyring -------------------------------------------------------------------------------------------------------------


def ring(monkeypatch: pytest.MonkeyPatch, held: dict[tuple[str, str], str], fault: Exception | None = None) -> None:
    """A keyring library that holds this, or fails."""

    def get_password(service: str, name: str) -> str | None:
        if fault:
            raise fault
        return held.get((service, name))

    library = ModuleType("keyring")
    library.get_password = get_password  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "keyring", library)


def test_a_keyring_is_asked_for_a_service_and_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ring(monkeypatch, {("threadbot", "sky"): SECRET, ("https://a/b", "c"): "other"})
    assert at(tmp_path, "keyring:threadbot/sky")() == SECRET
    assert at(tmp_path, "keyring:https://a/b/c")() == "other"


def test_an_entry_that_is_not_there_is_said_with_what_makes_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ring(monkeypatch, {})
    assert "the keyring has no such entry – keyring set SERVICE NAME makes it" in said(tmp_path, "keyring:hunter2/x")


def test_a_keyring_that_fails_does_not_get_to_say_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ring(monkeypatch, {}, RuntimeError(SECRET))
    assert "the keyring cannot be read (RuntimeError)" in said(tmp_path, "keyring:threadbot/sky")


def test_a_keyring_that_is_not_installed_is_said_with_what_installs_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    assert "keyring is not installed – pip install 'threadbot[keyring]'" in said(tmp_path, "keyring:threadbot/sky")


def test_the_real_keyring_library_is_asked_the_same_way(tmp_path: Path) -> None:
    keyring = pytest.importorskip("keyring", reason="threadbot[keyring] is not installed")
    backend = pytest.importorskip("keyring.backend")

    class Ring(backend.KeyringBackend):  # type: ignore[misc, name-defined]
        priority = 1

        def get_password(self, service: str, username: str) -> str | None:
            return SECRET if (service, username) == ("threadbot", "sky") else None

        def set_password(self, service: str, username: str, password: str) -> None:
            raise NotImplementedError

    before = keyring.get_keyring()
    keyring.set_keyring(Ring())
    try:
        assert at(tmp_path, "keyring:threadbot/sky")() == SECRET
        assert "no such entry" in said(tmp_path, "keyring:threadbot/other")
    finally:
        keyring.set_keyring(before)


# --- what is shown -------------------------------------------------------------------------------------------------------


def test_a_reference_shows_the_name_of_a_variable_and_of_nothing_else(tmp_path: Path) -> None:
    shown = {
        value: str(at(tmp_path, value)) for value in ("env:SKY_PASSWORD", "env:Xy8fd0a", "file:a", "keyring:a/b", "command:a")
    }
    assert list(shown.values()) == ["env:SKY_PASSWORD", "env:…", "file:…", "keyring:…", "command:…"]
    assert "SKY_PASSWORD" not in repr(at(tmp_path, "env:SKY_PASSWORD"))
