"""How far threads are, and what to do next: the same words after a publish, in `status`, and wherever somebody is told."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, tzinfo
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.text import Text

from bot.cli.setting import CONFIG, DONE, HUMAN, NETWORK, harmless
from bot.cli.show import local
from bot.core.delivery import GONE, OUT, Event, Kind, Progress, State
from bot.core.model import Thread
from bot.core.plan import Plan
from bot.core.states import STATES
from bot.engine.prices import dollars

if TYPE_CHECKING:
    from bot.store.standings import Standing


@dataclass(frozen=True, slots=True)
class View:
    """From where threads are looked at: the config's file and zone, and the time. `price` is what a thread costs in US dollars,
    where that is known; `away`: whether the config does not have its account (any more)."""

    config: Path
    tz: tzinfo | None
    now: datetime
    price: Callable[[Thread], Decimal | None] = lambda _thread: None
    away: Callable[[Thread], bool] = lambda _thread: False


RETRY = "threadbot retry {id} --account {account}"
ROLLBACK = "threadbot rollback {id} --account {account}"
CANCEL = "threadbot cancel {id} --account {account}"
RESOLVE = "look at the account, then threadbot resolve {id} --account {account} --post {post} --live URL, or --absent"
NEXT = {  # for a thread that does not go on by itself, or only while a worker runs
    State.WAITING: "threadbot worker --once goes on",
    State.INFLIGHT: "threadbot worker --once looks whether it is out, and goes on",
    State.DOUBTED: "threadbot worker --once looks whether it is out, and goes on",
    State.CLAIMED: "threadbot worker --once looks whether it is out",
    State.FAILED: f"mend the cause, then {RETRY}; or, if it is the draft, {CANCEL}, and publish it changed",
    State.PARKED: RESOLVE,
    State.RECALLED: "threadbot worker --once looks whether it is out, and removes it",
    State.LEAVING: "threadbot worker --once goes on removing",
    State.STRANDED: RESOLVE,
    State.STUCK: f"mend the cause, then {ROLLBACK}; or remove it by hand, then "
    "threadbot resolve {id} --account {account} --post {post} --absent",
}
RESUME = "mend the cause, then threadbot resume {id} --account {account}"
HALF = f"mend the cause, then {RETRY}; or, if it is the draft, {ROLLBACK}, and publish it changed"  # failed, and partly out
LATER = f"a worker goes on then, or {RETRY} does now"
AWAY = "put {destination} back into the config, or "
DROP = AWAY + CANCEL
SETTLE = AWAY + "look there, then threadbot resolve {id} --account {account} --post {post} --absent"
COMMANDS = "accounts|append|cancel|list|login|pause|resolve|resume|retry|rollback|status|worker"
COMMAND = re.compile(rf"\bthreadbot ({COMMANDS})\b(?! --config)")


def exact(text: str, config: Path) -> str:
    """A message whose commands can be typed as they stand, also where the config is not the usual one."""
    return text if config == CONFIG else COMMAND.sub(lambda found: f"{found[0]} --config {shlex.quote(str(config))}", text)


def status_lines(standings: Iterable[Standing], view: View) -> Iterator[Text]:
    """How far each thread is, with the links of what is live, and what to do next."""
    for each in standings:
        thread, live = each.thread, f"{each.live} of {len(each.posts)} live"
        price = view.price(thread)
        about = f", about {dollars(price)}" if price else ""
        yield Text.assemble((thread.account, "bold"), f"  {thread.network}: {word(each)}, {live}{about}")
        for index, post in enumerate(each.posts, 1):
            yield Text(f"  {index:>3}  {exact(harmless(_post_line(post, each, view.tz)), view.config)}")
        if each.paused:
            yield Text(f"  paused: {exact(harmless(each.paused), view.config)}", "yellow")
        if advice := next_command(each, view):
            yield Text(f"  next: {advice}", "yellow")


def word(standing: Standing) -> str:
    """How a thread stands."""
    rolled_back = standing.gone and any(post.state is State.REMOVED for post in standing.posts)
    return _word(State.REMOVED if rolled_back else standing.state, standing.busy)


def _word(state: State, busy: bool) -> str:
    return "being sent" if busy and state is State.INFLIGHT else STATES[state]


def _post_line(post: Progress, standing: Standing, tz: tzinfo | None) -> str:
    until, wait = post.until, ", waiting"
    if post.state is State.WAITING:
        until, wait = max(post.until or standing.due, standing.due), ""
    said = _word(post.state, standing.busy) + (f"{wait} until {local(until, tz)}" if until else "")
    why = f": {post.why}" if post.why and post.state is not State.DONE else ""
    return f"{said}{why}" + (f"  {post.receipt.url}" if post.receipt and post.state in OUT else "")


def next_command(standing: Standing, view: View) -> str:
    """The exact next step for a thread that does not go on by itself, or only with a worker; empty where there is none."""
    index = standing.decisive
    if index is None or standing.gone:
        return ""
    _, last = standing.posts[index - 1].batch or (index, index)
    thread = standing.thread
    names = {"id": standing.plan.id, "account": thread.account, "post": last, "destination": thread.destination}
    return exact(harmless(_advice(standing, standing.posts[index - 1], view).format(**names)), view.config)


def _advice(standing: Standing, post: Progress, view: View) -> str:
    if view.away(standing.thread) and post.state not in GONE:
        return DROP if post.state in (State.WAITING, State.FAILED) else SETTLE
    if standing.paused:
        return RESUME
    if standing.busy or planned(standing, view.now) or (post == Progress() and not standing.live):
        return ""
    if post.until and post.until > view.now:
        return LATER
    return HALF if post.state is State.FAILED and standing.live else NEXT.get(post.state, "")


def planned(standing: Standing, now: datetime) -> bool:
    """Whether a thread waits for nothing but the time that somebody set for it."""
    until = standing.posts[standing.decisive - 1].until if standing.decisive else None
    return standing.state is State.WAITING and now < standing.due and (until is None or until <= standing.due)


def list_lines(standings: Iterable[Standing], tz: tzinfo | None) -> Iterator[Text]:
    """A line a thread."""
    yield Text(f"{'ID':8}  {'due':16}  {'state':14}  thread on account", "bold")
    for each in standings:
        state = "paused" if each.paused and not each.gone else word(each)
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


def event_line(thread: Thread, event: Event, now: str, config: Path) -> Text:
    """A line of the ledger, as it is written."""
    posts = f"post {event.first}" if event.first == event.last else f"posts {event.first}–{event.last}"
    text = f"{now}  {thread.account}: {posts} of {len(thread.posts)} {SAID.get(event.kind, event.kind.value)}"
    details = event.receipts[0].url if event.receipts else event.why
    return Text(exact(harmless(f"{text}: {details}" if details else text), config))


def standing_json(standing: Standing, view: View) -> dict[str, Any]:
    """A thread and its posts, for machines."""
    price = view.price(standing.thread)
    return {
        "account": standing.thread.account,
        "network": standing.thread.network,
        "state": standing.state.value,
        "due": standing.due.isoformat(),
        "paused": standing.paused,
        "price": None if price is None else str(price),
        "next": next_command(standing, view),
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


def plan_json(plan: Plan, standings: Iterable[Standing], view: View) -> dict[str, Any]:
    """A sealed plan and how far it is, for machines."""
    threads = [standing_json(each, view) for each in standings]
    return {"digest": plan.digest, "id": plan.id, "slug": plan.slug, "threads": threads}


def code_for(standings: Iterable[Standing], now: datetime) -> int:
    """The exit code for threads that were to be published, or rolled back: those that wait for their time are well."""
    open_ = [each for each in standings if each.state is not State.DONE and not each.gone]
    if any(each.paused or each.state in (State.PARKED, State.STRANDED, State.STUCK) for each in open_):
        return HUMAN
    return NETWORK if any(not planned(each, now) for each in open_) else DONE
