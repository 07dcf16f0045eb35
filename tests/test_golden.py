"""A reporter's thread is cut as a person would cut it. The posts were read one by one; whatever changes them is read again."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from bot.core.breaks import lines, paragraphs, sentences
from bot.core.languages import language
from bot.core.number import FORM, numbering
from bot.core.posts import posts
from bot.networks.base import installed

GOLDEN = Path(__file__).parent / "data" / "golden"
REAL = Path(__file__).parents[2] / "shared" / "data" / "thread-fr.txt"
BETWEEN = "\n===\n"
NETWORKS = ("x", "bluesky", "mastodon")


def cut(text: str, network: str) -> list[str]:
    return posts(text, installed()[network].rules, numbering(FORM), "paragraphs", "fr")


@pytest.mark.parametrize("network", NETWORKS)
def test_a_thread_is_cut_as_it_was_when_somebody_read_it(network: str) -> None:
    text = (GOLDEN / "thread.txt").read_text(encoding="utf-8").strip()
    assert cut(text, network) == (GOLDEN / f"{network}.txt").read_text(encoding="utf-8").strip().split(BETWEEN)


@pytest.mark.parametrize("network", NETWORKS)
def test_of_the_real_thread_only_what_no_post_can_hold_is_cut(network: str) -> None:
    if not REAL.exists():
        pytest.skip("the real thread is its author's and not in this repository")
    text, french = REAL.read_text(encoding="utf-8").strip(), language("fr")
    limits, sent = installed()[network].rules, [post.partition(" ")[2] for post in cut(text, network)]
    units = [(0, len(text))]
    for parts in (paragraphs, lines, sentences):
        units = [unit for start, end in units for unit in between(parts(text, start, end, french), start, end)]
    whole = [text[start:end] for start, end in units]
    assert [each for each in whole if not any(each in post for post in sent)] == [
        each for each in whole if not limits.holds(f"1/15 {each}")
    ]


def between(places: list[tuple[int, int, int]], start: int, end: int) -> list[tuple[int, int]]:
    return list(pairwise([start, *(at for place in places for at in place[:2]), end]))[::2]
