"""Bytes from outside become one upright sRGB picture that carries nothing but its pixels, or `Unfit` says why not.

The type is told by the first bytes, never by a name; a file is taken apart before a decoder sees it, only the decoders of
`KINDS` can be reached, and none starts on a picture that could take more memory than `bot.media.budget` has, which keeps all
of it under a gigabyte. The limits: PNG, JPEG and GIF 50 megapixels, WebP 35, AVIF and HEIC 25.
"""

from __future__ import annotations

import io
import re
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from PIL import Image
from PIL.GifImagePlugin import GifImageFile
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile

from bot.media import aside, colours, gif, jpeg, png, webp
from bot.media.budget import BUDGET, WORK, give_back
from bot.media.container import ANIMATED, DAMAGED, Container, in_order
from bot.media.exif import exif
from bot.media.smallest import smallest_lettering
from bot.media.unfit import Unfit

MAX_BYTES = 50_000_000
MAX_PIXELS = 50_000_000  # a sheet of 7000 pixels a side: more is shown by no network
ASIDE_PIXELS = 25_000_000  # what a decoder aside can do in its memory
LARGE = 20_000_000  # pixels, above which the copies that are made of a picture for a network count, too
KEPT, KEPT_LARGE = 4.2, 9.8  # bytes a pixel of a decoded picture, of which Pillow spends four on colour; with copies


@dataclass(frozen=True, slots=True)
class Kind:
    """A type of file: how its bytes begin, what takes it apart and decodes it, and the bytes a pixel that that takes."""

    format: str
    signature: bytes
    apart: Callable[[bytes], Container]
    decoder: type[ImageFile]
    cost: float = 4.5  # a copy while it is turned or its colours are converted


# The decoders themselves, not Image.open, which would reach all others and warn from 89 megapixels on.
KINDS = (
    Kind("PNG", rb"\x89PNG\r\n\x1a\n", png.taken_apart, PngImageFile),
    Kind("JPEG", rb"\xff\xd8\xff", jpeg.taken_apart, JpegImageFile, 8.5),  # coefficients of several passes
    Kind("WEBP", rb"(?s)RIFF.{4}WEBP", webp.taken_apart, WebPImageFile, 14.0),  # three canvases of libwebp's own
    Kind("GIF", rb"GIF8[79]a", gif.taken_apart, GifImageFile),
)
ASIDE = (
    (rb"(?s).{4}ftyp(avif|avis)", "AVIF"),
    (rb"(?s).{4}ftyp(hei|hev)", "HEIC"),
    (rb"(?s).{4}ftyp(mif1|msf1).{4}.{0,60}avif", "AVIF"),
    (rb"(?s).{4}ftyp(mif1|msf1)", "HEIC"),
)
STRANGERS = (
    (rb"(?s)(\xef\xbb\xbf)?\s*<.{0,2000}?<?svg[\s>]", "an SVG drawing"),
    (rb"II[*+]\0|MM\0[*+]", "a TIFF picture"),
    (rb"%PDF-", "a PDF document"),
    (rb"BM", "a BMP picture"),
)

# Pillow warns of odd files; they are refused or mended here, in our words. Silencing warnings is process-wide, hence
# one thread at a time, for the moment that a header takes.
_one_at_a_time = threading.Lock()


@dataclass(frozen=True, slots=True)
class Opened:
    """A decoded picture in mode RGB, RGBA, L or P, upright, sRGB, without metadata; `format` is Pillow's word for its file.

    `coded` is a file of the same pixels and nothing else, as they came; empty if a pixel had to be changed, or if such files
    are never sent. `tables` are a JPEG's own, and `weight` the bytes of the file as it came. `lettering` is the height of its
    smallest letters, as `bot.media.smallest` measures it.
    """

    image: Image.Image
    format: str
    weight: int
    coded: bytes = field(repr=False)
    lossy: bool
    tables: dict[int, list[int]] | None
    fine: bool  # a JPEG's colours are as fine as its light
    removed: tuple[str, ...]
    notes: tuple[str, ...]
    lettering: float | None = None


def read(path: Path, wanted: str = "a PNG, JPEG, WebP or GIF picture") -> bytes:
    """The bytes of a file, whatever they are; `wanted` is what to name instead of a folder. Raises Unfit: missing, not a file,
    too large or unreadable."""
    try:
        if not path.exists():
            raise Unfit("no such file – check the name, and the folder that it is relative to")
        if not path.is_file():  # a pipe or a device could be read for ever
            raise Unfit(f"not a file – name {wanted}")
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as problem:
        if isinstance(problem, Unfit):
            raise
        raise Unfit(f"cannot be read ({_reason(problem)}) – check its permissions") from problem
    if len(data) > MAX_BYTES:
        raise Unfit(_TOO_LARGE)
    return data


