"""Where a secret shows: in what a value, or an error with all that led to it, would look like in a log."""

from __future__ import annotations

import traceback
from collections.abc import Iterable, Iterator

from bot.networks.hiding import disguised


def leaks(value: object, secrets: Iterable[str]) -> list[str]:
    """The places in the value's looks where a secret stands, however it is escaped; with what stands before them."""
    pattern = disguised(secrets)
    return [f"{look[: found.start()][-60:]}•••" for look in _looks(value) if (found := pattern.search(look))]


def _looks(value: object) -> Iterator[str]:
    yield from (str(value), repr(value))
    if isinstance(value, BaseException):
        yield "".join(traceback.format_exception(value))
        yield repr(vars(value))
        for before in filter(None, (value.__cause__, value.__context__)):  # also one that is not to be shown
            yield from _looks(before)
