"""A fake that is served: what it is asked, which lies it tells, and what is true of each."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import httpx
import pytest

from bot.core.errors import NetworkError, OutcomeUnknown, Rejected, Transient
from bot.networks.wire import Wire
from bot.testing.fakes import JumpingClock
from bot.testing.lies import FAULTS, PAUSE, killer
from bot.testing.serving import Part, Reply, Request, Served, matched

DONE = {"did": "it"}


class Counter:
    """A network that does what it is asked, and keeps count."""

    def __init__(self) -> None:
        self.done = 0

    def reply(self, request: Request, now: datetime) -> Reply:  # noqa: ARG002
        self.done += 1
        return Reply(200, DONE)


@pytest.fixture
def server() -> Iterator[Served]:
    with Served(Counter(), JumpingClock(datetime.now(UTC))) as server:
        yield server


@pytest.fixture
def wire(server: Served) -> Iterator[Wire]:
    wire = Wire(server.url, "sky", seconds=0.3, deadline=0.6)
    yield wire
    wire.close()


def heard(wire: Wire, verb: str) -> type[NetworkError] | None:
    """What a verb makes of the next request."""
    try:
        answer = getattr(wire, verb)("POST", "/posts", json={})
    except NetworkError as error:
        return type(error)
    return None if answer.body == DONE else OutcomeUnknown  # a driver finds no receipt in it


def done(server: Served) -> int:
    assert isinstance(server.fake, Counter)
    return server.fake.done


@pytest.mark.parametrize("fault", FAULTS)
def test_after_a_lie_the_wire_never_says_that_nothing_happened_where_it_did(server: Served, wire: Wire, fault: str) -> None:
    server.plan({1: fault})
    assert heard(wire, "commit") is None
    outcome = heard(wire, "commit")
    happened = done(server) == 2
    assert happened == (fault.endswith(" after") or fault == "skewed")
    assert outcome in ((None, OutcomeUnknown) if happened else (OutcomeUnknown, Transient, Rejected))
    assert heard(wire, "commit") is None, "the next request finds an honest server"
    server.catch_up()
    assert done(server) == 2 + (happened or fault.startswith("504 late"))
    assert [each for each, _ in server.told] == [fault]


@pytest.mark.parametrize("fault", [fault for fault in FAULTS if fault.startswith("429")])
def test_each_way_to_ask_for_a_wait_is_understood_also_by_a_clock_that_is_wrong(fault: str) -> None:
    clock = JumpingClock(datetime.now(UTC) + timedelta(days=3))
    with Served(Counter(), clock) as server:
        server.plan({0: fault})
        wire = Wire(server.url, "sky")
        with pytest.raises(Transient) as caught:
            wire.call("GET", "/")
        wire.close()
    expected = None if fault == "429 bare" else pytest.approx(PAUSE, abs=1)
    assert caught.value.retry_after == expected


def test_a_server_whose_clock_is_wrong_says_so_in_its_date(server: Served) -> None:
    server.plan({0: "skewed"})
    dates = [parsedate_to_datetime(httpx.get(server.url).headers["date"]) for _ in range(2)]
    assert dates[0] - dates[1] == timedelta(hours=1)


def test_faults_are_counted_from_the_last_plan_and_told_once(server: Served, wire: Wire) -> None:
    assert [heard(wire, "call") for _ in range(2)] == [None, None]
    server.plan({1: "lost after"})
    assert [heard(wire, "call") for _ in range(3)] == [None, Transient, None]
    assert (server.count, server.told, done(server)) == (3, [("lost after", "POST /posts")], 5)


def test_what_is_done_later_is_done_at_its_own_moment_though_nobody_asks_for_long() -> None:
    class Diary:
        def __init__(self) -> None:
            self.at: list[datetime] = []

        def reply(self, request: Request, now: datetime) -> Reply:  # noqa: ARG002
            self.at.append(now)
            return Reply(200, DONE)

    diary, clock = Diary(), JumpingClock(datetime.now(UTC))
    with Served(diary, clock) as server:
        server.plan({0: "504 later"})
        begun = clock.now()
        httpx.post(server.url)
        clock.wait(120)
        httpx.get(server.url)
    assert [each - begun for each in diary.at] == [timedelta(seconds=60), timedelta(seconds=120)]


def test_a_stalled_server_lets_go_as_soon_as_its_client_does(server: Served, wire: Wire) -> None:
    server.plan({0: "stalled before", 1: "dripped after"})
    begun = time.monotonic()
    assert [heard(wire, "commit"), heard(wire, "commit")] == [OutcomeUnknown, OutcomeUnknown]
    wire.close()
    server._server.settle()
    assert time.monotonic() - begun < 3


@pytest.mark.parametrize(("fault", "times"), [("killed before", 0), ("killed after", 1)])
def test_a_killed_client_dies_as_by_kill_9(fault: str, times: int) -> None:
    program = "import sys, httpx; print('up', flush=True); input(); httpx.get(sys.argv[1])"
    with Served(Counter()) as server:
        asking = [sys.executable, "-c", program, server.url]
        with subprocess.Popen(asking, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as client:
            server.kill = killer(lambda: client.pid)
            server.plan({0: fault})
            client.communicate(b"\n", timeout=30)
        assert client.returncode == -signal.SIGKILL
        assert done(server) == times


def test_a_request_is_read_as_a_network_reads_it(server: Served) -> None:
    files = {"file": ("été.png", b"\x89PNG\r\n--x", "image/png")}
    headers = {"Authorization": "Bearer t0ken"}
    httpx.post(f"{server.url}/a%20b?x=1&y=&x=2", data={"description": "Une carte"}, files=files, headers=headers)
    httpx.put(server.url, content=b"a=1&b=%C3%A9&c=")
    first, second = server.requests
    assert (first.method, first.path, first.query, first.bearer) == ("POST", "/a%20b", {"x": "1", "y": ""}, "t0ken")
    assert first.parts == [
        Part("description", "", "text/plain", b"Une carte"),
        Part("file", "été.png", "image/png", b"\x89PNG\r\n--x"),
    ]
    assert (second.form, second.json, second.bearer) == ({"a": "1", "b": "é", "c": ""}, None, "")


def test_a_route_is_found_with_the_parts_of_its_path() -> None:
    routes = (("one", "GET /posts/{}"), ("context", "GET /posts/{}/context"), ("make", "POST /posts"))
    assert matched("/posts/12", routes, "GET") == ("one", ("12",))
    assert matched("/posts/12/context", routes, "GET") == ("context", ("12",))
    assert matched("/posts", routes, "POST") == ("make", ())
    assert matched("/posts/12", routes, "DELETE") is None


def test_an_unknown_fault_is_a_fault_of_the_test(server: Served) -> None:
    with pytest.raises(AssertionError, match="no such faults"):
        server.plan({0: "bad luck"})
