"""A picture leaves within a network's limits and as legible as they allow: lossless first, then quality, pixels last.

Deterministic: the same bytes, rules and Pillow give the same bytes. Never enlarged, never a GIF, never with metadata.
Memory: beside the one decoded picture of `bot.media.opening`, one converted copy (4 bytes a pixel, 400 MB at 100
megapixels), what the encoder takes (WebP: 400 MB more, measured) and the encoded bytes of one search.
"""

from __future__ import annotations

import bisect
import hashlib
import io
import math
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from PIL import Image
from PIL.JpegImagePlugin import JpegImageFile
from PIL.WebPImagePlugin import WebPImageFile

from bot.core.model import Picture
from bot.core.rules import Rules
from bot.media.opening import Opened, Unfit, opened, read

__all__ = ["Fitted", "Unfit", "fit", "read"]

MIMES = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp"}
NAMES = {"PNG": "PNG", "JPEG": "JPEG", "WEBP": "WebP", "GIF": "GIF"}
LOSSLESS: dict[str, dict[str, Any]] = {"PNG": {"optimize": True}, "WEBP": {"lossless": True, "method": 2}}
SIDES = {"PNG": 2**31 - 1, "JPEG": 65_500, "WEBP": 16_383}  # the longest side that each can hold, by its library
QUALITIES = range(40, 96)  # below 40 thin lines and labels dissolve, above 95 bytes grow and nothing is seen
PALETTES = (256, 128, 64)
TILE, TILES = 128, 64
FLAT = 3.0  # bits a pixel of a tile coded losslessly: drawn maps need 1.5, relief and photos 7 to 9 (measured)


@dataclass(frozen=True, slots=True)
class Fitted:
    """Bytes that may be sent, what they are, and what was done to them or found in them, in words for the preview."""

    picture: Picture
    data: bytes = field(repr=False)
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Coding:
    """A picture encoded; `how` in words, empty if it lost nothing."""

    format: str
    data: bytes = field(repr=False)
    size: tuple[int, int]
    how: str = ""


def fit(data: bytes, alt: str, rules: Rules) -> Fitted:
    """The picture in the bytes, as the rules' network takes it. Raises Unfit."""
    source = opened(data)
    formats = tuple(name for name, mime in MIMES.items() if mime in rules.picture_types)
    if not formats:
        raise Unfit("this network takes no PNG, JPEG or WebP – post it without pictures")
    try:
        coding = _fitting(source, formats, rules)
    except MemoryError as problem:
        raise Unfit("too large for this machine's memory – export it with fewer pixels") from problem
    width, height = coding.size
    name = hashlib.sha256(coding.data).hexdigest()
    picture = Picture(name, MIMES[coding.format], width, height, len(coding.data), alt)
    return Fitted(picture, coding.data, source.notes + _change(source, coding))


