"""Words, numbers and dates on a map, and the length of its scale bar."""

from __future__ import annotations

from dataclasses import fields
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.media.maps.counting import POINTS, points
from bot.media.maps.saying import LANGUAGES, words
from bot.media.maps.scalebar import bar


def test_a_language_is_found_by_its_code_and_an_unknown_one_is_english() -> None:
    assert words("fr").sources == "Sources"
    assert words("pt-BR") is words("PT") is LANGUAGES["pt"]
    assert words("") is words("eo") is LANGUAGES["en"]


@pytest.mark.parametrize("language", LANGUAGES.values(), ids=LANGUAGES.keys())
def test_every_language_has_all_words_and_twelve_months(language) -> None:
    assert all(getattr(language, field.name) for field in fields(language))
    assert len(set(language.months)) == 12
    for month in range(1, 13):
        assert "{" not in language.state(date(2026, month, 1))


@pytest.mark.parametrize(
    ("lang", "first", "twelfth"),
    [
        ("en", "Situation on 1 March 2026", "Situation on 12 March 2026"),
        ("fr", "Situation au 1er mars 2026", "Situation au 12 mars 2026"),
        ("de", "Stand: 1. März 2026", "Stand: 12. März 2026"),
        ("es", "Situación al 1 de marzo de 2026", "Situación al 12 de marzo de 2026"),
        ("it", "Situazione: 1º marzo 2026", "Situazione: 12 marzo 2026"),
        ("uk", "Станом на 1 березня 2026", "Станом на 12 березня 2026"),
    ],
)
def test_a_day_is_written_as_people_write_it(lang, first, twelfth) -> None:
    assert words(lang).state(date(2026, 3, 1)) == first
    assert words(lang).state(date(2026, 3, 12)) == twelfth


def test_numbers_have_the_signs_of_their_language() -> None:
    assert words("fr").number(12345.67, 1) == "12\u202f345,7"
    assert words("en").number(12345.67, 1) == "12,345.7"
    assert words("de").number(-1234567) == "−1.234.567"
    assert words("es").number(1234.5, 1) == "1234,5"
    assert words("fr").number(-0.04, 1) == "0,0"
    assert words("fr").number(-0.04, 2) == "−0,04"


@pytest.mark.parametrize(
    ("size", "said"),
    [
        (0, "0"),
        (0.0095, "0,01"),
        (5.03, "5"),
        (0.038, "0,04"),
        (0.0951, "0,1"),
        (0.84, "0,8"),
        (12.44, "12,4"),
        (99.94, "99,9"),
        (99.96, "100"),
        (295.4, "295"),
        (8123.4, "8123"),
        (23456, "23\u202f456"),
    ],
)
def test_an_area_is_as_exact_as_a_reader_has_use_for(size, said) -> None:
    assert words("fr").area(size) == f"{said}\u00a0km²"


def test_a_small_area_is_told_in_square_metres_and_never_as_nothing() -> None:
    told = [words("fr").area(size) for size in (0.0094, 0.003416, 0.00006, 0.0000004)]
    assert told == ["9400\u00a0m²", "3400\u00a0m²", "60\u00a0m²", "1\u00a0m²"]
    assert words("uk").area(0.003416) == "3400\u00a0м²"


@pytest.mark.parametrize(
    ("metres", "said"),
    [
        (4.4, "4\u00a0m"),
        (999.4, "999\u00a0m"),
        (999.6, "1\u00a0km"),
        (1000, "1\u00a0km"),
        (1549, "1.5\u00a0km"),
        (2000, "2\u00a0km"),
        (99_960, "100\u00a0km"),
        (123_456, "123\u00a0km"),
    ],
)
def test_a_length_changes_from_metres_to_kilometres(metres, said) -> None:
    assert words("en").length(metres) == said


@given(st.floats(0.001, 1e6), st.floats(20, 2000))
def test_a_scale_bar_has_a_round_length_and_takes_more_than_two_fifths_of_its_room(metres_per_pixel, most) -> None:
    pixels, text, divisions = bar(metres_per_pixel, most, "en")
    assert most * 0.4 - 1e-6 <= pixels <= most * (1 + 1e-6)
    digits = text.split("\u00a0")[0].replace(",", "").replace(".", "").strip("0")
    assert digits in ("1", "2", "5")
    assert divisions == {"1": 2, "2": 2, "5": 5}[digits]


@pytest.mark.parametrize(
    ("metres_per_pixel", "lang", "expected"),
    [
        (25, "fr", (200, "5\u00a0km", 5)),
        (2.6, "de", (1000 / 2.6 / 2, "500\u00a0m", 5)),
        (5000, "ru", (200, "1000\u00a0км", 2)),
        (4, "en", (250, "1\u00a0km", 2)),
        (0.001, "en", (200, "0.2\u00a0m", 2)),
        (0.5, "ar", (200, "100\u00a0م", 2)),
    ],
)
def test_a_scale_bar_is_said_in_the_language_of_the_map(metres_per_pixel, lang, expected) -> None:
    pixels, text, divisions = bar(metres_per_pixel, 250, lang)
    assert (pytest.approx(pixels), text, divisions) == expected


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("en", "1 point; 2 points; 5 points; 11 points; 21 points; 103 points"),
        ("de", "1 Punkt; 2 Punkte; 5 Punkte; 11 Punkte; 21 Punkte; 103 Punkte"),
        ("ru", "1 точка; 2 точки; 5 точек; 11 точек; 21 точка; 103 точки"),
        ("uk", "1 точка; 2 точки; 5 точок; 11 точок; 21 точка; 103 точки"),
        ("ar", "نقطة واحدة; نقطتان; 5 نقاط; 11 نقطة; 21 نقطة; 103 نقاط"),
    ],
)
def test_points_are_counted_as_the_language_counts(lang, said) -> None:
    assert "; ".join(points(number, words(lang)) for number in (1, 2, 5, 11, 21, 103)) == said


def test_every_language_counts_points() -> None:
    assert set(POINTS) == set(LANGUAGES)
    for language in LANGUAGES.values():
        assert all("{" not in points(number, language) for number in range(1, 130))
