"""What a file holds beside its pixels, told from its bytes alone: no decoder has run yet, so nothing can be blown up."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field

PROFILE = 4_000_000  # bytes of an unpacked colour profile; the largest for printing presses have 2 million
TEXT = 1_000_000  # bytes of an unpacked text that are looked at


DAMAGED = "damaged or cut short – export it again, or fetch it again from its source"
ANIMATED = "an animation – export the frame that you mean as PNG"


@dataclass(frozen=True, slots=True)
class Container:
    """A picture file taken apart.

    `coded`: a file with the same pixels and nothing else. `removed`: what else there was, by the names that people know it by.
    `orientation` as in EXIF 2.32 (1: upright). `profile`: an ICC profile. `gamma` as in PNG (45 455: sRGB's; 0: not said).
    `deep`: more than 8 bits a channel. `passes`: how often a decoder goes over all of it, with the coefficients in memory.
    """

    coded: bytes = field(repr=False)
    removed: tuple[str, ...] = ()
    orientation: int = 1
    profile: bytes = field(default=b"", repr=False)
    gamma: int = 0
    deep: bool = False
    passes: int = 1


def unpacked(packed: bytes, most: int) -> bytes:
    """What zlib packed, up to so many bytes; empty if it is nothing of the kind."""
    try:
        return zlib.decompressobj().decompress(packed, most)
    except zlib.error:
        return b""


def in_order(found: list[str]) -> tuple[str, ...]:
    """Each once, in the order in which people care."""
    return tuple(sorted(dict.fromkeys(found), key=lambda name: name != "GPS position"))


def has_place(xmp: bytes) -> bool:
    return b"GPS" in xmp[:TEXT]
