"""Pictures from outside, hostile ones too, and what a network gets of them."""

from __future__ import annotations

import hashlib
import io
import os
import random
import struct
import zlib
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageCms, ImageDraw, ImageStat
from PIL.PngImagePlugin import PngInfo

from bot.core.rules import Rules
from bot.media import opening
from bot.media.fit import Fitted, fit, read
from bot.media.unfit import Unfit

PLANTED = "planted by the author"
ALL = ("image/png", "image/jpeg", "image/webp")


def rules(size=0, pixels=0, types=ALL):
    return Rules("plain", 300, 4, size, types, "these tests", picture_pixels=pixels)


def saved(image, name="PNG", **options):
    out = io.BytesIO()
    image.save(out, name, **options)
    return out.getvalue()


def reopened(fitted: Fitted):
    """The picture as a network would see it, after every claim about it was checked."""
    image = Image.open(io.BytesIO(fitted.data))
    image.load()
    claim = fitted.picture
    assert (claim.width, claim.height) == image.size
    assert claim.mime == Image.MIME[image.format]
    assert claim.size == len(fitted.data)
    assert claim.sha256 == hashlib.sha256(fitted.data).hexdigest()
    return image


def same_pixels(one, other):
    return one.size == other.size and one.convert("RGBA").tobytes() == other.convert("RGBA").tobytes()


def distance(one, other):
    """Root mean square of the difference, 0 to 255, of the worst channel."""
    return max(ImageStat.Stat(ImageChops.difference(one.convert("RGB"), other.convert("RGB"))).rms)


def drawn(side=240, seed=1):
    """Like a map: flat areas, thin lines, a few colours."""
    dice = random.Random(seed)
    image = Image.new("RGB", (side, side), "#eef2e6")
    pen = ImageDraw.Draw(image)
    for _ in range(60):
        x, y = dice.randrange(side), dice.randrange(side)
        colour = dice.choice(["#a8c8e8", "#d8d0b0", "#c0d8a8", "#b03030", "#404040"])
        if dice.random() < 0.3:
            pen.rectangle((x, y, x + side // 5, y + side // 6), colour)
        else:
            pen.line((x, y, dice.randrange(side), dice.randrange(side)), colour, 1 + side // 400)
            pen.text((x, y), "Mostyszcze", "black")
    return image


def photographed(side=600):
    """Like a photo: a smooth scene under noise, which no lossless coding makes small."""
    noise = Image.frombytes("RGB", (side, side), random.Random(2).randbytes(side * side * 3))
    scene = Image.radial_gradient("L").resize((side, side)).convert("RGB")
    return Image.blend(scene, noise, 0.35)


def located():
    exif = Image.Exif()
    exif[0x010E] = PLANTED
    exif[0x8825] = {1: "N", 2: (50.0, 27.0, 0.0), 3: "E", 4: (30.0, 31.0, 0.0)}
    return exif.tobytes()


def turned():
    exif = Image.Exif()
    exif[0x0112] = 6
    return exif.tobytes()


def png_with_header(width, height):
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(b"\0" * 999)), (b"IEND", b"")]
    pieces = [struct.pack(">I", len(b)) + n + b + struct.pack(">I", zlib.crc32(n + b)) for n, b in chunks]
    return b"\x89PNG\r\n\x1a\n" + b"".join(pieces)


XMP = f"<x:xmpmeta xmlns:x='adobe:ns:meta/'><exif:GPSLatitude>50,27N {PLANTED}</exif:GPSLatitude></x:xmpmeta>".encode()


# Reading


def test_a_file_is_read_whole(tmp_path):
    (tmp_path / "map.png").write_bytes(b"anything")
    assert read(tmp_path / "map.png") == b"anything"


def test_a_missing_file_a_folder_and_a_pipe_are_unfit(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for name, words in (("absent.png", "no such file"), ("", "not a file"), ("pipe", "not a file")):
        with pytest.raises(Unfit, match=words) as caught:
            read(tmp_path / name)
        assert str(tmp_path) not in str(caught.value)


def test_a_name_that_no_file_can_have_is_unfit(tmp_path):
    for name in ("a\0b", "x" * 5000):
        with pytest.raises(Unfit):
            read(tmp_path / name)


def test_a_file_over_the_limit_is_not_read_to_its_end(tmp_path, monkeypatch):
    monkeypatch.setattr(opening, "MAX_BYTES", 10)
    (tmp_path / "exact").write_bytes(b"x" * 10)
    with (tmp_path / "over").open("wb") as file:
        file.truncate(2**40)  # a hole: takes no room on the disk, but would in memory
    assert read(tmp_path / "exact") == b"x" * 10
    with pytest.raises(Unfit, match="larger than"):
        read(tmp_path / "over")


# What is refused


ANIMATION = [Image.new("RGB", (8, 8), colour) for colour in ("red", "green", "blue")]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"plain words", "not a picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG.*export it as PNG"),
        (b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- a map -->\n<svg width='1'/>", "SVG.*export it as PNG"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "HEIC.*export it as PNG"),
        (b"\0\0\0\x18ftypavif\0\0\0\0mif1", "AVIF.*export it as PNG"),
        (b"%PDF-1.7\n", "PDF.*export it as PNG"),
        (saved(Image.new("RGB", (9, 9)), "TIFF"), "TIFF.*export it as PNG"),
        (saved(Image.new("RGB", (9, 9)), "BMP"), "BMP.*export it as PNG"),
        (saved(ANIMATION[0], "GIF", save_all=True, append_images=ANIMATION[1:]), "animation"),
        (saved(ANIMATION[0], "PNG", save_all=True, append_images=ANIMATION[1:]), "animation"),
        (saved(ANIMATION[0], "WEBP", save_all=True, append_images=ANIMATION[1:]), "animation"),
        (saved(drawn(), "PNG")[:-400], "cut short"),
        (saved(drawn(), "JPEG")[:-400], "cut short"),
        (saved(drawn(), "WEBP")[:-400], "cut short"),
        (saved(drawn(), "PNG")[:12], "cut short"),
        (png_with_header(30_000, 30_000), "30000×30000 pixels, over 50 megapixels"),
        (png_with_header(2**31 - 1, 2**31 - 1), "over 50 megapixels"),
        (png_with_header(5_000, 10_000), "cut short"),
    ],
)
def test_what_cannot_be_used_is_refused_in_one_clear_line(data, words):
    with pytest.raises(Unfit, match=words) as caught:
        fit(data, "", rules())
    assert "\n" not in str(caught.value)
    assert "–" in str(caught.value)  # what to do next


