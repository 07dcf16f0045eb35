"""A GIF walked through by its blocks, as in GIF89a: it is never sent, so only what it tells beside its pixels is looked for."""

from __future__ import annotations

from bot.media.container import ANIMATED, DAMAGED, Container, has_place, in_order
from bot.media.unfit import Unfit

EXTENSION, FRAME, TRAILER = 0x21, 0x2C, 0x3B
COMMENT, APPLICATION = 0xFE, 0xFF


def taken_apart(data: bytes) -> Container:
    """Raises Unfit: an animation, or no end."""
    found, frames = list[str](), 0
    at = 13 + _table(data, 10)
    while (kind := data[at] if at < len(data) else -1) != TRAILER:
        if kind == EXTENSION:
            label, start = data[at + 1 : at + 2], at + 2
            at = _after(data, start)
            found += _named(label, data[start:at])
        elif kind == FRAME:
            frames += 1
            at = _after(data, at + 11 + _table(data, at + 9))
        else:
            raise Unfit(DAMAGED)
    if frames > 1:
        raise Unfit(ANIMATED)
    found += ["bytes after its end"] if at + 1 < len(data) else []
    return Container(data, in_order(found))


def _table(data: bytes, at: int) -> int:
    """The bytes of the colour table that these flags announce."""
    flags = data[at] if at < len(data) else 0
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0


def _after(data: bytes, at: int) -> int:
    """Where a run of sub-blocks ends."""
    while at < len(data) and data[at]:
        at += 1 + data[at]
    return at + 1


def _named(label: bytes, body: bytes) -> list[str]:
    if label == bytes([COMMENT]):
        return ["comment"]
    if label != bytes([APPLICATION]) or body[1:12] in (b"NETSCAPE2.0", b"ANIMEXTS1.0"):
        return []
    if body[1:9] == b"XMP Data":
        return ["XMP", *(["GPS position"] if has_place(body) else [])]
    return [] if body[1:9] == b"ICCRGBG1" else ["unknown data"]
