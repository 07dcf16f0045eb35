"""Several threads of a plan at once: all leases or none, and all given back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime

from bot.core.errors import PlanError, hint
from bot.core.model import Thread
from bot.core.plan import Plan
from bot.store.ledger import Lease
from bot.store.standings import Standing
from bot.store.store import Store


def chosen(plan: Plan, accounts: Sequence[str]) -> tuple[Thread, ...]:
    """The threads of a plan on these accounts; on all where none is named. Raises PlanError."""
    known = [thread.account for thread in plan.threads]
    for name in accounts:
        if name not in known:
            raise PlanError(f"{plan.id} has no thread on “{name}” – {hint(name, known)}")
    return tuple(thread for thread in plan.threads if not accounts or thread.account in accounts)


@contextmanager
def held(store: Store, plan: Plan, threads: Sequence[Thread], now: datetime) -> Iterator[list[tuple[Lease, Standing]]]:
    """The threads' leases, and how the threads stand now that nobody else can change that. Raises PlanError where a process is
    publishing one of them."""
    with ExitStack() as stack:
        leases: list[Lease] = []
        for thread in threads:
            lease = store.ledger.take(plan.digest, thread.account, len(thread.posts), now)
            if lease is None:
                stop = f"threadbot pause {plan.id} --account {thread.account} stops that after the post under way"
                raise PlanError(f"{thread.account} is being published right now – {stop}")
            stack.callback(store.ledger.release, lease)
            leases.append(lease)
        yield [(lease, store.plans.standing(plan.digest, lease.account)) for lease in leases]
