"""Bluesky, on a real server: sessions, look-ups, and what it says no to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from bot.core.errors import CannotTell, Rejected, Unauthorized
from bot.core.model import Account
from bot.networks import bluesky
from bot.networks.base import World
from bot.networks.bluesky import Bluesky
from bot.testing.contract import NOW, Stage, batch_of
from bot.testing.fakes import Shelf
from tests.servers import Pds, Person


def account_of(person: Person, server: str, password: str = "") -> Account:
    settings = {"server": server, "handle": person.handle}
    return Account("sky", "bluesky", settings, {"password": lambda: password or person.password})


@pytest.fixture
def person(pds: Pds) -> Person:
    return pds.person()


@pytest.fixture
def stage(pds: Pds, person: Person) -> Iterator[Stage]:
    made = Stage(bluesky.NETWORK, account_of(person, pds.url), Shelf(), list)
    yield made
    made.close()


def opened(stage: Stage) -> Bluesky:
    driver = stage.driver()
    assert isinstance(driver, Bluesky)
    return driver


def test_a_session_is_kept_for_the_next_run(stage: Stage, person: Person) -> None:
    first = opened(stage)

    def nobody_asks() -> str:
        raise AssertionError("the password is not needed again")

    account = replace(stage.account, secrets={"password": nobody_asks})
    again = opened(replace(stage, account=account))
    assert (again.session, again.session["did"]) == (first.session, person.did)


def test_a_session_of_another_handle_is_not_taken(stage: Stage, pds: Pds) -> None:
    opened(stage)
    other = pds.person()
    driver = opened(replace(stage, account=account_of(other, pds.url)))
    assert driver.session["did"] == other.did


@pytest.mark.parametrize("broken", [("access",), ("access", "refresh")])
def test_a_token_that_is_not_taken_any_more_is_renewed_in_the_middle(
    stage: Stage, pds: Pds, person: Person, broken: tuple[str, ...]
) -> None:
    opened(stage)
    stage.shelf.sessions["sky"] |= dict.fromkeys(broken, "eyJhbGciOiJIUzI1NiJ9.e30.junk")
    driver = opened(stage)
    batch = batch_of(stage.thread("Un", "Deux", alts=["Une carte"]))
    driver.send(batch, driver.mint(batch, NOW))
    assert len(pds.records(person)) == 2
    assert stage.shelf.sessions["sky"]["access"] == driver.session["access"]
    assert "junk" not in driver.session["access"]


def test_a_wrong_password_is_said_without_showing_it(pds: Pds, person: Person) -> None:
    shelf = Shelf()
    driver = Bluesky(account_of(person, pds.url, "wrong horse"), World(shelf, shelf.picture))
    with pytest.raises(Unauthorized, match="check handle and password") as raised:
        driver.open()
    driver.close()
    assert "wrong horse" not in str(raised.value)
    assert shelf.sessions == {}


def test_handles_become_dids_and_unknown_ones_are_said(pds: Pds, person: Person) -> None:
    facts = bluesky.facts(account_of(person, pds.url), frozenset({person.handle, "nobody.test"}))
    assert facts.people == {person.handle: person.did}
    assert [warning for warning in facts.warnings if "@nobody.test" in warning]
    assert facts.assumed == ()


def test_without_the_server_mentions_are_assumed_to_be_plain_text_and_that_is_said(person: Person) -> None:
    facts = bluesky.facts(account_of(person, "http://127.0.0.1:9"), frozenset({person.handle}))
    assert (facts.people, len(facts.assumed)) == ({}, 1)


def test_what_the_server_refuses_is_said_in_its_words_and_nothing_is_out(stage: Stage, pds: Pds, person: Person) -> None:
    driver = opened(stage)
    batch = batch_of(stage.thread("Un", "x" * 301))
    with pytest.raises(Rejected, match="grapheme too big"):
        driver.send(batch, driver.mint(batch, NOW))
    assert pds.records(person) == []


def test_another_post_under_our_key_is_not_taken_for_ours(stage: Stage) -> None:
    driver = opened(stage)
    batch, other = batch_of(stage.thread("Un")), batch_of(stage.thread("Autre chose"))
    key = driver.mint(batch, NOW)
    driver.send(other, key)
    with pytest.raises(CannotTell, match="not the post of the plan"):
        driver.find(batch, key)


def test_a_key_of_another_account_is_refused(stage: Stage, pds: Pds) -> None:
    driver = opened(stage)
    batch = batch_of(stage.thread("Un"))
    key = {**driver.mint(batch, NOW), "did": pds.person().did}
    with pytest.raises(Unauthorized, match="belongs to another account"):
        driver.send(batch, key)


def test_a_picture_that_the_server_would_change_stops_the_thread_before_anything_is_out(
    stage: Stage, pds: Pds, person: Person
) -> None:
    driver = opened(stage)
    thread = stage.thread("Un", alts=["Une carte"])
    wrong = replace(thread.posts[0].pictures[0], mime="image/webp")  # the server looks at the bytes: it is a PNG
    batch = batch_of(replace(thread, posts=(replace(thread.posts[0], pictures=(wrong,)),)))
    with pytest.raises(Rejected, match="changed picture"):
        driver.send(batch, driver.mint(batch, NOW))
    assert pds.records(person) == []
