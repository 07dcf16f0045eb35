"""Pure. What a data file lists, one after the other, becomes features; what is wrong with one is told with its number."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from bot.media.maps.data.shapes import Pen
from bot.media.maps.data.texts import clean, quoted, told
from bot.media.maps.model import Feature
from bot.media.unfit import Unfit


@dataclass(frozen=True, slots=True)
class Thing:
    """What a file says of one thing, as it was written, and how it is drawn: on a pen, which may raise Unfit."""

    name: object
    properties: Mapping[str, object]
    draw: Callable[[Pen], None]


def features(things: Iterable[Thing]) -> tuple[Feature, ...]:
    """A feature for each thing, one each for its areas, lines and points; none for what has no extent. Raises Unfit."""
    pen, found = Pen(), []
    for number, thing in enumerate(things, start=1):
        name = told(thing.name)
        try:
            thing.draw(pen)
            shapes = pen.lifted()
        except (Unfit, OverflowError) as problem:
            said = "a coordinate far too large – export it again" if isinstance(problem, OverflowError) else problem
            raise Unfit(f"thing {number}{' ' + quoted(name) if name else ''}: {said}") from problem
        properties = {clean(key): told(value) for key, value in thing.properties.items() if told(value)}
        found += [Feature(shape, name, properties) for shape in shapes]
    return tuple(found)
