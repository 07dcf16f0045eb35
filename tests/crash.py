"""threadbot in a process that signals itself at an effect: python -m tests.crash SIGNAL EFFECT COUNT_FILE arguments …

An effect is whatever the world outside can tell: a write to the store before and after its commit, a request before it is
sent, when it is sent, and when it is answered, a file of the site before and after it is moved or flushed. How many effects
there were is written to COUNT_FILE by a process that lives to its end. EFFECT is a number, or a part of the name of an effect
that happens once.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from bot.cli.main import main
from bot.store.database import Database


class Fuse:
    """Counts effects, and burns at the chosen one."""

    def __init__(self, number: int, burns_at: str) -> None:
        self.signal, self.burns_at, self.count, self.lock = number, burns_at, 0, threading.Lock()

    def effect(self, name: str) -> None:
        with self.lock:
            self.count += 1
            if self.burns_at == str(self.count) or (not self.burns_at.isdigit() and self.burns_at in name):
                self.burns_at = "0"
                os.kill(os.getpid(), self.signal)


def around(owner: Any, name: str, fuse: Fuse) -> None:
    """An effect before each call of a function, and one after it."""
    original: Callable[..., Any] = getattr(owner, name)

    def wrapped(*args: Any, **kwargs: Any) -> Any:
        fuse.effect(f"before {name}")
        result = original(*args, **kwargs)
        fuse.effect(f"after {name}")
        return result

    setattr(owner, name, wrapped)


def fused_store(fuse: Fuse) -> None:
    """Effects just before and just after each commit of the store."""
    original = Database.writing

    @contextmanager
    def writing(self: Database, fleeting: bool = False) -> Iterator[Any]:
        with original(self, fleeting) as connection:
            yield connection
            fuse.effect("before commit")
        fuse.effect("after commit")

    Database.writing = writing  # type: ignore[method-assign]


def fused_requests(fuse: Fuse) -> None:
    """Effects before each request, when all of it is sent and nothing is heard yet, and when the answer is there."""
    original = httpx.HTTPTransport.handle_request

    def handle_request(self: httpx.HTTPTransport, request: httpx.Request) -> httpx.Response:
        earlier = request.extensions.get("trace")

        def trace(name: str, info: object) -> None:
            if earlier:
                earlier(name, info)
            if name == "http11.send_request_body.complete":
                fuse.effect(f"sent {request.url.path}")

        fuse.effect(f"before {request.url.path}")
        request.extensions = {**request.extensions, "trace": trace}
        response = original(self, request)
        fuse.effect(f"answered {request.url.path}")
        return response

    httpx.HTTPTransport.handle_request = handle_request  # type: ignore[method-assign]


if __name__ == "__main__":
    fuse = Fuse(int(sys.argv[1]), sys.argv[2])
    counted = Path(sys.argv[3])
    fused_store(fuse)
    fused_requests(fuse)
    around(Path, "replace", fuse)
    around(os, "fsync", fuse)
    sys.argv = ["threadbot", *sys.argv[4:]]
    try:
        main()
    finally:
        counted.write_text(str(fuse.count))
