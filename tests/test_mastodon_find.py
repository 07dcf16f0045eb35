"""A post whose answer was lost is found on the server, or it is certain that it is not there, or a human is asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.errors import CannotTell
from bot.testing.contract import Stage
from bot.testing.fakes import JumpingClock
from bot.testing.mastodon import FakeMastodon
from bot.testing.serving import Reply
from tests.mastodons import Instead, asked, by_hand, lost, named, options, pictured, played, timed

FLAVOURS = ("mastodon", "gotosocial", "pixelfed")


@pytest.fixture
def fake() -> FakeMastodon:
    return FakeMastodon()


@pytest.fixture
def stage(fake: FakeMastodon) -> Iterator[Stage]:
    with played(fake, clock=JumpingClock()) as stage:
        yield stage


@pytest.mark.parametrize("flavour", FLAVOURS)
@pytest.mark.parametrize("skew", [timedelta(days=-400), timedelta(), timedelta(days=400)])
@pytest.mark.parametrize("out", [0, 1])
def test_a_post_is_found_whatever_the_server_s_clock_says(flavour: str, skew: timedelta, out: int) -> None:
    with timed(FakeMastodon(flavour, skew=skew)) as (stage, _):
        thread = stage.thread("Un", "Deux")
        after = [receipt for each in stage.sent(stage.driver(), thread, until=out) for receipt in each.receipts]
        _, batch, key = lost(stage, thread, after)
        [receipt] = stage.driver().find(batch, key) or [None]
        assert receipt
        assert [receipt.id] == named(stage, thread.posts[out].text)


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_a_post_of_the_same_words_from_before_is_not_taken_for_it(flavour: str) -> None:
    with timed(FakeMastodon(flavour)) as (stage, clock):
        stage.sent(stage.driver(), stage.thread("Le point du soir", "Deux"))
        clock.wait(86_400)
        _, batch, key = lost(stage, stage.thread("Le point du soir", "Trois"), fault="lost before")
        assert stage.driver().find(batch, key) is None


def test_it_is_not_taken_for_it_either_when_the_newest_post_was_deleted_meanwhile(stage: Stage) -> None:
    stage.sent(stage.driver(), stage.thread("Le point du soir"))
    newest = stage.sent(stage.driver(), stage.thread("Autre chose"))
    driver, batch, key = lost(stage, stage.thread("Le point du soir"), fault="lost before")
    driver.delete(newest[0].receipts)
    assert driver.find(batch, key) is None


def test_a_stranger_s_reply_in_the_same_words_is_not_ours(stage: Stage, fake: FakeMastodon) -> None:
    thread = stage.thread("Un", "Deux")
    [first] = stage.sent(stage.driver(), thread, until=1)
    fake.sign_up("bob")
    by_hand(stage, "bob", "Deux", in_reply_to_id=first.receipts[0].id)
    driver, batch, key = lost(stage, thread, first.receipts, fault="lost before")
    assert driver.find(batch, key) is None


def test_a_reply_of_ours_in_other_words_is_not_it(stage: Stage) -> None:
    thread = stage.thread("Un", "Deux")
    [first] = stage.sent(stage.driver(), thread, until=1)
    by_hand(stage, "alice", "Deux, corrigé", in_reply_to_id=first.receipts[0].id)
    driver, batch, key = lost(stage, thread, first.receipts, fault="lost before")
    assert driver.find(batch, key) is None


def test_the_same_words_twice_in_a_thread_are_two_posts(stage: Stage) -> None:
    thread, driver = stage.thread("…", "…", "…"), stage.driver()
    sent = stage.sent(driver, thread, until=2)
    receipts = [receipt for each in sent for receipt in each.receipts]
    for by in (driver, stage.driver()):
        _, batch, key = lost(stage, thread, receipts, fault="lost before", by=by)
        assert driver.find(batch, key) is None
    assert driver.find(sent[1].batch, sent[1].key) == sent[1].receipts


def test_the_account_s_posts_are_read_back_page_by_page(stage: Stage) -> None:
    driver, batch, key = lost(stage, stage.thread("Perdu"))
    for number in range(95):
        by_hand(stage, "alice", f"Autre {number}")
    [receipt] = driver.find(batch, key) or [None]
    assert receipt
    assert [receipt.id] == named(stage, "Perdu")
    assert len([each for each in asked(stage, "GET /api/v1/accounts/110000/statuses") if "max_id" in each.query]) == 3


def test_no_more_pages_are_read_than_are_newer(stage: Stage) -> None:
    by_hand(stage, "alice", "Avant")
    driver, batch, key = lost(stage, stage.thread("Perdu"), fault="lost before")
    before = len(stage.lying().requests)
    assert driver.find(batch, key) is None
    assert len(stage.lying().requests) == before + 1


def test_a_server_may_count_its_posts_in_numbers_that_grow_longer(stage: Stage, fake: FakeMastodon) -> None:
    fake.rules = replace(fake.rules, named=lambda _, count: str(count + 7))
    by_hand(stage, "alice", "Avant")
    by_hand(stage, "alice", "Perdu")
    for fault, out in (("lost before", None), ("lost after", "10")):
        driver, batch, key = lost(stage, stage.thread("Perdu"), fault=fault)
        found = driver.find(batch, key)
        assert (found and found[0].id) == out


def test_an_account_with_too_much_to_look_through_is_left_to_a_human(stage: Stage, fake: FakeMastodon) -> None:
    driver, batch, key = lost(stage, stage.thread("Perdu"), fault="lost before")
    by_hand(stage, "alice", "Autre")
    [page] = [{"id": each.id} for each in fake.statuses.values()]
    shown = stage.lying().fake.reply(asked(stage, "GET /api/v1/accounts/110000/statuses")[0], stage.now).body
    assert shown[0]["id"] == page["id"]
    says = Instead(fake, "GET /api/v1/accounts", lambda _: Reply(200, shown))
    with stage.answering(says), pytest.raises(CannotTell, match="too many posts to look through"):
        driver.find(batch, key)


def test_a_reply_whose_parent_is_gone_is_not_out_and_cannot_be_sent(stage: Stage) -> None:
    thread = stage.thread("Un", "Deux")
    [first] = stage.sent(stage.driver(), thread, until=1)
    driver, batch, key = lost(stage, thread, first.receipts, fault="lost before")
    driver.delete(first.receipts)
    assert driver.find(batch, key) is None


def test_a_post_that_lost_its_parent_is_left_to_a_human(stage: Stage) -> None:
    thread = stage.thread("Un", "Deux")
    [first] = stage.sent(stage.driver(), thread, until=1)
    driver, batch, key = lost(stage, thread, first.receipts)
    driver.delete(first.receipts)
    with pytest.raises(CannotTell, match=f"{named(stage, 'Deux')[0]} may be it"):
        driver.find(batch, key)


def test_a_reply_that_was_changed_by_hand_is_left_to_a_human(stage: Stage, fake: FakeMastodon) -> None:
    thread = stage.thread("Un", "Deux")
    [first] = stage.sent(stage.driver(), thread, until=1)
    driver, batch, key = lost(stage, thread, first.receipts)
    [reply] = [each for each in fake.statuses.values() if each.parent]
    reply.text, reply.edited = "Deux, corrigé", True
    with pytest.raises(CannotTell, match="may be it"):
        driver.find(batch, key)


def test_more_replies_than_pixelfed_shows_are_left_to_a_human() -> None:
    with timed(fake := FakeMastodon("pixelfed")) as (stage, _):
        thread = stage.thread("Un", "Deux")
        [first] = stage.sent(stage.driver(), thread, until=1)
        fake.sign_up("bob")
        for number in range(20):
            by_hand(stage, "bob", f"Bravo {number}", in_reply_to_id=first.receipts[0].id)
        driver, batch, key = lost(stage, thread, first.receipts)
        with pytest.raises(CannotTell, match="too many replies"):
            driver.find(batch, key)


@pytest.mark.parametrize(("fault", "found"), [("lost before", False), ("lost after", True)])
def test_many_replies_on_mastodon_are_no_reason_to_ask(stage: Stage, fake: FakeMastodon, fault: str, found: bool) -> None:
    thread = stage.thread("Un", "Deux")
    [first] = stage.sent(stage.driver(), thread, until=1)
    fake.sign_up("bob")
    for number in range(21):
        by_hand(stage, "bob", f"Bravo {number}", in_reply_to_id=first.receipts[0].id)
    driver, batch, key = lost(stage, thread, first.receipts, fault=fault)
    assert (driver.find(batch, key) is not None) == found


def test_pictures_without_words_are_known_by_their_alt_texts(stage: Stage) -> None:
    maps = [(stage.shelf.drawn("Carte du 9 mars"),), (stage.shelf.drawn("Carte du 10 mars"),)]
    for fault, found in (("lost before", False), ("lost after", True)):
        driver = stage.driver()
        stage.sent(stage.driver(), pictured(stage.thread(""), maps[0]))
        _, batch, key = lost(stage, pictured(stage.thread(""), maps[1]), fault=fault, by=driver)
        assert (driver.find(batch, key) is not None) == found


def test_a_post_that_has_only_a_content_warning_is_known_by_it(stage: Stage) -> None:
    """Without words of its own, Mastodon makes the warning its text."""
    driver, batch, key = lost(stage, options(pictured(stage.thread(""), (stage.shelf.drawn("Carte"),)), warning="Morts"))
    fake = stage.lying().fake
    assert isinstance(fake, FakeMastodon)
    [posted] = fake.statuses.values()
    posted.text = "Morts"
    assert driver.find(batch, key)


def test_text_that_the_server_trimmed_is_still_ours(stage: Stage) -> None:
    driver, batch, key = lost(stage, stage.thread("\n Un\u00a0!  \n\n"))
    assert driver.find(batch, key)
