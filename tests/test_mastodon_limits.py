"""The limits of a server: asked before composing, kept for a day, believed within bounds."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.core.model import Account, Facts
from bot.core.text import DIALECTS
from bot.networks import instance
from bot.networks.mastodon import MASTODON, NETWORK
from bot.testing.fakes import Notes
from bot.testing.hostile import nobody
from bot.testing.mastodon import FakeMastodon
from bot.testing.mastodon_rules import FLAVOURS
from bot.testing.mastodon_shows import instance_json
from bot.testing.serving import Reply, Request, Served


def of(url: str) -> Account:
    return Account("masto", "mastodon", {"server": url})


def asked(url: str, notes: Notes | None = None) -> Facts:
    return NETWORK.facts(of(url), frozenset({"@alice@social.example"}), notes or Notes(datetime.now(UTC)))


def named(**change: Any) -> dict[str, Any]:
    """A configuration: the keys `statuses` and `media_attachments`, changed so."""
    stock = instance_json(FLAVOURS["mastodon"])["configuration"]
    return {"configuration": {part: stock[part] | change.get(part, {}) for part in stock}}


def rules_of(**overrides: Any) -> Facts:
    with Served(FakeMastodon(overrides=overrides)) as server:
        return asked(server.url)


def test_a_stock_mastodon_has_the_stock_limits() -> None:
    facts = rules_of()
    assert facts.rules
    assert replace(facts.rules, source=MASTODON.source) == MASTODON
    assert "http://127.0.0.1" in facts.rules.source
    assert (facts.people, facts.warnings, facts.assumed) == (None, (), ())


def test_what_an_instance_allows_is_what_counts() -> None:
    statuses = {"max_characters": 5000, "max_media_attachments": 6}
    media = {"image_size_limit": 1_000_000, "image_matrix_limit": 2_000_000, "description_limit": 300}
    types = {"supported_mime_types": ["image/png", "video/mp4", "image/jpeg", "image/avif"]}
    rules = rules_of(**named(statuses=statuses, media_attachments=media | types)).rules
    assert rules
    found = (rules.length, rules.pictures, rules.picture_bytes, rules.picture_pixels, rules.alt_length, rules.picture_types)
    assert found == (5000, 6, 1_000_000, 2_000_000, 300, ("image/png", "image/jpeg"))


@pytest.mark.parametrize(
    ("version", "dialect"),
    [
        ("4.5.0", "mastodon"),
        ("4.5.0-nightly.2025-07-11", "mastodon"),
        ("4.3.0+glitch", "mastodon"),
        ("4.0.2+hometown-1.1.1", "mastodon"),
        ("10.0.0", "mastodon"),
        ("0.20.0+git-57cb4fe", "fediverse"),
        ("2.7.2 (compatible; Pleroma 2.6.50)", "fediverse"),
        ("3.5.3 (compatible; Pixelfed 0.12.5)", "fediverse"),
        ("4.0.0 (not true; really snac/2.70)", "fediverse"),
        ("takahe/0.11.0", "fediverse"),
        ("", "fediverse"),
        (None, "fediverse"),
        (4, "fediverse"),
    ],
)
def test_only_what_is_surely_mastodon_is_counted_as_mastodon_counts(version: Any, dialect: str) -> None:
    rules = rules_of(version=version).rules
    assert rules
    assert (rules.dialect, rules.unit) == (dialect, "characters")


@pytest.mark.parametrize(("cost", "dialect"), [(23, "mastodon"), (None, "mastodon"), (25, "fediverse"), ("23", "fediverse")])
def test_where_a_link_costs_something_else_it_is_counted_with_care(cost: Any, dialect: str) -> None:
    rules = rules_of(**named(statuses={"characters_reserved_per_url": cost})).rules
    assert rules
    assert rules.dialect == dialect


@pytest.mark.parametrize("flavour", ["gotosocial", "pixelfed"])
def test_what_is_counted_with_care_is_never_too_long_there(flavour: str) -> None:
    with Served(FakeMastodon(flavour)) as server:
        rules = asked(server.url).rules
    assert rules
    for text in ("Voir https://example.org/" + "a" * 40, "@alice@social.example 👩‍👩‍👧", "e\u0301", "http://a.fr"):
        assert FLAVOURS[flavour].count(text, "Morts") <= rules.used(text) + rules.reserved("Morts")
        assert DIALECTS["mastodon"].count(text) <= rules.used(text)


def test_a_server_without_the_second_version_is_asked_for_the_first() -> None:
    with Served(FakeMastodon("pixelfed")) as server:
        facts = asked(server.url)
        assert [request.path for request in server.requests] == ["/api/v2/instance", "/api/v1/instance"]
    assert facts.rules
    assert facts.rules.length == FLAVOURS["pixelfed"].limit


def test_it_is_asked_without_signing_in() -> None:
    with Served(FakeMastodon()) as server:
        asked(server.url)
        assert not any("authorization" in request.headers for request in server.requests)


# --- kept ------------------------------------------------------------------------------------------------------------


def test_what_was_asked_today_is_not_asked_again() -> None:
    notes = Notes(datetime.now(UTC) - timedelta(hours=23))
    with Served(FakeMastodon(overrides=named(statuses={"max_characters": 700}))) as server:
        first = asked(server.url, notes)
        second = asked(server.url, notes)
        assert len(server.requests) == 1
        assert list(notes.kept) == [f"limits of {server.url}"]
    assert first == second
    assert first.rules
    assert first.rules.length == 700


def test_what_was_asked_today_needs_nothing_that_is_slow_to_load() -> None:
    code = """
