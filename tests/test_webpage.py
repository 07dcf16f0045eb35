"""What a page says of itself is read whatever it is made of, in its own letters, and never for long."""

from __future__ import annotations

import time

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from bot.networks.webpage import DESCRIPTION, TITLE, Described, described

HOME = "https://page.example/a/b.html"


def read(page: str, charset: str = "") -> Described:
    return described(page.encode(), charset, HOME)


PAGE = """<!DOCTYPE html>
<html lang="fr"><head><meta charset="utf-8">
<title>Le titre &amp; la suite</title>
<meta name="description" content="Une description.">
<meta property="og:title" content="La crue de l&#8217;été">
<meta property='og:description' content='Ce que l&rsquo;on sait
  du 9 mars.'>
<meta content="/carte.png?a=1&amp;b=2" property="og:image" />
</head><body><meta property="og:title" content="Un autre"><title>x</title></body></html>"""


def test_a_page_is_shown_by_its_open_graph_names_first() -> None:
    expected = Described("La crue de l’été", "Ce que l’on sait du 9 mars.", "https://page.example/carte.png?a=1&b=2")
    assert read(PAGE) == expected


@pytest.mark.parametrize(
    ("head", "title"),
    [
        ("<title>Un</title>", "Un"),
        ("<TITLE lang=fr\n>\n Un \n deux </TITLE>", "Un deux"),
        ("<title></title><title>Deux</title>", "Deux"),
        ("<title>Un</title><meta name=twitter:title content=Trois>", "Trois"),
        ("<meta name='OG:Title' content='Un'>", "Un"),
        ("<meta property='og:title'><title>Un</title>", "Un"),
        ("<meta property='og:title' content='  '><title>Un</title>", "Un"),
        ("<meta property='og:title' content='a > b'>", "a > b"),
        ("<meta property='og:title' content=\"l'été\">", "l'été"),
        ("<meta property='og:title' content='&amp;lt;b&amp;gt;'>", "&lt;b&gt;"),
        ("<title>&amp;lt;</title>", "&lt;"),
        ("<!-- <title>Non</title> --><title>Un</title>", "Un"),
        ("<script>var x = '<title>Non</title>'</script><title>Un</title>", "Un"),
        ("<style><title>Non</title></style><title>Un</title>", "Un"),
        ("<noscript><meta property=og:title content=Non></noscript><title>Un</title>", "Un"),
        ("<metadata content=x><title>Un</title>", "Un"),
        ("<title>Un</title><body><meta property=og:title content=Non>", "Un"),
        ("<title>Un", ""),
        ("<!-- <title>Un</title>", ""),
        ("", ""),
    ],
)
def test_a_title_is_found_where_it_is_and_nowhere_else(head: str, title: str) -> None:
    assert read(head).title == title


@pytest.mark.parametrize(
    ("content", "charset", "title"),
    [
        ("<title>été</title>".encode(), "", "été"),
        ("<title>“été”</title>".encode("cp1252"), "iso-8859-1", "“été”"),
        ("<meta charset=windows-1252><title>“été”</title>".encode("cp1252"), "", "“été”"),
        (
            '<meta http-equiv="Content-Type" content="text/html; charset=koi8-r"><title>Река</title>'.encode("koi8-r"),
            "",
            "Река",
        ),
        ("<title>洪水</title>".encode("shift_jis"), "Shift_JIS", "洪水"),
        ("<title>洪水</title>".encode("gb18030"), "gb18030", "洪水"),
        ("<title>été</title>".encode("utf-8-sig"), "iso-8859-1", "été"),
        (b"\xff\xfe" + "<title>été</title>".encode("utf-16-le"), "", "été"),
        ("<title>été</title>".encode(), "unicode_escape", "été"),
        ("<title>été</title>".encode(), "no-such-charset", "été"),
        ("<title>été</title>".encode(), "zlib\0", "été"),
        (b"<title>\xff</title>", "", "\ufffd"),
    ],
)
def test_a_page_is_read_in_its_own_letters(content: bytes, charset: str, title: str) -> None:
    assert described(content, charset, HOME).title == title


def test_what_is_long_is_cut_between_graphemes_with_an_ellipsis() -> None:
    flags = "🇫🇷" * 600
    said = read(f"<title>{flags}</title><meta name=description content='{'é' * DESCRIPTION}'>")
    assert said.title == "🇫🇷" * (TITLE - 1) + "…"
    assert said.description == "é" * DESCRIPTION


def test_what_a_terminal_would_obey_is_not_passed_on() -> None:
    title = read("<title>a\x1b[31mb\u202ec&#27;[2Jd&#x202e;e\x00f</title>").title
    assert not regex.search(r"[\p{Cc}\p{Cf}]", title)
    assert [*"abcdef"] == [letter for letter in title if letter.islower()]


@pytest.mark.parametrize(
    ("said", "picture"),
    [
        ("carte.png", "https://page.example/a/carte.png"),
        ("//cdn.example/carte.png", "https://cdn.example/carte.png"),
        ("https://cdn.example/carte.png", "https://cdn.example/carte.png"),
        ("http://[", ""),
        ("", ""),
    ],
)
def test_the_address_of_a_picture_is_made_whole(said: str, picture: str) -> None:
    assert read(f'<meta property="og:image" content="{said}">').picture == picture


UNENDING = [
    "<",
    "<!--",
    "<!",
    "<![",
    "<meta ",
    "<meta '",
    "<meta a='b' ",
    "<meta a=",
    "<title ",
    "<script>",
    "<a b",
    "&#",
    "e\u0301",
]
MANY = ["<title><", "<title></title>", '<meta content="x" name=a>', "<meta name=a>"]


@pytest.mark.parametrize("unit", UNENDING + MANY)
def test_no_page_is_read_for_long(unit: str) -> None:
    begun = time.process_time()
    for start in ("", "<title>", "<meta ", "<meta name='description' content='"):
        read(start + unit * (600_000 // len(unit.encode())))
    assert time.process_time() - begun < 4  # measured: at most 0.5


@given(st.text(st.sampled_from("<>/!-\"'= metatitlcscrpn&;#x5\u0301é\0"), max_size=200) | st.text(), st.text(max_size=10))
def test_whatever_the_bytes_are_there_is_an_answer(page: str, charset: str) -> None:
    said = described(page.encode("utf-8", "surrogatepass"), charset, HOME)
    said.title.encode()
    said.description.encode()
