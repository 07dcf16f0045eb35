"""Where a published thread goes on: at the end of its chain, and only where all of it is live."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.core.delivery import State
from bot.core.errors import PlanError
from bot.core.plan import Plan
from bot.engine.leases import chosen
from bot.store.standings import Standing
from bot.store.store import Store

Ends = Mapping[str, tuple[str, int]]  # by account: the digest of the last plan of the chain, and how many posts it has so far


def ends(store: Store, plan: Plan, accounts: Sequence[str]) -> Ends:
    """Where the threads of a plan go on. Any plan of a chain names the chain. Raises PlanError where one is not all live."""
    return {thread.account: _end(store, plan.digest, thread.account) for thread in chosen(plan, accounts)}


def _end(store: Store, digest: str, account: str) -> tuple[str, int]:
    standing = store.plans.standing(digest, account)
    if standing.state is not State.DONE or standing.paused:
        raise PlanError(_unfit(standing))
    for follower in store.plans.followers(digest, account):
        return _end(store, follower.plan.digest, account)
    return digest, len(store.plans.before(standing.thread)) + len(standing.posts)


def _unfit(standing: Standing) -> str:
    account, id_ = standing.thread.account, standing.plan.id
    said = f"{standing.live} of {len(standing.posts)} posts of {id_} are live: there is nothing whole to go on from"
    return f"{account}: {said} – threadbot status {id_} says why; --account names the others"
