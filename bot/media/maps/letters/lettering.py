"""Text becomes measured lines, and lines become ink: each script in a font that has it, in the order in which it is read.

Letters are drawn at the size at which they are seen, after the geometry was reduced, so that they are crisp. Lengths are
pixels. The same fonts and the same Pillow give the same pixels.
"""

from __future__ import annotations

import math
import unicodedata
from dataclasses import dataclass, field, replace
from functools import lru_cache

import regex
from PIL import Image, ImageDraw, ImageFont, features

from bot.media.maps.letters.bidi import base, levels, ordered
from bot.media.maps.letters.fonts import Face, Family, Fonts
from bot.media.maps.letters.turning import FINER, turned
from bot.media.maps.letters.wrapping import pieces
from bot.media.unfit import Unfit

MAX_TEXT = 2_000  # characters; more are no label but a file gone wrong
# A line is at least so high, parts of its size, so that lines of one text stand evenly; letters that reach farther widen it.
ASCENT, DESCENT = 0.8, 0.25
THICKER = 1 / 60  # of the size: what makes a family without bold look like one
# What a font draws letter by letter; all else wants shaping (joined letters, stacked marks), which libraqm does.
SIMPLE = regex.compile(
    r"[\p{Latin}\p{Greek}\p{Cyrillic}\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}\p{Common}\p{Armenian}\p{Georgian}]*"
)