def test_the_limit_of_pixels_is_itself_allowed(monkeypatch):
    monkeypatch.setattr(opening, "MAX_PIXELS", 100)
    assert fit(saved(Image.new("RGB", (10, 10))), "", rules()).picture.width == 10
    with pytest.raises(Unfit, match="10×11 pixels"):
        fit(saved(Image.new("RGB", (10, 11))), "", rules())


def test_a_network_that_takes_nothing_we_write_makes_every_picture_unfit():
    with pytest.raises(Unfit, match="takes no PNG"):
        fit(saved(drawn()), "", rules(types=("image/gif",)))


def test_a_limit_that_no_picture_meets_is_said_and_not_tried_for_ever():
    with pytest.raises(Unfit, match="smaller than 20 bytes"):
        fit(saved(drawn()), "", rules(20))


SAMPLES = [
    saved(drawn(40), "PNG", exif=located(), pnginfo=None),
    saved(drawn(40).quantize(16), "PNG", transparency=3),
    saved(drawn(40), "JPEG", exif=located(), comment=PLANTED),
    saved(drawn(40).convert("CMYK"), "JPEG"),
    saved(drawn(40), "WEBP", exif=located()),
    saved(drawn(40), "WEBP", lossless=True),
    saved(drawn(40), "GIF"),
    saved(ANIMATION[0], "GIF", save_all=True, append_images=ANIMATION[1:]),
]


@st.composite
def mutations(draw):
    data = bytearray(draw(st.sampled_from(SAMPLES)))
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, len(data) - 1))
        if draw(st.booleans()):
            data[at] = draw(st.integers(0, 255))
        else:
            data[at : at + draw(st.integers(0, 9))] = draw(st.binary(max_size=9))
        data = data or bytearray(b"\0")
    return bytes(data)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.one_of(st.binary(max_size=200), mutations()), st.sampled_from([0, 600, 5_000]))
def test_any_bytes_at_all_are_fitted_or_unfit(data, limit):
    try:
        fitted = fit(data, "", rules(limit))
    except Unfit:
        return
    assert not limit or len(fitted.data) <= limit
    reopened(fitted)


# What is removed


