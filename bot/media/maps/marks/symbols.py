"""Pure. Points become shapes: a symbol, and under it a casing that sets it off the ground."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

from shapely import affinity
from shapely.geometry import MultiPolygon, Point, Polygon, box
from shapely.geometry.base import BaseGeometry

from bot.media.maps.marks.canvas import Shape
from bot.media.maps.marks.themes import Mark

CASING = 2.2  # pixels of a picture 1600 wide


def _regular(corners: int, inner: float = 0.0) -> Polygon:
    """A polygon, or with an inner radius a star, that stands on the middle of its side; its middle is that of its circle."""
    turns = corners * 2 if inner else corners
    radii = (1.0, inner) if inner else (1.0,)
    angles = [2 * math.pi * turn / turns for turn in range(turns)]
    return Polygon([(radii[n % len(radii)] * math.sin(a), -radii[n % len(radii)] * math.cos(a)) for n, a in enumerate(angles)])


_DISC = Point(0, 0).buffer(1, quad_segs=16)
_BAR = box(-1.0, -0.27, 1.0, 0.27)
SYMBOLS: Mapping[str, BaseGeometry] = {  # within two units, side to side
    "dot": _DISC,
    "ring": _DISC.difference(affinity.scale(_DISC, 0.56, 0.56)),
    "square": box(-0.88, -0.88, 0.88, 0.88),
    "triangle": affinity.translate(affinity.scale(_regular(3), 1.12, 1.12, origin=(0, 0)), 0, 0.2),
    "diamond": affinity.scale(_regular(4), 1.05, 1.05),
    "star": _regular(5, 0.42),
    "cross": affinity.rotate(_BAR, 45).union(affinity.rotate(_BAR, -45)),
}


def point(places: Sequence[tuple[float, float]], mark: Mark, unit: float) -> Iterator[Shape]:
    """Each symbol with its own casing, so that two which overlap stay two."""
    form, casing = _form(mark), _casing(mark, unit)
    for x, y in places:
        if mark.ink:
            yield Shape(affinity.translate(casing, x, y), mark.ink)
        yield Shape(affinity.translate(form, x, y), mark.fill)


def radius(mark: Mark, unit: float) -> float:
    """How far a symbol and its casing reach from its place, to the left and right, up and down."""
    return max(map(abs, _casing(mark, unit).bounds))


def _form(mark: Mark) -> BaseGeometry:
    return affinity.scale(SYMBOLS[mark.symbol], mark.size / 2, mark.size / 2, origin=(0, 0))


def _casing(mark: Mark, unit: float) -> BaseGeometry:
    return _filled(_form(mark)).buffer(CASING * unit, join_style="mitre", mitre_limit=1.4)


def _filled(form: BaseGeometry) -> BaseGeometry:
    """Without holes: the ring's inside is of the casing's colour on any ground."""
    return MultiPolygon([Polygon(part.exterior) for part in getattr(form, "geoms", [form])])
