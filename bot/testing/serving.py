"""Shipped test help: a network as a server on loopback. It keeps state, is told which lies to tell, and can kill its client.

class FakeThing:                      # what a network does, without HTTP: state and rules
    def reply(self, request: Request, now: datetime) -> Reply: ...

with Served(FakeThing(), clock) as server:
    server.plan({3: "lost after"})    # the fourth request from now on is carried out, and its answer lost
"""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any, Protocol
from urllib.parse import parse_qs, urlsplit

from bot.testing import hostile
from bot.testing.lies import LyingServer, Time, answered


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


class Served(LyingServer):
    """A fake network on loopback."""

    def __init__(
        self, fake: Fake, clock: Time | None = None, latency: float = 0.0, kill: Callable[[], None] | None = None
    ) -> None:
        """As `LyingServer`."""
        super().__init__(clock, latency, kill)
        self.fake = fake
        self.requests: list[Request] = []  # those that were carried out

    def carried_out(self, heard: hostile.Request, at: datetime) -> bytes:
        """What the network makes of a request."""
        url = urlsplit(heard.target)
        query = {name: values[0] for name, values in parse_qs(url.query, keep_blank_values=True).items()}
        request = Request(heard.method, url.path, query, heard.headers, heard.body)
        with self._lock:
            self.requests.append(request)
            reply = self.fake.reply(request, at)
        return answered(at, reply.status, reply.body, reply.headers)


def matched(path: str, routes: Sequence[tuple[str, str]], method: str) -> tuple[str, tuple[str, ...]] | None:
    """Which route (`POST /2/tweets`, with `{}` for a part of the path) a request is for, and those parts."""
    for route, pattern in routes:
        verb, _, form = pattern.partition(" ")
        if verb == method and (found := re.fullmatch(form.replace("{}", "([^/]+)"), path)):
            return route, found.groups()
    return None
