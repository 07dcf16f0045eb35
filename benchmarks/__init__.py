"""What every benchmark needs: threadbot's splitting by its public door, one clock, and tables of plain text.

How the clock is read: texts are made anew for every repetition, all contestants get the same text in the same repetition, the
order rotates, the collection of garbage stays on as it is in use, and the fastest run of each is what is printed.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from time import perf_counter
from typing import TypeVar

from bot.core.number import FORM, numbering
from bot.core.posts import posts
from bot.core.rules import Rules
from bot.networks import bluesky, mastodon, x

RULES: Mapping[str, Rules] = {network.name: network.rules for network in (x.NETWORK, bluesky.NETWORK, mastodon.NETWORK)}
WAYS = ("paragraphs", "sentences", "words")
NUMBERING = numbering(FORM)
T = TypeVar("T")


def ours(text: str, network: str, way: str, lang: str) -> list[str]:
    """The numbered posts that threadbot makes of a text."""
    return posts(text, RULES[network], NUMBERING, way, lang)


def timed(work: Callable[[], T]) -> tuple[float, T]:
    """How long it took, in seconds, and what came of it."""
    start = perf_counter()
    done = work()
    return perf_counter() - start, done


def raced(contestants: Mapping[str, Callable[[T], object]], fresh: Callable[[int], T], repeats: int) -> dict[str, float]:
    """The fastest run of each contestant in seconds. `fresh(repetition)` makes what they all get."""
    names = list(contestants)
    best = dict.fromkeys(names, float("inf"))
    for repetition in range(repeats):
        given = fresh(repetition)
        gc.collect()
        turn = repetition % len(names)
        for name in names[turn:] + names[:turn]:
            best[name] = min(best[name], timed(partial(contestants[name], given))[0])
    return best


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> Iterator[str]:
    """Lines of a table: the first column to the left, figures to the right."""
    cells = [list(map(str, row)) for row in (head, *rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for number, row in enumerate(cells):
        first, *others = zip(row, widths, strict=True)
        yield "  ".join([first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in others)]).rstrip()
        if not number:
            yield "  ".join("-" * width for width in widths)
