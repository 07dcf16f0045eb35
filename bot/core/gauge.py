"""Pure. Where a text stands after each character, in a network's own count: a part is measured without counting it anew.

A network's count is a plain measure (a character, two for a wide one) and corrections: clusters of several characters, links,
mentions, emoji. Between two places outside all of these, what is counted is the difference. It is so for seams; the count of
a finished post may still differ where a network looks beyond a seam (`bot.core.posts`).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import accumulate, chain
from operator import sub

from bot.core.graphemes import clusters, fine_clusters, fine_graphemes, graphemes
from bot.core.text import cautious_costs, fediverse_costs, sky_labels, weight, wide_runs, x_costs

_SPACE = re.compile(r"\s")

Scale = Callable[[int], int]  # from a place in the text, in characters, to what stands before it
Plain = Callable[[int, int], bool]
Step = tuple[int, int]  # from this place on, so much more
RARE = 20  # characters to a wide one
BLOCK = 64  # characters between two places of which the bytes are known


def scale(text: str, dialect: str) -> tuple[Scale, Plain]:
    """The length of the text up to a place, in the unit of a dialect (a key of `bot.core.text.DIALECTS`); and whether nothing
    but characters is counted between two places."""
    steps = list(STEPS[dialect](text))
    return _weighted(text, steps) if dialect == "x" else _stepped(steps)


def _stepped(unordered: Iterable[Step]) -> tuple[Scale, Plain]:
    """Characters, and what the steps up to a place add."""
    steps = sorted(unordered)
    places = [place for place, _ in steps]
    sums = list(accumulate((step for _, step in steps), initial=0))

    def length(place: int) -> int:
        return place + sums[bisect_right(places, place)]

    def plain(start: int, end: int) -> bool:
        return bisect_right(places, start) == bisect_right(places, end)

    return length, plain


def _weighted(text: str, steps: Sequence[Step]) -> tuple[Scale, Plain]:
    """On X wide characters weigh 2: a step each where they are rare, runs of them where they are not."""
    runs = list(wide_runs(text))
    starts, ends = [start for start, _ in runs], [end for _, end in runs]
    sums = list(accumulate(map(sub, ends, starts), initial=0))
    length, plain = _stepped(steps)
    if sums[-1] * RARE < len(text):
        wide = ((place, 1) for run in runs for place in range(run[0] + 1, run[1] + 1))
        return _stepped(chain(steps, wide))[0], plain

    def weighted(place: int) -> int:
        run = bisect_right(starts, place)
        return length(place) + (sums[run] - max(0, ends[run - 1] - place) if run else 0)

    return weighted, plain


def _joined(spans: Iterable[tuple[int, int]]) -> Iterator[Step]:
    return ((end, 1 + start - end) for start, end in spans)


def _x(text: str) -> Iterator[Step]:
    return ((end, cost - weight(text[start:end])) for start, end, cost in x_costs(text))


def _mastodon(text: str) -> Iterator[Step]:
    yield from _joined(fine_clusters(text))
    parts = [(0, len(text))]
    while parts:
        first, last = parts.pop()
        for start, end, cost in fediverse_costs(text[first:last]):
            link = text[first + start : first + end]
            # to Mastodon a query goes on behind some white space, where a thread may be cut: what follows is on its own
            space = _SPACE.search(link)
            if space:
                parts.append((first + start + space.start(), first + end))
                link = link[: space.start()]
            yield first + start + len(link), cost - fine_graphemes(link)


def _bluesky(text: str) -> Iterator[Step]:
    labels = list(sky_labels(text))
    starts = [start for start, _, _ in labels]
    for start, end in clusters(text):
        before = bisect_right(starts, start) - 1
        if before < 0 or start >= labels[before][1]:
            yield end, 1 + start - end
    yield from ((end, graphemes(shown) - (end - start)) for start, end, shown in labels)


def _fediverse(text: str) -> Iterator[Step]:
    return ((end, cost - (end - start)) for start, end, cost in cautious_costs(text))


STEPS: dict[str, Callable[[str], Iterable[Step]]] = {
    "x": _x,
    "bluesky": _bluesky,
    "mastodon": _mastodon,
    "fediverse": _fediverse,
    "plain": lambda text: _joined(clusters(text)),
}


def size(text: str, dialect: str = "plain") -> Scale:
    """The UTF-8 bytes of the text up to a place, as it is sent."""
    labels = list(sky_labels(text)) if dialect == "bluesky" else []
    written = _bytes(text)
    if not labels:
        return written
    steps = ((end, len(shown.encode()) - len(text[start:end].encode())) for start, end, shown in labels)
    places, changes = zip(*steps, strict=True)
    sums = list(accumulate(changes, initial=0))
    return lambda place: written(place) + sums[bisect_right(places, place)]


def _bytes(text: str) -> Scale:
    if text.isascii():
        return lambda place: place
    blocks = (len(text[start : start + BLOCK].encode()) for start in range(0, len(text), BLOCK))
    sums = list(accumulate(blocks, initial=0))
    return lambda place: sums[place // BLOCK] + len(text[place - place % BLOCK : place].encode())


def number(places: list[int]) -> Scale:
    """How many of these places, in order, a text up to a place has; one at 0 stands before all text, and counts with it."""
    return lambda place: bisect_right(places, place) if place else 0
