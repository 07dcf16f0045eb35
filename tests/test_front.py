"""The front matter of a draft: its keys, every fault with its place, and nothing that its parser chokes on."""

from __future__ import annotations

import pytest

from bot.core.errors import DraftError
from bot.core.model import Draft, Numbering, Span
from tests.helpers_draft import draft, faults


def front(lines: str) -> Draft:
    return draft(f"---\n{lines}\n---\nText.\n")


def front_faults(lines: str) -> list[tuple[int, int, str]]:
    return faults(f"---\n{lines}\n---\nText.\n")


def test_every_key_of_the_front_matter_is_read_with_its_place() -> None:
    found = front(
        "title: Crue de la Loire\u00a0!\n"
        "lang: fr-FR\n"
        "accounts: [blog, sky]\n"
        "publish_at: 2026-12-01 18:00\n"
        "timezone:   Europe/Paris\n"
        'numbering: "({n}/{total})"\n'
        "split: sentences\n"
        "content_warning: Crue, morts\n"
        "links: last\n"
        "absent: link\n"
        "visibility: unlisted\n"
        "follow_ups: private\n"
        "replies: mentioned\n"
        "sensitive: yes\n"
        "made_with_ai: false"
    )
    assert (found.title, found.lang, found.accounts) == ("Crue de la Loire\u00a0!", "fr-FR", ("blog", "sky"))
    assert (found.publish_at, found.timezone, found.split) == ("2026-12-01 18:00", "Europe/Paris", "sentences")
    assert (found.content_warning, found.links, found.absent) == ("Crue, morts", "last", "link")
    assert found.options == {
        "visibility": "unlisted",
        "follow_ups": "private",
        "replies": "mentioned",
        "sensitive": "true",
        "made_with_ai": "false",
    }
    assert found.numbering == Numbering("({n}/{total})")
    assert found.spans == {
        "title": Span(2, 8),
        "lang": Span(3, 7),
        "accounts": Span(4, 11),
        "publish_at": Span(5, 13),
        "timezone": Span(6, 13),
        "numbering": Span(7, 12),
        "split": Span(8, 8),
        "content_warning": Span(9, 18),
        "links": Span(10, 8),
        "absent": Span(11, 9),
        "visibility": Span(12, 13),
        "follow_ups": Span(13, 13),
        "replies": Span(14, 10),
        "sensitive": Span(15, 12),
        "made_with_ai": Span(16, 15),
    }
    assert (found.slug, found.path) == ("loire", "drafts/loire.md")


def test_a_draft_without_front_matter_leaves_all_to_the_config() -> None:
    found = draft("Text.")
    assert (found.title, found.lang, found.accounts, found.numbering, found.split) == ("", "", (), None, "")
    assert (found.content_warning, found.links, found.absent, found.options) == ("", "", "", {})
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


@pytest.mark.parametrize("way", ["paragraphs", "sentences", "words", "each", "manual"])
def test_there_are_five_ways_to_split(way: str) -> None:
    assert front(f"split: {way}").split == way


def test_a_way_to_split_that_is_none_is_answered_with_those_that_are() -> None:
    with pytest.raises(
        DraftError, match="split: “page” is not a way to split – known: each, manual, paragraphs, sentences, words"
    ):
        front("split: page")


@pytest.mark.parametrize(
    ("written", "value"),
    [("true", "true"), ("Yes", "true"), ("ON", "true"), ("false", "false"), ("no", "false"), ("off", "false")],
)
def test_a_switch_is_on_or_off_in_each_of_yamls_words(written: str, value: str) -> None:
    assert front(f"sensitive: {written}\nmade_with_ai: {written}").options == {"sensitive": value, "made_with_ai": value}


def test_norwegian_is_a_language_and_a_date_stays_as_written() -> None:
    found = front("lang: no\npublish_at: 2026-12-01\ntitle: 0x10")
    assert (found.lang, found.publish_at, found.title) == ("no", "2026-12-01", "0x10")


def test_an_unknown_key_is_refused_with_a_suggestion() -> None:
    with pytest.raises(DraftError, match=r"drafts/loire.md:3:1: unknown key “acounts” – did you mean “accounts”\?$"):
        front("title: T\nacounts: blog")
    with pytest.raises(
        DraftError,
        match="unknown key “zzz” – known: absent, accounts, content_warning, follow_ups, lang, links, made_with_ai, ",
    ):
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
        ("links: first", [(2, 8, "links: “first”")]),
        ("absent: maybe", [(2, 9, "absent: “maybe”")]),
        ("sensitive: very", [(2, 12, "sensitive: “very”")]),
        ("visibility: my friends", [(2, 13, "visibility: “my friends” is not one word")]),
        ("content_warning: [a]", [(2, 18, "content_warning: one line of text is wanted here")]),
        ('content_warning: "\\a"', [(2, 18, "content_warning: invisible character U+0007")]),
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


def test_a_control_character_hides_no_other_fault() -> None:
    assert front_faults("title: a\x07b\nlang: 12") == [
        (2, 9, "invisible character U+0007"),
        (3, 7, "lang: “12” is not a language code"),
    ]
