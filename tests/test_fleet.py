"""Many threads at once: accounts do not hold each other up, and nobody publishes on an account that was not meant."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.core.delivery import Event, State
from bot.core.errors import PlanError
from bot.core.model import Account, Numbering, Post, Thread
from bot.core.plan import Plan
from bot.core.rules import Rules
from bot.engine.fleet import Fleet
from bot.networks.base import Network, asks_nothing
from bot.store.config import Config
from bot.store.standings import Damage, Standing
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
    complaints: list[str] = field(default_factory=list)

    def plan(self) -> Plan:
        return Plan("loire", tuple(map(thread_on, self.liars)))

    def fleet(self, clock: JumpingClock) -> Fleet:
        accounts = {name: Account(name, "liar", {}) for name in self.liars}
        config = Config(Path("config.toml"), None, Path("t.db"), (), Numbering("off"), accounts)
        connect = (lambda account, _world: self.liars[account.name]) if self.publishes else None
        network = Network("liar", RULES, (), lambda account: f"{self.home} of {account.name}", asks_nothing, connect)
        tell = lambda thread, event: self.told.append((thread.account, event))  # noqa: E731
        return Fleet(lambda: config, {"liar": network}, self.store, clock, tell, self.complaints.append)

    def publish(self) -> None:
        clock, plan = JumpingClock(), self.plan()
        self.store.plans.seal(plan, {}, clock.now(), "loire.md", clock.now())
        self.fleet(clock).publish([(plan.digest, account) for account in self.liars])

    def states(self) -> dict[str, set[State]]:
        return {
            each.thread.account: {post.state for post in each.posts}
            for each in self.store.plans.everything()
            if isinstance(each, Standing)
        }


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "t.db") as opened:
        yield opened


def test_an_account_that_refuses_does_not_hold_the_others_back(store: Store) -> None:
    room = Newsroom(store, {"a": Liar(["refuses"]), "b": Liar(), "c": Liar(["lost after"])})
    room.publish()
    assert room.states() == {"a": {State.FAILED, State.WAITING}, "b": {State.DONE}, "c": {State.DONE}}


def test_a_thread_for_a_place_that_the_config_does_not_have_is_left_alone_and_that_is_said(store: Store) -> None:
    """It may be another project's, or somebody is just editing the config: it must neither go elsewhere nor fail."""
    room = Newsroom(store, {"a": Liar()}, home="another home")
    room.publish()
    assert (room.liars["a"].out, room.told, room.states()) == ([], [], {"a": {State.WAITING}})
    assert ["is due for home of a, which this config does not have" in said for said in room.complaints] == [True]
    room.home = "home"
    room.publish()
    assert [text for text, _ in room.liars["a"].out] == ["a 1", "a 2"]


def test_a_network_that_can_only_be_previewed_gets_nothing(store: Store) -> None:
    room = Newsroom(store, {"a": Liar()}, publishes=False)
    room.publish()
    assert (room.told, len(room.complaints)) == ([], 1)


def test_a_plan_that_was_damaged_holds_no_other_up(store: Store) -> None:
    room = Newsroom(store, {"a": Liar()})
    with store.database.writing() as connection:
        connection.exec_driver_sql("INSERT INTO plans VALUES ('0bad', 'bad', 'bad.md', '{}', '2026')")
        connection.exec_driver_sql("INSERT INTO threads VALUES ('0bad', 'a', 'bad', '2026', '2026', NULL, NULL, NULL, '')")
    clock = JumpingClock()
    room.publish()
    assert store.plans.due(clock.now()) == [("0bad", "a")]
    assert room.liars["a"].out
    assert [isinstance(each, Damage) for each in store.plans.everything()] == [False, True]


def test_a_thread_that_was_given_another_time_meanwhile_does_not_go_out_now(store: Store) -> None:
    room = Newsroom(store, {"a": Liar()})
    clock = JumpingClock()
    plan = room.plan()
    store.plans.seal(plan, {}, clock.now(), "loire.md", clock.now())
    jobs = store.plans.due(clock.now())
    store.plans.seal(plan, {}, clock.now() + timedelta(days=1), "loire.md", clock.now())
    room.fleet(clock).publish(jobs)
    assert (room.liars["a"].out, room.states()) == ([], {"a": {State.WAITING}})


def test_a_thread_that_is_being_published_cannot_be_given_another_time(store: Store) -> None:
    room = Newsroom(store, {"a": Liar()})
    clock = JumpingClock()
    plan = room.plan()
    store.plans.seal(plan, {}, clock.now(), "loire.md", clock.now())
    assert store.ledger.take(plan.digest, "a", 2, clock.now())
    with pytest.raises(PlanError, match="another process is publishing this thread right now"):
        store.plans.seal(plan, {}, clock.now() + timedelta(days=1), "loire.md", clock.now())
    assert store.plans.due(clock.now()) == [(plan.digest, "a")]


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


@pytest.mark.parametrize("where", ["connect", "close", "destination"])
def test_a_fault_of_a_network_stops_only_its_own_thread(where: str, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    room = Newsroom(store, {"a": Liar(), "b": Liar()})
    fleet, plan, clock = room.fleet(JumpingClock()), room.plan(), JumpingClock()
    store.plans.seal(plan, {}, clock.now(), "loire.md", clock.now())
    there = fleet.networks["liar"]
    if where == "close":
        monkeypatch.setattr(room.liars["a"], "close", broken)
    else:
        verb = getattr(there, where)
        wrong = {where: lambda account, *more: broken() if account.name == "a" else verb(account, *more)}
        fleet = replace(fleet, networks={"liar": replace(there, **wrong)})
    fleet.publish([(plan.digest, "a"), (plan.digest, "b")])
    first = {"connect": {State.FAILED, State.WAITING}, "close": {State.DONE}, "destination": {State.WAITING}}
    assert room.states() == {"a": first[where], "b": {State.DONE}}
    assert bool(room.complaints) == (where == "destination")


def broken() -> None:
    raise ZeroDivisionError
