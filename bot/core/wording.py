"""Pure. What one network gets of a draft's passage: its text, and the pictures with the place that each belongs to."""

from __future__ import annotations

import bisect
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate

from bot.core.model import Figure, Line, Passage, Span

Change = tuple[int, int, str]  # from where to where, and the words that are to stand there


@dataclass(frozen=True, slots=True)
class Block:
    """The text of a passage for one network, its pictures with the offset of the text before them, where in the draft each
    part of the text comes from, and which parts the author wrote for this network alone. Offsets in characters."""

    text: str
    figures: tuple[tuple[int, Figure], ...]
    marks: tuple[tuple[int, Span], ...]
    own: tuple[tuple[int, int], ...] = ()

    def span(self, offset: int) -> Span:
        """Where in the draft the character at an offset stands."""
        at = bisect.bisect_right(self.marks, offset, key=lambda mark: mark[0]) - 1
        start, span = self.marks[max(at, 0)]
        return Span(span.line, span.column + max(0, offset - start))

    def is_own(self, start: int, end: int) -> bool:
        """Whether all between two offsets was written for this network alone."""
        at = bisect.bisect_right(self.own, start, key=lambda part: part[0])
        return at > 0 and end <= self.own[at - 1][1]

    def replaced(self, changes: Sequence[Change]) -> Block:
        """The block with other words in some places, in reading order: each of them stands where the old ones stood."""
        if not changes:
            return self
        parts: list[str] = []
        places: list[tuple[int, int, Span]] = []  # in the new text, and in the old one
        done = length = 0
        for start, end, words in changes:
            parts += self.text[done:start], words
            at = length + start - done
            places += ((at + word.start(), start, self.span(start)) for word in re.finditer(r"\S+", words))
            done, length = end, at + len(words)
            places.append((length, end, self.span(end)))
        moved = _mover(changes)
        places += ((moved(at), at, span) for at, span in self.marks)
        return Block(
            "".join(parts) + self.text[done:],
            tuple((moved(at), figure) for at, figure in self.figures),
            tuple((at, span) for at, _, span in sorted(places, key=lambda place: place[:2])),
            tuple((moved(start), moved(end)) for start, end in self.own),
        )


def _mover(changes: Sequence[Change]) -> Callable[[int], int]:
    """Where a place is after some changes; one within them is behind the new words."""
    starts = [start for start, _, _ in changes]
    shifts = [0, *accumulate(len(words) - (end - start) for start, end, words in changes)]

    def moved(place: int) -> int:
        at = bisect.bisect_left(starts, place)
        end = changes[at - 1][1] if at else 0
        return max(place, end) + shifts[at]

    return moved


def block(passage: Passage, network: str) -> Block | None:
    """The passage as a network gets it; None where nothing of it is for that network."""
    writer = _Writer(network)
    for line in passage.lines:
        writer.add(line)
    return writer.block()


class _Writer:
    """Writes line by line; what a part for somebody else leaves behind is no double space.

    Of several blank lines one is left: Mastodon and Bluesky's own app show no more.
    """

    def __init__(self, network: str) -> None:
        self.network = network
        self.lines: list[str] = []  # each with its line end
        self.length = 0  # of all lines
        self.end = 0  # of what is no white space
        self.figures: list[tuple[int, Figure]] = []
        self.marks: list[tuple[int, Span]] = []
        self.own: list[tuple[int, int]] = []
        self.blank = True  # the last line written

    def add(self, line: Line) -> None:
        ours, marks, own = self._for_us(line.only), len(self.marks), len(self.own)
        text = self._written(line) if ours else ""
        blank = not text.strip()
        # a line of which nothing is left vanishes
        if blank and (self.blank or line.parts or not ours):
            del self.marks[marks:], self.own[own:]
        else:
            self.lines.append("\n" if blank else text + "\n")
            self.length += len(self.lines[-1])
            self.blank = blank

    def _for_us(self, only: frozenset[str] | None) -> bool:
        return only is None or self.network in only

    def _is_ours_alone(self, *audiences: frozenset[str] | None) -> bool:
        return any(audiences) and frozenset.intersection(*filter(None, audiences)) == {self.network}

    def _written(self, line: Line) -> str:
        pieces: list[str] = []
        at, last, gone = self.length, "", False
        for part in line.parts:
            if isinstance(part, Figure) and self._for_us(part.only):
                self.figures.append((self.end, part))
            if isinstance(part, Figure) or not self._for_us(part.only) or not part.text:
                gone = True
                continue
            doubled = gone and part.text.startswith(" ") and last in ("", " ")
            words = part.text[doubled:]
            self.marks.append((at, Span(part.span.line, part.span.column + doubled)))
            pieces.append(words)
            if words.strip() and self._is_ours_alone(line.only, part.only):
                self.own.append((at, at + len(words.rstrip())))
            at, last, gone = at + len(words), words[-1:] or last, False
            if words.strip():
                self.end = at - len(words) + len(words.rstrip())
        text = "".join(pieces)
        return text.rstrip(" ") if gone else text

    def block(self) -> Block | None:
        text = "".join(self.lines)[: self.end]
        cut = len(text) - len(text.lstrip())
        if not text and not self.figures:
            return None
        marks = [(max(0, at - cut), Span(span.line, span.column + max(0, cut - at))) for at, span in self.marks]
        figures = tuple((max(0, at - cut), figure) for at, figure in self.figures)
        own = tuple((max(0, start - cut), max(0, end - cut)) for start, end in self.own)
        return Block(text[cut:], figures, tuple(marks or [(0, self.figures[0][1].span)]), own)
