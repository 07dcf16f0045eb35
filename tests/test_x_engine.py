"""X under the engine: what its lists and its refusals are like must not make a post twice, or lose one."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from bot.core.delivery import State
from bot.engine.mending import resume
from bot.testing.house import House
from bot.testing.x import FakeX
from tests.x_stage import scene

TEXTS = ("Un https://afp.com/a?b=1&c=2", "Deux & <deux>", "Trois")


@pytest.mark.parametrize("tokens", [False, True])
@pytest.mark.parametrize("lag", [0.0, 100.0])
@pytest.mark.parametrize(
    "faults", [{0: "lost after"}, {1: "500 after", 3: "garbage after"}, {0: "lost after", 1: "500 before"}]
)
def test_lost_answers_and_lists_that_lag_end_with_each_post_once(
    tmp_path: Path, tokens: bool, lag: float, faults: dict[int, str]
) -> None:
    """With an X that refuses no duplicates: only looking keeps a post single."""
    with scene(FakeX(lag=lag, memory=timedelta()), tokens=tokens) as at, House(at.stage, tmp_path) as house:
        plan = house.seal(at.stage.thread(*TEXTS))
        at.server.plan(faults)
        assert house.publish(plan, runs=6) == {State.DONE}
        assert [(seen.text, seen.parent) for seen in at.stage.seen()] == list(zip(TEXTS, [None, *TEXTS], strict=False))


def test_a_list_that_lags_for_longer_than_we_wait_costs_no_second_post(tmp_path: Path) -> None:
    """The repeat is refused as a duplicate; nobody can say where the first one is, so a person is asked."""
    with scene(FakeX(lag=100_000.0)) as at, House(at.stage, tmp_path) as house:
        plan = house.seal(at.stage.thread(*TEXTS))
        at.server.plan({0: "lost after"})
        assert house.publish(plan, runs=6) == {State.PARKED, State.WAITING}
        assert at.stage.texts == [TEXTS[0]]
        assert len(at.asked("/2/tweets", "POST")) == 2


def test_a_thread_whose_credits_ran_out_is_paused_and_goes_on_where_it_stopped(tmp_path: Path) -> None:
    with scene(FakeX(credits=Decimal("0.02"))) as at, House(at.stage, tmp_path) as house:
        plan = house.seal(at.stage.thread(*TEXTS))
        for _ in range(3):
            assert house.publish(plan) == {State.DONE, State.WAITING}
        assert at.stage.texts == list(TEXTS[:2])
        assert len(at.server.requests) == 3, "nobody asks again before somebody has paid"
        assert "console.x.com" in house.store.plans.standing(plan.digest, at.account.name).paused
        at.fake.credits = None
        resume(house.store, plan, plan.threads, at.clock.now())
        assert house.publish(plan) == {State.DONE}
        assert at.stage.texts == list(TEXTS)
