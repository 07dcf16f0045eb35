"""A picture encoded: the ways to do that, and the memory that each takes beside the picture, measured at 4096×4096."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from PIL import Image

from bot.media.budget import BUDGET, WORK

MIMES = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp"}
SIDES = {"PNG": 2**31 - 1, "JPEG": 65_500, "WEBP": 16_383}  # the longest side that each can hold, by its library


@dataclass(frozen=True, slots=True)
class Way:
    """How to encode: a format of Pillow, its options, and bytes a pixel that it takes."""

    format: str
    cost: float
    options: Mapping[str, Any] = field(default_factory=dict)

    def with_options(self, **options: Any) -> Way:
        return replace(self, options={**self.options, **options})

    def can(self, image: Image.Image) -> bool:
        """Whether a picture is not too much for it."""
        return max(image.size) <= SIDES[self.format] and image.width * image.height * self.cost <= WORK


PNG = Way("PNG", 0.5)
# A palette is unpacked to colours first. `QUICK` is up to ten times as fast as `DEEP`; on maps dense with lines it is smaller,
# too, on calm ones larger by half.
QUICK = Way("WEBP", 18.0, {"lossless": True, "method": 0})
DEEP = Way("WEBP", 24.2, {"lossless": True, "method": 2})
DEEP_PALETTE = Way("WEBP", 29.0, {"lossless": True, "method": 4, "quality": 100})  # a hundredth smaller than `DEEP`
SOFT = Way("WEBP", 7.5, {"method": 2})
CAREFUL = Way("WEBP", 26.0, {"method": 4})  # on noise; 9 on maps, by how many bits it writes
JPEG = Way("JPEG", 8.5, {"progressive": True})
PLAIN_JPEG = Way("JPEG", 0.5)


@dataclass(frozen=True, slots=True)
class Coding:
    """A picture encoded; `how` in words, empty if it lost nothing. Without `data` it was not made: `weight` is foreseen."""

    format: str
    data: bytes = field(repr=False)
    size: tuple[int, int]
    how: str = ""
    foreseen: int = 0

    @property
    def weight(self) -> int:
        return len(self.data) or self.foreseen


def coded(image: Image.Image, way: Way, how: str = "") -> Coding:
    with BUDGET.work(int(image.width * image.height * way.cost)):
        return Coding(way.format, encoded(image, way), image.size, how)


def encoded(image: Image.Image, way: Way) -> bytes:
    """The bytes, without asking for memory: for samples."""
    if way.format != "JPEG":
        out = io.BytesIO()
        image.save(out, way.format, **way.options)
        return out.getvalue()
    try:
        return _jpeg(image, way.options)
    except OSError:  # of noise, a progressive JPEG outgrows the room that Pillow has for it
        return _jpeg(image, {**way.options, "progressive": False})


def _jpeg(image: Image.Image, options: Mapping[str, Any]) -> bytes:
    with tempfile.TemporaryFile() as file:  # into memory Pillow would encode with the interpreter's lock held
        image.save(file, "JPEG", **options)
        file.seek(0)
        return file.read()
