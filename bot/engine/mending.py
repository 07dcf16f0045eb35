"""What a human does when a thread does not end as it should. Each is lines of its ledger, written under its lease; only a
pause needs no lease, so that it stops a process that is publishing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.core.delivery import IN_DOUBT, Event, Kind, Progress, State
from bot.core.errors import NetworkError, PlanError
from bot.core.model import Account, Receipt, Thread
from bot.core.plan import Plan
from bot.core.states import STATES
from bot.core.steps import asked_again, receipts
from bot.engine.fleet import placed
from bot.engine.leases import chosen, held
from bot.engine.publisher import asked
from bot.networks.base import Batch, Key, Network, World
from bot.store.standings import Standing
from bot.store.store import Store

Adopt = Callable[[Thread, Batch, Key], tuple[Receipt, ...]]


def retry(store: Store, plan: Plan, threads: Sequence[Thread], now: datetime) -> None:
    """What failed waits to be sent again, what nobody could tell is looked for once more, and every wait ends. What was
    cancelled stays so. Raises PlanError."""
    with held(store, plan, threads, now) as taken:
        for lease, standing in taken:
            for event in asked_again(standing.posts, now, now, dropped=False):
                store.ledger.append(lease, event)


def pause(store: Store, plan: Plan, threads: Iterable[Thread], why: str) -> None:
    """Nothing more is sent or removed, once what is on its way has ended."""
    for thread in threads:
        if not (standing := store.plans.standing(plan.digest, thread.account)).paused and not finished(standing):
            store.ledger.pause(plan.digest, thread.account, why)


def resume(store: Store, plan: Plan, threads: Iterable[Thread], now: datetime) -> None:
    """What was paused goes on, not before it is due."""
    for thread in threads:
        if store.ledger.paused(plan.digest, thread.account):
            store.ledger.resume(plan.digest, thread.account, len(thread.posts), now)


def finished(standing: Standing) -> bool:
    """Whether nothing is left to happen: all is out, or nothing is nor will be."""
    return standing.state is State.DONE or standing.gone


def rollback(store: Store, plan: Plan, threads: Sequence[Thread], now: datetime) -> None:
    """All posts of these threads are to be removed, the last first, and nothing more is sent; a pause ends. Raises PlanError,
    and changes nothing, where a thread is being published or another goes on from it."""
    with held(store, plan, threads, now) as taken:
        for lease, _ in taken:
            for other in store.plans.followers(plan.digest, lease.account):
                first = f"roll that one back first: threadbot rollback {other.plan.id} --account {lease.account}"
                raise PlanError(f"{lease.account}: “{other.plan.slug}” goes on from this thread – {first}")
        for lease, standing in taken:
            if not standing.gone:
                store.ledger.append(lease, Event(Kind.WITHDRAWN, 1, lease.total, now, why="to be rolled back"))
                store.ledger.resume(lease.digest, lease.account, lease.total, now)


@dataclass(frozen=True, slots=True)
class Doubt:
    """A post of which a human says what became of it, and all posts that went out together with it."""

    standing: Standing
    first: int
    last: int

    @property
    def post(self) -> Progress:
        return self.standing.posts[self.first - 1]


# What a human's word may be about: beside what may be out, what failed (they saw it), and what was to be removed (they did).
SEEN = IN_DOUBT | {State.FAILED}
UNSEEN = IN_DOUBT | {State.LEAVING, State.STUCK}
# How a post comes to be known not to be out, by the rules of the ledger.
WAYS = {
    State.INFLIGHT: (Kind.DOUBTED, Kind.ABSENT),  # of a process that died
    State.CLAIMED: (Kind.UNKNOWABLE, Kind.ABSENT),
    State.LEAVING: (Kind.REMOVED,),
    State.STUCK: (Kind.REMOVED,),
}


def doubt(store: Store, plan: Plan, number: int, accounts: Sequence[str], live: bool) -> Doubt:
    """The one thread of a plan in which this post may be spoken of. Raises PlanError."""
    threads = [thread for thread in chosen(plan, accounts) if number <= len(thread.posts)]
    standings = [store.plans.standing(plan.digest, thread.account) for thread in threads]
    found = [each for each in standings if _open(each.posts[number - 1], live)]
    if not found:
        states = ", ".join(f"{STATES[each.posts[number - 1].state]} on {each.thread.account}" for each in standings)
        said = f"is {states}: there is no doubt about it" if states else "does not exist"
        raise PlanError(f"post {number} of {plan.id} {said} – threadbot status {plan.id} shows them all")
    if len(found) > 1:
        names = [each.thread.account for each in found]
        raise PlanError(f"post {number} is in doubt on {' and '.join(names)} – say which: --account {names[0]}")
    [standing] = found
    first, last = standing.posts[number - 1].batch or (number, number)
    return Doubt(standing, first, last)


def _open(post: Progress, live: bool) -> bool:
    return post.key is not None and post.state in (SEEN if live else UNSEEN)


def adopting(accounts: Mapping[str, Account], networks: Mapping[str, Network], store: Store, url: str) -> Adopt:
    """How the posts that a human saw at an address get their receipts. Raises PlanError where that cannot be."""

    def adopt(thread: Thread, batch: Batch, key: Key) -> tuple[Receipt, ...]:
        account, network = placed(thread, accounts, networks)
        if account is None or network is None or network.connect is None:
            said = f"this config does not have {thread.destination}, so the thread cannot go on there"
            raise PlanError(f"{thread.account}: {said} – put the account back, or say --absent")
        driver = network.connect(account, World(store.vault, store.picture))
        try:
            return asked(thread, lambda: driver.adopt(batch, key, url))
        finally:
            driver.close()

    return adopt


def resolve(store: Store, found: Doubt, adopt: Adopt | None, now: datetime) -> None:
    """Write down what a human saw: the posts are live (`adopt` gives their receipts), or, without it, they are not. Raises
    PlanError."""
    plan, thread = found.standing.plan, found.standing.thread
    with held(store, plan, [thread], now) as [(lease, standing)]:
        if standing.posts != found.standing.posts:
            raise PlanError(f"{thread.account}: something happened meanwhile – look again: threadbot status {plan.id}")
        if adopt is not None:
            given = _adopted(store, found, adopt)
            store.ledger.append(lease, Event(Kind.PUBLISHED, found.first, found.last, now, receipts=given))
            return
        for kind in WAYS.get(found.post.state, (Kind.ABSENT,)):
            store.ledger.append(lease, Event(kind, found.first, found.last, now, why="said by hand"))


def _adopted(store: Store, found: Doubt, adopt: Adopt) -> tuple[Receipt, ...]:
    standing, key = found.standing, found.post.key
    assert key is not None, "`doubt` has looked"
    thread, earlier = standing.thread, standing.posts[: found.first - 1]
    after = store.plans.before(thread) + receipts(earlier)
    try:
        given = adopt(thread, Batch(thread, thread.posts[found.first - 1 : found.last], after), key)
    except NetworkError as error:
        raise PlanError(str(error)) from error
    if not {receipt.id for receipt in given}.isdisjoint(receipt.id for receipt in after):
        raise PlanError(f"{thread.account}: an earlier post is there – give the link of post {found.last}")
    return given
