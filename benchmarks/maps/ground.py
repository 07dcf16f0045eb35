"""What lies under a map's lines: flat paper, nothing, shaded hills, or the land as a satellite sees it. From a seed."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence

from PIL import Image, ImageChops, ImageColor, ImageMath

PAPER = "#eef1e0"
VALLEYS = ("#dfe9c6", "#eef1e0", "#f5f1e1", "#f0e6d0", "#ecdfc5", "#e7d7b9")  # from the lowest up
FIELDS = ("#3c5232", "#55683f", "#7b7a4e", "#95865c", "#6c7a4a", "#b0a176")
Size = tuple[int, int]


def flat(size: Size, _: random.Random) -> Image.Image:
    return Image.new("RGB", size, PAPER)


def clear(size: Size, _: random.Random) -> Image.Image:
    return Image.new("RGBA", size)


def hills(size: Size, dice: random.Random) -> Image.Image:
    """Tints by height, shaded from the north-west."""
    heights = noise(size, dice)
    return ImageChops.multiply(_tinted(heights, VALLEYS), _grey(_shade(heights, 6.5, 210)))


def satellite(size: Size, dice: random.Random) -> Image.Image:
    """Fields and woods, with the grain of a sensor in each colour."""
    heights = noise(size, dice)
    land = ImageChops.multiply(_tinted(heights, FIELDS), _grey(_shade(heights, 3.0, 200)))
    grain = [_random(size, dice).point(lambda value: value // 22) for _ in range(3)]
    return ImageChops.add(land, Image.merge("RGB", grain), 1, -6)


GROUNDS: Mapping[str, Callable[[Size, random.Random], Image.Image]] = {
    "flat": flat,
    "clear": clear,
    "hills": hills,
    "satellite": satellite,
}


def noise(size: Size, dice: random.Random) -> Image.Image:
    """Heights, mostly between 0 and 255: random grids, each twice as fine as the one before and half as high."""
    total, share, step = Image.new("F", size), 0.5, 512
    while step:
        grid = _random((size[0] // step + 2, size[1] // step + 2), dice).convert("F")
        total = _sum(total, grid.resize(size, Image.Resampling.BICUBIC), share)
        share, step = share * 0.55, step // 2
    return total


def _random(size: Size, dice: random.Random) -> Image.Image:
    return Image.frombytes("L", size, dice.randbytes(size[0] * size[1]))


def _sum(one: Image.Image, other: Image.Image, factor: float) -> Image.Image:
    total: Image.Image = ImageMath.lambda_eval(lambda now: now["a"] + now["b"] * factor, a=one, b=other)
    return total


def _shade(heights: Image.Image, steepness: float, level: int) -> Image.Image:
    beyond = heights.transform(heights.size, Image.Transform.AFFINE, (1, 0, 1, 0, 1, 1))
    slope = _sum(heights, beyond, -1)
    return slope.point(lambda value: value * steepness + level).convert("L")


def _grey(shade: Image.Image) -> Image.Image:
    return Image.merge("RGB", [shade] * 3)


def _tinted(heights: Image.Image, colours: Sequence[str]) -> Image.Image:
    """Each height in its colour, flowing into the next."""
    stops = [ImageColor.getrgb(colour) for colour in colours]
    ramp = Image.new("RGB", (len(stops), 1))
    ramp.putdata(stops)
    smooth = ramp.resize((256, 1), Image.Resampling.BILINEAR)
    level = heights.convert("L")
    return Image.merge("RGB", [level.point(list(channel.tobytes())) for channel in smooth.split()])