@pytest.mark.parametrize("name", ["PNG", "JPEG", "WEBP"])
@pytest.mark.parametrize("limit", [0, 4_000])
def test_nothing_that_identifies_is_left_and_a_position_is_named(name, limit):
    text = PngInfo()
    text.add_text("Author", PLANTED)
    text.add_itxt("XML:com.adobe.xmp", XMP.decode())
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    extras = {"PNG": {"pnginfo": text}, "JPEG": {"comment": PLANTED, "xmp": XMP}, "WEBP": {"xmp": XMP}}[name]
    data = saved(drawn(), name, exif=located(), icc_profile=profile, dpi=(300, 300), **extras)
    data += b"hidden behind the end, " + PLANTED.encode()
    assert PLANTED.encode() in data

    fitted = fit(data, "", rules(limit))

    for trace in (b"Exif", b"EXIF", b"eXIf", b"GPS", b"xmpmeta", b"tEXt", b"iTXt", b"iCCP", b"ICC", PLANTED.encode()):
        assert trace not in fitted.data
    assert reopened(fitted).info.keys() <= HARMLESS
    told = {"PNG": "text", "JPEG": "comment"}.get(name)
    assert fitted.removed[0] == "GPS position"
    assert set(fitted.removed) == {"GPS position", "EXIF", "XMP", "bytes after its end", *([told] if told else [])}


HARMLESS = {"jfif", "jfif_version", "jfif_unit", "jfif_density"}  # what Pillow says of any JPEG
HARMLESS |= {"loop", "background", "timestamp", "duration"}  # and of any WebP


@pytest.mark.parametrize("name", ["PNG", "JPEG", "WEBP"])
def test_a_position_in_exif_alone_is_named_and_no_other_exif_is_taken_for_one(name):
    assert fit(saved(drawn(), name, exif=located()), "", rules()).removed == ("GPS position", "EXIF")
    assert fit(saved(drawn(), name, exif=turned()), "", rules()).removed == ("EXIF",)


def test_a_position_in_xmp_alone_is_named_too():
    assert fit(saved(drawn(), "JPEG", xmp=XMP), "", rules()).removed == ("GPS position", "XMP")


def test_iptc_and_content_credentials_are_removed_and_said():
    iptc = b"Photoshop 3.0\08BIM\x04\x04\0\0\0\0\0\x18\x1c\x02\x50\0\x13" + PLANTED[:19].encode()
    segments = b"\xff\xed" + struct.pack(">H", len(iptc) + 2) + iptc
    segments += b"\xff\xeb" + struct.pack(">H", 30) + b"JP\0\x01\0\0\0\x01jumdc2pa".ljust(28, b"\0")
    data = saved(drawn(), "JPEG")
    fitted = fit(data[:2] + segments + data[2:], "", rules())
    assert fitted.removed == ("IPTC", "content credentials")
    assert b"8BIM" not in fitted.data
    assert b"c2pa" not in fitted.data


@pytest.mark.parametrize("name", ["PNG", "JPEG", "WEBP"])
def test_exif_that_cannot_be_parsed_is_removed_and_the_picture_taken(name):
    for broken in (b"Exif\0\0garbage", b"Exif\0\0II*\0", b"Exif\0\0II*\0\xff\xff\xff\xff", located()[:40]):
        fitted = fit(saved(drawn(), name, exif=broken), "", rules())
        assert reopened(fitted).info.keys() <= HARMLESS
        assert fitted.removed == ("EXIF",)


def test_a_clean_picture_that_fits_has_nothing_said_about_it():
    assert fit(saved(drawn()), "", rules()).notes == ()


# What becomes of the pixels


@pytest.mark.parametrize(
    "image",
    [drawn(), drawn().quantize(32), drawn().convert("L"), drawn().convert("1"), Image.new("RGBA", (5, 5), "#ff000080")],
    ids=["RGB", "P", "L", "1", "RGBA"],
)
def test_a_png_that_fits_keeps_every_pixel(image):
    fitted = fit(saved(image), "alt", rules(1_000_000))
    assert fitted.picture.mime == "image/png"
    assert fitted.picture.alt == "alt"
    assert same_pixels(reopened(fitted), image)


def test_a_palette_stays_a_palette_with_its_transparency():
    image = drawn().quantize(16)
    data = saved(image, transparency=bytes([0, 128, 255]))
    kept = reopened(fit(data, "", rules()))
    assert kept.mode == "P"
    assert same_pixels(kept, Image.open(io.BytesIO(data)))


