"""The engine in a process that dies as by a power cut: at a request, when the network kills it, or at a commit, by itself.

Its time is a number that it shares with the network and with whoever looks on: to wait is to add to it.
"""

from __future__ import annotations

import gc
import mmap
import os
import signal
import struct
import traceback
from collections.abc import Callable, Container
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

from bot.core.delivery import State
from bot.core.model import Account, Numbering
from bot.core.plan import Plan
from bot.engine.fleet import Fleet
from bot.engine.scheduler import Alarm, Worker
from bot.networks import wire
from bot.networks.base import Network
from bot.store import database
from bot.store.config import Config
from bot.store.standings import Standing
from bot.store.store import Store
from tests.crash import fused_store

ROUNDS = 60  # of the worker, in one life
LIFE = 60  # seconds of real time: an engine that takes longer hangs
DONE, STOPPED, BROKEN = 0, 10, 11  # how a life ends that is not cut short


class Shared:
    """What three processes know of each other: how far the time was set forward, whom to kill, how many effects there were."""

    SLOTS: ClassVar = {"ahead": "=d", "pid": "=q", "effects": "=q"}

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, 8 * len(self.SLOTS))

    def get(self, slot: str) -> Any:
        return struct.unpack_from(self.SLOTS[slot], self._memory, 8 * list(self.SLOTS).index(slot))[0]

    def put(self, slot: str, value: float) -> None:
        struct.pack_into(self.SLOTS[slot], self._memory, 8 * list(self.SLOTS).index(slot), value)


class SharedClock:
    """As `bot.engine.clock.Clock`: whoever waits sets it forward, for all."""

    stopping = False

    def __init__(self, shared: Shared) -> None:
        self.shared = shared

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self.shared.get("ahead"))

    def wait(self, seconds: float) -> None:
        self.shared.put("ahead", self.shared.get("ahead") + max(0.0, seconds))


class Fuse:
    """Counts the effects of the store over all lives, and burns at the chosen ones."""

    def __init__(self, shared: Shared, deaths: Container[int]) -> None:
        self.shared, self.deaths = shared, deaths

    def effect(self, _name: str) -> None:
        count = self.shared.get("effects") + 1
        self.shared.put("effects", count)
        if count in self.deaths:
            os.kill(os.getpid(), signal.SIGKILL)


@dataclass(frozen=True)
class Home:
    """A store with one sealed plan, and all that is needed to publish it on one account."""

    folder: Path
    plan: Plan
    account: Account
    network: Network
    shared: Shared
    patience: float  # seconds of real time for a step of a request

    @property
    def clock(self) -> SharedClock:
        return SharedClock(self.shared)

    def store(self) -> Store:
        return Store(self.folder / "t.db")

    def standing(self, store: Store) -> Standing:
        return store.plans.standing(self.plan.digest, self.account.name)

    def fleet(self, store: Store) -> Fleet:
        config = Config(Path("config.toml"), None, Path("t.db"), (), Numbering("off"), {self.account.name: self.account})
        return Fleet(lambda: config, {self.network.name: self.network}, store, self.clock, lambda *_: None, lambda *_: None)


def live(home: Home, deaths: Container[int]) -> int:
    """A worker's life, in a process of its own, until there is nothing to do by itself. Its exit code, or less the signal."""
    pid = os.fork()
    if pid:
        os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)  # dead, and its number is nobody else's yet
        home.shared.put("pid", 0)
        _, status = os.waitpid(pid, 0)
        return os.waitstatus_to_exitcode(status)
    code = BROKEN
    try:
        signal.alarm(LIFE)
        home.shared.put("pid", os.getpid())
        fused_store(Fuse(home.shared, deaths))
        impatient(home.patience)
        code = worked(home)
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


def worked(home: Home) -> int:
    """A worker's life in this process: how it ended."""
    with home.store() as store:
        worker = Worker(home.fleet(store), home.clock, Alarm())
        for _ in range(ROUNDS):
            worker.once()
            if (earliest := store.plans.earliest()) is None:
                return DONE if home.standing(store).state is State.DONE else STOPPED
            home.clock.wait((earliest - home.clock.now()).total_seconds())
    raise AssertionError(f"{ROUNDS} rounds, and no end")


def warmed(home: Home) -> None:
    """Live once in this process, so that those which are forked from it have read and compiled what they need."""
    database._engine = cache(database._engine)
    worked(home)
    gc.freeze()  # what is never touched is never copied


def impatient(seconds: float) -> None:
    """In this process, a server that stalls is soon given up."""
    made: Callable[..., None] = wire.Wire.__init__

    def brief(self: wire.Wire, base: str, account: str, *_: float, **__: float) -> None:
        made(self, base, account, seconds, 2 * seconds)

    wire.Wire.__init__ = brief  # type: ignore[method-assign]
