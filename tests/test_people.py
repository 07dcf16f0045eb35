"""Who is mentioned: people of the config by their handle on each network, and never a stranger by accident."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.compose import compose
from bot.core.draft import parse
from bot.core.errors import DraftError
from bot.core.model import Facts, Person, Span
from bot.core.people import named
from bot.core.plan import Plan
from bot.core.saying import handles, mentions, said
from bot.core.target import Target
from bot.core.text import DIALECTS
from bot.core.wording import Block
from tests.helpers_draft import NETWORKS, PATH, RULES, Gallery, target

AFP = Person(
    "Agence France-Presse", "https://www.afp.com/fr", {"x": "AFP", "bluesky": "afp.com", "mastodon": "afp@mastodon.social"}
)
VIGI = Person("Vigicrues", "https://vigicrues.example.org", {"x": "VigicruesX"})
BARE = Person("Météo", "", {"bluesky": "meteo.example.org"})
PEOPLE: Mapping[str, Person] = {"afp": AFP, "vigi_crues": VIGI, "meteo-fr": BARE, "meteo": VIGI}
ALL = ("x", "bluesky", "mastodon", "site")


def on(network: str, account: str = "", facts: Facts = Facts()) -> Target:  # noqa: B008, RUF100
    return target(network, account=account, people=PEOPLE, facts=facts)


def plan(source: str, *targets: Target) -> Plan:
    return compose(parse(source.encode(), PATH, NETWORKS), targets or tuple(map(on, ALL)), Gallery())


def texts(source: str) -> list[str]:
    """What x, bluesky, mastodon and site get."""
    return [thread.posts[0].text for thread in plan(source).threads]


def faults(source: str, *targets: Target) -> list[tuple[int, int, str]]:
    with pytest.raises(DraftError) as raised:
        plan(source, *targets)
    return [(fault.line, fault.column, fault.message) for fault in raised.value.faults]


# --- people of the config --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("written", ["@afp", "@AFP", "@Afp"])
def test_a_person_goes_by_their_handle_on_each_network_and_by_their_name_on_a_page(written: str) -> None:
    assert texts(f"Selon {written}, l’eau monte.") == [
        "Selon @AFP, l’eau monte.",
        "Selon @afp.com, l’eau monte.",
        "Selon @afp@mastodon.social, l’eau monte.",
        "Selon Agence France-Presse, l’eau monte.",
    ]


AROUND = "{}~d’{}~d'{}~({})~“{}”~«\u202f{}\u202f»~{},~{}.~{} :~{}?~{}’s map~{}'s map~—{}~[{}]~{}…~{}\n{}~fin.{}~記者{}が"


@pytest.mark.parametrize("around", AROUND.split("~"))
def test_whatever_stands_around_a_person_they_are_tagged_and_nobody_else(around: str) -> None:
    written = around.replace("{}", "@afp")
    for network, handle in AFP.handles.items():
        if network == "mastodon" and "記" in around:
            continue  # Mastodon reads the letters as part of the host, and a fault says so
        people = Facts(people={handle: "did:plc:afp"}) if network == "bluesky" else Facts()
        [thread] = plan(written, on(network, facts=people), on("site")).threads[:1]
        post = thread.posts[0]
        assert post.text == around.replace("{}", f"@{handle}")
        tagged = [post.text.encode()[each.start : each.end].decode() for each in post.annotations]
        assert tagged == [f"@{handle}"] * around.count("{}")
        assert {each.target for each in post.annotations} == {"did:plc:afp" if network == "bluesky" else handle}


@pytest.mark.parametrize(
    "written",
    [
        "me@afp",
        "me@afp.example.org",
        "https://example.org/@afp",
        "https://example.org/?by=@afp",
        "example.org/@afp",
        "@afpé",
        "@afp_",
        "@afps",
        "@@afp",
        "@afp.example.org",
        "@afp@mastodon.social",
    ],
)
def test_within_a_word_an_address_or_a_link_there_is_no_person(written: str) -> None:
    for network in ALL:
        assert said(parse(written.encode(), PATH, NETWORKS), on(network)).blocks[0].text == written


def test_a_name_ends_with_its_word_or_before_a_hyphen_and_the_longest_counts() -> None:
    assert texts("::: only site\n@meteo-fr @meteo-alpes @vigi_crues-Bericht\n:::\n::: except site\nUn.\n:::")[3] == (
        "Météo Vigicrues-alpes Vigicrues-Bericht"
    )
    assert plan("Die @afp-Meldung", on("x")).threads[0].posts[0].text == "Die @AFP-Meldung"


def test_a_handle_that_a_network_would_read_as_another_is_a_fault_where_it_stands() -> None:
    advice = "put a space before and behind @afp"
    assert faults("Un.\nDie @afp-Meldung") == [
        (2, 5, f"mastodon would not read @afp@mastodon.social here as it is meant – {advice}")
    ]
    assert faults("Foto: @afp/Reuters", on("x")) == [(1, 7, f"x would not read @AFP here as it is meant – {advice}")]
    assert faults("Da!@afp", on("x")) == [(1, 4, f"x would not read @AFP here as it is meant – {advice}")]


def test_a_handle_is_never_cut() -> None:
    source = f"---\nsplit: words\n---\n{'a ' * 120}@afp {'b ' * 120}@afp {'c ' * 120}@afp"
    for thread in plan(source).threads[:3]:
        found = [each for post in thread.posts for each in post.text.split() if each.startswith("@")]
        assert found == [f"@{AFP.handles[thread.network]}"] * 3


def test_nobody_is_replaced_where_nobody_is_known() -> None:
    assert plan("@afp", target("x")).threads[0].posts[0].text == "@afp"


# --- people who are not there ----------------------------------------------------------------------------------------


def test_who_is_absent_goes_by_their_name_unless_the_draft_says_otherwise() -> None:
    for front in ("", "---\nabsent: name\n---\n"):
        assert texts(f"{front}Selon @vigi_crues, oui.") == [
            "Selon @VigicruesX, oui.",
            "Selon Vigicrues, oui.",
            "Selon Vigicrues, oui.",
            "Selon Vigicrues, oui.",
        ]


def test_who_is_absent_may_be_linked_to_but_not_on_a_page() -> None:
    assert texts("---\nabsent: link\n---\nSelon @vigi_crues, oui.") == [
        "Selon @VigicruesX, oui.",
        "Selon vigicrues.example.org, oui.",
        "Selon https://vigicrues.example.org, oui.",
        "Selon Vigicrues, oui.",
    ]


def test_who_is_absent_and_has_no_page_cannot_be_linked_to() -> None:
    advice = "add url to [people.meteo-fr] in the config, or write absent: name"
    assert faults("---\nabsent: link\n---\nSelon @meteo-fr") == [
        (4, 7, f"@meteo-fr has no handle on {network}, and no page to link to – {advice}") for network in ("mastodon", "x")
    ]


def test_who_is_absent_may_be_a_fault_but_for_a_page() -> None:
    advice = "for their name there, or add their handle to the config"
    assert faults("---\nabsent: error\n---\nUn.\n\nd’@Vigi_crues") == [
        (6, 3, f"@Vigi_crues has no handle on {network} – write {{{network}: …}} {advice}")
        for network in ("bluesky", "mastodon")
    ]


# --- strangers -------------------------------------------------------------------------------------------------------


def test_a_bare_handle_on_several_networks_is_a_fault_with_its_place_and_what_to_do() -> None:
    advice = "add [people.lemonde] to the config, or write {{{}: @lemonde}} if that is them"
    assert faults("Un.\n\nSelon @lemonde, oui.") == [
        (3, 7, f"who is @lemonde? {network} would tag @lemonde – {advice.format(network)}") for network in ("mastodon", "x")
    ]


@pytest.mark.parametrize(
    "source",
    [
        "Selon {x: @lemonde | others: Le Monde}",
        "::: only x\nSelon @lemonde\n:::\n::: except x\nSelon Le Monde\n:::",
        "::: only x, site\nSelon {x: @lemonde | others: Le Monde}\n:::\n::: except x, site\nUn.\n:::",
        "Selon {bluesky: @lemonde.fr | mastodon: @lemonde@mastodon.social | x: @lemonde | others: Le Monde}",
        "Un {mastodon: @lemonde}",
    ],
)
def test_what_was_written_for_one_network_alone_is_meant(source: str) -> None:
    assert plan(source)


def test_what_was_written_for_two_networks_is_not() -> None:
    assert [
        message.split("?")[0] for _, _, message in faults("Selon {x, bluesky, mastodon: @lemonde}", on("x"), on("mastodon"))
    ] == [
        "who is @lemonde",
        "who is @lemonde",
    ]


def test_what_follows_a_part_for_one_network_is_not_part_of_it() -> None:
    found = faults("::: only x\nUn    ![w](m.png)\n:::\n@al", on("x"), on("mastodon"))
    assert [(line, message.split("?")[0]) for line, _, message in found] == [(4, "who is @al")] * 2


@pytest.mark.parametrize("network", ["x", "mastodon"])
def test_a_draft_for_one_network_and_a_page_may_name_whom_it_likes(network: str) -> None:
    found = plan("Selon @lemonde", on(network), on("site"), on(network, "second"))
    assert [thread.posts[0].text for thread in found.threads] == ["Selon @lemonde"] * 3


def test_the_full_handle_of_one_network_is_refused_where_it_tags_somebody_else() -> None:
    tags = "on {}, @alice.bsky.social would tag @{}, who is somebody else – write {{{}: …}} {}"
    advice = "for who they are there, or leave out the @"
    assert faults("Merci @alice.bsky.social") == [
        (1, 7, tags.format(network, tagged, network, advice))
        for network, tagged in (("mastodon", "alice.bsky.social"), ("x", "alice"))
    ]
    # neither X nor Bluesky sees a mention in that
    assert texts("Merci @alice@mastodon.social") == ["Merci @alice@mastodon.social"] * 4


@pytest.mark.parametrize(("network", "tagged"), [("x", "alice"), ("mastodon", "alice.bsky.social")])
def test_the_full_handle_of_another_network_is_refused_in_a_draft_for_one_network_too(network: str, tagged: str) -> None:
    [(line, column, message)] = faults("Merci @alice.bsky.social-", on(network), on("site"))
    assert (line, column) == (1, 7)
    assert f"@alice.bsky.social would tag @{tagged}" in message


def test_what_only_looks_like_one_is_a_name_of_the_only_network() -> None:
    assert plan("Merci @alice.smith", on("mastodon"))
    assert plan("Merci @alice.Suite", on("x"))


def test_a_wide_sign_tags_a_stranger_too() -> None:
    assert [(line, column) for line, column, _ in faults("＠lemonde", on("x"), on("bluesky"))] == [(1, 1)]


def test_a_person_who_is_not_read_as_one_is_told_how_to_be() -> None:
    said = "who is @afp? – put a space before it if [people.afp] of the config is meant"
    assert faults("Reuters/@afp", on("x"), on("bluesky")) == [(1, 9, said)]


# --- what becomes of whom --------------------------------------------------------------------------------------------


def listed(source: str, *targets: Target) -> list[tuple[int, int, str, dict[str, str]]]:
    found = mentions(parse(source.encode(), PATH, NETWORKS), targets)
    return [(each.span.line, each.span.column, each.written, dict(each.becomes)) for each in found]


def test_every_mention_is_listed_with_what_becomes_of_it_on_each_account() -> None:
    known = Facts(people={"afp.com": "did:plc:afp"})
    targets = (on("x"), on("bluesky", "sky", known), on("site", "blog"))
    assert listed("Selon @AFP,\n{x: @lemonde} d’@meteo-fr. @zoé me@afp", *targets) == [
        (1, 7, "@AFP", {"x": "@AFP", "sky": "@afp.com", "blog": "Agence France-Presse"}),
        (2, 5, "@lemonde", {"x": "@lemonde"}),
        (2, 17, "@meteo-fr", {"x": "Météo", "sky": "", "blog": "Météo"}),
    ]


def test_the_handles_to_ask_for_are_those_that_people_have_there() -> None:
    draft = parse("d’@afp @vigi_crues {bluesky: @bob.example.org | others: Bob}".encode(), PATH, NETWORKS)
    assert handles(draft, on("bluesky")) == {"afp.com", "bob.example.org"}
    assert handles(draft, on("x")) == {"AFP", "VigicruesX"}


def test_who_is_known_is_tagged_in_whatever_place_and_who_is_not_stays_plain_text() -> None:
    for people in ({"afp.com": "did:plc:afp"}, {}):
        [thread] = plan("“@afp” https://example.org/@afp.com me@afp.com", on("bluesky", facts=Facts(people=people))).threads
        found = [(each.kind, each.target) for each in thread.posts[0].annotations]
        assert found == [*([("mention", "did:plc:afp")] if people else []), ("link", "https://example.org/@afp.com")]


# --- places ----------------------------------------------------------------------------------------------------------


def test_what_stands_behind_a_person_keeps_its_place() -> None:
    [fault] = faults(f"@afp et @vigi_crues, {'é' * 3} example.org/{'a' * 600}", on("site"))
    assert fault[:2] == (1, 26)


def test_a_picture_stays_with_the_text_before_it() -> None:
    [thread] = plan("---\nsplit: each\n---\n@afp\n![w](m.png)\n\nDeux @afp.", on("mastodon")).threads
    assert [(post.text, len(post.pictures)) for post in thread.posts] == [
        ("@afp@mastodon.social", 1),
        ("Deux @afp@mastodon.social.", 0),
    ]


PIECES = st.lists(
    st.sampled_from(
        "@afp~@vigi_crues~@meteo-fr~@lemonde~@a.example.org~ ~, ~(~)~d’~\n~mot~https://example.org/a~é~-~@~.".split("~")
    )
)


@given(PIECES, st.sampled_from(ALL))
def test_each_word_of_the_author_stands_where_it_stood_and_nothing_else_changed(pieces: list[str], network: str) -> None:
    text = "".join(pieces)
    block = Block(text, (), ((0, Span(1, 1)),))
    found = named(block, on(network), "")
    names = {
        AFP.name,
        VIGI.name,
        BARE.name,
        *(f"@{handle}" for person in PEOPLE.values() for handle in person.handles.values()),
    }
    at, done = 0, 0
    for mention in found.mentions:
        place = mention.span.column - 1
        between = text[done:place]
        assert found.block.text[at:].startswith(between)
        at += len(between)
        words = next((name for name in sorted(names, key=len, reverse=True) if found.block.text.startswith(name, at)), "")
        words = words if mention.becomes == words and words else mention.written
        assert found.block.text.startswith(words, at)
        assert found.block.span(at) == mention.span
        at, done = at + len(words), place + len(mention.written)
    assert found.block.text[at:] == text[done:]
    for offset in range(at, len(found.block.text)):
        assert found.block.span(offset) == Span(1, done + offset - at + 1)


@given(PIECES, st.sampled_from(["x", "bluesky", "mastodon"]))
def test_a_network_sees_nobody_but_people_what_is_told_and_what_is_full(pieces: list[str], network: str) -> None:
    text = "".join(pieces)
    block = Block(text, (), ((0, Span(1, 1)),))
    found = named(block, on(network), "")
    seen = [each for each in DIALECTS[RULES[network].dialect].entities(found.block.text) if each.kind == "mention"]
    full = {"x": "never", "bluesky": ".", "mastodon": "@"}[network]
    others = [each for each in seen if each.target not in found.handles and full not in each.target]
    assert found.faults or [found.block.span(each.start) for each in others] == [span for span, _ in found.strangers]


def test_a_text_full_of_people_is_read_in_one_go() -> None:
    """Each is looked at once: a text that is searched for each of them anew would need minutes."""
    block = Block("@afp @lemonde " * 20_000, (), ((0, Span(1, 1)),), ((0, 280_000),))
    found = named(block, on("mastodon"), "")
    assert len(found.mentions) == 40_000
    assert replace(found.block, text="").own
