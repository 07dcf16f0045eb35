"""Pure. The best set of breaks: fewest posts that keep whole what the author wants whole, then the best places, then even.

The units of a text, from the outside: paragraph, line, sentence, word. A unit that a post can hold is not cut where the
author wants its kind kept whole (`split: paragraphs`, the default: all four; `sentences`: sentences and words; `words`:
words). Among the breaks that are left, dynamic programming finds the cheapest set.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from bot.core.breaks import Break, Kind, breaks, inside

# What each way keeps whole wherever a post can hold it: the kinds of break that part such units.
SPLITS: dict[str, frozenset[Kind]] = {
    "paragraphs": frozenset({Kind.PARAGRAPH, Kind.LINE, Kind.SENTENCE, Kind.LEAD}),
    "sentences": frozenset({Kind.SENTENCE, Kind.LEAD}),
    "words": frozenset({Kind.LEAD}),
}
LEVELS = (Kind.PARAGRAPH, Kind.LINE, Kind.SENTENCE, Kind.LEAD)  # LEAD: the worst break between two words

# One integer a set of breaks, read like digits: posts, then breaks of each kind from the worst, then unevenness (the sum
# of squared lengths in characters). It compares like a tuple and adds like a number.
UNEVEN_BITS, COUNT_BITS = 64, 24
PRICE = {kind: 1 << (UNEVEN_BITS + COUNT_BITS * kind) for kind in Kind}
POST = 1 << (UNEVEN_BITS + COUNT_BITS * len(Kind))


class Unsplittable(ValueError):
    """What stands in these spans fits in no post and must not be cut."""

    def __init__(self, *spans: tuple[int, int]) -> None:
        super().__init__(*spans)
        self.spans = spans


def split(text: str, fits: Callable[[int, int], bool], way: str) -> tuple[tuple[int, int], ...]:
    """The posts of a text, as start and end offsets in characters. White space at the seams belongs to no post.

    `fits(start, end)` says whether a post can hold that part; a part of what fits must fit too. Raises Unsplittable.
    """
    places = list(_allowed(text, breaks(text), fits, SPLITS[way]))
    starts = [0, *(place.start for place in places)]
    ends = [*(place.end for place in places), len(text)]
    prices = [*(PRICE[place.kind] for place in places), 0]
    return _cheapest(starts, ends, prices, fits)


def _allowed(text: str, places: Sequence[Break], fits: Callable[[int, int], bool], kept: frozenset[Kind]) -> Iterator[Break]:
    """The breaks that cut no unit which is to be kept whole and which a post can hold."""

    def units(start: int, end: int, places: Sequence[Break], level: int) -> Iterator[Break]:
        if level == len(LEVELS):  # a word that no post can hold
            yield from inside(text, start, end)
            return
        first = 0
        for at, place in enumerate([*places, None]):
            if place and place.kind > LEVELS[level]:
                continue
            stop = place.end if place else end
            if not (LEVELS[level] in kept and fits(start, stop)):
                yield from units(start, stop, places[first:at], level + 1)
            if place:
                yield place
                start, first = place.start, at + 1

    return units(0, len(text), places, 0)


def _cheapest(
    starts: Sequence[int], ends: Sequence[int], prices: Sequence[int], fits: Callable[[int, int], bool]
) -> tuple[tuple[int, int], ...]:
    """The cheapest cut of atoms into posts: `starts[i]` to `ends[i]` is an atom, `prices[i]` what a break after it costs."""
    costs, came = [0], [0]
    lost: list[tuple[int, int]] = []
    low = 0
    for last, end in enumerate(ends):
        while low <= last and not fits(starts[low], end):
            low += 1
        if low > last:
            lost.append((starts[last], end))
            low = last  # as if it fitted, to find the others
        cost, first = min((costs[first] + (end - starts[first]) ** 2, first) for first in range(low, last + 1))
        costs.append(cost + POST + prices[last])
        came.append(first)
    if lost:
        raise Unsplittable(*lost)
    posts: list[tuple[int, int]] = []
    last = len(ends)
    while last:
        first = came[last]
        posts.append((starts[first], ends[last - 1]))
        last = first
    return tuple(reversed(posts))
