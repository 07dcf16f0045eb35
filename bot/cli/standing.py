"""How far threads are, and what to do next: the same words after a publish, in `status`, and wherever somebody is told."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, tzinfo
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.text import Text

from bot.cli.setting import CONFIG, DONE, HUMAN, NETWORK, harmless
from bot.cli.show import local
from bot.core.delivery import OUT, Event, Kind, Progress, State
from bot.core.model import Thread
from bot.core.plan import Plan
from bot.engine.prices import dollars

if TYPE_CHECKING:
    from bot.store.standings import Standing

Prices = Mapping[str, Decimal]  # of a thread, in US dollars, by account

STATES = {
    State.WAITING: "waiting",
    State.INFLIGHT: "interrupted",
    State.DOUBTED: "in doubt",
    State.DONE: "live",
    State.FAILED: "failed",
    State.CLAIMED: "in doubt",
    State.PARKED: "unknown",
    State.CANCELLED: "cancelled",
    State.RECALLED: "in doubt, to be rolled back",
    State.STRANDED: "unknown, to be rolled back",
    State.LEAVING: "live, to be rolled back",
    State.STUCK: "could not be rolled back",
    State.REMOVED: "rolled back",
}
RETRY = "threadbot retry {id} --account {account}"
ROLLBACK = "threadbot rollback {id} --account {account}"
RESOLVE = "look at the account, then threadbot resolve {id} --account {account} --post {post} --live URL, or --absent"
NEXT = {  # for a thread that does not go on by itself, or only while a worker runs
    State.WAITING: "threadbot worker --once goes on",
    State.INFLIGHT: "threadbot worker --once looks whether it is out, and goes on",
    State.DOUBTED: "threadbot worker --once looks whether it is out, and goes on",
    State.CLAIMED: "threadbot worker --once looks whether it is out",
    State.FAILED: f"mend the cause, then {RETRY}",
    State.PARKED: RESOLVE,
    State.RECALLED: "threadbot worker --once looks whether it is out, and removes it",
    State.LEAVING: "threadbot worker --once goes on removing",
    State.STRANDED: RESOLVE,
    State.STUCK: f"mend the cause, then {ROLLBACK}; or remove it by hand, then "
    "threadbot resolve {id} --account {account} --post {post} --absent",
}
RESUME = "mend the cause, then threadbot resume {id} --account {account}"
COMMAND = re.compile(r"\bthreadbot (accounts|append|cancel|list|login|pause|resolve|resume|retry|rollback|status|worker)\b")


def exact(text: str, config: Path) -> str:
    """A message whose commands can be typed as they stand, also where the config is not the usual one."""
    return text if config == CONFIG else COMMAND.sub(lambda found: f"{found[0]} --config {shlex.quote(str(config))}", text)


def status_lines(standings: Iterable[Standing], tz: tzinfo | None, config: Path, prices: Prices) -> Iterator[Text]:
    """How far each thread is, with the links of what is live, and what to do next."""
    for each in standings:
        thread, live = each.thread, f"{each.live} of {len(each.posts)} live"
        price = f", about {dollars(prices[thread.account])}" if prices.get(thread.account) else ""
        yield Text.assemble((thread.account, "bold"), f"  {thread.network}: {_state(each)}, {live}{price}")
        for index, post in enumerate(each.posts, 1):
            yield Text(f"  {index:>3}  {harmless(_post_line(post, each.due, tz))}")
        if each.paused:
            yield Text(f"  paused: {harmless(each.paused)}", "yellow")
        if advice := next_command(each):
            yield Text(f"  next: {exact(advice, config)}", "yellow")


def _state(standing: Standing) -> str:
    rolled_back = standing.gone and any(post.state is State.REMOVED for post in standing.posts)
    return STATES[State.REMOVED if rolled_back else standing.state]


def _post_line(post: Progress, due: datetime, tz: tzinfo | None) -> str:
    until = max(post.until or due, due) if post.state is State.WAITING else post.until
    said = f"{STATES[post.state]}{f' until {local(until, tz)}' if until else ''}"
    why = f": {post.why}" if post.why and post.state is not State.DONE else ""
    return f"{said}{why}" + (f"  {post.receipt.url}" if post.receipt and post.state in OUT else "")


def next_command(standing: Standing) -> str:
    """The exact next step for a thread that does not go on by itself."""
    index = standing.decisive
    if index is None or (standing.posts[index - 1] == Progress() and not standing.live and not standing.paused):
        return ""  # it waits for its time
    advice = RESUME if standing.paused else NEXT.get(standing.state, "")
    _, last = standing.posts[index - 1].batch or (index, index)
    return advice.format(id=standing.plan.id, account=standing.thread.account, post=last)


def list_lines(standings: Iterable[Standing], tz: tzinfo | None) -> Iterator[Text]:
    """A line a thread."""
    yield Text(f"{'ID':8}  {'due':16}  {'state':14}  thread on account", "bold")
    for each in standings:
        state = "paused" if each.paused else _state(each)
        state += f" {each.live}/{len(each.posts)}" if 0 < each.live < len(each.posts) else ""
        yield Text(f"{each.plan.id}  {local(each.due, tz)}  {state:14}  {each.plan.slug} on {each.thread.account}")


SAID = {
    Kind.INTENDED: "sending",
    Kind.PUBLISHED: "live",
    Kind.DEFERRED: "later",
    Kind.ABSENT: "not out",
    Kind.UNKNOWABLE: "unknown",
    Kind.WITHDRAWN: "to be removed",
    Kind.KEPT: "not removed",
}


def event_line(thread: Thread, event: Event, now: str) -> Text:
    """A line of the ledger, as it is written."""
    posts = f"post {event.first}" if event.first == event.last else f"posts {event.first}–{event.last}"
    text = f"{now}  {thread.account}: {posts} of {len(thread.posts)} {SAID.get(event.kind, event.kind.value)}"
    details = event.receipts[0].url if event.receipts else event.why
    return Text(harmless(f"{text}: {details}" if details else text))


def standing_json(standing: Standing, prices: Prices | None = None) -> dict[str, Any]:
    """A thread and its posts, for machines."""
    price = (prices or {}).get(standing.thread.account)
    return {
        "account": standing.thread.account,
        "network": standing.thread.network,
        "state": standing.state.value,
        "due": standing.due.isoformat(),
        "paused": standing.paused,
        "price": None if price is None else str(price),
        "next": next_command(standing),
        "posts": [
            {
                "index": index,
                "state": post.state.value,
                "url": post.receipt.url if post.receipt and post.state in OUT else None,
                "until": post.until.isoformat() if post.until else None,
                "why": post.why,
            }
            for index, post in enumerate(standing.posts, 1)
        ],
    }


def plan_json(plan: Plan, standings: Iterable[Standing], prices: Prices | None = None) -> dict[str, Any]:
    """A sealed plan and how far it is, for machines."""
    threads = [standing_json(each, prices) for each in standings]
    return {"digest": plan.digest, "id": plan.id, "slug": plan.slug, "threads": threads}


def code_for(standings: Iterable[Standing]) -> int:
    """The exit code for threads that were to be published, or rolled back."""
    open_ = [each for each in standings if each.state is not State.DONE and not each.gone]
    if any(each.paused or each.state in (State.PARKED, State.STRANDED, State.STUCK) for each in open_):
        return HUMAN
    return NETWORK if open_ else DONE