@dataclass(frozen=True, slots=True)
class Run:
    """Letters of one font and one direction, and how far from the line's left end they begin."""

    text: str
    face: Face
    rightwards: bool
    x: float = 0


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text, measured: `width` holds all its ink, `ascent` and `descent` are above and below the baseline."""

    text: str
    size: float
    width: float
    ascent: float
    descent: float
    x_height: float  # of the first font's x, whatever the script
    runs: tuple[Run, ...] = field(repr=False)

    @property
    def height(self) -> float:
        return self.ascent + self.descent


class Lettering:
    """The fonts of one map at the sizes in use. Not for several threads at once: FreeType's faces are not."""

    def __init__(self, fonts: Fonts) -> None:
        self._fonts = fonts
        self._shaped = bool(features.check("raqm"))
        self._font = lru_cache(maxsize=128)(self._opened)
        self._x_height = lru_cache(maxsize=128)(self._measured_x)

    def line(self, text: str, size: float, bold: bool = False, italic: bool = False) -> Line:
        """A text on one line. Raises Unfit: a character that no font has, or a text of more than MAX_TEXT characters."""
        text = _plain(text)
        return self._line(text, size, bold, italic, base(text))

    def wrapped(self, text: str, size: float, width: float, bold: bool = False, italic: bool = False) -> tuple[Line, ...]:
        """A text on as many lines as it takes for none to be wider than `width`, if a single letter is not. Raises Unfit."""
        text = _plain(text)
        direction = base(text)

        def line(start: int, end: int) -> Line:
            return self._line(text[start:end].strip(), size, bold, italic, direction)

        return tuple(line(start, end) for start, end in pieces(text, lambda start, end: line(start, end).width <= width))

    def draw(
        self,
        image: Image.Image,
        at: tuple[float, float],
        line: Line,
        ink: str,
        halo: str = "",
        halo_width: float = 0,
        angle: float = 0,
    ) -> None:
        """Draws a line on a picture in mode RGB. `at` is the left end of the baseline; the letters turn around it by
        `angle` degrees, clockwise as one looks at it. A halo reaches `halo_width` beyond the line's measures."""
        passes = [(halo, halo_width)] * bool(halo and halo_width) + [(ink, 0)]
        for colour, width in passes:
            if angle % 360:
                self._turned(image, at, line, colour, width, angle)
            else:
                self._upright(image, (round(at[0]), round(at[1])), line, colour, width)

    def _line(self, text: str, size: float, bold: bool, italic: bool, direction: int) -> Line:
        runs: list[Run] = []
        x, left, right = 0.0, 0.0, 0.0
        top, bottom = float(-math.ceil(ASCENT * size)), float(math.ceil(DESCENT * size))
        for run in self._runs(text, bold, italic, direction):
            font = self._font(run.face, size)
            box = font.getbbox(run.text, anchor="ls", direction=self._direction(run), stroke_width=_stroke(run.face, size))
            runs.append(replace(run, x=x))
            left, right = min(left, x + box[0]), max(right, x + box[2])
            top, bottom = min(top, box[1]), max(bottom, box[3])
            x += font.getlength(run.text, direction=self._direction(run))
        width = max(right, x) - left
        shifted = tuple(replace(run, x=run.x - left) for run in runs)
        return Line(text, size, width, -top, bottom, self._x_height(bold, italic, size), shifted)

    def _runs(self, text: str, bold: bool, italic: bool, direction: int) -> list[Run]:
        """The runs of a text as they stand from left to right."""
        heights = levels(text, direction)
        found: list[tuple[Family, int, str]] = []
        for cluster in regex.finditer(r"\X", text):
            family = self._fonts.family(cluster[0], found[-1][0] if found else None)
            height = heights[cluster.start()]
            if found and found[-1][:2] == (family, height):
                found[-1] = (family, height, found[-1][2] + cluster[0])
            else:
                found.append((family, height, cluster[0]))
        self._check_shaping(text)
        return [
            Run(part, family.face(bold, italic), not height % 2) for family, height, part in ordered(found, lambda run: run[1])
        ]

    def _check_shaping(self, text: str) -> None:
        if not self._shaped and not SIMPLE.fullmatch(text):
            raise Unfit(
                f"“{text[:40]}” needs letters to be joined, and FriBiDi is not here – apt install libfribidi0, "
                "or brew install fribidi"
            )

    def _opened(self, face: Face, size: float) -> ImageFont.FreeTypeFont:
        engine = ImageFont.Layout.RAQM if self._shaped else ImageFont.Layout.BASIC
        try:
            font = ImageFont.truetype(face.path, size, layout_engine=engine)
            if face.instance:
                font.set_variation_by_name(face.instance)
        except (OSError, ValueError) as problem:
            raise Unfit(f"the font {face.path} is damaged – install it again, or remove it") from problem
        return font

    def _measured_x(self, bold: bool, italic: bool, size: float) -> float:
        return -self._font(self._fonts.family("x").face(bold, italic), size).getbbox("x", anchor="ls")[1]

    def _direction(self, run: Run) -> str | None:
        return ("ltr" if run.rightwards else "rtl") if self._shaped else None

    def _upright(self, image: Image.Image, at: tuple[float, float], line: Line, ink: str | int, width: float) -> None:
        pen = ImageDraw.Draw(image)
        for run in line.runs:
            pen.text(
                (at[0] + run.x, at[1]),
                run.text,
                ink,
                self._font(run.face, line.size),
                "ls",
                direction=self._direction(run),
                stroke_width=width + _stroke(run.face, line.size),
                stroke_fill=ink,
            )

    def _turned(self, image: Image.Image, at: tuple[float, float], line: Line, ink: str, width: float, angle: float) -> None:
        runs = tuple(replace(run, x=run.x * FINER) for run in line.runs)
        large = replace(line, size=line.size * FINER, runs=runs)
        pad = math.ceil(width + 2) * FINER
        flat = Image.new("L", (math.ceil(line.width * FINER) + 2 * pad, math.ceil(line.height * FINER) + 2 * pad))
        pin = (pad, pad + round(line.ascent * FINER))
        self._upright(flat, pin, large, 255, width * FINER)
        mask, corner = turned(flat, pin, at, angle)
        image.paste(ink, corner, mask)


def _stroke(face: Face, size: float) -> float:
    return size * THICKER if face.thicken else 0


def _plain(text: str) -> str:
    """Composed letters, and one blank for line ends and other control characters. Raises Unfit."""
    if len(text) > MAX_TEXT:
        raise Unfit(f"“{text[:40]}…” has {len(text)} characters – a text on a map takes {MAX_TEXT}, shorten it")
    return unicodedata.normalize("NFC", regex.sub(r"[ \p{Cc}\p{Cs}\p{Zl}\p{Zp}]+", " ", text)).strip()
