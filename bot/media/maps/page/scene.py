"""Pure. What a map is made of before it is painted: shapes and lines of text at their places, and the sizes they have.

Letters scale with the picture: where a feed shows it 515 pixels wide, an x is still 5 pixels high (`bot.core.legible`), down to
the small print.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from shapely import affinity
from shapely.geometry import box

from bot.media.maps.letters.lettering import Lettering, Line
from bot.media.maps.marks.canvas import Shape
from bot.media.maps.marks.themes import Theme
from bot.media.maps.saying import Words

Box = tuple[float, float, float, float]  # left, top, right, bottom

WIDTH = 1600  # pixels of the picture for which all lengths are given
LEAST = 600  # smaller pictures are not reduced when they are shown: their letters must not be
TITLE, SUBTITLE, LETTERS = 52.0, 36.0, 30.0  # sizes of letters
RIGHTWARD = frozenset({"ar", "he", "fa", "ur", "ps", "yi", "ckb", "dv"})  # languages written from the right


@dataclass(frozen=True, slots=True)
class Desk:
    """What everything on one map is drawn with."""

    theme: Theme
    letters: Lettering
    words: Words
    lang: str
    unit: float  # pixels of the picture for one of WIDTH
    plain: bool  # nothing lies under the layers

    @property
    def leftward(self) -> bool:
        """Whether its language is read from right to left."""
        return self.lang.lower().partition("-")[0] in RIGHTWARD


@dataclass(frozen=True, slots=True)
class Text:
    """A line of text: `x` is its left end, `y` its baseline, `angle` in degrees, clockwise."""

    line: Line
    x: float
    y: float
    ink: str
    halo: str = ""
    halo_width: float = 0
    angle: float = 0


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of the picture, its corner at 0, 0 until it is moved."""

    width: float
    height: float
    shapes: tuple[Shape, ...] = ()
    texts: tuple[Text, ...] = ()

    def moved(self, x: float, y: float) -> Piece:
        """The same, so far to the right and down."""
        shapes = tuple(replace(shape, geometry=affinity.translate(shape.geometry, x, y)) for shape in self.shapes)
        return replace(self, shapes=shapes, texts=tuple(replace(text, x=text.x + x, y=text.y + y) for text in self.texts))


def together(width: float, height: float, pieces: Iterable[Piece]) -> Piece:
    """Pieces that are in their places, as one."""
    found = list(pieces)
    shapes, texts = chain.from_iterable(p.shapes for p in found), chain.from_iterable(p.texts for p in found)
    return Piece(width, height, tuple(shapes), tuple(texts))


def stacked(above: Piece, below: Piece) -> Piece:
    """One piece under another."""
    return together(max(above.width, below.width), above.height + below.height, [above, below.moved(0, above.height)])


def unit(size: tuple[int, int]) -> float:
    """How large everything is on a picture of so many pixels; on a narrow strip its height decides."""
    return max(min(size[0], 2 * size[1]), LEAST) / WIDTH


def rectangle(frame: Box, colour: str, opacity: float = 1.0) -> Shape:
    return Shape(box(*frame), colour, opacity)


def column(lines: Sequence[Line], x: float, y: float, width: float, ink: str, leftward: bool) -> tuple[Text, ...]:
    """Lines one under the other from `y` on, flush with the side from which their language is read."""
    texts = []
    for line in lines:
        texts.append(Text(line, x + width - line.width if leftward else x, y + line.ascent, ink))
        y += line.height
    return tuple(texts)


def height(lines: Sequence[Line]) -> float:
    return sum(line.height for line in lines)
