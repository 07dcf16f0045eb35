"""The ledger: lines are added, never changed; and the lease, without which nobody adds one.

One publisher per thread at a time: `append` writes a line only in the transaction that finds its lease still held. A human may
pause a thread without the lease: then no intention is written any more, so nothing new is sent.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import ColumnElement, Connection, and_, select, text, update

from bot.core.delivery import BrokenLedger, Event, Kind, Progress, State, event_from_json, event_to_json, fold
from bot.core.errors import StoreError
from bot.core.plan import canonical
from bot.core.steps import Done, Stop, Wait, decisive, next_step
from bot.store.alive import Process
from bot.store.database import Database, stamp, threads
from bot.store.together import Together

# How long a publisher on another machine may be silent before its thread is taken over, in seconds; longer than any single
# call with its repeats can take (bot.engine.retry).
SILENCE = timedelta(seconds=900)


# What each line needs, as text: to put a statement together takes longer than to run it.
LINES = text("SELECT body FROM ledger WHERE digest = :digest AND account = :account ORDER BY seq")
ADD = text("INSERT INTO ledger (digest, account, body) VALUES (:digest, :account, :body)")
AWAKE = text(
    "UPDATE threads SET wake = CASE WHEN paused IS NULL THEN :moment END WHERE digest = :digest AND account = :account"
)
RENEW = text("UPDATE threads SET until = :until WHERE digest = :digest AND account = :account AND owner = :owner")
PAUSED = text("SELECT paused FROM threads WHERE digest = :digest AND account = :account")


class LeaseLost(StoreError):
    """Somebody else publishes this thread now: stop at once."""


class ThreadPaused(StoreError):
    """A human, or a network that wants one, has paused the thread meanwhile: nothing more is sent."""


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to publish one thread. A power cut may take it away, and ends who holds it."""

    digest: str
    account: str
    total: int  # posts
    owner: str


def events(connection: Connection, digest: str, account: str) -> list[Event]:
    """Everything that happened to a thread, in order. Raises BrokenLedger."""
    bodies = connection.execute(LINES, {"digest": digest, "account": account}).scalars()
    try:
        return [event_from_json(json.loads(body)) for body in bodies]
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise BrokenLedger(f"a line of plan {digest[:8]} on {account} cannot be read – the ledger is damaged") from error


def write(connection: Connection, digest: str, account: str, total: int, event: Event, now: datetime) -> None:
    """Add a line, inside a transaction, and set the thread's next waking. Raises BrokenLedger before anything is written."""
    posts = fold(total, [*events(connection, digest, account), event])
    body = canonical(event_to_json(event)).decode()
    connection.execute(ADD, {"digest": digest, "account": account, "body": body})
    awake(connection, digest, account, wake(posts, now))


def awake(connection: Connection, digest: str, account: str, moment: str | None) -> None:
    """Set when a thread wants attention next; one that is paused wants none."""
    connection.execute(AWAKE, {"digest": digest, "account": account, "moment": moment})


def wake(posts: tuple[Progress, ...], now: datetime) -> str | None:
    """When a thread that is under way wants attention next; None: never by itself."""
    match next_step(posts, 1, now):
        case Done() | Stop():
            return None
        case Wait(until=until):
            return stamp(until)
        case _:
            return stamp(now)


class Ledger:
    """The ledger of one process."""

    def __init__(self, database: Database, process: Process) -> None:
        self.database, self.process = database, process
        self._together = Together(database.writing)
        self._owed: set[Lease] = set()  # done with, but the database has not heard so yet

    def take(self, digest: str, account: str, total: int, now: datetime) -> Lease | None:
        """The lease of a thread; None while somebody else holds it."""
        lease = Lease(digest, account, total, self.process.name)
        with self.database.writing(fleeting=True) as connection:
            row = connection.execute(select(threads.c.owner, threads.c.until).where(_is(digest, account))).one()
            ours = row.owner == self.process.name and lease in self._owed
            if row.owner and not ours and self.process.holds(row.owner, silent=row.until <= stamp(now)):
                return None
            holding = {"owner": self.process.name, "until": stamp(now + SILENCE)}
            connection.execute(update(threads).where(_is(digest, account)).values(holding))
            self._owed.discard(lease)
        return lease

    def release(self, lease: Lease) -> None:
        """Let others have the thread. Where the database cannot be told now, `give_back` tells it later."""
        self._owed.add(lease)
        self.give_back()

    def give_back(self) -> None:
        """Release what is done with: a process that lives on, and could not say so once, would keep it for ever."""
        if not self._owed:
            return
        with self.database.writing(fleeting=True) as connection:
            given = tuple(self._owed)
            for lease in given:
                connection.execute(update(threads).where(_held(lease)).values(owner=None, until=None))
        self._owed.difference_update(given)

    def progress(self, digest: str, account: str, total: int) -> tuple[Progress, ...]:
        """How far a thread is."""
        with self.database.reading() as connection:
            return fold(total, events(connection, digest, account))

    def append(self, lease: Lease, event: Event, paused: str = "") -> None:
        """Add a line, on disk when this returns, and pause the thread where it says why. Raises LeaseLost, or ThreadPaused for
        an intention, and then nothing was written."""
        self._together.write(partial(self._add, lease, event, paused))

    def _add(self, lease: Lease, event: Event, paused: str, connection: Connection) -> None:
        held = {"digest": lease.digest, "account": lease.account, "owner": lease.owner}
        if connection.execute(RENEW, {**held, "until": stamp(event.at + SILENCE)}).rowcount != 1:
            raise LeaseLost(f"{lease.account}: another process has taken this thread over – leaving it to that one")
        if event.kind is Kind.INTENDED and (why := _paused(connection, lease.digest, lease.account)):
            raise ThreadPaused(f"{lease.account}: paused: {why}")
        if paused:
            connection.execute(update(threads).where(_is(lease.digest, lease.account)).values(paused=paused))
        write(connection, lease.digest, lease.account, lease.total, event, event.at)

    def paused(self, digest: str, account: str) -> str:
        """Why a thread is paused; empty: it is not."""
        with self.database.reading() as connection:
            return _paused(connection, digest, account)

    def pause(self, digest: str, account: str, why: str) -> None:
        """Send nothing more of a thread, also where a process is publishing it: what is on its way ends first."""
        with self.database.writing() as connection:
            connection.execute(update(threads).where(_is(digest, account)).values(paused=why, wake=None))

    def resume(self, digest: str, account: str, total: int, now: datetime) -> None:
        """Let a thread go on, not before it is due."""
        with self.database.writing() as connection:
            connection.execute(update(threads).where(_is(digest, account)).values(paused=None))
            posts = fold(total, events(connection, digest, account))
            due = connection.execute(select(threads.c.due).where(_is(digest, account))).scalar_one()
            index, then = decisive(posts), wake(posts, now)
            waiting = index is not None and posts[index - 1].state is State.WAITING
            awake(connection, digest, account, max(then, due) if then and waiting else then)


def _paused(connection: Connection, digest: str, account: str) -> str:
    return connection.execute(PAUSED, {"digest": digest, "account": account}).scalar() or ""


def _is(digest: str, account: str) -> ColumnElement[bool]:
    return and_(threads.c.digest == digest, threads.c.account == account)


def _held(lease: Lease) -> ColumnElement[bool]:
    return and_(_is(lease.digest, lease.account), threads.c.owner == lease.owner)
