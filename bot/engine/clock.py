"""The time, and waiting for it, as arguments: the tests hand over a clock that jumps."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """What the engine knows of time. `stopping` is true once somebody asked for a clean stop."""

    @property
    def stopping(self) -> bool: ...
    def now(self) -> datetime: ...
    def wait(self, seconds: float) -> None:
        """Until then, or until a clean stop is asked for."""


class SystemClock:
    """The machine's clock."""

    def __init__(self) -> None:
        self._stop = threading.Event()

    @property
    def stopping(self) -> bool:
        return self._stop.is_set()

    def now(self) -> datetime:
        """The moment, in UTC."""
        return datetime.now(UTC)

    def wait(self, seconds: float) -> None:
        """Not for the main thread: a signal that arrives there in the middle of a wait could not set the event."""
        self._stop.wait(max(0.0, seconds))

    def stop(self) -> None:
        """Ask for a clean stop: what is under way ends, nothing new begins."""
        self._stop.set()
