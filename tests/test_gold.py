"""The gold set is sound, and ours does no worse on either half than it did."""

from __future__ import annotations

import tomllib
from collections import Counter
from itertools import chain
from typing import Any

import pytest

from benchmarks import gold
from bot.core.text import graphemes

RAW = {name: tomllib.loads((gold.GOLD / f"{name}.toml").read_text(encoding="utf-8")) for name in gold.HALVES}
# What the rules reached when the floors were last raised; `python -m benchmarks.gold` prints where they are.
LEAST_F1 = {"tuned": 0.99, "held_out": 0.96}
LEAST_SEAMS = {"tuned": 76, "held_out": 68}
Case = dict[str, Any]


def cases(kind: str) -> list[Case]:
    return [case for half in RAW.values() for case in half[kind]]


def answers(case: Case) -> list[str]:
    return [case["text"], *case.get("or", [])]


def bare(text: str) -> str:
    return text.replace(gold.BOUNDARY, "").replace(gold.EITHER, "")


def test_there_are_enough_boundaries_and_seams_in_enough_languages() -> None:
    assert sum(case["text"].count(gold.BOUNDARY) for case in cases("sentence")) >= 200
    assert len(cases("seam")) >= 120
    for kind in ("sentence", "seam"):
        assert len({case["lang"] for case in cases(kind)}) >= 12


def test_every_case_says_why() -> None:
    assert [case["text"] for case in cases("sentence") + cases("seam") if not case["why"].strip()] == []


def test_a_boundary_stands_behind_the_last_mark_and_never_at_the_end_of_the_text() -> None:
    for case in cases("sentence"):
        pieces = case["text"].replace(gold.EITHER, gold.BOUNDARY).split(gold.BOUNDARY)
        assert all(pieces), case["text"]
        assert all(piece == piece.rstrip() for piece in pieces), case["text"]


def test_every_post_of_an_answer_fits_and_the_whole_text_does_not() -> None:
    for case in cases("seam"):
        assert graphemes(bare(case["text"])) > case["room"], case["text"]
        for answer in answers(case):
            assert max(graphemes(post.strip()) for post in answer.split(gold.BOUNDARY)) <= case["room"], answer


def test_all_answers_of_a_case_are_cuts_of_the_same_text_into_as_many_posts() -> None:
    for case in cases("seam"):
        assert {(bare(answer), answer.count(gold.BOUNDARY)) for answer in answers(case)} == {
            (bare(case["text"]), case["text"].count(gold.BOUNDARY))
        }
        assert len(set(answers(case))) == len(answers(case)), case["text"]


def test_no_text_is_there_twice() -> None:
    texts = Counter(bare(case["text"]) for case in chain(cases("sentence"), cases("seam")))
    assert [text for text, times in texts.items() if times > 1] == []


@pytest.mark.parametrize("kind", ["sentence", "seam"])
def test_the_halves_hold_as_many_cases_of_each_language(kind: str) -> None:
    tuned, held_out = (Counter(case["lang"] for case in RAW[name][kind]) for name in gold.HALVES)
    assert {lang: tuned[lang] - held_out[lang] for lang in tuned | held_out if abs(tuned[lang] - held_out[lang]) > 1} == {}


def test_a_break_where_editors_differ_counts_neither_for_nor_against() -> None:
    case = gold.Sentences("fr", "Un. Deux. Trois.", ends=frozenset({3}), either=frozenset({8}))
    assert gold.score(case, ["Un.", " Deux.", " Trois."]) == gold.score(case, ["Un. ", "Deux. Trois."]) == gold.Score(1, 0, 0)
    assert gold.score(case, ["Un. De", "ux. Trois."]) == gold.Score(0, 1, 1)


def test_a_seam_is_right_whatever_white_space_is_left_at_it() -> None:
    case = gold.Seams("fr", "Un. Deux.", 5, (("Un.", "Deux."),))
    assert gold.matched(case, ["Un. ", "Deux."])
    assert not gold.matched(case, ["Un. De", "ux."])


@pytest.mark.parametrize("name", gold.HALVES)
def test_our_sentences_are_found_as_well_as_ever(name: str) -> None:
    cases = gold.half(name).sentences
    scores = (gold.score(case, gold.our_sentences(case.text, case.lang)) for case in cases)
    assert sum(scores, gold.Score(0, 0, 0)).f1 >= LEAST_F1[name]


@pytest.mark.parametrize("name", gold.HALVES)
def test_our_seams_are_an_editors_as_often_as_ever(name: str) -> None:
    cases = gold.half(name).seams
    assert sum(gold.matched(case, gold.our_posts(case)) for case in cases) >= LEAST_SEAMS[name]
