"""What an author marks in a draft: pictures, wordings, blocks and breaks; and what only looks like it."""

from __future__ import annotations

import pytest

from bot.core.draft import read
from bot.core.errors import DraftError
from bot.core.model import Figure, Words
from tests.helpers_draft import NETWORKS, draft, faults, texts

# --- pictures --------------------------------------------------------------------------------------------------------


def figures(source: str) -> list[tuple[str, str, int, int]]:
    """File, alt text and place of every picture."""
    parts = [part for passage in draft(source).passages for line in passage.lines for part in line.parts]
    return [
        (part.source, part.alt, part.span.line, part.span.column)
        for part in parts
        if isinstance(part, Figure) and not part.only
    ]


@pytest.mark.parametrize(
    ("markup", "source", "alt"),
    [
        ("![A map](maps/day2.png)", "maps/day2.png", "A map"),
        ("![](day2.png)", "day2.png", ""),
        ("![ A map ]( day 2.png )", "day 2.png", "A map"),
        ("![A map](<day 2.png>)", "day 2.png", "A map"),
        ("![A map](day (2).png)", "day (2).png", "A map"),
        ("![A map](day (2) (bis).png)", "day (2) (bis).png", "A map"),
        (r"![A \[small\] map](day2.png)", "day2.png", "A [small] map"),
        (r"![Back\\slash](day2.png)", "day2.png", "Back\\slash"),
        ("![Carte : « l’eau » {bleue}](é/jour.png)", "é/jour.png", "Carte : « l’eau » {bleue}"),
    ],
)
def test_a_picture_has_a_file_and_an_alt_text(markup: str, source: str, alt: str) -> None:
    assert figures(f"Texte {markup} suite") == [(source, alt, 1, 7)]


def test_pictures_side_by_side_are_all_found() -> None:
    assert figures("![a](1.png)![b](2.png)\n\n![c](3.png)") == [
        ("1.png", "a", 1, 1),
        ("2.png", "b", 1, 12),
        ("3.png", "c", 3, 1),
    ]


@pytest.mark.parametrize(
    ("source", "columns"),
    [
        ("é ![", [3]),
        ("![A map(day2.png)", [1]),
        ("![A map] (day2.png)", [1]),
        ("![A map](day2.png", [1]),
        ("![A map](day(2.png)", [1]),
        ("![A ![map](day2.png)", [1]),
        ("![A map\n](day2.png)", [1]),
        ("![a ![b ![c", [1, 5, 9]),
    ],
)
def test_a_picture_that_is_not_finished_is_a_fault(source: str, columns: list[int]) -> None:
    message = "a picture is written ![what it shows](file.png), on one line"
    assert faults(source) == [(1, column, message) for column in columns]


@pytest.mark.parametrize("source", ["![A map]()", "![A map](  )", "![A map](<>)"])
def test_a_picture_without_a_file_is_a_fault(source: str) -> None:
    assert faults(f"a {source}") == [(1, 3, "the picture has no file")]


def focuses(source: str) -> list[tuple[str, str]]:
    parts = [part for passage in draft(source).passages for line in passage.lines for part in line.parts]
    return [(part.source, part.focus) for part in parts if isinstance(part, Figure)]


@pytest.mark.parametrize(
    ("title", "focus"),
    [
        ('"focus=0.2,-0.5"', "0.2,-0.5"),
        ("'focus=0.2,-0.5'", "0.2,-0.5"),
        ('" focus=0.20, -.5 "', "0.2,-0.5"),
        ('"focus=1,-1.0"', "1,-1"),
        ('"focus=-0,+0.125"', "0,0.125"),
    ],
)
def test_a_picture_may_say_which_point_must_not_be_cropped(title: str, focus: str) -> None:
    assert focuses(f"a ![m](map 1.png {title}) ![n](<n.png>  {title})") == [("map 1.png", focus), ("n.png", focus)]
    assert focuses('![m](map"1".png)') == [('map"1".png', "")]


