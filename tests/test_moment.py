"""A wall time in a zone is one moment, also when the clocks change."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.moment import MomentError, moment, zone

PARIS = ZoneInfo("Europe/Paris")


def at(wall: str, tz: ZoneInfo = PARIS) -> str:
    found = moment(wall, tz)
    assert found.tzinfo is UTC
    return found.strftime("%Y-%m-%d %H:%M:%S")


@pytest.mark.parametrize(
    ("wall", "utc"),
    [
        ("2026-12-01 18:00", "2026-12-01 17:00:00"),
        ("2026-07-01 18:00", "2026-07-01 16:00:00"),
        ("2026-12-01T18:00", "2026-12-01 17:00:00"),
        ("2026-12-01 18:00:30", "2026-12-01 17:00:30"),
        ("  2026-12-01 18:00\n", "2026-12-01 17:00:00"),
        ("2026-12-01 00:30", "2026-11-30 23:30:00"),
        ("2028-02-29 12:00", "2028-02-29 11:00:00"),
    ],
)
def test_a_wall_time_is_read_in_its_zone(wall: str, utc: str) -> None:
    assert at(wall) == utc


@pytest.mark.parametrize(
    ("wall", "utc"),
    [
        ("2026-12-01 18:00Z", "2026-12-01 18:00:00"),
        ("2026-12-01T18:00:00+09:00", "2026-12-01 09:00:00"),
        ("2026-12-01 18:00-03:30", "2026-12-01 21:30:00"),
        ("2026-03-29 02:30+01:00", "2026-03-29 01:30:00"),
    ],
)
def test_a_time_with_an_offset_keeps_it(wall: str, utc: str) -> None:
    assert at(wall) == utc


def test_a_time_that_the_clocks_skip_is_an_hour_later() -> None:
    """On 29 March 2026 the clocks of Paris go from 02:00 to 03:00."""
    assert at("2026-03-29 01:59") == "2026-03-29 00:59:00"
    assert at("2026-03-29 02:30") == at("2026-03-29 03:30") == "2026-03-29 01:30:00"
    assert at("2026-03-29 03:00") == "2026-03-29 01:00:00"


def test_a_time_that_comes_twice_means_the_first() -> None:
    """On 25 October 2026 the clocks of Paris go from 03:00 back to 02:00."""
    assert at("2026-10-25 01:59") == "2026-10-24 23:59:00"
    assert at("2026-10-25 02:30") == "2026-10-25 00:30:00"
    assert at("2026-10-25 03:00") == "2026-10-25 02:00:00"


def test_other_zones_change_their_clocks_in_their_own_way() -> None:
    """Lord Howe Island moves by half an hour: on 4 October 2026 from 02:00 to 02:30."""
    howe = ZoneInfo("Australia/Lord_Howe")
    assert at("2026-10-04 02:15", howe) == at("2026-10-04 02:45", howe) == "2026-10-03 15:45:00"


@pytest.mark.parametrize(
    "wall",
    [
        "",
        "tomorrow",
        "18:00",
        "2026-12-01",
        "2026-12-01 18h00",
        "2026-12-01 6:00",
        "2026-12-01  18:00",
        "2026-12-01_18:00",
        "01/12/2026 18:00",
        "20261201T1800",
        "2026-W49-2 18:00",
        "2026-13-01 18:00",
        "2026-02-29 18:00",
        "2026-12-01 25:00",
        "2026-12-01 18:60",
        "2026-12-01 18:00 Europe/Paris",
        "2026-12-01 18:00 +01:00",
        "2026-12-01 18:00+99:00",
        "2026-12-01 18:00:00.5",
        "0000-12-01 18:00",
        "0001-01-01 00:00",
        "9999-12-31 23:59-12:00",
        "٢٠٢٦-١٢-٠١ ١٨:٠٠",
    ],
)
def test_what_is_no_time_is_refused_with_an_example(wall: str) -> None:
    with pytest.raises(MomentError) as raised:
        moment(wall, PARIS)
    assert str(raised.value) == f"“{wall}” is not a time – write 2026-12-01 18:00"


@pytest.mark.parametrize(
    "name",
    [
        "",
        "Paris",
        "Europe/Pariss",
        "CET+1",
        "+01:00",
        "Europe",
        "../../etc/passwd",
        "/etc/localtime",
        "Europe/Paris\0",
        "zone.tab",
        "é" * 5000,
        "Europe/",
        "\ud800",
    ],
)
def test_what_is_no_zone_is_refused_with_an_example(name: str) -> None:
    with pytest.raises(MomentError) as raised:
        zone(name)
    assert str(raised.value) == f"unknown time zone “{name}” – write an IANA name such as Europe/Paris"


@pytest.mark.parametrize("name", ["Europe/Paris", "UTC", "America/Argentina/Buenos_Aires"])
def test_an_iana_name_is_a_zone(name: str) -> None:
    assert zone(name).key == name


@given(st.text())
def test_any_text_is_a_moment_or_a_moment_error(text: str) -> None:
    with suppress(MomentError):
        assert moment(text, PARIS).tzinfo is UTC


@given(
    st.datetimes(datetime(1971, 1, 1), datetime(2100, 1, 1)),
    st.sampled_from(["Europe/Paris", "America/New_York", "Asia/Tokyo"]),
)
def test_the_clock_of_the_zone_shows_the_wall_time_again(wall: datetime, name: str) -> None:
    """But where it is skipped: then it shows what comes as long after the change."""
    wall, tz = wall.replace(microsecond=0), ZoneInfo(name)
    shown = moment(f"{wall:%Y-%m-%d %H:%M:%S}", tz).astimezone(tz).replace(tzinfo=None, fold=0)
    skipped = wall.replace(tzinfo=tz, fold=0).utcoffset() < wall.replace(tzinfo=tz, fold=1).utcoffset()  # type: ignore[operator]
    assert (shown > wall) if skipped else (shown == wall)
