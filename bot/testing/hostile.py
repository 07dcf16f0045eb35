"""Shipped test help: a real HTTP server on loopback that plays a script of lies, and remembers what it was asked.

with HostileServer(stall, answer(200, {"id": "1"})) as server:
    ...  # the first request hangs, every later one is answered
"""

from __future__ import annotations

import gzip
import json
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Any

PACE = 0.02  # seconds between two drops
DROPS = 250  # no test waits longer for a client that has patience


@dataclass(frozen=True)
class Request:
    """A request that arrived whole."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes
    raw: bytes  # all of it, as it came


class Visit:
    """A connection, and one request that is coming in on it."""

    def __init__(self, server: HostileServer, connection: socket.socket) -> None:
        self.server, self.connection = server, connection
        self.kept = False  # whether another request may follow

    def read(self) -> None:
        """Hear the request out, and remember it."""
        self.server.requests.append(self.heard())

    def heard(self) -> Request:
        """The request, when all of it is here."""
        data = b""
        while b"\r\n\r\n" not in data:
            data += self._more()
        head, _, body = data.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        while len(body) < int(headers.get("content-length", 0)):
            body += self._more()
        method, target, _ = first.split(" ", 2)
        return Request(method, target, headers, body, head + b"\r\n\r\n" + body)

    def _more(self) -> bytes:
        if data := self.connection.recv(65536):
            return data
        raise ConnectionError("the client went away")

    def say(self, data: bytes) -> None:
        """Send bytes as they are."""
        self.connection.sendall(data)

    def abandoned(self) -> None:
        """Say nothing until the client has had enough."""
        with suppress(OSError):
            self.connection.recv(1)

    def drip(self, drop: bytes) -> None:
        """Send a little, again and again, until somebody has had enough."""
        for _ in range(DROPS):
            if self.server.over.wait(PACE):
                return
            self.say(drop)


Act = Callable[[Visit], None]  # what to do with a request; the connection is closed afterwards, unless it is kept


def answer(status: int = 200, body: object = None, headers: Mapping[str, str] | None = None, *, kept: bool = True) -> Act:
    """An honest answer: JSON, or bytes as they are. Not `kept`: the connection is closed without a warning."""
    content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    fields = {"content-type": "application/json", "content-length": str(len(content)), **(headers or {})}
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())

    def act(visit: Visit) -> None:
        visit.read()
        visit.say(f"HTTP/1.1 {status} So\r\n{head}\r\n".encode() + content)
        visit.kept = kept

    return act


def raw(data: bytes) -> Act:
    """These bytes, then the end."""

    def act(visit: Visit) -> None:
        visit.read()
        visit.say(data)

    return act


def dripping(start: bytes, drop: bytes) -> Act:
    """These bytes, then a drop again and again."""

    def act(visit: Visit) -> None:
        visit.read()
        visit.say(start)
        visit.drip(drop)

    return act


def unread(_visit: Visit) -> None:
    """Hang up before the request was heard."""


def unanswered(visit: Visit) -> None:
    """Hear it out, and hang up."""
    visit.read()


def stall(visit: Visit) -> None:
    """Hear it out, and say nothing."""
    visit.read()
    visit.abandoned()


def bomb(unpacked: int) -> Act:
    """An answer of so many bytes of JSON, packed to a thousandth."""
    packed = gzip.compress(json.dumps({"x": " " * (unpacked - 9)}).encode(), mtime=0)
    return answer(200, packed, {"content-encoding": "gzip"})


class HostileServer:
    """Plays one act for each request; the last one is for all that follow."""

    def __init__(self, *script: Act) -> None:
        self.requests: list[Request] = []  # those that arrived whole
        self.over = threading.Event()
        self._script = list(script)
        self._lock = threading.Lock()
        self._visits: dict[threading.Thread, socket.socket] = {}
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._door = threading.Thread(target=self._receive)
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self) -> HostileServer:
        self._door.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.over.set()
        socket.create_connection(self._listener.getsockname()).close()  # the last visitor: nothing else wakes an accept
        self._door.join()
        self._listener.close()
        for connection in self._visits.values():
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self.settle()

    def settle(self) -> None:
        """Return when every connection is closed on this side."""
        for visit in list(self._visits):
            visit.join()

    @property
    def bodies(self) -> list[Any]:
        """The JSON of all requests that arrived whole, in order."""
        return [json.loads(request.body) for request in self.requests]

    def _receive(self) -> None:
        while not self.over.is_set():
            connection, _ = self._listener.accept()
            self._visits = {visit: each for visit, each in self._visits.items() if visit.is_alive()}
            visit = threading.Thread(target=self._serve, args=(connection,))
            self._visits[visit] = connection
            visit.start()

    def _serve(self, connection: socket.socket) -> None:
        kept = True
        with connection, suppress(OSError):  # the client went away
            while kept and connection.recv(1, socket.MSG_PEEK):
                with self._lock:
                    act = self._script.pop(0) if len(self._script) > 1 else self._script[0]
                visit = Visit(self, connection)
                act(visit)
                kept = visit.kept


@contextmanager
def nobody() -> Iterator[str]:
    """An address on loopback where connections are refused."""
    with socket.socket() as unheard:
        unheard.bind(("127.0.0.1", 0))  # taken, but not listened to
        yield f"http://127.0.0.1:{unheard.getsockname()[1]}"
