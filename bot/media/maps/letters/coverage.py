"""Which characters a font file has glyphs for, read from its `cmap` table and nothing else.

Pillow does not tell, and to draw each character and compare it with the missing glyph's box would take a font's every
size. The table is a few kilobytes; formats and offsets as in OpenType 1.9, "cmap – Character to Glyph Index Mapping Table".
"""

from __future__ import annotations

import struct
from array import array
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

MAX_TABLE = 4_000_000  # bytes; the largest of Noto Sans CJK has some 300 000
# Tables by platform and encoding, the best first: all of Unicode, then its first 65 536 characters.
UNICODE = ((3, 10), (0, 6), (0, 4), (3, 1), (0, 3), (0, 2), (0, 1), (0, 0))


@dataclass(frozen=True, slots=True)
class Coverage:
    """The characters of a font, as ranges: range i is from starts[i] to ends[i], both in it."""

    starts: array[int]
    ends: array[int]

    def __contains__(self, character: str) -> bool:
        at = bisect_right(self.starts, ord(character)) - 1
        return at >= 0 and ord(character) <= self.ends[at]


@lru_cache(maxsize=512)
def coverage(path: Path, index: int = 0) -> Coverage:
    """What the font at `index` of a file covers. A file that is no font, or damaged, covers nothing."""
    try:
        with path.open("rb") as file:
            ranges = sorted(_ranges(_cmap(file, index)))
    except (OSError, struct.error, IndexError, ValueError):
        ranges = []
    return Coverage(array("L", (start for start, _ in ranges)), array("L", (end for _, end in ranges)))


def _cmap(file: BinaryIO, index: int) -> bytes:
    """The table's bytes; in a collection each font has a directory of its own."""
    start = 0
    if file.read(4) == b"ttcf":
        file.seek(12 + 4 * index)
        (start,) = struct.unpack(">L", file.read(4))
    file.seek(start + 4)
    (tables,) = struct.unpack(">H6x", file.read(8))
    for _ in range(tables):
        tag, _, offset, length = struct.unpack(">4sLLL", file.read(16))
        if tag == b"cmap":
            file.seek(offset)
            return file.read(min(length, MAX_TABLE))
    raise ValueError("no cmap")


def _ranges(table: bytes) -> Iterator[tuple[int, int]]:
    (count,) = struct.unpack_from(">H", table, 2)
    records = [struct.unpack_from(">HHL", table, 4 + 8 * at) for at in range(count)]
    offsets = {(platform, encoding): offset for platform, encoding, offset in records}
    for key in UNICODE:
        if key in offsets:
            body = table[offsets[key] :]
            (form,) = struct.unpack_from(">H", body)
            if form in READERS:
                yield from READERS[form](body)
                return


def _segments(body: bytes) -> Iterator[tuple[int, int]]:
    """Format 4: runs of characters, each shifted by a delta or looked up in a list that follows the runs."""
    (double,) = struct.unpack_from(">H", body, 6)
    count = double // 2
    ends, starts, deltas, offsets = (
        struct.unpack_from(f">{count}H", body, at) for at in (14, 16 + double, 16 + 2 * double, 16 + 3 * double)
    )
    for at, (start, end, delta, offset) in enumerate(zip(starts, ends, deltas, offsets, strict=True)):
        if start > end or start == 0xFFFF:
            continue
        if not offset:  # one character at most is shifted onto glyph 0, which means "missing"
            yield from _without(start, end, -delta & 0xFFFF)
            continue
        first = 16 + 3 * double + 2 * at + offset
        glyphs = struct.unpack_from(f">{end - start + 1}H", body, first)
        yield from ((start + place, start + place) for place, glyph in enumerate(glyphs) if glyph)


def _without(start: int, end: int, hole: int) -> Iterator[tuple[int, int]]:
    parts = ((start, end),) if not start <= hole <= end else ((start, hole - 1), (hole + 1, end))
    return ((first, last) for first, last in parts if first <= last)


def _groups(body: bytes) -> Iterator[tuple[int, int]]:
    """Format 12: runs over all of Unicode."""
    (count,) = struct.unpack_from(">L", body, 12)
    for at in range(min(count, (len(body) - 16) // 12)):
        start, end, glyph = struct.unpack_from(">LLL", body, 16 + 12 * at)
        if start <= end:
            yield (start if glyph else start + 1), end


READERS = {4: _segments, 12: _groups}
