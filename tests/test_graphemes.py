"""Grapheme clusters: as the standard has them, but never fewer than a network of an older Unicode counts, nor cut in it."""

from __future__ import annotations

from time import perf_counter

import pytest
import regex
from hypothesis import given

from bot.core.graphemes import cluster_ends, clusters, fine_clusters, fine_graphemes, graphemes
from tests.texts import PIECEWISE, TEXTS

CLUSTER = regex.compile(r"\X")


def ends(text: str) -> list[int]:
    return [cluster.end() for cluster in CLUSTER.finditer(text)]


@given(PIECEWISE)
def test_graphemes_are_those_of_the_standard_whatever_the_shortcut(text: str) -> None:
    assert graphemes(text) == len(ends(text))
    assert cluster_ends(text) == [at for at in ends(text) if text[at - 1] != "\u200d" or text[at : at + 1].strip() == ""]


@given(TEXTS)
def test_a_newer_standard_never_makes_a_count_smaller_nor_a_cut_possible(text: str) -> None:
    assert fine_graphemes(text) >= graphemes(text) >= len(ends(text))
    assert set(cluster_ends(text)) <= set(ends(text))


@given(TEXTS)
def test_a_count_is_that_of_its_clusters(text: str) -> None:
    for count, spans in ((graphemes, clusters), (fine_graphemes, fine_clusters)):
        assert count(text) == len(text) - sum(end - start - 1 for start, end in spans(text))


@pytest.mark.parametrize(
    ("text", "bluesky", "mastodon"),
    [
        ("क्षि", 1, 2),  # Ruby 3.4 knows no conjuncts
        ("a्क", 2, 2),  # one since Unicode 18
        ("क्\u200cष", 2, 2),
        ("a\u1ade", 2, 2),  # a mark since Unicode 18
        ("a\u0897", 1, 2),  # a mark since Unicode 16
        ("★\u200d🙂", 2, 2),  # one up to Unicode 16
    ],
)
def test_what_joins_is_a_matter_of_the_networks_unicode(text: str, bluesky: int, mastodon: int) -> None:
    assert (graphemes(text), fine_graphemes(text)) == (bluesky, mastodon)


@pytest.mark.parametrize("text", ["a्क", "क्षि", "a\u1ade", "★\u200d🙂", "🙂\u200d\U0001f7db", "\U00011a3aक"])
def test_no_text_is_cut_where_any_unicode_joins(text: str) -> None:
    assert cluster_ends(text) == [len(text)]


def test_a_space_behind_a_joiner_is_a_place_to_cut_all_the_same() -> None:
    assert cluster_ends("a\u200d b") == [2, 3, 4]


@pytest.mark.parametrize("character", ["e\u0301", "👩🏽\u200d🚀", "🇫🇷", "\r\n", "각", "क्षि", "1️⃣", "\u0600١", "©\ufe0f"])
def test_a_reader_sees_one_character_between_two_letters(character: str) -> None:
    assert graphemes(f"a{character}b") == 3
    assert cluster_ends(f"a{character}b") == [1, 1 + len(character), 2 + len(character)]


def test_a_line_break_of_two_characters_is_one_also_in_ascii() -> None:
    assert (graphemes("a\r\nb\n\rc"), graphemes("")) == (6, 0)


def test_a_row_of_flags_takes_no_time() -> None:
    """`\\X` alone looks back to the first of them from each: minutes, for so many."""
    start = perf_counter()
    assert graphemes("🇫" * 300_000) == len(cluster_ends("🇫" * 300_000)) == 150_000
    assert perf_counter() - start < 20
