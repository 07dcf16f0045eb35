"""A text becomes the fewest posts that keep whole what the author wants whole, cut at the best places, and even."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.breaks import Break, Kind, breaks, inside
from bot.core.split import SPLITS, Unsplittable, split
from bot.core.text import DIALECTS

WAYS = sorted(SPLITS)
Fits = Callable[[int, int], bool]
Spans = tuple[tuple[int, int], ...]


def room(text: str, limit: int, dialect: str = "plain") -> Fits:
    """Whether a part of a text has at most so many characters, as a network counts them."""
    return lambda start, end: DIALECTS[dialect].count(text[start:end]) <= limit


def posts(text: str, limit: int, way: str = "paragraphs") -> list[str]:
    return [text[start:end] for start, end in split(text, room(text, limit), way)]


# --- what is kept whole ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "limit", "way", "expected"),
    [
        ("Un deux.", 20, "paragraphs", ["Un deux."]),
        ("", 20, "paragraphs", [""]),
        # a paragraph that fits is never cut, though two posts would hold all three
        ("aaa bbb\n\nccc ddd\n\neee fff", 11, "paragraphs", ["aaa bbb", "ccc ddd", "eee fff"]),
        ("aaa bbb\n\nccc ddd\n\neee fff", 11, "words", ["aaa bbb", "ccc ddd", "eee fff"]),
        ("aaa bbb\n\nccc ddd\n\neee fff", 13, "words", ["aaa bbb\n\nccc", "ddd\n\neee fff"]),
        ("aaa bbb\n\nccc ddd\n\neee fff", 13, "paragraphs", ["aaa bbb", "ccc ddd", "eee fff"]),
        # a paragraph that does not fit is cut between its lines, and those that fit are whole
        ("aaa\nbbb ccc\nddd", 8, "paragraphs", ["aaa", "bbb ccc", "ddd"]),
        ("aaa\nbbb ccc\nddd", 8, "words", ["aaa\nbbb", "ccc\nddd"]),
        # then between its sentences
        ("Aaa. Bb bb. Cc.", 11, "paragraphs", ["Aaa.", "Bb bb. Cc."]),
        ("Aaa. Bb bb bbb. Cc.", 9, "paragraphs", ["Aaa.", "Bb bb", "bbb. Cc."]),
        ("Aa bb. Cc.\n\nDd ee. Ff.\n\nGg hh. Ii.", 18, "paragraphs", ["Aa bb. Cc.", "Dd ee. Ff.", "Gg hh. Ii."]),
        ("Aa bb. Cc.\n\nDd ee. Ff.\n\nGg hh. Ii.", 18, "sentences", ["Aa bb. Cc.\n\nDd ee.", "Ff.\n\nGg hh. Ii."]),
        # only then within a sentence, at a comma rather than between words
        ("aa bb, cc dd ee", 10, "paragraphs", ["aa bb,", "cc dd ee"]),
        ("Sources : aa bb", 12, "paragraphs", ["Sources : aa", "bb"]),
        # and within a word at last
        ("aaaaaa", 4, "paragraphs", ["aaa", "aaa"]),
        ("aaaaaa b", 4, "words", ["aaaa", "aa b"]),
        # a break after a colon is the worst but one within a word
        ("Sources : a.fr b.fr c.fr", 16, "paragraphs", ["Sources : a.fr", "b.fr c.fr"]),
        # as even as can be
        ("aa bb cc dd", 8, "paragraphs", ["aa bb", "cc dd"]),
        ("今日は晴れ。明日は雨。", 6, "paragraphs", ["今日は晴れ。", "明日は雨。"]),
    ],
)
def test_units_that_a_post_can_hold_are_not_cut(text: str, limit: int, way: str, expected: list[str]) -> None:
    assert posts(text, limit, way) == expected


def test_posts_are_as_few_as_can_be_before_they_are_even() -> None:
    assert posts("aaaa bbbb cccc d", 9) == ["aaaa bbbb", "cccc d"]


def test_what_fits_in_no_post_and_must_not_be_cut_is_told_with_its_place() -> None:
    url = "https://example.org/" + "a" * 40
    text = f"Un {url} deux\n\ntrois {url}."
    with pytest.raises(Unsplittable) as raised:
        split(text, room(text, 30), "paragraphs")
    assert [text[start:end].rstrip(".") for start, end in raised.value.spans] == [url, url]


def test_a_link_of_any_length_costs_what_the_network_says() -> None:
    url = "https://example.org/" + "a" * 400
    text = f"Un deux trois {url} quatre"
    assert [text[start:end] for start, end in split(text, room(text, 30, "x"), "paragraphs")] == [
        "Un deux trois",
        f"{url} quatre",
    ]


def test_pictures_may_be_what_does_not_fit() -> None:
    """Whether a post holds something is not for the splitter to know."""
    assert split("aa bb", lambda start, end: end - start <= 2, "words") == ((0, 2), (3, 5))
    with pytest.raises(Unsplittable) as raised:
        split("", lambda *_: False, "words")
    assert raised.value.spans == ((0, 0),)


# --- the best, against trying everything -----------------------------------------------------------------------------

SHARES = {kind: at for at, kind in enumerate(sorted(Kind, reverse=True), 1)}


def units(text: str, places: Sequence[Break], worst: Kind) -> Iterator[tuple[int, int]]:
    """The parts of a text between breaks that are no worse than one kind."""
    inner = [place for place in places if place.kind <= worst]
    return zip([0, *(place.start for place in inner)], [*(place.end for place in inner), len(text)], strict=True)


def allowed(text: str, fits: Fits, way: str) -> list[Break]:
    """Every break but those within a unit that fits and that this way keeps whole; words that do not fit can be cut."""
    places = breaks(text)
    for start, end in units(text, places, Kind.LEAD):
        if not fits(start, end):
            places = sorted([*places, *inside(text, start, end)], key=lambda place: place.end)
    kept = [span for worst in SPLITS[way] for span in units(text, places, worst) if fits(*span)]
    return [place for place in places if not any(start < place.start and place.end < end for start, end in kept)]


def cost(chosen: Sequence[Break], spans: Spans) -> tuple[int, ...]:
    """What a set of breaks costs, compared from the left: posts, breaks of each kind from the worst, unevenness."""
    kinds = [sum(place.kind is kind for place in chosen) for kind in SHARES]
    return (len(spans), *kinds, sum((end - start) ** 2 for start, end in spans))


def best(text: str, fits: Fits, way: str) -> tuple[int, ...] | None:
    """The least cost of all sets of breaks; None if none will do."""
    costs = []
    places = allowed(text, fits, way)
    for count in range(len(places) + 1):
        for chosen in itertools.combinations(places, count):
            spans = tuple(
                zip([0, *(place.start for place in chosen)], [*(place.end for place in chosen), len(text)], strict=True)
            )
            if all(itertools.starmap(fits, spans)):
                costs.append(cost(chosen, spans))
        if costs:  # more breaks make more posts
            return min(costs)
    return None


WORDS = st.sampled_from("a~bb~ccc.~Dd~eee,~ff :~g !~12 km~M. D~日本。~#tag~@al.fr~a.fr~ééé~👩‍👧~שלום".split("~"))
SMALL = st.lists(st.tuples(WORDS, st.sampled_from([" ", " ", " ", "\n", "\n\n"])), min_size=1, max_size=8).map(
    lambda pairs: "".join(word + space for word, space in pairs).strip()
)


@settings(max_examples=500)
@given(SMALL, st.integers(4, 24), st.sampled_from(WAYS))
def test_no_set_of_breaks_is_better(text: str, limit: int, way: str) -> None:
    fits = room(text, limit)
    expected = best(text, fits, way)
    if expected is None:
        with pytest.raises(Unsplittable):
            split(text, fits, way)
        return
    spans = split(text, fits, way)
    ends = {place.end: place for place in allowed(text, fits, way)}
    assert cost([ends[end] for _, end in spans[:-1]], spans) == expected


# --- any text --------------------------------------------------------------------------------------------------------

SENTENCES = (
    "La Loire couvre 295 km² depuis 14 h 30, soit 3,5 % du département.~M. Dupont l’a dit : « Rien n’est fini ! »~"
    "Selon @alice.bsky.social (https://example.org/crue/2026?jour=4), 20 000 hommes sont là ; p. ex. à Tours.~"
    "Qui décide ? #Loire~The river rose by 12 ft on May 3, 2026.~“Is it over?” asked @bob, at www.example.org.~"
    "今日は天気がいいので、散歩に行きました。~「楽しいね」と彼女は言った。~اليوم ذهبنا إلى السوق، واشترينا الخبز؟~"
    "היום הלכנו לשוק. הכול טוב!~👩‍👩‍👧‍👦🇫🇷 👍🏽 e\u0301te\u0301~n° 5, av. J.-C.~Attention : oui~– un point ;~a"
).split("~")
LONG = st.lists(st.tuples(st.sampled_from(SENTENCES), st.sampled_from([" ", " ", "\n", "\n\n", "\u00a0"])), max_size=30).map(
    lambda pairs: "".join(sentence + space for sentence, space in pairs)
)
LIMITS = st.sampled_from([("x", 280), ("x", 60), ("bluesky", 300), ("bluesky", 70), ("mastodon", 500), ("mastodon", 80)])


@given(LONG, LIMITS, st.sampled_from(WAYS))
def test_nothing_is_lost_and_every_post_fits(text: str, network: tuple[str, int], way: str) -> None:
    dialect, limit = network
    fits = room(text, limit, dialect)
    spans = split(text, fits, way)
    assert (spans[0][0], spans[-1][1]) == (0, len(text))
    assert all(fits(start, end) for start, end in spans)
    for (_, end), (start, _) in itertools.pairwise(spans):
        assert not text[end:start].strip()
    assert spans == split(text, fits, way)


@given(LONG, LIMITS, st.sampled_from(WAYS))
def test_what_belongs_together_is_in_one_post(text: str, network: tuple[str, int], way: str) -> None:
    dialect, limit = network
    seams = list(itertools.pairwise(split(text, room(text, limit, dialect), way)))
    wholes = "295 km²~14 h 30~3,5 %~M. Dupont~dit :~« Rien~fini ! »~20 000 hommes~là ;~p. ex.~décide ?~12 ft~May 3, 2026~n° 5"
    wholes += "~av. J.-C.~Attention :~point ;~👍🏽~te\u0301"
    spans = [(at, at + len(whole)) for whole in wholes.split("~") for at in range(len(text)) if text.startswith(whole, at)]
    spans += [(entity.start, entity.end) for entity in DIALECTS[dialect].entities(text)]
    assert not [(a, b) for a, b in spans for (_, end), (start, _) in seams if a < start and end < b]


@given(LONG, LIMITS)
def test_a_paragraph_a_line_a_sentence_that_fits_is_in_one_post(text: str, network: tuple[str, int]) -> None:
    dialect, limit = network
    fits = room(text, limit, dialect)
    seams = list(itertools.pairwise(split(text, fits, "paragraphs")))
    places = breaks(text)
    kept = [span for worst in SPLITS["paragraphs"] for span in units(text, places, worst) if fits(*span)]
    assert not [(a, b) for a, b in kept for (_, end), (start, _) in seams if a < start and end < b]
