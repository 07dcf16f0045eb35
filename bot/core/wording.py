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
        self.blank = True  # the last line written

    def add(self, line: Line) -> None:
        ours, marks = self._for_us(line.only), len(self.marks)
        text = self._written(line.parts) if ours else ""
        blank = not text.strip()
        # a line of which nothing is left vanishes
        if blank and (self.blank or line.parts or not ours):
            del self.marks[marks:]
        else:
            self.lines.append("\n" if blank else text + "\n")
            self.length += len(self.lines[-1])
            self.blank = blank

    def _for_us(self, only: frozenset[str] | None) -> bool:
        return only is None or self.network in only

    def _written(self, parts: tuple[Words | Figure, ...]) -> str:
        pieces: list[str] = []
        at, last, gone = self.length, "", False
        for part in parts:
            if isinstance(part, Figure) and self._for_us(part.only):
                self.figures.append((self.end, part))
            if isinstance(part, Figure) or not self._for_us(part.only) or not part.text:
                gone = True
                continue
            doubled = gone and part.text.startswith(" ") and last in ("", " ")
            words = part.text[doubled:]
            self.marks.append((at, Span(part.span.line, part.span.column + doubled)))
            pieces.append(words)
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
        return Block(text[cut:], figures, tuple(marks or [(0, self.figures[0][1].span)]))
