"""Shipped test help, pure. Schedules of faults, generated: the same name gives the same schedules on every machine.

First each fault at each request and a death at each commit of the store, then pairs of faults, and pairs with a death and a new
start between them.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice

from bot.testing.lies import FAULTS

REACH = 6  # requests between two faults of a pair: what a fault leads to is soon over
KILLS = ("killed before", "killed after")


@dataclass(frozen=True)
class Schedule:
    """What goes wrong in the life of a thread, restarts included: faults by the number of the request from 0, and the effects
    of the store (from 1; two a commit, just before it and just after) at which the process dies."""

    faults: tuple[tuple[int, str], ...] = ()
    deaths: tuple[int, ...] = ()

    def __str__(self) -> str:
        deaths = (f"dies at commit {(effect + 1) // 2} ({'before' if effect % 2 else 'after'})" for effect in self.deaths)
        return "; ".join([*(f"request {number}: {fault}" for number, fault in self.faults), *deaths]) or "nothing"


def singles(requests: int, effects: int) -> Iterator[Schedule]:
    """Each fault at each request, and a death at each effect, of a life that takes so many when all goes well."""
    yield from (Schedule(((number, fault),)) for number in range(requests) for fault in FAULTS)
    yield from (Schedule(deaths=(effect,)) for effect in range(1, effects + 1))


def pairs(luck: random.Random, requests: int, effects: int) -> Iterator[Schedule]:
    """Two faults, and in every other one a death between them; no schedule twice."""
    known: set[Schedule] = set()
    while True:
        first = luck.randrange(requests)
        second = first + 1 + luck.randrange(REACH)
        faults = [(first, luck.choice(FAULTS)), (second + 1, luck.choice(FAULTS))]
        deaths: tuple[int, ...] = ()
        match luck.randrange(4):
            case 0:
                faults.insert(1, (luck.randint(first + 1, second), luck.choice(KILLS)))
            case 1:
                deaths = (luck.randint(1, effects + 4),)
        schedule = Schedule(tuple(faults), deaths)
        if schedule not in known:
            known.add(schedule)
            yield schedule


def schedules(name: str, requests: int, effects: int, number: int) -> list[Schedule]:
    """So many schedules for the network of that name; where they are too few for all the single faults, some of each sort."""
    luck = random.Random(name)  # noqa: S311
    alone = list(singles(requests, effects))
    if number < 2 * len(alone):
        alone = luck.sample(alone, min(number // 2, len(alone)))
    return list(islice(chain(alone, pairs(luck, requests, effects)), number))
