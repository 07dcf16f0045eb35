"""A drawn picture in few colours: exactly where it has no more, else in the colours that leave the least visible error."""

from __future__ import annotations

from collections.abc import Iterator

from PIL import Image, ImageChops

from bot.media.budget import BUDGET
from bot.media.coding import DEEP_PALETTE, PNG, QUICK, Coding, Way, coded
from bot.media.sampling import foreseen, strips

# Of the SSIM at the edges of a map 48 colours leave .998, 32 .995, 16 .992; a lossy WebP as small leaves less than .96.
COLOURS = (256, 128, 96, 64, 48, 32, 16)
NEAR = 1.05  # foreseen shares of the limit that are tried
COST = 9.5  # bytes a pixel that finding colours takes


def exact(image: Image.Image) -> Image.Image | None:
    """The same picture with a palette, if 256 colours are enough for it."""
    if image.mode in ("P", "L"):
        return image.convert("P")
    colours = image.getcolors(256)
    if colours is None:
        return None
    palette = reduced(image, len(colours))
    with BUDGET.work(int(image.width * image.height * COST)):
        difference = ImageChops.difference(palette.convert(image.mode), image)
        return None if difference.getbbox(alpha_only=False) else palette


def reduced(image: Image.Image, colours: int) -> Image.Image:
    with BUDGET.work(int(image.width * image.height * COST)):
        return _quantised(image, colours)


def fewer(image: Image.Image, name: str, limit: int, one: bool) -> Iterator[Coding]:
    """With fewer and fewer colours, beginning with those that a sample says will fit into so many bytes; at least `one`."""
    sample = strips(image)
    way = _way(image, name)
    if not way.can(image):
        return
    for colours in COLOURS:
        if foreseen(_quantised(sample, colours), image, way) > limit * NEAR and not (one and colours == COLOURS[-1]):
            continue
        yield coded(reduced(image, colours), way, f"{colours} colours")


def _way(image: Image.Image, name: str) -> Way:
    if name == "PNG":
        return PNG
    return DEEP_PALETTE if DEEP_PALETTE.can(image) else QUICK


def _quantised(image: Image.Image, colours: int) -> Image.Image:
    if image.has_transparency_data:  # the only method that knows it
        return image.convert("RGBA").quantize(colours, Image.Quantize.FASTOCTREE)
    # `kmeans` is the number of pixels that may still change: one or two rounds gain 2 to 5 dB for the time of one more cut
    return image.convert("RGB").quantize(colours, Image.Quantize.MEDIANCUT, kmeans=image.width * image.height // 2)
