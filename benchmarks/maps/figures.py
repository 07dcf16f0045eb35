"""The figures to reach on maps of 4096×4096 pixels, each beside what was measured."""

from __future__ import annotations

import io
import os
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from unittest.mock import patch

from PIL import Image

from benchmarks import RULES, timed
from benchmarks.maps.catalogue import GIANTS
from benchmarks.maps.drawing import Recipe, sample
from benchmarks.maps.report import held
from benchmarks.maps.ways import Sent, Way, descended, ours, shrunk, worked
from benchmarks.ssim import likeness, psnr
from bot.core.draft import parse
from bot.core.errors import Fault
from bot.core.model import Numbering
from bot.core.rules import Rules
from bot.core.target import Target
from bot.engine.fitting import fitted

BLUESKY, X = RULES["bluesky"], RULES["x"]
ONE_MB = replace(BLUESKY, picture_bytes=1_000_000)
HEAD = ("what", "measured", "aim", "")
PICTURES = 4
Row = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class Giant:
    """A large map, and how often each way is timed."""

    name: str
    data: bytes = field(repr=False)
    image: Image.Image
    rounds: int

    def by(self, way: Way, rules: Rules) -> tuple[float, Sent]:
        """The fastest run."""
        return min((worked(way, self.data, rules) for _ in range(self.rounds)), key=lambda run: run[0])

    def edges(self, sent: Sent) -> float:
        return likeness(self.image, decoded(sent.data)).edges


def decoded(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def rows(rounds: int, recipes: Sequence[Recipe] = GIANTS) -> Iterator[Row]:
    """Each figure on the maps that it is about: the first is flat, the others are not."""
    for number, recipe in enumerate(recipes):
        data = sample(recipe).data
        giant = Giant(recipe.name, data, decoded(data), rounds)
        yield f"{giant.name} as it comes", f"PNG, {len(data) / 1e6:.1f} MB", "", ""
        if number:
            yield from _relief(giant)
        else:
            yield from (_exact(giant), _palette(giant), *_small(giant), _side_by_side(giant))


def _exact(giant: Giant) -> Row:
    seconds, sent = giant.by(ours, BLUESKY)
    plain, _ = giant.by(lossless, BLUESKY)
    same = psnr(giant.image, decoded(sent.data)) == float("inf")
    told = f"{_told(sent, seconds)}, {'every pixel the same' if same else 'not exact'}; WebP alone {plain:.2f} s"
    true = same and len(sent.data) < BLUESKY.picture_bytes and seconds <= 2 * plain
    return f"{giant.name}, Bluesky", told, "exact, under 2 MB, at most twice its lossless WebP", held(true)


def lossless(data: bytes, _: Rules) -> Sent:
    """What threadbot's time is measured by: the picture decoded, and encoded once."""
    out = io.BytesIO()
    decoded(data).save(out, "WEBP", lossless=True, method=2)
    return Sent(out.getvalue(), "WebP lossless")


def _palette(giant: Giant) -> Row:
    seconds, sent = giant.by(ours, X)
    image = decoded(sent.data)
    whole = image.size == giant.image.size
    like = psnr(giant.image, image) if whole else 0.0
    true = whole and image.mode == "P" and like >= 47
    return (
        f"{giant.name}, X",
        f"{_told(sent, seconds)}, PSNR {like:.1f} dB",
        "palette PNG, same size, at least 47 dB",
        held(true),
    )


def _small(giant: Giant) -> Iterator[Row]:
    seconds, sent = giant.by(ours, ONE_MB)
    edges = giant.edges(sent)
    true = decoded(sent.data).width == giant.image.width and edges >= 0.997
    yield (
        f"{giant.name}, 1 MB",
        f"{_told(sent, seconds)}, edges {edges:.4f}",
        f"{giant.image.width} px, edges at least 0.997",
        held(true),
    )
    seconds, sent = giant.by(shrunk, ONE_MB)
    yield "the same by the loop of 10 % smaller", f"{_told(sent, seconds)}, edges {giant.edges(sent):.4f}", "", ""


def _relief(giant: Giant) -> Iterator[Row]:
    seconds, sent = giant.by(ours, BLUESKY)
    slow, jpeg = giant.by(descended, BLUESKY)
    edges = giant.edges(sent)
    webp = decoded(sent.data).format == "WEBP"
    true = seconds * 3 <= slow or (webp and edges >= 0.995)
    aim = "a third of the time of JPEG, quality in steps; or WebP, edges at least 0.995"
    yield f"{giant.name}, Bluesky", f"{_told(sent, seconds)}, edges {edges:.4f}", aim, held(true)
    yield "the same by JPEG, quality in steps of 5", f"{_told(jpeg, slow)}, edges {giant.edges(jpeg):.4f}", "", ""


def _side_by_side(giant: Giant) -> Row:
    """Four pictures by the engine, in one draft and in four; each differs in one pixel, so that none has been fitted before."""
    took = []
    with (
        tempfile.TemporaryDirectory() as name,
        patch.dict(os.environ, XDG_CACHE_HOME=name),
    ):  # nothing is kept from a run before
        for number in range(2 * PICTURES * giant.rounds):
            other = giant.image.copy()
            other.putpixel((0, 0), (number, 0, 0))
            other.save(Path(name) / f"{number}.png", compress_level=1)
        for first in range(0, 2 * PICTURES * giant.rounds, 2 * PICTURES):
            numbers = range(first, first + PICTURES)
            alone = sum(_fitting(Path(name), [number]) for number in numbers)
            took.append(alone / _fitting(Path(name), [number + PICTURES for number in numbers]))
    told = f"{max(took):.2f} times as fast as one after the other"
    return f"{PICTURES} × {giant.name}, Bluesky", told, "at least 1.7 times on two cores", held(max(took) >= 1.7)


def _fitting(folder: Path, numbers: Sequence[int]) -> float:
    """Seconds for a draft with these pictures."""
    file = folder / "draft.md"
    draft = parse("\n\n".join(f"![A flat map]({number}.png)" for number in numbers).encode(), str(file), RULES)
    target = Target("sky", "bluesky", "sky.test", BLUESKY, Numbering("off"))
    faults: list[Fault] = []
    seconds, _ = timed(lambda: fitted(draft, file, [target], {}, faults))
    assert not faults, "the pictures can be used"
    return seconds


def _told(sent: Sent, seconds: float) -> str:
    return f"{sent.how}, {len(sent.data) / 1e6:.2f} MB, {seconds:.2f} s"
