"""Pure. Parts of a text that stay whole."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator

from bot.core.text import DIALECTS

_MAY_LINK = re.compile("[#＃@＠$:/.]")


def entities(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """What any network links in a part of a text, by start and end in the whole of it."""
    part = text[start:end]
    for dialect in DIALECTS.values():
        yield from ((start + entity.start, start + entity.end) for entity in dialect.entities(part))


def linked(text: str, start: int, end: int) -> Spans:
    """What any network links there, to be asked about places without white space."""
    return Spans(entities(text, start, end) if _MAY_LINK.search(text, start, end) else ())


class Spans:
    """Spans that stay whole, merged where they overlap."""

    def __init__(self, spans: Iterable[tuple[int, int]]) -> None:
        self.starts: list[int] = []
        self.ends: list[int] = []
        for start, end in sorted(spans):
            if self.ends and start < self.ends[-1]:
                self.ends[-1] = max(self.ends[-1], end)
            else:
                self.starts.append(start)
                self.ends.append(end)

    def cut(self, place: int) -> bool:
        """Whether a cut there would part one of them."""
        at = bisect_left(self.starts, place) - 1
        return at >= 0 and place < self.ends[at]
