"""What networks count and recognise, beside what their own code says of the same texts (`data/counts.json`,
`data/mastodon.json`). `test_judge.py` asks that code itself."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.core import tlds
from bot.core.graphemes import cluster_ends, graphemes
from bot.core.model import Entity
from bot.core.text import DIALECTS
from tests.hard import emoji
from tests.judging import Verdict, differences
from tests.texts import TEXTS

DATA = Path(__file__).parent / "data"
OFFICIAL: dict[str, Verdict] = json.loads((DATA / "counts.json").read_text())["answers"]
MASTODON: dict[str, int] = json.loads((DATA / "mastodon.json").read_text())["answers"]

x, bluesky, mastodon, plain = (DIALECTS[name] for name in ("x", "bluesky", "mastodon", "plain"))


def found(name: str, text: str) -> list[tuple[str, str, str]]:
    """The entities of a text as kind, the words they cover, and target."""
    return [(e.kind, text[e.start : e.end], e.target) for e in DIALECTS[name].entities(text)]


def links(name: str, text: str) -> list[str]:
    return [words for kind, words, _ in found(name, text) if kind == "link"]


@pytest.mark.parametrize("text", OFFICIAL)
def test_a_text_is_read_as_the_networks_own_code_reads_it(text: str) -> None:
    assert list(differences(text, OFFICIAL[text])) == []


ROWS = "🇫 \u200d 🙂\u200d क\u094d \u0301 ( http://a.fr/((a) http://a.fr/🙂(é) a. a.xn-- @a@b. #a#".split()


@pytest.mark.parametrize("row", ROWS)
@pytest.mark.parametrize("name", DIALECTS)
def test_a_long_row_takes_no_time(name: str, row: str) -> None:
    """A reader that looks back from every place would not come to an end."""
    text = row * (60_000 // len(row))
    assert DIALECTS[name].count(text) > 0
    assert len(DIALECTS[name].entities(text)) <= len(text)
    assert cluster_ends(text)[-1] == len(text)


# --- X: counting -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("character", "price"),
    [("\u00a0", 1), ("\u202f", 2), ("…", 2), ("’", 1), ("«", 1), ("—", 1), ("€", 2), ("²", 1), ("œ", 1), ("™", 2), ("漢", 2)],
)
def test_french_typography_has_a_price_on_x(character: str, price: int) -> None:
    assert x.count(f"a{character}b") == 2 + price


@pytest.mark.parametrize(
    "sequence", ["😀", "👩🏽\u200d🚀", "👨\u200d👩\u200d👧\u200d👦", "🇫🇷", "1️⃣", "☝🏿", "©️", "🏴\u200d☠️", "👯\u200d♀️"]
)
def test_an_emoji_weighs_two_however_many_code_points_it_has(sequence: str) -> None:
    assert x.count(sequence) == 2


def test_an_emoji_newer_than_the_official_table_costs_its_parts() -> None:
    assert x.count("❤️\u200d🔥") == 2 + 1 + 2  # Emoji 13.1
    assert x.count("🧍🏿") == 2 + 2  # Emoji 12


def test_no_emoji_weighs_less_than_two_so_that_newer_tables_make_no_post_too_long() -> None:
    """By a newer table each of them would weigh 2. Ours is the official one, by which an unknown one weighs its parts."""
    assert [each for each in emoji() if x.count(each) < 2] == []


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


@pytest.mark.parametrize("text", ["a@user", "@user@example.com", "@useré", "@http://a.com", "https://a.com/@user/"])
def test_what_only_resembles_a_mention_is_none_on_x(text: str) -> None:
    assert [kind for kind, *_ in found("x", text) if kind == "mention"] == []


def test_a_greek_iota_may_follow_a_name_on_x_and_an_accented_letter_not() -> None:
    """In links an iota counts among the letters with accents, as JavaScript there takes capitals for small ones."""
    assert found("x", "@user\u03b9 @useré") == [("mention", "@user", "user")]


def test_a_name_on_x_has_at_most_20_characters_and_may_have_a_list() -> None:
    assert found("x", "@" + "a" * 21) == [("mention", "@" + "a" * 20, "a" * 20)]
    assert found("x", "@user/a-list é") == [("mention", "@user/a-list", "user/a-list")]


def test_a_retweet_mark_may_touch_its_mention() -> None:
    assert found("x", "RT@user") == [("mention", "@user", "user")]


@pytest.mark.parametrize("text", ["#2024", "a#b", "&#x27", "#️⃣", "#a#b", "http://a.com/#b"])
def test_what_only_resembles_a_tag_is_none_on_x(text: str) -> None:
    assert [kind for kind, *_ in found("x", text) if kind == "tag"] == []


def test_a_tag_may_follow_a_dressed_emoji_but_not_what_was_nearly_a_tag() -> None:
    assert found("x", "❤️#amour") == [("tag", "#amour", "amour")]
    assert found("x", "#a\ufe0f#amour") == []


# --- Bluesky ---------------------------------------------------------------------------------------------------------


def test_bluesky_counts_what_readers_see() -> None:
    assert bluesky.count("https://a.com 👩🏽\u200d🚀…") == 5 + 1 + 1 + 1


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
    [
        "@user",
        "@user.xyzzy",
        "a@b.com",
        "#123",
        "#️⃣",
        "a#b",
        "#" + "a" * 65,
        "#" + "e\u0323\u0302\u0323\u0302\u0323\u0302" * 60,
        "(#a)",
        "x.xyzzy",
        "«lemonde.fr»",
        "$toolong",
    ],
)
def test_what_bluesky_leaves_as_text(text: str) -> None:
    assert found("bluesky", text) == []


def test_a_tag_on_bluesky_has_at_most_64_graphemes_of_640_bytes() -> None:
    assert len(found("bluesky", "#e\u0301" + "é" * 63)) == 1
    assert len(found("bluesky", "#" + "e\u0323\u0302\u0323\u0302\u0323\u0302" * 49)) == 1


def test_a_bare_domain_that_begins_with_http_gets_a_scheme_all_the_same() -> None:
    """The official library sends `http.cat` as it is, which is no address."""
    assert found("bluesky", "http.cat httpd.conf") == [("link", "http.cat", "https://http.cat")]


# --- Mastodon and our own pages --------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", MASTODON)
def test_mastodon_counts_as_its_own_code_does(text: str) -> None:
    assert mastodon.count(text) == MASTODON[text]


def test_mastodon_counts_23_for_a_link_with_a_scheme_and_a_bare_domain_in_full() -> None:
    assert mastodon.count("https://example.com/" + "a" * 300) == 23
    assert mastodon.count("http://a.co") == 23
    assert mastodon.count("gemini://a.co/x") == 23
    assert mastodon.count("voir example.com/" + "a" * 300) == len("voir example.com/") + 300


def test_a_content_warning_counts_in_full_on_mastodon_and_nowhere_else() -> None:
    warning = "क्षि https://example.org/ @me@example.social"
    assert mastodon.count_warning(warning) == 2 + len(" https://example.org/ @me@example.social")
    assert {dialect.count_warning(warning) for dialect in (x, bluesky, plain)} == {0}


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
@given(text=TEXTS)
def test_a_count_is_never_negative_and_never_zero_for_a_text(name: str, text: str) -> None:
    assert DIALECTS[name].count(text) >= bool(text)


@pytest.mark.parametrize("name", DIALECTS)
@given(before=TEXTS, seam=st.sampled_from((" ", "\n", "\n\n", "  ")), after=TEXTS)
def test_text_that_no_link_or_cluster_crosses_counts_by_its_parts(name: str, before: str, seam: str, after: str) -> None:
    """The splitter relies on it. X skips the first character of a text where a bare domain could begin, if it is no letter
    of ASCII: `élan.fr` is `lan.fr` there, and elsewhere itself."""
    before, after = (unicodedata.normalize("NFC", part).strip() for part in (before, after))
    assume(before and after and (name != "x" or after[0].isascii()))
    whole = before + seam + after
    assume({len(before), len(whole) - len(after)} <= set(cluster_ends(whole)))
    count = DIALECTS[name].count
    assert count(whole) == count(before) + count(seam) + count(after)


@given(TEXTS)
def test_x_never_counts_less_than_bluesky_where_nothing_is_shortened(text: str) -> None:
    if not x.entities(unicodedata.normalize("NFC", text)):
        assert x.count(text) >= graphemes(unicodedata.normalize("NFC", text))


def test_the_word_lists_know_each_other() -> None:
    assert tlds.SHARED < tlds.X
    assert tlds.SHARED < tlds.BLUESKY
    assert {"fr", "il", "рф", "भारत", "vermögensberatung"} <= tlds.SHARED
