"""Why a thread is cut where it is: the figures are those of the posts, and no seam has a better place next to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.breaks import Kind
from bot.core.explain import Seam, Tally, seams, tallies
from bot.core.graphemes import clusters
from bot.core.languages import language
from bot.core.model import Draft, Numbering, Span
from bot.core.number import FORM, OFF
from bot.core.posts import Frame, Unsplittable, cut
from bot.core.rules import Rules
from bot.core.wording import Block
from tests.helpers_draft import RULES, framed, target
from tests.test_compose_any import STYLES, drafts


def blocks(*texts: str) -> list[Block]:
    return [Block(text, (), ((0, Span(1, 1)),)) for text in texts]


def frame(length: int, way: str = "paragraphs", dialect: str = "plain", numbering: Numbering = OFF) -> Frame:
    return Frame(Rules(dialect, length, 0, 0, (), "these tests"), numbering, way, language("en"))


def texts(found: Sequence[Block], how: Frame) -> list[str]:
    return [piece.text for piece in cut(found, how)]


# --- the ways --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("passages", "expected"),
    [
        (  # to fill posts a paragraph must be cut
            ["Aaa bb cc.\n\nDdd eee. Fff ggg.\n\nHhh iii."],
            [(3, 0, 0), (2, 1, 0), (2, 1, 0), (3, 0, 0), None],
        ),
        (  # the second paragraph is too long for a post; with fewer posts, its first sentence is cut too
            ["Aaa bbb ccc.\n\nDdd eee. Fff ggg hhh."],
            [(3, 1, 0), (3, 1, 0), (2, 1, 1), (3, 1, 0), None],
        ),
        (["Aaa bbb ccc ddd eee fff ggg hhh iii jjj kkk lll mmm."], [(3, 1, 1), (3, 1, 1), (3, 1, 1), (3, 1, 1), None]),
        (["Aaa bbb.", "Ccc ddd.\n\nEee."], [(2, 0, 0), (2, 0, 0), (2, 0, 0), (3, 0, 0), (2, 0, 0)]),
        (["Aaa bbb.", "Ccc ddd. Eee fff ggg.", "Hhh."], [(4, 1, 0), (4, 1, 0), (4, 1, 0), (4, 1, 0), None]),
        (["a" * 15 + "@" + "b" * 15], [(2, 1, 1), (2, 1, 1), (2, 1, 1), (2, 1, 1), None]),
    ],
)
def test_each_way_has_its_posts_and_what_it_cuts(passages: list[str], expected: list[tuple[int, int, int] | None]) -> None:
    ways = ("paragraphs", "sentences", "words", "each", "manual")
    assert list(tallies(blocks(*passages), frame(20))) == [
        Tally(way, *figures) if figures else Tally(way) for way, figures in zip(ways, expected, strict=True)
    ]


def test_the_ways_do_not_depend_on_the_one_in_use() -> None:
    found = blocks("Aaa bb cc.\n\nDdd eee. Fff ggg.\n\nHhh iii.")
    assert list(tallies(found, frame(20, "words"))) == list(tallies(found, frame(20, "each")))


@settings(deadline=None, max_examples=50)
@given(drafts(), st.sampled_from(sorted(RULES)), STYLES)
def test_a_way_that_cuts_more_never_takes_more_posts_and_manual_cuts_nothing(
    draft: Draft, network: str, style: Numbering
) -> None:
    paragraphs, sentences, words, each, manual = tallies(*framed(draft, target(network, style)))
    posts = [tally.posts or 0 for tally in (words, sentences, paragraphs, each)]
    assert posts[0] > 0
    assert posts == sorted(posts)
    if manual.posts:
        assert (manual.paragraphs, manual.sentences, manual.posts) == (0, 0, len(draft.passages))


# --- the seams -------------------------------------------------------------------------------------------------------


def kinds(found: Sequence[Block], how: Frame) -> list[tuple[int, Kind | None, Kind | None]]:
    return [(each.post, each.place and each.place.kind, each.other and each.other.kind) for each in seams(found, how)]


def test_a_seam_says_its_kind_and_the_next_best_place() -> None:
    [seam] = seams(blocks("Aaa bbb. Ccc ddd eee. Fff ggg hhh."), frame(25, "sentences"))
    assert seam.place
    assert seam.other
    assert (seam.post, seam.place.words, seam.place.kind, seam.place.uneven) == (1, "Aaa bbb. Ccc ddd eee.", Kind.SENTENCE, 9)
    assert (seam.other.words, seam.other.kind, seam.other.uneven) == ("Aaa bbb.", Kind.SENTENCE, 17)


def test_the_next_best_place_is_one_that_the_way_allows() -> None:
    found = blocks("Aaa bbb ccc. Ddd eee fff. Ggg.")
    assert kinds(found, frame(25, "sentences")) == [(1, Kind.SENTENCE, Kind.SENTENCE)]
    assert kinds(blocks("Aaa bbb ccc.\n\nDdd eee. Fff."), frame(20)) == [(1, Kind.PARAGRAPH, None)]
    assert kinds(blocks("Aaa bbb ccc.\n\nDdd eee. Fff."), frame(20, "words")) == [(1, Kind.PARAGRAPH, Kind.WORD)]


def test_the_next_best_place_is_the_best_of_the_others_and_not_the_nearest() -> None:
    """Behind "ddd" the posts would be as even as can be, behind "fff." no sentence is cut."""
    [seam] = seams(blocks("Aaa bbb. Ccc ddd ee fff. Ggg hhh."), frame(27, "words"))
    assert seam.place
    assert seam.other
    assert (seam.place.words, seam.other.words) == ("Aaa bbb.", "Aaa bbb. Ccc ddd ee fff.")


def test_where_the_author_cut_there_is_no_other_place() -> None:
    found = blocks("Aaa.", "Bbb ccc ddd. Eee fff.", "Ggg.")
    assert [each for each in seams(found, frame(15)) if not each.place] == [Seam(1), Seam(3)]
    assert kinds(found, frame(15))[1] == (2, Kind.SENTENCE, None)


def test_a_post_for_each_paragraph_leaves_no_choice_but_within_a_paragraph() -> None:
    found = blocks("Aaa bbb.\n\nCcc ddd. Eee fff. Ggg.\n\nHhh.", "Iii.")
    assert kinds(found, frame(17, "each")) == [
        (1, Kind.PARAGRAPH, None),
        (2, Kind.SENTENCE, Kind.SENTENCE),
        (3, Kind.PARAGRAPH, None),
        (4, None, None),
    ]
    first = next(iter(seams(found, frame(17, "each"))))
    assert first.place
    assert (first.place.words, first.place.uneven) == ("Aaa bbb.", 0)


def test_the_words_before_a_seam_are_of_its_post_and_line_and_no_half_grapheme() -> None:
    def words(text: str, length: int) -> str:
        seam = next(iter(seams(blocks(text), frame(length, "words"))))
        assert seam.place
        return seam.place.words

    assert words("Aaa bbb.\nCcc ddd.\n\nEee fff ggg hhh.", 20) == "Ccc ddd."
    assert words("Aaaaaaaa bbbbbb ccccccc ddddddd.\n\nEee fff ggg hhh iii jjj.", 32) == "bbbbbb ccccccc ddddddd."
    family = "👩\u200d👩\u200d👧\u200d👦"
    assert words(f"{family * 30}\n\n{'a' * 30}", 30) == family * 24
    assert words(f"a{chr(0x301) * 400}\n\n{'b' * 20}", 20).count("a") <= 1


def test_what_fits_in_no_post_has_no_seams() -> None:
    with pytest.raises(Unsplittable):
        list(seams(blocks(f"Aaa bbb\n\nhttps://example.org/{'a' * 30}"), frame(25)))


def test_the_seams_are_those_of_the_posts_even_where_a_network_counts_a_post_otherwise_than_the_text() -> None:
    """X finds the whole élan.fr a link within a text, and at the start of a post only lan.fr: one character more."""
    found, how = blocks("a" * 28 + " élan.fr bbbbbb"), frame(30, "words", "x")
    assert texts(found, how) == ["a" * 28, "élan.fr", "bbbbbb"]
    assert [each.place and each.place.words for each in seams(found, how)] == ["a" * 24, "élan.fr"]


@settings(deadline=None, max_examples=60)
@given(drafts(), st.sampled_from(sorted(RULES)), STYLES)
def test_there_is_a_seam_between_any_two_posts_and_no_better_place_beside_it(
    draft: Draft, network: str, style: Numbering
) -> None:
    found, how = framed(draft, target(network, style))
    pieces = cut(found, how)
    here = list(seams(found, how))
    assert [each.post for each in here] == list(range(1, len(pieces)))
    for seam, one, two in zip(here, pieces[:-1], pieces[1:], strict=True):
        assert (seam.place is None) == (one.block is not two.block)
        if seam.place:
            assert one.text.endswith(seam.place.words)
            assert len(list(clusters(seam.place.words))) <= 24
        if seam.place and seam.other:
            assert seam.other.kind >= seam.place.kind
            joined = one.block.text[one.start : two.end]
            assert seam.other.words in joined


@settings(deadline=None, max_examples=30)
@given(drafts(), st.sampled_from(sorted(RULES)))
def test_the_next_best_place_makes_two_posts_that_fit(draft: Draft, network: str) -> None:
    found, how = framed(replace(draft, split="words"), target(network, Numbering(FORM)))
    pieces = cut(found, how)
    rules, total = RULES[network], len(pieces)
    for seam, one, two in zip(seams(found, how), pieces[:-1], pieces[1:], strict=True):
        if seam.other:
            text = one.block.text[one.start : two.end]
            places = [at + len(seam.other.words) for at in range(len(text)) if text.startswith(seam.other.words, at)]
            assert any(
                rules.holds(f"{seam.post}/{total} {text[:at]}") and rules.holds(f"{seam.post + 1}/{total} {text[at:].lstrip()}")
                for at in places
            )
