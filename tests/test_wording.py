"""What one network gets of a passage: its text, its pictures with their text, and where each word stood in the draft."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.model import Figure, Line, Passage, Span, Words
from bot.core.wording import Block, block
from tests.helpers_draft import draft

NETWORKS = ("bluesky", "mastodon", "site", "x")


def got(source: str, network: str = "x") -> Block:
    [passage] = draft(source).passages
    found = block(passage, network)
    assert found
    return found


def anchored(source: str, network: str = "x") -> list[tuple[str, str]]:
    """For every picture the text before it, and its file."""
    found = got(source, network)
    return [(found.text[:at], figure.source) for at, figure in found.figures]


# --- what vanishes leaves no hole ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("a\n\n::: only site\nb\n:::\n\nc", "a\n\nc"),
        ("a\n\n::: only site\nb\n\nb\n:::\n\nc", "a\n\nc"),
        ("a\n::: only site\nb\n:::\nc", "a\nc"),
        ("a\n::: only site\nb\n:::\n\nc", "a\n\nc"),
        ("a\n\n::: only site\nb\n:::\nc", "a\n\nc"),
        ("::: only site\nb\n:::\n\nc", "c"),
        ("a\n\n::: only site\nb\n:::", "a"),
        ("a\n\n::: only site\nb\n:::\n\n::: only site\nb\n:::\n\nc", "a\n\nc"),
        ("a\n\n![m](m.png)\n\nc", "a\n\nc"),
        ("a\n![m](m.png)\nc", "a\nc"),
        ("a\n\n{site: b}\n\nc", "a\n\nc"),
        ("a\n{site: b}\nc", "a\nc"),
    ],
)
def test_what_is_for_others_leaves_no_double_blank_line(source: str, text: str) -> None:
    assert got(source).text == text


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("a\n\nb", "a\n\nb"),
        ("a\n\n::: only x\nb\n\nc\n:::\n\nd", "a\n\nb\n\nc\n\nd"),
        ("::: only x\n\nb\n\n:::", "b"),
        ("a\n::: only x\n\nb\n:::\nc", "a\n\nb\nc"),
    ],
)
def test_a_blank_line_that_the_author_wrote_stays(source: str, text: str) -> None:
    assert got(source).text == text


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("a\n\n\nb", "a\n\nb"),
        ("a\n \n\t\n\u00a0\nb", "a\n\nb"),
        ("a\n::: only x\nb\n\n\nc\n:::\nd", "a\nb\n\nc\nd"),
        ("a\n\n\n\n![m](m.png)\n\n\nb\n\n\n", "a\n\nb"),
    ],
)
def test_of_several_blank_lines_one_stays_as_readers_would_see_no_more(source: str, text: str) -> None:
    assert got(source).text == text


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("a {site: b} c", "a c"),
        ("{site: b} c", "c"),
        ("a {site: b}\nc", "a\nc"),
        ("a {site: b}, c", "a , c"),
        ("a{site: b}c", "ac"),
        ("a ![m](m.png) c", "a c"),
        ("a ![m](m.png)\nc", "a\nc"),
        ("a {site: b} {site: c} d", "a d"),
        ("a {x: b} c", "a b c"),
        ("a  b {site: c} d", "a  b d"),
        ("a {site: b}  c", "a  c"),
        ("a \nb", "a \nb"),
        ("  a", "a"),
        ("a\n  b", "a\n  b"),
    ],
)
def test_what_vanishes_within_a_line_leaves_no_double_space(source: str, text: str) -> None:
    assert got(source).text == text


def test_a_passage_of_which_nothing_is_for_a_network_is_none() -> None:
    [passage] = draft("::: only x\na ![m](m.png)\n:::\n{x: b}").passages
    assert block(passage, "site") is None
    assert block(passage, "x") is not None


# --- pictures --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "figures"),
    [
        ("a\n![m](m.png)\nb", [("a", "m.png")]),
        ("a\n\n\n![m](m.png)\n\nb", [("a", "m.png")]),
        ("![m](m.png)\na", [("", "m.png")]),
        ("\n  \n![m](m.png)\n\na", [("", "m.png")]),
        ("a ![m](m.png) b", [("a", "m.png")]),
        ("a\u00a0 ![m](m.png)", [("a", "m.png")]),
        ("a\n![m](m.png)\n![n](n.png)\nb\n![o](o.png)", [("a", "m.png"), ("a", "n.png"), ("a\nb", "o.png")]),
        ("a ![m](m.png)![n](n.png) b ![o](o.png)", [("a", "m.png"), ("a", "n.png"), ("a b", "o.png")]),
        ("a\n{site: b}![m](m.png)", [("a", "m.png")]),
        ("a\n::: only x\n![m](m.png)\n:::\nb", [("a", "m.png")]),
        ("a\n::: only site\n![m](m.png)\n:::\nb", []),
        ("a {site: b}\n::: only site\nc\n:::\n![m](m.png)", [("a", "m.png")]),
    ],
)
def test_a_picture_belongs_to_the_text_before_it(source: str, figures: list[tuple[str, str]]) -> None:
    assert anchored(source) == figures


def test_a_passage_may_be_a_picture_alone() -> None:
    found = got("\n![m](m.png)\n")
    assert (found.text, [at for at, _ in found.figures], found.span(0)) == ("", [0], Span(2, 1))


# --- places ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "word", "line", "column"),
    [
        ("one two", "two", 1, 5),
        ("\n\n  one two", "one", 3, 3),
        ("\n\n  one two", "two", 3, 7),
        ("one\n\ntwo", "two", 3, 1),
        ("é🌊 {x: un | site: deux} trois", "un", 1, 8),
        ("é🌊 {x: un | site: deux} trois", "trois", 1, 25),
        ("a {site: b} two", "two", 1, 13),
        ("  {site: b} two", "two", 1, 13),
        ("a\n::: only site\nb\n:::\n\ntwo", "two", 6, 1),
        ("a ![m](m.png) two", "two", 1, 15),
        (r"a \{x: two}", "two", 1, 8),
        ("\\--- two", "two", 1, 6),
        ("---\nlang: fr\n---\none\ntwo", "two", 5, 1),
    ],
)
def test_every_word_knows_where_it_stood(source: str, word: str, line: int, column: int) -> None:
    found = got(source)
    assert found.span(found.text.index(word)) == Span(line, column)


LETTERS = st.text("ab é\u00a0🌊", max_size=4)
AUDIENCES = st.one_of(st.none(), st.sets(st.sampled_from(NETWORKS)).map(frozenset))


@st.composite
def passages(choose: st.DrawFn) -> Passage:
    """Lines as a draft's reader makes them: a line of white space has no parts."""
    lines = []
    for number in range(1, choose(st.integers(1, 6)) + 1):
        parts: list[Words | Figure] = []
        column = 1
        for text in choose(st.lists(LETTERS, max_size=3)):
            only = choose(AUDIENCES)
            figure = choose(st.booleans()) and not text.strip()
            parts.append(Figure("m.png", "", only, Span(number, column)) if figure else Words(text, only, Span(number, column)))
            column += max(1, len(text))
        lines.append(Line(tuple(parts), choose(AUDIENCES)))
    return Passage(tuple(lines))


