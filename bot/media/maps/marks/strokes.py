"""Pure. A line gets its width: what a round pen covers that is drawn along it."""

from __future__ import annotations

from collections.abc import Iterator

import shapely
from shapely.geometry import LineString
from shapely.geometry.base import BaseGeometry

# A pen that goes to and fro within its own width makes GEOS slower with the square of the corners (20 000 of them: half a
# minute); pieces of the way, each covered alone, are united in a second or two.
PIECE = 40  # corners


def stroke(line: BaseGeometry, width: float, flat: bool = False) -> BaseGeometry:
    """What the pen covers; `flat`: the ends are cut off, as those of a dash."""
    pieces = [piece for part in shapely.get_parts(shapely.get_parts(line)) for piece in _pieces(part)]
    return shapely.union_all(shapely.buffer(pieces, width / 2, cap_style="flat" if flat else "round"))


def _pieces(line: BaseGeometry) -> Iterator[LineString]:
    """Pieces that share a corner with the next. A dash is one piece, or has a notch where its pieces meet in a bend."""
    corners = shapely.get_coordinates(line)
    for start in range(0, max(len(corners) - 1, 1), PIECE):
        if len(part := corners[start : start + PIECE + 1]) > 1:
            yield LineString(part)
