"""Pure. Parts of a text that stay whole."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence

from bot.core.text import DIALECTS

# It begins with a class and not with a choice: so the engine finds the next one several times as fast.
_MAY_LINK = re.compile(r"[#＃@＠$:.](?:(?<![:.])|(?<=:)//|(?<=\.)[^\W\d_])")
_RUN = re.compile(r"[^\t-\r \xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]++")  # what is white space to all of them


def entities(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """What any network links in a part of a text, by start and end in the whole of it."""
    part = text[start:end]
    for dialect in DIALECTS.values():
        yield from ((start + entity.start, start + entity.end) for entity in dialect.entities(part))


def linked(text: str, start: int, end: int, places: Sequence[int]) -> Spans:
    """What any network links there, to be asked about these places. No link reaches over white space, nor goes on behind
    a place before it has shown what it is."""
    if not places or not _MAY_LINK.search(text, start, places[-1]):
        return _NOTHING
    found: list[tuple[int, int]] = []
    for run in _RUN.finditer(text, start, end):
        last = bisect_left(places, run.end()) - 1
        if last >= 0 and _MAY_LINK.search(text, run.start(), places[last]):
            # with the space around it: networks read a link at the very start of a text in another way
            found += entities(text, max(start, run.start() - 1), min(end, run.end() + 1))
    return Spans(found)


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


_NOTHING = Spans(())
