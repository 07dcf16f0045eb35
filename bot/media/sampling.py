"""A picture judged by samples of it: some sixteenth of its pixels says within a tenth what all would weigh (measured).

Strips for lossless coding, whose repeats run along the rows; tiles for lossy coding, which works in small squares.
"""

from __future__ import annotations

from PIL import Image, ImageChops

from bot.media.coding import SIDES, Way, encoded
from bot.media.colours import on_white

STRIPS = 8
TILE, TILES = 128, 8  # the side of a tile in pixels, and how many stand side by side
WHOLE = 2_000_000  # pixels up to which a picture is its own sample
FLAT = 0.42  # of the pixels are as the next one: 0.47 to 0.95 on drawn maps, up to 0.39 on labelled relief, 0.1 on photos
SHARP, SHARP_SHARE = 24, 0.002  # a step of colour beside its neighbours, and the share of pixels that have one


def strips(image: Image.Image) -> Image.Image:
    """Rows from eight places, one sixteenth of them."""
    height = max(8, image.height // 128)
    if image.height < 2 * STRIPS * height or image.width > SIDES["WEBP"]:
        return image.crop((0, 0, min(image.width, SIDES["WEBP"]), min(image.height, STRIPS * 128)))
    tops = [(image.height - height) * step // (STRIPS - 1) for step in range(STRIPS)]
    return _joined(image, [[(0, top, image.width, top + height)] for top in tops])


def tiles(image: Image.Image) -> Image.Image:
    """Squares from all over a picture, or all of it if it is small."""
    if image.width * image.height <= WHOLE or min(image.size) < TILE * TILES:
        return image
    lefts, tops = ([(side - TILE) * step // (TILES - 1) for step in range(TILES)] for side in image.size)
    return _joined(image, [[(left, top, left + TILE, top + TILE) for left in lefts] for top in tops])


def _joined(image: Image.Image, rows: list[list[tuple[int, int, int, int]]]) -> Image.Image:
    left, top, right, bottom = rows[0][0]
    width, height = right - left, bottom - top
    sheet = image.crop((0, 0, 1, 1)).resize((width * len(rows[0]), height * len(rows)))  # of the same mode and palette
    for down, row in enumerate(rows):
        for across, box in enumerate(row):
            sheet.paste(image.crop(box), (across * width, down * height))
    return sheet


def share(sample: Image.Image, image: Image.Image) -> float:
    """How many times the sample is in the picture."""
    return image.width * image.height / (sample.width * sample.height)


def foreseen(sample: Image.Image, image: Image.Image, way: Way) -> float:
    """The bytes that all of the picture would have."""
    return len(encoded(sample, way)) * share(sample, image)


def is_flat(image: Image.Image) -> bool:
    """Whether a picture is drawn in flat colours, as maps are, and no photo or shaded relief."""
    sample = on_white(strips(image)).convert("RGB")
    steps = ImageChops.difference(sample, ImageChops.offset(sample, 1, 1)).convert("L").histogram()
    return steps[0] > FLAT * sample.width * sample.height


def has_sharp_colours(image: Image.Image) -> bool:
    """Whether colour changes as sharply as light does, as in coloured lettering: then it may not be coded at half the size."""
    sample = on_white(tiles(image)).convert("RGB").convert("YCbCr")
    for channel in sample.split()[1:]:
        half = channel.reduce(2).resize(channel.size, Image.Resampling.BILINEAR)
        steps = ImageChops.difference(channel, half).histogram()
        if sum(steps[SHARP:]) > SHARP_SHARE * sample.width * sample.height:
            return True
    return False