@pytest.mark.parametrize(
    "title", ["", "A map", "focus", "focus=0", "focus=2,0", "focus=0,-1.01", "focus=-,0", "focus=,", "focus=a,b"]
)
def test_a_title_that_is_no_focus_is_a_fault_where_it_stands(title: str) -> None:
    assert faults(f'é ![m](m.png "{title}")') == [(1, 15, "the title of a picture can say nothing but its focus")]


def test_a_title_alone_is_no_file() -> None:
    assert faults('![m]( "focus=0,0")') == [(1, 1, "the picture has no file")]


# --- wordings and blocks ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "x", "bluesky", "site"),
    [
        ("By {x: @V | bluesky, mastodon: @v.fr | others: the V}.", "By @V.", "By @v.fr.", "By the V."),
        ("By {others: the V | x: @V}.", "By @V.", "By the V.", "By the V."),
        ("By {x, others: A|bluesky: B}.", "By A.", "By B.", "By A."),
        ("By {x : A | others : B}.", "By A.", "By B.", "By B."),
        ("By {x:A|others:B}.", "By A.", "By B.", "By B."),
        ("By {a:1}, {n:2|m:3}.", "By {a:1}, {n:2|m:3}.", "By {a:1}, {n:2|m:3}.", "By {a:1}, {n:2|m:3}."),
        ("By { x:  A : 2  |others: B }.", "By A : 2.", "By B.", "By B."),
        ("By {x: | others: B}.", "By .", "By B.", "By B."),
        ("Only{x:  there}.", "Onlythere.", "Only.", "Only."),
    ],
)
def test_each_network_gets_its_wording(source: str, x: str, bluesky: str, site: str) -> None:
    assert [texts(source, network) for network in ("x", "bluesky", "site")] == [[x], [bluesky], [site]]


def test_a_wording_stands_where_its_words_stand() -> None:
    [passage] = draft("é {x: A | bluesky,mastodon:  B | others: C}").passages
    assert [(part.text, part.only, part.span.column) for part in passage.lines[0].parts if isinstance(part, Words)] == [
        ("é ", None, 1),
        ("A", {"x"}, 7),
        ("B", {"bluesky", "mastodon"}, 30),
        ("C", {"site"}, 42),
    ]


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("é {blusky: a}", [(1, 4, "unknown network “blusky”")]),
        (
            "{x: a | tiktok, Site : b | zzz: c}",
            [(1, 9, "unknown network “tiktok”"), (1, 17, "unknown network “Site”"), (1, 28, "unknown network “zzz”")],
        ),
        ("{twitter:a|others:b}", [(1, 2, "unknown network “twitter”")]),
        ("{x: a | x: b}", [(1, 9, "“x” has a wording already")]),
        ("{others: a | others: b}", [(1, 14, "“others” has a wording already")]),
        ("{x: a | site, x: b}", [(1, 9, "“x” has a wording already")]),
        ("{x: a | b}", [(1, 9, "a wording without a network")]),
        ("{x: ![a](b.png) | others: c}", [(1, 2, "a picture between braces")]),
        ("é {x: a", [(1, 3, "a wording ends with } on its line, and holds no other brace")]),
        ("{x: a\n| others: b}", [(1, 1, "a wording ends with } on its line, and holds no other brace")]),
        ("{others: a {b} c}", [(1, 1, "a wording ends with } on its line, and holds no other brace")]),
    ],
)
def test_a_faulty_wording_is_told_where_it_stands(source: str, found: list[tuple[int, int, str]]) -> None:
    assert faults(source) == found


def test_an_unknown_network_is_refused_with_a_suggestion() -> None:
    with pytest.raises(DraftError, match=r"unknown network “blusky” – did you mean “bluesky”\?; a brace itself is \\\{"):
        draft("{blusky: a}")


