"""Dropping what is not out yet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.core.delivery import IN_DOUBT, Event, Kind, State
from bot.core.errors import PlanError
from bot.core.plan import Plan
from bot.engine.leases import chosen, held
from bot.store.standings import Standing
from bot.store.store import Store


def cancel(store: Store, plan: Plan, now: datetime, accounts: Sequence[str] = ()) -> list[Standing]:
    """Drop what is not out yet, on these accounts, or on all; a pause ends. Returns how things stood before.

    Raises PlanError, and drops nothing, where a thread is being published or rolled back, or a post may be out.
    """
    with held(store, plan, chosen(plan, accounts), now) as threads:
        for _, standing in threads:
            _refuse(standing)
        for lease, standing in threads:
            if standing.decisive and not standing.gone:
                store.ledger.append(lease, Event(Kind.CANCELLED, standing.decisive, lease.total, now))
            store.ledger.resume(lease.digest, lease.account, lease.total, now)
        return [standing for _, standing in threads]


def _refuse(standing: Standing) -> None:
    account, id_ = standing.thread.account, standing.plan.id
    if standing.retreating:
        raise PlanError(
            f"{account} is being rolled back, nothing more will be sent – threadbot status {id_} shows how far it is"
        )
    if standing.state is State.PARKED:
        look = f"look there, then say so: threadbot resolve {id_} --account {account} --post {standing.decisive}"
        first = f"threadbot pause {id_} --account {account} keeps the rest back meanwhile"
        raise PlanError(f"post {standing.decisive} may be out on {account} – {first}; {look} --live URL, or --absent")
    if standing.state in IN_DOUBT:
        where = f"post {standing.decisive} may be out on {account}"
        raise PlanError(f"{where} – first let threadbot look: threadbot worker --once")
