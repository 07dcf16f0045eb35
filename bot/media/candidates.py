"""A picture in every way that makes sense for it at one size, best first, each made only when it is asked for.

What a sample says will not fit is not made at all, so the first is usually the last.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

from PIL import Image

from bot.core.rules import Rules
from bot.media import palettes
from bot.media.coding import CAREFUL, DEEP, JPEG, PLAIN_JPEG, PNG, QUICK, SIDES, SOFT, Coding, Way, coded
from bot.media.colours import on_white
from bot.media.opening import Opened
from bot.media.sampling import foreseen, has_sharp_colours, is_flat, strips, tiles
from bot.media.search import finest

LOWEST = {"JPEG": 20, "WEBP": 10}  # below that, fewer pixels leave more of lines and labels (measured on hatched relief)
HIGHEST = 97  # above, bytes grow and nothing is seen
AMPLE = 90  # where this quality does not fit, labels suffer, and are worth an encoder that takes twice the time
EASY, NEAR, FAR = 0.9, 1.15, 1.8  # foreseen shares of a limit: surely within it, perhaps, and past all hope


def stays(source: Opened, formats: tuple[str, ...], rules: Rules) -> bool:
    """Whether a picture may be sent as it came, its size aside. What a network turns into JPEG may, too, unless it is drawn:
    then a palette saves its lettering.
    """
    palette = source.lossy or (source.format == "PNG" and source.image.mode == "P")
    return (
        bool(source.coded) and source.format in formats and (not rules.picture_palette or palette or not is_flat(source.image))
    )


def candidates(image: Image.Image, source: Opened, formats: tuple[str, ...], rules: Rules) -> Iterator[Coding]:
    """At least one. `image` is the source's, or a smaller copy."""
    limit = rules.picture_bytes or sys.maxsize
    formats = tuple(name for name in formats if max(image.size) <= SIDES[name])
    # where all but JPEG and palettes is turned into JPEG, a WebP would lose twice
    lossy = "JPEG" if "JPEG" in formats and (rules.picture_palette or "WEBP" not in formats) else "WEBP"
    lossy = lossy if lossy in formats else ""
    if image is source.image and source.tables and not source.coded and "JPEG" in formats:
        yield _by_its_own_tables(image, source)
    if not source.lossy or not lossy:
        yield from _lossless(image, source, formats, rules, limit, bool(lossy))
    if lossy:
        yield _lossy(image, lossy, limit, rules.picture_quality or HIGHEST)


def _by_its_own_tables(image: Image.Image, source: Opened) -> Coding:
    """A JPEG that had to be turned or converted, as finely as it was: next to nothing is lost."""
    return coded(image, _jpeg(image).with_options(qtables=source.tables, subsampling=0 if source.fine else 2))


def _lossless(
    image: Image.Image, source: Opened, formats: tuple[str, ...], rules: Rules, limit: int, lossy: bool
) -> Iterator[Coding]:
    """Lossless, then, if it is drawn in flat colours, lossless with fewer colours."""
    flat = is_flat(image)
    if rules.picture_palette and "PNG" in formats and (flat or not lossy):
        exact = palettes.exact(image)
        yield from [coded(exact, PNG)] if exact else palettes.fewer(image, "PNG", limit, not lossy)
    if rules.picture_palette and lossy:
        return
    own_first = source.format in ("PNG", "GIF") and source.weight <= limit and image is source.image
    for name in ("PNG", "WEBP") if own_first else ("WEBP", "PNG"):
        if name in formats:
            for way in _promising(image, [PNG] if name == "PNG" else [QUICK, DEEP] if flat else [QUICK], limit):
                yield coded(image, way)
    best = next((name for name in ("WEBP", "PNG") if name in formats), "")
    if best and (flat or not lossy):
        yield from palettes.fewer(image, best, limit, not lossy)


def _promising(image: Image.Image, ways: list[Way], limit: int) -> Iterator[Way]:
    """Those that may leave it within the limit: the first if it surely does, else the smallest first."""
    sample, weights = strips(image), list[tuple[float, int]]()
    for at, way in enumerate(ways):
        if way.can(image):
            weights.append((foreseen(sample, image, way), at))
        if weights and (weights[0][0] < EASY * limit or weights[0][0] > max(FAR * limit, image.width * image.height / 8)):
            break  # of pictures above one bit a pixel nothing codes half as small as the quickest way
    yield from (ways[at] for weight, at in sorted(weights) if weight < NEAR * limit)


def _lossy(image: Image.Image, name: str, limit: int, highest: int) -> Coding:
    qualities = range(LOWEST[name], highest + 1)
    if name == "WEBP":
        sample = tiles(image)
        ample = foreseen(sample, image, SOFT.with_options(quality=AMPLE)) <= limit
        way = SOFT if ample or not CAREFUL.can(image) else CAREFUL
        return finest(image, way, "quality", limit, qualities)
    page, how = on_white(image), "transparency on white, quality" if image.has_transparency_data else "quality"
    return finest(page, _jpeg(page).with_options(subsampling=0 if has_sharp_colours(image) else 2), how, limit, qualities)


def _jpeg(image: Image.Image) -> Way:
    return JPEG if JPEG.can(image) else PLAIN_JPEG
