"""How far a thread is, in words and for machines: every state, what to do next, and nothing that a terminal would obey."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from rich.console import RenderableType

from bot.cli import desk, setting
from bot.cli.main import cli
from bot.cli.standing import (
    COMMAND,
    DROP,
    HALF,
    LATER,
    NEXT,
    RESUME,
    SETTLE,
    View,
    code_for,
    event_line,
    exact,
    list_lines,
    next_command,
    plan_json,
    status_lines,
)
from bot.core.delivery import GONE, Event, Kind, Progress, State
from bot.core.states import STATES
from bot.store.standings import Standing
from tests.helpers_cli import NOON, plan_of, receipt

PARIS = ZoneInfo("Europe/Paris")
HOUR = timedelta(hours=1)
MARKUP = "[bold]x[/bold] [/] [red :smile: :warning: [link=https://evil.example]y[/link] \\[z] 1 'two' /three/"
ORDERS = "\x1b]0;owned\x07\x1b[2J\x9b31m\x08\x7fend"
OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
VIEW = View(setting.CONFIG, PARIS, NOON)
LIVE = Progress(State.DONE, {}, (1, 1), receipt=receipt(1))


def printed(lines: Iterable[RenderableType], capsys: pytest.CaptureFixture[str]) -> str:
    """What a console gets to see."""
    out = desk.console()
    for line in lines:
        out.print(line, soft_wrap=True)
    return capsys.readouterr().out


def standing(*posts: Progress, paused: str = "", busy: bool = False) -> Standing:
    plan = plan_of(*(f"post {number}" for number, _ in enumerate(posts, 1)))
    return Standing(plan, plan.threads[0], NOON, None, posts, paused, busy)


def lines(each: Standing, capsys: pytest.CaptureFixture[str], view: View = VIEW) -> list[str]:
    return printed(status_lines([each], view), capsys).splitlines()


# --- orders to the terminal ------------------------------------------------------------------------------------------


def hostile() -> Standing:
    """A thread whose network sends orders to the terminal in its links and errors."""
    live = Progress(State.DONE, receipt=receipt(1, f"https://example.org/{ORDERS}"))
    return standing(live, Progress(State.FAILED, why=f"no {ORDERS}"), Progress(until=NOON, why=ORDERS), paused=ORDERS)


def test_nothing_from_a_server_gives_orders_to_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    events = (
        Event(Kind.PUBLISHED, 1, 1, NOON, receipts=(receipt(1, ORDERS),)),
        Event(Kind.DEFERRED, 1, 1, NOON, why=ORDERS),
    )
    said = printed(
        [
            *status_lines([hostile()], VIEW),
            *list_lines([hostile()], PARIS),
            *(event_line(hostile().thread, event, "12:00:00", setting.CONFIG) for event in events),
        ],
        capsys,
    )
    assert "end" in said
    assert not OBEYED.search(said)


def test_json_gives_no_orders_either_and_loses_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    value = plan_json(hostile().plan, [hostile()], VIEW)
    setting.print_json(value)
    said = capsys.readouterr().out
    assert not OBEYED.search(said)
    assert json.loads(said) == value


def test_no_markup_is_read_into_what_a_network_says(capsys: pytest.CaptureFixture[str]) -> None:
    failed = standing(Progress(State.FAILED, why=MARKUP), paused=MARKUP)
    event = Event(Kind.REFUSED, 1, 1, NOON, why=MARKUP)
    assert printed(status_lines([failed], VIEW), capsys).count(MARKUP) == 2
    assert MARKUP in printed([event_line(failed.thread, event, "12:00:00", setting.CONFIG)], capsys)


# --- states ----------------------------------------------------------------------------------------------------------


def test_every_state_has_a_word() -> None:
    assert set(STATES) == set(State)


@pytest.mark.parametrize(
    ("post", "line"),
    [
        (LIVE, "live  https://example.org/loire#p1"),
        (replace(LIVE, why="said by hand"), "live  https://example.org/loire#p1"),
        (Progress(), "waiting until 2026-12-01 13:00"),
        (Progress(until=NOON + HOUR), "waiting until 2026-12-01 14:00"),
        (Progress(until=NOON + HOUR, why="too many requests"), "waiting until 2026-12-01 14:00: too many requests"),
        (Progress(why="asked for again"), "waiting until 2026-12-01 13:00: asked for again"),
        (Progress(State.INFLIGHT), "interrupted"),
        (
            Progress(State.DOUBTED, until=NOON + HOUR, why="not to be seen yet"),
            "in doubt, waiting until 2026-12-01 14:00: not to be seen yet",
        ),
        (Progress(State.CLAIMED, why="a duplicate"), "in doubt: a duplicate"),
        (Progress(State.FAILED, why="the text is too long"), "failed: the text is too long"),
        (Progress(State.PARKED, why="cannot look"), "unknown: cannot look"),
        (Progress(State.CANCELLED), "cancelled"),
        (Progress(State.RECALLED), "in doubt, to be rolled back"),
        (Progress(State.STRANDED, why="cannot look"), "unknown, to be rolled back: cannot look"),
        (
            replace(LIVE, state=State.LEAVING, until=NOON + HOUR, why="too many requests"),
            "live, to be rolled back, waiting until 2026-12-01 14:00: too many requests  https://example.org/loire#p1",
        ),
        (replace(LIVE, state=State.STUCK, why="no"), "could not be rolled back: no  https://example.org/loire#p1"),
        (replace(LIVE, state=State.REMOVED), "rolled back"),
    ],
)
def test_every_state_of_a_post_reads_well(post: Progress, line: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert lines(standing(post), capsys)[1] == f"    1  {line}"


ID = plan_of("post 1").id
TWO = plan_of("post 1", "post 2").id
BY_HAND = f"or remove it by hand, then threadbot resolve {ID} --account blog --post 1 --absent"
WORKER = "threadbot worker --once"
MENDED, OR = "mend the cause, then threadbot retry", "or, if it is the draft,"


@pytest.mark.parametrize(
    ("posts", "advice"),
    [
        ([Progress()], ""),
        ([LIVE], ""),
        ([Progress(State.CANCELLED)], ""),
        ([replace(LIVE, state=State.REMOVED), Progress(State.CANCELLED)], ""),
        (
            [Progress(State.FAILED)],
            f"{MENDED} {ID} --account blog; {OR} threadbot cancel {ID} --account blog, and publish it changed",
        ),
        (
            [LIVE, Progress(State.FAILED)],
            f"{MENDED} {TWO} --account blog; {OR} threadbot rollback {TWO} --account blog, and publish it changed",
        ),
        (
            [LIVE, Progress(State.PARKED)],
            f"look at the account, then threadbot resolve {TWO} --account blog --post 2 --live URL, or --absent",
        ),
        (
            [Progress(State.STRANDED, {}, (1, 2))] * 2,
            f"look at the account, then threadbot resolve {TWO} --account blog --post 2 --live URL, or --absent",
        ),
        ([Progress(State.INFLIGHT)], f"{WORKER} looks whether it is out, and goes on"),
        ([Progress(State.DOUBTED)], f"{WORKER} looks whether it is out, and goes on"),
        ([Progress(State.CLAIMED)], f"{WORKER} looks whether it is out"),
        ([Progress(State.RECALLED)], f"{WORKER} looks whether it is out, and removes it"),
        ([replace(LIVE, state=State.LEAVING)], f"{WORKER} goes on removing"),
        (
            [replace(LIVE, state=State.STUCK)],
            f"mend the cause, then threadbot rollback {ID} --account blog; {BY_HAND}",
        ),
        ([LIVE, Progress()], f"{WORKER} goes on"),
        ([Progress(until=NOON, why="too many requests")], f"{WORKER} goes on"),
    ],
)
def test_what_does_not_go_on_by_itself_says_the_next_step(
    posts: list[Progress], advice: str, capsys: pytest.CaptureFixture[str]
) -> None:
    last = lines(standing(*posts), capsys)[-1]
    assert (last == f"  next: {advice}") if advice else ("next:" not in last)


def test_a_paused_thread_says_why_and_how_it_goes_on(capsys: pytest.CaptureFixture[str]) -> None:
    *_, why, advice = lines(standing(LIVE, Progress(), paused="x: credits depleted"), capsys)
    assert why == "  paused: x: credits depleted"
    assert advice == f"  next: mend the cause, then threadbot resume {TWO} --account blog"


def test_the_next_step_can_be_typed_as_it_stands_also_with_another_config(capsys: pytest.CaptureFixture[str]) -> None:
    failed = standing(Progress(State.FAILED))
    elsewhere = replace(VIEW, config=Path("news room/a.toml"))
    retry = f"threadbot retry --config 'news room/a.toml' {ID} --account blog"
    assert lines(failed, capsys, elsewhere)[-1].startswith(f"  next: mend the cause, then {retry};")
    assert retry in plan_json(failed.plan, [failed], elsewhere)["threads"][0]["next"], "machines type it too"
    assert exact("threadbot status 3f9a, threadbot init", Path("b.toml")) == (
        "threadbot status --config b.toml 3f9a, threadbot init"
    )
    assert exact(exact("threadbot status 3f9a", Path("b.toml")), Path("b.toml")) == "threadbot status --config b.toml 3f9a"


def test_a_command_in_a_reason_can_be_typed_too(capsys: pytest.CaptureFixture[str]) -> None:
    why, config = "nobody is signed in – threadbot login masto", Path("b.toml")
    said = lines(standing(Progress(State.FAILED, why=why), paused=why), capsys, replace(VIEW, config=config))
    event = Event(Kind.REFUSED, 1, 1, NOON, why=why)
    said += printed([event_line(plan_of().threads[0], event, "12:00:00", config)], capsys).splitlines()
    assert sum("threadbot login --config b.toml masto" in line for line in said) == 3


SOON = NOON - HOUR


@pytest.mark.parametrize(
    "post",
    [
        Progress(until=NOON + HOUR, why="too many requests"),
        Progress(State.DOUBTED, {}, (1, 1), until=NOON + HOUR),
        replace(LIVE, state=State.LEAVING, until=NOON + HOUR),
    ],
)
def test_what_waits_for_a_network_is_not_sent_to_a_worker_that_would_do_nothing(post: Progress) -> None:
    assert next_command(standing(post), VIEW) == f"a worker goes on then, or threadbot retry {ID} --account blog does now"


@pytest.mark.parametrize("post", [Progress(), Progress(why="asked for again"), Progress(until=SOON, why="too many requests")])
def test_what_waits_for_the_time_that_was_set_needs_nothing_and_is_well(post: Progress) -> None:
    """`threadbot retry` would not send it before that."""
    early, each = replace(VIEW, now=SOON), standing(LIVE, post)
    assert (next_command(each, early), code_for([each], SOON)) == ("", setting.DONE)
    assert (next_command(each, VIEW), code_for([each], NOON)) == ("threadbot worker --once goes on", setting.NETWORK)


def test_a_post_that_another_process_is_at_is_being_sent_and_needs_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    post = Progress(State.INFLIGHT, {}, (2, 2))
    said = lines(standing(LIVE, post, busy=True), capsys)
    assert said[0] == "blog  site: being sent, 1 of 2 live"
    assert said[2:] == ["    2  being sent"]
    assert "being sent 1/2" in printed(list_lines([standing(LIVE, post, busy=True)], PARIS), capsys)


@pytest.mark.parametrize(
    ("posts", "way"),
    [
        ([Progress()], f"threadbot cancel {ID} --account blog"),
        ([Progress(State.FAILED)], f"threadbot cancel {ID} --account blog"),
        ([Progress(State.PARKED, {}, (1, 1))], f"look there, then threadbot resolve {ID} --account blog --post 1 --absent"),
        ([replace(LIVE, state=State.STUCK)], f"look there, then threadbot resolve {ID} --account blog --post 1 --absent"),
    ],
)
def test_a_thread_whose_account_is_not_in_the_config_says_so(posts: list[Progress], way: str) -> None:
    lost = replace(VIEW, away=lambda _thread: True)
    assert next_command(standing(*posts), lost) == f"put public back into the config, or {way}"
    assert next_command(standing(LIVE), lost) == ""
    assert next_command(standing(replace(LIVE), Progress(State.CANCELLED)), lost) == ""


def test_what_was_dropped_while_it_was_paused_is_cancelled(capsys: pytest.CaptureFixture[str]) -> None:
    dropped = standing(Progress(State.CANCELLED), paused="by hand")
    assert "cancelled" in printed(list_lines([dropped], PARIS), capsys)
    assert next_command(dropped, VIEW) == ""


@pytest.mark.parametrize("advice", [*NEXT.values(), RESUME, HALF, LATER, DROP, SETTLE])
def test_every_command_of_an_advice_exists_with_its_options(advice: str) -> None:
    said = advice.format(id="3f9a", account="blog", post=1, destination="here").replace(", or --absent", "")
    for found in COMMAND.finditer(said):
        command = cli.commands[found[1]]
        options = {name for parameter in command.params for name in parameter.opts}
        asked = re.split("[;,]", said[found.end() :])[0]
        assert set(re.findall("--[a-z]+", asked)) <= options


def test_a_thread_that_is_partly_out_says_so_in_the_list(capsys: pytest.CaptureFixture[str]) -> None:
    half = standing(LIVE, Progress(State.FAILED))
    _, line = printed(list_lines([half], PARIS), capsys).splitlines()
    assert line == f"{half.plan.id}  2026-12-01 13:00  failed 1/2      loire on blog"
    _, line = printed(list_lines([replace(half, paused="by hand")], PARIS), capsys).splitlines()
    assert "paused 1/2" in line


def test_a_thread_that_was_rolled_back_before_its_end_is_rolled_back(capsys: pytest.CaptureFixture[str]) -> None:
    gone = standing(replace(LIVE, state=State.REMOVED), Progress(State.CANCELLED))
    assert lines(gone, capsys)[0] == "blog  site: rolled back, 0 of 2 live"


@pytest.mark.parametrize(("price", "said"), [("0.045", ", about $0.045"), ("2", ", about $2.00"), ("0", "")])
def test_the_price_of_a_thread_is_said(price: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    first = lines(standing(LIVE), capsys, replace(VIEW, price=lambda _thread: Decimal(price)))[0]
    assert first == f"blog  site: live, 1 of 1 live{said}"


def test_a_line_of_the_ledger_reads_well(capsys: pytest.CaptureFixture[str]) -> None:
    thread = plan_of().threads[0]
    events = (
        Event(Kind.INTENDED, 1, 3, NOON, key={}),
        Event(Kind.PUBLISHED, 2, 2, NOON, receipts=(receipt(2),)),
        Event(Kind.DEFERRED, 3, 3, NOON, until=NOON, why="busy"),
        Event(Kind.REMOVED, 2, 3, NOON),
    )
    assert printed((event_line(thread, event, "13:00:00", setting.CONFIG) for event in events), capsys).splitlines() == [
        "13:00:00  blog: posts 1–3 of 3 sending",
        "13:00:00  blog: post 2 of 3 live: https://example.org/loire#p2",
        "13:00:00  blog: post 3 of 3 later: busy",
        "13:00:00  blog: posts 2–3 of 3 removed",
    ]


@pytest.mark.parametrize(
    ("posts", "paused", "code"),
    [
        ([LIVE], "", setting.DONE),
        ([replace(LIVE, state=State.REMOVED), Progress(State.CANCELLED)], "", setting.DONE),
        ([Progress(State.CANCELLED)], "", setting.DONE),
        ([LIVE, Progress()], "", setting.NETWORK),
        ([LIVE, Progress(State.FAILED)], "", setting.NETWORK),
        ([replace(LIVE, state=State.LEAVING)], "", setting.NETWORK),
        ([LIVE, Progress()], "by hand", setting.HUMAN),
        ([Progress(State.PARKED)], "", setting.HUMAN),
        ([Progress(State.STRANDED)], "", setting.HUMAN),
        ([replace(LIVE, state=State.STUCK)], "", setting.HUMAN),
    ],
)
def test_the_exit_code_says_whether_a_human_must_act(posts: list[Progress], paused: str, code: int) -> None:
    assert code_for([standing(LIVE), standing(*posts, paused=paused)], NOON) == code


def test_what_is_gone_needs_nothing() -> None:
    assert not any(next_command(standing(Progress(state, {}, (1, 1))), VIEW) for state in GONE)