def _fitting(source: Opened, formats: tuple[str, ...], rules: Rules) -> Coding:
    """The best coding within the limits, at the largest size at which there is one."""
    limit = rules.picture_bytes or sys.maxsize
    size = _within(source.image.size, rules.picture_pixels or sys.maxsize)
    while True:
        least = sys.maxsize
        for coding in _codings(_resized(source.image, size), source, formats, limit):
            if len(coding.data) <= limit:
                return coding
            least = min(least, len(coding.data))
        pixels = size[0] * size[1]
        if pixels == 1:
            raise Unfit(f"cannot be made smaller than {limit} bytes – post it without this picture")
        # bytes do not fall in step with pixels (noise goes first), so a far goal is approached by halves
        size = _within(source.image.size, max(int(pixels * limit / least), pixels // 2))


def _codings(image: Image.Image, source: Opened, formats: tuple[str, ...], limit: int) -> Iterator[Coding]:
    """The picture in every way that makes sense for it at this size, best first, each made only when asked for."""
    formats = tuple(name for name in formats if max(image.size) <= SIDES[name])
    lossy = tuple(name for name in ("WEBP", "JPEG") if name in formats)
    if source.format in formats:
        yield from _again(image, source)
    if not lossy or source.format in ("PNG", "GIF") or b"VP8L" in source.coded[:64]:
        yield from _drawn(image, source, formats, limit)
    for name in lossy:
        yield _finest(image, name, limit)


def _again(image: Image.Image, source: Opened) -> Iterator[Coding]:
    """A JPEG by its own tables, a WebP as it came, as long as no pixel had to be changed: next to nothing is lost."""
    if isinstance(image, JpegImageFile):
        yield _coding(image, "JPEG", quality="keep")
    elif isinstance(image, WebPImageFile):
        yield Coding("WEBP", source.coded, image.size)
    elif source.format == "JPEG":
        yield _coding(image, "JPEG", "quality 92", quality=92, subsampling=0)


def _drawn(image: Image.Image, source: Opened, formats: tuple[str, ...], limit: int) -> Iterator[Coding]:
    """Lossless, the picture's own format first; then, if it is drawn in flat colours, lossless with fewer colours."""
    bits = _density(image)
    lossless = sorted((name for name in ("PNG", "WEBP") if name in formats), key=lambda name: name != source.format)
    hopeless = source.weight > limit and bits / 8 * image.width * image.height > 2 * limit
    if hopeless and bits > 1 and len(lossless) < len(formats):  # below 1 bit what counts is the tiles' own overhead
        return  # fewer colours gain a third (measured): it would be half a minute of work for bytes that cannot fit
    for name in lossless:
        if name == "PNG":
            quick = _coding(image, name)
            yield quick
            if len(quick.data) > limit * 1.15:  # deflate can gain no more than that, in ten times the time
                continue
        yield _coding(image, name, **LOSSLESS[name])
    if bits < FLAT and lossless:
        for colours in PALETTES:
            yield _in_colours(image, colours, "WEBP" if "WEBP" in lossless else "PNG")


def _density(image: Image.Image) -> float:
    """Bits a pixel, coded losslessly: a probe of some tiles (50 ms), as a full coding takes up to ten seconds."""
    width, height = min(TILE, image.width), min(TILE, image.height)
    steps = math.isqrt(TILES)
    lefts = sorted({(image.width - width) * step // (steps - 1) for step in range(steps)})
    tops = sorted({(image.height - height) * step // (steps - 1) for step in range(steps)})
    tiles = [image.crop((left, top, left + width, top + height)) for left in lefts for top in tops]
    size = sum(len(_encoded(tile, "WEBP", lossless=True, method=0)) for tile in tiles)
    return size * 8 / (len(tiles) * width * height)


def _in_colours(image: Image.Image, colours: int, name: str) -> Coding:
    see_through = image.has_transparency_data
    method = Image.Quantize.FASTOCTREE if see_through else Image.Quantize.MEDIANCUT  # the latter knows no alpha
    palette = image.convert("RGBA" if see_through else "RGB").quantize(colours, method)
    return _coding(palette, name, f"{colours} colours", **LOSSLESS[name])


def _finest(image: Image.Image, name: str, limit: int) -> Coding:
    """At the highest quality that fits; at the lowest, if none does."""
    made: dict[int, Coding] = {}
    options = {"method": 2} if name == "WEBP" else {"subsampling": "keep" if isinstance(image, JpegImageFile) else 0}
    paged, how = (image, "quality") if name == "WEBP" else _on_white(image)

    def weigh(quality: int) -> int:
        made[quality] = _coding(paged, name, f"{how} {quality}", quality=quality, **options)
        return len(made[quality].data)

    if weigh(QUALITIES[0]) > limit:
        return made[QUALITIES[0]]
    return made[QUALITIES[bisect.bisect_right(QUALITIES, limit, lo=1, key=weigh) - 1]]


def _on_white(image: Image.Image) -> tuple[Image.Image, str]:
    if not image.has_transparency_data:
        return (image.convert("RGB") if image.mode == "P" else image), "quality"
    image = image.convert("RGBA")
    page = Image.new("RGB", image.size, "white")
    page.paste(image, mask=image.getchannel("A"))
    return page, "transparency on white, quality"


def _coding(image: Image.Image, name: str, how: str = "", **options: Any) -> Coding:
    return Coding(name, _encoded(image, name, **options), image.size, how)


def _encoded(image: Image.Image, name: str, **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, name, **options)
    return out.getvalue()


def _within(size: tuple[int, int], pixels: int) -> tuple[int, int]:
    """The largest size of the same shape with at most so many pixels, at least one."""
    if size[0] * size[1] <= pixels:
        return size
    scale = math.sqrt(pixels / (size[0] * size[1]))
    width = min(max(1, int(size[0] * scale)), pixels)
    return width, min(max(1, int(size[1] * scale)), pixels // width)


def _resized(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    if size == image.size:
        return image
    if image.mode == "P":  # colours between two of a palette are in no palette
        image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    return image.resize(size, Image.Resampling.LANCZOS)


def _change(source: Opened, coding: Coding) -> tuple[str, ...]:
    """What became of the picture, as one note; none if it only was saved again."""
    (width, height), name = source.image.size, source.format
    if (name, width, height, "") == (coding.format, *coding.size, coding.how):
        return ()
    before = f"{NAMES[name]} {_weight(source.weight)} {width}×{height}"
    after = "same size" if (width, height) == coding.size else "{}×{}".format(*coding.size)
    return (f"{before} → {NAMES[coding.format]} {_weight(len(coding.data))}, {coding.how or 'lossless'}, {after}",)


def _weight(size: int) -> str:
    return f"{size / 1e6:.1f} MB" if size >= 1e6 else f"{size / 1e3:.1f} kB"
