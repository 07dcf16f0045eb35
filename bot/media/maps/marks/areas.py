"""Pure. Areas of one class become shapes: their ground, its pattern, the limits between them, the outline of them all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import shapely
from shapely.geometry.base import BaseGeometry

from bot.media.maps.marks.canvas import Shape
from bot.media.maps.marks.patterns import PATTERNS
from bot.media.maps.marks.strokes import stroke
from bot.media.maps.marks.themes import Mark

TINT = 0.3  # the most of a colour that may lie under its own pattern, so that the pattern is seen
LIMIT = 0.45  # the width of a limit between two areas of a class, as part of the outline's


def area(areas: Sequence[BaseGeometry], mark: Mark, unit: float) -> Iterator[Shape]:
    """Overlapping areas of a class are one: a colour that lets the ground through would else be darker where they overlap."""
    whole = shapely.union_all(areas)
    if whole.is_empty:
        return
    if mark.pattern != "outline":
        yield Shape(whole, mark.fill, mark.opacity if mark.pattern == "plain" else min(mark.opacity, TINT))
    if mark.pattern in PATTERNS:
        yield Shape(PATTERNS[mark.pattern](whole, unit), mark.fill)
    if mark.ink and mark.width:
        width = mark.width * (1.7 if mark.pattern == "outline" else 1)
        if len(areas) > 1:
            yield Shape(stroke(shapely.union_all(shapely.boundary(areas)), LIMIT * width), mark.ink)
        yield Shape(stroke(whole.boundary, width), mark.ink)
