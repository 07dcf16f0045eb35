"""How a picture is made to fit: threadbot's way, and three that are usual. Each is given a file and gives what it would send.

The usual ways are told at their kindest: what fits already is left alone by the first two, nothing is decoded twice, and no
resize is worse than Lanczos. Metadata, orientation and colour profiles are no concern of theirs.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from time import process_time

from PIL import Image

from benchmarks.ssim import shown
from bot.core.rules import Rules
from bot.media.fit import fit

STEP = 0.9
QUALITIES = range(95, 25, -5)  # then fewer pixels: what is below is mush
GIF_WIDTH = 1000
AS_IT_IS = "as it is"
Way = Callable[[bytes, Rules], "Sent"]


@dataclass(frozen=True, slots=True)
class Sent:
    """A file for the network; `how` is what was done, in a few words."""

    data: bytes = field(repr=False)
    how: str


def worked(way: Way, data: bytes, rules: Rules) -> tuple[float, Sent]:
    """Seconds of a processor, and what came of it: what else the machine does at the time does not count."""
    start = process_time()
    sent = way(data, rules)
    return process_time() - start, sent


def ours(data: bytes, rules: Rules) -> Sent:
    done = fit(data, "A map", rules)
    return Sent(done.data, AS_IT_IS if done.data == data else _told(done.data))


def shrunk(data: bytes, rules: Rules) -> Sent:
    """The output a tenth smaller, again and again, in the format that it came in."""
    if _fits(data, rules):
        return Sent(data, AS_IT_IS)
    image = _decoded(data)
    name = image.format or "PNG"
    while not _fits(data, rules):
        image = image.resize((int(image.width * STEP), int(image.height * STEP)), Image.Resampling.LANCZOS)
        data = _saved(image, name)
    return Sent(data, _told(data))


def descended(data: bytes, rules: Rules) -> Sent:
    """A JPEG of lower and lower quality, then the same again a tenth smaller."""
    if _fits(data, rules):
        return Sent(data, AS_IT_IS)
    image = shown(_decoded(data))
    while True:
        for quality in QUALITIES:
            data = _saved(image, "JPEG", quality=quality)
            if _fits(data, rules):
                return Sent(data, _told(data, f"quality {quality}"))
        image = image.resize((int(image.width * STEP), int(image.height * STEP)), Image.Resampling.LANCZOS)


def gif(data: bytes, _: Rules) -> Sent:
    """A GIF of 1000 pixels' width, whatever came."""
    image = _decoded(data)
    if image.width > GIF_WIDTH:
        image = image.resize((GIF_WIDTH, max(1, image.height * GIF_WIDTH // image.width)), Image.Resampling.LANCZOS)
    data = _saved(image, "GIF")
    return Sent(data, _told(data))


WAYS: Mapping[str, Way] = {"threadbot": ours, "a": shrunk, "b": descended, "c": gif}


def _fits(data: bytes, rules: Rules) -> bool:
    with Image.open(io.BytesIO(data)) as image:  # its header alone
        pixels = image.width * image.height
    return len(data) <= rules.picture_bytes and pixels <= (rules.picture_pixels or pixels)


def _decoded(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def _saved(image: Image.Image, name: str, **options: int) -> bytes:
    out = io.BytesIO()
    image.save(out, name, **options)
    return out.getvalue()


def _told(data: bytes, how: str = "") -> str:
    with Image.open(io.BytesIO(data)) as image:
        colours = " palette" if image.mode == "P" and image.format != "GIF" else ""
        lossless = " lossless" if image.format == "WEBP" and b"VP8L" in data[:64] else ""
        return ", ".join(filter(None, (f"{image.format}{colours}{lossless}", f"{image.width} px", how)))