@contextmanager
def opened(data: bytes) -> Iterator[Opened]:
    """The picture in the bytes, ready to be encoded for as many networks as want it, also side by side. Raises Unfit.

    It has room in memory as long as it is needed; so an opened picture may wait for work, never for another to be opened.
    """
    give_back()
    with _guarded():
        size, cost, load = _known(data)
    pixels = size[0] * size[1]
    with BUDGET.kept(int(pixels * (KEPT if pixels <= LARGE else KEPT_LARGE))):
        with _guarded(), BUDGET.work(int(pixels * cost)):
            picture = load()
        with _guarded():
            picture = replace(picture, lettering=smallest_lettering(picture.image))
        yield picture


@contextmanager
def _guarded() -> Iterator[None]:
    try:
        yield
    except Unfit:
        raise
    except MemoryError as problem:
        raise Unfit("too large for this machine's memory – export it with fewer pixels") from problem
    except Image.DecompressionBombError as problem:
        raise Unfit(_MANY_PIXELS) from problem
    except Exception as problem:  # on garbage Pillow raises whatever its parser stumbled over: a dozen types
        raise Unfit(DAMAGED) from problem


def _known(data: bytes) -> tuple[tuple[int, int], float, Callable[[], Opened]]:
    """What is known of a picture before it is decoded: its size, what that takes in bytes a pixel, and how to do it."""
    if not data:
        raise Unfit("an empty file – export the picture again")
    if len(data) > MAX_BYTES:
        raise Unfit(_TOO_LARGE)
    for kind in KINDS:
        if re.match(kind.signature, data):
            parts = kind.apart(data)
            image = _header(kind, parts.coded)
            return image.size, kind.cost, partial(_decoded, kind, parts, image, len(data))
    for signature, name in ASIDE:
        if re.match(signature, data):
            return (ASIDE_PIXELS, 1), WORK / ASIDE_PIXELS, partial(_decoded_aside, name, data)
    for signature, name in STRANGERS:
        if re.match(signature, data):
            raise Unfit(f"{name}, which networks do not take – export it as PNG")
    raise Unfit("not a picture – name a PNG, JPEG, WebP or GIF file")


def _header(kind: Kind, coded: bytes) -> ImageFile:
    with _one_at_a_time, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        image = kind.decoder(io.BytesIO(coded))
    width, height = image.size
    most = min(MAX_PIXELS, int(WORK / kind.cost))
    if width * height > most:
        raise Unfit(f"{width}×{height} pixels, over {most // 10**6} megapixels – export it with fewer pixels")
    return image


def _decoded(kind: Kind, parts: Container, picture: ImageFile, weight: int) -> Opened:
    picture.load()
    tables = getattr(picture, "quantization", None)
    fine = len({layer[1:3] for layer in getattr(picture, "layer", ())}) < 2
    # Pillow writes some of this into what it saves next; transparency is the one entry that belongs to the pixels
    picture.info = {key: value for key, value in picture.info.items() if key == "transparency"}
    deep = parts.deep or picture.mode == "CMYK"
    image, notes = _mended(colours.plain(picture), parts)
    touched = {colours.UPRIGHT, colours.CONVERTED}.intersection(notes)
    same = not touched and not deep and kind.format != "GIF"
    lossy = kind.format == "JPEG" or (kind.format == "WEBP" and webp.is_lossy(parts.coded))
    coded = parts.coded if same else b""
    return Opened(image, kind.format, weight, coded, lossy, tables, fine, parts.removed, notes)


def _decoded_aside(name: str, data: bytes) -> Opened:
    try:
        found = aside.decoded(name, data, ASIDE_PIXELS)
    except aside.Failed as problem:
        if str(problem):
            raise Unfit(f"{problem}, over {ASIDE_PIXELS // 10**6} megapixels – export it as PNG with fewer") from problem
        hint = " with threadbot's extra heic, or" if name == "HEIC" else ""
        raise Unfit(f"an {name} picture that cannot be read here – try{hint} export it as PNG") from problem
    if found.frames > 1:
        raise Unfit(ANIMATED)
    told = exif(found.exif) if found.exif else None
    image = colours.plain(Image.frombytes(found.mode, found.size, found.pixels))
    removed = [*(told.found if told else ()), *(["XMP"] if found.xmp else [])]
    parts = Container(b"", in_order(removed), told.orientation if told else 1, found.profile)
    image, notes = _mended(image, parts)
    return Opened(image, name, len(data), b"", True, None, True, parts.removed, notes)


def _mended(image: Image.Image, parts: Container) -> tuple[Image.Image, tuple[str, ...]]:
    """Upright and in sRGB, and notes of what was changed for that."""
    turned: tuple[str, ...] = ()
    if parts.orientation in colours.TURNS:
        image, turned = image.transpose(colours.TURNS[parts.orientation]), (colours.UPRIGHT,)
    if parts.profile:
        image, converted = colours.in_srgb(image, parts.profile)
    else:
        image, converted = colours.without_gamma(image, parts.gamma)
    return image.convert("RGB") if image.mode == "CMYK" else image, turned + converted


def _reason(problem: Exception) -> str:
    return getattr(problem, "strerror", None) or type(problem).__name__


_TOO_LARGE = f"larger than {MAX_BYTES // 10**6} MB – export it as JPEG, or with fewer pixels"
_MANY_PIXELS = f"over {MAX_PIXELS // 10**6} megapixels – export it with fewer pixels"