def test_a_gif_leaves_as_a_png_with_the_same_pixels():
    image = drawn().quantize(16)
    fitted = fit(saved(image, "GIF"), "", rules(types=(*ALL, "image/gif")))
    assert fitted.picture.mime == "image/png"
    assert same_pixels(reopened(fitted), image)
    assert fitted.notes[-1].startswith("GIF ")


@pytest.mark.parametrize("image", [drawn(), Image.new("RGBA", (5, 5), "#ff000080")], ids=["RGB", "RGBA"])
@pytest.mark.parametrize("lossless", [True, False])
def test_a_webp_that_fits_keeps_every_pixel_and_loses_only_its_metadata(image, lossless):
    bare = saved(image, "WEBP", lossless=lossless)
    fitted = fit(saved(image, "WEBP", lossless=lossless, exif=located(), xmp=XMP), "", rules())
    assert fitted.picture.mime == "image/webp"
    assert same_pixels(reopened(fitted), Image.open(io.BytesIO(bare)))
    assert len(fitted.data) <= len(bare) + 18  # an extended header
    assert fitted.data[12:16] != b"VP8X" or fitted.data[20] & ~0x10 == 0  # that announces no metadata
    assert fitted.removed == ("GPS position", "EXIF", "XMP")


def test_a_jpeg_that_fits_keeps_its_own_tables():
    data = saved(photographed(), "JPEG", quality=71)
    fitted = fit(data, "", rules(1_000_000))
    before, after = Image.open(io.BytesIO(data)), reopened(fitted)
    assert after.quantization == before.quantization
    assert distance(before, after) < 1
    assert abs(len(fitted.data) - len(data)) < len(data) / 50


def test_a_picture_lying_on_its_side_is_turned_upright():
    image = Image.new("RGB", (64, 32), "white")
    image.paste("red", (0, 0, 32, 16))  # top left; top right once turned by a quarter
    for name in ("JPEG", "PNG", "WEBP"):
        fitted = fit(saved(image, name, exif=turned()), "", rules())
        upright = reopened(fitted).convert("RGB")
        assert upright.size == (32, 64)
        red, green, _ = upright.getpixel((28, 4))
        assert (red > 200, green < 60) == (True, True)
        assert "turned upright" in fitted.notes


def test_colours_of_another_profile_are_converted_and_srgb_is_left_alone():
    srgb = ImageCms.createProfile("sRGB")
    plain = saved(drawn(), icc_profile=ImageCms.ImageCmsProfile(srgb).tobytes())
    assert same_pixels(reopened(fit(plain, "", rules())), drawn())

    swapped = ImageCms.ImageCmsProfile(srgb).tobytes().replace(b"rXYZ", b"tmpZ").replace(b"bXYZ", b"rXYZ")
    swapped = swapped.replace(b"tmpZ", b"bXYZ")  # a profile in which red means blue
    for image in (Image.new("RGB", (9, 9), "red"), Image.new("RGB", (9, 9), "red").quantize(2)):
        fitted = fit(saved(image, icc_profile=swapped), "", rules())
        red, _, blue = reopened(fitted).convert("RGB").getpixel((4, 4))
        assert (red < 30, blue > 225) == (True, True)
        assert "colours converted to sRGB" in fitted.notes


def test_an_unreadable_profile_is_dropped_and_said():
    fitted = fit(saved(drawn(), icc_profile=b"no profile at all"), "", rules())
    assert same_pixels(reopened(fitted), drawn())
    assert any("profile unreadable" in note for note in fitted.notes)


def test_cmyk_and_sixteen_bits_become_what_every_screen_shows():
    assert reopened(fit(saved(drawn().convert("CMYK"), "JPEG"), "", rules())).mode == "RGB"
    deep = Image.new("I;16", (4, 4), 0x8000)
    assert reopened(fit(saved(deep), "", rules())).getpixel((0, 0)) == 0x80


def test_transparency_is_kept_where_it_can_be_and_white_elsewhere():
    image = Image.new("RGBA", (50, 50), (255, 0, 0, 0))
    image.paste((0, 0, 255, 255), (10, 10, 40, 40))
    for mime in ("image/png", "image/webp"):
        assert reopened(fit(saved(image), "", rules(types=(mime,)))).convert("RGBA").getpixel((1, 1))[3] == 0
    flat = fit(saved(image), "", rules(types=("image/jpeg",)))
    assert min(reopened(flat).getpixel((1, 1))) > 250
    assert "transparency on white" in flat.notes[-1]


