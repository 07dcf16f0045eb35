"""Sealed plans: what will go out, and when. What is sealed is never replaced, only cancelled."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from bot.core.delivery import BrokenLedger, Event, Kind, Progress, State, fold
from bot.core.errors import PlanError
from bot.core.model import Thread
from bot.core.plan import Plan, canonical, from_json, to_json
from bot.store import gallery
from bot.store.alive import Process
from bot.store.database import Database, plans, stamp, threads
from bot.store.ledger import events, write

SHORTEST = 4  # characters by which a person may name a plan


@dataclass(frozen=True, slots=True)
class Standing:
    """A sealed thread and how far it is. `wake` is when there is something to do next; None: done, or for a human."""

    plan: Plan
    thread: Thread
    due: datetime
    wake: datetime | None
    posts: tuple[Progress, ...]

    @property
    def live(self) -> int:
        """How many posts are out."""
        return sum(post.state is State.DONE for post in self.posts)

    @property
    def state(self) -> State:
        """The state of the first post that is not out: it decides for those after it."""
        return next((post.state for post in self.posts if post.state is not State.DONE), State.DONE)


@dataclass(frozen=True, slots=True)
class Damage:
    """A sealed thread that cannot be read, and why. It is never sent."""

    digest: str
    account: str
    why: str


class Plans:
    """The sealed plans of a database."""

    def __init__(self, database: Database, process: Process) -> None:
        self.database, self.process = database, process

    def seal(self, plan: Plan, pictures: Mapping[str, bytes], due: datetime, source: str, now: datetime) -> None:
        """Keep a plan and its pictures, to go out when due: all of it or nothing.

        A plan that is sealed already gets the new time where nothing is out or under way; what failed, was cancelled or put
        off is to be tried again then. Raises PlanError where another plan has the draft's name on one of the accounts, or
        where a thread of the plan is being published right now.
        """
        with self.database.writing() as connection:
            self._refuse_another(connection, plan)
            row = {"digest": plan.digest, "slug": plan.slug, "source": source, "sealed": stamp(now)}
            body = canonical(to_json(plan)).decode()
            statement = upsert(plans).values(**row, body=body)
            # the same digest is the same plan, so this changes nothing but what was damaged
            connection.execute(statement.on_conflict_do_update(index_elements=["digest"], set_={"body": body}))
            gallery.put(connection, pictures)
            for thread in plan.threads:
                self._seal_thread(connection, plan, thread, due, now)

    def _seal_thread(self, connection: Connection, plan: Plan, thread: Thread, due: datetime, now: datetime) -> None:
        key = {"digest": plan.digest, "account": thread.account}
        is_it = (threads.c.digest == plan.digest) & (threads.c.account == thread.account)
        row = connection.execute(select(threads.c.owner, threads.c.until).where(is_it)).first()
        if row is None:
            connection.execute(insert(threads).values(**key, slug=plan.slug, due=stamp(due), wake=stamp(due)))
            return
        if row.owner and self.process.holds(row.owner, silent=row.until <= stamp(now)):
            said = "another process is publishing this thread right now"
            raise PlanError(f"{thread.account}: {said} – threadbot status {plan.id} shows how far it is")
        posts = fold(len(thread.posts), events(connection, **key))
        again = [index for index, post in enumerate(posts, 1) if _ended(post) and not _doubtful(post)]
        held = [index for index, post in enumerate(posts, 1) if _doubtful(post) or (post.until or due) > due]
        # A human asks again. That ends every wait: a network that is still busy will say so, and where a post may be out it
        # is looked for, not sent.
        for kind, indices, until in ((Kind.DEFERRED, held, due), (Kind.ABSENT, again, None)):
            if indices:
                event = Event(kind, indices[0], indices[-1], now, until=until, why="asked for again")
                write(connection, **key, total=len(posts), event=event, now=now)
        if again or posts[0].state is State.WAITING:
            connection.execute(update(threads).where(is_it).values(due=stamp(due), wake=stamp(due)))

    def _refuse_another(self, connection: Connection, plan: Plan) -> None:
        """An edited draft is another plan; it never silently joins or replaces the one that is out or waiting."""
        accounts = [thread.account for thread in plan.threads]
        query = select(threads.c.digest, threads.c.account).where(
            threads.c.slug == plan.slug, threads.c.digest != plan.digest, threads.c.account.in_(accounts)
        )
        for digest, account in connection.execute(query).all():
            standing = self._standing(connection, digest, account)
            if standing.live:
                said = "is out" if standing.live == len(standing.posts) else "is partly out"
                raise PlanError(
                    f"another thread named “{plan.slug}” {said} on {account} ({digest[:8]}) – "
                    f"to publish this as a new thread, give its file another name"
                )
            if standing.state is not State.CANCELLED:
                raise PlanError(
                    f"another thread named “{plan.slug}” is {standing.state} on {account} ({digest[:8]}) – "
                    f"drop that one first: threadbot cancel {digest[:8]}"
                )

    def find(self, name: str) -> Plan:
        """The plan whose digest starts with `name` (at least SHORTEST characters). Raises PlanError."""
        query = select(plans.c.digest, plans.c.body).where(plans.c.digest.startswith(name, autoescape=True)).limit(2)
        if len(name) < SHORTEST:
            raise PlanError(f"“{name}” is too short to name a plan – give {SHORTEST} characters or more of its digest")
        with self.database.reading() as connection:
            rows = connection.execute(query).all()
        if len(rows) != 1:
            found = "more than one plan starts with" if rows else "no plan is named"
            raise PlanError(f"{found} “{name}” – threadbot list shows them")
        return _plan(*rows[0])

    def standings(self, plan: Plan) -> list[Standing]:
        """How far each thread of a plan is."""
        with self.database.reading() as connection:
            return [self._standing(connection, plan.digest, thread.account) for thread in plan.threads]

    def standing(self, digest: str, account: str) -> Standing:
        """How far one thread is. Raises PlanError or BrokenLedger where it is damaged."""
        with self.database.reading() as connection:
            return self._standing(connection, digest, account)

    def everything(self) -> list[Standing | Damage]:
        """Every sealed thread, the latest due first; one that cannot be read hides none of the others."""
        query = select(threads.c.digest, threads.c.account).order_by(threads.c.due.desc(), threads.c.digest, threads.c.account)
        found: list[Standing | Damage] = []
        with self.database.reading() as connection:
            for digest, account in connection.execute(query).all():
                try:
                    found.append(self._standing(connection, digest, account))
                except (PlanError, BrokenLedger) as error:
                    found.append(Damage(digest, account, str(error)))
        return found

    def due(self, now: datetime) -> list[tuple[str, str]]:
        """The threads (digest, account) that want attention now, the longest waiting first."""
        query = select(threads.c.digest, threads.c.account).where(threads.c.wake <= stamp(now)).order_by(threads.c.wake)
        with self.database.reading() as connection:
            return [(digest, account) for digest, account in connection.execute(query).all()]

    def earliest(self) -> datetime | None:
        """When the next thread wants attention."""
        query = select(threads.c.wake).where(threads.c.wake.is_not(None)).order_by(threads.c.wake).limit(1)
        with self.database.reading() as connection:
            first = connection.execute(query).scalar()
        return first and datetime.fromisoformat(first)

    def _standing(self, connection: Connection, digest: str, account: str) -> Standing:
        plan = _sealed(connection, digest)
        thread = plan.thread(account)
        query = select(threads.c.due, threads.c.wake).where(threads.c.digest == digest, threads.c.account == account)
        row = connection.execute(query).one()
        posts = fold(len(thread.posts), events(connection, digest, account))
        due, woken = datetime.fromisoformat(row.due), row.wake and datetime.fromisoformat(row.wake)
        return Standing(plan, thread, due, woken, posts)


def _ended(post: Progress) -> bool:
    """Whether a human may ask for it again."""
    return post.state in (State.FAILED, State.CANCELLED)


def _doubtful(post: Progress) -> bool:
    """Whether it may be out although nothing goes on: nobody could tell, and somebody may have cancelled it then."""
    return post.state is State.PARKED or (post.state is State.CANCELLED and post.doubts > 0)


def _sealed(connection: Connection, digest: str) -> Plan:
    return _plan(digest, connection.execute(select(plans.c.body).where(plans.c.digest == digest)).scalar_one())


def _plan(digest: str, body: str) -> Plan:
    """The plan in a row. Raises PlanError where it is not the one that was sealed under this digest."""
    try:
        plan = from_json(json.loads(body))
    except (ValueError, LookupError, TypeError, AttributeError):
        raise PlanError(f"plan {digest[:8]} in the database cannot be read – it will not be sent") from None
    if plan.digest != digest:
        raise PlanError(f"plan {digest[:8]} in the database was exchanged for {plan.id} – it will not be sent")
    return plan
