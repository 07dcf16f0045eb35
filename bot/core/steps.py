"""Pure. What to do next with a thread, from how far its posts are; and what it means that a human asks again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby, takewhile
from typing import Any

from bot.core.delivery import GONE, SOUGHT, Event, Kind, Progress, State
from bot.core.model import Receipt


@dataclass(frozen=True, slots=True)
class Send:
    """Send the posts `first` to `last`; under `key`, or under a new one where there is none yet. `doubts`: how often that was
    tried and no answer heard."""

    first: int
    last: int
    key: Mapping[str, Any] | None
    doubts: int = 0


@dataclass(frozen=True, slots=True)
class Find:
    """Look whether the posts `first` to `last` are out. `died`: their sender left no word. `lost`: until when
    they may have been sent. `claimed`: the network says that it has them. `recalled`: they are to be rolled back."""

    first: int
    last: int
    key: Mapping[str, Any]
    died: bool
    lost: datetime
    doubts: int
    claimed: bool = False
    recalled: bool = False


@dataclass(frozen=True, slots=True)
class Remove:
    """Remove the posts `first` to `last`, which went out together."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing to do before `until`."""

    until: datetime
    why: str


@dataclass(frozen=True, slots=True)
class Stop:
    """The post `index` is failed, parked, cancelled, or could not be rolled back: nothing happens by itself."""

    index: int
    state: State
    why: str


@dataclass(frozen=True, slots=True)
class Done:
    """Every post is out."""


Step = Send | Find | Remove | Wait | Stop | Done


def next_step(posts: Sequence[Progress], batch: int, now: datetime) -> Step:
    """What to do next with a thread, `batch` being how many posts one commit takes from the first that is not out: strictly
    in order, and where it is rolled back, from the last to the first."""
    index = decisive(posts)
    if index is None:
        return Done()
    post = posts[index - 1]
    if post.state not in (State.WAITING, State.LEAVING, *SOUGHT):
        return Stop(index, post.state, post.why)
    if post.until and post.until > now:
        return Wait(post.until, post.why)
    if post.state is State.WAITING:
        return Send(*(post.batch or _fresh(posts, index, batch)), post.key, post.doubts)
    assert post.batch, "an intended post has a batch"
    if post.state is State.LEAVING:
        return Remove(*post.batch)
    assert post.key is not None, "and a key"
    assert post.lost, "and a time"
    died, recalled = post.state is State.INFLIGHT, post.state is State.RECALLED
    return Find(*post.batch, post.key, died, post.lost, post.doubts, post.claimed, recalled)


# Before anything is removed, what may be out is looked for: it may be found only while what it answers to is there.
RETREATING = (State.RECALLED, State.LEAVING, State.STRANDED, State.STUCK)


def decisive(posts: Sequence[Progress]) -> int | None:
    """The post that decides what becomes of a thread; None: every post is out."""
    last = (index for state in RETREATING for index in range(len(posts), 0, -1) if posts[index - 1].state is state)
    missing = (index for index, post in enumerate(posts, 1) if post.state is not State.DONE)
    return next(last, None) or next(missing, None)


def _fresh(posts: Sequence[Progress], first: int, batch: int) -> tuple[int, int]:
    """The posts from `first` on that can go out together: at most `batch`, none of which is cancelled."""
    fresh = takewhile(lambda post: post.state is State.WAITING, posts[first - 1 : first - 1 + batch])
    return first, first - 1 + len(list(fresh))


def asked_again(posts: Sequence[Progress], due: datetime, now: datetime, dropped: bool) -> Iterator[Event]:
    """What a human's asking again writes down, for when it is due: every wait ends there, what nobody could tell is looked for
    once more, what failed is tried again; `dropped`: also what was cancelled or rolled back."""
    revived = {State.FAILED, *(GONE if dropped else ())}

    def kind(number: int) -> Kind | None:
        post = posts[number - 1]
        if post.state in revived:
            return Kind.ABSENT
        # a network that is still busy will say so
        return Kind.DEFERRED if post.state is State.PARKED or (post.until and post.until > due) else None

    for each, run in groupby(range(1, len(posts) + 1), kind):
        if each:
            numbers = list(run)
            yield Event(each, numbers[0], numbers[-1], now, until=due if each is Kind.DEFERRED else None, why="asked for again")


# Seconds to wait before a batch that was lost so many times is sent again: once at once, then a server that keeps losing
# answers is left alone for longer and longer.
PATIENCE = (0, 5, 30, 120, 600)


def patience(doubts: int) -> timedelta:
    """How long to wait before sending what was doubted so often and is certainly absent."""
    return timedelta(seconds=PATIENCE[min(max(doubts, 1), len(PATIENCE)) - 1])


def receipts(posts: Sequence[Progress]) -> tuple[Receipt, ...]:
    """The receipts of the posts that are out, or were, in order: a post is looked for where it was sent."""
    return tuple(post.receipt for post in posts if post.receipt)
