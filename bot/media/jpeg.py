"""A JPEG taken apart by its segments (ITU-T T.81): what a decoder needs for the pixels stays, byte for byte; all else goes."""

from __future__ import annotations

import re

from bot.media.container import DAMAGED, Container, has_place, in_order
from bot.media.exif import exif
from bot.media.unfit import Unfit

START, END = b"\xff\xd8", b"\xff\xd9"
SCAN, COMMENT, ADOBE, JFIF = 0xDA, 0xFE, 0xEE, 0xE0
# Ten passes are what cameras and programs make; each costs a walk over the whole picture, and a file can hold a million.
MOST_PASSES = 100
BARE_JFIF = b"\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0"  # says that the colours are YCbCr: without it a decoder would guess
AFTER_SCAN = re.compile(rb"\xff+[^\0\xd0-\xd7\xff]")  # neither a stuffed byte nor a restart
NAMES = (  # how segments begin, and what people call them
    (0xE1, b"http://ns.adobe.com/xap/", "XMP"),
    (0xE1, b"http://ns.adobe.com/xmp/", "XMP"),
    (0xE2, b"MPF\0", "second picture"),
    (0xE0, b"JFXX\0\x10", "thumbnail"),
    (0xE0, b"JFXX\0\x11", "thumbnail"),
    (0xE0, b"JFXX\0\x13", "thumbnail"),
    (0xEB, b"JP", "content credentials"),
    (0xED, b"Photoshop 3.0\0", "IPTC"),
    (COMMENT, b"", "comment"),
)


class _Apart:
    """What was found so far."""

    def __init__(self) -> None:
        self.kept: list[bytes] = [START]
        self.found: list[str] = []
        self.profile: dict[int, bytes] = {}  # it may come in pieces, each with its number
        self.orientation, self.passes = 1, 0

    def take(self, marker: int, body: bytes, segment: bytes) -> None:
        if marker == JFIF and body.startswith(b"JFIF\0"):
            self.kept.insert(1, BARE_JFIF)
            self.found += ["thumbnail"] if len(body) > 14 else []
        elif marker == ADOBE and body.startswith(b"Adobe") and len(body) >= 12:
            self.kept.append(segment[:2] + b"\0\x0e" + body[:12])
        elif marker == 0xE1 and body.startswith(b"Exif\0"):
            told = exif(body)
            self.orientation = told.orientation
            self.found += told.found
        elif marker == 0xE2 and body.startswith(b"ICC_PROFILE\0"):
            self.profile[body[12] if len(body) > 12 else 0] = body[14:]
        elif 0xE0 <= marker <= 0xEF or marker == COMMENT:
            name = next((name for number, start, name in NAMES if number == marker and body.startswith(start)), "unknown data")
            self.found += [name, *(["GPS position"] if name == "XMP" and has_place(body) else [])]
        else:
            self.kept.append(segment)


def taken_apart(data: bytes) -> Container:
    """Raises Unfit: no end, no sense, or far too many passes."""
    apart, at = _Apart(), 2
    while (marker := _marker(data, at)) != END[1]:
        at = data.index(bytes([marker]), at + 1)  # a marker may be preceded by any number of 0xFF
        size = int.from_bytes(data[at + 1 : at + 3], "big")
        end = at + 1 + size
        if size < 2 or end > len(data):
            raise Unfit(DAMAGED)
        if marker == SCAN:
            apart.passes += 1
            if apart.passes > MOST_PASSES:
                raise Unfit(f"a JPEG of more than {MOST_PASSES} passes, which takes for ever to decode – export it again")
            following = AFTER_SCAN.search(data, end)
            if following is None:
                raise Unfit(DAMAGED)
            end = following.start()
        apart.take(marker, data[at + 3 : end], b"\xff" + data[at:end])
        at = end
    rest = data[at:].lstrip(b"\xff")[1:]
    if rest.strip(b"\0"):
        apart.found.append("bytes after its end")
    profile = b"".join(piece for _, piece in sorted(apart.profile.items())) or (b"?" if apart.profile else b"")
    return Container(b"".join([*apart.kept, END]), in_order(apart.found), apart.orientation, profile, passes=apart.passes)


def _marker(data: bytes, at: int) -> int:
    """The marker that stands there, after its 0xFF."""
    if data[at : at + 1] != b"\xff":
        raise Unfit(DAMAGED)
    found = data[at : at + 64].lstrip(b"\xff")[:1]
    if not found or found == b"\0":
        raise Unfit(DAMAGED)
    return found[0]
