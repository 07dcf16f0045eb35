"""How alike two pictures look: SSIM of their luminance, whole and near strokes; and PSNR of their colours.

SSIM as Wang et al. 2004 define it, with a square window of 7 pixels instead of a round one (as scikit-image does by default).
Works in bands, so that 16 megapixels need some 100 MB, not gigabytes.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageFilter, ImageStat

WINDOW, BAND = 7, 256
C1, C2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2  # the constants of the paper
STROKE = 64  # a step in luminance between neighbours that makes an edge: letters have 150 and more, the ground's grain less
NEAR = 3  # pixels: an edge, and what is right beside it
Plane: TypeAlias = NDArray[np.int32]
Ratio: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Likeness:
    """1 is the same; `edges` is the mean where there are edges, and 1 if there are none."""

    whole: float
    edges: float


def likeness(original: Image.Image, other: Image.Image) -> Likeness:
    """Of two pictures shown at the original's size, on white. A smaller one is enlarged, as a reader would."""
    first, second = shown(original), shown(other)
    if second.size != first.size:
        second = second.resize(first.size, Image.Resampling.BICUBIC)
    first, second = first.convert("L"), second.convert("L")
    sums = np.zeros(4)
    for here, same in _bands(first, second):
        sums += same.sum(), same.size, same[here].sum(), here.sum()
    return Likeness(sums[0] / sums[1], sums[2] / sums[3] if sums[3] else 1.0)


def psnr(original: Image.Image, other: Image.Image) -> float:
    """In dB, over red, green and blue, of two pictures of one size; infinite if they are the same."""
    squares = ImageStat.Stat(ImageChops.difference(shown(original), shown(other))).sum2
    mean = sum(squares) / (3 * original.width * original.height)
    return 10 * math.log10(255**2 / mean) if mean else math.inf


def shown(image: Image.Image) -> Image.Image:
    """As it looks on a white page."""
    if not image.has_transparency_data:
        return image.convert("RGB")
    image = image.convert("RGBA")
    page = Image.new("RGB", image.size, "white")
    page.paste(image, mask=image.getchannel("A"))
    return page


def edges(grey: Image.Image) -> Image.Image:
    """White near a step in luminance, else black."""
    step = ImageChops.difference(grey.filter(ImageFilter.MaxFilter(3)), grey.filter(ImageFilter.MinFilter(3)))
    return step.point(lambda value: 255 * (value >= STROKE)).filter(ImageFilter.MaxFilter(NEAR))


def _bands(first: Image.Image, second: Image.Image) -> Iterator[tuple[NDArray[np.bool_], Ratio]]:
    """Where edges are and how alike the two are, for every place at which a window fits, band by band."""
    half = WINDOW // 2
    strokes = edges(first)
    for top in range(0, first.height - WINDOW + 1, BAND):
        box = (0, top, first.width, min(top + BAND + WINDOW - 1, first.height))
        one, two, near = (np.asarray(image.crop(box)) for image in (first, second, strokes))
        yield near[half : len(near) - half, half : near.shape[1] - half] > 0, _ssim(one.astype(np.int32), two.astype(np.int32))


def _ssim(one: Plane, two: Plane) -> Ratio:
    count = WINDOW**2
    mean1, mean2 = _sums(one) / count, _sums(two) / count
    share = count / (count - 1)  # of a sample's variance
    var1, var2 = share * (_sums(one * one) / count - mean1**2), share * (_sums(two * two) / count - mean2**2)
    both = share * (_sums(one * two) / count - mean1 * mean2)
    bright = (2 * mean1 * mean2 + C1) / (mean1**2 + mean2**2 + C1)
    same: Ratio = bright * (2 * both + C2) / (var1 + var2 + C2)
    return same


def _sums(plane: Plane) -> Plane:
    """Over each window that fits, by running sums: exact, as 255² times the longest side is far below 2³¹."""
    for axis in (1, 0):
        running = np.cumsum(plane, axis, dtype=np.int32)
        head, last = [slice(None), slice(None)], [slice(None), slice(None)]
        head[axis], last[axis] = slice(WINDOW - 1, None), slice(None, -WINDOW)
        plane = running[tuple(head)]
        plane[(slice(None),) * axis + (slice(1, None),)] -= running[tuple(last)]
    return plane
