"""The engine over a store in a folder, with the network and the account of a stage and nothing else."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from bot.core.delivery import State
from bot.core.model import Numbering, Thread
from bot.core.plan import Plan
from bot.engine.fleet import Fleet
from bot.store.config import Config
from bot.store.store import Store
from bot.testing.fakes import JumpingClock
from bot.testing.stage import Stage


class House:
    """A newsroom of one account."""

    def __init__(self, stage: Stage, folder: Path) -> None:
        self.stage, self.store = stage, Store(folder / "house.db")
        shared = stage.server and stage.server.clock
        self.clock = shared if isinstance(shared, JumpingClock) else JumpingClock(stage.now)
        self.said: list[str] = []

    def __enter__(self) -> House:
        return self

    def __exit__(self, *error: Any) -> None:
        self.store.process.close()

    def seal(self, thread: Thread) -> Plan:
        """A thread as a plan, due now."""
        plan = Plan(thread.slug, (thread,))
        self.store.plans.seal(plan, self.stage.shelf.pictures, self.clock.now(), "contract.md", self.clock.now())
        return plan

    def publish(self, plan: Plan, runs: int = 1) -> set[State]:
        """Take a plan as far as it goes in so many runs, each when the last one said; the states of its posts."""
        fleet, account = self._fleet(), self.stage.account.name
        for _ in range(runs):
            wake = self.store.plans.standing(plan.digest, account).wake
            self.clock.wait((wake - self.clock.now()).total_seconds() if wake else 0.0)
            fleet.publish([(plan.digest, account)])
        return {post.state for post in self.store.plans.standing(plan.digest, account).posts}

    def _fleet(self) -> Fleet:
        stage = self.stage
        config = Config(Path("config.toml"), None, Path("t.db"), (), Numbering("off"), {stage.account.name: stage.account})
        network = replace(stage.network, connect=lambda _account, _world: stage.made())
        return Fleet(lambda: config, {network.name: network}, self.store, self.clock, lambda *_: None, self.said.append)
