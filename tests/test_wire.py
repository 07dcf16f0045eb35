"""The wire under hostile servers: what may have happened is never taken for what did not, and secrets stay here."""

from __future__ import annotations

import errno
import gzip
import json
import os
import socket
import traceback
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.errors import NetworkError, OutcomeUnknown, Rejected, Transient
from bot.networks import waits, wire
from bot.networks.lines import Lines
from bot.networks.waits import wait_of
from bot.networks.wire import Answer, Verb, Wire
from bot.testing.hostile import (
    DROPS,
    PACE,
    Act,
    HostileServer,
    answer,
    bomb,
    dripping,
    nobody,
    raw,
    stall,
    unanswered,
    unread,
)

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SECRET = 'pa"ss/wörd +&<é\\%'
OK = b"HTTP/1.1 200 OK\r\n"
POST = {"text": "Un thread"}


@contextmanager
def wired(*script: Act, seconds: float = 5.0, deadline: float = 5.0) -> Iterator[tuple[HostileServer, Wire]]:
    """A server and a wire to it."""
    with HostileServer(*script) as server, closing(Wire(server.url, "sky", seconds, deadline)) as line:
        yield server, line


def fault(line: Wire, verb: Verb, path: str = "/post", **request: object) -> NetworkError:
    """What a verb raises."""
    with pytest.raises(NetworkError) as caught:
        getattr(line, verb)("POST", path, **({"json": POST} | request))
    return caught.value


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR", "NETRC"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


# The safety story. Third: how often the request arrived whole.
LIES: dict[str, tuple[Act, type[NetworkError], type[NetworkError], int]] = {
    "429": (answer(429, {}), Transient, Transient, 1),
    "hangs up unheard": (unread, Transient, OutcomeUnknown, 0),
    "hears and hangs up": (unanswered, Transient, OutcomeUnknown, 1),
    "cut in the head": (raw(b"HTTP/1.1 200 O"), Transient, OutcomeUnknown, 1),
    "cut in the body": (raw(OK + b'content-length: 99\r\n\r\n{"id":'), Transient, OutcomeUnknown, 1),
    "cut between chunks": (raw(OK + b"transfer-encoding: chunked\r\n\r\n2\r\n{}\r\n"), Transient, OutcomeUnknown, 1),
    "cut where no length was given": (raw(OK + b"\r\n"), Transient, OutcomeUnknown, 1),
    "garbage": (raw(b"\x00\xff\x80 what? \r\n\r\n"), Transient, OutcomeUnknown, 1),
    "headers without end": (raw(OK + b"x: y\r\n" * 40_000), Transient, OutcomeUnknown, 1),
    "500": (answer(500, {"error": "InternalServerError"}), Transient, OutcomeUnknown, 1),
    "502 in HTML": (answer(502, b"<h1>Bad gateway</h1>", {"content-type": "text/html"}), Transient, OutcomeUnknown, 1),
    "503": (answer(503), Transient, OutcomeUnknown, 1),
    "999": (answer(999, {}), Transient, OutcomeUnknown, 1),
    "408": (answer(408), Transient, OutcomeUnknown, 1),
    "101": (raw(b"HTTP/1.1 101 Switching\r\nupgrade: x\r\ncontent-length: 0\r\n\r\n"), Transient, OutcomeUnknown, 1),
    "200 in HTML": (answer(200, b"<html>log in to this hotel", {"content-type": "text/html"}), Transient, OutcomeUnknown, 1),
    "bad JSON": (answer(200, b'{"id": '), Transient, OutcomeUnknown, 1),
    "deep JSON": (answer(200, b"[" * 200_000), Transient, OutcomeUnknown, 1),
    "deep JSON object": (answer(200, b'{"a":' * 200_000), Transient, OutcomeUnknown, 1),
    "a JSON number": (answer(200, 7), Transient, OutcomeUnknown, 1),
    "a JSON null": (answer(200, b"null"), Transient, OutcomeUnknown, 1),
    "a number without end": (answer(200, b'{"id": ' + b"9" * 5000 + b"}"), Transient, OutcomeUnknown, 1),
    "not UTF-8": (answer(200, b'{"id": "\xff\xfe"}'), Transient, OutcomeUnknown, 1),
    "a huge body": (answer(200, b" " * (wire.LONGEST + 1)), Transient, OutcomeUnknown, 1),
    "a gzip bomb": (bomb(wire.LONGEST + 1), Transient, OutcomeUnknown, 1),
    "gzip, cut": (answer(200, gzip.compress(b"{}")[:-1], {"content-encoding": "gzip"}), Transient, OutcomeUnknown, 1),
    "no gzip": (answer(200, b"{}", {"content-encoding": "gzip"}), Transient, OutcomeUnknown, 1),
    "packed otherwise": (answer(200, b"{}", {"content-encoding": "br"}), Transient, OutcomeUnknown, 1),
    "moved": (answer(301, headers={"location": "https://elsewhere.example/"}), Rejected, OutcomeUnknown, 1),
    "307": (answer(307, headers={"location": "https://elsewhere.example/"}), Rejected, Rejected, 1),
    "302 to nowhere": (answer(302), Rejected, OutcomeUnknown, 1),
    "302 to nonsense": (answer(302, headers={"location": "https://[::"}), Rejected, OutcomeUnknown, 1),
    "see other": (answer(303, headers={"location": "/done"}), Rejected, OutcomeUnknown, 1),
    "see other, at no address": (answer(303, headers={"location": "https://xn--a/"}), Rejected, OutcomeUnknown, 1),
}


