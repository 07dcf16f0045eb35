"""Pictures on their way into a post on Mastodon: processed, lost, throttled, attached once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.core.delivery import State
from bot.core.errors import OutcomeUnknown, Rejected, Transient
from bot.testing.contract import Stage
from bot.testing.fakes import JumpingClock
from bot.testing.house import House
from bot.testing.mastodon import FakeMastodon
from bot.testing.serving import Reply
from tests.mastodons import Instead, asked, pictured, played, timed


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


def test_a_picture_that_stands_twice_in_a_post_is_two_pictures(stage: Stage) -> None:
    picture = stage.shelf.drawn("Une carte")
    stage.sent(stage.driver(), pictured(stage.thread("Un"), (picture, picture)))
    assert [seen.alts for seen in stage.seen()] == [("Une carte", "Une carte")]


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
