"""What is kept in the cache is given back whole or not at all, with its age, and there is never more than there should be."""

from __future__ import annotations

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.store.cache import Cache
from bot.store.fittings import Fittings
from bot.testing.fakes import JumpingClock

NOON = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache("things", 10_000, tmp_path)


def got(cache: Cache, name: str) -> bytes | None:
    """What is kept, without its age."""
    kept = cache.get(name)
    return kept and kept[0]


def aged(cache: Cache, days: int) -> None:
    """All that is there was used so many days earlier."""
    for file in cache.folder.iterdir():
        moment = file.stat().st_mtime_ns - days * 86_400 * 10**9
        os.utime(file, ns=(moment, moment))


def size(cache: Cache) -> int:
    return sum(file.stat().st_size for file in cache.folder.iterdir())


def test_what_was_kept_is_given_back(cache: Cache) -> None:
    data = b"line\nline\r\n\x00\xff"
    assert got(cache, "a") is None
    cache.put("a", data)
    cache.put("b", b"")
    again = Cache("things", 10_000, cache.folder.parent)
    assert (got(again, "a"), got(again, "b"), got(again, "c")) == (data, b"", None)


def test_its_age_is_told_however_often_it_was_used(tmp_path: Path) -> None:
    clock = JumpingClock(NOON)
    cache = Cache("things", 10_000, tmp_path, clock.now)
    cache.put("a", b"data")
    for days in (1, 2):
        clock.wait(86_400)
        assert cache.get("a") == (b"data", timedelta(days=days))


def test_what_a_clock_that_was_ahead_has_kept_was_never_kept(tmp_path: Path) -> None:
    clock = JumpingClock(NOON)
    Cache("things", 10_000, tmp_path, lambda: NOON + timedelta(hours=1)).put("a", b"data")
    assert Cache("things", 10_000, tmp_path, clock.now).get("a") is None


def test_a_fitted_picture_is_given_back_with_what_is_known_of_it(tmp_path: Path) -> None:
    about = {"mime": "image/png", "notes": ["PNG → WebP"], "lettering": 7.5, "none": None}
    Fittings(tmp_path).put("a", about, b"line\nline")
    assert Fittings(tmp_path).get("a") == (about, b"line\nline")
    assert Fittings(tmp_path).get("b") is None


def test_what_another_version_kept_of_a_picture_was_never_kept(tmp_path: Path) -> None:
    Cache("fitted", 10_000, tmp_path).put("a", b"no json\ndata")
    assert Fittings(tmp_path).get("a") is None


def test_the_last_one_kept_under_a_key_counts(cache: Cache) -> None:
    cache.put("a", b"one")
    cache.put("a", b"two")
    assert got(cache, "a") == b"two"
    assert len(list(cache.folder.iterdir())) == 1


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 10**6), st.integers(1, 255), st.booleans())
def test_whatever_is_damaged_was_never_kept(cache: Cache, place: int, change: int, cut: bool) -> None:
    cache.put("a", b"data" * 20)
    [file] = cache.folder.iterdir()
    raw = bytearray(file.read_bytes())
    place %= len(raw)
    if cut:
        del raw[place:]
    else:
        raw[place] ^= change
    file.write_bytes(raw)
    assert cache.get("a") is None
    cache.put("a", b"anew")
    assert got(cache, "a") == b"anew"


def test_a_file_of_another_key_is_not_taken_for_this_one(cache: Cache) -> None:
    cache.put("a", b"one")
    [file] = cache.folder.iterdir()
    cache.put("b", b"two")
    [other] = set(cache.folder.iterdir()) - {file}
    other.write_bytes(file.read_bytes())
    assert cache.get("b") is None


def test_what_was_used_longest_ago_goes_first(cache: Cache) -> None:
    for key in "abc":
        cache.put(key, key.encode() * 3000)
        aged(cache, 1)
    cache.get("a")  # used: it is young again
    cache.put("d", b"d" * 3000)
    assert {key for key in "abcd" if cache.get(key)} == {"a", "c", "d"}
    assert size(cache) <= 10_000


def test_what_is_too_large_by_itself_is_not_kept(cache: Cache) -> None:
    cache.put("a", b"a" * 20_000)
    assert (cache.get("a"), size(cache)) == (None, 0)


def test_what_a_dead_process_left_half_written_goes_like_anything_else(cache: Cache) -> None:
    cache.put("a", b"a")
    (cache.folder / "x.new").write_bytes(b"x" * 9_900)
    aged(cache, 1)
    cache.put("b", b"b" * 100)
    assert size(cache) <= 10_000
    assert got(cache, "b") == b"b" * 100


def test_many_at_once_do_not_disturb_each_other(cache: Cache) -> None:
    def used(number: int) -> bool:
        key, data = str(number % 3), str(number % 3).encode() * 100
        cache.put(key, data)
        return got(cache, key) in (data, None)

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(used, range(200)))
    assert [got(cache, str(key)) for key in range(3)] == [str(key).encode() * 100 for key in range(3)]


def test_nobody_else_can_read_what_is_kept(cache: Cache) -> None:
    cache.put("a", b"data")
    [file] = cache.folder.iterdir()
    assert stat.S_IMODE(cache.folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_where_nothing_can_be_kept_nothing_is(tmp_path: Path) -> None:
    (tmp_path / "things").write_text("in the way")
    cache = Cache("things", 10_000, tmp_path)
    cache.put("a", b"data")
    assert cache.get("a") is None


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no disk that is always full")
def test_a_full_disk_is_left_as_it_was(cache: Cache, monkeypatch: pytest.MonkeyPatch) -> None:
    cache.put("a", b"data")

    def full(suffix: str, dir: Path) -> tuple[int, str]:  # noqa: A002  as mkstemp calls it
        (dir / suffix).touch()
        return os.open("/dev/full", os.O_WRONLY), str(dir / suffix)

    monkeypatch.setattr("bot.store.cache.mkstemp", full)
    cache.put("b", b"more" * 10_000)
    assert (got(cache, "a"), got(cache, "b")) == (b"data", None)
    assert len(list(cache.folder.iterdir())) == 1


def test_they_are_in_the_users_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert tmp_path in Cache("things", 1).folder.parents
