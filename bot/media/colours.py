"""Decoded pixels become what every screen and network assumes: upright, sRGB, eight bits, in mode RGB, RGBA, L or P."""

from __future__ import annotations

import io
import itertools
from collections.abc import Callable

from PIL import Image, ImageChops, ImageCms

TURNS = {  # EXIF 2.32, tag 0x0112: what undoes each orientation
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
UPRIGHT = "turned upright"
CONVERTED = "colours converted to sRGB"
SRGB_GAMMAS = range(44_000, 47_001)  # gAMA of PNG: 45 455 stands for sRGB, and programs round it


def plain(image: Image.Image) -> Image.Image:
    """In mode RGB, RGBA, L, P or CMYK; itself, if it is already."""
    if image.mode.startswith("I"):  # 16 bits of grey: Pillow would clip them to white, not scale them
        return image.point(lambda value: value * (1 / 256)).convert("L")
    if image.mode == "P":
        return image
    if image.mode in ("RGBA", "LA") or "transparency" in image.info:
        return _seen_through(image if image.mode == "RGBA" else image.convert("RGBA"))
    if image.mode == "1":
        return image.convert("L")
    return image if image.mode in ("RGB", "L", "CMYK") else image.convert("RGB")


def _seen_through(image: Image.Image) -> Image.Image:
    # screenshots carry an alpha channel that hides nothing; without it palettes are finer and JPEG needs no background
    return image.convert("RGB") if image.getchannel("A").getextrema() == (255, 255) else image


def on_white(image: Image.Image) -> Image.Image:
    """The picture as it is seen on a white page: RGB, or L if it is."""
    if not image.has_transparency_data:
        return image.convert("RGB") if image.mode == "P" else image
    image = image.convert("RGBA")
    page = Image.new("RGB", image.size, "white")
    page.paste(image, mask=image.getchannel("A"))
    return page


Changed = tuple[Image.Image, tuple[str, ...]]


def in_srgb(image: Image.Image, profile: bytes) -> Changed:
    """The picture in the colours that every network assumes, and a note if they changed."""
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if image.mode == "P":
            return _palette_changed(image, lambda palette: _managed(palette, source))
        return _managed(image, source)
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return image, ("colour profile unreadable, colours taken as sRGB",)


def without_gamma(image: Image.Image, gamma: int) -> Changed:
    """The picture with the curve of sRGB instead of the one that a PNG names (its gAMA), and a note if that differs."""
    if not gamma or gamma in SRGB_GAMMAS:
        return image, ()
    curve = [round(255 * _srgb((value / 255) ** min(100_000 / gamma, 100))) for value in range(256)]
    if image.mode == "P":
        return _palette_changed(image, lambda palette: (palette.point(curve * 3), (CONVERTED,)))
    straight = list(range(256)) if image.mode == "RGBA" else []
    return image.point(curve * (1 if image.mode == "L" else 3) + straight), (CONVERTED,)


def _srgb(light: float) -> float:
    """IEC 61966-2-1."""
    return 12.92 * light if light <= 0.0031308 else 1.055 * light ** (1 / 2.4) - 0.055


def _palette_changed(image: Image.Image, change: Callable[[Image.Image], Changed]) -> Changed:
    colours = bytes(image.getpalette() or ())
    palette, notes = change(Image.frombytes("RGB", (len(colours) // 3, 1), colours))
    if notes:
        image.putpalette(palette.tobytes())
    return image, notes


def _managed(image: Image.Image, source: ImageCms.ImageCmsProfile) -> Changed:
    if image.mode in ("RGB", "RGBA") and _is_srgb(source):
        return image, ()
    mode = image.mode if image.mode == "RGBA" else "RGB"
    managed = ImageCms.profileToProfile(image, source, _SRGB, outputMode=mode)
    assert managed is not None  # it is None only for a conversion in place
    return managed.convert("L") if image.mode == "L" else managed, (CONVERTED,)


def is_srgb(profile: bytes) -> bool:
    """Whether a profile moves no colour visibly."""
    try:
        return _is_srgb(ImageCms.ImageCmsProfile(io.BytesIO(profile)))
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return False


def _is_srgb(source: ImageCms.ImageCmsProfile) -> bool:
    # sRGB has many makers, and their roundings would spoil exact pixels
    cube = Image.frombytes("RGB", (64, 64), bytes(itertools.chain(*itertools.product(range(0, 256, 17), repeat=3))))
    managed = ImageCms.profileToProfile(cube, source, _SRGB)
    return managed is not None and max(ImageChops.difference(cube, managed).tobytes()) <= 2


_SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
