"""Sealed plans: what will go out, and when. What is sealed is never replaced, only cancelled or rolled back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from bot.core.delivery import IN_DOUBT, BrokenLedger, Kind, State
from bot.core.errors import PlanError
from bot.core.model import Receipt, Thread
from bot.core.plan import Plan, canonical, to_json
from bot.core.states import STATES
from bot.core.steps import asked_again
from bot.store import gallery
from bot.store.alive import Process
from bot.store.database import Database, plans, stamp, threads
from bot.store.ledger import awake, write
from bot.store.standings import Damage, Standing, before, followers, sealed, standing

SHORTEST = 4  # characters by which a person may name a plan


class Plans:
    """The sealed plans of a database."""

    def __init__(self, database: Database, process: Process) -> None:
        self.database, self.process = database, process

    def seal(self, plan: Plan, pictures: Mapping[str, bytes], due: datetime, source: str, now: datetime) -> None:
        """Keep a plan and its pictures, to go out when due: all of it or nothing.

        A plan that is sealed already gets the new time where nothing is out or under way; what failed, was cancelled, rolled
        back or put off is to be tried again then. Raises PlanError where another plan has the draft's name on one of the
        accounts, where a thread of the plan is being published or rolled back, or cannot go on from the one that it follows.
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
                if thread.follows:
                    self._refuse_a_fork(connection, plan, thread, now)
                self._seal_thread(connection, plan, thread, due, now)

    def _seal_thread(self, connection: Connection, plan: Plan, thread: Thread, due: datetime, now: datetime) -> None:
        key = {"digest": plan.digest, "account": thread.account}
        is_it = (threads.c.digest == plan.digest) & (threads.c.account == thread.account)
        if connection.execute(select(threads.c.due).where(is_it)).first() is None:
            times = {"due": stamp(due), "wake": stamp(due)}
            connection.execute(insert(threads).values(**key, slug=plan.slug, follows=thread.follows, **times))
            return
        if self._published_now(connection, **key, now=now):
            said = "another process is publishing this thread right now"
            raise PlanError(f"{thread.account}: {said} – threadbot status {plan.id} shows how far it is")
        there = standing(connection, plan.digest, thread.account)
        if there.retreating:
            said = "this thread is being rolled back, or could not be"
            raise PlanError(f"{thread.account}: {said} – threadbot status {plan.id} says what to do")
        if there.gone:  # a pause was of what is no more
            connection.execute(update(threads).where(is_it).values(paused=None))
        again = list(asked_again(there.posts, due, now, dropped=True))
        for event in again:
            write(connection, **key, total=len(there.posts), event=event, now=now)
        if any(event.kind is Kind.ABSENT for event in again) or there.posts[0].state is State.WAITING:
            connection.execute(update(threads).where(is_it).values(due=stamp(due)))
            awake(connection, **key, moment=stamp(due))

    def _published_now(self, connection: Connection, digest: str, account: str, now: datetime) -> bool:
        """Whether somebody holds the lease of a thread."""
        is_it = (threads.c.digest == digest) & (threads.c.account == account)
        row = connection.execute(select(threads.c.owner, threads.c.until).where(is_it)).first()
        return bool(row and row.owner and self.process.holds(row.owner, silent=row.until <= stamp(now)))

    def _refuse_another(self, connection: Connection, plan: Plan) -> None:
        """An edited draft is another plan; it never silently joins or replaces the one that is out or waiting."""
        accounts = [thread.account for thread in plan.threads]
        query = select(threads.c.digest, threads.c.account).where(
            threads.c.slug == plan.slug, threads.c.digest != plan.digest, threads.c.account.in_(accounts)
        )
        for digest, account in connection.execute(query).all():
            there = standing(connection, digest, account)
            if there.gone:
                continue
            name = f"another thread named “{plan.slug}”"
            if there.live or there.retreating:
                said = "is out" if there.live == len(there.posts) else "is partly out" if there.live else "is being rolled back"
                remove = f"threadbot rollback {there.plan.id} --account {account}"
                mend = f"give this file another name, or remove that one first: {remove}"
            else:
                said = "may be out" if there.state in IN_DOUBT else f"is {STATES[there.state]}"
                mend = _dropped(there)
            raise PlanError(f"{name} {said} on {account} ({digest[:8]}) – {mend}")

    def _refuse_a_fork(self, connection: Connection, plan: Plan, thread: Thread, now: datetime) -> None:
        """A thread goes on once, from its end, while that stays."""
        before(connection, thread)
        if self._published_now(connection, thread.follows, thread.account, now):
            raise PlanError(f"{thread.account}: the thread that this one goes on from is being worked on right now – try again")
        for other in followers(connection, thread.follows, thread.account):
            if other.plan.digest != plan.digest:
                goes = f"{thread.follows[:8]} goes on already, in {other.plan.id}"
                raise PlanError(f"{thread.account}: {goes} – append to that one: threadbot append {other.plan.id} …")

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
        return sealed(*rows[0])

    def standings(self, plan: Plan) -> list[Standing]:
        """How far each thread of a plan is."""
        with self.database.reading() as connection:
            return [standing(connection, plan.digest, thread.account, self.process) for thread in plan.threads]

    def standing(self, digest: str, account: str) -> Standing:
        """How far one thread is. Raises PlanError or BrokenLedger where it is damaged."""
        with self.database.reading() as connection:
            return standing(connection, digest, account, self.process)

    def everything(self) -> list[Standing | Damage]:
        """Every sealed thread, the latest due first; one that cannot be read hides none of the others."""
        query = select(threads.c.digest, threads.c.account).order_by(threads.c.due.desc(), threads.c.digest, threads.c.account)
        found: list[Standing | Damage] = []
        with self.database.reading() as connection:
            for digest, account in connection.execute(query).all():
                try:
                    found.append(standing(connection, digest, account, self.process))
                except (PlanError, BrokenLedger) as error:
                    found.append(Damage(digest, account, str(error)))
        return found

    def due(self, now: datetime) -> list[tuple[str, str]]:
        """The threads (digest, account) that want attention now, the longest waiting first."""
        query = select(threads.c.digest, threads.c.account).where(threads.c.wake <= stamp(now)).order_by(threads.c.wake)
        with self.database.reading() as connection:
            return [(digest, account) for digest, account in connection.execute(query).all()]

    def wake(self, digest: str, account: str) -> datetime | None:
        """When a thread wants attention next; None: never by itself."""
        query = select(threads.c.wake).where(threads.c.digest == digest, threads.c.account == account)
        with self.database.reading() as connection:
            moment = connection.execute(query).scalar_one()
        return moment and datetime.fromisoformat(moment)

    def earliest(self) -> datetime | None:
        """When the next thread wants attention."""
        query = select(threads.c.wake).where(threads.c.wake.is_not(None)).order_by(threads.c.wake).limit(1)
        with self.database.reading() as connection:
            first = connection.execute(query).scalar()
        return first and datetime.fromisoformat(first)

    def before(self, thread: Thread) -> tuple[Receipt, ...]:
        """The receipts of all posts that a thread goes on from. Raises PlanError where they are not all out."""
        with self.database.reading() as connection:
            return before(connection, thread)

    def followers(self, digest: str, account: str) -> list[Standing]:
        """The threads that go on from one, but for those of which nothing is out nor will be: at most one."""
        with self.database.reading() as connection:
            return list(followers(connection, digest, account))


def _dropped(there: Standing) -> str:
    """How a thread of which nothing is known to be out makes room for another one."""
    which = f"{there.plan.id} --account {there.thread.account}"
    if there.state not in IN_DOUBT:
        return f"drop that one first: threadbot cancel {which}"
    if there.state is not State.PARKED or not there.decisive:
        return "first let threadbot look whether that one is out: threadbot worker --once"
    _, last = there.posts[there.decisive - 1].batch or (there.decisive, there.decisive)
    return f"look there, then say what became of that one: threadbot resolve {which} --post {last} --live URL, or --absent"
