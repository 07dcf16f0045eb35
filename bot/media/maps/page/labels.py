"""What is written beside the things of a map: how large, how important, and where the search for room has put it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import shapely
from shapely import affinity
from shapely.geometry import LineString, Point, Polygon, box
from shapely.geometry.base import BaseGeometry

from bot.media.maps.letters.lettering import Line
from bot.media.maps.letters.setting import block
from bot.media.maps.marks.canvas import Shape
from bot.media.maps.marks.lines import wider
from bot.media.maps.marks.symbols import radius
from bot.media.maps.marks.themes import Mark
from bot.media.maps.page.scene import LETTERS, Box, Desk, Text, height
from bot.media.maps.page.things import Part
from bot.media.maps.places.placing import Anchor, AreaAnchor, LineAnchor, PointAnchor, Spot, Wanted, placed

HALO = 0.14  # of the size of letters
PIN = 3.4  # a dot from which a leader starts
LEADER = 1.6  # pixels of a picture 1600 wide
WIDE = 0.22  # of the map's width: what a point's label takes before it is wrapped
NARROW = 0.7  # of an area's breadth: what its label takes before it is wrapped
LINES = 3
WAYS_OUT = 'make the map larger, or leave it out with label = ""'


@dataclass(frozen=True, slots=True)
class Label:
    """A text that is wanted beside a thing, on one line or a few."""

    text: str
    lines: tuple[Line, ...]
    anchor: Anchor
    mark: Mark
    priority: int

    @property
    def size(self) -> tuple[float, float]:
        return max(line.width for line in self.lines), height(self.lines)


@dataclass(frozen=True, slots=True)
class Written:
    """The labels that found room, the lines that lead from some to their things, and notes on those that found none."""

    texts: tuple[Text, ...]
    shapes: tuple[Shape, ...]
    notes: tuple[str, ...]


def written(parts: Sequence[Part], frame: Box, panels: Sequence[Box], desk: Desk) -> Written:
    """Labels for all things in the frame that no panel hides. What has no room in its area or along its line is tried once
    more beside it."""
    every = list(_labels(parts, frame, desk))
    hidden = [label for label in every if _under(label.anchor, panels)]
    labels = [label for label in every if not _under(label.anchor, panels)]
    obstacles, soft = [*panels, *_symbols(parts, frame, desk)], _lines(parts)
    spots, out = _placed(labels, range(len(labels)), frame, obstacles, soft)
    taken = [_bounds(labels[spot.key], spot) for spot in spots]
    apart = {key: replace(labels[key], anchor=_pinned(labels[key].anchor, desk)) for key in out}
    labels = [apart.get(key, label) for key, label in enumerate(labels)]
    more, out = _placed(labels, out, frame, obstacles + taken, soft)
    notes = [f"“{label.text}” lies under a panel – give the map more room around it" for label in hidden]
    notes += [f"no room for the label “{labels[key].text}” – {WAYS_OUT}" for key in out]
    texts = [text for spot in (*spots, *more) for text in _set(labels[spot.key], spot, desk)]
    shapes = [shape for spot in (*spots, *more) for shape in _led(spot, spot.key in apart, desk)]
    return Written(tuple(texts), tuple(shapes), tuple(notes))


def _placed(
    labels: Sequence[Label], keys: Sequence[int], frame: Box, obstacles: Sequence[Box], soft: Sequence[BaseGeometry]
) -> tuple[tuple[Spot, ...], tuple[int, ...]]:
    wanted = [Wanted(key, labels[key].size, labels[key].anchor, labels[key].priority) for key in keys]
    return placed(wanted, frame, obstacles, soft)


def _pinned(anchor: Anchor, desk: Desk) -> PointAnchor:
    """A place in an area or on a line, for a label that stands beside it."""
    if isinstance(anchor, PointAnchor):
        return anchor
    middle = anchor.polygon.representative_point() if isinstance(anchor, AreaAnchor) else anchor.line.interpolate(0.5, True)
    return PointAnchor(middle.x, middle.y, PIN * desk.unit)


def _led(spot: Spot, pinned: bool, desk: Desk) -> Iterator[Shape]:
    """The line that leads to a label which stands apart; in an area or on a line it begins with a dot."""
    if spot.leader:
        yield Shape(LineString(spot.leader).buffer(LEADER * desk.unit / 2), desk.theme.ink)
        if pinned:
            yield Shape(Point(spot.leader[0]).buffer(PIN * desk.unit), desk.theme.ink)


def _bounds(label: Label, spot: Spot) -> Box:
    """The upright box around a label that may be turned, with its leader."""
    wide, tall = label.size
    whole = affinity.translate(affinity.rotate(box(0, 0, wide, tall), spot.angle, origin=(0, 0)), spot.x, spot.y)
    left, top, right, bottom = (whole.union(LineString(spot.leader)) if spot.leader else whole).bounds
    return left, top, right, bottom


def _labels(parts: Sequence[Part], frame: Box, desk: Desk) -> Iterator[Label]:
    for part in parts:
        for text, geometries in _by_text(part).items():
            for anchor in _anchors(part, geometries, frame, desk):
                yield Label(text, _lettered(text, part, anchor, frame, desk), anchor, part.mark, _priority(part))


def _by_text(part: Part) -> dict[str, list[BaseGeometry]]:
    """A river that comes in twenty pieces is written once."""
    found: dict[str, list[BaseGeometry]] = {}
    for thing in part.things:
        if thing.label:
            found.setdefault(thing.label, []).append(thing.geometry)
    return found


def _anchors(part: Part, geometries: Sequence[BaseGeometry], frame: Box, desk: Desk) -> Iterator[Anchor]:
    flat = shapely.get_parts(geometries)
    seen = [clipped for one in flat if not (clipped := shapely.clip_by_rect(one, *frame)).is_empty]
    if part.kind == "point":
        for x, y in shapely.get_coordinates(seen):
            yield PointAnchor(float(x), float(y), radius(part.mark, desk.unit))
    elif part.kind == "line":
        merged = shapely.get_parts(shapely.line_merge(shapely.union_all(shapely.get_parts(seen))))
        if lines := [one for one in merged if isinstance(one, LineString)]:
            yield LineAnchor(max(lines, key=lambda one: one.length))
    elif areas := [one for one in shapely.get_parts(shapely.union_all(seen)) if isinstance(one, Polygon)]:
        yield AreaAnchor(max(areas, key=lambda one: one.area))


def _lettered(text: str, part: Part, anchor: Anchor, frame: Box, desk: Desk) -> tuple[Line, ...]:
    """A text on as many lines as suit its anchor."""
    size, mark = LETTERS * desk.unit, part.mark
    if isinstance(anchor, LineAnchor):
        return (desk.letters.line(text, size, mark.bold, mark.italic),)
    widest = room = WIDE * (frame[2] - frame[0])
    if isinstance(anchor, AreaAnchor):
        left, _, right, _ = anchor.polygon.bounds
        room = NARROW * (right - left)
    lines = block(desk.letters, text, size, room, mark.bold, mark.italic)
    return lines if len(lines) <= LINES else block(desk.letters, text, size, widest, mark.bold, mark.italic)


def _priority(part: Part) -> int:
    """Higher is served first: points, bold before others, then areas, then lines, which have the most room."""
    return {"point": 4, "area": 2, "line": 0}[part.kind] + part.mark.bold


def _under(anchor: Anchor, panels: Sequence[Box]) -> bool:
    return isinstance(anchor, PointAnchor) and any(
        left <= anchor.x <= right and top <= anchor.y <= bottom for left, top, right, bottom in panels
    )


def _symbols(parts: Sequence[Part], frame: Box, desk: Desk) -> Iterator[Box]:
    """The boxes of all symbols in the frame, those without a label, too."""
    for part in parts:
        if part.kind == "point":
            reach = radius(part.mark, desk.unit)
            for x, y in shapely.get_coordinates([thing.geometry for thing in part.things]):
                if frame[0] <= x <= frame[2] and frame[1] <= y <= frame[3]:
                    yield float(x) - reach, float(y) - reach, float(x) + reach, float(y) + reach


def _lines(parts: Sequence[Part]) -> list[BaseGeometry]:
    """What a label should not cross, but may: lines with their teeth and arrowheads, outlines."""
    found: list[BaseGeometry] = []
    for part in parts:
        geometries = [thing.geometry for thing in part.things]
        if part.kind == "area":
            found += [geometry.boundary for geometry in geometries]
        elif part.kind == "line":
            found += geometries
            found += wider(geometries, part.mark)
    return found


def _set(label: Label, spot: Spot, desk: Desk) -> Iterator[Text]:
    """The lines of a label, from the top: in the middle of an area, else flush with the side that is near its point."""
    ink, wide, y = label.mark.text or desk.theme.ink, label.size[0], 0.0
    flush = 0.5 if not isinstance(label.anchor, PointAnchor) else float(spot.x + wide / 2 < label.anchor.x)
    if isinstance(label.anchor, PointAnchor) and spot.x < label.anchor.x < spot.x + wide:
        flush = 0.5
    for line in label.lines:
        yield Text(
            line,
            *spot.baseline(y + line.ascent, (wide - line.width) * flush),
            ink,
            desk.theme.halo,
            HALO * line.size,
            spot.angle,
        )
        y += line.height
