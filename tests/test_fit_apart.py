"""Files are taken apart without a decoder: what is sent as it came has the same pixels and nothing else, as others read it."""

from __future__ import annotations

import io
import json
import struct
import subprocess
import time
import zlib
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from bot.media import gif, jpeg, png, webp
from bot.media.fit import fit
from bot.media.unfit import Unfit
from tests.servers import installed
from tests.test_fit import PLANTED, XMP, drawn, located, photographed, reopened, rules, same_pixels, saved

PIXELS = {"PNG", "JPEG", "WEBP"}
APART = {"PNG": png.taken_apart, "JPEG": jpeg.taken_apart, "WEBP": webp.taken_apart}


def chunk(name, body):
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def segment(marker, body):
    return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body


def with_chunks(data, *chunks):
    return data[:33] + b"".join(chunks) + data[33:]


def with_segments(data, *segments):
    return data[:2] + b"".join(segments) + data[2:]


# The same pixels


@settings(max_examples=40)
@given(
    st.sampled_from(sorted(PIXELS)),
    st.sampled_from(["RGB", "L", "P", "RGBA", "1", "CMYK"]),
    st.booleans(),
    st.integers(1, 40),
)
def test_what_is_left_of_a_file_decodes_to_the_same_pixels(name, mode, odd, side):
    if (name, mode) in {("PNG", "CMYK"), ("WEBP", "CMYK"), ("JPEG", "P"), ("JPEG", "RGBA")}:
        return
    image = drawn(64).resize((side, side * 2)).convert("RGB").convert(mode)
    options = {"progressive": odd} if name == "JPEG" else {"lossless": odd} if name == "WEBP" else {}
    data = saved(image, name, exif=located(), **options)
    parts = APART[name](data)
    assert same_pixels(Image.open(io.BytesIO(parts.coded)), Image.open(io.BytesIO(data)))
    assert parts.removed == ("GPS position", "EXIF")
    assert APART[name](parts.coded).coded == parts.coded


def test_a_jpeg_of_another_colour_space_keeps_what_says_so():
    data = saved(drawn(64), "JPEG", keep_rgb=True)  # an RGB JPEG, which is told by its Adobe segment or its component names
    assert same_pixels(Image.open(io.BytesIO(jpeg.taken_apart(data).coded)), Image.open(io.BytesIO(data)))


def test_a_picture_that_fits_is_sent_byte_for_byte_if_it_is_bare():
    for name in sorted(PIXELS):
        data = saved(drawn(), name)
        assert fit(data, "", rules(1_000_000)).data == data


def test_what_comes_after_the_end_is_dropped_a_second_picture_too():
    first, second = saved(drawn(64), "JPEG"), saved(photographed(64), "JPEG")
    data = with_segments(first, segment(0xE2, b"MPF\0" + b"\0" * 20)) + second
    fitted = fit(data, "", rules())
    assert fitted.data == first
    assert fitted.removed == ("second picture", "bytes after its end")


def test_a_gamma_that_differs_from_srgb_is_worked_into_the_pixels_and_srgbs_own_is_not():
    grey = saved(Image.new("RGB", (9, 9), (128, 128, 128)))
    for value, shown in ((45_455, 128), (100_000, 188)):  # half of the light is 188 in sRGB
        fitted = fit(with_chunks(grey, chunk(b"gAMA", struct.pack(">I", value))), "", rules())
        assert reopened(fitted).getpixel((4, 4))[0] == shown
    assert b"gAMA" not in fitted.data
    both = with_chunks(grey, chunk(b"gAMA", struct.pack(">I", 100_000)), chunk(b"sRGB", b"\0"))
    assert reopened(fit(both, "", rules())).getpixel((4, 4))[0] == 128


# Hostile files