import sys
from datetime import UTC, datetime
from types import SimpleNamespace
from bot.core.model import Account
from bot.networks.mastodon import NETWORK

notes = SimpleNamespace(get=lambda _: ({"length": 700}, datetime.now(UTC)))
facts = NETWORK.facts(Account("masto", "mastodon", {"server": "https://social.example"}), frozenset(), notes)
print(facts.rules.length, "httpx" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["700", "False"]


@pytest.mark.parametrize("age", [timedelta(days=1, minutes=1), timedelta(days=-2)])
def test_what_is_older_than_a_day_or_from_the_future_is_asked_again(age: timedelta) -> None:
    notes, fake = Notes(datetime.now(UTC) - age), FakeMastodon(overrides=named(statuses={"max_characters": 700}))
    with Served(fake) as server:
        asked(server.url, notes)
        fake.overrides = named(statuses={"max_characters": 800})
        rules = asked(server.url, notes).rules
    assert rules
    assert rules.length == 800


@pytest.mark.parametrize(("age", "said"), [(timedelta(days=3, hours=2), "3 days"), (timedelta(hours=30), "30 hours")])
def test_a_server_that_does_not_answer_has_its_last_limits_and_their_age_is_said(age: timedelta, said: str) -> None:
    notes = Notes(datetime.now(UTC) - age)
    with Served(FakeMastodon(overrides=named(statuses={"max_characters": 700}))) as server:
        asked(server.url, notes)
        server.plan(dict.fromkeys(range(10), "500 before"))
        facts = asked(server.url, notes)
    assert facts.rules
    assert facts.rules.length == 700
    assert facts.warnings == (f"masto: limits of {server.url} as of {said} ago, it does not answer now",)
    assert facts.assumed == ()


def test_a_server_that_never_answered_has_stock_limits_which_is_not_enough_to_publish() -> None:
    with nobody() as nowhere:
        facts = asked(nowhere)
    assert facts.rules is None
    [said] = facts.assumed
    assert said.startswith(f"masto: {nowhere}: ")
    assert said.endswith(" – 500 characters are assumed")


# --- what a hostile server says --------------------------------------------------------------------------------------

WILD = [0, -1, True, 1.5, "500", None, [], {}, 10**30, float("nan")]


@pytest.mark.parametrize("value", WILD, ids=str)
def test_a_limit_that_cannot_be_is_not_believed(value: Any) -> None:
    statuses = {"max_characters": value, "max_media_attachments": value}
    media = {"image_size_limit": value, "image_matrix_limit": value, "description_limit": value, "supported_mime_types": value}
    facts = rules_of(**named(statuses=statuses, media_attachments=media))
    assert facts.rules
    assert replace(facts.rules, source=MASTODON.source) == MASTODON
    assert [said.partition(" does not say ")[2] for said in facts.warnings] == [
        "how long a post may be – 500 characters are taken"
    ]


@pytest.mark.parametrize("types", [["image/svg+xml", "text/html"], [1, None, {}], [["image/png"]]], ids=str)
def test_kinds_of_pictures_that_we_do_not_make_are_not_taken_over(types: Any) -> None:
    rules = rules_of(**named(media_attachments={"supported_mime_types": types})).rules
    assert rules
    assert rules.picture_types == MASTODON.picture_types


@pytest.mark.parametrize(
    "configuration", [None, [], "x", {"statuses": None}, {"statuses": [], "media_attachments": 3}], ids=str
)
def test_a_configuration_of_another_shape_says_nothing(configuration: Any) -> None:
    facts = rules_of(configuration=configuration)
    assert facts.rules
    assert (facts.rules.length, facts.rules.pictures) == (500, 4)
    assert len(facts.warnings) == 1


class Says:
    """A server with one answer."""

    def __init__(self, body: Any, status: int = 200) -> None:
        self.answer = Reply(status, body)

    def reply(self, request: Request, now: datetime) -> Reply:  # noqa: ARG002
        return self.answer


@pytest.mark.parametrize(
    "fake", [Says([]), Says({}), Says(b"<html>"), Says([{"configuration": {}}]), Says({"error": "non"}, 400), Says({}, 404)]
)
def test_a_server_that_says_nothing_of_use_was_not_asked(fake: Says) -> None:
    notes = Notes()
    with Served(fake) as server:
        facts = asked(server.url, notes)
    assert (facts.rules, len(facts.assumed), notes.kept) == (None, 1, {})


@pytest.mark.parametrize("status", [401, 403])
def test_a_server_that_tells_strangers_nothing_is_published_to_within_the_stock_limits(status: int) -> None:
    with Served(Says({"error": "This API requires an authenticated user"}, status)) as server:
        facts = asked(server.url)
    assert facts.rules
    assert (facts.rules.length, facts.rules.dialect, facts.assumed) == (500, "fediverse", ())
    assert len(facts.warnings) == 1


@pytest.mark.parametrize("kept", [{"length": "1"}, {"length": -4, "dialect": "klingon", "picture_types": 5}, {"x": 1}], ids=str)
def test_a_memory_that_somebody_edited_is_not_believed_either(kept: dict[str, Any]) -> None:
    notes = Notes(datetime.now(UTC))
    notes.put("limits of http://127.0.0.1:1", kept)
    rules = asked("http://127.0.0.1:1", notes).rules
    assert rules
    assert (rules.length, rules.dialect, rules.picture_types) == (500, "fediverse", MASTODON.picture_types)


@pytest.fixture
def slow() -> Iterator[Served]:
    with Served(FakeMastodon()) as server:
        yield server


def test_a_server_that_drips_does_not_hold_up_a_preview(slow: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(instance, "QUICK", 0.3)
    slow.plan({0: "dripped after"})
    begun = time.monotonic()
    assert len(asked(slow.url).assumed) == 1
    assert time.monotonic() - begun < 3


@pytest.mark.parametrize(
    "fault", ["lost before", "cut after", "garbage after", "empty after", "redirected", "429 iso", "502 after"]
)
def test_whatever_goes_wrong_a_preview_is_made(slow: Served, fault: str) -> None:
    slow.plan(dict.fromkeys(range(4), fault))
    facts = asked(slow.url)
    assert (facts.rules, len(facts.assumed)) == (None, 1)
