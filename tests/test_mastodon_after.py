"""Whose token it is on Mastodon, and what can be done with posts that are out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from bot.core.errors import Rejected, Transient, Unauthorized
from bot.core.model import Account
from bot.networks.mastodon import Mastodon
from bot.testing.contract import Always, Stage
from bot.testing.fakes import JumpingClock
from bot.testing.mastodon import FakeMastodon
from bot.testing.serving import Reply
from tests.mastodons import Instead, asked, played


@pytest.fixture
def fake() -> FakeMastodon:
    return FakeMastodon()


@pytest.fixture
def clock() -> JumpingClock:
    return JumpingClock()


@pytest.fixture
def stage(fake: FakeMastodon, clock: JumpingClock) -> Iterator[Stage]:
    with played(fake, clock=clock) as stage:
        yield stage


def test_whose_token_it_is_is_asked_once(stage: Stage) -> None:
    handles = [stage.driver().signed().handle for _ in range(3)]
    assert handles == [f"@alice@{stage.account.settings['server'].removeprefix('http://')}"] * 3
    assert len(asked(stage, "GET /api/v1/accounts/verify_credentials")) == 1


def test_a_new_token_is_asked_again_whose_it_is(stage: Stage, fake: FakeMastodon) -> None:
    stage.driver()
    bob = fake.sign_up("bob")
    driver = stage.made(replace(stage.account, secrets={"token": lambda: bob}))
    driver.open()
    assert driver.signed().handle.startswith("@bob@")


def test_a_thread_is_not_continued_by_another_account(stage: Stage, fake: FakeMastodon) -> None:
    thread = stage.thread("Un", "Deux")
    sent = stage.sent(stage.driver(), thread, until=1)
    bob = fake.sign_up("bob")
    driver = stage.made(replace(stage.account, secrets={"token": lambda: bob}))
    driver.open()
    batch = stage.batch(thread, sent[0].receipts)
    for action in (
        lambda: driver.mint(batch, stage.now),
        lambda: driver.send(sent[0].batch, sent[0].key),
        lambda: driver.find(sent[0].batch, sent[0].key),
    ):
        with pytest.raises(Unauthorized, match="belongs to another account now"):
            action()
    assert fake.posts("bob") == []


def test_without_a_token_somebody_must_sign_in(stage: Stage) -> None:
    with pytest.raises(Unauthorized, match="nobody is signed in – threadbot login masto"):
        stage.made(replace(stage.account, secrets={})).open()


def test_a_kept_token_does_not_travel_to_another_server(stage: Stage) -> None:
    stage.shelf.put("masto", {"for": "https://elsewhere.example", "token": "s3cret", "of": "x", "id": "1", "acct": "a"})
    with pytest.raises(Unauthorized, match="nobody is signed in"):
        stage.made(replace(stage.account, secrets={})).open()
    assert stage.lying().requests == []


@pytest.mark.parametrize(
    "body", [{"id": 1, "acct": "alice"}, {"id": "1"}, {"id": "../2", "acct": "a"}, {"id": "1", "acct": "a\x1b[31m"}]
)
def test_a_server_that_does_not_say_whose_token_it_is_is_not_used(
    stage: Stage, fake: FakeMastodon, body: dict[str, Any]
) -> None:
    says = Instead(fake, "GET /api/v1/accounts/verify_credentials", lambda _: Reply(200, body))
    with stage.answering(says), pytest.raises(Rejected, match="does not say whose token it is"):
        stage.made().open()


def test_a_refusal_at_the_start_is_said_in_the_server_s_words(stage: Stage) -> None:
    with stage.answering(Always(403)), pytest.raises(Rejected, match="4711"):
        stage.made().open()


# --- afterwards ---


def test_posts_are_removed_the_last_first(stage: Stage) -> None:
    sent = stage.sent(stage.driver(), stage.thread("Un", "Deux", "Trois"))
    receipts = tuple(receipt for each in sent for receipt in each.receipts)
    stage.driver().delete(receipts)
    assert [request.path.split("/")[-1] for request in asked(stage, "DELETE")] == [each.id for each in reversed(receipts)]
    assert stage.texts == []


def test_thirty_posts_are_removed_in_half_an_hour_and_the_rest_later(
    stage: Stage, fake: FakeMastodon, clock: JumpingClock
) -> None:
    sent = stage.sent(stage.driver(), stage.thread(*(f"Post {number}" for number in range(32))))
    receipts, fake.throttled = tuple(receipt for each in sent for receipt in each.receipts), True
    driver = stage.driver()
    with pytest.raises(Transient) as caught:
        driver.delete(receipts)
    assert (caught.value.retry_after, stage.texts) == (1800, ["Post 0", "Post 1"])
    clock.wait(1800)
    driver.delete(receipts[:2])
    assert stage.texts == []


def test_another_account_does_not_call_removed_what_it_cannot_see(stage: Stage, fake: FakeMastodon) -> None:
    sent = stage.sent(stage.driver(), stage.thread("Un", "Deux"))
    bob = fake.sign_up("bob")
    driver = stage.made(replace(stage.account, secrets={"token": lambda: bob}))
    driver.open()
    for each in reversed(sent):
        with pytest.raises(Unauthorized, match="belongs to another account now"):
            driver.delete(each.receipts)
    assert stage.texts == ["Un", "Deux"]
    assert not asked(stage, "DELETE")


@pytest.mark.parametrize("status", [404, 410])
def test_only_the_server_itself_can_say_that_a_post_is_gone(stage: Stage, fake: FakeMastodon, status: int) -> None:
    [sent] = stage.sent(driver := stage.driver(), stage.thread("Un"))
    page = Instead(fake, "DELETE", lambda _: Reply(status, b"<html>nginx</html>", {"content-type": "text/html"}))
    with stage.answering(page), pytest.raises(Transient, match="something else than was asked"):
        driver.delete(sent.receipts)
    with stage.answering(Instead(fake, "DELETE", lambda _: Reply(status, {"error": "Record not found"}))):
        driver.delete(sent.receipts)


def test_what_cannot_be_removed_is_said(stage: Stage) -> None:
    sent = stage.sent(stage.driver(), stage.thread("Un"))
    driver = stage.driver()
    with stage.answering(Always(422)), pytest.raises(Rejected, match="4711"):
        driver.delete(sent[0].receipts)


@pytest.mark.parametrize(
    ("path", "identity"),
    [
        ("/@alice/113", "113"),
        ("/@Alice/113", "113"),
        ("/users/alice/statuses/113", "113"),
        ("/web/@alice/113", "113"),
        ("/web/statuses/113", "113"),
        ("/deck/@alice/113/", "113"),
        ("/@alice/statuses/01HXYZ", "01HXYZ"),
        ("/p/alice/113", "113"),
        ("/notice/AbC9", "AbC9"),
        ("/@alice", ""),
        ("/@alice/followers", ""),
        ("/@alice/with_replies", ""),
        ("/113", ""),
        ("/@alice/113/embed", ""),
        ("/@alice/113?x=1", ""),
        ("/@alice/../113", ""),
        ("", ""),
    ],
)
def test_the_address_of_a_post_tells_its_id(stage: Stage, path: str, identity: str) -> None:
    driver, batch = stage.driver(), stage.batch(stage.thread("Un"))
    key, url = stage.minted(driver, batch), stage.account.settings["server"] + path
    if not identity:
        with pytest.raises(Rejected, match="is no address of a post"):
            driver.adopt(batch, key, url)
        return
    [receipt] = driver.adopt(batch, key, url)
    assert (receipt.id, receipt.url, receipt.ref) == (identity, url, {"id": identity, "account": "110000"})
    assert receipt.at == stage.now


@pytest.mark.parametrize("path", ["/@bob/113", "/@alice@other.example/113", "/users/bob/statuses/113", "/p/bob/113"])
def test_a_post_of_somebody_else_is_not_adopted(stage: Stage, path: str) -> None:
    driver, batch = stage.driver(), stage.batch(stage.thread("Un"))
    key, url = stage.minted(driver, batch), stage.account.settings["server"] + path
    with pytest.raises(Rejected, match=r"that is a post of @.*, not of @alice"):
        driver.adopt(batch, key, url)
    begun_before = {name: each for name, each in key.items() if name != "name"}  # of a thread from when keys did not have it
    assert driver.adopt(batch, begun_before, url)


def test_a_post_on_another_server_has_another_id_there(stage: Stage) -> None:
    driver, batch = stage.driver(), stage.batch(stage.thread("Un"))
    with pytest.raises(Rejected, match="no address of a post on 127"):
        driver.adopt(batch, stage.minted(driver, batch), "https://elsewhere.example/@alice/113")


def test_a_thread_goes_on_from_a_post_that_a_human_found(stage: Stage) -> None:
    driver, thread = stage.driver(), stage.thread("Un", "Deux")
    [sent] = stage.sent(driver, thread, until=1)
    adopted = driver.adopt(sent.batch, sent.key, sent.receipts[0].url)
    stage.sent(stage.driver(), thread, after=adopted)
    assert [(seen.text, seen.parent) for seen in stage.seen()] == [("Un", None), ("Deux", "Un")]


def test_what_it_looks_like_tells_no_secret(stage: Stage) -> None:
    driver = stage.driver()
    assert isinstance(driver, Mastodon)
    assert isinstance(stage.account, Account)
    assert not any(secret in repr((driver, driver.attachments, driver.timeline, driver.me)) for secret in stage.known())
