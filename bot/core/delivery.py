"""Pure. What may happen to a post after it is planned; nothing else decides that.

A ledger line stands on disk before the call (`Intended`, with the minted key) and another after it. An `Intended` without
a follower means that the process died there. `TRANSITIONS` is the whole law; `bot.core.steps` says what to do under it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from bot.core.model import Receipt


class State(StrEnum):
    """Where a post stands."""

    WAITING = "waiting"  # not out, and nothing under way
    INFLIGHT = "inflight"  # a call is under way, or the process that made it died
    DOUBTED = "doubted"  # it may be out: to be looked for
    DONE = "done"  # it is out
    FAILED = "failed"  # the network said no; it is not out
    CLAIMED = "claimed"  # the network says that it has it already: to be looked for
    PARKED = "parked"  # nobody can tell: a human decides
    CANCELLED = "cancelled"  # it is not out, and will not go
    RECALLED = "recalled"  # it may be out, and is to be rolled back: to be looked for
    STRANDED = "stranded"  # likewise, and nobody can tell: a human decides
    LEAVING = "leaving"  # it is out, and is to be removed
    STUCK = "stuck"  # it is out, and could not be removed
    REMOVED = "removed"  # it was out, and is not any more


class Kind(StrEnum):
    """What a ledger line says of a batch of posts."""

    INTENDED = "intended"  # about to be sent, under this key
    PUBLISHED = "published"  # out, with these receipts
    DEFERRED = "deferred"  # nothing happened; not before `until`
    REFUSED = "refused"  # the network said no
    DOUBTED = "doubted"  # sent, and no answer that can be trusted
    ABSENT = "absent"  # it is certain that the batch is not out: to be sent again, not before `until`
    CLAIMED = "claimed"  # refused as a duplicate of something that the network does not name
    UNKNOWABLE = "unknowable"  # looked, and cannot tell
    CANCELLED = "cancelled"  # a human wants it no more
    WITHDRAWN = "withdrawn"  # a human wants all of the thread rolled back
    REMOVED = "removed"  # it is gone
    KEPT = "kept"  # the network would not remove it


TRANSITIONS: dict[tuple[State, Kind], State] = {
    (State.WAITING, Kind.INTENDED): State.INFLIGHT,
    (State.WAITING, Kind.DEFERRED): State.WAITING,  # signing in failed: nothing was even tried
    (State.WAITING, Kind.REFUSED): State.FAILED,
    (State.WAITING, Kind.CANCELLED): State.CANCELLED,
    (State.INFLIGHT, Kind.PUBLISHED): State.DONE,
    (State.INFLIGHT, Kind.DEFERRED): State.WAITING,
    (State.INFLIGHT, Kind.REFUSED): State.FAILED,
    (State.INFLIGHT, Kind.DOUBTED): State.DOUBTED,
    (State.INFLIGHT, Kind.CLAIMED): State.CLAIMED,
    (State.DOUBTED, Kind.PUBLISHED): State.DONE,
    (State.DOUBTED, Kind.ABSENT): State.WAITING,
    (State.DOUBTED, Kind.DEFERRED): State.DOUBTED,  # the look-up itself failed, or it is too early to call it absent
    (State.DOUBTED, Kind.UNKNOWABLE): State.PARKED,
    (State.CLAIMED, Kind.PUBLISHED): State.DONE,
    (State.CLAIMED, Kind.DEFERRED): State.CLAIMED,
    (State.CLAIMED, Kind.UNKNOWABLE): State.PARKED,  # to send it again would only be refused again
    (State.FAILED, Kind.ABSENT): State.WAITING,  # a human mended the cause and asked again
    (State.FAILED, Kind.PUBLISHED): State.DONE,  # a human saw it
    (State.FAILED, Kind.CANCELLED): State.CANCELLED,
    (State.PARKED, Kind.DEFERRED): State.DOUBTED,  # a human asked to look once more
    (State.PARKED, Kind.PUBLISHED): State.DONE,
    (State.PARKED, Kind.ABSENT): State.WAITING,
    (State.PARKED, Kind.CANCELLED): State.PARKED,  # in old ledgers: what may be out is not dropped any more
    (State.CANCELLED, Kind.ABSENT): State.WAITING,  # a human asked for it after all
    (State.CANCELLED, Kind.DEFERRED): State.DOUBTED,  # in old ledgers, likewise
    # Rolling back: all posts of a thread at once, wherever each of them stands.
    (State.WAITING, Kind.WITHDRAWN): State.CANCELLED,
    (State.FAILED, Kind.WITHDRAWN): State.CANCELLED,
    (State.CANCELLED, Kind.WITHDRAWN): State.CANCELLED,
    (State.INFLIGHT, Kind.WITHDRAWN): State.RECALLED,
    (State.DOUBTED, Kind.WITHDRAWN): State.RECALLED,
    (State.CLAIMED, Kind.WITHDRAWN): State.RECALLED,
    (State.PARKED, Kind.WITHDRAWN): State.RECALLED,
    (State.DONE, Kind.WITHDRAWN): State.LEAVING,
    (State.RECALLED, Kind.WITHDRAWN): State.RECALLED,  # asked for once more
    (State.STRANDED, Kind.WITHDRAWN): State.RECALLED,
    (State.LEAVING, Kind.WITHDRAWN): State.LEAVING,
    (State.STUCK, Kind.WITHDRAWN): State.LEAVING,
    (State.REMOVED, Kind.WITHDRAWN): State.REMOVED,
    (State.RECALLED, Kind.PUBLISHED): State.LEAVING,
    (State.RECALLED, Kind.ABSENT): State.CANCELLED,
    (State.RECALLED, Kind.DEFERRED): State.RECALLED,
    (State.RECALLED, Kind.UNKNOWABLE): State.STRANDED,
    (State.STRANDED, Kind.PUBLISHED): State.LEAVING,
    (State.STRANDED, Kind.ABSENT): State.CANCELLED,
    (State.LEAVING, Kind.REMOVED): State.REMOVED,
    (State.LEAVING, Kind.DEFERRED): State.LEAVING,
    (State.LEAVING, Kind.KEPT): State.STUCK,
    (State.STUCK, Kind.REMOVED): State.REMOVED,  # a human removed it by hand
    (State.REMOVED, Kind.ABSENT): State.WAITING,  # wanted after all
}

# It may be out.
IN_DOUBT = frozenset({State.INFLIGHT, State.DOUBTED, State.CLAIMED, State.PARKED, State.RECALLED, State.STRANDED})
SOUGHT = frozenset({State.INFLIGHT, State.DOUBTED, State.CLAIMED, State.RECALLED})  # the next step is to look for it
OUT = frozenset({State.DONE, State.LEAVING, State.STUCK})
GONE = frozenset({State.CANCELLED, State.REMOVED})  # it is not out, and will not go before a human asks for it
RETREAT = frozenset({State.RECALLED, State.STRANDED, State.LEAVING, State.STUCK})  # it is being rolled back


@dataclass(frozen=True, slots=True)
class Event:
    """A ledger line about the posts `first` to `last` of a thread (indices from 1). What a kind does not need is empty."""

    kind: Kind
    first: int
    last: int
    at: datetime
    key: Mapping[str, Any] | None = None
    receipts: tuple[Receipt, ...] = ()
    until: datetime | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    """One post's state. `batch` are the posts that its key was minted for: they go out together or not at all."""

    state: State = State.WAITING
    key: Mapping[str, Any] | None = None
    batch: tuple[int, int] | None = None
    lost: datetime | None = None  # the last moment at which it may have been sent
    doubts: int = 0
    claimed: bool = False  # the network said that it has it already: then nothing but a human's word makes it absent
    until: datetime | None = None
    receipt: Receipt | None = None
    why: str = ""


