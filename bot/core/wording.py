"""Pure. What one network gets of a draft's passage: its text, and the pictures with the place that each belongs to."""

from __future__ import annotations

import bisect
from dataclasses import dataclass

from bot.core.model import Figure, Line, Passage, Span, Words


@dataclass(frozen=True, slots=True)
class Block:
    """The text of a passage for one network, its pictures with the offset of the text before them, and where in the draft
    each part of the text comes from. Offsets in characters."""

    text: str
    figures: tuple[tuple[int, Figure], ...]
    marks: tuple[tuple[int, Span], ...]

    def span(self, offset: int) -> Span:
        """Where in the draft the character at an offset stands."""
        at = bisect.bisect_right(self.marks, offset, key=lambda mark: mark[0]) - 1
        start, span = self.marks[max(at, 0)]
        return Span(span.line, span.column + max(0, offset - start))


def block(passage: Passage, network: str) -> Block | None:
    """The passage as a network gets it; None where nothing of it is for that network."""
    writer = _Writer(network)
    for line in passage.lines:
        writer.add(line)
    return writer.block()


class _Writer:
    def __init__(self, network: str) -> None:
        self.network = network
        self.text = ""
        self.figures: list[tuple[int, Figure]] = []
        self.marks: list[tuple[int, Span]] = []
        self.blank, self.dropped = True, False  # whether the last line written was blank, and lines vanished since

    def add(self, line: Line) -> None:
        before, marks = self.text, len(self.marks)
        ours = self._for_us(line.only)
        if ours:
            self._write(line.parts)
        blank = not self.text[len(before) :].strip()
        vanishes = blank and (bool(line.parts) or not ours)
        # A line of which nothing is left vanishes, and a blank line after it too where there is one before it already.
        if vanishes or (blank and self.blank and self.dropped):
            self.text = before
            del self.marks[marks:]
            self.dropped = True
        else:
            self.text += "\n"
            self.blank, self.dropped = blank, False

    def _for_us(self, only: frozenset[str] | None) -> bool:
        return only is None or self.network in only

    def _write(self, parts: tuple[Words | Figure, ...]) -> None:
        for part in parts:
            if not self._for_us(part.only):
                continue
            if isinstance(part, Figure):
                self.figures.append((len(self.text.rstrip()), part))
            else:
                self.marks.append((len(self.text), part.span))
                self.text += part.text

    def block(self) -> Block | None:
        text = self.text.rstrip()
        cut = len(text) - len(text.lstrip())
        if not text and not self.figures:
            return None
        marks = [(max(0, at - cut), span) for at, span in self.marks] or [(0, figure.span) for _, figure in self.figures]
        return Block(text[cut:], tuple((max(0, at - cut), figure) for at, figure in self.figures), tuple(marks))
