"""Pure. Where the panels lie: at the edges of the map, where they cover the least of what it shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, product
from math import inf

import shapely
from shapely.geometry import box

from bot.media.maps.page.scene import Box, Piece
from bot.media.maps.page.things import Part


@dataclass(frozen=True, slots=True)
class Seating:
    """The boxes of panels, and what they hide, weighed; infinity: there is no room for all."""

    boxes: tuple[Box | None, ...]
    price: float


Seat = tuple[int, int]  # -1, 0, 1: left, middle, right; top, middle, bottom

AWAY = 20.0  # from the map's edge
POINT, LINE, AREA = 3000.0, 6.0, 0.05  # what a point, a pixel of a line and of an area weigh that a panel would cover
NEAR = 24.0  # so far from a panel a point's symbol and label are in its way
MIDDLE = 1000.0  # what it weighs that a panel is not in a corner: more than a corner of an area, less than a point
WISHES: tuple[tuple[Seat, ...], ...] = (  # of equal seats, the legend, the scale and the inset take the first of these
    ((1, -1), (-1, -1), (-1, 1), (1, 1), (1, 0), (-1, 0), (0, -1), (0, 1)),
    ((-1, 1), (1, 1), (-1, -1), (1, -1), (0, 1), (0, -1), (-1, 0), (1, 0)),
    ((-1, -1), (1, 1), (1, -1), (-1, 1), (1, 0), (-1, 0), (0, 1), (0, -1)),
)


def seated(panels: Sequence[Piece | None], frame: Box, parts: Sequence[Part], unit: float) -> Seating:
    """A place for each panel: legend, scale and inset, None for what there is not."""
    present = [(index, panel) for index, panel in enumerate(panels) if panel]
    priced = [_priced(panel, WISHES[index], frame, parts, unit) for index, panel in present]
    best = Seating((None,) * len(panels), inf)
    for choice in product(*priced):
        price, boxes = sum(cost for cost, _ in choice), [place for _, place in choice]
        if price < best.price and not _clashing(boxes, AWAY * unit / 2):
            found = dict(zip((index for index, _ in present), boxes, strict=True))
            best = Seating(tuple(found.get(index) for index in range(len(panels))), price)
    return best


def _priced(panel: Piece, wishes: Sequence[Seat], frame: Box, parts: Sequence[Part], unit: float) -> list[tuple[float, Box]]:
    """The seats in which a panel is within the map, with what each costs."""
    left, top, right, bottom = (edge + away * unit for edge, away in zip(frame, (AWAY, AWAY, -AWAY, -AWAY), strict=True))
    free_x, free_y = right - left - panel.width, bottom - top - panel.height
    if free_x < 0 or free_y < 0:
        return []
    seats: list[tuple[float, Box]] = []
    for rank, (across, down) in enumerate(wishes):
        x, y = round(left + free_x * (across + 1) / 2), round(top + free_y * (down + 1) / 2)
        place = (x, y, x + panel.width, y + panel.height)
        middle = MIDDLE if 0 in (across, down) else 0
        seats.append((rank + middle + _covered(place, parts, unit), place))
    return seats


def _covered(place: Box, parts: Sequence[Part], unit: float) -> float:
    """What of the data a panel would hide, weighed; lengths count as on a picture 1600 wide."""
    sheet, near = box(*place), box(*place).buffer(NEAR * unit)
    shapely.prepare((sheet, near))
    total = 0.0
    for part in parts:
        for thing in part.things:
            if not near.intersects(thing.geometry):
                continue
            if part.kind == "point":
                total += POINT
            elif part.kind == "line":
                total += LINE * thing.geometry.intersection(sheet).length / unit
            else:
                total += AREA * shapely.clip_by_rect(thing.geometry, *place).area / unit**2
    return total


def _clashing(boxes: Sequence[Box], apart: float) -> bool:
    return any(
        one[0] < other[2] + apart and other[0] < one[2] + apart and one[1] < other[3] + apart and other[1] < one[3] + apart
        for one, other in combinations(boxes, 2)
    )