@given(passages(), st.sampled_from(NETWORKS))
def test_a_network_gets_all_that_is_for_it_and_nothing_else(passage: Passage, network: str) -> None:
    def ours(only: frozenset[str] | None) -> bool:
        return only is None or network in only

    parts = [part for line in passage.lines if ours(line.only) for part in line.parts if ours(part.only)]
    words = [
        (char, part.span.line, part.span.column + at)
        for part in parts
        if isinstance(part, Words)
        for at, char in enumerate(part.text)
        if not char.isspace()
    ]
    figures = [part for part in parts if isinstance(part, Figure)]
    found = block(passage, network)
    if found is None:
        assert (words, figures) == ([], [])
        return
    places = [(char, found.span(at).line, found.span(at).column) for at, char in enumerate(found.text) if not char.isspace()]
    assert places == words
    assert [figure for _, figure in found.figures] == figures
    assert found.text == found.text.strip()
    before = {id(figure): sum(not char.isspace() for char in found.text[:at]) for at, figure in found.figures}
    count = 0
    for part in parts:
        if isinstance(part, Figure):
            assert before[id(part)] == count, "a picture stands right after the text before it"
        else:
            count += sum(not char.isspace() for char in part.text)
    assert all(at == 0 or not found.text[at - 1].isspace() for at, _ in found.figures)


