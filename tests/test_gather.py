"""`links: last`: links stand behind the text where they cost, and nothing else of it changes."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.core.compose import compose
from bot.core.draft import parse
from bot.core.errors import DraftError
from bot.core.gather import Gathered, gather, linked
from bot.core.model import Figure, Numbering, Span
from bot.core.number import FORM, OFF
from bot.core.plan import Plan
from bot.core.rules import Rules
from bot.core.wording import Block
from tests.helpers_draft import NETWORKS, PATH, RULES, Gallery, target

DEAR = {network: replace(rules, dear_links=True) for network, rules in RULES.items()}
A, B, C = (f"https://example.org/{letter}" for letter in "abc")


def plan(
    source: str, network: str = "x", rules: Rules | None = None, numbering: Numbering = OFF, front: str = "links: last"
) -> Plan:
    draft = parse(f"---\n{front}\n---\n{source}".encode(), PATH, NETWORKS)
    return compose(draft, [replace(target(network, numbering), rules=rules or DEAR[network])], Gallery())


def texts(source: str, network: str = "x", **details: object) -> list[str]:
    [thread] = plan(source, network, **details).threads  # type: ignore[arg-type]
    return [post.text for post in thread.posts]


# --- what is gathered ------------------------------------------------------------------------------------------------


def test_links_stand_in_the_last_post_in_order_each_once_and_the_text_refers_to_them() -> None:
    assert texts(f"Un : {A} (et {B}).\n---\nDeux {A}, {C}\n---\nFin.") == [
        "Un : [1] (et [2]).",
        "Deux [1], [3]",
        "Fin.",
        f"[1] {A}\n[2] {B}\n[3] {C}",
    ]


def test_a_text_without_breaks_of_the_author_is_gathered_where_it_makes_several_posts() -> None:
    long = "Un mot et un autre mot, " * 11
    assert texts(f"{long}\n\n{A} puis {long}") == [f"{long.strip()}", f"[1] puis {long.strip()}", f"[1] {A}"]


def test_links_in_the_authors_own_last_post_stay_there_and_the_others_join_them() -> None:
    assert texts(f"Un {A}.\n---\nDeux.\n---\nSources :\n{B}\n{C}") == ["Un [1].", "Deux.", f"Sources :\n{B}\n{C}\n\n[1] {A}"]


@pytest.mark.parametrize(
    "source",
    [f"Un.\n---\nDeux {A}", f"Un {A} et {B}", "Un.\n---\nDeux.", f"{'mot ' * 90}\n\nFin {A}", f"Un.\n---\n{A}\n![w](m.png)"],
)
def test_what_has_its_links_in_the_last_post_already_is_left_alone(source: str) -> None:
    assert plan(source).threads == plan(source, front="absent: name").threads


def test_only_where_links_cost_and_only_if_the_draft_says_so() -> None:
    source = f"Un {A}.\n---\nDeux."
    assert texts(source, rules=RULES["mastodon"], network="mastodon") == [f"Un {A}.", "Deux."]
    assert texts(source, front="lang: fr") == [f"Un {A}.", "Deux."]


def test_more_links_than_a_post_holds_take_as_many_posts_as_they_need() -> None:
    source = " ".join(f"https://example.org/{number}" for number in range(15)) + "\n---\nFin."
    found = texts(source)
    assert found[:2] == [" ".join(f"[{number}]" for number in range(1, 16)), "Fin."]
    assert "\n".join(found[2:]).split("\n") == [f"[{number}] https://example.org/{number - 1}" for number in range(1, 16)]


def test_the_authors_own_references_are_not_given_a_second_meaning() -> None:
    assert texts(f"Un [2] {A}.\n---\nFin [1].") == ["Un [2] [3].", "Fin [1].", f"[3] {A}"]


def test_what_is_wrong_with_the_list_is_told_where_its_links_stood() -> None:
    with pytest.raises(DraftError) as raised:
        plan(f"Un {A}\n---\nDeux {B}", rules=replace(DEAR["x"], length=22))
    assert [(fault.line, fault.column) for fault in raised.value.faults] == [(4, 4), (6, 6)]


def test_the_list_is_numbered_and_annotated_like_any_post() -> None:
    [thread] = plan(f"Un {A}\n---\nDeux", numbering=Numbering(FORM)).threads
    last = thread.posts[-1]
    assert (last.text, [each.target for each in last.annotations]) == (f"3/3 [1] {A}", [A])
    assert [post.annotations for post in thread.posts[:-1]] == [(), ()]


def test_a_picture_stays_with_its_text() -> None:
    [thread] = plan(f"{A} et {B}\n![w](m.png)\n\nDeux.\n---\nFin.\n![v](n.png)", rules=replace(DEAR["x"], length=30)).threads
    assert [(post.text, [picture.sha256 for picture in post.pictures]) for post in thread.posts] == [
        ("[1] et [2]\n\nDeux.", ["m.png"]),
        ("Fin.", ["n.png"]),
        (f"[1] {A}", []),
        (f"[2] {B}", []),
    ]


# --- links that are words --------------------------------------------------------------------------------------------


def test_a_bare_domain_is_a_word_stays_and_is_told_that_it_is_a_link() -> None:
    found = plan(f"Avec lemonde.fr et example.org/a, {A} : oui.\n---\nFin lemonde.fr.")
    assert [post.text for post in found.threads[0].posts] == [
        "Avec lemonde.fr et [1], [1] : oui.",
        "Fin lemonde.fr.\n\n[1] " + A,
    ]
    [warning] = found.warnings
    assert warning == (
        f"{PATH}:4:6: “lemonde.fr” is a link to x, and its post costs as much as one with a link"
        " – write https://lemonde.fr to have it in the last post, or without the dot"
    )


def test_a_bare_domain_alone_changes_nothing_but_is_told() -> None:
    found = plan("Avec lemonde.fr.\n---\nFin.")
    assert [post.text for post in found.threads[0].posts] == ["Avec lemonde.fr.", "Fin."]
    assert len(found.warnings) == 1


# --- any text --------------------------------------------------------------------------------------------------------

PIECES = st.lists(
    st.sampled_from(
        f"{A}~{B}~{C}~example.org/a?b~lemonde.fr~http://example.org~ ~ ~\n~mot~(~)~, ~. ~é🌊~[3]~: ~https://".split("~")
    ),
    max_size=14,
).map("".join)
BLOCKS = st.lists(PIECES, min_size=1, max_size=4)


def undone(found: Gathered, originals: list[Block], dialect: str, keep: bool) -> list[str]:
    """The texts with the links where they were: the n-th reference of ours is the n-th link that was gathered."""
    texts = []
    for block, old in zip(found.blocks, originals, strict=False):
        meant = [link for link in linked(old.text, dialect) if re.search("/", old.text[link.start : link.end])]
        if keep and old is originals[-1]:
            texts.append(block.text.rpartition("\n\n")[0] if len(block.text) > len(old.text) else block.text)
            continue
        text, at = block.text, 0
        for link in meant:
            place = re.compile(r"\[\d+\]").search(text, link.start)
            assert place
            assert place.start() == link.start, "everything before it stands as it stood"
            text, at = text[: link.start] + old.text[link.start : link.end] + text[place.end() :], link.end
        assert at <= len(text)
        texts.append(text)
    return texts


@given(BLOCKS, st.sampled_from(sorted(RULES)), st.booleans())
def test_undone_it_is_the_text_and_all_links_are_in_the_list(texts: list[str], network: str, keep: bool) -> None:
    dialect = RULES[network].dialect
    blocks = [Block(text, ((0, Figure("m.png", "", None, Span(1, 1))),), ((0, Span(n, 1)),)) for n, text in enumerate(texts, 1)]
    assume(not keep or linked(texts[-1], dialect))
    found = gather(blocks, dialect, keep)
    assert undone(found, blocks, dialect, keep) == texts
    body = texts[:-1] if keep else texts
    links = [(link.target, text[link.start : link.end]) for text in body for link in linked(text, dialect)]
    meant = dict.fromkeys(target for target, written in links if "/" in written)
    assert [written for _, written in found.words] == [written for _, written in links if "/" not in written]
    lines = found.blocks[-1].text.split("\n")[-len(meant) :] if meant else []
    assert [re.sub(r"^\[\d+\] ", "", line) for line in lines] == list(meant)
    assert [figure for block in found.blocks for _, figure in block.figures] == [block.figures[0][1] for block in blocks]


@given(PIECES)
def test_each_word_knows_where_it_stood_and_a_reference_stands_where_its_link_did(text: str) -> None:
    block = Block(text, (), ((0, Span(1, 1)),))
    found = gather([block, Block("Fin.", (), ((0, Span(2, 1)),))], "x").blocks[0]
    old = new = 0
    for link in [*(link for link in linked(text, "x") if "/" in text[link.start : link.end]), None]:
        start = link.start if link else len(text)
        for offset in range(start - old + bool(link)):
            assert found.span(new + offset) == Span(1, old + offset + 1)
        if link:
            reference = re.compile(r"\[\d+\]").match(found.text, new + start - old)
            assert reference
            old, new = link.end, reference.end()
