"""Which pictures are fitted: fourteen maps and four photos; and three large maps for the figures to reach."""

from __future__ import annotations

import io
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from PIL import Image, ImageOps

from benchmarks.maps.drawing import Recipe, Sample

SMALL, MIXED, LARGE = (8, 9, 10, 11, 12), (8, 10, 12, 14, 18, 24), (14, 16, 18, 21, 24)
MAPS = (
    Recipe("flat, 1 MP", (1200, 840), "flat", SMALL),
    Recipe("flat, 4 MP", (2400, 1680), "flat", MIXED),
    Recipe("flat, 8 MP", (3360, 2400), "flat", SMALL),
    Recipe("hatched, 2 MP", (1200, 1700), "flat", MIXED, hatched=True),
    Recipe("hatched, 8 MP", (3360, 2400), "flat", MIXED, hatched=True),
    Recipe("hills, 1 MP", (1200, 840), "hills", MIXED),
    Recipe("hills, 2 MP", (1700, 1200), "hills", SMALL),
    Recipe("hills, 4 MP, hatched", (2400, 1680), "hills", MIXED, hatched=True),
    Recipe("hills, 8 MP", (3360, 2400), "hills", MIXED),
    Recipe("transparent, 2 MP", (1700, 1200), "clear", MIXED),
    Recipe("transparent, 8 MP, hatched", (3360, 2400), "clear", LARGE, hatched=True),
    Recipe("satellite, 2 MP", (1700, 1200), "satellite", MIXED),
    Recipe(
        "satellite, 4 MP, a JPEG", (2400, 1680), "satellite", LARGE, format="JPEG", options={"quality": 95, "subsampling": 0}
    ),
    Recipe("satellite, 8 MP", (3360, 2400), "satellite", MIXED),
)
GIANTS = tuple(
    Recipe(f"{ground}, 4096×4096", (4096, 4096), ground, MIXED, 420, True) for ground in ("flat", "hills", "satellite")
)

PHOTOS = {"rocket.jpg": 8, "coffee.png": 8, "chelsea.png": 12, "hubble_deep_field.jpg": 12}  # free of rights; megapixels
NO_PHOTOS = "no photos: scikit-image is not installed, run make bench"


def photos() -> Iterator[Sample]:
    """The photos that ship with scikit-image, mirrored side by side to a camera's size. None, if it is not installed."""
    package = find_spec("skimage")
    if package is None or package.origin is None:
        return
    for name, megapixels in PHOTOS.items():
        with Image.open(Path(package.origin).parent / "data" / name) as photo:
            image = _mirrored(photo.convert("RGB"), megapixels)
        out = io.BytesIO()
        image.save(out, "JPEG", quality=92)
        yield Sample(f"photo, {megapixels} MP: {Path(name).stem}", out.getvalue())


def _mirrored(photo: Image.Image, megapixels: int) -> Image.Image:
    """Three to two, as large as asked, each copy the mirror of its neighbours: every pixel is a camera's."""
    height = round((megapixels * 1e6 / 1.5) ** 0.5)
    image = Image.new("RGB", (height * 3 // 2, height))
    for column in range(image.width // photo.width + 1):
        for row in range(image.height // photo.height + 1):
            tile = ImageOps.mirror(photo) if column % 2 else photo
            image.paste(ImageOps.flip(tile) if row % 2 else tile, (column * photo.width, row * photo.height))
    return image
