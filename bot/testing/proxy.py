"""Shipped test help: a proxy on loopback in front of a real server. What it passes on, it passes on byte for byte; and it lies
at the requests for which a fault is planned.

with Proxy("http://127.0.0.1:2583") as proxy:
    proxy.plan({3: "lost after"})     # the fourth request reaches the server, and its answer nobody
"""

from __future__ import annotations

import re
import socket
from collections.abc import Callable
from datetime import datetime
from urllib.parse import urlsplit

from bot.testing.hostile import Request
from bot.testing.lies import LyingServer, Time

PATIENCE = 30.0  # seconds for the real server
BARE = frozenset({204, 304})  # answers without a body


class Proxy(LyingServer):
    """In front of the server at `target`, an http address."""

    def __init__(
        self, target: str, clock: Time | None = None, latency: float = 0.0, kill: Callable[[], None] | None = None
    ) -> None:
        """As `LyingServer`."""
        super().__init__(clock, latency, kill)
        url = urlsplit(target)
        assert url.hostname, "a server"
        self._address = (url.hostname, url.port or 80)

    def carried_out(self, heard: Request, at: datetime) -> bytes:  # noqa: ARG002
        """What the real server answers, as it comes; its clock is its own."""
        with socket.create_connection(self._address, PATIENCE) as line:
            line.sendall(heard.raw)
            return _answer(line, heard.method)


def _answer(line: socket.socket, method: str) -> bytes:
    """One answer: to its length, to its last chunk, or to the end of the connection."""
    data = _until(line, b"", lambda data: b"\r\n\r\n" in data)
    head, _, body = data.partition(b"\r\n\r\n")
    length = re.findall(rb"(?i)\r\ncontent-length: *(\d+)", head)
    if method == "HEAD" or int(head.split(b" ", 2)[1]) in BARE:
        return data
    if re.search(rb"(?i)\r\ntransfer-encoding: *chunked", head):
        body = _until(line, body, _chunked)
    else:
        body = _until(line, body, lambda body: bool(length) and len(body) >= int(length[0]))
    return head + b"\r\n\r\n" + body


def _until(line: socket.socket, data: bytes, enough: Callable[[bytes], bool]) -> bytes:
    while not enough(data) and (more := line.recv(65536)):
        data += more
    return data


def _chunked(body: bytes) -> bool:
    """Whether the last chunk is here."""
    while (size := body.partition(b"\r\n")[0]) and len(body) > len(size) + 2:
        number = int(size.partition(b";")[0], 16)
        if number == 0:
            return body.endswith(b"\r\n\r\n")
        body = body[len(size) + number + 4 :]
    return False