# Fitting


def test_a_map_stays_full_size_and_lossless_where_a_jpeg_would_not():
    image = drawn(2400)
    data = saved(image, compress_level=1)
    assert len(data) > 100_000
    fitted = fit(data, "", rules(70_000))
    assert len(fitted.data) <= 70_000
    assert same_pixels(reopened(fitted), image)


def test_a_busy_map_gives_up_colours_before_pixels():
    image = drawn(800)
    shade = Image.linear_gradient("L").resize(image.size).convert("RGB")
    image = Image.blend(image, shade, 0.2)  # hundreds of colours, still flat
    lossless = len(fit(saved(image), "", rules(types=("image/png",))).data)
    fitted = fit(saved(image), "", rules(lossless * 9 // 10, types=("image/png",)))
    assert reopened(fitted).size == image.size
    assert "PNG 256 colours" in fitted.notes[-1]


@pytest.mark.parametrize("types", [ALL, ("image/jpeg",), ("image/jpeg", "image/png")])
def test_a_photo_gives_up_quality_before_pixels(types):
    fitted = fit(saved(photographed()), "", rules(150_000, types=types))
    assert len(fitted.data) <= 150_000
    assert reopened(fitted).size == (600, 600)
    assert "same size" in fitted.notes[-1]


def test_the_highest_quality_that_fits_is_taken():
    image = photographed(300)
    roomy = len(saved(image, "JPEG", quality=80, subsampling=0, progressive=True))
    fitted = fit(saved(image), "", rules(roomy, types=("image/jpeg",)))
    assert len(fitted.data) == roomy
    assert "quality 80" in fitted.notes[-1]


def test_noise_that_outgrows_a_progressive_jpeg_is_coded_all_the_same():
    noise = Image.frombytes("RGB", (300, 300), random.Random(3).randbytes(300 * 300 * 3))
    fitted = fit(saved(noise), "", replace(rules(types=("image/jpeg",)), picture_quality=94))
    assert reopened(fitted).size == (300, 300)


def test_a_jpeg_of_a_map_keeps_its_colours_sharp():
    fitted = fit(saved(drawn()), "", rules(types=("image/jpeg",)))
    assert [layer[1:3] for layer in reopened(fitted).layer] == [(1, 1)] * 3  # 4:4:4


@pytest.mark.parametrize("types", [ALL, ("image/jpeg",), ("image/png",), ("image/webp",)])
def test_pixels_go_last_and_only_as_many_as_must(types):
    fitted = fit(saved(photographed()), "", rules(20_000, types=types))
    assert 12_000 < len(fitted.data) <= 20_000
    width, height = reopened(fitted).size
    assert width == height < 600


def test_no_limit_is_passed_by_a_single_byte():
    data = saved(photographed(60))
    for limit in range(200, 6_000, 61):
        assert len(fit(data, "", rules(limit)).data) <= limit


def test_too_many_pixels_for_the_network_are_resized_to_fit_and_keep_their_shape():
    fitted = fit(saved(drawn().resize((900, 300))), "", rules(pixels=30_000))
    assert reopened(fitted).size == (300, 100)
    assert "300×100" in fitted.notes[-1]


def test_a_palette_is_left_behind_when_pixels_are_blended():
    data = saved(drawn(900).quantize(4))
    assert len(reopened(fit(data, "", rules(pixels=90_000))).convert("RGB").getcolors(90_000)) > 4


def test_nothing_is_ever_enlarged():
    for data in SAMPLES[:-1]:
        image = reopened(fit(data, "", rules(1_000_000, 1_000_000)))
        assert image.size == (40, 40)


@pytest.mark.parametrize("size", [(1, 1), (30_000, 10), (10, 30_000), (1, 3)])
@pytest.mark.parametrize("types", [ALL, ("image/jpeg",), ("image/webp",)])
def test_tiny_and_extreme_pictures_work(size, types):
    picture = reopened(fit(saved(Image.new("RGB", size, "navy")), "", rules(50_000, 250_000, types)))
    assert max(picture.size) <= max(size)
    assert picture.width * picture.height <= 250_000


def test_the_same_bytes_give_the_same_bytes():
    for limit in (0, 20_000):
        assert len({fit(saved(photographed(200)), "", rules(limit)) for _ in range(3)}) == 1


def test_what_is_shown_of_a_fitted_picture_is_not_its_bytes():
    assert len(repr(fit(saved(photographed(100)), "", rules()))) < 600
