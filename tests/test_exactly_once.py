"""Exactly once, in order, and finally done, or gone where a human wanted that: `next_step` against a network that lies, a
process that dies anywhere, and people who change their minds."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from bot.core.delivery import GONE, OUT, Event, Kind, Progress, State, fold
from bot.core.model import Receipt
from bot.core.steps import Done, Find, Remove, Send, Stop, Wait, asked_again, next_step, patience

NOON = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
SETTLE = timedelta(seconds=30)  # a post is to be seen so long after it was sent, at the latest
RUNS = 1000


class Crash(Exception):
    """The process dies here."""


class Lost(Exception):
    """Something may have happened."""


class Busy(Exception):
    """Nothing has happened."""


class Blind(Exception):
    """Nobody can tell."""


class Claimed(Exception):
    """The network says that it has this already; it need not be true."""


class Halted(Exception):
    """Nothing has happened, and nothing will before a human has paid."""


class Denied(Exception):
    """The network does not remove it."""


@dataclass
class World:
    """A clock, a ledger on disk, and a network. Bad luck strikes each effect with the same chance."""

    luck: random.Random
    chance: float
    now: datetime = NOON
    ledger: list[Event] = field(default_factory=list)
    out: list[tuple[datetime, str, int]] = field(default_factory=list)  # when it can be seen, key, post
    minted: int = 0
    minds: int = 0  # how often a human may yet change theirs

    def strikes(self) -> bool:
        return self.luck.random() < self.chance

    def passes(self) -> None:
        self.now += timedelta(seconds=self.luck.uniform(0, 3))
        if self.strikes():
            raise Crash

    def write(self, kind: Kind, step: Send | Find | Remove, **details: Any) -> None:
        self.passes()
        self.ledger.append(Event(kind, step.first, step.last, self.now, **details))
        self.passes()

    def mint(self) -> Mapping[str, Any]:
        self.minted += 1
        return {"key": f"k{self.minted}"}

    def send(self, step: Send, key: Mapping[str, Any]) -> tuple[Receipt, ...]:
        """One commit for the batch: all of it or nothing, and it may take its time until others see it."""
        assert sorted(index for _, _, index in self.out) == list(range(1, step.first)), "all before it are out, and once"
        for _ in range(self.luck.randint(0, 3)):  # repeats of what did not happen, inside one step
            self.now += timedelta(seconds=self.luck.uniform(0, 60))
        self.passes()
        if self.strikes():
            raise self.luck.choice([Busy, Lost, Claimed, Halted])
        seen = self.now + self.luck.random() * SETTLE * (self.chance > 0)
        self.out += ((seen, key["key"], index) for index in range(step.first, step.last + 1))
        self.passes()
        if self.strikes():
            raise self.luck.choice([Lost, Claimed])  # the latter: something on the way has sent it twice
        return self.receipts(step, key)

    def find(self, step: Find) -> tuple[Receipt, ...] | None:
        self.passes()
        if self.strikes():
            raise self.luck.choice([Busy, Blind])
        seen = any(key == step.key["key"] and seen <= self.now for seen, key, _ in self.out)
        return self.receipts(step, step.key) if seen else None

    def remove(self, step: Remove, posts: tuple[Progress, ...]) -> None:
        """What is gone already counts as done."""
        self.passes()
        if self.strikes():
            raise self.luck.choice([Busy, Lost, Denied])
        ids = {post.receipt.id for post in posts[step.first - 1 : step.last] if post.receipt}
        self.out = [(seen, key, index) for seen, key, index in self.out if f"{key} {index}" not in ids]
        self.passes()
        if self.strikes():
            raise Lost

    def receipts(self, step: Send | Find, key: Mapping[str, Any]) -> tuple[Receipt, ...]:
        return tuple(Receipt(f"{key['key']} {index}", "", self.now) for index in range(step.first, step.last + 1))


def publish(world: World, total: int, batch: int) -> None:
    """The publisher's loop, from a start to done or gone, or to a crash."""
    while True:
        posts = fold(total, world.ledger)
        if world.minds and world.luck.random() < 0.1:
            changes_its_mind(world, posts)
            continue
        match next_step(posts, batch, world.now):
            case Wait(until=until):
                world.now = until
            case Send() as step:
                sends(world, step)
            case Find() as step:
                finds(world, step)
            case Remove() as step:
                removes(world, step, posts)
            case Stop(state=State.PARKED | State.STRANDED | State.STUCK, index=index):
                helps(world, posts, posts[index - 1])
            case Stop() | Done() as step:
                assert isinstance(step, Done) or {post.state for post in posts} <= GONE, step
                return


def changes_its_mind(world: World, posts: tuple[Progress, ...]) -> None:
    """A human wants the thread rolled back, or, once it is gone, out after all."""
    world.minds -= 1
    if not {post.state for post in posts} <= GONE:
        world.write(Kind.WITHDRAWN, Remove(1, len(posts)))
        return
    for event in asked_again(posts, world.now, world.now, dropped=True):
        world.passes()
        world.ledger.append(event)


def helps(world: World, posts: tuple[Progress, ...], post: Progress) -> None:
    """A human asks once more for what could not be removed, or looks with their own eyes, when all there is can be seen."""
    if post.state is State.STUCK:
        world.write(Kind.WITHDRAWN, Remove(1, len(posts)))
        return
    world.now += SETTLE
    assert post.batch, "it was sent"
    assert post.key, "under a key"
    found = Find(*post.batch, post.key, False, world.now, 0)
    there = any(key == post.key["key"] for _, key, _ in world.out)
    details = {"receipts": world.receipts(found, post.key)} if there else {}
    world.write(Kind.PUBLISHED if there else Kind.ABSENT, found, **details)


