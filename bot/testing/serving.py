"""Shipped test help: a network as a server on loopback. It keeps state, is told which lies to tell, and can kill its client.

class FakeThing:                      # what a network does, without HTTP: state and rules
    def reply(self, request: Request, now: datetime) -> Reply: ...

with Served(FakeThing(), clock) as server:
    server.plan(3, "lost after")      # the fourth request from now on is carried out, and its answer lost
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any, Protocol
from urllib.parse import parse_qs, urlsplit

from bot.testing.hostile import HostileServer, Visit


@dataclass(frozen=True)
class Part:
    """A part of a multipart body: a field (no file name) or a file."""

    name: str
    filename: str
    mime: str
    data: bytes


@dataclass(frozen=True)
class Request:
    """A request as a network reads it. Header names are in lower case; the query has the first value of each name."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON; None where it is none."""
        with contextlib.suppress(ValueError):
            return json.loads(self.body)

    @property
    def form(self) -> dict[str, str]:
        """The body as a form."""
        return {name: values[0] for name, values in parse_qs(self.body.decode(), keep_blank_values=True).items()}

    @property
    def parts(self) -> list[Part]:
        """The parts of a multipart body, in order."""
        head = f"content-type: {self.headers.get('content-type', '')}\r\n\r\n".encode()
        message = BytesParser(policy=HTTP).parsebytes(head + self.body)
        found = []
        for each in message.iter_parts() if message.is_multipart() else ():
            name = str(each.get_param("name", "", header="content-disposition"))
            data = each.get_payload(decode=True)
            assert isinstance(data, bytes), "a part has bytes"
            found.append(Part(name, each.get_filename() or "", each.get_content_type(), data))
        return found

    @property
    def bearer(self) -> str:
        """The token of the Authorization header; empty where there is none."""
        kind, _, token = self.headers.get("authorization", "").partition(" ")
        return token if kind.lower() == "bearer" else ""


@dataclass(frozen=True)
class Reply:
    """What a network answers: JSON (or bytes as they are), and headers."""

    status: int = 200
    body: Any = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


class Fake(Protocol):
    """A network without HTTP. One request at a time reaches it."""

    def reply(self, request: Request, now: datetime) -> Reply: ...


class Time(Protocol):
    def now(self) -> datetime: ...


# Every way in which a request can go wrong, by name. "before" and "after" say whether the network carried it out.
FAULTS = (
    "refused before",  # the connection is closed before the request is heard
    "lost before",  # heard, not carried out, hung up
    "lost after",  # carried out, hung up
    "stalled before",  # not carried out, and silence
    "stalled after",
    "cut after",  # half of the answer
    "dripped after",  # an answer that never ends
    "500 before",
    "500 after",
    "502 after",
    "503 before",  # with Retry-After
    "429 retry-after",  # in seconds
    "429 date",  # Retry-After as a date
    "429 epoch",  # ratelimit-reset and x-rate-limit-reset as a Unix time
    "429 iso",  # x-ratelimit-reset in ISO 8601
    "429 bare",  # without a word of when
    "garbage after",  # 200, and bytes that are no JSON
    "wrong type after",  # 200, and a page of HTML
    "empty after",  # 200, and nothing
    "redirected",  # 302 to another host
    "skewed",  # carried out, answered, with a clock that is an hour wrong
    "killed before",  # the client dies (SIGKILL) before the request is carried out
    "killed after",  # it dies when it has been carried out, unanswered
)
PAUSE = 20  # seconds that a 429 asks for


class Served:
    """A fake network on loopback. Faults are planned by the number of the request, counted from the last `plan`."""

    def __init__(
        self, fake: Fake, clock: Time | None = None, latency: float = 0.0, kill: Callable[[], None] | None = None
    ) -> None:
        """`latency` in seconds, before each answer. `kill` ends the client; by default there is nobody to kill."""
        self.fake, self.clock, self.latency, self.kill = fake, clock or _Now(), latency, kill
        self.requests: list[Request] = []  # those that were carried out, or seen
        self.told: list[tuple[str, str]] = []  # what was planned and happened: fault, path
        self._faults: dict[int, str] = {}
        self._count = 0
        self._lock = threading.Lock()
        self._server = HostileServer(self._act)
        self.url = self._server.url

    def __enter__(self) -> Served:
        self._server.__enter__()
        return self

    def __exit__(self, *error: Any) -> None:
        self._server.__exit__(*error)

    def plan(self, faults: Mapping[int, str]) -> None:
        """From now on: which requests go wrong, counted from 0, and how."""
        unknown = set(faults.values()) - set(FAULTS)
        assert not unknown, f"no such faults: {unknown}"
        with self._lock:
            self._faults, self._count, self.told = dict(faults), 0, []

    @property
    def count(self) -> int:
        """How many requests came since the last `plan`."""
        return self._count

    def _act(self, visit: Visit) -> None:
        with self._lock:
            fault = self._faults.get(self._count, "")
            self._count += 1
        if fault == "refused before":
            return
        visit.read()
        raw = visit.server.requests.pop()
        request = _request(raw.method, raw.target, raw.headers, raw.body)
        if fault:
            self.told.append((fault, request.path))
        time.sleep(self.latency)
        LIES[fault](self, visit, request)

    def carried_out(self, request: Request) -> Reply:
        """What the network makes of a request."""
        with self._lock:
            self.requests.append(request)
            return self.fake.reply(request, self.clock.now())


