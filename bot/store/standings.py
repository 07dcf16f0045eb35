"""How far a sealed thread is: its plan, checked against its digest, and what its ledger says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, select

from bot.core.delivery import GONE, OUT, RETREAT, Progress, State, fold
from bot.core.errors import PlanError
from bot.core.model import Receipt, Thread
from bot.core.plan import Plan, from_json
from bot.core.steps import decisive, receipts
from bot.store.alive import Process
from bot.store.database import plans, stamp, threads
from bot.store.ledger import events


@dataclass(frozen=True, slots=True)
class Standing:
    """A sealed thread and how far it is. `wake` is when there is something to do next; None: done, or for a human. `paused` is
    why nothing more is sent before a human says so; empty: it goes on. `busy`: another process is at it right now."""

    plan: Plan
    thread: Thread
    due: datetime
    wake: datetime | None
    posts: tuple[Progress, ...]
    paused: str = ""
    busy: bool = False

    @property
    def live(self) -> int:
        """How many posts are out."""
        return sum(post.state in OUT for post in self.posts)

    @property
    def decisive(self) -> int | None:
        """The post that decides what becomes of the thread; None: every post is out."""
        return decisive(self.posts)

    @property
    def state(self) -> State:
        """The state of the post that decides for the thread."""
        return State.DONE if self.decisive is None else self.posts[self.decisive - 1].state

    @property
    def gone(self) -> bool:
        """Whether nothing of it is out, and nothing will be before a human asks for it."""
        return all(post.state in GONE for post in self.posts)

    @property
    def retreating(self) -> bool:
        """Whether it is being rolled back."""
        return any(post.state in RETREAT for post in self.posts)


@dataclass(frozen=True, slots=True)
class Damage:
    """A sealed thread that cannot be read, and why. It is never sent."""

    digest: str
    account: str
    why: str


def standing(connection: Connection, digest: str, account: str, process: Process | None = None) -> Standing:
    """How far one thread is, and whether another process than this one is at it. Raises PlanError or BrokenLedger where it is
    damaged."""
    plan = sealed(digest, connection.execute(select(plans.c.body).where(plans.c.digest == digest)).scalar_one())
    thread = plan.thread(account)
    is_it = (threads.c.digest == digest) & (threads.c.account == account)
    wanted = select(threads.c.due, threads.c.wake, threads.c.paused, threads.c.owner, threads.c.until)
    row = connection.execute(wanted.where(is_it)).one()
    posts = fold(len(thread.posts), events(connection, digest, account))
    due, wake = datetime.fromisoformat(row.due), row.wake and datetime.fromisoformat(row.wake)
    over = all(post.state is State.DONE for post in posts) or all(post.state in GONE for post in posts)
    paused = "" if over else row.paused or ""  # said while the last post was under way: nothing is left to hold back
    busy = process is not None and bool(row.owner) and _busy(process, row.owner, row.until)
    return Standing(plan, thread, due, wake, posts, paused, busy)


def _busy(process: Process, owner: str, until: str) -> bool:
    return owner != process.name and process.holds(owner, silent=until <= stamp(datetime.now(UTC)))


def sealed(digest: str, body: str) -> Plan:
    """The plan in a row. Raises PlanError where it is not the one that was sealed under this digest."""
    try:
        plan = from_json(json.loads(body))
    except (ValueError, LookupError, TypeError, AttributeError):
        raise PlanError(f"plan {digest[:8]} in the database cannot be read – it will not be sent") from None
    if plan.digest != digest:
        raise PlanError(f"plan {digest[:8]} in the database was exchanged for {plan.id} – it will not be sent")
    return plan


def followers(connection: Connection, digest: str, account: str) -> Iterator[Standing]:
    """The threads that go on from one, but for those of which nothing is out nor will be."""
    query = select(threads.c.digest).where(threads.c.follows == digest, threads.c.account == account)
    for each in connection.execute(query).scalars().all():
        if not (found := standing(connection, each, account)).gone:
            yield found


def before(connection: Connection, thread: Thread) -> tuple[Receipt, ...]:
    """The receipts of all posts before a thread that follows another. Raises PlanError where they are not all out."""
    if not thread.follows:
        return ()
    found = standing(connection, thread.follows, thread.account)
    if found.state is not State.DONE:
        said = f"goes on from {found.plan.id}, of which {found.live} of {len(found.posts)} posts are live"
        raise PlanError(f"{thread.account}: “{thread.slug}” {said} – threadbot status {found.plan.id} says why")
    return before(connection, found.thread) + receipts(found.posts)