class BrokenLedger(RuntimeError):
    """Events that cannot follow each other: a fault of threadbot, or a database that somebody edited."""


def fold(total: int, events: Iterable[Event]) -> tuple[Progress, ...]:
    """The progress of each of `total` posts after the events. Raises BrokenLedger."""
    posts = [Progress()] * total
    for event in events:
        if not 1 <= event.first <= event.last <= total:
            raise BrokenLedger(f"there are no posts {event.first} to {event.last} of {total} – the ledger is damaged")
        if event.kind is Kind.INTENDED and any(post.state is not State.DONE for post in posts[: event.first - 1]):
            raise BrokenLedger(f"post {event.first} was sent before those before it – the ledger is damaged")
        for index in range(event.first, event.last + 1):
            posts[index - 1] = _after(posts[index - 1], event, index)
    return tuple(posts)


def _after(post: Progress, event: Event, index: int) -> Progress:
    state = TRANSITIONS.get((post.state, event.kind))
    if state is None or not _whole(post, event):
        raise BrokenLedger(f"post {index} is {post.state} and cannot be {event.kind} – the ledger is damaged")
    if post.state in GONE and state is State.WAITING:
        return Progress(why=event.why)  # a new post, under a new key: the old one's would only find what is gone
    until = None if state in GONE else event.until  # nobody waits for what will not come
    died, post = post.state is State.INFLIGHT, replace(post, state=state, until=until, why=event.why)
    if event.kind is Kind.INTENDED:
        return replace(post, key=event.key, batch=(event.first, event.last), lost=event.at)
    if event.kind in (Kind.DOUBTED, Kind.CLAIMED):  # a send may have been repeated for long: absence since the last one counts
        claimed = post.claimed or event.kind is Kind.CLAIMED
        return replace(post, doubts=post.doubts + 1, lost=event.at, claimed=claimed)
    if event.kind is Kind.ABSENT:
        return replace(post, claimed=False)
    if event.kind is Kind.WITHDRAWN and died:
        return replace(post, lost=event.at)
    if event.kind is Kind.PUBLISHED:
        return replace(post, receipt=event.receipts[index - event.first])
    return post


