"""Shipped test help: every way in which a request can go wrong, each told by a server at the request for which it is planned.

`LIES` is the whole list, and docs/reliability.md prints it. "before" and "after" say whether the request was carried out.
"""

from __future__ import annotations

import json
import os
import re
import signal
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol, Self

from bot.testing.hostile import HostileServer, Request, Visit

PAUSE = 20  # seconds that a 429 asks for


class Time(Protocol):
    def now(self) -> datetime: ...


class Now:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class LyingServer(ABC):
    """A server on loopback. Faults are planned by the number of the request, counted from the last `plan`."""

    def __init__(self, clock: Time | None = None, latency: float = 0.0, kill: Callable[[], None] | None = None) -> None:
        """`latency` in seconds, before each answer. `kill` ends the client; by default there is nobody to kill."""
        self.clock, self.latency, self.kill = clock or Now(), latency, kill
        self.told: list[tuple[str, str]] = []  # what was planned and happened: fault, and what was asked
        self.count = 0  # requests since the last `plan`
        self._faults: dict[int, str] = {}
        self._late: list[tuple[Request, datetime | None]] = []
        self._lock = threading.Lock()
        self._server = HostileServer(self._act)
        self.url = self._server.url

    def __enter__(self) -> Self:
        self._server.__enter__()
        return self

    def __exit__(self, *error: Any) -> None:
        self._server.__exit__(*error)

    def plan(self, faults: Mapping[int, str]) -> None:
        """From now on: which requests go wrong, counted from 0, and how."""
        unknown = set(faults.values()) - set(FAULTS)
        assert not unknown, f"no such faults: {unknown}"
        with self._lock:
            self._faults, self.count, self.told, self._late = dict(faults), 0, [], []

    @abstractmethod
    def carried_out(self, heard: Request, at: datetime) -> bytes:
        """Do what was asked, as of that moment; the bytes of the honest answer."""

    def done(self, heard: Request) -> bytes:
        """As `carried_out`, before it what was to be done by now, and after it what waited for it."""
        now = self.clock.now()
        self._overtake(lambda until: until is not None and until <= now)
        answer = self.carried_out(heard, now)
        self._overtake(lambda until: until is None)
        return answer

    def delay(self, heard: Request, seconds: float | None = None) -> None:
        """Do it so many seconds later; without a number, when the next request is done."""
        self._late.append((heard, None if seconds is None else self.clock.now() + timedelta(seconds=seconds)))

    def catch_up(self) -> None:
        """Do whatever is late."""
        self._overtake(lambda _: True)

    def _overtake(self, ready: Callable[[datetime | None], bool]) -> None:
        late, self._late = self._late, []
        self._late = [each for each in late if not ready(each[1])]
        for heard, until in late:
            if ready(until):  # at its own moment, though it is noticed only now: lists lag behind that one
                self.carried_out(heard, until or self.clock.now())

    def _act(self, visit: Visit) -> None:
        with self._lock:
            fault = self._faults.get(self.count, "")
            self.count += 1
        if fault == "refused before":
            self.told.append((fault, ""))
            return
        heard = visit.heard()
        if fault:
            self.told.append((fault, f"{heard.method} {heard.target.partition('?')[0]}"))
        time.sleep(self.latency)
        (LIES[fault].tell if fault else _honestly)(self, visit, heard)


