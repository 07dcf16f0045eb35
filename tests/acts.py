"""One thread under one schedule, from its first life to its last, and the human who helps: was each word of `status` true?"""

from __future__ import annotations

import shutil
import signal
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from bot.core.delivery import IN_DOUBT, State
from bot.core.errors import PlanError
from bot.core.model import Receipt, Thread
from bot.engine import mending
from bot.networks.base import Batch, Key, World
from bot.store.standings import Standing
from bot.store.store import Store
from bot.testing.schedules import Schedule
from bot.testing.stage import Seen
from tests.lives import BROKEN, DONE, STOPPED, Home, live
from tests.scenes import EXPECTED, TEXTS
from tests.theatre import Looked, Theatre

LIVES = 20  # of one thread: more, and it never ends
HUMANS = 6  # how often a human may have to help


@dataclass
class Tally:
    """What became of all schedules of a scene."""

    schedules: int = 0
    faults: Counter[str] = field(default_factory=Counter)  # those that were told, by kind
    deaths: int = 0  # at a commit of the store
    restarts: int = 0
    alone: int = 0
    human: int = 0
    duplicates: int = 0
    lost: int = 0
    disordered: int = 0
    untrue: int = 0  # a status that was not so
    said: list[str] = field(default_factory=list)  # what went wrong, and under which schedule

    def add(self, other: Tally) -> None:
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)

    @property
    def good(self) -> bool:
        return not self.said and not (self.duplicates or self.lost or self.disordered or self.untrue)


class Act:
    """One thread under one schedule: lives until it is done, and the human who helps."""

    def __init__(self, theatre: Theatre, home: Home, schedule: Schedule) -> None:
        self.theatre, self.home, self.schedule = theatre, home, schedule
        self.tally = Tally(schedules=1)

    def run(self) -> None:
        helped = 0
        for _ in range(LIVES):
            code = live(self.home, self.schedule.deaths)
            if code == DONE:
                break
            if code == STOPPED:
                helped += 1
                self._help()
                if helped > HUMANS:
                    break
            elif code == -signal.SIGKILL:
                self.tally.restarts += 1
                self._check(stopped=False)
            else:
                self._say(f"the engine ended with {code}" + " (a fault)" * (code == BROKEN))
                break
        self.tally.human, self.tally.alone = int(helped > 0), int(not helped)
        self._judge()

    def _help(self) -> None:
        """What a human does: read the status, look at the network, and say what is so."""
        home, looked = self.home, self.theatre.look()
        standing = self._check(stopped=True)
        with home.store() as store:
            if "threadbot login" in standing.posts[(standing.decisive or 1) - 1].why:
                store.vault.put(home.account.name, self.theatre.login())
            try:
                helped(home, store, standing, looked)
            except PlanError as error:  # what is out is not what the ledger knows of
                self._say(f"a human cannot say what is so: {error}")

    def _check(self, stopped: bool) -> Standing:
        """How the thread stands, and whether that is so."""
        looked = self.theatre.look()
        with self.home.store() as store:
            standing = self.home.standing(store)
        for lie in untrue(standing, looked.seen, stopped):
            self.tally.untrue += 1
            self._say(lie)
        return standing

    def _judge(self) -> None:
        looked = self.theatre.look()
        self.tally.faults.update(fault for fault, _ in looked.told)
        self.tally.deaths = self.tally.restarts - sum(fault.startswith("killed") for fault, _ in looked.told)
        texts = Counter(seen.text for seen in looked.seen)
        self.tally.duplicates = sum(number - 1 for number in texts.values())
        self.tally.lost = sum(text not in texts for text in TEXTS)
        self.tally.disordered = int(not self.tally.duplicates and not self.tally.lost and list(looked.seen) != EXPECTED)
        with self.home.store() as store:
            posts = self.home.standing(store).posts
        links = [post.receipt.url for post in posts if post.receipt and post.state is State.DONE]
        if links != list(looked.urls):
            self.tally.untrue += 1
            self._say(f"the links are {links}, and should be {looked.urls}")
        if self.tally.duplicates or self.tally.lost or self.tally.disordered:
            self._say(f"out are {[seen.text for seen in looked.seen]}, {[str(post.state) for post in posts]}")

    def _say(self, what: str) -> None:
        self.tally.said.append(f"{self.schedule}: {what}")


def untrue(standing: Standing, seen: Sequence[Seen], stopped: bool) -> Iterator[str]:
    """What a status says that is not so: what is done is out, what is in doubt may be, and, where it stopped for a human,
    nothing else is."""
    if list(seen) != EXPECTED[: len(seen)]:
        yield f"out are {[each.text for each in seen]}, which is no beginning of the thread"
    for post, text in zip(standing.posts, TEXTS, strict=True):
        there = any(each.text == text for each in seen)
        if (post.state is State.DONE and not there) or (stopped and there and post.state not in {State.DONE, *IN_DOUBT}):
            yield f"“{text}” is {post.state}, and {'out' if there else 'not out'}"


def helped(home: Home, store: Store, standing: Standing, looked: Looked) -> None:
    """A human asks again for what failed, says what became of what nobody could tell, ends a pause."""
    now, number = home.clock.now(), standing.decisive
    assert number is not None, "it stopped for something"
    if standing.paused:
        mending.resume(store, home.plan, home.plan.threads, now)
    elif standing.posts[number - 1].state is not State.PARKED:
        mending.retry(store, home.plan, home.plan.threads, now)
    else:
        live = any(seen.text == TEXTS[number - 1] for seen in looked.seen)
        doubt = mending.doubt(store, home.plan, number, (), live)
        mending.resolve(store, doubt, adopting(home, store, looked.urls[doubt.last - 1]) if live else None, now)


def adopting(home: Home, store: Store, url: str) -> mending.Adopt:
    """The receipts for an address that somebody saw."""

    def adopt(_thread: Thread, batch: Batch, key: Key) -> tuple[Receipt, ...]:
        assert home.network.connect, "it publishes"
        driver = home.network.connect(home.account, World(store.vault, store.picture))
        try:
            return driver.adopt(batch, key, url)
        finally:
            driver.close()

    return adopt


def play(theatre: Theatre, schedule: Schedule) -> Tally:
    """What becomes of a thread under a schedule."""
    home = theatre.home(schedule)
    act = Act(theatre, home, schedule)
    try:
        act.run()
    finally:
        shutil.rmtree(home.folder)
    return act.tally