def _whole(post: Progress, event: Event) -> bool:
    """Whether the event says all that its kind must say, and of all posts that go out together."""
    batch = (event.first, event.last)
    if event.kind is Kind.INTENDED:  # a batch and its key are minted once, or a repeat could be a second post
        return event.key is not None and (post.batch, post.key) in ((None, None), (batch, event.key))
    if event.kind is Kind.PUBLISHED:
        return len(event.receipts) == event.last - event.first + 1 and post.batch == batch
    # a batch goes out, and is removed, together or not at all
    may_be_out = post.state is State.CANCELLED and event.kind is Kind.DEFERRED
    if may_be_out or post.state in IN_DOUBT | RETREAT:
        return post.batch is not None and event.first <= post.batch[0] and post.batch[1] <= event.last
    return True


def event_to_json(event: Event) -> dict[str, Any]:
    """The event as the ledger keeps it: times in ISO 8601, what is empty left out."""
    value = {
        "kind": event.kind,
        "first": event.first,
        "last": event.last,
        "at": event.at.isoformat(),
        "key": event.key,
        "receipts": [{"id": each.id, "url": each.url, "at": each.at.isoformat(), "ref": each.ref} for each in event.receipts],
        "until": event.until and event.until.isoformat(),
        "why": event.why,
    }
    return {name: each for name, each in value.items() if each not in (None, "", [])}


def event_from_json(value: Mapping[str, Any]) -> Event:
    """The event that `event_to_json` wrote."""
    until = value.get("until")
    return Event(
        kind=Kind(value["kind"]),
        first=value["first"],
        last=value["last"],
        at=datetime.fromisoformat(value["at"]),
        key=value.get("key"),
        receipts=tuple(Receipt(**{**each, "at": datetime.fromisoformat(each["at"])}) for each in value.get("receipts", ())),
        until=datetime.fromisoformat(until) if until else None,
        why=value.get("why", ""),
    )
