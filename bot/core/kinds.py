"""Pure. The kinds of break, and what a break is."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import IntEnum
from functools import partial
from typing import NamedTuple


class Kind(IntEnum):
    """The kinds of break, best first: the number is the rank."""

    PARAGRAPH = 0  # a blank line
    LINE = 1
    SENTENCE = 2
    ANSWER = 3  # a question's end; its answer follows
    CLAUSE = 4
    SAYING = 5  # parts a quote from who said it
    WORD = 6
    NAME = 7  # parts a name, or a word from one that leans on it: an article, a preposition
    LEAD = 8  # parts a lead-in from what it leads to: a list, a link, a quote
    INSIDE = 9  # within a word, between graphemes


class Break(NamedTuple):
    """A place where a text may be cut: the piece before ends at `end`, the piece after starts at `start`, and the white
    space between them is dropped. Offsets in characters."""

    end: int
    start: int
    kind: Kind


# What Break(*place) does, in half the time: there are thousands.
_break: Callable[[tuple[int, int, Kind]], Break] = partial(tuple.__new__, Break)


def breaks(places: Iterable[tuple[int, int, Kind]]) -> list[Break]:
    """Where each place ends the piece before it and starts the next, and its kind, as breaks."""
    return list(map(_break, places))
