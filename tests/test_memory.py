"""What servers were asked before is kept with its age, and may be lost at any time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.store.memory import Memory


@pytest.fixture
def memory(tmp_path: Path) -> Memory:
    return Memory(tmp_path / "asked")


def kept(memory: Memory, name: str) -> dict[str, Any]:
    """What is kept under a name; there is something."""
    found = memory.get(name)
    assert found, name
    return found[0]


def only_file(memory: Memory) -> Path:
    (file,) = memory.folder.iterdir()
    return file


def test_what_was_asked_is_kept_by_name_with_its_age(memory: Memory) -> None:
    before = datetime.now(UTC)
    memory.put("mastodon.social limits", {"characters": 500})
    memory.put("é limits", {"characters": 501})
    found = memory.get("mastodon.social limits")
    assert found
    assert found[0] == {"characters": 500}
    assert before <= found[1] <= datetime.now(UTC)
    assert memory.get("other") is None


def test_another_run_remembers(memory: Memory) -> None:
    memory.put("a", {"b": [1, {"c": None}]})
    assert kept(Memory(memory.folder), "a") == {"b": [1, {"c": None}]}


def test_what_is_kept_later_replaces_what_was_kept(memory: Memory) -> None:
    memory.put("a", {"b": 1})
    memory.put("a", {"c": 2})
    assert kept(memory, "a") == {"c": 2}


def test_a_name_may_be_anything(memory: Memory) -> None:
    for name in ("../../etc/passwd", "https://a.org/b?c=d", "", "\x00", "a" * 5000):
        memory.put(name, {"name": name})
        assert kept(memory, name) == {"name": name}
    assert [path.name for path in memory.folder.parent.iterdir()] == ["asked"]


@pytest.mark.parametrize(
    "body",
    ["", "{", "7", "[]", "null", '{"name": "a"}', '{"name": "b", "at": "2026-01-01T12:00:00+00:00", "value": {}}']
    + [f'{{"name": "a", "at": "2026-01-01T12:00:00+00:00", "value": {value}}}' for value in ("7", "null", '"text"', "[1]")]
    + [f'{{"name": "a", "at": {moment}, "value": {{}}}}' for moment in ('"yesterday"', "7", "null", '"9999-99-99"')],
)
def test_what_cannot_be_read_was_never_asked(memory: Memory, body: str) -> None:
    memory.put("a", {})
    only_file(memory).write_text(body)
    assert memory.get("a") is None


def test_what_is_no_text_or_has_no_end_was_never_asked(memory: Memory) -> None:
    for body in (b"\xff\xfe[", b"[" * 100_000):
        memory.put("a", {})
        only_file(memory).write_bytes(body)
        assert memory.get("a") is None


def test_what_was_kept_by_a_clock_that_was_ahead_was_never_asked(memory: Memory) -> None:
    """It would stay young for as long as the clock was wrong."""
    memory.put("a", {})
    ahead = datetime.now(UTC) + timedelta(hours=1)
    only_file(memory).write_text(f'{{"name": "a", "at": "{ahead.isoformat()}", "value": {{}}}}')
    assert memory.get("a") is None


def test_a_cache_that_cannot_be_written_does_no_harm(tmp_path: Path) -> None:
    (tmp_path / "asked").write_text("no folder")
    memory = Memory(tmp_path / "asked")
    memory.put("a", {})
    assert memory.get("a") is None


def test_it_stands_in_the_users_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert tmp_path in Memory().folder.parents