@pytest.mark.parametrize("lie", LIES)
@pytest.mark.parametrize("verb", ["call", "commit"])
def test_what_a_lie_means_for_each_verb(lie: str, verb: Verb) -> None:
    act, for_call, for_commit, arrived = LIES[lie]
    with wired(act) as (server, line):
        raised = fault(line, verb)
    assert type(raised) is (for_call if verb == "call" else for_commit)
    assert server.bodies == [POST] * arrived  # never sent twice
    assert str(raised).startswith(f"sky: {server.url}: ")
    assert str(raised).isprintable()


@pytest.mark.parametrize("verb", ["call", "commit"])
def test_a_server_that_is_not_there_was_never_reached(verb: Verb) -> None:
    with nobody() as url, closing(Wire(url, "sky")) as line:
        raised = fault(line, verb)
        elsewhere = fault(line, verb, url.replace("127.0.0.1", "me:hunter2@localhost") + "/post")
    assert (type(raised), type(elsewhere)) == (Transient, Transient)
    assert str(raised) == f"sky: {url}: [Errno {errno.ECONNREFUSED}] {os.strerror(errno.ECONNREFUSED)}"
    assert str(elsewhere).startswith(f"sky: {url.replace('127.0.0.1', 'localhost')}: ")


@pytest.mark.parametrize("verb", ["call", "commit"])
@pytest.mark.parametrize("act", [unread, lambda visit: visit.say(b"220 no TLS here, but mail\r\n")])
def test_a_broken_handshake_sent_nothing(act: Act, verb: Verb) -> None:
    with HostileServer(act) as server, closing(Wire(server.url.replace("http", "https"), "sky")) as line:
        raised = fault(line, verb)
    assert (type(raised), server.requests) == (Transient, [])


@pytest.mark.parametrize("verb", ["call", "commit"])
def test_a_name_that_is_not_known_was_never_reached(verb: Verb) -> None:
    with closing(Wire("https://nobody.invalid", "sky")) as line:
        assert type(fault(line, verb)) is Transient


@pytest.mark.parametrize("verb", ["call", "commit"])
@pytest.mark.parametrize(
    "base",
    [
        "ftp://127.0.0.1",
        "127.0.0.1",
        "http://127.0.0.1:port",
        f"https://{'a' * 64}.localhost",
        "http://192.168.0.1",
        "http://news.example",  # a credential would go out in the clear
        "http://localhost:80@news.example",
    ],
)
def test_an_address_of_no_use_is_rejected(base: str, verb: Verb) -> None:
    with closing(Wire(base, "sky")) as line:
        assert type(fault(line, verb)) is Rejected