def sends(world: World, step: Send) -> None:
    key = step.key if step.key is not None else world.mint()
    world.write(Kind.INTENDED, step, key=key)
    try:
        given = world.send(step, key)
    except Busy:
        world.write(Kind.DEFERRED, step, until=world.now + timedelta(seconds=world.luck.uniform(0, 300)))
    except Halted:
        world.write(Kind.DEFERRED, step)
    except Lost:
        world.write(Kind.DOUBTED, step)
    except Claimed:
        world.write(Kind.CLAIMED, step)
    else:
        world.write(Kind.PUBLISHED, step, receipts=given)


def finds(world: World, step: Find) -> None:
    if step.died:
        world.write(Kind.DOUBTED, step)
        return
    try:
        given = world.find(step)
    except Busy:
        world.write(Kind.DEFERRED, step, until=world.now + timedelta(seconds=5))
    except Blind:
        world.write(Kind.UNKNOWABLE, step)
    else:
        if given is not None:
            world.write(Kind.PUBLISHED, step, receipts=given)
        elif world.now < step.lost + SETTLE:
            world.write(Kind.DEFERRED, step, until=step.lost + SETTLE)
        elif step.claimed:
            world.write(Kind.UNKNOWABLE, step)
        else:
            world.write(Kind.ABSENT, step, until=world.now + patience(step.doubts))


def removes(world: World, step: Remove, posts: tuple[Progress, ...]) -> None:
    try:
        world.remove(step, posts)
    except (Busy, Lost):
        world.write(Kind.DEFERRED, step, until=world.now + timedelta(seconds=world.luck.uniform(0, 300)))
    except Denied:
        world.write(Kind.KEPT, step)
    else:
        world.write(Kind.REMOVED, step)


def lived(world: World, total: int, batch: int) -> list[int]:
    """The posts that are out in the end, in order; the process is started again whenever it dies."""
    for _ in range(10_000):
        try:
            publish(world, total, batch)
        except Crash:
            continue
        return [index for _, _, index in world.out]
    raise AssertionError("never done")


@pytest.mark.parametrize("batch", [1, 2, 3, 99])
def test_a_thread_is_out_exactly_once_and_in_order_whatever_happens(batch: int) -> None:
    for seed in range(RUNS):
        luck = random.Random(seed * 100 + batch)
        total = luck.randint(1, 6)
        world = World(luck, luck.uniform(0, 0.3))
        assert lived(world, total, batch) == list(range(1, total + 1)), f"seed {seed}"
        assert all(post.state is State.DONE for post in fold(total, world.ledger))
        assert all(one.at <= two.at for one, two in pairwise(world.ledger)), f"seed {seed}"


@pytest.mark.parametrize("batch", [1, 2, 99])
def test_a_thread_that_people_roll_back_and_want_again_ends_live_once_or_gone_and_the_ledger_says_which(batch: int) -> None:
    ends = set()
    for seed in range(RUNS):
        luck = random.Random(seed * 100 + batch)
        total = luck.randint(1, 5)
        world = World(luck, luck.uniform(0, 0.25), minds=luck.randint(1, 4))
        out, posts = lived(world, total, batch), fold(total, world.ledger)
        states = {post.state for post in posts}
        assert states == {State.DONE} or states <= GONE, f"seed {seed}"
        assert out == [index for index, post in enumerate(posts, 1) if post.state in OUT], f"seed {seed}"
        ends |= states
    assert ends == {State.DONE, *GONE}, "all of it was tried"


def test_a_thread_without_bad_luck_takes_two_lines_a_batch() -> None:
    world = World(random.Random(1), 0)
    assert lived(world, 6, 2) == [1, 2, 3, 4, 5, 6]
    assert [event.kind for event in world.ledger] == [Kind.INTENDED, Kind.PUBLISHED] * 3
    assert world.minted == 3


def carelessly(world: World, step: Find) -> None:
    """A publisher that does not look whether it is out."""
    world.write(Kind.DOUBTED if step.died else Kind.UNKNOWABLE if step.claimed else Kind.ABSENT, step)


def hastily(world: World, step: Find) -> None:
    """A publisher that takes what cannot be seen yet for absent."""
    if any(key == step.key["key"] and seen <= world.now for seen, key, _ in world.out) and not step.died:
        world.write(Kind.PUBLISHED, step, receipts=world.receipts(step, step.key))
    else:
        carelessly(world, step)


@pytest.mark.parametrize("minds", [0, 1], ids=["", "and a rollback"])
@pytest.mark.parametrize("wrong", [carelessly, hastily])
def test_this_network_catches_a_publisher_that_does_not_look(wrong: Any, minds: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """It sends again what is out, or calls gone what is not."""
    monkeypatch.setattr(f"{__name__}.finds", wrong)
    caught = 0
    for seed in range(200):
        world = World(random.Random(seed), 0.2, minds=minds)
        try:
            out, posts = lived(world, 4, 1), fold(4, world.ledger)
        except AssertionError:
            caught += 1
        else:
            caught += out != [index for index, post in enumerate(posts, 1) if post.state in OUT]
    assert caught > 10
