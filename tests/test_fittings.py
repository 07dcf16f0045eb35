"""Fitted pictures are kept in the cache: given back whole or not at all, and never more of them than there should be."""

from __future__ import annotations

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.store.fittings import Fittings

ABOUT = {"mime": "image/png", "notes": ["PNG → WebP"], "lettering": 7.5, "none": None}


@pytest.fixture
def fittings(tmp_path: Path) -> Fittings:
    return Fittings(tmp_path / "fitted", 10_000)


def aged(fittings: Fittings, days: int) -> None:
    """All that is there was used so many days earlier."""
    for file in fittings.folder.iterdir():
        moment = file.stat().st_mtime_ns - days * 86_400 * 10**9
        os.utime(file, ns=(moment, moment))


def size(fittings: Fittings) -> int:
    return sum(file.stat().st_size for file in fittings.folder.iterdir())


def test_what_was_kept_is_given_back(fittings: Fittings) -> None:
    data = b"line\nline\r\n\x00\xff"
    assert fittings.get("a") is None
    fittings.put("a", ABOUT, data)
    fittings.put("b", {}, b"")
    again = Fittings(fittings.folder)
    assert (again.get("a"), again.get("b"), again.get("c")) == ((ABOUT, data), ({}, b""), None)


def test_the_last_one_kept_under_a_key_counts(fittings: Fittings) -> None:
    fittings.put("a", ABOUT, b"one")
    fittings.put("a", {}, b"two")
    assert fittings.get("a") == ({}, b"two")
    assert len(list(fittings.folder.iterdir())) == 1


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 10**6), st.integers(1, 255), st.booleans())
def test_whatever_is_damaged_was_never_kept(fittings: Fittings, place: int, change: int, cut: bool) -> None:
    fittings.put("a", ABOUT, b"data" * 20)
    [file] = fittings.folder.iterdir()
    raw = bytearray(file.read_bytes())
    place %= len(raw)
    if cut:
        del raw[place:]
    else:
        raw[place] ^= change
    file.write_bytes(raw)
    assert fittings.get("a") is None
    fittings.put("a", ABOUT, b"anew")
    assert fittings.get("a") == (ABOUT, b"anew")


def test_a_file_of_another_key_is_not_taken_for_this_one(fittings: Fittings) -> None:
    fittings.put("a", ABOUT, b"one")
    [file] = fittings.folder.iterdir()
    fittings.put("b", ABOUT, b"two")
    [other] = set(fittings.folder.iterdir()) - {file}
    other.write_bytes(file.read_bytes())
    assert fittings.get("b") is None


def test_what_was_used_longest_ago_goes_first(fittings: Fittings) -> None:
    for key in "abc":
        fittings.put(key, {}, key.encode() * 3000)
        aged(fittings, 1)
    fittings.get("a")  # used: it is young again
    fittings.put("d", {}, b"d" * 3000)
    assert {key for key in "abcd" if fittings.get(key)} == {"a", "c", "d"}
    assert size(fittings) <= 10_000


def test_what_is_too_large_by_itself_is_not_kept(fittings: Fittings) -> None:
    fittings.put("a", {}, b"a" * 20_000)
    assert (fittings.get("a"), size(fittings)) == (None, 0)


def test_what_a_dead_process_left_half_written_goes_like_anything_else(fittings: Fittings) -> None:
    fittings.put("a", {}, b"a")
    (fittings.folder / "x.new").write_bytes(b"x" * 9_900)
    aged(fittings, 1)
    fittings.put("b", {}, b"b" * 100)
    assert size(fittings) <= 10_000
    assert fittings.get("b") == ({}, b"b" * 100)


def test_many_at_once_do_not_disturb_each_other(fittings: Fittings) -> None:
    def used(number: int) -> bool:
        key, data = str(number % 3), str(number % 3).encode() * 100
        fittings.put(key, {}, data)
        return fittings.get(key) in (({}, data), None)

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(used, range(200)))
    assert [fittings.get(str(key)) for key in range(3)] == [({}, str(key).encode() * 100) for key in range(3)]


def test_nobody_else_can_read_what_is_kept(fittings: Fittings) -> None:
    fittings.put("a", ABOUT, b"data")
    [file] = fittings.folder.iterdir()
    assert stat.S_IMODE(fittings.folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_where_nothing_can_be_kept_nothing_is(tmp_path: Path) -> None:
    folder = tmp_path / "fitted"
    folder.write_text("in the way")
    fittings = Fittings(folder)
    fittings.put("a", ABOUT, b"data")
    assert fittings.get("a") is None


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no disk that is always full")
def test_a_full_disk_is_left_as_it_was(fittings: Fittings, monkeypatch: pytest.MonkeyPatch) -> None:
    fittings.put("a", ABOUT, b"data")

    def full(suffix: str, dir: Path) -> tuple[int, str]:  # noqa: A002  as mkstemp calls it
        (dir / suffix).touch()
        return os.open("/dev/full", os.O_WRONLY), str(dir / suffix)

    monkeypatch.setattr("bot.store.fittings.mkstemp", full)
    fittings.put("b", ABOUT, b"more" * 10_000)
    assert (fittings.get("a"), fittings.get("b")) == ((ABOUT, b"data"), None)
    assert len(list(fittings.folder.iterdir())) == 1


def test_they_are_in_the_users_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert tmp_path in Fittings().folder.parents