@pytest.mark.parametrize("verb", ["call", "commit"])
@pytest.mark.parametrize("token", ["two\nlines", "clé", "nul\0"])
def test_a_token_that_fits_no_header_is_rejected_before_anything_leaves_and_not_quoted(token: str, verb: Verb) -> None:
    with wired(answer(200, {})) as (server, line):
        raised = fault(line, verb, headers={"authorization": f"Bearer {token}"})
    assert (type(raised), server.requests) == (Rejected, [])
    assert "check address and secrets" in str(raised)


def test_a_text_that_is_no_text_is_rejected_before_anything_leaves() -> None:
    with wired(answer()) as (server, line):
        assert type(fault(line, "commit", json=None, content="\ud800")) is Rejected
    assert server.requests == []


@pytest.mark.parametrize("status", [200, 201, 202, 206, 400, 401, 403, 404, 409, 413, 422])
@pytest.mark.parametrize("verb", ["call", "commit"])
def test_a_decision_is_handed_to_the_driver(status: int, verb: Verb) -> None:
    with wired(answer(status, {"error": "Nommé", "id": "1"})) as (server, line):
        given = getattr(line, verb)("POST", "/post", json=POST)
    assert (given.status, given.body, given.fine) == (status, {"error": "Nommé", "id": "1"}, status < 300)
    assert server.bodies == [POST]


@pytest.mark.parametrize("body", [b"<h1>Forbidden</h1>", b"[]", b"\xff", b"[" * 200_000])
def test_a_refusal_needs_no_json(body: bytes) -> None:
    with wired(answer(403, body)) as (_, line):
        given = line.commit("POST", "/post", json=POST)
        assert (given, given.body, line.said(given)) == (Answer(403, {}), {}, "status 403")


@pytest.mark.parametrize(
    "act", [answer(204), answer(200, b""), answer(200, b" \r\n"), raw(OK + b"transfer-encoding: chunked\r\n\r\n0\r\n\r\n")]
)
def test_an_empty_answer_is_an_empty_object(act: Act) -> None:
    with wired(act) as (_, line):
        given = line.commit("POST", "/post", json=POST)
    assert (given.fine, given.body) == (True, {})


def test_a_packed_answer_is_unpacked() -> None:
    packed = gzip.compress(json.dumps({"id": "x" * 50_000}).encode())
    with wired(answer(200, packed, {"content-encoding": "gzip"})) as (server, line):
        assert line.call("GET", "/").body == {"id": "x" * 50_000}
    assert server.requests[0].headers["accept-encoding"] == "gzip"  # nothing that could not be bounded


def test_cookies_are_not_even_read(capfd: pytest.CaptureFixture[str]) -> None:
    """The library writes a traceback to stderr for those that it cannot read."""
    with wired(answer(200, {}, {"set-cookie": "a=b; expires=Thu, 01 Jan 99999999 00:00:00 GMT"})) as (server, line):
        line.call("GET", "/")
        line.call("GET", "/")
    assert [request.headers.get("cookie") for request in server.requests] == [None, None]
    assert capfd.readouterr().err == ""


def test_a_list_has_items_and_is_no_object() -> None:
    with wired(answer(200, [1, {"a": 2}])) as (_, line):
        said = line.call("GET", "/")
    assert (said.body, said.items, said.listed) == ({}, (1, {"a": 2}), True)


def test_a_bomb_is_bounded_while_it_unfolds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten thousand times the bound would not fit this machine's patience."""
    monkeypatch.setattr(wire, "LONGEST", 100_000)
    with wired(bomb(50_000_000)) as (_, line):
        assert "neither a JSON object nor a list" in str(fault(line, "call"))


# Time


@pytest.mark.parametrize("verb", ["call", "commit"])
def test_a_server_that_says_nothing_is_not_waited_for(verb: Verb) -> None:
    with wired(stall, seconds=0.1) as (server, line):
        raised = fault(line, verb)
    assert type(raised) is (Transient if verb == "call" else OutcomeUnknown)
    assert "timed out" in str(raised)
    assert len(server.requests) == 1


