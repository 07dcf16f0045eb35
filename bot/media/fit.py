"""A picture leaves within a network's limits, as legible as they allow: as it came, else lossless, then quality, then pixels.

Deterministic: the same bytes, rules and Pillow give the same bytes. Never enlarged, never a GIF, never with metadata. Memory is
bounded by `bot.media.budget`, also for pictures that are fitted side by side.
"""

from __future__ import annotations

import hashlib
import json
import math
import sys
import threading
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import asdict, dataclass, field
from typing import Any

import PIL
from PIL import Image

from bot.core.model import Picture
from bot.core.rules import Rules
from bot.media.budget import BUDGET
from bot.media.candidates import candidates, stays
from bot.media.coding import MIMES, Coding
from bot.media.opening import LARGE, Opened, opened, read
from bot.media.unfit import Unfit

__all__ = ["Fitted", "Unfit", "fit", "fit_opened", "fitting_key", "opened", "read", "restored"]

RESIZING = 9.0  # bytes a pixel: colours instead of a palette, and what lies between the two passes
FITTING = 2  # to be raised when the same picture would be fitted in another way: what was kept is then made anew
_one_large = threading.Lock()  # a copy of a large picture is a burden: networks get theirs one after another
NAMES = {"PNG": "PNG", "JPEG": "JPEG", "WEBP": "WebP", "GIF": "GIF", "AVIF": "AVIF", "HEIC": "HEIC"}


@dataclass(frozen=True, slots=True)
class Fitted:
    """Bytes that may be sent, and what they are.

    In words for the preview: `notes` say what was done to the picture, `removed` what it told beside its pixels. `lettering` is
    the height of its smallest letters without ascenders (of an x), in pixels of the fitted picture; None where none was found.
    """

    picture: Picture
    data: bytes = field(repr=False)
    notes: tuple[str, ...]
    removed: tuple[str, ...] = ()
    lettering: float | None = None

    def record(self) -> dict[str, Any]:
        """All but the bytes, for JSON."""
        return {name: value for name, value in asdict(self).items() if name != "data"}


def restored(record: Mapping[str, Any], data: bytes, alt: str) -> Fitted:
    """What was kept, with the alt text of today. Raises ValueError if the bytes are not those of the record."""
    picture = Picture(**{**record["picture"], "alt": alt})
    if hashlib.sha256(data).hexdigest() != picture.sha256:
        raise ValueError("the kept bytes are not those that were fitted")
    return Fitted(picture, data, tuple(record["notes"]), tuple(record["removed"]), record["lettering"])


def fitting_key(data_sha256: str, rules: Rules) -> str:
    """A name for what `fit` makes of these bytes for these rules, with this Pillow."""
    limits = [rules.picture_types, rules.picture_bytes, rules.picture_pixels, rules.picture_palette, rules.picture_quality]
    return hashlib.sha256(json.dumps([FITTING, PIL.__version__, data_sha256, limits]).encode()).hexdigest()


def fit(data: bytes, alt: str, rules: Rules) -> Fitted:
    """The picture in the bytes, as the rules' network takes it. Raises Unfit."""
    with opened(data) as source:
        return fit_opened(source, alt, rules)


def fit_opened(source: Opened, alt: str, rules: Rules) -> Fitted:
    """The same of a picture that is open already: several networks can share one. Raises Unfit."""
    formats = tuple(name for name, mime in MIMES.items() if mime in rules.picture_types)
    if not formats:
        raise Unfit("this network takes no PNG, JPEG or WebP – post it without pictures")
    large = source.image.width * source.image.height > LARGE
    try:
        with _one_large if large else nullcontext():
            coding = _fitting(source, formats, rules)
    except MemoryError as problem:
        raise Unfit("too large for this machine's memory – export it with fewer pixels") from problem
    width, height = coding.size
    name = hashlib.sha256(coding.data).hexdigest()
    picture = Picture(name, MIMES[coding.format], width, height, len(coding.data), alt)
    lettering = source.lettering and round(source.lettering * width / source.image.width, 1)
    return Fitted(picture, coding.data, source.notes + _change(source, coding), source.removed, lettering)


def _fitting(source: Opened, formats: tuple[str, ...], rules: Rules) -> Coding:
    """The best coding within the limits, at the largest size at which there is one."""
    limit = rules.picture_bytes or sys.maxsize
    size = _within(source.image.size, rules.picture_pixels or sys.maxsize)
    if stays(source, formats, rules) and size == source.image.size and len(source.coded) <= limit:
        return Coding(source.format, source.coded, size)
    while True:
        image, least = _resized(source.image, size), sys.maxsize
        for coding in candidates(image, source, formats, rules):
            if coding.data and coding.weight <= limit:
                return coding
            least = min(least, coding.weight)
        pixels = size[0] * size[1]
        if pixels == 1:
            raise Unfit(f"cannot be made smaller than {limit} bytes – post it without this picture")
        # bytes do not fall in step with pixels (noise goes first), so a far goal is approached by halves
        size = _within(source.image.size, max(int(pixels * limit / least), pixels // 2))


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
    with BUDGET.work(int(image.width * image.height * RESIZING)):
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
    return (f"{before} → {NAMES[coding.format]} {coding.how or 'lossless'} {_weight(len(coding.data))}, {after}",)


def _weight(size: int) -> str:
    return f"{size / 1e6:.1f} MB" if size >= 1e6 else f"{size / 1e3:.1f} kB"
