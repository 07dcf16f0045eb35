"""The only loop in the house: it asks `next_step` what to do, does it, and writes down what came of it.

Before anything is sent a line says so, on disk; whatever dies, the next run reads the ledger and goes on from there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TypeVar

from bot.core.delivery import (
    Done,
    Event,
    Find,
    Kind,
    Progress,
    Send,
    Stop,
    Wait,
    next_step,
    patience,
    receipts,
)
from bot.core.errors import BotError, CannotTell, NetworkError, OutcomeUnknown, StoreError, Transient
from bot.core.model import Thread
from bot.engine.clock import Clock
from bot.engine.retry import later, repeated
from bot.networks.base import Batch, Driver, Key
from bot.store.ledger import Lease, Ledger

LINGER = timedelta(seconds=30)  # a wait that is not worth a new start
T = TypeVar("T")
Tell = Callable[[Thread, Event], None]


@dataclass
class Publisher:
    """Publishes one thread, under one lease."""

    thread: Thread
    connect: Callable[[], Driver]
    batch: int  # posts a commit
    settle: float  # seconds before absence means absence
    ledger: Ledger
    lease: Lease
    clock: Clock
    tell: Tell
    driver: Driver | None = None
    opened: bool = False

    def run(self) -> None:
        """Until the thread is done, waits for long, stops for a human, or a clean stop is asked for."""
        try:
            self._run()
        finally:
            if self.driver is not None:
                self.driver.close()

    def _run(self) -> None:
        while not self.clock.stopping:
            posts = self.ledger.progress(self.lease.digest, self.lease.account, self.lease.total)
            match next_step(posts, self.batch, self.clock.now()):
                case Send() as step:
                    self._send(step, posts)
                case Find() as step:
                    self._find(step, posts)
                case Wait(until=until) if until - self.clock.now() <= LINGER:
                    self.clock.wait((until - self.clock.now()).total_seconds())
                case Wait() | Stop() | Done():
                    return

    def _send(self, step: Send, posts: tuple[Progress, ...]) -> None:
        batch, write = self._carried(step, posts), partial(self._write, step)
        try:
            driver = self._open()
            key = step.key if step.key is not None else self._asked(lambda: driver.mint(batch, self.clock.now()))
        except Transient as error:
            write(Kind.DEFERRED, until=later(error, self.clock), why=str(error))
            return
        except NetworkError as error:  # nothing was even tried
            write(Kind.REFUSED, why=str(error))
            return
        # Minted once and on disk before the call: a repeat with a fresh key would be a second post.
        write(Kind.INTENDED, key=key)
        try:
            given = repeated(lambda: self._asked(lambda: driver.send(batch, key)), self.clock)
        except Transient as error:
            write(Kind.DEFERRED, until=later(error, self.clock), why=str(error))
        except (OutcomeUnknown, CannotTell) as error:
            write(Kind.DOUBTED, why=str(error))
        except (NetworkError, StoreError) as error:  # a sealed picture may be damaged: then nothing was committed
            self._refused(step, driver, batch, key, str(error))
        else:
            write(Kind.PUBLISHED, receipts=given)

    def _refused(self, step: Send, driver: Driver, batch: Batch, key: Key, why: str) -> None:
        """Where an answer was lost before, the network may refuse the repeat because the first one is out: look."""
        try:
            found = repeated(lambda: self._asked(lambda: driver.find(batch, key)), self.clock) if step.doubts else None
        except NetworkError as error:
            self._write(step, Kind.DOUBTED, why=f"{why}; {error}")
        else:
            self._write(step, Kind.PUBLISHED, receipts=found) if found else self._write(step, Kind.REFUSED, why=why)

    def _find(self, step: Find, posts: tuple[Progress, ...]) -> None:
        batch, write = self._carried(step, posts), partial(self._write, step)
        if step.died:
            write(Kind.DOUBTED, why="interrupted while it was being sent")
            return
        try:
            driver = self._open()
            given = repeated(lambda: self._asked(lambda: driver.find(batch, step.key)), self.clock)
        except (Transient, OutcomeUnknown) as error:
            write(Kind.DEFERRED, until=later(error, self.clock), why=str(error))
        except NetworkError as error:  # also Unauthorized: whoever cannot look must not send
            write(Kind.UNKNOWABLE, why=str(error))
        else:
            settled = step.lost + timedelta(seconds=self.settle)
            if given is not None:
                write(Kind.PUBLISHED, receipts=given)
            elif self.clock.now() < settled:
                write(Kind.DEFERRED, until=settled, why="not to be seen yet")
            else:
                write(Kind.ABSENT, until=self.clock.now() + patience(step.doubts), why="it is not out")

    def _asked(self, verb: Callable[[], T]) -> T:
        """What a verb of the driver gives. A fault in a driver must not end the worker, and nobody knows what it did."""
        try:
            return verb()
        except BotError:
            raise
        except Exception as error:
            fault = f"{self.thread.account}: a fault in threadbot's {self.thread.network} driver: {type(error).__name__}"
            raise OutcomeUnknown(fault) from error

    def _carried(self, step: Send | Find, posts: tuple[Progress, ...]) -> Batch:
        return Batch(self.thread, self.thread.posts[step.first - 1 : step.last], receipts(posts[: step.first - 1]))

    def _open(self) -> Driver:
        """The driver, signed in: once a run, and only when there is something to do."""
        if self.driver is None:
            self.driver = self.connect()
        if not self.opened:
            repeated(partial(self._asked, self.driver.open), self.clock)
            self.opened = True
        return self.driver

    def _write(self, step: Send | Find, kind: Kind, **details: object) -> None:
        event = Event(kind, step.first, step.last, self.clock.now(), **details)  # type: ignore[arg-type]
        self.ledger.append(self.lease, event)
        self.tell(self.thread, event)
