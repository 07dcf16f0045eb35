"""X: what is sent and what comes back, what it says no to, and how a post is found whose answer was lost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from bot.core.errors import (
    CannotTell,
    Claimed,
    ConfigError,
    Halted,
    NetworkError,
    OutcomeUnknown,
    Rejected,
    StoreError,
    Transient,
    Unauthorized,
)
from bot.core.model import Facts, Limit, Receipt
from bot.networks import x
from bot.networks.base import World
from bot.networks.x import NETWORK, payload
from bot.networks.x_reading import made_at
from bot.testing.contract import ELSEWHERE, NOW, Always
from bot.testing.fakes import Notes, Shelf
from bot.testing.serving import Reply
from bot.testing.x import FakeX, account_of
from bot.testing.x_problems import No, forbidden, listed, problem
from tests.x_stage import Scene, scene

TIMELINE = "/tweets"


@pytest.fixture
def at() -> Iterator[Scene]:
    with scene() as made:
        yield made


def refused(at: Scene, *texts: str, says: No | None = None) -> NetworkError:
    """The error with which the first of these posts fails, nothing being out."""
    driver, batch = at.driver(), at.batch(*(texts or ("Un",)))
    at.fake.says += [says] if says else []
    with pytest.raises(NetworkError) as caught:
        driver.send(batch, at.stage.minted(driver, batch))
    assert at.stage.texts == []
    return caught.value


# --- what is sent ----------------------------------------------------------------------------------------------------


def test_a_post_says_no_more_than_it_must(at: Scene) -> None:
    assert payload(at.batch("Un"), []) == {"text": "Un"}


def test_a_post_has_its_pictures_and_answers_to_the_one_before_it(at: Scene) -> None:
    receipts = at.sent("Un", "Deux")[-1].receipts
    after = (Receipt("9", "", NOW), *receipts)
    assert payload(at.batch("Un", "Deux", "Trois", after=after), ["1", "2"]) == {
        "text": "Trois",
        "media": {"media_ids": ["1", "2"]},
        "reply": {"in_reply_to_tweet_id": receipts[0].id},
    }


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        ("everyone", None),
        ("following", "following"),
        ("mentioned", "mentionedUsers"),
        ("subscribers", "subscribers"),
        ("verified", "verified"),
    ],
)
def test_who_may_reply_is_said_once_where_the_thread_begins(at: Scene, chosen: str, said: str | None) -> None:
    at.stage.sent(at.driver(), at.thread("Un", "Deux", options={"replies": chosen}))
    assert [tweet.request.get("reply_settings") for tweet in at.fake.tweets] == [said, None]


def test_who_may_reply_is_not_said_again_where_a_thread_is_continued(at: Scene) -> None:
    batch = at.stage.batch(at.thread("Un", options={"replies": "following"}))
    assert "reply_settings" not in payload(replace(batch, after=(Receipt("9", "", NOW),)), [])


def test_every_choice_that_an_author_has_is_one_that_x_knows() -> None:
    options = dict(NETWORK.rules.options)
    assert options["replies"] == ("everyone", *x.REPLIES)
    assert options["made_with_ai"] == ("false", "true")


def test_what_was_made_with_ai_is_said_on_each_post(at: Scene) -> None:
    at.stage.sent(at.driver(), at.thread("Un", "Deux", options={"made_with_ai": "true"}))
    assert [tweet.request.get("made_with_ai") for tweet in at.fake.tweets] == [True, True]


def test_a_receipt_has_the_time_that_x_made_the_post_and_its_address(at: Scene) -> None:
    receipt = at.sent("Un")[0].receipts[0]
    assert receipt.at == at.clock.now()
    assert receipt.url == f"https://x.com/afp/status/{receipt.id}"


def test_a_thread_is_one_commit_a_post(at: Scene) -> None:
    at.sent("Un", "Deux", "Trois")
    assert [(each.method, each.path) for each in at.server.requests] == [("POST", "/2/tweets")] * 3


# --- what comes back -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"data": None},
        {"data": {"id": 7}},
        {"data": {"id": "one"}},
        {"data": {"id": "1" * 20}},
        {"errors": [{"title": "Odd"}]},
    ],
)
def test_a_post_that_was_taken_without_an_id_is_to_be_looked_for(at: Scene, body: dict[str, Any]) -> None:
    driver, batch = at.driver(), at.batch("Un")
    with at.stage.answering(Answering(201, body)), pytest.raises(OutcomeUnknown):
        driver.send(batch, at.stage.minted(driver, batch))


def test_an_id_with_errors_beside_it_is_a_success(at: Scene) -> None:
    driver, batch = at.driver(), at.batch("Un")
    body = {"data": {"id": "1212092628029698048", "text": "Un"}, "errors": [{"title": "Odd", "detail": "duplicate content"}]}
    with at.stage.answering(Answering(201, body)):
        assert driver.send(batch, at.stage.minted(driver, batch))[0].id == "1212092628029698048"


class Answering:
    """A network that gives everybody the same body."""

    def __init__(self, status: int, body: Any) -> None:
        self.status, self.body = status, body

    def reply(self, _request: object, _now: datetime) -> Reply:
        return Reply(self.status, self.body)


# --- what X says no to -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("older", [False, True])
def test_both_shapes_of_a_refusal_are_read(older: bool) -> None:
    with scene(FakeX(older=older)) as at:
        at.sent("Un")
        driver, batch = at.driver(), at.batch("Un")
        with pytest.raises(Claimed):
            driver.send(batch, at.stage.minted(driver, batch))
        too_long = at.batch("a" * 281)
        with pytest.raises(Rejected, match="length = 280"):
            driver.send(too_long, at.stage.minted(driver, too_long))


def test_credits_that_are_used_up_halt_the_thread_and_say_where_to_pay() -> None:
    with scene(FakeX(credits=Decimal("0.01"))) as at:
        driver, thread = at.driver(), at.thread("Un", "Deux")
        first = at.stage.sent(driver, thread, until=1)
        with pytest.raises(Halted, match=r"top up at console\.x\.com$"):
            at.stage.sent(driver, thread, after=first[0].receipts)
        assert at.stage.texts == ["Un"]
        at.fake.credits = Decimal(5)
        at.stage.sent(driver, thread, after=first[0].receipts)
        assert at.stage.texts == ["Un", "Deux"]


def test_more_than_one_cashtag_is_said_in_words(at: Scene) -> None:
    assert "$TICKER" in str(refused(at, "$AAPL and $MSFT"))


def test_a_reply_to_a_stranger_who_never_mentioned_us_is_refused_and_one_to_ourselves_is_not(at: Scene) -> None:
    stranger = at.fake.by_hand(at.fake.gate.person("reuters"), "Hello", at.clock.now())
    driver, batch = at.driver(), at.batch("Un", "Deux", after=[Receipt(stranger.id, "", NOW)])
    with pytest.raises(Rejected, match="have not been mentioned"):
        driver.send(batch, at.stage.minted(driver, batch))
    at.sent("Un", "Deux")
    assert at.stage.texts == ["Hello", "Un", "Deux"]


def test_a_parent_that_is_gone_is_said(at: Scene) -> None:
    sent = at.sent("Un")[0]
    at.fake.tweets[0].live = False
    driver, batch = at.driver(), at.batch("Un", "Deux", after=sent.receipts)
    with pytest.raises(Rejected, match="the post before it is gone"):
        driver.send(batch, at.stage.minted(driver, batch))


@pytest.mark.parametrize(
    ("says", "kind"),
    [
        (forbidden("Your account is suspended."), Rejected),
        (problem(403, "Forbidden", "insufficient scope"), Unauthorized),
        (listed(403, 453, "You currently have access to a subset"), Rejected),
        (problem(401, "Unauthorized", "Unauthorized"), Unauthorized),
    ],
)
def test_a_no_has_its_kind(at: Scene, says: No, kind: type[NetworkError]) -> None:
    assert type(refused(at, says=says)) is kind


def test_a_clock_that_is_wrong_is_said_where_x_takes_no_signature(at: Scene) -> None:
    at.fake.gate.tolerance = 300.0
    driver = x.Poster(at.account, World(at.stage.shelf, at.stage.shelf.picture), lambda: at.clock.now() + timedelta(hours=1))
    driver.open()
    batch = at.batch("Un")
    with pytest.raises(Unauthorized, match="this machine's clock"):
        driver.send(batch, at.stage.minted(driver, batch))
    driver.close()


def test_too_many_posts_wait_until_the_window_is_over(at: Scene) -> None:
    at.fake.used["POST /2/tweets", at.person.id] = at.clock.now(), 100
    error = refused(at)
    assert isinstance(error, Transient)
    assert 899 <= (error.retry_after or 0) <= 902


def test_a_post_of_25_000_characters_goes_out_where_the_account_may() -> None:
    text = "long " * 4999 + "end"
    with scene(FakeX(length=25_000), length="25000") as at:
        sent = at.sent(text)[0]
        assert at.stage.texts == [text]
        assert at.driver().find(sent.batch, sent.key) == sent.receipts


# --- whose account ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("missing", x.SECRETS)
def test_the_four_keys_belong_together(at: Scene, missing: str) -> None:
    secrets = {name: read for name, read in at.account.secrets.items() if name != missing}
    driver = at.stage.made(replace(at.account, secrets=secrets))
    with pytest.raises(Unauthorized, match=f"bird: {missing} .*belong together"):
        driver.open()


def test_without_keys_and_without_an_app_both_ways_are_said(at: Scene) -> None:
    with pytest.raises(Unauthorized, match="client_id, then threadbot login bird"):
        at.stage.made(replace(at.account, secrets={})).open()


def test_the_four_keys_are_used_where_an_app_is_named_too(at: Scene) -> None:
    driver = at.stage.made(replace(at.account, settings={**at.account.settings, "client_id": "app"}))
    driver.open()
    batch = at.batch("Un")
    driver.send(batch, at.stage.minted(driver, batch))
    assert at.server.requests[0].headers["authorization"].startswith("OAuth ")


def test_a_wrong_secret_is_refused_by_x(at: Scene) -> None:
    secrets = {**at.account.secrets, "access_token_secret": lambda: "wrong"}
    driver, batch = at.stage.made(replace(at.account, secrets=secrets)), at.batch("Un")
    driver.open()
    with pytest.raises(Unauthorized, match="threadbot login bird"):
        driver.send(batch, at.stage.minted(driver, batch))


def test_opening_asks_nobody_and_costs_nothing(at: Scene) -> None:
    at.driver().signed()
    assert at.server.requests == []


def test_what_is_left_of_the_limit_is_kept_for_the_next_process(at: Scene) -> None:
    stage = replace(at.stage, network=NETWORK)  # by the machine's own clock, as the wire
    driver, batch = stage.driver(), at.batch("Un")
    driver.send(batch, stage.minted(driver, batch))
    heard = driver.signed().limits
    assert [(limit.name, limit.left, limit.total) for limit in heard] == [("posts", 99, 100)]
    driver.close()
    assert stage.driver().signed().limits == heard


def test_a_vault_that_takes_nothing_is_no_reason_to_fail_for_what_may_be_asked_again(at: Scene) -> None:
    class Full(Shelf):
        def put(self, account: str, session: Mapping[str, Any]) -> None:  # noqa: ARG002
            raise StoreError("no space left")

    driver, batch = at.stage.made(shelf=Full()), at.batch("Un")
    driver.open()
    driver.send(batch, at.stage.minted(driver, batch))
    driver.close()


def test_a_limit_is_whole_again_when_its_window_is_over(at: Scene) -> None:
    resets = at.clock.now() + timedelta(minutes=15)
    at.stage.shelf.put("bird", {"for": "x.com/afp", "limit": {"left": 3, "total": 100, "resets": resets.isoformat()}})
    assert at.driver().signed().limits == (Limit("posts", 3, 100, resets),)
    at.clock.wait(1000)
    assert at.driver().signed().limits == (Limit("posts", 100, 100),)


@pytest.mark.parametrize(
    "odd", [7, {"left": "x", "total": 1, "resets": None}, {"left": 1}, {"left": 1, "total": 2, "resets": "x"}]
)
def test_a_limit_that_cannot_be_read_is_none(at: Scene, odd: object) -> None:
    at.stage.shelf.put("bird", {"for": "x.com/afp", "limit": odd})
    assert at.driver().signed().limits == ()


# --- what may be out -------------------------------------------------------------------------------------------------


def found(at: Scene, *texts: str, after: tuple[Receipt, ...] = ()) -> tuple[Receipt, ...] | None:
    batch = at.batch(*texts, after=after)
    driver = at.driver()
    return driver.find(batch, at.stage.minted(driver, batch))


@pytest.mark.parametrize(
    "text",
    [
        "Lire https://afp.com/a?b=1&c=2#d, example.com/Été/ et <b>R&D</b> &amp; https://bücher.com",
        "Nur Text",
        "https://afp.com/",
    ],
)
def test_a_first_post_is_found_though_x_changed_its_looks(at: Scene, text: str) -> None:
    driver = at.driver()
    thread = at.thread(text, "Deux", pictures=[at.stage.shelf.drawn("Une carte")])
    sent = at.stage.sent(driver, thread)
    assert [at.driver().find(each.batch, each.key) for each in sent] == [each.receipts for each in sent]


def test_a_post_that_is_not_in_the_list_yet_is_there_when_it_has_settled() -> None:
    with scene(FakeX(lag=20.0)) as at:
        sent = at.sent("Un")[0]
        assert at.driver().find(sent.batch, sent.key) is None
        at.clock.wait(NETWORK.rules.settle)
        assert at.driver().find(sent.batch, sent.key) == sent.receipts


def test_a_duplicate_is_our_own_lost_post(at: Scene) -> None:
    driver, batch = at.driver(), at.batch("Un")
    key = at.stage.minted(driver, batch)
    at.server.plan({0: "lost after"})
    with pytest.raises(OutcomeUnknown):
        driver.send(batch, key)
    with pytest.raises(Claimed):
        driver.send(batch, key)
    assert (driver.find(batch, key) or ())[0].id == at.fake.tweets[0].id


def test_the_same_words_of_an_earlier_day_are_not_ours(at: Scene) -> None:
    at.sent("Bonjour")
    at.clock.wait(2 * 86_400)
    assert found(at, "Bonjour") is None


def test_the_look_up_asks_for_no_more_than_it_needs(at: Scene) -> None:
    first = at.sent("Un")[0]
    found(at, "Un", "Deux", after=first.receipts)
    asked = at.asked(TIMELINE, "GET")[-1]
    assert asked.query["since_id"] == first.receipts[0].id
    assert "exclude" not in asked.query
    assert asked.path == f"/2/users/{at.person.id}/tweets"


def test_the_look_up_for_a_first_post_goes_back_a_day_and_some_and_no_further(at: Scene) -> None:
    found(at, "Un")
    since = made_at(at.asked(TIMELINE, "GET")[-1].query["since_id"])
    assert timedelta(hours=26) <= at.clock.now() - since < timedelta(hours=26, seconds=1)


def test_a_first_post_is_found_though_our_clock_is_some_minutes_ahead(at: Scene) -> None:
    driver, batch = at.driver(), at.batch("Un")
    key = driver.mint(batch, at.clock.now() + timedelta(minutes=4))
    assert driver.find(batch, key) is None
    assert driver.send(batch, key) == driver.find(batch, key)


def test_many_posts_since_are_read_page_by_page(at: Scene) -> None:
    sent = at.sent("Un")[0]
    for number in range(250):
        at.fake.by_hand(at.person, f"by hand {number}", at.clock.now())
    assert at.driver().find(sent.batch, sent.key) == sent.receipts
    assert len(at.asked(TIMELINE, "GET")) == 3


def test_a_list_that_never_ends_cannot_tell(at: Scene) -> None:
    body = {"data": [{"id": "1", "text": "x", "conversation_id": "1"}], "meta": {"next_token": "on"}}
    with at.stage.answering(Answering(200, body)), pytest.raises(CannotTell, match="more than 2000 posts"):
        found(at, "Un")


@pytest.mark.parametrize("status", [400, 403, 404, 422])
def test_a_look_up_that_is_refused_decides_nothing(at: Scene, status: int) -> None:
    with at.stage.answering(Always(status)), pytest.raises(CannotTell, match=r"look at https://x\.com/afp"):
        found(at, "Un")


def test_an_empty_answer_to_a_look_up_is_no_answer(at: Scene) -> None:
    with at.stage.answering(Answering(200, {})), pytest.raises(Transient):
        found(at, "Un")


def test_a_look_up_without_credits_halts() -> None:
    with scene(FakeX(credits=Decimal(0))) as at, pytest.raises(Halted):
        found(at, "Un")


def test_an_answer_given_by_hand_in_our_place_is_for_a_human(at: Scene) -> None:
    first = at.sent("Un")[0]
    at.clock.wait(1)
    by_hand = at.fake.by_hand(at.person, "Correction", at.clock.now(), at.fake.tweets[0])
    with pytest.raises(CannotTell, match=by_hand.id):
        found(at, "Un", "Deux", after=first.receipts)


def test_the_number_of_the_account_is_asked_once_where_the_token_does_not_say_it() -> None:
    with scene(tokens=True) as at:
        sent = at.sent("Un")[0]
        for _ in range(2):
            assert at.driver().find(sent.batch, sent.key) == sent.receipts
        assert len(at.asked("/2/users/me")) == 1
        assert at.kept["user_id"] == at.person.id


def test_what_was_kept_of_another_account_is_not_ours() -> None:
    with scene() as at:
        secrets = {**at.account.secrets, "access_token": lambda: "without a number"}
        at.stage.shelf.put("bird", {"for": "x.com/other", "user_id": "1", "limit": {"left": 1, "total": 2, "resets": None}})
        driver = at.stage.made(replace(at.account, secrets=secrets))
        driver.open()
        assert driver.signed().limits == ()
        with pytest.raises(Unauthorized):  # X is asked, and does not know that token
            driver.find(at.batch("Un"), {"at": at.clock.now().isoformat()})
        assert [each.path for each in at.server.requests] == ["/2/users/me"]


def test_keys_of_another_account_than_the_config_names_are_said() -> None:
    with scene(tokens=True) as at:
        at.fake.gate.grants[0].person = at.fake.gate.person("reuters")
        with pytest.raises(Unauthorized, match="signed in as @reuters, but the config says @afp"):
            found(at, "Un")


# --- afterwards ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "form",
    [
        "https://x.com/afp/status/{}",
        "https://twitter.com/AFP/status/{}?s=20&t=x",
        "https://www.x.com/afp/status/{}/photo/1",
        "https://mobile.twitter.com/afp/statuses/{}",
        "https://x.com/i/status/{}",
        "https://x.com/i/web/status/{} ",
    ],
)
def test_an_address_that_people_copy_is_understood(at: Scene, form: str) -> None:
    sent = at.sent("Un")[0]
    assert at.driver().adopt(sent.batch, sent.key, form.format(sent.receipts[0].id)) == sent.receipts


@pytest.mark.parametrize(
    "url",
    [
        ELSEWHERE,
        "https://x.com/afp",
        "https://x.com/afp/status/",
        "https://x.com/afp/status/12a",
        "https://x.com.evil.example/afp/status/1",
        "https://evil.example/x.com/afp/status/1",
        "https://x.com/reuters/status/1",
        "1212092628029698048",
    ],
)
def test_an_address_of_something_else_is_not(at: Scene, url: str) -> None:
    batch = at.batch("Un")
    with pytest.raises(Rejected):
        at.driver().adopt(batch, {}, url)


def test_posts_are_removed_the_last_first(at: Scene) -> None:
    receipts = tuple(receipt for sent in at.sent("Un", "Deux", "Trois") for receipt in sent.receipts)
    at.driver().delete(receipts)
    removed = [each.path.rpartition("/")[2] for each in at.server.requests if each.method == "DELETE"]
    assert removed == [receipt.id for receipt in reversed(receipts)]


@pytest.mark.parametrize(
    "answer", [Answering(204, b""), Answering(200, {"data": {"deleted": True}}), Answering(404, {"title": "x"})]
)
def test_what_is_gone_is_gone_however_it_is_said(at: Scene, answer: Answering) -> None:
    with at.stage.answering(answer):
        at.driver().delete((Receipt("1", "", NOW),))


@pytest.mark.parametrize("answer", [Answering(200, {"data": {"deleted": False}}), Answering(404, b"<html>"), Always(403)])
def test_what_x_keeps_is_said(at: Scene, answer: Any) -> None:
    with at.stage.answering(answer), pytest.raises(Rejected):
        at.driver().delete((Receipt("1", "", NOW),))


def test_a_post_of_somebody_else_is_not_removed(at: Scene) -> None:
    other = at.fake.by_hand(at.fake.gate.person("reuters"), "Hello", at.clock.now())
    with pytest.raises(Rejected, match="not authorized"):
        at.driver().delete((Receipt(other.id, "", NOW),))
    assert at.stage.texts == ["Hello"]


# --- the config ------------------------------------------------------------------------------------------------------


def test_the_config_says_how_long_posts_may_be(at: Scene) -> None:
    longer = account_of(at.person, "", length="25000")
    assert x.facts(at.account, frozenset(), Notes()) == Facts()
    assert x.facts(longer, frozenset(), Notes()) == Facts(rules=replace(NETWORK.rules, length=25_000))


@pytest.mark.parametrize("length", ["279", "25001", "280.5", "", "many", "²"])
def test_a_length_that_no_account_has_is_a_fault_of_the_config(at: Scene, length: str) -> None:
    with pytest.raises(ConfigError, match=r"accounts\.bird\.length: a whole number from 280 to 25000"):
        x.facts(account_of(at.person, "", length=length), frozenset(), Notes())


def test_three_of_the_four_keys_are_a_fault_of_the_config(at: Scene) -> None:
    partly = replace(at.account, secrets={name: read for name, read in at.account.secrets.items() if name != "access_token"})
    with pytest.raises(ConfigError, match="without access_token: the four keys belong together"):
        x.facts(partly, frozenset(), Notes())