DRIPS = {
    "headers": dripping(OK, b"x"),
    "whole headers": dripping(OK, b"x: y\r\n"),
    "go on": dripping(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "body": dripping(OK + b"content-length: 1000000\r\n\r\n", b" "),
    "body without length": dripping(OK + b"\r\n{}", b" "),
    "chunk sizes": dripping(OK + b"transfer-encoding: chunked\r\n\r\n", b"0"),
    "empty gzip blocks": dripping(OK + b"content-encoding: gzip\r\n\r\n\x1f\x8b\x08\0\0\0\0\0\0\xff", b"\0\0\0\xff\xff"),
}


@pytest.mark.parametrize("drip", DRIPS)
@pytest.mark.parametrize("verb", ["call", "commit"])
def test_an_answer_that_drips_for_ever_is_cut(drip: str, verb: Verb) -> None:
    with wired(DRIPS[drip], deadline=0.15) as (server, line):
        raised = fault(line, verb)
    assert type(raised) is (Transient if verb == "call" else OutcomeUnknown)
    assert "never ends" in str(raised)
    assert len(server.requests) == 1


def test_a_kept_connection_can_be_cut_too() -> None:
    with wired(answer(), dripping(OK, b"x"), answer(200, {"id": "1"}), deadline=0.15) as (_, line):
        line.call("GET", "/")
        assert "never ends" in str(fault(line, "commit"))
        assert line.call("GET", "/").body == {"id": "1"}


def test_each_of_two_kept_connections_can_be_cut() -> None:
    """Bluesky signs in at one server and writes to another."""
    with wired(answer(), dripping(OK, b"x"), deadline=0.15) as (_, line), HostileServer(answer()) as other:
        line.call("GET", "/")
        line.call("GET", f"{other.url}/")
        begun = datetime.now(UTC)
        assert "never ends" in str(fault(line, "commit"))
    assert datetime.now(UTC) - begun < timedelta(seconds=DROPS * PACE / 2)


def test_a_large_upload_has_more_time() -> None:
    with wired(dripping(OK, b"x: y\r\n"), deadline=0.05) as (_, line):
        begun = datetime.now(UTC)
        fault(line, "call", json=None, content=b"x" * int(wire.UPLINK * 0.3))
        assert datetime.now(UTC) - begun > timedelta(seconds=0.3)


def test_a_connection_that_comes_too_late_is_given_up_before_anything_is_sent() -> None:
    def late() -> None:
        with lines.within(9.0):
            lines._end(lines._here.over)
            lines.noticed("connection.connect_tcp.complete", {"return_value": Stream(connection)})

    lines = Lines()
    with socket.socket() as connection, pytest.raises(httpx.ConnectTimeout):
        late()


@dataclass
class Stream:
    """As httpcore shows a connection."""

    socket: socket.socket

    def get_extra_info(self, name: str) -> object:
        return getattr(self, name)


# Kept connections


def test_one_connection_serves_a_thread() -> None:
    with wired(answer(200, {"id": "1"})) as (server, line):
        for _ in range(12):
            line.commit("POST", "/post", json=POST)
        assert (len(server._visits), len(server.requests)) == (1, 12)


def test_a_commit_over_a_connection_that_was_closed_meanwhile_is_sent_once_on_a_new_one() -> None:
    with wired(answer(kept=False), answer(200, {"id": "1"})) as (server, line):
        line.call("GET", "/")
        server.settle()
        assert line.commit("POST", "/post", json=POST).body == {"id": "1"}
    assert [request.method for request in server.requests] == ["GET", "POST"]


@pytest.mark.parametrize(("act", "arrived"), [(unread, 0), (unanswered, 1)])
def test_a_commit_over_a_connection_that_closes_just_then_is_in_doubt_and_not_sent_again(act: Act, arrived: int) -> None:
    with wired(answer(), act, answer(200, {"id": "1"})) as (server, line):
        line.call("GET", "/")
        assert type(fault(line, "commit")) is OutcomeUnknown
    assert [request.method for request in server.requests] == ["GET"] + ["POST"] * arrived


def test_a_refusal_in_the_middle_of_an_upload_is_heard() -> None:
    """A server that has seen enough answers before it has read all, and closes."""

    def enough(visit: object) -> None:
        visit._more()  # type: ignore[attr-defined]
        visit.say(b"HTTP/1.1 413 Too much\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}")  # type: ignore[attr-defined]
        visit.connection.shutdown(1)  # type: ignore[attr-defined]
        while visit.connection.recv(1 << 20):  # type: ignore[attr-defined]
            pass

    with wired(enough) as (_, line):
        assert line.call("POST", "/blob", content=b"x" * 3_000_000).status == 413


def test_a_wire_that_did_nothing_opens_nothing_and_can_be_closed_twice() -> None:
    with wired(answer()) as (server, line):
        line.close()
        line.call("GET", "/")
        line.close()
        line.close()
        assert line.call("GET", "/").fine
    assert len(server.requests) == 2


# What a server asks for

STYLES = {
    "seconds": ({"retry-after": "120"}, 120),
    "a fraction": ({"retry-after": "1.5"}, 1.5),
    "a date": ({"retry-after": "Sun, 22 Nov 2026 12:05:00 GMT"}, 300),
    "a date without zone": ({"retry-after": "Sun, 22 Nov 2026 12:05:00 -0000"}, 300),
    "Bluesky": ({"ratelimit-limit": "3000", "ratelimit-reset": "1795348860", "ratelimit-policy": "3000;w=300"}, 60),
    "the draft standard": ({"ratelimit-reset": "30"}, 30),
    "Mastodon": ({"x-ratelimit-reset": "2026-11-22T12:03:00.123456Z"}, 180.123456),
    "ISO 8601 without zone": ({"x-ratelimit-reset": "2026-11-22T12:03:00"}, 180),
    "X": ({"x-rate-limit-reset": "1795348920"}, 120),
    "the clearest first": ({"x-ratelimit-reset": "2026-11-22T12:03:00Z", "retry-after": "7"}, 7),
    "the first that can be read": ({"retry-after": "soon", "x-rate-limit-reset": "1795348920"}, 120),
    "the past": ({"x-ratelimit-reset": "2026-11-22T11:00:00Z"}, 0),
    "a clock an hour fast": ({"date": "Sun, 22 Nov 2026 13:00:00 GMT", "ratelimit-reset": "1795352460"}, 60),
    "a clock that is broken": ({"date": "yesterday", "ratelimit-reset": "1795348860"}, 60),
    "a million seconds": ({"retry-after": "1000000"}, 86_400),
    "a year of seconds": ({"retry-after": "31536000"}, 86_400),
    "for ever": ({"retry-after": "99999999999999999999"}, 86_400),
    "the year 9999": ({"retry-after": "9999-12-31T23:59:59-14:00"}, None),
    "the year 1": ({"retry-after": "0001-01-01T00:00:00+14:00"}, None),
    "negative": ({"retry-after": "-5"}, None),
    "not a number": ({"retry-after": "nan"}, None),
    "infinite": ({"retry-after": "inf"}, None),
    "words": ({"retry-after": "a while"}, None),
    "nothing": ({}, None),
}


@pytest.mark.parametrize("style", STYLES)
def test_a_wait_is_understood_in_every_style(style: str) -> None:
    headers, wanted = STYLES[style]
    assert wait_of(headers, NOON) == wanted


NAMES = ["date", "retry-after", "ratelimit-reset", "x-ratelimit-reset", "x-rate-limit-reset"]
MOMENTS = st.datetimes(timezones=st.timezones() | st.none())
VALUES = (
    st.text(max_size=40)
    | st.from_regex(r"[0-9T:.,+\- ]{0,30}", fullmatch=True)
    | st.integers().map(str)
    | st.floats().map(str)
    | MOMENTS.map(datetime.isoformat)
    | MOMENTS.map(format_datetime)
)


@given(st.dictionaries(st.sampled_from(NAMES), VALUES))
def test_no_header_gives_an_impossible_wait(headers: dict[str, str]) -> None:
    wait = wait_of(headers, NOON)
    assert wait is None or 0 <= wait <= waits.PATIENCE


@given(st.integers(0, 86_400), st.integers(-10_000, 10_000))
def test_the_servers_own_clock_counts(wait: int, skew: int) -> None:
    theirs = NOON + timedelta(seconds=skew)
    reset = theirs + timedelta(seconds=wait)
    for value in (str(int(reset.timestamp())), reset.isoformat(), format_datetime(reset, usegmt=True)):
        assert wait_of({"date": format_datetime(theirs, usegmt=True), "x-ratelimit-reset": value}, NOON) == wait


@pytest.mark.parametrize("verb", ["call", "commit"])
def test_a_429_brings_its_wait(verb: Verb) -> None:
    with wired(answer(429, {}, {"Retry-After": "17"}), answer(429, {}, {"Retry-After": "0001-01-01"})) as (_, line):
        waits = [getattr(fault(line, verb), "retry_after", "no Transient") for _ in range(2)]
    assert waits == [17, 0]


def test_a_server_in_maintenance_is_given_the_time_it_asks_for_but_not_that_of_a_rate_limit() -> None:
    limits = {"ratelimit-reset": "300"}
    with wired(answer(503, {}, {**limits, "retry-after": "17"}), answer(503, {}, limits)) as (_, line):
        assert [getattr(fault(line, "call"), "retry_after", "no Transient") for _ in range(2)] == [17, None]


# Secrets


def test_a_credential_does_not_follow_to_another_host() -> None:
    with HostileServer(answer(200, {})) as second:
        away = answer(302, headers={"location": f"{second.url}/steal"})
        with wired(away) as (first, line):
            fault(line, "call", headers={"authorization": "Bearer token"})
        assert first.requests[0].headers["authorization"] == "Bearer token"
        assert second.requests == []


def test_netrc_and_passwords_in_addresses_are_not_sent(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in (".netrc", "_netrc"):
        (tmp_path / name).write_text("machine 127.0.0.1 login me password netrc\ndefault login me password netrc\n")
        (tmp_path / name).chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    with wired(answer(200, {})) as (server, line):
        line.call("GET", "/")
        line.call("GET", server.url.replace("//", "//me:url@") + "/", headers={"authorization": "Bearer token"})
    assert [request.headers.get("authorization") for request in server.requests] == [None, "Bearer token"]


def test_a_proxy_of_the_environment_is_used_but_not_for_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    with HostileServer(raw(b"HTTP/1.1 403 No\r\n\r\n")) as proxy, wired(answer(200, {})) as (server, line):
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        assert line.call("GET", "/").fine
        with closing(Wire("https://news.example", "sky")) as away:
            raised = fault(away, "commit", headers={"authorization": "Bearer token"})
    assert type(raised) is Transient  # the proxy refused: nothing reached the server
    assert [(request.method, request.target) for request in proxy.requests] == [("CONNECT", "news.example:443")]
    assert "authorization" not in proxy.requests[0].headers
    assert len(server.requests) == 1


@pytest.mark.parametrize("proxy", ["foo://me:hunter2@proxy", "socks5://me:hunter2@proxy", "http://me:hunter2@proxy:port"])
def test_a_proxy_of_no_use_is_said_without_its_password(proxy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    with closing(Wire("https://news.example", "sky")) as line:
        raised = fault(line, "commit")
    assert type(raised) is Rejected
    assert "HTTPS_PROXY" in str(raised)
    assert "hunter2" not in "".join(traceback.format_exception(raised))


ESCAPED = {
    "as it is": SECRET,
    "in JSON": json.dumps({"p": SECRET}),
    "in JSON, not only ASCII": json.dumps({"p": SECRET}, ensure_ascii=False),
    "in PHP's JSON": json.dumps(SECRET).replace("/", "\\/"),
    "in a URL": quote(SECRET, safe=""),
    "in a path": quote(SECRET),
    "in lower hexadecimal": quote(SECRET, safe="").lower(),
    "in a form": quote(SECRET, safe="").replace("%20", "+"),
    "in HTML": SECRET.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;"),
    "in HTML, by numbers": SECRET.replace("&", "&#38;").replace("<", "&#60;").replace('"', "&#34;"),
    "in Python": repr(SECRET),
    "in Python bytes": repr(SECRET.encode()),
}


@pytest.mark.parametrize("escaped", ESCAPED)
def test_a_secret_that_comes_back_is_hidden(escaped: str) -> None:
    with closing(Wire("https://news.example", "sky")) as line:
        line.hide(SECRET)
        cleaned = line.clean(f"before {ESCAPED[escaped]} after")
    assert "•••" in cleaned
    assert cleaned.startswith("before ")
    assert cleaned.endswith(" after")
    for part in ("ss/", "ss%2", "ss\\/", "rd", "rd%20"):
        assert part not in cleaned


def test_a_longer_secret_is_not_betrayed_by_a_shorter_one_in_it() -> None:
    with closing(Wire("https://news.example", "sky")) as line:
        line.hide("token", "token-and-more", "")
        assert line.clean("<token-and-more> <token>") == "<•••> <•••>"


def test_a_secret_at_the_edge_of_a_message_is_hidden_before_it_is_cut() -> None:
    with closing(Wire("https://news.example", "sky")) as line:
        line.hide("hunter2")
        assert line.clean("x" * (wire.MESSAGE - 2) + "hunter2") == "x" * (wire.MESSAGE - 2) + "••"


@given(st.text(), st.text(min_size=8, max_size=20), st.text())
def test_no_message_holds_a_secret_or_orders_to_a_terminal(before: str, secret: str, after: str) -> None:
    with closing(Wire("https://news.example", "sky")) as line:
        line.hide(secret)
        cleaned = line.clean(before + secret + after)
    assert secret not in cleaned
    assert len(cleaned) <= wire.MESSAGE
    cleaned.encode()
    assert not set(cleaned) & set(map(chr, [*range(32), *range(127, 160), *range(0x202A, 0x202F), *range(0x2066, 0x206A)]))


def test_escape_sequences_leave_no_trace() -> None:
    with closing(Wire("https://news.example", "sky")) as line:
        words = {"error": "Invalid\x1b[2J\x1b[31;1mRequest", "message": "two\r\n\u202e lines \ud800 here", "title": 7}
        given = Answer(400, words)
        assert line.said(given) == "Invalid Request: two lines here"


LEAKS: dict[str, Act] = {
    "an echo": answer(500, {"error": SECRET, "message": "Bearer token-of-mine"}),
    "an echo in the status": raw(b"HTTP/1.1 500 token-of-mine\r\n\r\n"),
    "an echo as a header": raw(b"token-of-mine\r\n\r\n"),
    "an echo as a length": raw(OK + b"content-length: token-of-mine\r\n\r\n"),
    "a cut": unanswered,
    "a redirect": answer(302, headers={"location": "https://[token-of-mine"}),
    "a 429": answer(429, {}, {"retry-after": "token-of-mine"}),
}


@pytest.mark.parametrize("leak", LEAKS)
@pytest.mark.parametrize("verb", ["call", "commit"])
def test_no_error_carries_the_request_it_is_about(leak: str, verb: Verb) -> None:
    with wired(LEAKS[leak]) as (_, line):
        line.hide(SECRET, "token-of-mine")
        raised = fault(line, verb, json={"password": SECRET}, headers={"authorization": "Bearer token-of-mine"})
    told = "".join(traceback.format_exception(raised)) + repr(raised) + repr(vars(raised)) + repr(line)
    assert (raised.__cause__, raised.__context__) == (None, None)
    assert "token-of-mine" not in told
    assert SECRET not in told


def test_an_answer_shows_no_session_in_its_repr() -> None:
    assert "token" not in repr(Answer(200, {"accessJwt": "token"}))


# The exchange as a whole


def test_a_request_arrives_as_it_was_meant() -> None:
    with wired(answer(200, {})) as (server, line):
        line.call("GET", "/xrpc/look", params={"handle": "é&b"}, headers={"authorization": "Bearer t"})
        line.call("POST", "/blob", content=b"\x00\xff", headers={"content-type": "image/png"})
    look, blob = server.requests
    assert (look.method, look.target) == ("GET", "/xrpc/look?handle=%C3%A9%26b")
    assert look.headers["user-agent"].startswith("threadbot/")
    assert (blob.body, blob.headers["content-type"]) == (b"\x00\xff", "image/png")


def test_a_fault_in_a_driver_is_not_taken_for_the_networks() -> None:
    with wired(answer()) as (server, line), pytest.raises(TypeError):
        line.commit("POST", "/post", json=POST, colour="red")
    assert server.requests == []