def test_a_bomb_of_text_or_profile_is_never_unpacked():
    bomb = zlib.compress(bytes(40_000_000), 9)
    for name, start in ((b"zTXt", b"a\0\0"), (b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0"), (b"iCCP", b"a\0\0")):
        data = with_chunks(saved(drawn(64)), chunk(name, start + bomb))
        assert same_pixels(reopened(fit(data, "", rules())), drawn(64))


def test_a_jpeg_of_thousands_of_passes_is_refused_at_once():
    data = saved(Image.new("RGB", (1000, 1000), "red"), "JPEG", progressive=True)
    at = data.rindex(b"\xff\xda")
    started = time.monotonic()
    with pytest.raises(Unfit, match="passes"):
        fit(data[:-2] + data[at:-2] * 20_000 + b"\xff\xd9", "", rules())
    assert time.monotonic() - started < 2


def test_an_animation_is_seen_before_a_frame_is_decoded():
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue")]
    for name, apart in (*APART.items(), ("GIF", gif.taken_apart)):
        if name != "JPEG":
            with pytest.raises(Unfit, match="animation"):
                apart(saved(frames[0], name, save_all=True, append_images=frames[1:]))


@given(st.sampled_from([*APART.values(), gif.taken_apart]), st.binary(max_size=300), st.integers(0, 40))
def test_any_bytes_are_taken_apart_or_unfit(apart, rubbish, cut):
    for start in (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0\0\4ab", b"RIFF\0\0\0\0WEBP", b"GIF89a\1\0\1\0\x80\0\0"):
        with suppress(Unfit):
            apart(start[: max(12, len(start) - cut)] + rubbish)


def test_an_avif_is_read_and_its_canvas_may_lie():
    pytest.importorskip("PIL._avif")
    data = saved(drawn(80), "AVIF", quality=95, exif=located())
    fitted = fit(data, "", rules())
    assert reopened(fitted).size == (80, 80)
    assert fitted.removed == ("GPS position", "EXIF")
    at = data.index(b"ispe") + 8
    liar = data[:at] + struct.pack(">II", 20_000, 20_000) + data[at + 8 :]
    with pytest.raises(Unfit, match=r"megapixels|AVIF"):
        fit(liar, "", rules())


def heic(image, **options):
    maker = pytest.importorskip("pillow_heif", reason="pillow-heif, of the extra heic, is not installed")
    if not maker.libheif_info()["encoders"]:
        pytest.skip("this pillow-heif cannot make a HEIC")
    out = io.BytesIO()
    maker.from_pillow(image).save(out, quality=95, **options)
    return out.getvalue()


def test_a_heic_as_phones_take_them_is_read_turned_upright_once_and_sent_as_something_else():
    image = Image.new("RGB", (128, 64), "white")
    image.paste("red", (0, 0, 64, 32))  # top left
    exif = Image.Exif()
    exif[0x0112], exif[0x8825] = 6, {1: "N", 2: (50.0, 27.0, 0.0)}
    for shown, size, red_at in ((image, (128, 64), (8, 8)), (image.rotate(90, expand=True), (64, 128), (8, 120))):
        fitted = fit(heic(shown), "", rules())
        assert reopened(fitted).size == size
        assert fitted.picture.mime in ("image/webp", "image/jpeg")
        assert fitted.notes[-1].startswith("HEIC ")
        red, green, _ = reopened(fitted).convert("RGB").getpixel(red_at)
        assert (red > 200, green < 60) == (True, True)
    turned = fit(heic(image, exif=exif.tobytes()), "", rules())
    assert reopened(turned).size == (64, 128)
    assert turned.removed == ("GPS position", "EXIF")
    red, green, _ = reopened(turned).convert("RGB").getpixel((56, 8))  # top right
    assert (red > 200, green < 60) == (True, True)


def test_a_heic_cut_short_is_unfit_and_its_canvas_may_lie():
    data = heic(drawn(128))
    at = data.index(b"ispe") + 8
    liar = data[:at] + struct.pack(">II", 20_000, 20_000) + data[at + 8 :]
    for broken in (data[: len(data) // 2], liar):
        with pytest.raises(Unfit, match=r"megapixels|HEIC"):
            fit(broken, "", rules())


# As another reader sees it


@pytest.fixture(scope="module")
def exiftool():
    """The names of all that exiftool finds in the pictures of a folder."""
    here = Path(__file__).parent
    program = (
        installed(here / "exiftool", here.parent / ".cache") / "node_modules" / "exiftool-vendored.pl" / "bin" / "exiftool"
    )

    def told(folder: Path) -> dict[str, set[str]]:
        done = subprocess.run(["perl", program, "-json", "-G1", "-a", "-u", folder], capture_output=True, check=True)
        return {Path(each["SourceFile"]).name: set(each) for each in json.loads(done.stdout)}

    return told


IPTC = b"Photoshop 3.0\08BIM\x04\x04\0\0\0\0\0\x18\x1c\x02\x50\0\x13" + PLANTED[:19].encode()
LOADED = {
    "PNG": lambda image: with_chunks(
        saved(image, exif=located(), dpi=(72, 72)),
        chunk(b"tIME", bytes(7)),
        chunk(b"tEXt", b"Author\0" + PLANTED.encode()),
        chunk(b"zTXt", b"Raw profile type iptc\0\0" + zlib.compress(PLANTED.encode())),
        chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + XMP),
    ),
    "JPEG": lambda image: with_segments(
        saved(image, "JPEG", exif=located(), xmp=XMP, comment=PLANTED),
        segment(0xED, IPTC),
        segment(0xE2, b"FPXR\0" + PLANTED.encode()),
    ),
    "WEBP": lambda image: saved(image, "WEBP", exif=located(), xmp=XMP),
}


def test_exiftool_finds_nothing_that_identifies_in_what_is_sent(exiftool, tmp_path):
    before, after, bare = (tmp_path / name for name in ("before", "after", "bare"))
    for folder in (before, after, bare):
        folder.mkdir()
    for name, load in LOADED.items():
        (bare / f"{name}.{name.lower()}").write_bytes(saved(drawn(200), name))
        data = load(drawn(200)) + PLANTED.encode()
        (before / f"{name}.{name.lower()}").write_bytes(data)
        for limit in (0, 6_000):
            fitted = fit(data, "", rules(limit))
            assert PLANTED.encode() not in fitted.data
            (after / f"{name}{limit}.{fitted.picture.mime[6:]}").write_bytes(fitted.data)
    assert all("GPS:GPSLatitude" in found for found in exiftool(before).values())
    harmless = {"RIFF:AlphaIsUsed", "RIFF:WebP_Flags"}.union(*exiftool(bare).values())  # of the pixels, as WebPs say
    for name, found in exiftool(after).items():
        assert found - harmless == set(), name
