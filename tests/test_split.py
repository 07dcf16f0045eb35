"""A text becomes the fewest posts that keep whole what the author wants whole, cut at the best places, and even."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Sequence

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.core.breaks import Break, lines, paragraphs, sentences, words
from bot.core.gauge import STEPS, scale
from bot.core.languages import language
from bot.core.model import Figure, Numbering, Span
from bot.core.number import FORM, OFF
from bot.core.posts import Frame, Layout, NoRoom, Piece, Unsplittable, cut, lay_out, posts
from bot.core.rules import Rules
from bot.core.text import DIALECTS
from bot.core.wording import Block
from tests.exhaustive import TooLarge, Unheld, cheapest, price

WAYS = ("paragraphs", "sentences", "words")
FRENCH = language("fr")
NUMBERED = Numbering(FORM)


def rules(length: int, dialect: str = "plain", pictures: int = 4, size: int = 0) -> Rules:
    return Rules(dialect, length, pictures, 0, (), "these tests", bytes=size)


def cuts(text: str, length: int, way: str = "paragraphs", numbering: Numbering = OFF) -> list[str]:
    return posts(text, rules(length), numbering, way, "fr")


def block(text: str, *places: int) -> Block:
    figures = tuple((place, Figure(f"{place}.png", "", None, Span(1, 1))) for place in places)
    return Block(text, figures, ((0, Span(1, 1)),))


# --- what is kept whole ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "length", "way", "expected"),
    [
        ("Un deux.", 20, "paragraphs", ["Un deux."]),
        ("", 20, "paragraphs", [""]),
        # a paragraph that fits is never cut, though two posts would hold all three
        ("aaa bbb\n\nccc ddd\n\neee fff", 11, "paragraphs", ["aaa bbb", "ccc ddd", "eee fff"]),
        ("aaa bbb\n\nccc ddd\n\neee fff", 11, "words", ["aaa bbb", "ccc ddd", "eee fff"]),
        ("aaa bbb\n\nccc ddd\n\neee fff", 13, "words", ["aaa bbb\n\nccc", "ddd\n\neee fff"]),
        ("aaa bbb\n\nccc ddd\n\neee fff", 13, "paragraphs", ["aaa bbb", "ccc ddd", "eee fff"]),
        # a post holds as many whole paragraphs as fit
        ("aaa\n\nbbb\n\nccc ddd", 8, "paragraphs", ["aaa\n\nbbb", "ccc ddd"]),
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
        # each paragraph a post, cut where it must be
        ("aa\n\nbb\n\ncc", 20, "each", ["aa", "bb", "cc"]),
        ("aa\n\nbb bb, bb bbb\n\ncc", 8, "each", ["aa", "bb bb,", "bb bbb", "cc"]),
        ("aa\nbb", 20, "each", ["aa\nbb"]),
        # nothing but the author cuts
        ("aa\n\nbb", 20, "manual", ["aa\n\nbb"]),
    ],
)
def test_units_that_a_post_can_hold_are_not_cut(text: str, length: int, way: str, expected: list[str]) -> None:
    assert cuts(text, length, way) == expected


def test_posts_are_as_few_as_can_be_before_they_are_even() -> None:
    assert cuts("aaaa bbbb cccc d", 9) == ["aaaa bbbb", "cccc d"]


def test_of_two_equally_even_ways_the_one_without_a_widow_is_taken() -> None:
    long = "a" * 18
    assert cuts(f"a {long} b", 20, "words") == ["a", f"{long} b"]


def test_a_sentence_more_is_not_cut_to_cut_at_a_better_place() -> None:
    """Two commas would be better places than one space, but they would cut the sentence twice."""
    assert cuts("Bbb, c c, bbb. C", 8, "words") == ["Bbb, c", "c, bbb.", "C"]


def test_a_total_that_turns_out_wider_than_it_seemed_ends_well() -> None:
    """Eight posts would hold it if their numbers took no room; of "10/12 aaaa" no post of eight can be made."""
    found = cuts(" ".join(["aaaa"] * 12), 8, numbering=NUMBERED)
    assert "".join(post.partition(" ")[2].replace(" ", "") for post in found) == "a" * 48


def test_a_unit_is_cut_only_if_no_post_can_hold_it() -> None:
    """The first post has no number and holds it; the second, of the same length, is one too long."""
    assert cuts("aa bb cc. Dd ee f.", 9, "sentences", Numbering("({n})", since=2)) == ["aa bb cc.", "(2) Dd", "(3) ee f."]


def test_what_fits_in_no_post_and_must_not_be_cut_is_told_with_its_place() -> None:
    url = "https://example.org/" + "a" * 40
    with pytest.raises(Unsplittable) as raised:
        cuts(f"Un {url} deux\n\ntrois {url}.", 30)
    assert [piece.text.rstrip(".") for piece, _ in raised.value.lost] == [url, url]


def test_what_the_author_alone_may_cut_is_told_when_it_is_too_long() -> None:
    with pytest.raises(Unsplittable) as raised:
        cut([block("aa bb"), block("cc"), block("dd ee ff")], Frame(rules(10), NUMBERED, "manual", FRENCH))
    assert [(piece.text, room[0]) for piece, room in raised.value.lost] == [("dd ee ff", 6)]


def test_a_link_of_any_length_costs_what_the_network_says() -> None:
    url = "https://example.org/" + "a" * 400
    assert posts(f"Un deux trois {url} quatre", rules(30, "x"), OFF) == ["Un deux trois", f"{url} quatre"]


def test_numbers_that_leave_no_room_are_told() -> None:
    with pytest.raises(NoRoom):
        cuts("a b c", 4, numbering=NUMBERED)


@pytest.mark.parametrize(
    ("length", "total"), [(9 * 26, 9), (9 * 26 + 1, 10), (10 * 24 + 9, 10), (9 * 25 + 90 * 24, 99), (9 * 25 + 90 * 24 + 1, 104)]
)
def test_each_post_has_room_for_its_own_number(length: int, total: int) -> None:
    """ "9/9 " leaves 26 of 30 characters, "9/99 " 25, "10/99 " 24; "9/999 " 24, "10/999 " 23, "100/999 " 22."""
    found = cuts("a" * length, 30, numbering=NUMBERED)
    assert len(found) == total
    assert "".join(post.partition(" ")[2] for post in found) == "a" * length


@example(132, 29, Numbering("{n}/{total}", "end", 12))  # nine posts, as eight spaces go at the seams
@given(st.integers(1, 4000), st.integers(11, 30), st.sampled_from([NUMBERED, Numbering("{n}/{total}", "end", 12)]))
def test_the_total_has_the_least_digits_that_suffice_for_itself(words: int, length: int, style: Numbering) -> None:
    frame = Frame(rules(length), style, "words", FRENCH)
    found = lay_out([block("a " * (words - 1) + "a")], frame)
    assert (found.digits, found.posts) == next(
        (digits, layout.posts)
        for digits in range(6)
        if (layout := Layout(found.parts, frame, digits)).posts == 1 or len(str(layout.posts)) <= digits
    )


def test_a_content_warning_takes_room_in_every_post() -> None:
    pieces = cut([block("aaa bbb ccc")], Frame(rules(10), OFF, "words", FRENCH, reserved=6))
    assert [piece.text for piece in pieces] == ["aaa", "bbb", "ccc"]


def test_a_text_and_its_pictures_stay_together_and_no_post_has_too_many() -> None:
    pieces = cut([block("aa bb cc", 2, 2, 5, 8)], Frame(rules(20, pictures=3), OFF, "words", FRENCH))
    assert [(piece.text, len(piece.figures)) for piece in pieces] == [("aa", 2), ("bb cc", 2)]
    assert [len(piece.figures) for piece in cut([block("", 0, 0)], Frame(rules(20), OFF, "words", FRENCH))] == [2]
    with pytest.raises(Unsplittable):
        cut([block("aa bb", 2, 2)], Frame(rules(20, pictures=1), OFF, "words", FRENCH))


# --- the best, against trying everything -----------------------------------------------------------------------------

SCRIPTS = (
    "La Loire monte. M. Dupont l’a dit : « Fini ! » Qui ? n° 5, 12 km² — a.fr (bis)",
    "Вода прибывает. Кто знает? На ул. Мира, 5 км — да; «нет».",
    "ارتفع الماء. من يعلم؟ في المدينة، 5 كم؛ نعم!",
    "המים עולים. מי יודע? בעיר, 5 ק״מ – כן!",
    "水位が上がる。誰が知る？「町で、五キロ」と言った。東京",
    "पानी बढ़ रहा है। कौन जाने? शहर में, ५ किमी क्षेत्र",
)
SPECIALS = "https://a.fr/b @al.bsky.social @bo@example.org #été $TSLA 👩‍👧 🇫🇷 👍🏽 x\u0301 … 295 km²".split(" ")
NETWORKS = ("x", "bluesky", "mastodon")
STYLES = (OFF, NUMBERED, Numbering("({n})", "end"), Numbering(FORM, since=3))
INSTANCES = 850  # of two posts or more for each network and each style of numbering: more than 10 000 in all


def instance(rng: random.Random, dialect: str, style: Numbering) -> tuple[list[Block], Rules]:
    found = []
    for _ in range(1 if rng.random() < 0.8 else 2):
        tokens = rng.choice(SCRIPTS).split(" ") + rng.sample(SPECIALS, 2)
        some = [rng.choice(tokens) for _ in range(rng.randint(1, 7))]
        text = "".join(token + rng.choice((" ", " ", " ", "\n", "\n\n")) for token in some).strip()
        ends = [at for at in range(1, len(text) + 1) if not text[at - 1].isspace() and (at == len(text) or text[at].isspace())]
        places = sorted(rng.choices(ends, k=rng.choice((0, 0, 0, 1, 2, 3))))
        found.append(block(text, *places))
    room = len(style.form.format(n=99, total=99)) if style.form else 0
    length = rng.randint(room + 3, room + 30)
    return found, rules(length, dialect, rng.randint(1, 4), rng.choice((0, 0, 2 * length, 3 * length)))


def priced(pieces: Sequence[Piece], blocks: Sequence[Block], frame: Frame) -> Iterator[tuple[int, ...]]:
    layout = lay_out(blocks, frame)
    done = 0
    for split, each in zip(layout.splits, blocks, strict=True):
        spans = [(piece.start, piece.end) for piece in pieces if piece.block is each]
        done += len(spans)
        behind = {atom.end: atom.kind for atom in split.atoms}
        yield price(each.text, spans, [behind[end] for _, end in spans[:-1]], frame.rules, layout.room(done)[0])


@pytest.mark.parametrize("style", STYLES, ids=("off", "on", "at the end", "from the third"))
@pytest.mark.parametrize("dialect", NETWORKS)
def test_no_way_to_cut_a_thread_is_better(dialect: str, style: Numbering) -> None:
    rng = random.Random(f"{dialect} {style}")
    tried = 0
    while tried < INSTANCES:
        blocks, limits = instance(rng, dialect, style)
        way, before = rng.choice(WAYS), rng.choice((0, 0, 0, 1, 7))
        frame = Frame(limits, style, way, FRENCH, before=before)
        try:
            total, costs = cheapest(blocks, limits, style, way, before)
        except TooLarge:
            continue
        except Unheld:
            with pytest.raises((Unsplittable, NoRoom)):
                cut(blocks, frame)
            continue
        pieces = cut(blocks, frame)
        assert (len(pieces), list(priced(pieces, blocks, frame))) == (total, costs), (blocks, limits, style, way, before)
        tried += len(pieces) > 1


# --- any text --------------------------------------------------------------------------------------------------------

SENTENCES = (
    "La Loire couvre 295 km² depuis 14 h 30, soit 3,5 % du département.~M. Dupont l’a dit : « Rien n’est fini ! »~"
    "Selon @alice.bsky.social (https://example.org/crue/2026?jour=4), 20 000 hommes sont là ; p. ex. à Tours.~"
    "Qui décide ? #Loire~The river rose by 12 ft on May 3, 2026.~“Is it over?” asked @bob, at www.example.org.~"
    "今日は天気がいいので、散歩に行きました。~「楽しいね」と彼女は言った。~اليوم ذهبنا إلى السوق، واشترينا الخبز؟~"
    "היום הלכנו לשוק. הכול טוב!~👩‍👩‍👧‍👦🇫🇷 👍🏽 x\u0301tx\u0301~n° 5, av. J.-C.~Attention : oui~– un point ;~a"
).split("~")
LONG = st.lists(st.tuples(st.sampled_from(SENTENCES), st.sampled_from([" ", " ", "\n", "\n\n", "\u00a0"])), max_size=30).map(
    lambda pairs: "".join(sentence + space for sentence, space in pairs).strip()
)
LIMITS = st.sampled_from([("x", 280), ("x", 60), ("bluesky", 300), ("bluesky", 70), ("mastodon", 500), ("mastodon", 80)])
NUMBERS = st.sampled_from(STYLES)


@given(LONG, LIMITS, st.sampled_from(WAYS), NUMBERS)
def test_nothing_is_lost_and_every_post_fits(text: str, network: tuple[str, int], way: str, style: Numbering) -> None:
    limits = rules(network[1], network[0])
    frame = Frame(limits, style, way, FRENCH)
    pieces = cut([block(text)], frame)
    assert (pieces[0].start, pieces[-1].end) == (0, len(text))
    assert all(limits.holds(post) for post in posts(text, limits, style, way, "fr"))
    for before, after in itertools.pairwise(pieces):
        assert not text[before.end : after.start].strip()
    assert pieces == cut([block(text)], frame)


@given(LONG, LIMITS, st.sampled_from(WAYS), NUMBERS, st.sampled_from((1, 8, 9, 12, 98, 99, 994)))
def test_a_thread_that_goes_on_is_numbered_from_there_and_every_post_fits(
    text: str, network: tuple[str, int], way: str, style: Numbering, before: int
) -> None:
    limits = rules(network[1], network[0])
    frame = Frame(limits, style, way, FRENCH, before=before)
    pieces = cut([block(text)], frame)
    total = before + len(pieces)
    for number, piece in enumerate(pieces, 1):
        post = frame.numbered(piece.text, number, len(pieces))
        mark = style.form.format(n=before + number, total=total) if before + number >= style.since else ""
        assert post == " ".join(filter(None, (mark, piece.text) if style.place == "start" else (piece.text, mark)))
        assert limits.holds(post)


def test_a_thread_that_goes_on_has_room_for_the_numbers_of_all_its_posts() -> None:
    """Eight posts are out: of "9/9 " 26 of 30 characters are left, of "9/10 " 25, and of "10/10 " 24."""
    for length, fewest in ((26, 1), (27, 2), (25 + 24, 2), (25 + 24 + 1, 3)):
        frame = Frame(rules(30), NUMBERED, "words", FRENCH, before=8)
        assert len(cut([block("a" * length)], frame)) == fewest
    # the only post of what follows has a number, as it is not the only one of its thread
    assert len(cut([block("a" * 27)], Frame(rules(30), NUMBERED, "words", FRENCH, before=1))) == 2
    # "9/9 " leaves room for one character
    assert len(cut([block("a")], Frame(rules(5), NUMBERED, "words", FRENCH, before=8))) == 1
    # numbers from the third post on leave the second all its room
    third = Numbering(FORM, since=3)
    assert len(cut([block("a" * 30)], Frame(rules(30), third, "words", FRENCH, before=1))) == 1


@given(LONG, LIMITS, st.sampled_from(WAYS))
def test_what_belongs_together_is_in_one_post(text: str, network: tuple[str, int], way: str) -> None:
    pieces = cut([block(text)], Frame(rules(network[1], network[0]), NUMBERED, way, FRENCH))
    wholes = "295 km²~14 h 30~3,5 %~M. Dupont~« Rien~fini ! »~20 000 hommes~là ;~p. ex.~décide ?~n° 5"
    wholes += "~av. J.-C.~point ;~👍🏽~tx\u0301"
    spans = [(at, at + len(whole)) for whole in wholes.split("~") for at in range(len(text)) if text.startswith(whole, at)]
    spans += [(entity.start, entity.end) for entity in DIALECTS[network[0]].entities(text)]
    assert not [(a, b) for a, b in spans for one, two in itertools.pairwise(pieces) if a < two.start and one.end < b]


@given(LONG, LIMITS)
def test_a_paragraph_a_line_a_sentence_that_fits_is_in_one_post(text: str, network: tuple[str, int]) -> None:
    limits = rules(network[1], network[0])
    pieces = cut([block(text)], Frame(limits, OFF, "paragraphs", FRENCH))
    units = [(0, len(text))]
    for parts in (paragraphs, lines, sentences):
        units = [unit for start, end in units for unit in between(parts(text, start, end, FRENCH), start, end)]
        for start, end in units:
            if limits.holds(text[start:end]):
                assert not [one for one, two in itertools.pairwise(pieces) if start < two.start and one.end < end]


SWALLOWED = (
    "東京　~https://example.jp/?id=1　~https://a.fr/?q\u00a0~明日は雨。~@al@example.org~x\u0301 ~fin.Il ~👩‍👧 ~été.com ".split(
        "~"
    )
)
GREEDY = st.lists(st.sampled_from(SWALLOWED), min_size=1, max_size=40).map("".join)


def test_every_way_to_count_has_its_scale() -> None:
    assert set(STEPS) == set(DIALECTS)


@given(GREEDY, st.sampled_from(NETWORKS), st.sampled_from(["ja", "fr"]))
def test_no_scale_falls_from_one_break_to_the_next(text: str, dialect: str, lang: str) -> None:
    length, _ = scale(text, dialect)
    found = sorted(place for parts in (sentences, words) for place in parts(text, 0, len(text), language(lang)))
    places = [0, *(at for place in found for at in place[:2]), len(text)]
    assert all(length(one) <= length(two) for one, two in itertools.pairwise(sorted(places)))


@given(GREEDY, LIMITS, st.sampled_from(WAYS), NUMBERS)
def test_no_post_is_too_long_where_a_network_sees_links_beyond_white_space(
    text: str, network: tuple[str, int], way: str, style: Numbering
) -> None:
    limits = rules(network[1], network[0])
    try:
        found = posts(text.strip(), limits, style, way, "ja")
    except Unsplittable:  # no-break spaces hold links together, however many
        return
    assert all(map(limits.holds, found))


@pytest.mark.parametrize("place", ["start", "end"])
def test_a_number_whose_last_sign_joins_what_follows_has_room(place: str) -> None:
    """U+0600 is one with the space behind it, but not where nothing follows."""
    style = Numbering("{n}\u0600", "end" if place == "end" else "start")
    assert all(map(rules(30).holds, posts("a " * 140 + "a", rules(30), style)))


def between(places: Sequence[Break], start: int, end: int) -> Iterator[tuple[int, int]]:
    return zip([start, *(place.start for place in places)], [*(place.end for place in places), end], strict=True)
