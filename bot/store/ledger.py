"""The ledger: lines are added, never changed; and the lease, without which nobody adds one.

One publisher per thread at a time: `append` writes a line only in the transaction that finds its lease still held. A human may
pause a thread without the lease: then no intention is written any more, so nothing new is sent.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, and_, case, insert, select, update

from bot.core.delivery import BrokenLedger, Event, Kind, Progress, State, event_from_json, event_to_json, fold
from bot.core.errors import StoreError
from bot.core.plan import canonical
from bot.core.steps import Done, Stop, Wait, decisive, next_step
from bot.store.alive import Process
from bot.store.database import Database, ledger, stamp, threads

# How long a publisher on another machine may be silent before its thread is taken over, in seconds; longer than any single
# call with its repeats can take (bot.engine.retry).
SILENCE = timedelta(seconds=900)


class LeaseLost(StoreError):
    """Somebody else publishes this thread now: stop at once."""


class ThreadPaused(StoreError):
    """A human, or a network that wants one, has paused the thread meanwhile: nothing more is sent."""


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to publish one thread."""

    digest: str
    account: str
    total: int  # posts
    owner: str


def events(connection: Connection, digest: str, account: str) -> list[Event]:
    """Everything that happened to a thread, in order. Raises BrokenLedger."""
    query = select(ledger.c.body).where(ledger.c.digest == digest, ledger.c.account == account).order_by(ledger.c.seq)
    try:
        return [event_from_json(json.loads(body)) for body in connection.execute(query).scalars()]
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise BrokenLedger(f"a line of plan {digest[:8]} on {account} cannot be read – the ledger is damaged") from error


def write(connection: Connection, digest: str, account: str, total: int, event: Event, now: datetime) -> None:
    """Add a line, inside a transaction, and set the thread's next waking. Raises BrokenLedger before anything is written."""
    posts = fold(total, [*events(connection, digest, account), event])
    connection.execute(insert(ledger).values(digest=digest, account=account, body=canonical(event_to_json(event)).decode()))
    awake(connection, digest, account, wake(posts, now))


def awake(connection: Connection, digest: str, account: str, moment: str | None) -> None:
    """Set when a thread wants attention next; one that is paused wants none."""
    unpaused = case((threads.c.paused.is_(None), moment))
    connection.execute(update(threads).where(_is(digest, account)).values(wake=unpaused))


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

    def take(self, digest: str, account: str, total: int, now: datetime) -> Lease | None:
        """The lease of a thread; None while somebody else holds it."""
        with self.database.writing() as connection:
            row = connection.execute(select(threads.c.owner, threads.c.until).where(_is(digest, account))).one()
            if row.owner and self.process.holds(row.owner, silent=row.until <= stamp(now)):
                return None
            holding = {"owner": self.process.name, "until": stamp(now + SILENCE)}
            connection.execute(update(threads).where(_is(digest, account)).values(holding))
        return Lease(digest, account, total, self.process.name)

    def release(self, lease: Lease) -> None:
        """Let others have the thread."""
        with self.database.writing() as connection:
            connection.execute(update(threads).where(_held(lease)).values(owner=None, until=None))

    def progress(self, digest: str, account: str, total: int) -> tuple[Progress, ...]:
        """How far a thread is."""
        with self.database.reading() as connection:
            return fold(total, events(connection, digest, account))

    def append(self, lease: Lease, event: Event, paused: str = "") -> None:
        """Add a line, on disk when this returns, and pause the thread where it says why. Raises LeaseLost, or ThreadPaused for
        an intention, and then nothing was written."""
        with self.database.writing() as connection:
            renewed = update(threads).where(_held(lease)).values(until=stamp(event.at + SILENCE))
            if connection.execute(renewed).rowcount != 1:
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
    return connection.execute(select(threads.c.paused).where(_is(digest, account))).scalar() or ""


def _is(digest: str, account: str) -> ColumnElement[bool]:
    return and_(threads.c.digest == digest, threads.c.account == account)


def _held(lease: Lease) -> ColumnElement[bool]:
    return and_(_is(lease.digest, lease.account), threads.c.owner == lease.owner)
