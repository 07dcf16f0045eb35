"""Where a text may break: never inside what belongs together, and how good each place is."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.breaks import Kind, breaks, inside
from bot.core.text import DIALECTS, cluster_ends


def parts(text: str) -> list[str]:
    """The text, cut wherever it may be."""
    places = breaks(text)
    starts, ends = [0, *(place.start for place in places)], [*(place.end for place in places), len(text)]
    return [text[start:end] for start, end in zip(starts, ends, strict=True)]


def kind(text: str) -> Kind:
    """The kind of break at the `|` of a text."""
    before, after = text.split("|")
    [place] = [place for place in breaks(before + after) if place.start == len(before)]
    return place.kind


# --- what is never cut -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "whole",
    [
        "Attention :",
        "Attention\u00a0:",
        "quoi ?",
        "quoi  ?",
        "quoi\u202f?",
        "Non !",
        "« test »",
        "« test » ?",
        "« test ? »",
        "« «\u00a0test » »",
        "‹ test ›",
        "oui ;",
        "M. Dupont",
        "MM. Dupont",
        "Mme Dupont",
        "Dr. House",
        "Mgr Éric",
        "p. ex.",
        "av. J.-C.",
        "O. N. U.",
        "n° 5",
        "N° 5",
        "№ 5",
        "p. 12",
        "pp. 12",
        "art. 3",
        "Fig. 3",
        "§ 5",
        "$ 5",
        "€ 5",
        "14 h 30",
        "14 h 30 min 5 s",
        "14 h 30 ?",
        "295 km²",
        "295 km2",
        "12 km/h",
        "250 m³/s",
        "3,5 %",
        "3,5 % ?",
        "-3 °C",
        "20 000",
        "20 000 hommes",
        "20 000,5 km",
        "1 234 567 €",
        "1\u202f234\u202f567 €",
        "12 millions",
        "5 k€",
        "06 12 34 56 78",
        "3 novembre",
        "1er mai 2026",
        "3 nov. 2026",
        "May 3, 2026",
        "https://example.org/a,b.c?d=e#f",
        "@alice.bsky.social",
        "@alice@social.example",
        "#Loire",
        "alice+bob@example.org",
    ],
)
@pytest.mark.parametrize("around", ["Le {} fut", "un {}", "« {} »", "({}) fin", "a\n{}\nb"])
def test_what_belongs_together_is_never_cut(whole: str, around: str) -> None:
    text = around.format(whole)
    start = text.index(whole)
    assert not [place for place in breaks(text) if place.start > start and place.end < start + len(whole)]


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("1. Un\n2) Deux\n- Trois\n– Quatre", ["1. Un", "2) Deux", "- Trois", "– Quatre"]),
        ("un deux trois", ["un", "deux", "trois"]),
        ("un\u00a0deux trois", ["un\u00a0deux", "trois"]),
        ("un \u00a0 deux", ["un", "\u00a0", "deux"]),
        ("quoi ? Rien", ["quoi ?", "Rien"]),
        ("! ! ! !", ["!", "!", "!", "!"]),
        ("1 2 3 4", ["1", "2", "3", "4"]),
        ("2024 2025 2026", ["2024", "2025", "2026"]),
        ("casinos. 5 stop. 12", ["casinos.", "5", "stop.", "12"]),
        ("en mai 2026", ["en", "mai", "2026"]),
        ("plan B. Puis", ["plan", "B.", "Puis"]),
        ("今日は晴れ。明日は", ["今", "日", "は", "晴", "れ。", "明", "日", "は"]),
        ("「ちょっと」と", ["「ちょっ", "と」", "と"]),
        ("", [""]),
        ("  un  ", ["  un  "]),
        ("a \u0301b", ["a \u0301b"]),
        ("a 👍 🏽b", ["a", "👍 🏽b"]),
    ],
)
def test_everything_else_may_be_cut(text: str, cut: list[str]) -> None:
    assert parts(text) == cut


@pytest.mark.parametrize(
    "row", ["100 ", "20 000 ", "12 ", "A. ", "5 km ", "14 h 30 ", "M. ", "a : ", "« a » ", "p. 5 ", "1.5 "]
)
def test_a_row_of_such_things_can_be_cut_somewhere(row: str) -> None:
    assert max(map(len, parts(row * 200))) < 40


# --- how good a place is ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Un.\n\n|Deux", Kind.PARAGRAPH),
        ("Un \n \n |Deux", Kind.PARAGRAPH),
        ("Un :\n\n|Deux", Kind.PARAGRAPH),
        ("Un\n|Deux", Kind.LINE),
        ("Un. |Deux", Kind.SENTENCE),
        ("Un ! |Deux", Kind.SENTENCE),
        ("Un… |Deux", Kind.SENTENCE),
        ("« Un. » |Deux", Kind.SENTENCE),
        ("(Un ?) |Deux", Kind.SENTENCE),
        ("Un. |« Deux »", Kind.SENTENCE),
        ("en 2024. |Puis", Kind.SENTENCE),
        ("il en est. |Puis", Kind.SENTENCE),
        ("He said no. |Then", Kind.SENTENCE),
        ("Ils sont sept. |Puis", Kind.SENTENCE),
        ("مرحبا؟ |نعم", Kind.SENTENCE),
        ("שלום. |כן", Kind.SENTENCE),
        ("晴れ。|明日", Kind.SENTENCE),
        ("晴れ。」|明日", Kind.SENTENCE),
        ("Un, |deux", Kind.CLAUSE),
        ("Un ; |deux", Kind.CLAUSE),
        ("Un – |deux", Kind.CLAUSE),
        ("(un) |deux", Kind.CLAUSE),
        ("« un » |deux", Kind.CLAUSE),
        ("اليوم، |غدا", Kind.CLAUSE),
        ("晴れ、|明日", Kind.CLAUSE),
        ("Un |deux", Kind.WORD),
        ("天|気", Kind.WORD),
        ("etc. |Puis", Kind.SENTENCE),
        ("Il pèse 3 t. |Ensuite", Kind.SENTENCE),
        ("À 18 h. |Puis", Kind.SENTENCE),
        ("au XXe s. |Il", Kind.SENTENCE),
        ("cf. |Dupont", Kind.WORD),
        ("J. |Dupont", Kind.WORD),
        ("c.-à-d. |Puis", Kind.WORD),
        ("the U.S. |Army", Kind.WORD),
        ("vers 50 av. J.-C. |Rome", Kind.WORD),
        ("Quoi ? |dit-il", Kind.WORD),
        ("« Non. » |dit-il", Kind.CLAUSE),
        ("Sources : |@a", Kind.LEAD),
        ("Sources: |@a", Kind.LEAD),
    ],
)
def test_the_kind_of_a_place_is_known(text: str, found: Kind) -> None:
    assert kind(text) == found


# --- any text --------------------------------------------------------------------------------------------------------

WORDS = st.sampled_from(
    "a~É.~« b »~c ?~https://example.org/é~@alice~#tag~20 000~295 km²~3,5 %~M. Dupont~:~!~»~«~日本。~「日」~שלום~؟ مرحبا~"
    "👩‍👩‍👧~🇫🇷~é\u0301~\u0301~\u0600~\u200d~-~1.~A.~x@y.fr~www.a.fr)~(~n°~5~h~30".split("~")
)
SPACES = st.sampled_from(["", " ", "  ", "\u00a0", "\u202f", "\n", "\n\n", "\t", " \n ", "\u3000"])
TEXTS = st.lists(st.tuples(WORDS, SPACES)).map(lambda pairs: "".join(word + space for word, space in pairs))


@given(st.one_of(TEXTS, st.text()))
def test_places_are_in_order_and_drop_nothing_but_white_space(text: str) -> None:
    places = breaks(text)
    assert all(place.end <= place.start and not text[place.end : place.start].strip() for place in places)
    assert all(one.start < two.end for one, two in pairwise(places)), "something stands between two places"
    assert all(place.end > 0 and place.start < len(text) for place in places)
    assert places == breaks(text)


@given(st.one_of(TEXTS, st.text()), st.sampled_from(sorted(DIALECTS)))
def test_no_place_is_inside_a_grapheme_or_what_a_network_links(text: str, dialect: str) -> None:
    ends = {0, *cluster_ends(text)}
    whole = [(entity.start, entity.end) for entity in DIALECTS[dialect].entities(text)]
    for place in breaks(text):
        assert {place.end, place.start} <= ends
        assert not any(start < place.start and place.end < end for start, end in whole)


@given(TEXTS, st.sampled_from(sorted(DIALECTS)))
def test_a_long_word_is_cut_between_graphemes_but_not_in_what_a_network_links(text: str, dialect: str) -> None:
    for start, end in [(0, len(text)), (len(text) // 2, len(text))]:
        word = text[start:end]
        places = inside(text, start, end)
        assert all(place.end == place.start and place.kind is Kind.INSIDE for place in places)
        assert {place.end - start for place in places} <= set(cluster_ends(word)[:-1])
        whole = [(entity.start + start, entity.end + start) for entity in DIALECTS[dialect].entities(word)]
        assert not any(first < place.end < last for place in places for first, last in whole)


@pytest.mark.parametrize(
    "sign",
    'a~1~1.~1,~1 ~1 000 ~1m ~A.~A. ~a.~.~"~« ~«~»~ »~a !~! ~!~ ~\n~\u00a0~ \u00a0~M. ~é~-~- ~日~日 ~「~a@~@~a@b.~#~#a~n°~n° ~https://~'
    "https://a.fr/~😀~e\u0301~(~)~+~5 %~mai 1 ~1 mai ~p. ~a’~, ~: ~…~\u0600~\u200d~J.-C. ~av. ".split("~"),
)
def test_a_hostile_text_takes_no_longer_than_its_length(sign: str) -> None:
    """Fifty thousand times the same took minutes, where a pattern walked the same characters again from each of them."""
    text = (sign * 50_000)[:50_000] + " ?» @ 5 km. https://a.fr @a #a"  # else most patterns know at once that they find nothing
    breaks(text)
    inside(text, 0, len(text))
