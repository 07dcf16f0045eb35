"""Pure. Where a text on a map goes on to the next line: as full as the width allows, no word and no cluster cut in need."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator

import regex

from bot.core.unspaced import places

# After blanks (not those that forbid it), after a hyphen or slash between letters, after a long dash.
GAP = regex.compile(r"[ \t\u1680\u2000-\u2006\u2008-\u200b\u205f\u3000]+|(?<=\p{L}[-‐/])(?=\p{L})|(?<=[–—])(?=\p{L})")
CLUSTER = regex.compile(r"\X")


def pieces(text: str, fits: Callable[[int, int], bool]) -> Iterator[tuple[int, int]]:
    """The lines of a text, as places in it. `fits` says whether what is between two places is narrow enough for a line;
    a word that is not is cut between clusters, and one cluster is always taken."""
    ends = _ends(text)
    clusters = [cluster.end() for cluster in CLUSTER.finditer(text)]
    start = 0
    while start < len(text):
        end = _farthest(start, ends, fits) or _farthest(start, clusters, fits)
        end = end or next(end for end in clusters if end > start)
        yield start, end
        start = end


def words(text: str) -> list[str]:
    """What of a text is not to be cut, piece by piece, without the blanks behind."""
    ends = _ends(text)
    return [text[start:end].strip() for start, end in zip([0, *ends], ends, strict=False)]


def _ends(text: str) -> list[int]:
    gaps = {gap.end() for gap in GAP.finditer(text)}
    return sorted({*gaps, *places(text, 0, len(text), japanese=False), len(text)} - {0})


def _farthest(start: int, ends: list[int], fits: Callable[[int, int], bool]) -> int:
    """The last place up to which all fits; 0: not even the first does. The steps double until one is too long, so that
    nothing much longer than a line is ever measured."""
    first = bisect_right(ends, start)
    step = 1
    while first + step <= len(ends) and fits(start, ends[first + step - 1]):
        step *= 2
    low, high = first + step // 2, min(first + step, len(ends) + 1)
    while high - low > 1:  # the first `low` ends fit, `high` do not
        middle = (low + high) // 2
        low, high = (middle, high) if fits(start, ends[middle - 1]) else (low, middle)
    return ends[low - 1] if low > first else 0