def test_many_lines_are_written_in_one_go() -> None:
    """Each line is added to the end: a text that is copied for every line of it would need minutes here."""
    line = Line((Words("word " * 10, None, Span(1, 1)),), None)
    found = block(Passage((line,) * 40_000), "x")
    assert found
    assert len(found.text) == 40_000 * 51 - 2


# --- other words -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "own"),
    [
        ("a {x: b} c", ["b"]),
        ("a {x, site: b} c", []),
        ("a {x: b | others: c} {others: d}", ["b"]),
        ("a\n::: only x\nb {x: c} {x, site: d}\n:::\ne", ["b", "c", "d"]),
        ("::: only x, site\nb {x: c}{site: d} e\n:::", ["c"]),
        ("::: only x\n\n:::\n  {x: b}", ["b"]),
        ("a", []),
    ],
)
def test_a_block_knows_what_was_written_for_its_network_alone(source: str, own: list[str]) -> None:
    found = got(source)
    assert [text.strip() for start, end in found.own if (text := found.text[start:end]).strip()] == own
    for start, end in found.own:
        assert found.is_own(start, end)
        assert not found.is_own(start, end + 1)
        assert start == 0 or not found.is_own(start - 1, end)


def test_other_words_stand_where_the_old_ones_stood_with_pictures_and_audience() -> None:
    found = got("a {x: BB} c ![m](m.png)\np ee q ![n](n.png)")
    assert found.text == "a BB c\np ee q"
    new = found.replaced([(2, 4, "long words"), (9, 11, "e")])
    assert new.text == "a long words c\np e q"
    assert [(new.text[:at], figure.source) for at, figure in new.figures] == [("a long words c", "m.png"), (new.text, "n.png")]
    assert [new.text[start:end] for start, end in new.own] == ["long words"]
    places = {word: new.span(new.text.index(word)) for word in ("a", "long", "words", "c", "p", "e", "q")}
    assert {word: (span.line, span.column) for word, span in places.items()} == {
        "a": (1, 1),
        "long": (1, 7),
        "words": (1, 7),
        "c": (1, 11),
        "p": (2, 1),
        "e": (2, 3),
        "q": (2, 6),
    }


def test_what_stood_within_other_words_stands_behind_them() -> None:
    figure = Figure("m.png", "", None, Span(1, 1))
    block = Block("ab cd ef", ((4, figure),), ((0, Span(1, 1)), (4, Span(7, 7))), ((4, 8),))
    found = block.replaced([(3, 5, "XYZ")])
    assert (found.text, found.figures, found.own) == ("ab XYZ ef", ((6, figure),), ((6, 9),))
    assert [found.span(at) for at in (3, 6, 7)] == [Span(1, 4), Span(7, 8), Span(7, 9)]


@given(st.lists(st.tuples(st.text("ab \n", max_size=5), st.text("cd", max_size=3), st.text("xy ", max_size=6)), max_size=6))
def test_whatever_is_replaced_all_else_keeps_its_place(parts: list[tuple[str, str, str]]) -> None:
    text, new, changes, kept = "", "", [], []
    for before, old, words in parts:
        kept += [(len(new) + at, len(text) + at) for at in range(len(before))]
        text, new = text + before, new + before
        changes.append((len(text), len(text) + len(old), words))
        text, new = text + old, new + words
    figures = tuple((at, Figure("m.png", "", None, Span(1, 1))) for at, _, _ in changes)
    found = Block(text, figures, ((0, Span(1, 1)),)).replaced(changes)
    assert found.text == new
    assert all(found.span(there) == Span(1, here + 1) for there, here in kept)
    assert all(0 <= at <= len(new) for at, _ in found.figures)
    assert [at for at, _ in found.marks] == sorted(at for at, _ in found.marks)
