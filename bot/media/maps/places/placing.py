"""Pure. Labels find their places: none covers another, a symbol, a panel or the picture's edge; what has no room is told.

A label has some eighty places, each with a cost. The most important choose first, and of those the ones that have the fewest
places. Then whoever has none asks those in its way to move, and they those in theirs; at last each label moves to a better
place that has become free. Nothing is left to chance: the same labels stand at the same places each time.
"""

from __future__ import annotations

from collections.abc import Sequence

from shapely.geometry.base import BaseGeometry

from bot.media.maps.places.arranging import Arrangement
from bot.media.maps.places.clearing import Clearing
from bot.media.maps.places.spots import Anchor, AreaAnchor, Box, LineAnchor, Point, PointAnchor, Spot, Wanted

__all__ = ["Anchor", "AreaAnchor", "Box", "LineAnchor", "Point", "PointAnchor", "Spot", "Wanted", "placed"]

MAX_LABELS = 1_500  # what a picture can hold and more; of the rest, the least important, each is told to have no room
GAP = 0.22  # between a label and anything else, over the height of the lowest label
GAPS = (2.0, 8.0)  # pixels, at least and at most


def placed(
    wanted: Sequence[Wanted], frame: Box, obstacles: Sequence[Box], soft: Sequence[BaseGeometry] = ()
) -> tuple[tuple[Spot, ...], tuple[int, ...]]:
    """Where the labels stand, and the keys of those that have no room, both in the order of `wanted`. Labels never touch
    `obstacles` and symbols; the lines and outlines of `soft` they avoid where they can."""
    if not wanted:
        return (), ()
    gap = min(max(GAP * min(one.size[1] for one in wanted), GAPS[0]), GAPS[1])
    clearing = Clearing(wanted, frame, obstacles, soft, gap)
    first = sorted(range(len(wanted)), key=lambda at: -wanted[at].priority)[:MAX_LABELS]
    places = {at: clearing.candidates(wanted[at]) for at in first}
    order = sorted(places, key=lambda at: (-wanted[at].priority, len(places[at])))
    arranged = Arrangement([places[at] for at in order]).arranged()
    chosen = {order[label]: places[order[label]][choice].place for label, choice in arranged.items()}
    spots = (Spot(wanted[at].key, *chosen[at].corner, chosen[at].angle, chosen[at].leader) for at in sorted(chosen))
    left_out = (one.key for at, one in enumerate(wanted) if at not in chosen)
    return tuple(spots), tuple(left_out)
