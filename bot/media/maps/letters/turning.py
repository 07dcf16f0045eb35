"""Pure. Letters that run at an angle: drawn large and upright, turned, and reduced, so that their edges are smooth."""

from __future__ import annotations

import math

from PIL import Image

FINER = 4  # so many times larger than they are seen

Point = tuple[float, float]


def turned(flat: Image.Image, pin: Point, at: Point, angle: float) -> tuple[Image.Image, tuple[int, int]]:
    """A mask that is FINER times too large, turned by `angle` degrees clockwise and reduced, and where its left top corner
    comes to lie if the point `pin` of the mask is laid on the point `at` of a picture."""
    cos, sin = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    corners = [(x - pin[0], y - pin[1]) for x in (0, flat.width) for y in (0, flat.height)]
    left, right = _span([(x * cos - y * sin) / FINER + at[0] for x, y in corners])
    top, bottom = _span([(x * sin + y * cos) / FINER + at[1] for x, y in corners])
    dx, dy = (left - at[0]) * FINER, (top - at[1]) * FINER
    back = (cos, sin, pin[0] + dx * cos + dy * sin, -sin, cos, pin[1] - dx * sin + dy * cos)
    size = ((right - left) * FINER, (bottom - top) * FINER)
    return flat.transform(size, Image.Transform.AFFINE, back, Image.Resampling.BICUBIC).reduce(FINER), (left, top)


def _span(places: list[float]) -> tuple[int, int]:
    return math.floor(min(places)), math.ceil(max(places))
