"""Pure. Wall times and zones: "2026-12-01 18:00" in Europe/Paris is one moment, also when the clocks change.

A wall time that the clocks skip (spring) means the moment at which the skipped hour would have begun to count again: it is
read with the offset before the change, so 02:30 becomes 03:30. A wall time that occurs twice (autumn) means the first one.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

WALL = re.compile(r"\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}(:\d{2})?(Z|[+-]\d{2}:\d{2})?")


class MomentError(Exception):
    """A time or zone that cannot be read; says what to write instead."""


def zone(name: str) -> ZoneInfo:
    """The IANA zone of that name. Raises MomentError."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise MomentError(f"unknown time zone “{name}” – write an IANA name such as Europe/Paris") from None


def moment(wall: str, tz: ZoneInfo | None) -> datetime:
    """The moment, in UTC, of a wall time in a zone; a time with its own offset needs none. Raises MomentError."""
    text = wall.strip()
    try:
        if not WALL.fullmatch(text):
            raise ValueError
        read = datetime.fromisoformat(text)
        if read.tzinfo is None and tz is None:
            raise MomentError('in which time zone? – set timezone = "Europe/Paris" in the config, or timezone in the draft')
        return (read if read.tzinfo else read.replace(tzinfo=tz, fold=0)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise MomentError(f"“{wall}” is not a time – write 2026-12-01 18:00") from None
