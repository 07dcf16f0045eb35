"""A draft becomes a plan: posts that fit, with their numbers, pictures and links; or every fault on every account at once."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from bot.core.cards import card_links
from bot.core.compose import compose
from bot.core.draft import parse
from bot.core.errors import DraftError
from bot.core.model import Card, Facts, Figure, Numbering, Picture, Post
from bot.core.number import FORM, OFF
from bot.core.plan import Plan
from bot.core.rules import Rules
from bot.core.saying import handles
from bot.core.target import Target
from tests.helpers_draft import NETWORKS, PATH, RULES, Gallery, target

URL = "https://example.org/" + "a" * 500


def plan(source: str, *targets: Target, pictures: Mapping[tuple[str, Figure], Picture] | None = None) -> Plan:
    return compose(parse(source.encode(), PATH, NETWORKS), targets, Gallery() if pictures is None else pictures)


def posts(source: str, network: str = "bluesky", numbering: Numbering = OFF) -> Sequence[Post]:
    [thread] = plan(source, target(network, numbering)).threads
    return thread.posts


def texts(source: str, network: str = "bluesky", numbering: Numbering = OFF) -> list[str]:
    return [post.text for post in posts(source, network, numbering)]


def faults(source: str, *targets: Target) -> list[tuple[int, int, str]]:
    with pytest.raises(DraftError) as raised:
        plan(source, *targets)
    return [(fault.line, fault.column, fault.message) for fault in raised.value.faults]


# --- the whole -------------------------------------------------------------------------------------------------------


def test_a_thread_says_where_it_goes_and_what_it_is() -> None:
    [thread] = plan("---\ntitle: La crue\nlang: fr\n---\nUn.\n---\nDeux.", target("x", account="me")).threads
    assert (thread.account, thread.network, thread.destination) == ("me", "x", "there")
    assert (thread.slug, thread.title, thread.lang) == ("loire", "La crue", "fr")
    assert [(post.index, post.total, post.text, post.used, post.limit, post.unit) for post in thread.posts] == [
        (1, 2, "Un.", 3, 280, "weighted characters"),
        (2, 2, "Deux.", 5, 280, "weighted characters"),
    ]


def test_each_account_has_its_own_thread_in_the_order_asked_for() -> None:
    found = plan("{x: A | others: B}", target("x"), target("bluesky"), target("x", account="second"))
    assert [(thread.account, thread.posts[0].text) for thread in found.threads] == [
        ("x", "A"),
        ("bluesky", "B"),
        ("second", "A"),
    ]


def test_a_break_of_the_author_is_always_one() -> None:
    assert texts("Un.\n---\nDeux.\n\nTrois.\n---\n![w](m.png)") == ["Un.", "Deux.\n\nTrois.", ""]


def test_a_draft_may_say_how_it_is_split() -> None:
    text = "\n\n".join(f"{letter * 100} a. {letter * 60} b." for letter in "ABC")
    assert len(texts(text)) == 3
    assert len(texts(f"---\nsplit: words\n---\n{text}")) == 2


def test_each_paragraph_can_be_a_post_of_its_own() -> None:
    text = "Un.\n\nDeux.\nTrois.\n---\nQuatre.\n\nCinq."
    assert texts(f"---\nsplit: each\n---\n{text}") == ["Un.", "Deux.\nTrois.", "Quatre.", "Cinq."]


def test_only_the_author_cuts_if_he_says_so_and_hears_of_all_that_is_too_long() -> None:
    front = "---\nsplit: manual\n---\n"
    assert texts(f"{front}Un.\n\nDeux.\n---\nTrois.") == ["Un.\n\nDeux.", "Trois."]
    long = f"{'Mot ' * 74}fin."
    here = f"“{long[:39]}…”", "a post on bluesky (bluesky) has room for 296 beside its number"
    numbers = Numbering(FORM)
    mend = "shorten it, or part it with ---"
    assert faults(f"{front}{long} Un.\n---\nDeux.\n---\n{long}", target("bluesky", numbers)) == [
        (4, 1, f"{here[0]} takes 304 graphemes, {here[1]}: 8 too many – {mend}"),
        (8, 1, f"{here[0]} takes 300 graphemes, {here[1]}: 4 too many – {mend}"),
    ]


# --- language --------------------------------------------------------------------------------------------------------

FRENCH = "Le fleuve est sorti de son lit dans la nuit, et les rues sont sous l’eau."


@pytest.mark.parametrize(
    ("source", "lang"),
    [
        (FRENCH, "fr"),
        (f"---\nlang: oc\n---\n{FRENCH}", "oc"),
        ("The river has left its bed, and the streets are under water.", "en"),
        ("#Loire 295 km²", ""),
        (f"![The river is under the bridges, and the houses are not]({'m' * 9}.png)\n{FRENCH}", "fr"),
    ],
)
def test_a_thread_is_in_the_language_of_the_draft_else_of_its_words(source: str, lang: str) -> None:
    assert plan(source, target("bluesky")).threads[0].lang == lang


def test_the_rules_of_the_language_that_was_found_apply() -> None:
    """Only French knows that "gén." is a general, whose name follows."""
    here = "Le fleuve est sorti de son lit. Dans la ville, les rues sont sous l’eau, et la maison où est né en 1850 le gén."
    there = f" Martin l’est aussi, {'avec les prés, les vignes et les bois, ' * 4}et la gare."
    assert texts(f"---\nlang: eo\n---\n{here}{there}", "x")[0] == here
    assert texts(f"{here}{there}", "x")[0] == "Le fleuve est sorti de son lit."


# --- content warning -------------------------------------------------------------------------------------------------


def test_a_content_warning_stands_over_each_post_and_counts_in_it() -> None:
    source = f"---\ncontent_warning: Inondation, morts\n---\n{'a' * 483}\n---\nUn."
    [thread] = plan(source, target("mastodon")).threads
    assert thread.content_warning == "Inondation, morts"
    assert [(len(post.text), post.used) for post in thread.posts] == [(483, 500), (3, 20)]
    assert len(plan(source.replace("a" * 483, "a" * 484), target("mastodon")).threads[0].posts) == 3


@pytest.mark.parametrize("network", ["x", "bluesky"])
def test_a_content_warning_that_a_network_does_not_show_is_said_with_its_place_and_costs_nothing(network: str) -> None:
    found = plan("---\nlang: fr\ncontent_warning: Morts\n---\nUn.", target(network), target("mastodon"))
    assert [(thread.content_warning, thread.posts[0].used) for thread in found.threads] == [("", 3), ("Morts", 8)]
    advice = f"say it in the text, between {{{network}: and }}"
    assert found.warnings == (f"{PATH}:3:18: {network} shows no content warning – {advice}",)


def test_a_content_warning_that_leaves_no_room_is_a_fault_where_it_stands() -> None:
    source = f"---\nlang: fr\ncontent_warning: {'a' * 497}\n---\nUn.\n---\nDeux."
    message = "the numbers and the content warning leave no room for text in a post on mastodon (mastodon) – write less there"
    assert faults(source, target("mastodon", Numbering(FORM))) == [(3, 18, message)]


# --- numbers ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("numbering", "expected"),
    [
        (Numbering(FORM), ["1/3 Un", "2/3 Deux", "3/3 Trois"]),
        (Numbering("({n})", "end"), ["Un (1)", "Deux (2)", "Trois (3)"]),
        (Numbering(FORM, "start", 2), ["Un", "2/3 Deux", "3/3 Trois"]),
        (OFF, ["Un", "Deux", "Trois"]),
    ],
)
def test_posts_are_numbered_as_asked(numbering: Numbering, expected: list[str]) -> None:
    assert texts("Un\n---\nDeux\n---\nTrois", numbering=numbering) == expected


def test_a_single_post_has_no_number_and_may_be_full() -> None:
    assert texts("a" * 300, numbering=Numbering(FORM)) == ["a" * 300]


def test_the_draft_goes_before_the_config() -> None:
    source = "Un\n---\nDeux"
    assert texts(f"---\nnumbering: off\n---\n{source}", numbering=Numbering(FORM)) == ["Un", "Deux"]
    assert texts(f"---\nnumbering: '{{n}}.'\n---\n{source}", numbering=OFF) == ["1. Un", "2. Deux"]


@pytest.mark.parametrize("place", ["start", "end"])
@pytest.mark.parametrize(
    ("since", "length", "total"),
    [
        (1, 9 * 26, 9),
        (1, 9 * 26 + 1, 10),
        (1, 9 * 25 + 24, 10),
        (1, 9 * 25 + 24 + 1, 11),
        (1, 9 * 25 + 90 * 24, 99),
        (1, 9 * 25 + 90 * 24 + 1, 99 + 5),  # what no longer fits beside "1/104" to "99/104" is 100 characters
        (2, 30 + 8 * 26, 9),
        (2, 30 + 8 * 26 + 1, 10),
        (2, 30 + 8 * 25 + 24, 10),
        (2, 30 + 8 * 25 + 24 + 1, 11),
        (2, 30 + 8 * 25 + 90 * 24, 99),
        (2, 30 + 8 * 25 + 90 * 24 + 1, 99 + 5),
    ],
)
def test_each_post_has_room_for_its_own_number_and_no_wider_one(place: Any, since: int, length: int, total: int) -> None:
    """Of 30 characters "1/9 " leaves 26, "1/10 " 25 and "10/10 " 24, "1/100 " 24, "10/100 " 23 and "100/100 " 22; where
    numbers begin at the second post, the first has all 30."""
    short = Rules("plain", 30, 0, 0, (), "these tests")
    found = plan("a" * length, Target("me", "x", "", short, Numbering(FORM, place, since))).threads[0].posts
    assert len(found) == total
    assert max(post.used for post in found) <= 30


def test_numbers_that_leave_no_room_are_a_fault_of_their_own() -> None:
    form = "{n}" + "x" * 300
    long = "a" * 301
    assert faults(long, target("bluesky", Numbering(form))) == [
        (1, 1, "the numbers leave no room for text in a post on bluesky (bluesky) – write less there")
    ]
    assert faults(f"---\nnumbering: '{form}'\n---\n{long}", target("bluesky"))[0][:2] == (2, 12)


# --- pictures --------------------------------------------------------------------------------------------------------


def pictured(source: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """For every post the start of its text, and its pictures with their alt texts."""
    return [(post.text[:4], [(picture.sha256, picture.alt) for picture in post.pictures]) for post in posts(source)]


def test_pictures_go_with_the_text_before_them() -> None:
    long = "aaaa " * 59 + "end."
    source = f"![p](0.png)\n{long}\n![q](1.png)\n\nbbbb {long}\n![r](2.png)\n![s](3.png)\n---\ncccc\n---\n![t](4.png)"
    assert pictured(source) == [
        ("aaaa", [("0.png", "p"), ("1.png", "q")]),
        ("bbbb", []),
        ("aaaa", [("2.png", "r"), ("3.png", "s")]),
        ("cccc", []),
        ("", [("4.png", "t")]),
    ]


def test_every_picture_is_in_exactly_one_post() -> None:
    source = "\n".join(f"{'a' * (37 * number % 290)} b\n![w](m{number}.png)" for number in range(40))
    found = [picture.sha256 for post in posts(source) for picture in post.pictures]
    assert found == [f"m{number}.png" for number in range(40)]


def test_more_pictures_than_a_post_holds_are_spread_with_their_text() -> None:
    source = "\n\n".join(f"{number}\n![w](m{number}.png)" for number in range(6))
    assert [(post.text, len(post.pictures)) for post in posts(source, "x")] == [("0\n\n1\n\n2", 3), ("3\n\n4\n\n5", 3)]


@pytest.mark.parametrize(
    ("source", "line"),
    [("Un.\n\nDeux trois.\n{}\n\nQuatre.", 8), ("Un.\n---\n{}", 7), ("{}\nUn.", 5), ("Un.\n\n{}", 7)],
)
def test_too_many_pictures_after_one_text_are_a_fault_at_the_first_too_many(source: str, line: int) -> None:
    pictures = "\n".join(f"![w](m{number}.png)" for number in range(5))
    message = "5 pictures after one text, a post on x (x) takes 4 – spread them"
    assert faults(source.format(pictures), target("x")) == [(line, 1, message)]


def test_the_point_that_must_not_be_cropped_goes_with_the_picture() -> None:
    [post] = posts('Un ![w](m.png "focus=0.2,-0.5") ![v](n.png)', "mastodon")
    assert [picture.focus for picture in post.pictures] == ["0.2,-0.5", ""]


ADVICE = "describe it between the brackets, so that it can be read aloud"
UNDESCRIBED = "Un ![](1.png) ![b](2.png)\n\n::: only x\n![photo](3.png)\n:::"
UNSAID = (
    (1, 4, f"1.png has no alt text – {ADVICE}"),
    (4, 1, f"3.png has “photo” for its alt text, which does not say what it shows – {ADVICE}"),
)


def test_a_picture_without_alt_text_is_a_fault_once() -> None:
    assert faults(UNDESCRIBED, target("x"), target("bluesky")) == [*UNSAID]


def test_a_picture_without_alt_text_is_a_warning_once_where_the_config_says_so() -> None:
    found = plan(UNDESCRIBED, target("x", alt_text="warning"), target("bluesky", alt_text="warning"))
    assert found.warnings == tuple(f"{PATH}:{line}:{column}: {message}" for line, column, message in UNSAID)
    assert [picture.alt for picture in found.threads[0].posts[0].pictures] == ["", "b", "photo"], "sent as it was written"


def test_a_picture_is_described_for_the_networks_that_get_it() -> None:
    assert plan(UNDESCRIBED.replace("![]", "![a b]"), target("bluesky")).warnings == ()


def test_an_alt_text_may_be_as_long_as_each_network_takes() -> None:
    for network, most in (("x", 1000), ("mastodon", 1500), ("bluesky", 2000)):
        assert plan(f"Un\n![{'é' * most}](m.png)", target(network)).warnings == ()
        said = f"on {network}, the alt text of this picture has {most + 7} characters, 7 too many (at most {most})"
        assert faults(f"Un\n![{'é' * (most + 7)}](m.png)", target(network)) == [(2, 1, said)]
    assert plan(f"Un\n![{'é' * 9999}](m.png)", target("site")).warnings == ()


def test_each_network_gets_its_own_picture() -> None:
    [passage] = parse(b"Un ![w](m.png)", PATH, NETWORKS).passages
    figure = next(part for part in passage.lines[0].parts if isinstance(part, Figure))
    pictures = {(network, figure): Picture(network, "image/png", 1, 1, 1, "") for network in RULES}
    found = plan("Un ![w](m.png)", target("x"), target("mastodon"), pictures=pictures)
    assert [thread.posts[0].pictures[0].sha256 for thread in found.threads] == ["x", "mastodon"]


# --- links, mentions, tags -------------------------------------------------------------------------------------------


def test_annotations_count_bytes_and_slice_to_what_they_name() -> None:
    people = Facts(people={"alice.bsky.social": "did:plc:alice"})
    source = "🌊 L’été @alice.bsky.social, #Crue 👩‍👩‍👧 https://example.org/é (example.com)\n---\né @alice.bsky.social"
    [thread] = plan(source, target("bluesky", Numbering(FORM), facts=people)).threads
    found = [
        [(each.kind, post.text.encode()[each.start : each.end].decode(), each.target) for each in post.annotations]
        for post in thread.posts
    ]
    assert found == [
        [
            ("mention", "@alice.bsky.social", "did:plc:alice"),
            ("tag", "#Crue", "Crue"),
            ("link", "example.org/%C3%A9", "https://example.org/é"),
            ("link", "example.com", "https://example.com"),
        ],
        [("mention", "@alice.bsky.social", "did:plc:alice")],
    ]


def test_a_mention_of_nobody_stays_plain_text() -> None:
    source = "@alice.bsky.social @bob.bsky.social"
    known = plan(source, target("bluesky", facts=Facts(people={"bob.bsky.social": "did:plc:bob"}))).threads[0].posts[0]
    assert known.text == source
    assert [(each.kind, each.target) for each in known.annotations] == [("mention", "did:plc:bob")]
    assert plan(source, target("bluesky", facts=Facts(people={}))).threads[0].posts[0].annotations == ()


def test_a_network_that_needs_only_the_handle_gets_it() -> None:
    [post] = posts("@alice", "x")
    assert [(each.kind, each.target) for each in post.annotations] == [("mention", "alice")]


def test_the_handles_to_ask_for_are_those_of_that_network() -> None:
    draft = parse(b"{bluesky: @a.bsky.social | x: @a} @b.bsky.social\n---\n::: only x\n@c.bsky.social\n:::", PATH, NETWORKS)
    assert handles(draft, target("bluesky")) == {"a.bsky.social", "b.bsky.social"}


# --- cards ------------------------------------------------------------------------------------------------------------

A, B = "https://example.org/a/long/path/to/it", "https://example.org/b"
CARDS = {url: Card(url, "A page", "") for url in (A, B, "https://example.com", f"{B}/1/2")}


@pytest.mark.parametrize(
    ("text", "url"),
    [
        (f"Voir {A}", A),
        (A, A),
        (f"Voir {A} et {B}", B),
        ("Voir example.com", "https://example.com"),
        (f"Voir {B}/1/2", f"{B}/1/2"),
        (f"Voir {A}.", ""),
        (f"{A} : voir", ""),
        (f"Voir {A}\n![w](m.png)", ""),
        (f"Voir {A} #Loire", ""),
        ("Voir https://example.org/unread", ""),
        ("Voir", ""),
    ],
)
@pytest.mark.parametrize("numbering", [OFF, Numbering(FORM), Numbering("({n})", "end")])
def test_a_post_that_ends_with_a_link_and_has_no_picture_shows_a_card_of_its_page(
    text: str, url: str, numbering: Numbering
) -> None:
    [thread] = plan(f"{text}\n---\nFin.", target("bluesky", numbering, facts=Facts(cards=CARDS))).threads
    card = thread.posts[0].card
    assert (card.url if card else "", thread.posts[1].card) == (url, None)
    wanted = card_links(thread, numbering)
    assert wanted == ((url or "https://example.org/unread",) if url or "unread" in text else ())


def test_the_same_page_is_wanted_once_and_a_thread_that_goes_on_counts_from_there() -> None:
    style = Numbering("{n}/{total}", "end")
    [thread] = plan(
        f"Un {A}\n---\nDeux {A}\n---\nTrois {B}", target("bluesky", style, before=9, facts=Facts(cards=CARDS))
    ).threads
    assert [post.text[-6:] for post in thread.posts] == [" 10/12", " 11/12", " 12/12"]
    assert card_links(thread, style, 9) == (A, B)
    assert [post.card and post.card.url for post in thread.posts] == [A, A, B]


# --- faults and warnings ---------------------------------------------------------------------------------------------


def test_a_link_that_fits_in_no_post_is_told_with_its_place_and_by_how_much() -> None:
    room = "a post on site (site) has room for 500: 20 too many – it cannot be cut, so shorten it"
    found = faults(f"Un.\n\né voir {URL} là.", target("site"))
    assert found == [(3, 8, f"“{URL[:39]}…” takes 520 graphemes, {room}")]


def test_a_link_that_fits_but_for_its_number_is_told_so() -> None:
    url = URL[:499]
    assert len(posts(url, "site")) == 1
    [(_, _, message)] = faults(f"{url}\n---\nUn.", target("site", Numbering(FORM)))
    assert message == (
        f"“{URL[:39]}…” takes 499 graphemes, a post on site (site) has room for 496 beside its number: 3 too many"
        " – it cannot be cut, so shorten it"
    )


def test_a_link_of_too_many_bytes_is_told_in_bytes() -> None:
    """Of a link without a scheme all is sent, and counted in clusters."""
    url = "example.org/" + ("e" + "\u0316" * 10) * 150
    [(_, _, message)] = faults(url, target("bluesky"))
    assert message.endswith(
        "” takes 3162 bytes, a post on bluesky (bluesky) has room for 3000: 162 too many – it cannot be cut, so shorten it"
    )


def test_every_fault_on_every_account_is_told_once() -> None:
    pictures = "\n".join(f"![w](m{number}.png)" for number in range(21))
    source = f"{URL} et {URL}\n---\nUn.\n{pictures}\n---\n::: only x\nDeux\n:::"
    found = faults(source, target("site"), target("x"), target("site", account="second"))
    assert [(line, column, re.findall(r"a post on (\w+)", message)) for line, column, message in found] == [
        (1, 1, ["second"]),
        (1, 1, ["site"]),
        (1, 525, ["second"]),
        (1, 525, ["site"]),
        (8, 1, ["x"]),
        (24, 1, ["second"]),
        (24, 1, ["site"]),
    ]


def test_a_violation_in_one_post_hides_no_fault_in_another() -> None:
    alt = "a" * 2001
    bare = URL.removeprefix("https://")
    found = faults(f"Un ![{alt}](m.png)\n---\nDeux {bare}\n---\nTrois ![{alt}](m.png)", target("bluesky"))
    said = "on bluesky, the alt text of this picture has 2001 characters, 1 too many (at most 2000)"
    assert [(line, column) for line, column, _ in found] == [(1, 4), (3, 6), (5, 7)]
    assert found[0][2] == found[2][2] == said


def test_a_draft_with_nothing_for_a_network_is_a_fault_once() -> None:
    found = faults("::: only x\nUn\n:::", target("bluesky"), target("x"), target("bluesky", account="second"))
    assert found == [(1, 1, "nothing in this draft is for bluesky")]


def test_a_character_that_makes_every_post_invalid_is_a_fault_on_the_network_that_refuses_it() -> None:
    """A draft holds none; the numbering of a config may."""
    hidden = Numbering("\ufeff{n}")
    said = "in the post that starts here, on x: the invisible character U+FEFF, with which no post is taken"
    assert faults("Un.\n---\nDeux.", target("x", hidden), target("bluesky", hidden)) == [(1, 1, said), (3, 1, said)]


def test_what_a_careful_reader_would_query_is_a_warning_once_with_its_place() -> None:
    found = plan("Un.\n\nC’est la fin.Il pleut.", target("x"), target("bluesky"), target("x", account="second"))
    [warning] = found.warnings
    assert warning.startswith(f"{PATH}:3:10: without a space, “fin.Il” becomes a link")


def test_what_costs_double_is_a_warning_only_where_x_counts() -> None:
    source = "De Tours → Blois → Nevers → Decize."
    assert plan(source, target("bluesky"), target("mastodon")).warnings == ()
    [warning] = plan(source, target("bluesky"), target("x")).warnings
    assert warning.startswith(f"{PATH}:1:10: characters that cost double on X: “→” ×3")


def test_what_was_assumed_is_a_warning_once() -> None:
    facts = Facts(warnings=("slow",), assumed=("no DIDs",))
    assert plan("Un", target("x", facts=facts), target("bluesky", facts=facts)).warnings == ("slow", "no DIDs")


def test_more_cashtags_than_a_post_takes_are_a_fault_before_anything_is_sent() -> None:
    [(line, column, message)] = faults("Up: $TSLA and $AAPL.", target("x"))
    said = "in the post that starts here, on x: 2 $TICKERS, of which a post takes 1 – write the others without $"
    assert (line, column, message) == (1, 1, said)
    assert texts("Up: $TSLA and AAPL.", "x") == ["Up: $TSLA and AAPL."]
    assert len(texts("Up: $TSLA and $AAPL.", "bluesky")) == 1
