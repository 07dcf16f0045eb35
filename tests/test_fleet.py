"""Many threads at once: accounts do not hold each other up, and nobody publishes on an account that was not meant."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from bot.core.delivery import Event, State
from bot.core.model import Account, Numbering, Post, Thread
from bot.core.plan import Plan
from bot.core.rules import Rules
from bot.engine.fleet import Fleet
from bot.networks.base import Network, asks_nothing
from bot.store.config import Config
from bot.store.store import Store
from bot.testing.fakes import JumpingClock, Liar

RULES = Rules("plain", 300, 4, 1_000_000, ("image/png",), "these tests")


def thread_on(account: str, total: int = 2) -> Thread:
    posts = tuple(Post(n, total, f"{account} {n}", 6, 300, "graphemes") for n in range(1, total + 1))
    return Thread(account, "liar", f"home of {account}", "loire", "", "", posts)


@dataclass
class Newsroom:
    """Accounts on a network of liars, one liar an account, and one sealed plan for all of them."""

    store: Store
    liars: dict[str, Liar]
    home: str = "home"
    publishes: bool = True
    told: list[tuple[str, Event]] = field(default_factory=list)

    def publish(self) -> None:
        clock = JumpingClock()
        plan = Plan("loire", tuple(map(thread_on, self.liars)))
        self.store.plans.seal(plan, {}, clock.now(), "loire.md", clock.now())
        accounts = {name: Account(name, "liar", {}) for name in self.liars}
        config = Config(Path("config.toml"), None, Path("t.db"), (), Numbering("off"), accounts)
        connect = (lambda account, _world: self.liars[account.name]) if self.publishes else None
        network = Network("liar", RULES, (), lambda account: f"{self.home} of {account.name}", asks_nothing, connect)
        tell = lambda thread, event: self.told.append((thread.account, event))  # noqa: E731
        fleet = Fleet(config, {"liar": network}, self.store, clock, tell)
        fleet.publish([(plan, account) for account in self.liars])
        self.plan, self.fleet = plan, fleet

    def states(self) -> dict[str, set[State]]:
        return {each.thread.account: {post.state for post in each.posts} for each in self.store.plans.everything()}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "t.db") as opened:
        yield opened


def test_an_account_that_refuses_does_not_hold_the_others_back(store: Store) -> None:
    room = Newsroom(store, {"a": Liar(["refuses"]), "b": Liar(), "c": Liar(["lost after"])})
    room.publish()
    assert room.states() == {"a": {State.FAILED, State.WAITING}, "b": {State.DONE}, "c": {State.DONE}}


def test_an_account_that_points_elsewhere_now_gets_nothing(store: Store) -> None:
    room = Newsroom(store, {"a": Liar()}, home="another home")
    room.publish()
    assert (room.liars["a"].out, room.states()) == ([], {"a": {State.FAILED, State.WAITING}})
    assert "points to another home of a now, the plan is for home of a" in room.told[-1][1].why


def test_an_account_that_left_the_config_gets_nothing_and_can_come_back(store: Store) -> None:
    room = Newsroom(store, {"a": Liar()}, home="another home")
    room.publish()
    room.home = "home"
    room.publish()
    assert [text for text, _ in room.liars["a"].out] == ["a 1", "a 2"]


def test_a_network_that_can_only_be_previewed_gets_nothing(store: Store) -> None:
    room = Newsroom(store, {"a": Liar()}, publishes=False)
    room.publish()
    assert "cannot publish to liar yet" in room.told[-1][1].why


def test_a_post_in_doubt_stays_in_doubt_while_its_account_cannot_be_reached(store: Store) -> None:
    """An account that cannot be looked at must not be taken for one that has nothing."""
    room = Newsroom(store, {"a": Liar(["lost after", "cannot tell"])})
    room.publish()
    assert room.states() == {"a": {State.PARKED, State.WAITING}}
    assert len(room.liars["a"].out) == 1


def test_every_line_of_the_ledger_is_told(store: Store) -> None:
    room = Newsroom(store, {"a": Liar()})
    room.publish()
    assert [event.kind for _, event in room.told] == ["intended", "published"] * 2
    assert replace(room.told[0][1], key=None).first == 1
