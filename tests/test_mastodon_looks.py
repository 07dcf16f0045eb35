"""What a look-up on Mastodon is told, and how texts are known again in what servers show."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from bot.core.errors import CannotTell, Transient
from bot.networks.statuses import same_page, same_text
from bot.testing.contract import Stage
from bot.testing.fakes import JumpingClock
from bot.testing.mastodon import FakeMastodon
from bot.testing.mastodon_shows import page_of
from bot.testing.serving import Reply
from tests.mastodons import Instead, asked, lost, named, played, timed


@pytest.fixture
def fake() -> FakeMastodon:
    return FakeMastodon()


@pytest.fixture
def stage(fake: FakeMastodon) -> Iterator[Stage]:
    with played(fake, clock=JumpingClock()) as stage:
        yield stage


LOOKS = ("GET /api/v1/accounts", "GET /api/v1/statuses")


@pytest.mark.parametrize("start", LOOKS)
@pytest.mark.parametrize("out", ["lost before", "lost after"])
def test_an_empty_answer_is_not_absence(stage: Stage, fake: FakeMastodon, start: str, out: str) -> None:
    thread = stage.thread("Un", "Deux")
    [first] = stage.sent(stage.driver(), thread, until=1)
    driver, batch, key = lost(stage, thread, first.receipts, fault=out)
    with stage.answering(Instead(fake, start, lambda _: Reply(200, {}))), pytest.raises(Transient, match="something else"):
        driver.find(batch, key)


@pytest.mark.parametrize("status", [404, 410])
def test_a_page_of_a_proxy_does_not_say_that_the_parent_is_gone(stage: Stage, fake: FakeMastodon, status: int) -> None:
    thread = stage.thread("Un", "Deux")
    [first] = stage.sent(stage.driver(), thread, until=1)
    driver, batch, key = lost(stage, thread, first.receipts, fault="lost before")
    page = Instead(fake, "GET /api/v1/statuses", lambda _: Reply(status, b"<html>nginx", {"content-type": "text/html"}))
    with stage.answering(page), pytest.raises(Transient, match="something else"):
        driver.find(batch, key)


@pytest.mark.parametrize("start", LOOKS)
@pytest.mark.parametrize("status", [400, 403, 422])
def test_a_refused_look_is_left_to_a_human(stage: Stage, fake: FakeMastodon, start: str, status: int) -> None:
    thread = stage.thread("Un", "Deux")
    [first] = stage.sent(stage.driver(), thread, until=1)
    driver, batch, key = lost(stage, thread, first.receipts)
    says = Instead(fake, start, lambda _: Reply(status, {"error": "Pas ici"}))
    with stage.answering(says), pytest.raises(CannotTell, match="Pas ici"):
        driver.find(batch, key)


@pytest.mark.parametrize(
    "change", [{"id": 5}, {"created_at": None}, {"content": None}, {"account": {"id": "110000"}, "url": 1, "uri": 2}]
)
def test_a_post_that_cannot_be_read_is_left_to_a_human(stage: Stage, fake: FakeMastodon, change: dict[str, Any]) -> None:
    driver, batch, key = lost(stage, stage.thread("Un"))
    listing = asked(stage, "GET /api/v1/accounts/110000/statuses")[0]
    [shown] = fake.reply(replace(listing, query={}), stage.now).body
    with (
        stage.answering(Instead(fake, LOOKS[0], lambda _: Reply(200, [shown | change]))),
        pytest.raises(CannotTell, match="cannot be read"),
    ):
        driver.find(batch, key)


def test_a_source_that_says_nothing_is_asked_again(stage: Stage, fake: FakeMastodon) -> None:
    driver, batch, key = lost(stage, stage.thread("Un"))
    [identity] = named(stage, "Un")
    says = Instead(fake, f"GET /api/v1/statuses/{identity}/source", lambda _: Reply(200, {}))
    with stage.answering(says), pytest.raises(Transient, match="something else"):
        driver.find(batch, key)


# --- texts -----------------------------------------------------------------------------------------------------------

TEXTS = (
    "Un",
    "Deux\n\navec des lignes\net  des espaces",
    "« été » & <b>295 km²</b> 🗺️ a < b > c",
    "Voir https://example.org/a/very/long/path/that/is/hidden/at/its/end?with=a&query=1 !",
    "Par @alice@social.example et @bob, #Loire",
    "@alice@social.example",
)


@pytest.mark.parametrize("text", TEXTS)
def test_a_page_shows_the_text_that_it_was_made_from(text: str) -> None:
    assert same_page(page_of(text), text)
    assert not same_page(page_of(text), text + "!")


@pytest.mark.parametrize("text", TEXTS)
def test_a_post_is_found_where_the_server_tells_no_plain_text(text: str) -> None:
    with timed(FakeMastodon("pixelfed")) as (stage, _):
        driver, batch, key = lost(stage, stage.thread(text))
        assert driver.find(batch, key)


def test_texts_are_compared_without_white_space_and_by_what_is_read() -> None:
    assert same_text(" e\u0301te\u0301\r\n", "été")
    assert not same_text("été", "Été")
    assert not same_page("<p>été", "Été")