@pytest.mark.parametrize(
    "text",
    [
        '{"a": 1, "b": [2, 3]}',
        "{a:1}",
        "{}",
        "{a}",
        "{a, b, c}",
        "{1, 2, 3}",
        "{n ∈ ℕ : n > 3}",
        "f(x) = {x² | x > 0}",
        "{{name}}",
        "for (;;) { return; }",
        "{https://example.org}",
        "} {",
        "{a b: c",
        "{unfinished: c",
        "![x".replace("![", "! ["),
        "[link](https://example.org)",
        "a | b | c",
        "back\\slash \\n",
        "--- not alone",
        " ---",
        "----",
        ":: only x",
        " ::: only x",
    ],
)
def test_what_only_looks_like_markup_is_text(text: str) -> None:
    assert texts(f"a\n{text}\nb") == [f"a\n{text}\nb"]


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (r"\{x: a} b", "{x: a} b"),
        (r"\![a](b.png)", "![a](b.png)"),
        ("\\---", "---"),
        ("\\:::", ":::"),
        ("\\::: only x", "::: only x"),
        ("a\n\\---\nb", "a\n---\nb"),
        (r"a \--- b", r"a \--- b"),
    ],
)
def test_a_backslash_makes_markup_literal(source: str, text: str) -> None:
    assert texts(source) == [text]


def test_a_line_of_three_hyphens_is_a_break() -> None:
    assert texts("a\n---\nb\n\n---  \n\nc\n---\n---\n") == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("fence", "inside"),
    [
        ("::: only x", {"x"}),
        ("::: only x, bluesky", {"x", "bluesky"}),
        (":::only x ,,site ,", {"x", "site"}),
        ("::: except site  ", {"x", "bluesky", "mastodon"}),
        ("::: except x, bluesky, mastodon, site", set()),
    ],
)
def test_a_block_is_for_the_networks_it_names(fence: str, inside: set[str]) -> None:
    source = f"a\n{fence}\nb\n:::\nc"
    assert {network for network in NETWORKS if texts(source, network) == ["a\nb\nc"]} == inside
    assert {network for network in NETWORKS if texts(source, network) == ["a\nc"]} == set(NETWORKS) - inside


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("a\n:::", [(2, 1, "this ::: closes no block")]),
        ("a\n::: only x\nb", [(2, 1, "this ::: block is never closed")]),
        ("::: only x\n::: only site\n:::\nb", [(2, 1, "a block inside a block")]),
        ("::: only x\na\n---\nb\n:::", [(3, 1, "a break inside a ::: block")]),
        ("::: onyl x\na\n:::", [(1, 5, "a block says for whom")]),
        ("::: only\na\n:::", [(1, 5, "a block says for whom")]),
        ("::: only ,\na\n:::", [(1, 10, "no network is named")]),
        ("::: only  x,  blusky, tiktok\na\n:::", [(1, 15, "unknown network “blusky”"), (1, 23, "unknown network “tiktok”")]),
        ("::: only others\na\n:::", [(1, 10, "unknown network “others”")]),
        ("::::\na\n:::", [(1, 4, "a block says for whom")]),
    ],
)
def test_a_faulty_block_is_told_where_it_stands(source: str, found: list[tuple[int, int, str]]) -> None:
    assert faults(source) == found


@pytest.mark.parametrize(
    "line",
    [
        "![" * 50_000,
        "![a](" * 20_000,
        "![a](( " * 20_000,
        "![a](x" + " " * 100_000 + "y",
        "![a]( " + "(b) " * 30_000,
        "![" + "\\a" * 50_000,
        "{" * 100_000,
        "{x" + ", x" * 30_000,
        "{x, " * 30_000,
        "{x: " * 30_000,
        "{x: a " + "| x: a " * 10_000 + "}",
        "{" + " " * 100_000 + "x" + " " * 100_000,
        "::: only" + " " * 100_000 + "x",
        "::: " + "only " * 30_000,
    ],
    ids=lambda line: f"{line[:8]}…",
)
def test_a_hostile_line_takes_no_longer_than_its_length(line: str) -> None:
    """Each of these took hours, or would, where the reader walks the same characters again for each of them."""
    read(line.encode(), "d.md", NETWORKS)
