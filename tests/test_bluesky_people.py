"""Who is mentioned is looked up before composing, kept for a day, and never guessed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.core.model import Account, Facts
from bot.networks.bluesky import BLUESKY, NETWORK
from bot.testing.bluesky import FakePds
from bot.testing.fakes import Notes
from bot.testing.hostile import HostileServer, answer, nobody
from bot.testing.serving import Served
from tests.servers import Pds, Person
from tests.skies import NO_DIDS, account_of

NOW = datetime.now(UTC)
ALICE, BOB = "did:plc:alice", "did:web:bob.example"


@pytest.fixture
def server() -> Iterator[Served]:
    with Served(FakePds(people={"alice.example": ALICE, "bob.example": BOB})) as served:
        yield served


def account(url: str, **settings: str) -> Account:
    return account_of(Person("me.example", "", ""), url, **settings)


def facts(url: str, *handles: str, notes: Notes | None = None) -> Facts:
    return NETWORK.facts(account(url), frozenset(handles), notes or Notes(NOW))


def test_handles_become_dids_whatever_their_letters(server: Served) -> None:
    found = facts(server.url, "alice.example", "Bob.Example")
    assert (found.people, found.warnings, found.assumed) == ({"alice.example": ALICE, "Bob.Example": BOB}, (), ())


def test_nobody_of_that_name_is_plain_text_and_said(server: Served) -> None:
    found = facts(server.url, "alice.example", "nobody.example")
    assert found.people == {"alice.example": ALICE}
    assert found.warnings == ("sky: nobody is named @nobody.example on Bluesky – it will be plain text",)
    assert found.assumed == ()


@pytest.mark.parametrize("did", NO_DIDS)
def test_what_is_no_did_is_nobody_and_is_neither_kept_nor_taken_from_what_was_kept(server: Served, did: str) -> None:
    server.fake.people = {"alice.example": did}  # type: ignore[attr-defined]
    notes = Notes(NOW)
    assert facts(server.url, "alice.example", notes=notes).people == {}
    notes.put(f"did of alice.example on {server.url}", {"did": did})
    assert facts(server.url, "alice.example", notes=notes).people == {}


def test_who_was_looked_up_is_not_asked_for_again_that_day(server: Served) -> None:
    notes = Notes(NOW - timedelta(hours=23))
    for _ in range(2):
        assert facts(server.url, "alice.example", notes=notes).people == {"alice.example": ALICE}
    facts(server.url, "ALICE.example", "bob.example", notes=notes)
    assert [request.query["handle"] for request in server.requests] == ["alice.example", "bob.example"]


def test_after_a_day_one_is_asked_for_again_and_may_be_somebody_else(server: Served) -> None:
    notes = Notes(NOW - timedelta(hours=25))
    facts(server.url, "alice.example", "bob.example", notes=notes)
    server.fake.people = {"alice.example": "did:plc:another"}  # type: ignore[attr-defined]
    found = facts(server.url, "alice.example", "bob.example", notes=notes)
    assert found.people == {"alice.example": "did:plc:another"}
    assert len(found.warnings) == 1  # bob has left


def test_what_one_server_said_is_not_taken_for_what_another_says(server: Served) -> None:
    notes = Notes(NOW)
    facts(server.url, "alice.example", notes=notes)
    with Served(FakePds()) as other:
        assert facts(other.url, "alice.example", notes=notes).people == {}


def test_where_nobody_can_be_asked_mentions_are_assumed_to_be_plain_text() -> None:
    with nobody() as nowhere:
        found = facts(nowhere, "alice.example", "bob.example")
    assert (found.people, found.warnings, len(found.assumed)) == ({}, (), 1)
    assert "mentions were not looked up" in found.assumed[0]


def test_where_nobody_can_be_asked_old_knowledge_stands_in_and_its_age_is_said(server: Served) -> None:
    notes = Notes(NOW - timedelta(days=9, hours=1))
    facts(server.url, "alice.example", notes=notes)
    server.plan(dict.fromkeys(range(9), "500 before"))
    found = facts(server.url, "alice.example", notes=notes)
    assert (found.people, found.assumed) == ({"alice.example": ALICE}, ())
    (warning,) = found.warnings
    assert "@alice.example is taken for who it was 9 days ago" in warning
    mixed = facts(server.url, "alice.example", "bob.example", notes=notes)
    assert mixed.people == {"alice.example": ALICE}
    assert len(mixed.assumed) == len(mixed.warnings) == 1


def test_a_server_that_fails_in_the_middle_is_not_asked_for_the_rest(server: Served) -> None:
    server.plan({1: "500 before"})
    found = facts(server.url, "alice.example", "bob.example", "carol.example")
    assert (found.people, len(found.assumed), server.count) == ({"alice.example": ALICE}, 1, 2)


@pytest.mark.parametrize(
    ("status", "body"), [(200, {}), (200, {"did": 5}), (200, {"did": "alice"}), (401, {}), (403, {}), (404, {})]
)
def test_an_answer_that_says_nothing_of_who_it_is_is_not_taken_for_nobody(status: int, body: dict[str, Any]) -> None:
    with HostileServer(answer(status, body)) as server:
        found = facts(server.url, "alice.example")
    assert (found.people, found.warnings, len(found.assumed)) == ({}, (), 1)


@pytest.mark.parametrize("value", [{}, {"did": 5}, {"did": "alice"}, {"did": None}])
def test_a_cache_that_somebody_edited_is_asked_anew(server: Served, value: dict[str, Any]) -> None:
    notes = Notes(NOW)
    facts(server.url, "alice.example", notes=notes)
    notes.kept = dict.fromkeys(notes.kept, (value, NOW))
    assert facts(server.url, "alice.example", notes=notes).people == {"alice.example": ALICE}
    assert len(server.requests) == 2


def test_nobody_mentioned_asks_nothing() -> None:
    with nobody() as nowhere:
        assert facts(nowhere) == Facts(people={}, rules=BLUESKY)


@pytest.mark.parametrize(
    ("setting", "taken"), [("1000000", 1_000_000), ("976562.5", 976_562), ("0", 2_000_000), ("9000000", 2_000_000)]
)
def test_a_server_that_takes_only_small_pictures_is_said_in_the_config(setting: str, taken: int) -> None:
    with nobody() as nowhere:
        found = NETWORK.facts(account(nowhere, picture_bytes=setting), frozenset(), Notes(NOW))
    assert found.rules
    assert (found.rules.picture_bytes, found.rules.length) == (taken, BLUESKY.length)


def test_a_real_server_knows_its_people(pds: Pds) -> None:
    person = pds.person()
    found = facts(pds.url, person.handle.upper(), "nobody.test", "not a handle")
    assert found.people == {person.handle.upper(): person.did}
    assert len(found.warnings) == 2
    assert found.assumed == ()
