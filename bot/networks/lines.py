"""The connections of an HTTP client, which can be cut: its time-outs are for single steps, and there is no end of steps."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any

import httpx

from bot.networks.watch import WATCH

ENDLESS = "the answer never ends"


class Lines:
    """The connections that one client has opened; several threads may use it at once. A deadline cuts all of them."""

    def __init__(self) -> None:
        self._sockets: list[socket.socket] = []
        self._here = threading.local()  # whether the deadline of this thread's exchange is over

    def noticed(self, event: str, details: Mapping[str, Any]) -> None:
        """The `trace` extension of httpcore: how one learns of a connection before the first byte of an answer is here."""
        if event.endswith((".connect_tcp.complete", ".start_tls.complete")):
            alive = [each for each in self._sockets if each.fileno() >= 0]
            self._sockets = [*alive, details["return_value"].get_extra_info("socket")]
            if self._here.over.is_set():  # too late already
                raise httpx.ConnectTimeout(ENDLESS)

    @contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """What happens on the lines in here, in this thread, takes no longer."""
        over = self._here.over = threading.Event()
        try:
            with WATCH.after(seconds, partial(self._end, over)):
                yield
            if over.is_set():  # an answer without a length looks whole then
                raise httpx.ReadTimeout(ENDLESS)
        except httpx.TransportError as error:
            if over.is_set():
                raise type(error)(ENDLESS) from None
            raise

    def _end(self, over: threading.Event) -> None:
        over.set()
        for each in self._sockets:
            with suppress(OSError):  # closed meanwhile
                socket.socket.shutdown(each, socket.SHUT_RDWR)  # not a TLS socket's own, which would first say good-bye
