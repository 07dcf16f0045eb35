"""The Mastodon driver: what is sent, and what each answer means."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.core.delivery import State
from bot.core.errors import Claimed, ConfigError, OutcomeUnknown, Rejected, Unauthorized
from bot.core.model import Receipt
from bot.networks.mastodon import NETWORK
from bot.networks.statuses import visibility
from bot.store.config import load
from bot.testing.contract import Stage
from bot.testing.fakes import JumpingClock
from bot.testing.house import House
from bot.testing.mastodon import SCOPES, FakeMastodon
from bot.testing.serving import Reply
from tests.mastodons import Instead, asked, options, pictured, played, timed


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


def bodies(stage: Stage) -> list[dict[str, Any]]:
    return [request.json for request in asked(stage, "POST /api/v1/statuses")]


# --- what is sent ---


@pytest.mark.parametrize(
    ("given", "first", "later"),
    [
        ({}, "public", "unlisted"),
        ({"follow_ups": "public"}, "public", "public"),
        ({"follow_ups": "private"}, "public", "private"),
        ({"visibility": "unlisted"}, "unlisted", "unlisted"),
        ({"visibility": "unlisted", "follow_ups": "public"}, "unlisted", "unlisted"),
        ({"visibility": "private"}, "private", "private"),
        ({"visibility": "direct"}, "direct", "direct"),
        ({"visibility": "private", "follow_ups": "direct"}, "private", "direct"),
    ],
)
def test_follow_ups_are_unlisted_and_never_shown_more_widely_than_the_first(
    given: dict[str, str], first: str, later: str
) -> None:
    assert (visibility(given, reply=False), visibility(given, reply=True)) == (first, later)


def test_the_visibility_of_each_post_is_said(stage: Stage) -> None:
    stage.sent(stage.driver(), stage.thread("Un", "Deux", "Trois"))
    assert [body["visibility"] for body in bodies(stage)] == ["public", "unlisted", "unlisted"]


def test_language_and_content_warning_go_with_each_post_and_pictures_behind_one_are_sensitive(stage: Stage) -> None:
    stage.sent(stage.driver(), options(stage.thread("Un", "Deux", alts=["Une carte"]), warning="Morts"))
    said = [(body["language"], body["spoiler_text"], body["sensitive"]) for body in bodies(stage)]
    assert said == [("fr", "Morts", True), ("fr", "Morts", False)]


def test_what_is_called_sensitive_is_sent_so(stage: Stage) -> None:
    stage.sent(stage.driver(), options(stage.thread("Un", alts=["Une carte"]), sensitive="true"))
    stage.sent(stage.driver(), stage.thread("Un", alts=["Une carte"]))
    assert [body["sensitive"] for body in bodies(stage)] == [True, False]


def test_the_point_that_must_not_be_cropped_goes_with_the_picture(stage: Stage, fake: FakeMastodon) -> None:
    picture = replace(stage.shelf.drawn("Une carte"), focus="-0.42,0.69")
    stage.sent(stage.driver(), pictured(stage.thread("Un"), (picture,)))
    assert [(media.description, media.focus) for media in fake.uploads.values()] == [("Une carte", "-0.42,0.69")]


def test_a_post_goes_out_under_the_key_that_was_journaled(stage: Stage) -> None:
    sent = stage.sent(stage.driver(), stage.thread("Un", "Deux"))
    keys = [request.headers["idempotency-key"] for request in asked(stage, "POST /api/v1/statuses")]
    assert keys == [each.key["idempotency"] for each in sent]
    assert len(set(keys)) == 2


@pytest.mark.parametrize(("said", "fine"), [("visibility = 'private'", True), ("visibility = 'followers'", False)])
def test_an_account_may_say_how_its_threads_are_shown(tmp_path: Path, said: str, fine: bool) -> None:
    file = tmp_path / "config.toml"
    file.write_text(f"[accounts.masto]\nnetwork = 'mastodon'\nserver = 'https://social.example'\n{said}\n")
    read = lambda: load(file, {"mastodon": NETWORK.settings}).accounts["masto"].settings["visibility"]  # noqa: E731
    if fine:
        assert read() == "private"
        return
    with pytest.raises(ConfigError, match="one of these is wanted: public, unlisted, private, direct"):
        read()


# --- what an answer means ---


def test_a_lock_leaves_a_doubt_and_the_same_key_goes_out_once(stage: Stage, fake: FakeMastodon) -> None:
    fake.busy = 1
    driver, batch = stage.driver(), stage.batch(stage.thread("Un"))
    key = stage.minted(driver, batch)
    with pytest.raises(OutcomeUnknown):
        driver.send(batch, key)
    assert driver.find(batch, key) is None
    driver.send(batch, key)
    assert stage.texts == ["Un"]


def test_500_to_a_key_that_is_known_is_looked_into(stage: Stage, fake: FakeMastodon) -> None:
    """mastodon/mastodon#40399."""
    fake.replay_bug = True
    [sent] = stage.sent(stage.driver(), stage.thread("Un"))
    driver = stage.driver()
    with pytest.raises(OutcomeUnknown):
        driver.send(sent.batch, sent.key)
    assert driver.find(sent.batch, sent.key) == sent.receipts


def test_a_key_older_than_an_hour_is_no_protection_so_it_is_looked_for(
    stage: Stage, clock: JumpingClock, tmp_path: Path
) -> None:
    with House(stage, tmp_path) as house:
        plan = house.seal(stage.thread("Un", "Deux"))
        stage.lying().plan(
            {2: "lost after", 3: "500 before", 4: "500 before", 5: "500 before", 6: "500 before", 7: "500 before"}
        )
        house.publish(plan)
        clock.wait(7200)
        assert house.publish(plan, runs=3) == {State.DONE}
    assert stage.texts == ["Un", "Deux"]


