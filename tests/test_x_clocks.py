"""X has no key, and goes by its own clock: neither a clock of ours that is wrong nor keys of another account lead astray."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.core.delivery import State
from bot.core.errors import CannotTell, OutcomeUnknown, Unauthorized
from bot.networks.base import Batch
from bot.networks.x import Poster
from bot.testing.house import House
from bot.testing.lies import http_date
from bot.testing.serving import Reply, Request
from bot.testing.x import FakeX, account_of
from tests.x_stage import Scene, scene

WRONG = [timedelta(minutes=-10), timedelta(minutes=10), timedelta(days=-1), timedelta(days=1)]


@dataclass
class Apart:
    """A network whose clock is not ours, and which says so in each answer (or says `date`)."""

    fake: Any
    behind: timedelta
    date: str | None = None

    def reply(self, request: Request, now: datetime) -> Reply:
        theirs = now - self.behind
        reply: Reply = self.fake.reply(request, theirs)
        return replace(reply, headers={**reply.headers, "date": http_date(theirs) if self.date is None else self.date})


@contextmanager
def apart(ours_ahead: timedelta, tokens: bool = True, date: str | None = None) -> Iterator[Scene]:
    """A scene in which our clock is so far ahead of X's, which refuses no duplicates: only looking keeps a post single."""
    with scene(FakeX(memory=timedelta()), tokens=tokens) as at, at.stage.answering(Apart(at.fake, ours_ahead, date)):
        yield at


def lost(at: Scene, driver: Poster, minted: datetime, *texts: str) -> tuple[Batch, dict[str, Any]]:
    """A first post under a key that was minted then, whose answer was lost."""
    batch = at.batch(*texts)
    key = dict(driver.mint(batch, minted))
    at.server.plan({0: "lost after"})
    with pytest.raises(OutcomeUnknown):
        driver.send(batch, key)
    return batch, key


@pytest.mark.parametrize("tokens", [False, True])
@pytest.mark.parametrize("ahead", WRONG)
def test_a_clock_that_is_always_wrong_hides_no_post(tmp_path: Path, ahead: timedelta, tokens: bool) -> None:
    with apart(ahead, tokens) as at, House(at.stage, tmp_path) as house:
        plan = house.seal(at.stage.thread("Un", "Deux"))
        at.server.plan({0: "lost after"})
        assert house.publish(plan, runs=6) == {State.DONE}
        assert at.stage.texts == ["Un", "Deux"]


@pytest.mark.parametrize("ahead", WRONG)
def test_a_clock_that_is_always_wrong_takes_no_older_post_for_ours(ahead: timedelta) -> None:
    with apart(ahead) as at:
        older = at.fake.by_hand(at.person, "Un", at.clock.now() - ahead - timedelta(hours=1))
        driver, batch = at.driver(), at.batch("Un")
        with pytest.raises(CannotTell, match=f"older than this, or .* – the post {older.id} – look at https://x.com/afp"):
            driver.find(batch, driver.mint(batch, at.clock.now()))


@pytest.mark.parametrize("ahead", [timedelta(minutes=10), timedelta(days=1)])
def test_a_post_whose_key_is_of_a_time_before_the_clock_was_mended_is_for_a_human(ahead: timedelta) -> None:
    with scene() as at:
        driver = at.driver()
        batch, key = lost(at, driver, at.clock.now() + ahead, "Un")
        with pytest.raises(CannotTell, match=at.fake.tweets[0].id):
            driver.find(batch, key)


@pytest.mark.parametrize("ahead", [timedelta(minutes=10), timedelta(days=1)])
@pytest.mark.parametrize("date", ["", "noon", "Thu, 01 Jan 1970 00:00:00 GMT", "Fri, 31 Dec 9999 23:59:59 GMT"])
def test_where_x_does_not_say_what_time_it_is_a_human_is_asked(ahead: timedelta, date: str) -> None:
    with apart(ahead, date=date) as at:
        driver = at.driver()
        batch, key = lost(at, driver, at.clock.now(), "Un")
        with pytest.raises(CannotTell, match=at.fake.tweets[0].id):
            driver.find(batch, key)


@pytest.mark.parametrize(("always", "hours"), [(True, 0), (True, 30), (False, 0)])
def test_a_clock_that_is_wrong_by_more_than_is_looked_through_is_said(always: bool, hours: int) -> None:
    ahead = timedelta(days=2)
    with apart(ahead if always else timedelta()) as at:
        driver = at.driver()
        batch, key = lost(at, driver, at.clock.now() + (timedelta() if always else ahead), "Un")
        at.clock.wait(hours * 3600)
        with pytest.raises(CannotTell, match="clock was more than a day ahead"):
            driver.find(batch, key)


# --- keys of another account -----------------------------------------------------------------------------------------


def test_keys_of_another_account_neither_look_nor_go_on_nor_remove() -> None:
    with scene() as at:
        driver = at.driver()
        thread = at.thread("Un", "Deux")
        [sent] = at.stage.sent(driver, thread, until=1)
        reuters = at.fake.gate.person("reuters")
        other = at.stage.made(replace(at.account, secrets=account_of(reuters, at.server.url).secrets))
        other.open()
        asked, batch = len(at.server.requests), at.stage.batch(thread, sent.receipts)
        for act in (
            lambda: other.find(sent.batch, sent.key),
            lambda: other.send(sent.batch, sent.key),
            lambda: other.mint(batch, at.clock.now()),
            lambda: other.delete(sent.receipts),
        ):
            with pytest.raises(Unauthorized, match="belong to another account now"):
                act()
        assert (len(at.server.requests), at.stage.texts) == (asked, ["Un"])


def test_what_was_begun_before_keys_named_their_account_goes_on() -> None:
    with scene() as at:
        driver, thread = at.driver(), at.thread("Un", "Deux")
        [sent] = at.stage.sent(driver, thread, until=1)
        old = replace(sent.receipts[0], ref={})
        batch = at.stage.batch(thread, [old])
        driver.send(batch, {"at": at.clock.now().isoformat()})
        assert at.stage.texts == ["Un", "Deux"]
