"""Where a published thread goes on: at the end of its chain, and only where all of it is live."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.core.delivery import State
from bot.core.errors import PlanError
from bot.core.model import Thread
from bot.core.plan import Plan
from bot.engine.leases import chosen
from bot.store.standings import Standing
from bot.store.store import Store

# By account: the digest of the last plan of the chain, how many posts the chain has so far, and the thread of that plan.
Ends = Mapping[str, tuple[str, int, Thread]]


def ends(store: Store, plan: Plan, accounts: Sequence[str], slug: str = "") -> Ends:
    """Where the threads of a plan go on with a draft of this name. Any plan of a chain names the chain; what was begun of that
    draft and is not all live goes on itself. Raises PlanError where one is not all live."""
    return {thread.account: _end(store, plan.digest, thread.account, slug) for thread in chosen(plan, accounts)}


def _end(store: Store, digest: str, account: str, slug: str) -> tuple[str, int, Thread]:
    standing = store.plans.standing(digest, account)
    if standing.state is not State.DONE or standing.paused:
        raise PlanError(_unfit(standing))
    for follower in store.plans.followers(digest, account):
        begun = any(each.state is not State.DONE for each in store.plans.standings(follower.plan))
        if follower.plan.slug != slug or not begun:
            return _end(store, follower.plan.digest, account, slug)
    return digest, len(store.plans.before(standing.thread)) + len(standing.posts), standing.thread


def _unfit(standing: Standing) -> str:
    account, id_ = standing.thread.account, standing.plan.id
    said = f"{standing.live} of {len(standing.posts)} posts of {id_} are live: there is nothing whole to go on from"
    return f"{account}: {said} – threadbot status {id_} says why; --account names the others"
