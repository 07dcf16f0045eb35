"""EXIF read for four things only: which way is up, and whether it tells a place, a small picture or a maker's secrets.

A reader of its own, since it must never warn, hang or fail: a block that makes no sense says nothing. Tags: EXIF 2.32.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

ORIENTATION, DETAILS, PLACE, MAKER = 0x0112, 0x8769, 0x8825, 0x927C


@dataclass(frozen=True, slots=True)
class Exif:
    """`found` are the names of what it tells beside the orientation, "EXIF" among them."""

    orientation: int
    found: tuple[str, ...]


def exif(block: bytes) -> Exif:
    """What a block of EXIF says, with or without its introduction."""
    tiff = block.removeprefix(b"Exif\0\0")
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    try:
        if order is None:
            return Exif(1, ("EXIF",))
        (first,) = struct.unpack_from(order + "I", tiff, 4)
        tags, following = _directory(tiff, order, first)
        details, _ = _directory(tiff, order, tags.get(DETAILS, 0))
        place, _ = _directory(tiff, order, tags.get(PLACE, 0))
        small, _ = _directory(tiff, order, following)
    except struct.error:
        return Exif(1, ("EXIF",))
    signs = (("GPS position", place), ("EXIF", True), ("thumbnail", small), ("maker note", MAKER in details))
    found = tuple(name for name, there in signs if there)
    turned = tags.get(ORIENTATION, 1)
    return Exif(turned if 1 <= turned <= 8 else 1, found)


def _directory(tiff: bytes, order: str, at: int) -> tuple[dict[int, int], int]:
    """The tags of a directory with the number that stands in each, and where the next directory is; nothing at 0."""
    if not at:
        return {}, 0
    (count,) = struct.unpack_from(order + "H", tiff, at)
    end = at + 2 + 12 * count
    tags = dict(_entries(tiff[: len(tiff) if end > len(tiff) else end], order, at + 2))
    return tags, struct.unpack_from(order + "I", tiff, end)[0] if end + 4 <= len(tiff) else 0


def _entries(tiff: bytes, order: str, at: int) -> Iterator[tuple[int, int]]:
    for place in range(at, len(tiff) - 11, 12):
        tag, kind = struct.unpack_from(order + "HH", tiff, place)
        yield tag, struct.unpack_from(order + ("H" if kind == 3 else "I"), tiff, place + 8)[0]
