"""How a thread is to be shown: as the draft asks, else its account, and never to more people than that."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.core.compose import compose
from bot.core.draft import parse
from bot.core.errors import DraftError
from bot.core.options import LACKS, OPEN, SWITCHES
from bot.core.plan import Plan
from bot.core.rules import Rules
from bot.core.target import Target
from tests.helpers_draft import NETWORKS, PATH, RULES, Gallery, target

# As the networks declare them, the default first.
KNOWN: dict[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
    "x": (("replies", ("everyone", "following", "mentioned", "subscribers", "verified")), ("made_with_ai", ("false", "true"))),
    "bluesky": (("replies", ("everyone", "mentioned", "followers", "following", "nobody")), ("sensitive", ("false", "true"))),
    "mastodon": (
        ("visibility", ("public", "unlisted", "private", "direct")),
        ("follow_ups", ("unlisted", "public", "private", "direct")),
        ("sensitive", ("false", "true")),
    ),
    "site": (),
}


def on(network: str, **options: str) -> Target:
    rules: Rules = replace(RULES[network], options=KNOWN[network])
    return replace(target(network, options=options), rules=rules)


def plan(front: str, *targets: Target) -> Plan:
    return compose(parse(f"---\nlang: fr\n{front}\n---\nUn.\n".encode(), PATH, NETWORKS), targets, Gallery())


def options(front: str, network: str, **account: str) -> dict[str, str]:
    return dict(plan(front, on(network, **account)).threads[0].options)


def faults(front: str, *targets: Target) -> list[tuple[int, int, str]]:
    with pytest.raises(DraftError) as raised:
        plan(front, *targets)
    return [(fault.line, fault.column, fault.message) for fault in raised.value.faults]


@pytest.mark.parametrize(
    ("front", "network", "expected"),
    [
        ("replies: following", "x", {"replies": "following"}),
        ("replies: nobody\nsensitive: yes", "bluesky", {"replies": "nobody", "sensitive": "true"}),
        ("made_with_ai: true", "x", {"made_with_ai": "true"}),
        ("visibility: unlisted", "mastodon", {"visibility": "unlisted"}),
        ("follow_ups: public", "mastodon", {"follow_ups": "public"}),
    ],
)
def test_what_the_draft_asks_is_in_the_thread(front: str, network: str, expected: dict[str, str]) -> None:
    assert options(front, network) == expected


@pytest.mark.parametrize(
    ("front", "network"),
    [
        ("title: T", "mastodon"),
        ("visibility: public\nfollow_ups: unlisted\nsensitive: no", "mastodon"),
        ("replies: everyone\nmade_with_ai: off", "x"),
        ("replies: everyone\nvisibility: public", "site"),
    ],
)
def test_what_a_network_does_anyway_is_not_so_plans_keep_their_digest(front: str, network: str) -> None:
    found = plan(front, on(network))
    assert (found.threads[0].options, found.warnings) == ({}, ())


def test_an_account_has_its_own_ways_and_the_draft_goes_before_them() -> None:
    assert options("title: T", "mastodon", visibility="unlisted", follow_ups="direct") == {
        "visibility": "unlisted",
        "follow_ups": "direct",
    }
    assert options("visibility: private", "mastodon", visibility="unlisted") == {
        "visibility": "private",
        "follow_ups": "private",
    }
    assert options("visibility: public", "mastodon", visibility="unlisted") == {}


@pytest.mark.parametrize("visibility", ["private", "direct"])
def test_follow_ups_are_for_no_more_people_than_the_first_post(visibility: str) -> None:
    assert options(f"visibility: {visibility}", "mastodon")["follow_ups"] == visibility
    assert options("title: T", "mastodon", visibility=visibility, follow_ups="public")["follow_ups"] == visibility


def test_follow_ups_for_more_people_than_the_first_post_are_a_fault() -> None:
    advice = "write follow_ups: private, or leave it out"
    message = f"follow_ups: unlisted is for more people than the first post, which is private – {advice}"
    assert faults("visibility: private\nfollow_ups: unlisted", on("mastodon")) == [(4, 13, message)]
    assert faults("follow_ups: unlisted", on("mastodon", visibility="private")) == [(3, 13, message)]


def test_a_value_that_a_network_does_not_know_is_a_fault_with_its_place() -> None:
    known = "known: everyone, following, mentioned, subscribers, verified; or say it for each account in the config"
    assert faults("replies: nobody", on("bluesky"), on("x")) == [(3, 10, f"replies: x knows no “nobody” – {known}")]
    assert faults("replies: folowing", on("x"))[0][2].endswith(
        "did you mean “following”?; or say it for each account in the config"
    )


@pytest.mark.parametrize("front", ["visibility: unlisted", "visibility: direct", "follow_ups: private"])
@pytest.mark.parametrize("network", ["x", "bluesky", "site"])
def test_what_is_not_for_everybody_never_goes_where_everybody_sees_it(front: str, network: str) -> None:
    name, value = front.split(": ")
    advice = f"leave {network} out, with accounts in the draft or --account"
    message = f"{name}: {network} would show to everybody what is to be {value} – {advice}"
    assert faults(front, on("mastodon"), on(network)) == [(3, len(name) + 3, message)]


@pytest.mark.parametrize(
    ("front", "network", "message"),
    [
        ("replies: following", "mastodon", "on mastodon everybody may reply, not only “following”"),
        ("sensitive: true", "x", "x cannot blur pictures"),
        ("made_with_ai: true", "bluesky", "bluesky has no mark for it – say it in the text, between {bluesky: and }"),
        ("follow_ups: unlisted", "x", "x shows them like the first post"),
    ],
)
def test_what_else_a_network_cannot_do_is_a_warning_with_its_place(front: str, network: str, message: str) -> None:
    found = plan(front, on(network))
    [warning] = found.warnings
    name = front.split(":")[0]
    assert warning.startswith(f"{PATH}:3:{len(name) + 3}: {name}: {message}")
    assert found.threads[0].options == {}


def test_a_page_takes_no_replies_so_nothing_is_said_of_them() -> None:
    assert plan("replies: following", on("site")).warnings == ()


def test_every_option_has_words_for_its_absence_or_is_refused_without() -> None:
    assert {*LACKS, "visibility"} == set(OPEN)
    assert set(OPEN) > SWITCHES


# --- what goes on from a thread --------------------------------------------------------------------------------------


def after(front: str, **account: str) -> Target:
    """An account on Mastodon whose thread with such a front matter goes on."""
    [thread] = plan(front, on("mastodon")).threads
    return replace(on("mastodon", **account), follows="0" * 64, before=1, sealed=thread)


PRIVATE = {"visibility": "private", "follow_ups": "private"}


@pytest.mark.parametrize(
    ("front", "account", "expected"),
    [
        ("visibility: private", {}, PRIVATE),
        ("visibility: private", {"visibility": "public", "follow_ups": "public"}, PRIVATE),
        ("visibility: private\nsensitive: true", {}, {**PRIVATE, "sensitive": "true"}),
        ("visibility: private", {"visibility": "direct"}, {"visibility": "direct", "follow_ups": "direct"}),
        ("follow_ups: public", {"follow_ups": "unlisted"}, {}),
        ("follow_ups: public", {}, {"follow_ups": "public"}),
        ("follow_ups: direct", {}, {"follow_ups": "direct"}),
        ("title: T", {"follow_ups": "public"}, {}),
        ("title: T", {}, {}),
    ],
)
def test_what_goes_on_from_a_thread_is_shown_to_no_more_people(
    front: str, account: dict[str, str], expected: dict[str, str]
) -> None:
    assert plan("title: T", after(front, **account)).threads[0].options == expected


def test_what_goes_on_may_be_for_fewer_people_and_need_no_blur() -> None:
    assert plan("visibility: direct", after("visibility: private")).threads[0].options["follow_ups"] == "direct"
    assert plan("follow_ups: private", after("title: T")).threads[0].options == {"follow_ups": "private"}
    assert plan("sensitive: false", after("sensitive: true")).threads[0].options == {}


@pytest.mark.parametrize(
    ("front", "wanted", "value"),
    [
        ("visibility: private", "visibility: public", "private"),
        ("visibility: direct", "visibility: private", "direct"),
        ("visibility: private", "follow_ups: unlisted", "private"),
        ("title: T", "follow_ups: public", "unlisted"),
    ],
)
def test_what_goes_on_for_more_people_is_a_fault(front: str, wanted: str, value: str) -> None:
    name = wanted.partition(":")[0]
    said = (
        f"{wanted} is for more people than {name}: {value}, as the thread is that it goes on from – write that, or leave it out"
    )
    assert faults(wanted, after(front)) == [(3, len(name) + 3, said)]


def test_a_content_warning_stands_over_what_goes_on_too_and_counts() -> None:
    warned = after("content_warning: mort")
    [thread] = plan("title: T", warned).threads
    assert (thread.content_warning, thread.posts[0].used) == ("mort", len("Un.") + len("mort"))
    assert plan("content_warning: guerre", warned).threads[0].content_warning == "guerre"
    room = warned.rules.length - len("mort")
    for length, posts in ((room, 1), (room + 1, 2)):
        text = "a " * (length // 2) + "b" * (length % 2)
        draft = parse(f"---\nnumbering: off\nlang: fr\n---\n{text.strip():b<{length}}\n".encode(), PATH, NETWORKS)
        assert len(compose(draft, [warned], Gallery()).threads[0].posts) == posts
