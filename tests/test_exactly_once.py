"""Exactly once, in order, and finally done: `next_step` against a network that lies and a process that dies anywhere."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from bot.core.delivery import Done, Event, Find, Kind, Send, State, Stop, Wait, fold, next_step, patience
from bot.core.model import Receipt

NOON = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
SETTLE = timedelta(seconds=30)  # a post is to be seen so long after it was sent, at the latest
RUNS = 1500


class Crash(Exception):
    """The process dies here."""


class Lost(Exception):
    """Something may have happened."""


class Busy(Exception):
    """Nothing has happened."""


class Blind(Exception):
    """Nobody can tell."""


@dataclass
class World:
    """A clock, a ledger on disk, and a network. Bad luck strikes each effect with the same chance."""

    luck: random.Random
    chance: float
    now: datetime = NOON
    ledger: list[Event] = field(default_factory=list)
    out: list[tuple[datetime, str, int]] = field(default_factory=list)  # when it can be seen, key, post
    minted: int = 0

    def strikes(self) -> bool:
        return self.luck.random() < self.chance

    def passes(self) -> None:
        self.now += timedelta(seconds=self.luck.uniform(0, 3))
        if self.strikes():
            raise Crash

    def write(self, kind: Kind, step: Send | Find, **details: Any) -> None:
        self.passes()
        self.ledger.append(Event(kind, step.first, step.last, self.now, **details))
        self.passes()

    def mint(self) -> Mapping[str, Any]:
        self.minted += 1
        return {"key": f"k{self.minted}"}

    def send(self, step: Send, key: Mapping[str, Any]) -> tuple[Receipt, ...]:
        """One commit for the batch: all of it or nothing, and it may take its time until others see it."""
        for _ in range(self.luck.randint(0, 3)):  # repeats of what did not happen, inside one step
            self.now += timedelta(seconds=self.luck.uniform(0, 60))
        self.passes()
        if self.strikes():
            raise self.luck.choice([Busy, Lost])
        seen = self.now + self.luck.random() * SETTLE * (self.chance > 0)
        self.out += ((seen, key["key"], index) for index in range(step.first, step.last + 1))
        self.passes()
        if self.strikes():
            raise Lost
        return self.receipts(step)

    def find(self, step: Find) -> tuple[Receipt, ...] | None:
        self.passes()
        if self.strikes():
            raise self.luck.choice([Busy, Blind])
        return self.receipts(step) if any(key == step.key["key"] and seen <= self.now for seen, key, _ in self.out) else None

    def receipts(self, step: Send | Find) -> tuple[Receipt, ...]:
        return tuple(Receipt(str(index), "", self.now) for index in range(step.first, step.last + 1))


def publish(world: World, total: int, batch: int) -> None:
    """The publisher's loop, from a start to done, or to a crash."""
    while True:
        posts = fold(total, world.ledger)
        match next_step(posts, batch, world.now):
            case Done():
                return
            case Wait(until=until):
                world.now = until
            case Send() as step:
                sends(world, step)
            case Find() as step:
                finds(world, step)
            case Stop(state=State.PARKED, index=index):
                first, last = posts[index - 1].batch or (0, 0)
                world.now += SETTLE  # a human looks with their own eyes, when all there is can be seen
                found = Find(first, last, posts[index - 1].key or {}, False, world.now, 0)
                there = any(key == found.key["key"] for _, key, _ in world.out)
                details = {"receipts": world.receipts(found)} if there else {}
                world.write(Kind.PUBLISHED if there else Kind.ABSENT, found, **details)
            case Stop() as step:
                raise AssertionError(step)


def sends(world: World, step: Send) -> None:
    key = step.key if step.key is not None else world.mint()
    world.write(Kind.INTENDED, step, key=key)
    try:
        given = world.send(step, key)
    except Busy:
        world.write(Kind.DEFERRED, step, until=world.now + timedelta(seconds=world.luck.uniform(0, 300)))
    except Lost:
        world.write(Kind.DOUBTED, step)
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
        else:
            world.write(Kind.ABSENT, step, until=world.now + patience(step.doubts))


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


def test_a_thread_without_bad_luck_takes_two_lines_a_batch() -> None:
    world = World(random.Random(1), 0)
    assert lived(world, 6, 2) == [1, 2, 3, 4, 5, 6]
    assert [event.kind for event in world.ledger] == [Kind.INTENDED, Kind.PUBLISHED] * 3
    assert world.minted == 3


def carelessly(world: World, step: Find) -> None:
    """A publisher that sends again what it has not looked for."""
    world.write(Kind.DOUBTED, step) if step.died else world.write(Kind.ABSENT, step)


def hastily(world: World, step: Find) -> None:
    """A publisher that takes what cannot be seen yet for absent."""
    if step.died:
        world.write(Kind.DOUBTED, step)
    elif any(key == step.key["key"] and seen <= world.now for seen, key, _ in world.out):
        world.write(Kind.PUBLISHED, step, receipts=world.receipts(step))
    else:
        world.write(Kind.ABSENT, step)


@pytest.mark.parametrize("wrong", [carelessly, hastily])
def test_this_network_catches_a_publisher_that_does_not_look(wrong: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"{__name__}.finds", wrong)
    doubled = 0
    for seed in range(200):
        luck = random.Random(seed)
        doubled += lived(World(luck, 0.2), 4, 1) != [1, 2, 3, 4]
    assert doubled > 10
