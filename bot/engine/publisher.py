"""The only loop in the house: it asks `next_step` what to do, does it, and writes down what came of it.

Before anything is sent a line says so, on disk; whatever dies, the next run reads the ledger and goes on from there.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from itertools import count, takewhile
from typing import TypeVar

from bot.core.delivery import Event, Kind, Progress, State
from bot.core.errors import BotError, CannotTell, Claimed, Halted, NetworkError, OutcomeUnknown, StoreError, Transient
from bot.core.model import Receipt, Thread
from bot.core.rules import overfull
from bot.core.steps import Done, Find, Remove, Send, Stop, Wait, next_step, patience, receipts
from bot.engine.clock import Clock
from bot.engine.retry import later, repeated
from bot.networks.base import Batch, Driver, Key, Network
from bot.store.ledger import Lease, Ledger, ThreadPaused

LINGER = timedelta(seconds=30)  # a wait that is not worth a new start
ARRIVAL = timedelta(seconds=30)  # what was lost may yet arrive: under its key that does no harm, but it must not be called gone
CLAIMED = "the network says that it has this already, but it is not among the account's posts"
T = TypeVar("T")
Tell = Callable[[Thread, Event], None]


@dataclass
class Publisher:
    """Publishes one thread, or removes it, under one lease. `before` are the receipts of what the thread goes on from."""

    thread: Thread
    network: Network
    connect: Callable[[], Driver]
    ledger: Ledger
    lease: Lease
    clock: Clock
    tell: Tell
    before: tuple[Receipt, ...] = ()
    driver: Driver | None = None
    opened: bool = False
    shut: NetworkError | None = None  # why nobody can sign in

    def run(self) -> None:
        """Until the thread is done, waits for long, stops for a human, is paused, or a clean stop is asked for."""
        try:
            self._run()
        except ThreadPaused:
            pass  # somebody said so just now: nothing was sent
        finally:
            if self.driver is not None:
                with suppress(Exception):  # whatever is wrong with it: what happened is written down
                    self.driver.close()

    def _run(self) -> None:
        lease = self.lease
        while not self.clock.stopping and not self.ledger.paused(lease.digest, lease.account):
            posts = self.ledger.progress(lease.digest, lease.account, lease.total)
            match next_step(posts, self._together(posts), self.clock.now()):
                case Send() as step:
                    self._send(step, posts)
                case Find() as step:
                    self._find(step, posts)
                case Remove() as step:
                    self._remove(step, posts)
                case Wait(until=until) if until - self.clock.now() <= LINGER:
                    self.clock.wait((until - self.clock.now()).total_seconds())
                case Wait() | Stop() | Done():
                    return

    def _together(self, posts: tuple[Progress, ...]) -> int:
        """How many posts one commit takes from the first that is not out."""
        out = sum(1 for _ in takewhile(lambda post: post.state is State.DONE, posts))
        rest = self.thread.posts[out:]
        return max(1, self._asked(lambda: self.network.batch(self.thread, rest))) if rest else 1

    def _send(self, step: Send, posts: tuple[Progress, ...]) -> None:
        if why := overfull(self.thread.posts):  # before the first of them: half a thread would be worse than none
            said = "drop this plan with threadbot cancel, and publish the draft anew"
            self._write(step, Kind.REFUSED, why=f"{self.thread.account}: {why} – {said}")
            return
        batch = self._carried(step, posts)
        try:
            driver = self._open()
            key = step.key if step.key is not None else self._asked(lambda: driver.mint(batch, self.clock.now()))
        except (Transient, Halted) as error:
            self._put_off(step, error)
            return
        except NetworkError as error:  # nothing was even tried
            self._write(step, Kind.REFUSED, why=str(error))
            return
        # Minted once and on disk before the call: a repeat with a fresh key would be a second post.
        self._write(step, Kind.INTENDED, key=key)
        try:
            given = repeated(self._unless_paused(lambda: driver.send(batch, key)), self.clock)
        except ThreadPaused as error:  # between two tries, of which none did anything
            self._write(step, Kind.DEFERRED, why=str(error))
        except (Transient, Halted) as error:
            self._put_off(step, error)
        except (OutcomeUnknown, CannotTell) as error:
            self._write(step, Kind.DOUBTED, why=str(error))
        except Claimed as error:
            self._write(step, Kind.CLAIMED, why=str(error))
        except (NetworkError, StoreError) as error:  # a sealed picture may be damaged: then nothing was committed
            self._refused(step, driver, batch, key, str(error))
        else:
            self._write(step, Kind.PUBLISHED, receipts=given)

    def _unless_paused(self, verb: Callable[[], T]) -> Callable[[], T]:
        """The verb, for several tries; from the second on it first asks whether somebody has paused the thread meanwhile."""
        tries = count()

        def tried() -> T:
            if next(tries) and (why := self.ledger.paused(self.lease.digest, self.lease.account)):
                raise ThreadPaused(f"{self.thread.account}: paused: {why}")
            return self._asked(verb)

        return tried

    def _refused(self, step: Send, driver: Driver, batch: Batch, key: Key, why: str) -> None:
        """Where an answer was lost before, the network may refuse the repeat because the first one is out: look."""
        try:
            found = repeated(lambda: self._asked(lambda: driver.find(batch, key)), self.clock) if step.doubts else None
        except NetworkError as error:
            self._write(step, Kind.DOUBTED, why=f"{why}; {error}")
        else:
            self._write(step, Kind.PUBLISHED, receipts=found) if found else self._write(step, Kind.REFUSED, why=why)

    def _find(self, step: Find, posts: tuple[Progress, ...]) -> None:
        batch = self._carried(step, posts)
        if step.died:
            self._write(step, Kind.DOUBTED, why="interrupted while it was being sent")
            return
        try:
            driver = self._open()
            given = repeated(lambda: self._asked(lambda: driver.find(batch, step.key)), self.clock)
        except (Transient, OutcomeUnknown, Halted) as error:
            self._put_off(step, error)
        except NetworkError as error:  # also Unauthorized: whoever cannot look must not send
            self._write(step, Kind.UNKNOWABLE, why=str(error))
        else:
            self._found(step, given)

    def _found(self, step: Find, given: tuple[Receipt, ...] | None) -> None:
        settle = timedelta(seconds=self.network.rules.settle)
        settled = step.lost + (max(settle, ARRIVAL) if step.recalled else settle)
        if given is not None:
            self._write(step, Kind.PUBLISHED, receipts=given)
        elif self.clock.now() < settled:
            self._write(step, Kind.DEFERRED, until=settled, why="not to be seen yet")
        elif step.claimed:
            self._write(step, Kind.UNKNOWABLE, why=CLAIMED)
        else:
            self._write(step, Kind.ABSENT, until=self.clock.now() + patience(step.doubts), why="it is not out")

    def _remove(self, step: Remove, posts: tuple[Progress, ...]) -> None:
        given = receipts(posts[step.first - 1 : step.last])
        try:
            driver = self._open()
            repeated(lambda: self._asked(lambda: driver.delete(given)), self.clock)
        except (Transient, OutcomeUnknown, Halted) as error:  # removing may be repeated
            self._put_off(step, error)
        except NetworkError as error:
            # the answer to an earlier try may have been lost, and the repeat refused because the post is gone
            gone = self.opened and self._gone(step, posts)
            self._write(step, Kind.REMOVED if gone else Kind.KEPT, why=str(error))
        else:
            self._write(step, Kind.REMOVED)

    def _gone(self, step: Remove, posts: tuple[Progress, ...]) -> bool:
        """Whether posts that were out for long enough to be seen are not to be found."""
        first, driver = posts[step.first - 1], self._open()
        seen_by = receipts(posts[step.first - 1 : step.last])[-1].at + timedelta(seconds=self.network.rules.settle)
        if first.key is None or first.batch != (step.first, step.last) or self.clock.now() < seen_by:
            return False
        batch, key = self._carried(step, posts), first.key
        try:
            return repeated(lambda: self._asked(lambda: driver.find(batch, key)), self.clock) is None
        except NetworkError:
            return False

    def _put_off(self, step: Send | Find | Remove, error: NetworkError) -> None:
        """Nothing happened: later, or when a human has seen to it."""
        if isinstance(error, Halted):
            self._write(step, Kind.DEFERRED, paused=str(error), why=str(error))
        else:
            self._write(step, Kind.DEFERRED, until=later(error, self.clock), why=str(error))

    def _asked(self, verb: Callable[[], T]) -> T:
        return asked(self.thread, verb)

    def _carried(self, step: Send | Find | Remove, posts: tuple[Progress, ...]) -> Batch:
        after = self.before + receipts(posts[: step.first - 1])
        return Batch(self.thread, self.thread.posts[step.first - 1 : step.last], after)

    def _open(self) -> Driver:
        """The driver, signed in: once a run, and only when there is something to do."""
        if self.shut is not None:
            raise self.shut
        if self.driver is None:
            self.driver = self._asked(self.connect)
        if not self.opened:
            try:
                repeated(partial(self._asked, self.driver.open), self.clock)
            except Transient:
                raise
            except NetworkError as error:  # each try may count against a limit, and this one will not end otherwise
                self.shut = error
                raise
            self.opened = True
        return self.driver

    def _write(self, step: Send | Find | Remove, kind: Kind, paused: str = "", **details: object) -> None:
        event = Event(kind, step.first, step.last, self.clock.now(), **details)  # type: ignore[arg-type]
        self.ledger.append(self.lease, event, paused)
        self.tell(self.thread, event)


def asked(thread: Thread, verb: Callable[[], T]) -> T:
    """What a verb of a driver gives. A fault in a driver must not end the worker, and nobody knows what it did."""
    try:
        return verb()
    except BotError:
        raise
    except Exception as error:
        fault = f"{thread.account}: a fault in threadbot's {thread.network} driver: {type(error).__name__}"
        raise OutcomeUnknown(fault) from error
