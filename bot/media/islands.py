"""The islands of a picture in two values: joined areas of set pixels, each with its box and how much of that it fills."""

from __future__ import annotations

import re
from dataclasses import dataclass

RUN = re.compile(rb"\xff+")


@dataclass(slots=True)
class Island:
    """In pixels; right and bottom are the first that are not part of it."""

    left: int
    top: int
    right: int
    bottom: int
    area: int
    whole: Island | None = None  # what it turned out to be a part of

    @property
    def width(self) -> int:
        return self.right - self.left

    @property
    def height(self) -> int:
        return self.bottom - self.top

    def root(self) -> Island:
        found = self
        while found.whole:
            found = found.whole
        return found

    def join(self, other: Island) -> Island:
        if other is self:
            return self
        self.left, self.right = min(self.left, other.left), max(self.right, other.right)
        self.top, self.bottom = min(self.top, other.top), max(self.bottom, other.bottom)
        self.area += other.area
        other.whole = self
        return self


def islands(pixels: bytes, width: int) -> list[Island]:
    """Of rows of so many pixels, 255 for set and 0 for not; corners join, too."""
    found: list[Island] = []
    above: list[tuple[int, int, Island]] = []
    for top in range(len(pixels) // width):
        row: list[tuple[int, int, Island]] = []
        at = 0
        for run in RUN.finditer(pixels, top * width, (top + 1) * width):
            left, right = run.start() - top * width, run.end() - top * width
            mine = Island(left, top, right, top + 1, right - left)
            while at < len(above) and above[at][1] < left:
                at += 1
            for first, last, other in above[at:]:
                if first > right:
                    break
                if last >= left:
                    mine = other.root().join(mine.root())
            if mine.bottom == top + 1 and mine.top == top and mine.area == right - left and not mine.whole:
                found.append(mine)
            row.append((left, right, mine))
        above = row
    return [island for island in found if not island.whole]
