"""A file as its author wrote it becomes a draft, or one error with every fault and its place."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.draft import parse, read, slug_of
from bot.core.errors import DraftError, Fault
from bot.core.model import Draft
from tests.helpers_draft import NETWORKS, draft, faults, texts

REAL = Path(__file__).parent.parent.parent / "shared" / "data" / "thread-fr.txt"

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
        ("Crue de la Loire (été).md", "crue-de-la-loire-été"),
        ("日本.md", "日本"),
        ("Київ.md", "київ"),
        ("…….md", "thread"),
        ("a/b.c.txt", "b-c"),
        ("--x--.md", "x"),
    ],
)
def test_a_file_gives_its_name_to_the_thread(path: str, slug: str) -> None:
    assert slug_of(path) == slug
    assert parse(b"Text.", path, NETWORKS).slug == slug


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


SIGNS = st.sampled_from(
    "---~:::~::: only x~::: except site~![~](~)~(~]~{~}~{x: ~|~others: ~\\~\\{~title: ~numbering: ~accounts: ~- ~[~&a ~*a~!!~"
    "\"~'~\n~\r\n~\t~\u2028~\ufeff~\x00~é~e\u0301~🌊".split("~")
)


def tried(source: bytes) -> tuple[Draft | None, tuple[Fault, ...]]:
    """The draft, or its faults; any other error fails the test."""
    try:
        return draft(source), ()
    except DraftError as error:
        return None, error.faults


@given(st.lists(st.one_of(SIGNS, st.text(max_size=5))).map("".join))
def test_any_text_is_a_draft_or_a_draft_error(text: str) -> None:
    source = text.encode(errors="surrogatepass")
    found, wrong = tried(source)
    lines = re.split("\r\n|[\r\n\u0085\u2028\u2029]", unicodedata.normalize("NFC", source.decode(errors="replace")))
    assert bool(found) != bool(wrong)
    assert not found or found.passages
    assert list(wrong) == sorted(set(wrong)), "in reading order, each once"
    assert all(1 <= fault.line <= len(lines) for fault in wrong)
    assert all(1 <= fault.column <= len(lines[fault.line - 1]) + 1 for fault in wrong)


@given(st.one_of(st.binary(), st.binary().map(lambda tail: b"---\n" + tail + b"\n---\nText.")))
def test_any_bytes_are_a_draft_or_a_draft_error(source: bytes) -> None:
    found, wrong = tried(source)
    assert bool(found) != bool(wrong)


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