@pytest.mark.parametrize("lost", [3, 4])
def test_a_list_that_lags_makes_no_second_post_where_keys_are_unknown(tmp_path: Path, lost: int) -> None:
    with timed(FakeMastodon("gotosocial", lag=100.0)) as (stage, _), House(stage, tmp_path) as house:
        plan = house.seal(stage.thread("Un", "Deux"))
        stage.driver()  # so that nobody has to ask whose token it is
        stage.lying().plan({lost - 2: "lost after"})
        assert house.publish(plan, runs=6) == {State.DONE}
        assert [(seen.text, seen.parent) for seen in stage.seen()] == [("Un", None), ("Deux", "Un")]
        assert stage.lying().told == [("lost after", "POST /api/v1/statuses")]


def test_a_server_that_refuses_a_known_key_says_that_it_may_be_out(tmp_path: Path) -> None:
    with timed(fake := FakeMastodon("pixelfed", refuses_keys=True)) as (stage, _):
        [sent] = stage.sent(stage.driver(), stage.thread("Un"))
        with pytest.raises(Claimed, match="Duplicate idempotency key"):
            stage.driver().send(sent.batch, sent.key)
        assert stage.driver().find(sent.batch, sent.key) == sent.receipts
        with House(stage, tmp_path) as house:
            stage.lying().plan({4: "lost after"})
            assert house.publish(house.seal(stage.thread("Deux", "Trois")), runs=3) == {State.DONE}
        assert stage.texts == ["Un", "Deux", "Trois"]
    assert len(fake.statuses) == 3


GOOD = {
    "id": "1",
    "url": "https://social.example/@alice/1",
    "created_at": "2026-12-01T17:00:00.000Z",
    "content": "<p>Un</p>",
    "in_reply_to_id": None,
    "account": {"id": "110000"},
}


@pytest.mark.parametrize(
    "change",
    [
        {"id": 1},
        {"id": ""},
        {"id": "../1"},
        {"id": None, "scheduled_at": "2026-12-01T18:00:00.000Z"},
        {"url": None},
        {"url": "javascript:alert(1)"},
        {"created_at": "yesterday"},
        {"created_at": 1},
        {"account": {"id": "2"}},
        {"account": None},
        {"in_reply_to_id": "7"},
        {"in_reply_to_id": {}},
        {"content": []},
    ],
    ids=str,
)
def test_an_answer_that_does_not_confirm_the_post_leaves_a_doubt(
    stage: Stage, fake: FakeMastodon, change: dict[str, Any]
) -> None:
    driver, batch = stage.driver(), stage.batch(stage.thread("Un"))
    key = stage.minted(driver, batch)
    says = Instead(fake, "POST /api/v1/statuses", lambda _: Reply(200, GOOD | change))
    with stage.answering(says), pytest.raises(OutcomeUnknown, match="does not confirm"):
        driver.send(batch, key)


def test_an_answer_that_confirms_the_post_is_its_receipt(stage: Stage, fake: FakeMastodon) -> None:
    driver, batch = stage.driver(), stage.batch(stage.thread("Un"))
    key = stage.minted(driver, batch)
    with stage.answering(Instead(fake, "POST /api/v1/statuses", lambda _: Reply(200, GOOD))):
        [receipt] = driver.send(batch, key)
    at = datetime(2026, 12, 1, 17, tzinfo=UTC)
    assert receipt == Receipt("1", "https://social.example/@alice/1", at, {"id": "1", "account": "110000"})


def test_an_answer_to_a_post_that_is_gone_is_refused(stage: Stage) -> None:
    driver, thread = stage.driver(), stage.thread("Un", "Deux")
    [first] = stage.sent(driver, thread, until=1)
    driver.delete(first.receipts)
    batch = stage.batch(thread, first.receipts)
    with pytest.raises(Rejected, match="is the post that it answers to still there"):
        driver.send(batch, stage.minted(driver, batch))
    assert stage.texts == []


def test_a_token_that_was_revoked_is_said_with_what_to_do(stage: Stage, fake: FakeMastodon) -> None:
    driver, batch = stage.driver(), stage.batch(stage.thread("Un"))
    key = stage.minted(driver, batch)
    fake.tokens.clear()
    for action in (lambda: driver.send(batch, key), lambda: driver.find(batch, key), stage.made().open):
        with pytest.raises(Unauthorized, match="access token is invalid – renew the token that the config names for masto"):
            action()


@pytest.mark.parametrize("missing", sorted(SCOPES - {"read:accounts"}))
def test_a_token_without_a_scope_publishes_nothing(fake: FakeMastodon, stage: Stage, missing: str) -> None:
    token = fake.let_in(fake.visitor, SCOPES - {missing})
    account = replace(stage.account, secrets={"token": lambda: token})
    driver, batch = stage.made(account), stage.batch(stage.thread("Un", alts=["Une carte"]))

    def published() -> None:
        driver.open()
        driver.send(batch, stage.minted(driver, batch))

    with pytest.raises(Unauthorized, match="authorized scopes – renew the token"):
        published()
    assert stage.texts == []


def test_what_is_too_long_for_the_server_is_refused_in_its_words(stage: Stage) -> None:
    driver, batch = stage.driver(), stage.batch(stage.thread("a" * 501))
    with pytest.raises(Rejected, match="la limite de 500 caractères est dépassée"):
        driver.send(batch, stage.minted(driver, batch))
