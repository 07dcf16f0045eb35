"""A WebP taken apart by its chunks, as in RFC 9649: the coded pixels stay, byte for byte, and nothing else."""

from __future__ import annotations

from bot.media.container import ANIMATED, Container, has_place, in_order
from bot.media.exif import exif
from bot.media.unfit import Unfit

ALPHA = 0x10  # the one flag of an extended header that concerns pixels
NAMES = {b"XMP ": "XMP", b"EXIF": "EXIF", b"C2PA": "content credentials"}


def taken_apart(data: bytes) -> Container:
    """Raises Unfit: an animation."""
    kept, found, at = [b"WEBP"], list[str](), 12
    orientation, profile = 1, b""
    end = min(len(data), 8 + int.from_bytes(data[4:8], "little"))
    while at + 8 <= end:
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        chunk = data[at : at + 8 + size + size % 2]
        name, body = chunk[:4], chunk[8 : 8 + size]
        if name == b"VP8X":
            kept.append(chunk[:8] + bytes([*(flag & ALPHA for flag in body[:1])]) + b"\0\0\0" + body[4:10])
        elif name in (b"VP8 ", b"VP8L", b"ALPH"):
            kept.append(chunk)
        elif name in (b"ANIM", b"ANMF"):
            raise Unfit(ANIMATED)
        elif name == b"ICCP":
            profile = body or b"?"
        elif name == b"EXIF":
            told = exif(body)
            orientation, found = told.orientation, [*found, *told.found]
        else:
            found += [NAMES.get(name, "unknown data"), *(["GPS position"] if name == b"XMP " and has_place(body) else [])]
        at += len(chunk)
    found += ["bytes after its end"] if len(data) > end + end % 2 else []
    body = b"".join(kept)
    coded = b"RIFF" + len(body).to_bytes(4, "little") + body
    return Container(coded, in_order(found), orientation, profile)


def is_lossy(coded: bytes) -> bool:
    """Whether the pixels of a WebP without metadata are of the lossy kind."""
    return b"VP8 " in (coded[12:16], coded[30:34]) or b"ALPH" in coded[30:34]
