"""The Mastodon driver: what is sent, what its pictures go through, and what each refusal means."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.core.delivery import State
from bot.core.errors import Claimed, OutcomeUnknown, Rejected, Transient, Unauthorized
from bot.core.model import Account, Receipt
from bot.networks.mastodon import Mastodon
from bot.networks.statuses import visibility
from bot.testing.contract import Always, Stage
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


# --- what is sent ----------------------------------------------------------------------------------------------------


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


# --- pictures --------------------------------------------------------------------------------------------------------


def test_a_picture_that_is_being_processed_is_waited_for_and_not_uploaded_again(stage: Stage, fake: FakeMastodon) -> None:
    fake.processing = 3.0
    driver, batch = stage.driver(), stage.batch(stage.thread("Un", alts=["Une carte", "Une photo"]))
    key = stage.minted(driver, batch)
    waits = []
    for _ in range(10):
        try:
            driver.send(batch, key)
            break
        except Transient as error:
            waits.append(error.retry_after or 0.0)
            stage.lying().clock.wait(error.retry_after)  # type: ignore[attr-defined]
    assert [seen.alts for seen in stage.seen()] == [("Une carte", "Une photo")]
    assert len(asked(stage, "POST /api/v2/media")) == 2
    assert waits[0] == 1.0
    assert sum(waits) >= 3.0


def test_the_engine_waits_for_a_picture_as_long_as_it_takes(stage: Stage, fake: FakeMastodon, tmp_path: Path) -> None:
    fake.processing = 100.0
    with House(stage, tmp_path) as house:
        assert house.publish(house.seal(stage.thread("Un", "Deux", alts=["Une carte"])), runs=5) == {State.DONE}
    assert stage.texts == ["Un", "Deux"]
    assert len(asked(stage, "POST /api/v2/media")) == 1


def test_a_picture_that_cannot_be_processed_is_refused_in_the_server_s_words(stage: Stage, fake: FakeMastodon) -> None:
    fake.processing, fake.failing = 1.0, True
    driver, batch = stage.driver(), stage.batch(stage.thread("Un", alts=["Une carte"]))
    with pytest.raises(Rejected, match="Error processing thumbnail"):
        driver.send(batch, stage.minted(driver, batch))
    assert stage.texts == []


def test_a_picture_that_the_server_has_lost_is_uploaded_anew(stage: Stage, fake: FakeMastodon) -> None:
    fake.processing = 60.0
    driver, batch = stage.driver(), stage.batch(stage.thread("Un", alts=["Une carte"]))
    key = stage.minted(driver, batch)
    with pytest.raises(Transient, match="being processed"):
        driver.send(batch, key)
    fake.uploads.clear()
    fake.processing = 0.0
    with pytest.raises(Transient, match="uploaded anew"):
        driver.send(batch, key)
    driver.send(batch, key)
    assert [seen.alts for seen in stage.seen()] == [("Une carte",)]


def test_a_picture_that_turns_out_unready_is_waited_for_in_whatever_language_that_is_said(
    stage: Stage, fake: FakeMastodon, clock: JumpingClock
) -> None:
    driver, batch = stage.driver(), stage.batch(stage.thread("Un", alts=["Une carte"]))
    key = stage.minted(driver, batch)

    def late(_request: Any) -> Reply:
        for media in fake.uploads.values():
            media.ready = clock.now() + timedelta(seconds=5)
        return Reply(422, {"error": "Impossible de joindre des fichiers dont le traitement n’est pas terminé"})

    with stage.answering(Instead(fake, "POST /api/v1/statuses", late)), pytest.raises(Transient, match="Impossible"):
        driver.send(batch, key)
    with pytest.raises(Transient, match="being processed"):
        driver.send(batch, key)
    clock.wait(5)
    driver.send(batch, key)
    assert len(asked(stage, "POST /api/v2/media")) == 1


def test_a_picture_that_is_gone_when_it_is_attached_is_uploaded_anew(stage: Stage, fake: FakeMastodon) -> None:
    thread = pictured(stage.thread("Un", "Deux"), *((stage.shelf.drawn(name),) for name in ("Une carte", "Une photo")))
    driver = stage.driver()
    [first] = stage.sent(driver, thread, until=1)
    batch = stage.batch(thread, first.receipts)
    key = stage.minted(driver, batch)

    def swept(_request: Any) -> Reply:
        fake.uploads = {media.id: media for media in fake.uploads.values() if media.status}
        return Reply(422, {"error": "Média introuvable"})

    with stage.answering(Instead(fake, "POST /api/v1/statuses", swept)), pytest.raises(Transient, match="uploaded anew"):
        driver.send(batch, key)
    driver.send(batch, key)
    assert [seen.alts for seen in stage.seen()] == [("Une carte",), ("Une photo",)]


def test_each_post_has_an_upload_of_its_own_of_the_same_picture(stage: Stage) -> None:
    picture = stage.shelf.drawn("Une carte")
    stage.sent(stage.driver(), pictured(stage.thread("Un", "Deux"), (picture,), (picture,)))
    assert [seen.alts for seen in stage.seen()] == [("Une carte",), ("Une carte",)]


def test_what_was_uploaded_for_one_thread_is_not_attached_in_another(stage: Stage) -> None:
    driver, threads = stage.driver(), [stage.thread(alt, alts=[alt], slug=alt) for alt in ("Une carte", "Une photo")]
    for thread in threads:
        batch = stage.batch(thread)
        key = stage.minted(driver, batch)
        stage.lying().plan({1: "429 bare"})
        with pytest.raises(Transient):
            driver.send(batch, key)
    driver.send(batch, key)
    assert [(seen.text, seen.alts) for seen in stage.seen()] == [("Une photo", ("Une photo",))]


@pytest.mark.parametrize("flavour", ["mastodon", "gotosocial", "pixelfed"])
def test_pictures_that_are_attached_already_mean_that_the_post_may_be_out(flavour: str) -> None:
    """The commit came through after all, so late that its key was forgotten."""
    with timed(fake := FakeMastodon(flavour)) as (stage, clock):
        driver, batch = stage.driver(), stage.batch(stage.thread("Un", alts=["Une carte"]))
        key = stage.minted(driver, batch)
        stage.lying().plan({1 if flavour != "pixelfed" else 2: "lost after"})
        with pytest.raises(OutcomeUnknown):
            driver.send(batch, key)
        clock.wait(3601)
        with pytest.raises(OutcomeUnknown, match="may be in a post"):
            driver.send(batch, key)
        assert [receipt.id for receipt in driver.find(batch, key) or ()] == list(fake.statuses)


def test_thirty_uploads_in_half_an_hour_and_then_the_server_says_until_when(stage: Stage, fake: FakeMastodon) -> None:
    fake.throttled = True
    pictures = [(stage.shelf.drawn(f"Carte {number}"),) for number in range(31)]
    thread = pictured(stage.thread(*(f"Post {number}" for number in range(31))), *pictures)
    driver = stage.driver()
    sent = stage.sent(driver, thread, until=30)
    batch = stage.batch(thread, [receipt for each in sent for receipt in each.receipts])
    with pytest.raises(Transient) as caught:
        driver.send(batch, stage.minted(driver, batch))
    assert caught.value.retry_after == 1800  # 17:00 is where a window begins
    assert [(limit.left, limit.total) for limit in driver.signed().limits if limit.name == "uploads"] == [(0, 30)]


def test_a_thread_with_more_pictures_than_that_is_whole_in_the_end(
    stage: Stage, fake: FakeMastodon, clock: JumpingClock, tmp_path: Path
) -> None:
    fake.throttled = True
    begun = clock.now()
    pictures = [tuple(stage.shelf.drawn(f"Carte {number}.{each}") for each in range(4)) for number in range(9)]
    thread = pictured(stage.thread(*(f"Post {number}" for number in range(9))), *pictures)
    with House(stage, tmp_path) as house:
        assert house.publish(house.seal(thread), runs=3) == {State.DONE}
    assert [len(seen.alts) for seen in stage.seen()] == [4] * 9
    assert clock.now() - begun < timedelta(minutes=31)


# --- what an answer means --------------------------------------------------------------------------------------------


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


# --- whose it is -----------------------------------------------------------------------------------------------------


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


# --- afterwards ------------------------------------------------------------------------------------------------------


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


def test_what_cannot_be_removed_is_said(stage: Stage) -> None:
    sent = stage.sent(stage.driver(), stage.thread("Un"))
    driver = stage.driver()
    with stage.answering(Always(422)), pytest.raises(Rejected, match="4711"):
        driver.delete(sent[0].receipts)


@pytest.mark.parametrize(
    ("path", "identity"),
    [
        ("/@alice/113", "113"),
        ("/@alice@other.example/113", "113"),
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


def test_nothing_heavy_is_needed_to_know_the_network() -> None:
    import subprocess
    import sys

    code = "import sys; import bot.networks.mastodon; print('httpx' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_what_it_looks_like_tells_no_secret(stage: Stage) -> None:
    driver = stage.driver()
    assert isinstance(driver, Mastodon)
    assert isinstance(stage.account, Account)
    assert not any(secret in repr((driver, driver.attachments, driver.timeline, driver.me)) for secret in stage.known())
