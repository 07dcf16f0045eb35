"""tenacity, in one place: only what is known not to have happened is repeated, bounded in attempts and in time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

from tenacity import RetryCallState, Retrying, retry_if_exception_type, wait_random_exponential

from bot.core.errors import NetworkError, Transient
from bot.engine.clock import Clock

T = TypeVar("T")
ATTEMPTS = 5
PATIENCE = 60.0  # seconds that one step may spend on repeats; what needs longer is deferred, in the ledger
LATER = 300.0  # seconds until a deferred batch is tried again, where the network did not say
BACKOFF = wait_random_exponential(multiplier=0.5, max=15)


def repeated(action: Callable[[], T], clock: Clock) -> T:
    """What the action gives, repeated while it raises Transient. Raises the last Transient when patience ends."""
    begun = clock.now()

    def wait(state: RetryCallState) -> float:
        return max(_asked(state), BACKOFF(state))

    def enough(state: RetryCallState) -> bool:
        spent = (clock.now() - begun).total_seconds()
        return clock.stopping or state.attempt_number >= ATTEMPTS or spent + _asked(state) > PATIENCE

    retrying = Retrying(
        retry=retry_if_exception_type(Transient),
        stop=enough,
        wait=wait,
        sleep=clock.wait,
        reraise=True,
    )
    return retrying(action)


def later(error: NetworkError, clock: Clock) -> datetime:
    """When to try again what was deferred: at the next start, where only a clean stop ended our patience."""
    asked = error.retry_after if isinstance(error, Transient) else None
    default = 0.0 if clock.stopping else LATER
    return clock.now() + timedelta(seconds=default if asked is None else asked)


def _asked(state: RetryCallState) -> float:
    """The wait that the network asked for, in seconds."""
    error = state.outcome.exception() if state.outcome else None
    return (isinstance(error, Transient) and error.retry_after) or 0.0
