"""What networks count and recognise. The official answers for X are in `data/counts.json`, made with twitter-text 3.1.0."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path

import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core import tlds
from bot.core.model import Entity
from bot.core.text import DIALECTS, cluster_ends, graphemes

OFFICIAL: dict[str, int] = json.loads((Path(__file__).parent / "data" / "counts.json").read_text())["counts"]
CLUSTER = regex.compile(r"\X")

x, bluesky, mastodon, plain = (DIALECTS[name] for name in ("x", "bluesky", "mastodon", "plain"))

# what tends to go wrong side by side: joiners, marks, links, signs, and words of several scripts
WORDS = ("a", "été", "e\u0301", "漢字", "שלום", "हिन्दी", "각", "\r\n", "\n", "\u200d", "\ufe0f", "🏽", "©")
EMOJI = ("👩🏽\u200d🚀", "👨\u200d👩\u200d👧", "🇫🇷", "1️⃣", "🧍🏿")
LINKS = ("lemonde.fr", "http://a.com/b(c)", "https://例え.jp", "x.co/é")
MARKS = ("@user", "@me@example.social", "@jo.bsky.social", "#été", "＃日本", "$AAPL")
SIGNS = (*" .,:/()-_’…", "«\u00a0", "\u202f", "\u200b", "\u3000")
PIECES = st.sampled_from((*WORDS, *EMOJI, *LINKS, *MARKS, *SIGNS))
TEXTS = st.lists(PIECES, max_size=12).map("".join) | st.text(max_size=60)

unhurried = settings(deadline=None)  # the machine may be busy; what is slow has its own test


def found(name: str, text: str) -> list[tuple[str, str, str]]:
    """The entities of a text as kind, the words they cover, and target."""
    return [(e.kind, text[e.start : e.end], e.target) for e in DIALECTS[name].entities(text)]


def links(name: str, text: str) -> list[str]:
    return [words for kind, words, _ in found(name, text) if kind == "link"]


# --- grapheme clusters -----------------------------------------------------------------------------------------------


@unhurried
@given(TEXTS)
def test_graphemes_are_those_of_the_standard_whatever_the_shortcut(text: str) -> None:
    ends = [cluster.end() for cluster in CLUSTER.finditer(text)]
    assert (graphemes(text), cluster_ends(text)) == (len(ends), ends)


@pytest.mark.parametrize("character", ["e\u0301", "👩🏽\u200d🚀", "🇫🇷", "\r\n", "각", "क्षि", "1️⃣", "\u0600١", "©\ufe0f"])
def test_a_reader_sees_one_character_between_two_letters(character: str) -> None:
    assert graphemes(f"a{character}b") == 3
    assert cluster_ends(f"a{character}b") == [1, 1 + len(character), 2 + len(character)]


def test_a_line_break_of_two_characters_is_one_also_in_ascii() -> None:
    assert (graphemes("a\r\nb\n\rc"), graphemes("")) == (6, 0)


# --- X: counting -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", OFFICIAL)
def test_x_counts_as_the_official_library_does(text: str) -> None:
    assert x.count(text) == OFFICIAL[text]


@pytest.mark.parametrize(
    ("character", "price"),
    [("\u00a0", 1), ("\u202f", 2), ("…", 2), ("’", 1), ("«", 1), ("—", 1), ("€", 2), ("²", 1), ("œ", 1), ("™", 2), ("漢", 2)],
)
def test_french_typography_has_a_price_on_x(character: str, price: int) -> None:
    assert x.count(f"a{character}b") == 2 + price


@pytest.mark.parametrize(
    "emoji", ["😀", "👩🏽\u200d🚀", "👨\u200d👩\u200d👧\u200d👦", "🇫🇷", "1️⃣", "☝🏿", "©️", "🏴\u200d☠️", "👯\u200d♀️"]
)
def test_an_emoji_weighs_two_however_many_code_points_it_has(emoji: str) -> None:
    assert x.count(emoji) == 2


def test_an_emoji_newer_than_the_official_table_costs_its_parts() -> None:
    assert x.count("❤️\u200d🔥") == 2 + 1 + 2  # Emoji 13.1
    assert x.count("🧍🏿") == 2 + 2  # Emoji 12


def test_a_sign_that_must_look_like_text_is_no_emoji() -> None:
    assert (x.count("☺"), x.count("☺\ufe0f"), x.count("☺\ufe0e"), x.count("©")) == (2, 2, 4, 1)


def test_the_decomposed_form_counts_as_the_composed_one() -> None:
    text = "Élections à Kyïv : où, quand ?"
    assert x.count(unicodedata.normalize("NFD", text)) == x.count(text) == len(text)


@pytest.mark.parametrize(
    "link", ["http://a.co", "lemonde.fr", "https://example.com/" + "a" * 300, "http://例え.jp", "HTTP://A.COM"]
)
def test_a_link_weighs_23_on_x_with_and_without_a_scheme(link: str) -> None:
    assert x.count(f"Voir {link} ici") == len("Voir  ici") + 23


def test_a_forgotten_space_makes_a_link_where_the_word_is_a_top_level_domain() -> None:
    assert (links("x", "La fin.Il pleut"), x.count("La fin.Il pleut")) == (["fin.Il"], 32)
    assert (links("x", "La fin.Xyzzy"), x.count("La fin.Xyzzy")) == ([], 12)


def test_an_address_over_4096_characters_is_no_link() -> None:
    base = "http://example.com/"
    longest = base + "a" * (4096 - len("http://") - len(base))
    assert (x.count(longest), x.count(longest + "a")) == (23, len(longest) + 1)


def test_a_label_over_63_characters_in_the_dns_is_no_link() -> None:
    assert (x.count("http://" + "a" * 63 + ".com"), x.count("http://" + "a" * 64 + ".com")) == (23, 75)
    assert x.count("http://" + "漢" * 60 + ".com") == 7 + 120 + 4


def test_long_unbroken_text_with_dots_is_counted_in_linear_time() -> None:
    for text in ("漢" * 30_000 + ".com", "a_." * 10_000 + "com", ".com" * 10_000, "http://a.com/" + "(" * 10_000):
        assert x.count(text) > 0


@unhurried
@given(st.lists(st.text(alphabet="abcéàœ’—", min_size=1, max_size=8), min_size=1, max_size=8))
def test_words_without_entities_add_up(words: list[str]) -> None:
    for dialect in DIALECTS.values():
        assert dialect.count(" ".join(words)) == sum(map(dialect.count, words)) + len(words) - 1


# --- X: entities -----------------------------------------------------------------------------------------------------


def test_x_sees_links_mentions_tags_and_cashtags_in_reading_order() -> None:
    assert found("x", "Avec ＠user : lemonde.fr/a #Été2024 $BRK.B") == [
        ("mention", "＠user", "user"),
        ("link", "lemonde.fr/a", "https://lemonde.fr/a"),
        ("tag", "#Été2024", "Été2024"),
        ("cashtag", "$BRK.B", "BRK.B"),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("(http://a.com/b)", ["http://a.com/b"]),
        ("https://fr.wikipedia.org/wiki/Loire_(fleuve).", ["https://fr.wikipedia.org/wiki/Loire_(fleuve)"]),
        ("http://a.com/?q=1&b=2!", ["http://a.com/?q=1&b=2"]),
        ("«lemonde.fr»", ["lemonde.fr"]),
        ("例えexample.comを見て", ["example.com"]),
        ("a.com,b.com", ["a.com", "b.com"]),
        ("https://t.co/abc日本 et https://t.co/" + "a" * 41, ["https://t.co/abc"]),
        ("me@example.com #example.com x/example.com -example.com", []),
        ("foo_bar.com foo_bar.com.fr", ["bar.com.fr"]),
        ("пример.рф http://пример.рф", ["http://пример.рф"]),
    ],
)
def test_x_finds_links_where_the_official_library_does(text: str, expected: list[str]) -> None:
    assert links("x", text) == expected


@pytest.mark.parametrize(
    "text", ["a@user", "@user@example.com", "@" + "a" * 16, "@useré", "@http://a.com", "https://a.com/@user/"]
)
def test_what_only_resembles_a_mention_is_none_on_x(text: str) -> None:
    assert [kind for kind, *_ in found("x", text) if kind == "mention"] == []


def test_a_retweet_mark_may_touch_its_mention() -> None:
    assert found("x", "RT@user") == [("mention", "@user", "user")]


@pytest.mark.parametrize("text", ["#2024", "a#b", "&#x27", "#️⃣", "#a#b", "http://a.com/#b"])
def test_what_only_resembles_a_tag_is_none_on_x(text: str) -> None:
    assert [kind for kind, *_ in found("x", text) if kind == "tag"] == []


def test_a_tag_may_follow_a_dressed_emoji() -> None:
    assert found("x", "❤️#amour") == [("tag", "#amour", "amour")]


# --- Bluesky ---------------------------------------------------------------------------------------------------------


def test_bluesky_counts_what_readers_see() -> None:
    assert bluesky.count("https://a.com 👩🏽\u200d🚀…") == 13 + 1 + 1 + 1


def test_bluesky_sees_links_mentions_tags_and_cashtags() -> None:
    assert found("bluesky", "(@jo.bsky.social lemonde.fr/a). https://b.com/(c) #été, $aapl!") == [
        ("mention", "@jo.bsky.social", "jo.bsky.social"),
        ("link", "lemonde.fr/a", "https://lemonde.fr/a"),
        ("link", "https://b.com/(c)", "https://b.com/(c)"),
        ("tag", "#été", "été"),
        ("cashtag", "$aapl", "AAPL"),
    ]


@pytest.mark.parametrize(
    "text",
    ["@user", "@user.xyzzy", "a@b.com", "#123", "#️⃣", "a#b", "#" + "a" * 65, "(#a)", "x.xyzzy", "«lemonde.fr»", "$toolong"],
)
def test_what_bluesky_leaves_as_text(text: str) -> None:
    assert found("bluesky", text) == []


def test_a_bare_domain_that_begins_with_http_gets_a_scheme_all_the_same() -> None:
    """The official library sends `http.cat` as it is, which is no address."""
    assert found("bluesky", "http.cat httpd.conf") == [("link", "http.cat", "https://http.cat")]


# --- Mastodon and our own pages --------------------------------------------------------------------------------------


def test_mastodon_counts_23_for_a_link_with_a_scheme_and_a_bare_domain_in_full() -> None:
    assert mastodon.count("https://example.com/" + "a" * 300) == 23
    assert mastodon.count("http://a.co") == 23
    assert mastodon.count("gemini://a.co/x") == 23
    assert mastodon.count("voir example.com/" + "a" * 300) == len("voir example.com/") + 300


def test_mastodon_counts_a_remote_mention_without_its_server() -> None:
    assert mastodon.count("@me@example.social, bonjour") == len("@me, bonjour")
    assert mastodon.count("@me et a@example.social") == len("@me et a@example.social")
    assert mastodon.count("@me@" + "a" * 254) == 4 + 254


def test_mastodon_sees_links_with_a_scheme_mentions_and_tags() -> None:
    assert found("mastodon", "@me @me@example.social a.com https://a.com/(b). #été #2024") == [
        ("mention", "@me", "me"),
        ("mention", "@me@example.social", "me@example.social"),
        ("link", "https://a.com/(b)", "https://a.com/(b)"),
        ("tag", "#été", "été"),
    ]


@pytest.mark.parametrize("text", ["a@b", "=@me", "/@me", "@me@", "@meé", "@me://a", "a#b"])
def test_what_mastodon_leaves_as_text(text: str) -> None:
    assert found("mastodon", text) == []


def test_our_own_pages_have_links_but_neither_mentions_nor_tags() -> None:
    assert found("plain", "@jo.bsky.social #a lemonde.fr") == [("link", "lemonde.fr", "https://lemonde.fr")]


# --- every dialect ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", DIALECTS)
@unhurried
@given(text=TEXTS)
def test_entities_do_not_overlap_and_cover_what_they_claim(name: str, text: str) -> None:
    done = 0
    for entity in DIALECTS[name].entities(text):
        assert done <= entity.start < entity.end <= len(text)
        assert covers(entity, text[entity.start : entity.end])
        done = entity.end


def covers(entity: Entity, words: str) -> bool:
    if entity.kind == "link":
        return words == entity.target or "https://" + words == entity.target
    return words[0] in "@＠#＃$" and words[1:].upper() == entity.target.upper()


@pytest.mark.parametrize("name", DIALECTS)
@unhurried
@given(text=TEXTS)
def test_a_count_is_never_negative_and_never_zero_for_a_text(name: str, text: str) -> None:
    assert DIALECTS[name].count(text) >= bool(text)


@unhurried
@given(TEXTS)
def test_x_never_counts_less_than_bluesky_where_nothing_is_shortened(text: str) -> None:
    if not x.entities(unicodedata.normalize("NFC", text)):
        assert x.count(text) >= graphemes(unicodedata.normalize("NFC", text))


def test_the_word_lists_know_each_other() -> None:
    assert tlds.SHARED < tlds.X
    assert tlds.SHARED < tlds.BLUESKY
    assert {"fr", "il", "рф", "भारत", "vermögensberatung"} <= tlds.SHARED
