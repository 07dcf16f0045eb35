"""A file as its author wrote it becomes a draft, or one error with every fault and its place."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.draft import parse, read, slug_of
from bot.core.errors import DraftError
from bot.core.model import Draft, Figure, Numbering, Span, Words
from bot.core.wording import block

NETWORKS = ("bluesky", "mastodon", "site", "x")
REAL = Path(__file__).parent.parent.parent / "shared" / "data" / "thread-fr.txt"


def draft(source: str | bytes) -> Draft:
    return parse(source if isinstance(source, bytes) else source.encode(), "drafts/loire.md", NETWORKS)


def texts(source: str | bytes, network: str = "site") -> list[str]:
    """What a network gets: the text of each passage."""
    return [part.text for passage in draft(source).passages if (part := block(passage, network))]


def faults(source: str | bytes) -> list[tuple[int, int, str]]:
    """Line, column and message of every fault; the message up to the dash, behind which stands what to do next."""
    with pytest.raises(DraftError) as raised:
        draft(source)
    assert {fault.path for fault in raised.value.faults} == {"drafts/loire.md"}
    for fault in raised.value.faults:
        assert " – " in fault.message, "says what to do next"
        assert "\n" not in str(fault)
    return [(fault.line, fault.column, fault.message.split(" – ")[0]) for fault in raised.value.faults]


def front(lines: str) -> Draft:
    return draft(f"---\n{lines}\n---\nText.\n")


def front_faults(lines: str) -> list[tuple[int, int, str]]:
    return faults(f"---\n{lines}\n---\nText.\n")


# --- bytes -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "source",
    [
        b"L\xc3\xa9a\n\nb\n",
        b"L\xc3\xa9a\n\nb",
        b"L\xc3\xa9a\r\n\r\nb\r\n",
        b"L\xc3\xa9a\r\rb\r",
        b"\xef\xbb\xbfL\xc3\xa9a\n\nb\n",
        "Le\u0301a\n\nb\n".encode(),
        "Léa\u2028\u2028b\u2029".encode(),
        "Léa\u0085\u0085b".encode(),
        b"\n\nL\xc3\xa9a\n\nb\n\n\n",
    ],
    ids=["plain", "no last newline", "CRLF", "lone CR", "BOM", "NFD", "U+2028", "NEL", "blank lines around"],
)
def test_the_same_text_in_another_dress_is_the_same_draft(source: bytes) -> None:
    assert texts(source) == ["Léa\n\nb"]


def test_tabs_and_no_break_spaces_stay_where_they_are() -> None:
    assert texts("a\tb\u00a0: «\u202fc\u202f»\u2007d") == ["a\tb\u00a0: «\u202fc\u202f»\u2007d"]


@pytest.mark.parametrize(
    ("source", "line", "column", "byte"),
    [
        (b"ab\xffc", 1, 3, "FF"),
        (b"\xef\xbb\xbfab\xc3\xa9c\xff", 1, 5, "FF"),
        (b"\xef\xbb\xbf\xe9", 1, 1, "E9"),
        ("été 🌊\nà 🌊".encode() + b"\xfe", 2, 4, "FE"),
        ("e\u0301e\u0301".encode() + b"\xff", 1, 3, "FF"),
        (b"a\r\nb\rc\xff", 3, 2, "FF"),
        ("a\u2028b".encode() + b"\xff", 2, 2, "FF"),
        (b"caf\xe9", 1, 4, "E9"),
        (b"ab\xe2\x82", 1, 3, "E2"),
    ],
)
def test_a_byte_that_is_not_utf8_is_told_by_line_and_column_of_the_text(
    source: bytes, line: int, column: int, byte: str
) -> None:
    assert faults(source) == [(line, column, f"byte 0x{byte} is not UTF-8")]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_utf16_is_named_as_such(encoding: str) -> None:
    assert faults("Bonjour".encode(encoding)) == [(1, 1, "the file is UTF-16")]


def test_every_control_character_is_told_with_its_place() -> None:
    assert faults("ab\x07c\n\u00e9\x1b[31m\n\ufeffz\n\x00 \x9f\uffff") == [
        (1, 3, "invisible character U+0007"),
        (2, 2, "invisible character U+001B"),
        (3, 1, "invisible character U+FEFF"),
        (4, 1, "invisible character U+0000"),
        (4, 3, "invisible character U+009F"),
        (4, 4, "invisible character U+FFFF"),
    ]


def test_columns_count_characters_after_nfc() -> None:
    assert faults("e\u0301e\u0301\x07") == [(1, 3, "invisible character U+0007")]


def test_a_heap_of_marks_is_refused_before_it_takes_forever_to_sort() -> None:
    assert faults("é\nle" + "\u0316\u0301" * 50_000) == [(2, 3, "more than 30 marks on one letter")]
    assert texts("le" + "\u0316" * 30) == ["le" + "\u0316" * 30]


@pytest.mark.parametrize(
    "source", ["", "\ufeff", " \n\t\n", "---\n---\n", "---\n\n---\n\n", "---\ntitle: T\n---\n---\n", "::: only x\n:::"]
)
def test_an_empty_draft_is_a_fault(source: str) -> None:
    assert faults(source) == [(1, 1, "the draft is empty")]


def test_an_empty_draft_with_a_faulty_front_matter_has_both_faults() -> None:
    assert faults("---\nlang: 5\n---\n") == [(1, 1, "the draft is empty"), (2, 7, "lang: “5” is not a language code")]


@pytest.mark.parametrize(
    ("path", "slug"),
    [
        ("drafts/loire.md", "loire"),
        ("Crue de la Loire (été).md", "crue-de-la-loire-ete"),
        ("日本.md", "thread"),
        ("a/b.c.txt", "b-c"),
        ("--x--.md", "x"),
    ],
)
def test_a_file_gives_its_name_to_the_thread(path: str, slug: str) -> None:
    assert slug_of(path) == slug
    assert parse(b"Text.", path, NETWORKS).slug == slug


# --- front matter ----------------------------------------------------------------------------------------------------


def test_every_key_of_the_front_matter_is_read_with_its_place() -> None:
    found = front(
        "title: Crue de la Loire\u00a0!\n"
        "lang: fr-FR\n"
        "accounts: [blog, sky]\n"
        "publish_at: 2026-12-01 18:00\n"
        "timezone:   Europe/Paris\n"
        'numbering: "({n}/{total})"\n'
        "split: sentences"
    )
    assert (found.title, found.lang, found.accounts) == ("Crue de la Loire\u00a0!", "fr-FR", ("blog", "sky"))
    assert (found.publish_at, found.timezone, found.split) == ("2026-12-01 18:00", "Europe/Paris", "sentences")
    assert found.numbering == Numbering("({n}/{total})")
    assert found.spans == {
        "title": Span(2, 8),
        "lang": Span(3, 7),
        "accounts": Span(4, 11),
        "publish_at": Span(5, 13),
        "timezone": Span(6, 13),
        "numbering": Span(7, 12),
        "split": Span(8, 8),
    }
    assert (found.slug, found.path) == ("loire", "drafts/loire.md")


def test_a_draft_without_front_matter_leaves_all_to_the_config() -> None:
    found = draft("Text.")
    assert (found.title, found.lang, found.accounts, found.numbering, found.split) == ("", "", (), None, "")
    assert found.spans == {}


def test_the_text_begins_after_the_front_matter() -> None:
    assert [part.span for passage in front("title: T").passages for line in passage.lines for part in line.parts] == [
        Span(4, 1)
    ]


@pytest.mark.parametrize("fence", ["---", "---  ", "---\t"])
def test_a_fence_may_have_white_space_behind_it(fence: str) -> None:
    assert draft(f"{fence}\nlang: fr\n{fence}\nText.").lang == "fr"


@pytest.mark.parametrize(
    ("accounts", "names"),
    [
        ("blog", ("blog",)),
        ("blog, sky", ("blog", "sky")),
        (" blog ,, sky,", ("blog", "sky")),
        ("[blog, sky]", ("blog", "sky")),
        ("\n- blog\n- sky", ("blog", "sky")),
        ("[]", ()),
        ("", ()),
    ],
)
def test_accounts_are_a_list_or_names_with_commas(accounts: str, names: tuple[str, ...]) -> None:
    assert front(f"accounts: {accounts}").accounts == names


@pytest.mark.parametrize(
    ("value", "numbering"),
    [
        ("off", Numbering("")),
        ('""', Numbering("")),
        ("'{n}.'", Numbering("{n}.")),
        ("{from: 2}", Numbering("{n}/{total}", "start", 2)),
        ("{form: '{n}', place: end, from: 3}", Numbering("{n}", "end", 3)),
        ("\n  form: '{n}'\n  place: end", Numbering("{n}", "end", 1)),
    ],
)
def test_numbering_is_off_or_a_form_or_a_table(value: str, numbering: Numbering) -> None:
    assert front(f"numbering: {value}").numbering == numbering


def test_norwegian_is_a_language_and_a_date_stays_as_written() -> None:
    found = front("lang: no\npublish_at: 2026-12-01\ntitle: 0x10")
    assert (found.lang, found.publish_at, found.title) == ("no", "2026-12-01", "0x10")


def test_an_unknown_key_is_refused_with_a_suggestion() -> None:
    with pytest.raises(DraftError, match=r"drafts/loire.md:3:1: unknown key “acounts” – did you mean “accounts”\?$"):
        front("title: T\nacounts: blog")
    with pytest.raises(DraftError, match="unknown key “zzz” – known: accounts, lang, numbering, publish_at, split"):
        front("zzz: 1")


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        ("title: A\nlang: fr\ntitle: B", [(4, 1, "“title” stands here a second time")]),
        ("? [a]\n: b\ntitle: T", [(2, 3, "unknown key “”")]),
        ("title: [a]", [(2, 8, "title: one line of text is wanted here")]),
        ("title: {a: b}", [(2, 8, "title: one line of text is wanted here")]),
        ("title: !loud\n", [(2, 8, "title: one line of text is wanted here")]),
        ("title: !!python/object/apply:os.system [ls]", [(2, 8, "title: one line of text is wanted here")]),
        ("title: !!binary aGk=", [(2, 8, "title: one line of text is wanted here")]),
        ('title: "a\\eb"', [(2, 8, "title: invisible character U+001B")]),
        ('title: "\\ud83d"', [(2, 8, "title: invisible character U+D83D")]),
        ("lang: french!", [(2, 7, "lang: “french!” is not a language code")]),
        ("lang: [fr]", [(2, 7, "lang: one line of text is wanted here")]),
        ("accounts:\n- blog\n- [sky]", [(4, 3, "accounts: one line of text is wanted here")]),
        ("accounts: {blog: 1}", [(2, 11, "accounts: one line of text is wanted here")]),
        ("split: page", [(2, 8, "split: “page” is not a way to split")]),
        ("numbering: [a]", [(2, 12, "numbering: one line of text is wanted here")]),
        ("numbering: n/total", [(2, 12, "numbering: “n/total” is not a form")]),
        ("numbering: {form: '{n}', form: '{n}.'}", [(2, 12, "numbering: a key stands here a second time")]),
        ("numbering: {froM: 2}", [(2, 12, "numbering: unknown key “froM”")]),
        ("numbering: {from: 0}", [(2, 12, "numbering: from “0” is not the number of a post")]),
        ("numbering: {place: middle}", [(2, 12, "numbering: place “middle”")]),
        ("- title", [(2, 1, "front matter is no list of keys")]),
        ("just words", [(2, 1, "front matter is no list of keys")]),
    ],
)
def test_a_value_of_the_wrong_kind_is_told_where_it_stands(lines: str, found: list[tuple[int, int, str]]) -> None:
    assert front_faults(lines) == found


@pytest.mark.parametrize(
    ("lines", "line", "column"),
    [
        ("title: Crue : jour 2", 2, 13),
        ("lang: fr\ntitle: é🌊: b: c", 3, 10),
        ("lang: fr\ntitle: 'open", 3, 13),
        ("numbering: {n}/{total}", 2, 15),
        ("title: a\n\tlang: fr", 3, 1),
        ("title: @x", 2, 8),
        ("title: [[[[", 2, 12),
        ("title: *t", 2, 8),
        ("title: &t Crue\nlang: *t", 3, 7),
        ("%YAML 9.0", 2, 1),
        ("title: a\n--- b", 3, 1),
    ],
)
def test_bad_yaml_is_told_by_line_and_column_with_advice(lines: str, line: int, column: int) -> None:
    [(*place, message)] = front_faults(lines)
    assert (place, message.split(":")[0]) == ([line, column], "front matter is not YAML")


@pytest.mark.parametrize(
    "lines",
    [
        "title: " + "[" * 20_000,
        "title: " + "{a: " * 20_000,
        "- " * 20_000,
        "? " * 20_000,
        "title: " + "[" * 3_000 + "]" * 3_000,
        'title: "\\UFFFFFFFF"',
        'title: "\\U00110000"',
        "%YAML 1." + "1" * 5_000 + "\n",
    ],
    ids=["brackets", "braces", "lists", "keys", "closed brackets", "beyond C", "beyond Unicode", "huge version"],
)
def test_yaml_that_its_parser_chokes_on_is_a_fault_in_the_front_matter(lines: str) -> None:
    [(line, _, message)] = front_faults(lines)
    assert line == 2
    assert message.startswith("front matter")


def test_a_small_front_matter_never_means_a_large_value() -> None:
    bomb = "title: &a " + "x" * 1000 + "\naccounts: [" + ", ".join(["*a"] * 1000) + "]"
    assert front_faults(bomb) == [(3, 12, "front matter is not YAML: a value cannot start with *")]


def test_a_front_matter_that_is_never_closed_is_a_fault() -> None:
    assert faults("---\ntitle: T\nText.") == [(1, 1, "the front matter is never closed")]


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


# --- wordings and blocks ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "x", "bluesky", "site"),
    [
        ("By {x: @V | bluesky, mastodon: @v.fr | others: the V}.", "By @V.", "By @v.fr.", "By the V."),
        ("By {others: the V | x: @V}.", "By @V.", "By the V.", "By the V."),
        ("By {x, others: A|bluesky: B}.", "By A.", "By B.", "By A."),
        ("By {x : A | others : B}.", "By A.", "By B.", "By B."),
        ("By { x:  A : 2  |others: B }.", "By A : 2.", "By B.", "By B."),
        ("By {x: | others: B}.", "By .", "By B.", "By B."),
        ("Only{x:  there}.", "Onlythere.", "Only.", "Only."),
    ],
)
def test_each_network_gets_its_wording(source: str, x: str, bluesky: str, site: str) -> None:
    assert [texts(source, network) for network in ("x", "bluesky", "site")] == [[x], [bluesky], [site]]


def test_a_wording_stands_where_its_words_stand() -> None:
    [passage] = draft("é {x: A | bluesky,mastodon:  B | others: C}").passages
    assert [(part.text, part.span.column) for part in passage.lines[0].parts if isinstance(part, Words)] == [
        ("é ", 1),
        ("A", 7),
        ("B", 30),
        ("C", 42),
    ]


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("é {blusky: a}", [(1, 4, "unknown network “blusky”")]),
        (
            "{x: a | tiktok, Site : b | zzz: c}",
            [(1, 9, "unknown network “tiktok”"), (1, 17, "unknown network “Site”"), (1, 28, "unknown network “zzz”")],
        ),
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


# --- all together ----------------------------------------------------------------------------------------------------


def test_all_faults_are_told_at_once_in_reading_order() -> None:
    source = (
        "---\nlang: 12\nnope: 1\nlang: fr\ntitle: [a]\n---\na\x07b ![c\n{zzz: d} {x: e | x: f}\n::: only q\ng\n---\nh ![i]()\n"
    )
    assert faults(source) == [
        (2, 7, "lang: “12” is not a language code"),
        (3, 1, "unknown key “nope”"),
        (4, 1, "“lang” stands here a second time"),
        (5, 8, "title: one line of text is wanted here"),
        (7, 2, "invisible character U+0007"),
        (7, 5, "a picture is written ![what it shows](file.png), on one line"),
        (8, 2, "unknown network “zzz”"),
        (8, 18, "“x” has a wording already"),
        (9, 1, "this ::: block is never closed"),
        (9, 10, "unknown network “q”"),
        (11, 1, "a break inside a ::: block"),
        (12, 3, "the picture has no file"),
    ]


def test_a_control_character_in_the_front_matter_hides_no_other_fault() -> None:
    assert front_faults("title: a\x07b\nlang: 12") == [
        (2, 9, "invisible character U+0007"),
        (3, 7, "lang: “12” is not a language code"),
    ]


def test_what_can_be_read_of_a_faulty_draft_is_handed_on() -> None:
    found, wrong = read(b"---\nlang: 12\ntitle: T\n---\nText ![a](b.png) ![\n", "d.md", NETWORKS)
    assert [(fault.line, fault.column) for fault in wrong] == [(2, 7), (5, 18)]
    assert (found.title, found.lang) == ("T", "")
    assert [type(part).__name__ for part in found.passages[0].lines[0].parts] == ["Words", "Figure", "Words"]


def test_a_real_thread_is_read_as_it_is() -> None:
    if not REAL.exists():
        pytest.skip("the real thread is not beside this clone (../shared/data/thread-fr.txt)")
    written = REAL.read_text(encoding="utf-8")
    assert texts(REAL.read_bytes(), "x") == [unicodedata.normalize("NFC", written).strip()]


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


SIGNS = st.sampled_from(
    [
        "---",
        "\n",
        "\r\n",
        ":::",
        "::: only x",
        "::: except site",
        "![",
        "](",
        ")",
        "(",
        "]",
        "{",
        "}",
        "{x: ",
        "|",
        "others: ",
        "\\",
        "\\{",
    ]
    + [
        "title: ",
        "numbering: ",
        "accounts: ",
        "- ",
        "[",
        "&a ",
        "*a",
        "!!",
        '"',
        "'",
        "\t",
        "\u2028",
        "\ufeff",
        "\x00",
        "é",
        "e\u0301",
        "🌊",
    ]
)


@given(st.lists(st.one_of(SIGNS, st.text(max_size=5))).map("".join))
def test_any_text_is_a_draft_or_a_draft_error(text: str) -> None:
    source = text.encode(errors="surrogatepass")
    try:
        found = draft(source)
    except DraftError as error:
        lines = unicodedata.normalize("NFC", source.decode(errors="replace")).replace("\r\n", "\n")
        assert error.faults
        assert all(1 <= fault.line <= len(lines) + 1 and fault.column >= 1 for fault in error.faults)
        assert list(error.faults) == sorted(error.faults), "in reading order"
        assert len(set(error.faults)) == len(error.faults), "each once"
    else:
        assert found.passages


@given(st.one_of(st.binary(), st.binary().map(lambda tail: b"---\n" + tail + b"\n---\nText.")))
def test_any_bytes_are_a_draft_or_a_draft_error(source: bytes) -> None:
    try:
        assert draft(source).passages
    except DraftError as error:
        assert error.faults  # noqa: PT017  both ends are fine, a third is not


PLAIN = st.text(
    st.characters(exclude_categories=["Cc", "Cs", "Cn", "M"], exclude_characters="{}!\\:-\u2028\u2029\ufeff"), min_size=1
)


@given(st.lists(PLAIN, min_size=1).map("\n".join))
def test_a_text_without_markup_is_kept_to_the_letter(text: str) -> None:
    expected = unicodedata.normalize("NFC", text).strip()
    if not expected:
        assert faults(text) == [(1, 1, "the draft is empty")]
        return
    for network in NETWORKS:
        lines = [line.rstrip() if not line.strip() else line for line in expected.split("\n")]
        assert texts(text, network) == ["\n".join(lines)]
