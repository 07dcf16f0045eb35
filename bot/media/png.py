"""A PNG taken apart by its chunks, as in the PNG specification, third edition: what makes pixels stays, all else goes.

Its gamma is not sent on: browsers heed it, networks do not, so where it differs from sRGB's the pixels are changed instead.
"""

from __future__ import annotations

from collections.abc import Iterator

from bot.media.container import ANIMATED, DAMAGED, PROFILE, TEXT, Container, has_place, in_order, unpacked
from bot.media.exif import exif
from bot.media.unfit import Unfit

SIGNATURE = b"\x89PNG\r\n\x1a\n"
PIXELS = frozenset({b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"})
SILENT = frozenset({b"gAMA", b"cHRM", b"sRGB", b"cICP", b"sBIT", b"bKGD", b"hIST", b"pHYs", b"iCCP"})  # tell of no one
NAMES = {b"tIME": "date", b"caBX": "content credentials", b"eXIf": "EXIF"}
RAW = {b"exif": "EXIF", b"APP1": "EXIF", b"iptc": "IPTC", b"8bim": "IPTC", b"xmp": "XMP"}  # how ImageMagick hides others


def taken_apart(data: bytes) -> Container:
    """Raises Unfit: an animation, or no end."""
    kept, found, last = [SIGNATURE], list[str](), b""
    orientation, profile, gamma, deep, end = 1, b"", 0, False, len(SIGNATURE)
    for name, body, chunk in _chunks(data):
        last, end = name, end + len(chunk)
        if name in PIXELS:
            kept.append(chunk)
            deep = deep or (name == b"IHDR" and body[8:9] == b"\x10")
        elif name == b"acTL":
            raise Unfit(ANIMATED)
        elif name == b"iCCP":
            profile = unpacked(body.partition(b"\0")[2][1:], PROFILE) or b"?"
        elif name == b"gAMA":
            gamma = int.from_bytes(body[:4], "big")
        elif name == b"sRGB":
            gamma = 45_455  # it outweighs gAMA, and stands where that would contradict it
        if name == b"eXIf":
            told = exif(body)
            orientation, found = told.orientation, [*found, *told.found]
        elif name not in PIXELS and name not in SILENT:
            found += _named(name, body)
    if last != b"IEND":
        raise Unfit(DAMAGED)
    found += ["bytes after its end"] if end < len(data) else []
    return Container(b"".join(kept), in_order(found), orientation, profile, 0 if profile else gamma, deep)


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes, bytes]]:
    """Name, content and the whole of each chunk, up to the end of the picture."""
    at, name = len(SIGNATURE), b""
    while at + 12 <= len(data) and name != b"IEND":
        end = at + 12 + int.from_bytes(data[at : at + 4], "big")
        name = data[at + 4 : at + 8]
        if end > len(data):
            return
        yield name, data[at + 8 : end - 4], data[at:end]
        at = end


def _named(name: bytes, body: bytes) -> list[str]:
    if name not in (b"tEXt", b"zTXt", b"iTXt"):
        return [NAMES.get(name, "unknown data")]
    key, _, text = body.partition(b"\0")
    if key == b"XML:com.adobe.xmp":
        packed, xmp = text[:1] == b"\1", text[2:].split(b"\0", 2)[-1]
        return ["XMP", *(["GPS position"] if has_place(unpacked(xmp, TEXT) if packed else xmp) else [])]
    return [RAW.get(key.removeprefix(b"Raw profile type "), "text")]
