"""Hears one browser come back to http://127.0.0.1:PORT/callback; whatever else comes by is told that nobody is here."""

from __future__ import annotations

import queue
import socket
from collections.abc import Callable, Collection, Mapping
from http.server import BaseHTTPRequestHandler
from socketserver import ThreadingTCPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

Query = Mapping[str, str]
PAGE = '<!doctype html><html lang="en"><meta charset="utf-8"><title>threadbot</title><p>{}</p>\n'
HEARD = PAGE.format("threadbot has heard you. You can close this window.").encode()
NOBODY = PAGE.format("threadbot does not wait for this.").encode()
HEADERS = {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": "default-src 'none'",
    "referrer-policy": "no-referrer",  # the address has a code in it
    "cache-control": "no-store",
    "connection": "close",
}


class Ear:
    """Listens on loopback while it is open. Raises OSError where the port cannot be had."""

    def __init__(self, port: int, fits: Callable[[Query], bool]) -> None:
        """`fits` says whether the query of a callback is the one that is waited for."""
        self.fits = fits
        self.names = (f"127.0.0.1:{port}", f"localhost:{port}")
        self._heard: queue.SimpleQueue[Query] = queue.SimpleQueue()
        self._server = _Server(("127.0.0.1", port), _Visit)
        self._server.ear = self
        self._bell, self._rope = socket.socketpair()

    def __enter__(self) -> Ear:
        return self

    def __exit__(self, *error: object) -> None:
        for each in (self._server.socket, self._bell, self._rope):
            each.close()

    @property
    def sources(self) -> tuple[socket.socket, ...]:
        """What to watch for something to read."""
        return (self._server.socket, self._bell)

    def hear(self, ready: Collection[Any]) -> Query | None:
        """Let in who is at the door; what was heard, if it has been."""
        if self._server.socket in ready:
            self._server.handle_request()
        return None if self._heard.empty() else self._heard.get()

    def take(self, query: Query) -> None:
        """From a visitor's thread."""
        self._heard.put(query)
        self._rope.sendall(b"!")


class _Server(ThreadingTCPServer):
    """A visitor has a thread: browsers open connections ahead of need, and say nothing on them. Not HTTPServer, which looks
    up the name of this machine."""

    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    timeout = 0
    ear: Ear

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A visitor that went away is no news."""


class _Visit(BaseHTTPRequestHandler):
    timeout = 10
    server: _Server

    def do_GET(self) -> None:
        ear, url = self.server.ear, urlsplit(self.path)
        query = dict(parse_qsl(url.query))
        # by another name, it is a page that had its own name point here
        meant = self.headers.get("host") in ear.names and url.path == "/callback" and ear.fits(query)
        self._say(200, HEARD) if meant else self._say(404, NOBODY)
        if meant:
            ear.take(query)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Nothing: the line would have the code in it."""

    def _say(self, status: int, page: bytes) -> None:
        self.send_response_only(status)
        for name, value in {**HEADERS, "content-length": str(len(page))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(page)
