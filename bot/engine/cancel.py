"""Dropping what is not out yet."""

from __future__ import annotations

from datetime import datetime

from bot.core.delivery import Event, Kind, State
from bot.core.errors import PlanError
from bot.core.plan import Plan
from bot.store.ledger import Lease
from bot.store.plans import Standing
from bot.store.store import Store


def cancel(store: Store, plan: Plan, now: datetime) -> list[Standing]:
    """Drop what is not out yet, on every account; returns how things stood before.

    Raises PlanError, and drops nothing, where a thread is being published or a post may be on its way.
    """
    leases: list[Lease] = []
    try:
        for thread in plan.threads:
            lease = store.ledger.take(plan.digest, thread.account, len(thread.posts), now)
            if lease is None:
                raise PlanError(f"{thread.account} is being published right now – stop that process first")
            leases.append(lease)
        before = store.plans.standings(plan)
        for standing in before:
            if standing.state in (State.INFLIGHT, State.DOUBTED):
                where = f"post {standing.live + 1} may be out on {standing.thread.account}"
                raise PlanError(f"{where} – first let threadbot look: threadbot worker --once")
        for lease, standing in zip(leases, before, strict=True):
            if standing.state not in (State.DONE, State.CANCELLED):
                store.ledger.append(lease, Event(Kind.CANCELLED, standing.live + 1, lease.total, now))
        return before
    finally:
        for lease in leases:
            store.ledger.release(lease)
