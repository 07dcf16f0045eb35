"""Bytes from outside become one upright sRGB picture that carries nothing but its pixels, or `Unfit` says why not.

The type is told by the first bytes, never by a name, and only four of Pillow's decoders can be reached. Memory: Pillow
spends 4 bytes a pixel on colour, so at the limit of 100 megapixels a picture is 400 MB decoded, and 400 MB more while it
is turned or its colours are converted; libwebp adds three canvases of its own (measured peaks: 0.42, 0.81 and 1.6 GB).
"""

from __future__ import annotations

import io
import itertools
import re
import threading
import warnings
from dataclasses import dataclass
from pathlib import Path

from PIL import ExifTags, Image, ImageChops, ImageCms
from PIL.GifImagePlugin import GifImageFile
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile

MAX_BYTES = 50_000_000
MAX_PIXELS = 100_000_000

# The classes themselves, not Image.open: it would warn from 89 megapixels on, and take a phone's JPEG with a second
# picture behind the first for an animation.
DECODERS: tuple[tuple[bytes, type[ImageFile]], ...] = (
    (rb"\x89PNG\r\n\x1a\n", PngImageFile),
    (rb"\xff\xd8\xff", JpegImageFile),
    (rb"(?s)RIFF.{4}WEBP", WebPImageFile),
    (rb"GIF8[79]a", GifImageFile),
)
STRANGERS = (
    (rb"(?s)(\xef\xbb\xbf)?\s*<.{0,2000}?<?svg[\s>]", "an SVG drawing"),
    (rb"(?s).{4}ftyp(avif|avis)", "an AVIF picture"),
    (rb"(?s).{4}ftyp(hei|hev|mif1|msf1)", "a HEIC picture"),
    (rb"II[*+]\0|MM\0[*+]", "a TIFF picture"),
    (rb"%PDF-", "a PDF document"),
    (rb"BM", "a BMP picture"),
)
TURNS = {  # EXIF 2.32, tag 0x0112: what undoes each orientation
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
METADATA = {  # Pillow's names for what it found, and ours
    "exif": "EXIF",
    "xmp": "XMP",
    "XML:com.adobe.xmp": "XMP",
    "photoshop": "IPTC",
    "comment": "comment",
    "mp": "second picture",
}
ENDS = {"PNG": b"IEND\xaeB`\x82", "JPEG": b"\xff\xd9", "GIF": b"\0;"}

# Pillow warns of odd files; they are refused or mended here, in our words. Silencing warnings is process-wide, hence
# one thread at a time.
_one_at_a_time = threading.Lock()


class Unfit(ValueError):
    """A picture that cannot be used; the message says what and what to do next."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A decoded picture in mode RGB, RGBA, L or P, upright, sRGB, without metadata; `format` is Pillow's word for it.

    The picture is still the decoder's own object, with its quantisation tables, if no pixel had to be changed.
    """

    image: Image.Image
    format: str
    weight: int  # bytes of the file
    coded: bytes  # a WebP's pixels as they came, without anything else; empty for other formats
    notes: tuple[str, ...]


def read(path: Path) -> bytes:
    """The bytes of a file, whatever they are. Raises Unfit: missing, not a file, too large or unreadable."""
    try:
        if not path.exists():
            raise Unfit("no such file – check the name, and the folder that it is relative to")
        if not path.is_file():  # a pipe or a device could be read for ever
            raise Unfit("not a file – name a PNG, JPEG, WebP or GIF picture")
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as problem:
        if isinstance(problem, Unfit):
            raise
        raise Unfit(f"cannot be read ({_reason(problem)}) – check its permissions") from problem
    if len(data) > MAX_BYTES:
        raise Unfit(_TOO_LARGE)
    return data


def opened(data: bytes) -> Opened:
    """The picture in the bytes, ready to be encoded. Raises Unfit."""
    decoder = _decoder(data)
    try:
        with _one_at_a_time, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _clean(decoder, data)
    except Unfit:
        raise
    except MemoryError as problem:
        raise Unfit("too large for this machine's memory – export it with fewer pixels") from problem
    except Exception as problem:  # on garbage Pillow raises whatever its parser stumbled over: a dozen types
        raise Unfit("damaged or cut short – export it again, or fetch it again from its source") from problem


def _decoder(data: bytes) -> type[ImageFile]:
    if not data:
        raise Unfit("an empty file – export the picture again")
    if len(data) > MAX_BYTES:
        raise Unfit(_TOO_LARGE)
    for signature, decoder in DECODERS:
        if re.match(signature, data):
            return decoder
    for signature, name in STRANGERS:
        if re.match(signature, data):
            raise Unfit(f"{name}, which networks do not take – export it as PNG")
    raise Unfit("not a picture – name a PNG, JPEG, WebP or GIF file")


def _clean(decoder: type[ImageFile], data: bytes) -> Opened:
    source = picture = _header(decoder, data)
    coded = b""
    if source.format == "WEBP":  # what is decoded is what may be sent
        coded = _bare_webp(data)
        picture = _header(decoder, coded)
    picture.load()
    orientation, notes = _findings(source, data)
    profile = source.info.get("icc_profile")
    # Pillow writes some of this into what it saves next; transparency is the one entry that belongs to the pixels
    picture.info = {key: value for key, value in picture.info.items() if key == "transparency"}
    image = _plain(picture)
    if orientation in TURNS:
        image = image.transpose(TURNS[orientation])
        notes.append("turned upright")
    if profile:
        image, note = _in_srgb(image, profile)
        notes.extend(note)
    image = image.convert("RGB") if image.mode == "CMYK" else image
    return Opened(image, source.format or "", len(data), coded, tuple(notes))


def _header(decoder: type[ImageFile], data: bytes) -> ImageFile:
    image = decoder(io.BytesIO(data))
    width, height = image.size
    if width * height > MAX_PIXELS:
        raise Unfit(f"{width}×{height} pixels, over {MAX_PIXELS // 10**6} megapixels – export it with fewer pixels")
    if getattr(image, "is_animated", False):
        raise Unfit("an animation – export the frame that you mean as PNG")
    return image


def _bare_webp(data: bytes) -> bytes:
    """The coded pixels and nothing else, byte for byte; chunks as in RFC 9649."""
    kept, at = [b"WEBP"], 12
    while at + 8 <= len(data):
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        chunk = data[at : at + 8 + size + size % 2]
        if chunk.startswith(b"VP8X"):
            kept.append(chunk[:8] + bytes([chunk[8] & 0x10]) + chunk[9:18])  # of its flags only "has transparency"
        elif chunk.startswith((b"VP8 ", b"VP8L", b"ALPH")):
            kept.append(chunk)
        at += len(chunk)
    body = b"".join(kept)
    return b"RIFF" + len(body).to_bytes(4, "little") + body


def _findings(image: ImageFile, data: bytes) -> tuple[int, list[str]]:
    """The orientation, and what the file tells beside its picture."""
    found = {name: None for key, name in METADATA.items() if key in image.info}  # a dict keeps the order
    if isinstance(image, PngImageFile) and set(image.text) - set(METADATA):
        found["text"] = None
    if b"jumdc2pa" in data:
        found["content credentials"] = None
    if _tail(image, data):
        found["bytes after its end"] = None
    orientation, located = _exif(image)
    notes = ["GPS position removed"] if located else []
    return orientation, notes + ([f"removed: {', '.join(found)}"] if found else [])


def _exif(image: ImageFile) -> tuple[int, bool]:
    """The orientation, and whether a place is told. EXIF that cannot be parsed is removed like any other."""
    xmp = image.info.get("xmp") or image.info.get("XML:com.adobe.xmp") or b""
    located = b"GPS" in (xmp.encode() if isinstance(xmp, str) else xmp)
    try:
        exif = image.getexif()
        return exif.get(ExifTags.Base.Orientation, 1), located or bool(exif.get_ifd(ExifTags.IFD.GPSInfo))
    except Exception:
        return 1, located


def _tail(image: ImageFile, data: bytes) -> bool:
    if image.format == "WEBP":
        return len(data) > 8 + int.from_bytes(data[4:8], "little") + 1
    end = ENDS[image.format or ""]
    return end in data and not data.endswith(end)


def _plain(image: Image.Image) -> Image.Image:
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


def _in_srgb(image: Image.Image, profile: bytes) -> tuple[Image.Image, list[str]]:
    """The picture in the colours that every network assumes, and a note if they changed."""
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if image.mode == "P":
            palette = Image.frombytes("RGB", (len(image.getpalette() or ()) // 3, 1), bytes(image.getpalette() or ()))
            managed, note = _managed(palette, source)
            if note:
                image.putpalette(managed.tobytes())
            return image, note
        return _managed(image, source)
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return image, ["colour profile unreadable, colours taken as sRGB"]


def _managed(image: Image.Image, source: ImageCms.ImageCmsProfile) -> tuple[Image.Image, list[str]]:
    if image.mode in ("RGB", "RGBA") and _is_srgb(source):
        return image, []
    mode = image.mode if image.mode == "RGBA" else "RGB"
    managed = ImageCms.profileToProfile(image, source, _SRGB, outputMode=mode)
    assert managed is not None  # it is None only for a conversion in place
    return managed.convert("L") if image.mode == "L" else managed, ["colours converted to sRGB"]


def _is_srgb(source: ImageCms.ImageCmsProfile) -> bool:
    """Whether a profile moves no colour visibly: sRGB has many makers, and their roundings would spoil exact pixels."""
    cube = Image.frombytes("RGB", (64, 64), bytes(itertools.chain(*itertools.product(range(0, 256, 17), repeat=3))))
    managed = ImageCms.profileToProfile(cube, source, _SRGB)
    return managed is not None and max(ImageChops.difference(cube, managed).tobytes()) <= 2


def _reason(problem: Exception) -> str:
    return getattr(problem, "strerror", None) or type(problem).__name__


_SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
_TOO_LARGE = f"larger than {MAX_BYTES // 10**6} MB – export it as JPEG, or with fewer pixels"