def answered(moment: datetime, status: int = 200, body: Any = None, headers: Mapping[str, str] | None = None) -> bytes:
    """An answer as it is written: JSON, or bytes as they are."""
    content = body if isinstance(body, bytes) else json.dumps({} if body is None else body).encode()
    fields = {
        "content-type": "application/json",
        "content-length": str(len(content)),
        "date": http_date(moment),
        **(headers or {}),
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"HTTP/1.1 {status} So\r\n{head}\r\n".encode() + content


def http_date(moment: datetime) -> str:
    """A moment as HTTP writes it (RFC 9110)."""
    return f"{moment.astimezone(UTC):%a, %d %b %Y %H:%M:%S GMT}"


def killer(pid: Callable[[], int]) -> Callable[[], None]:
    """Kills a process as nothing else does; `pid` says which one, 0: none any more."""

    def kill() -> None:
        if alive := pid():
            os.kill(alive, signal.SIGKILL)

    return kill


Tell = Callable[[LyingServer, Visit, Request], None]


@dataclass(frozen=True)
class Lie:
    """A fault: what it is, in words, and how it is told."""

    words: str
    tell: Tell


def _honestly(server: LyingServer, visit: Visit, heard: Request) -> None:
    answer = server.done(heard)
    visit.say(answer)
    visit.kept = not re.search(rb"(?i)\r\nconnection: *close", answer.partition(b"\r\n\r\n")[0])


def _unheard(_server: LyingServer, _visit: Visit, _heard: Request) -> None:
    raise AssertionError("told before the request is heard")


def _instead(
    after: bool, status: int, body: Any = None, headers: Callable[[datetime], Mapping[str, str]] | None = None
) -> Tell:
    """Carried out or not, and this answer."""

    def tell(server: LyingServer, visit: Visit, heard: Request) -> None:
        if after:
            server.done(heard)
        now = server.clock.now()
        visit.say(answered(now, status, body, headers(now) if headers else None))
        visit.kept = True

    return tell


def _silent(after: bool, stall: bool = False) -> Tell:
    """Carried out or not, then hung up, or nothing for ever."""

    def tell(server: LyingServer, visit: Visit, heard: Request) -> None:
        if after:
            server.done(heard)
        if stall:
            visit.abandoned()

    return tell


def _cut(server: LyingServer, visit: Visit, heard: Request) -> None:
    head, end, body = server.done(heard).partition(b"\r\n\r\n")
    visit.say(head + end + body[: len(body) // 2] if body else head)


def _drip(server: LyingServer, visit: Visit, heard: Request) -> None:
    server.done(heard)
    visit.say(b"HTTP/1.1 200 So\r\ncontent-type: application/json\r\n\r\n{")
    visit.drip(b" ")


def _late(seconds: float | None = None) -> Tell:
    def tell(server: LyingServer, visit: Visit, heard: Request) -> None:
        server.delay(heard, seconds)
        visit.say(answered(server.clock.now(), 504, b"<html>gateway time-out", _PAGE))
        visit.kept = True

    return tell


def _skewed(server: LyingServer, visit: Visit, heard: Request) -> None:
    later = f"date: {http_date(server.clock.now() + timedelta(hours=1))}\r\n".encode()
    visit.say(re.sub(rb"(?i)date: [^\r]*\r\n", later, server.done(heard), count=1))
    visit.kept = True


def _killing(after: bool) -> Tell:
    def tell(server: LyingServer, _visit: Visit, heard: Request) -> None:
        if after:
            server.done(heard)
        if server.kill:
            server.kill()

    return tell


def _until(*names: str, style: Callable[[datetime], str]) -> Callable[[datetime], Mapping[str, str]]:
    """Headers that name the end of a pause."""
    return lambda now: {name: style(now + timedelta(seconds=PAUSE)) for name in names}


def _unix(moment: datetime) -> str:
    return str(int(moment.timestamp()))


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


_BROKEN = {"error": "InternalServerError", "message": "something broke"}
_BUSY = {"error": "RateLimitExceeded", "title": "Too Many Requests", "detail": "Too many requests"}
_PAGE = {"content-type": "text/html; charset=utf-8"}

LIES: Mapping[str, Lie] = {
    "refused before": Lie("the connection is closed before the request is read", _unheard),
    "lost before": Lie("read, not carried out, hung up", _silent(False)),
    "lost after": Lie("carried out, hung up", _silent(True)),
    "stalled before": Lie("not carried out, and silence", _silent(False, stall=True)),
    "stalled after": Lie("carried out, and silence", _silent(True, stall=True)),
    "cut after": Lie("carried out, half of the answer", _cut),
    "dripped after": Lie("carried out, an answer that never ends, a byte at a time", _drip),
    "500 before": Lie("status 500, not carried out", _instead(False, 500, _BROKEN)),
    "500 after": Lie("carried out, status 500", _instead(True, 500, _BROKEN)),
    "502 after": Lie(
        "carried out, a gateway's page with status 502", _instead(True, 502, b"<html>bad gateway", lambda _: _PAGE)
    ),
    "504 late": Lie("a gateway's page with status 504, and carried out just after the next request was", _late()),
    "504 later": Lie("a gateway's page with status 504, and carried out a minute later", _late(60)),
    "503 before": Lie(
        "status 503 with `Retry-After`, not carried out", _instead(False, 503, _BROKEN, lambda _: {"retry-after": "5"})
    ),
    "429 retry-after": Lie(
        "status 429, `Retry-After` in seconds", _instead(False, 429, _BUSY, lambda _: {"retry-after": str(PAUSE)})
    ),
    "429 date": Lie("status 429, `Retry-After` as a date", _instead(False, 429, _BUSY, _until("retry-after", style=http_date))),
    "429 epoch": Lie(
        "status 429, `ratelimit-reset` and `x-rate-limit-reset` as a Unix time",
        _instead(False, 429, _BUSY, _until("ratelimit-reset", "x-rate-limit-reset", style=_unix)),
    ),
    "429 iso": Lie(
        "status 429, `x-ratelimit-reset` in ISO 8601", _instead(False, 429, _BUSY, _until("x-ratelimit-reset", style=_iso))
    ),
    "429 bare": Lie("status 429, without a word of when", _instead(False, 429, _BUSY)),
    "garbage after": Lie("carried out, status 200 and bytes that are no JSON", _instead(True, 200, b"\x00\xff{nonsense")),
    "wrong type after": Lie("carried out, status 200 and a page of HTML", _instead(True, 200, b"<p>Welcome", lambda _: _PAGE)),
    "empty after": Lie("carried out, status 200 and nothing", _instead(True, 200, b"")),
    "redirected": Lie(
        "sent to another host, not carried out", _instead(False, 302, {}, lambda _: {"location": "https://elsewhere.example/"})
    ),
    "303 after": Lie(
        "carried out, and sent to another page",
        _instead(True, 303, {}, lambda _: {"location": "https://elsewhere.example/done"}),
    ),
    "skewed": Lie("carried out and answered, by a clock that is an hour wrong", _skewed),
    "killed before": Lie("kill -9 of the client, not carried out", _killing(False)),
    "killed after": Lie("carried out, kill -9 of the client before it hears so", _killing(True)),
}
FAULTS = tuple(LIES)
