"""The connections of an HTTP client, which can be cut: its time-outs are for single steps, and there is no end of steps."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

import httpx

from bot.networks.watch import WATCH

ENDLESS = "the answer never ends"


class Lines:
    """The connections that one client has opened."""

    def __init__(self) -> None:
        self._sockets: list[socket.socket] = []
        self._cut = False

    def noticed(self, event: str, details: Mapping[str, Any]) -> None:
        """The `trace` extension of httpcore: how one learns of a connection before the first byte of an answer is here."""
        if event.endswith((".connect_tcp.complete", ".start_tls.complete")):
            alive = [each for each in self._sockets if each.fileno() >= 0]
            self._sockets = [*alive, details["return_value"].get_extra_info("socket")]
            if self._cut:  # too late already
                raise httpx.ConnectTimeout(ENDLESS)

    @contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """What happens on the lines in here takes no longer."""
        self._cut = False
        try:
            with WATCH.after(seconds, self._end):
                yield
            if self._cut:  # an answer without a length looks whole then
                raise httpx.ReadTimeout(ENDLESS)
        except httpx.TransportError as error:
            if self._cut:
                raise type(error)(ENDLESS) from None
            raise

    def _end(self) -> None:
        self._cut = True
        for each in self._sockets:
            with suppress(OSError):  # closed meanwhile
                socket.socket.shutdown(each, socket.SHUT_RDWR)  # not a TLS socket's own, which would first say good-bye
