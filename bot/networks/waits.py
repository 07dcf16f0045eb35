"""Pure. How long a server asks to be left alone, in any of the styles in use."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from bot.core.model import Limit

WHOLE = re.compile("[0-9]{1,9}")
PATIENCE = 86_400.0  # seconds: no server may ask for a longer wait


def wait_of(headers: Mapping[str, str], now: datetime) -> float | None:
    """The wait in seconds that a server asks for, in any of the styles in use; None: it did not say.

    `Retry-After` in seconds or as a date (RFC 9110), `RateLimit-Reset` and `X-RateLimit-Reset` as a Unix time (Bluesky, X) or
    in ISO 8601 (Mastodon). Compared with the server's own clock where it sends a `Date`.
    """
    now = _moment(headers.get("date", "")) or now
    for name in ("retry-after", "ratelimit-reset", "x-ratelimit-reset", "x-rate-limit-reset"):
        if (wait := _seconds(headers.get(name, ""), now)) is not None:
            return min(max(wait, 0.0), PATIENCE)
    return None


def limit_of(headers: Mapping[str, str], now: datetime) -> Limit | None:
    """What is left of a server's allowance, as it says with an answer; None: it did not say."""
    for style in ("ratelimit", "x-ratelimit", "x-rate-limit"):
        left, total = headers.get(f"{style}-remaining", ""), headers.get(f"{style}-limit", "")
        if WHOLE.fullmatch(left) and WHOLE.fullmatch(total):
            wait = _seconds(headers.get(f"{style}-reset", ""), _moment(headers.get("date", "")) or now)
            resets = None if wait is None else now + timedelta(seconds=min(max(wait, 0.0), PATIENCE))
            return Limit("requests", int(left), int(total), resets)
    return None


def time_of(headers: Mapping[str, str]) -> datetime | None:
    """What time it is by a server's own clock; None: it did not say, or what nobody means."""
    moment = _moment(headers.get("date", ""))
    return moment if moment and 2000 <= moment.year < 3000 else None


def _seconds(value: str, now: datetime) -> float | None:
    if re.fullmatch(r"[0-9]{1,20}(\.[0-9]{1,9})?", value):
        number = float(value)
        return number if number < 1e8 else number - now.timestamp()  # three years: no wait, but a moment since 1970
    moment = _moment(value)
    return None if moment is None else (moment - now).total_seconds()


def _moment(value: str) -> datetime | None:
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        with suppress(ValueError, TypeError, IndexError, OverflowError):
            moment = read(value)
            return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    return None