class _Now:
    def now(self) -> datetime:
        return datetime.now(UTC)


def _request(method: str, target: str, headers: Mapping[str, str], body: bytes) -> Request:
    url = urlsplit(target)
    query = {name: values[0] for name, values in parse_qs(url.query, keep_blank_values=True).items()}
    return Request(method, url.path, query, headers, body)


def _bytes(reply: Reply, moment: datetime) -> bytes:
    content = reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
    fields = {
        "content-type": "application/json",
        "content-length": str(len(content)),
        "date": f"{moment:%a, %d %b %Y %H:%M:%S GMT}",
        **reply.headers,
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"HTTP/1.1 {reply.status} So\r\n{head}\r\n".encode() + content


Lie = Callable[[Served, Visit, Request], None]


def _honestly(server: Served, visit: Visit, request: Request) -> None:
    visit.say(_bytes(server.carried_out(request), server.clock.now()))
    visit.kept = True


def _instead(
    after: bool, status: int = 500, body: Any = None, headers: Callable[[datetime], Mapping[str, str]] | None = None
) -> Lie:
    """Carried out or not, and this answer."""

    def lie(server: Served, visit: Visit, request: Request) -> None:
        if after:
            server.carried_out(request)
        now = server.clock.now()
        said = {"error": "InternalServerError", "message": "something broke"} if body is None else body
        visit.say(_bytes(Reply(status, said, headers(now) if headers else {}), now))
        visit.kept = True

    return lie


def _silent(after: bool, stall: bool) -> Lie:
    """Carried out or not, then hung up, or nothing for ever."""

    def lie(server: Served, visit: Visit, request: Request) -> None:
        if after:
            server.carried_out(request)
        if stall:
            visit.server.over.wait(30)

    return lie


def _cut(server: Served, visit: Visit, request: Request) -> None:
    answer = _bytes(server.carried_out(request), server.clock.now())
    visit.say(answer[: len(answer) - 5])


def _drip(server: Served, visit: Visit, request: Request) -> None:
    server.carried_out(request)
    visit.say(b"HTTP/1.1 200 So\r\ncontent-type: application/json\r\n\r\n{")
    visit.drip(b" ")


def _skewed(server: Served, visit: Visit, request: Request) -> None:
    visit.say(_bytes(server.carried_out(request), server.clock.now() + timedelta(hours=1)))
    visit.kept = True


def _killing(after: bool) -> Lie:
    def lie(server: Served, _visit: Visit, request: Request) -> None:
        if after:
            server.carried_out(request)
        if server.kill:
            server.kill()

    return lie


def _wait(*names: str, style: Callable[[datetime], str]) -> Callable[[datetime], Mapping[str, str]]:
    return lambda now: {name: style(now + timedelta(seconds=PAUSE)) for name in names}


_BUSY = {"error": "RateLimitExceeded", "title": "Too Many Requests", "detail": "Too many requests"}
LIES: Mapping[str, Lie] = {
    "": _honestly,
    "lost before": _silent(after=False, stall=False),
    "lost after": _silent(after=True, stall=False),
    "stalled before": _silent(after=False, stall=True),
    "stalled after": _silent(after=True, stall=True),
    "cut after": _cut,
    "dripped after": _drip,
    "500 before": _instead(after=False),
    "500 after": _instead(after=True),
    "502 after": _instead(after=True, status=502, body=b"<html>bad gateway</html>"),
    "503 before": _instead(after=False, status=503, headers=lambda _: {"retry-after": "5"}),
    "429 retry-after": _instead(False, 429, _BUSY, lambda _: {"retry-after": str(PAUSE)}),
    "429 date": _instead(False, 429, _BUSY, _wait("retry-after", style=lambda at: f"{at:%a, %d %b %Y %H:%M:%S GMT}")),
    "429 epoch": _instead(
        False, 429, _BUSY, _wait("ratelimit-reset", "x-rate-limit-reset", style=lambda at: str(int(at.timestamp())))
    ),
    "429 iso": _instead(False, 429, _BUSY, _wait("x-ratelimit-reset", style=lambda at: at.isoformat().replace("+00:00", "Z"))),
    "429 bare": _instead(False, 429, _BUSY),
    "garbage after": _instead(True, 200, b"\x00\xff{nonsense"),
    "wrong type after": _instead(True, 200, b"<!doctype html><p>Welcome", lambda _: {"content-type": "text/html"}),
    "empty after": _instead(True, 200, b""),
    "redirected": _instead(False, 302, {}, lambda _: {"location": "https://elsewhere.example/"}),
    "skewed": _skewed,
    "killed before": _killing(after=False),
    "killed after": _killing(after=True),
}


def killer(pid: Callable[[], int]) -> Callable[[], None]:
    """Kills a process as nothing else does, and returns when it is gone for its own threads; `pid` says which one."""
    return lambda: os.kill(pid(), signal.SIGKILL)


def matched(path: str, routes: Sequence[tuple[str, str]], method: str) -> tuple[str, tuple[str, ...]] | None:
    """Which route (`POST /2/tweets`, with `{}` for a part of the path) a request is for, and those parts."""
    for route, pattern in routes:
        verb, _, form = pattern.partition(" ")
        if verb == method and (found := re.fullmatch(form.replace("{}", "([^/]+)"), path)):
            return route, found.groups()
    return None
