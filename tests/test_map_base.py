"""What lies under a map: pictures and tiles come to lie where they belong."""

from __future__ import annotations

import io
import math
from dataclasses import replace

import pytest
from PIL import Image, ImageDraw

from bot.media.maps.drawing import draw
from bot.media.maps.model import Base, Bounds, Map
from bot.media.maps.page.base import MOST, ground, placed
from bot.media.maps.page.worldfile import bounds, names
from bot.media.maps.view import showing
from bot.media.unfit import Unfit

SIZE, BOX = (300, 240), (0, 40, 300, 220)
HERE = Bounds(0, 45, 2, 46)
GROUND = "#f0f0f0"
PROJECTIONS = ["mercator", "equirectangular"]


def png(image):
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def crossed(place, lon, lat, mode="RGB"):
    """A picture of 1000 pixels, white (or clear), with a red spot at a position."""
    image = Image.new(mode, (1000, 1000), "white" if mode == "RGB" else (255, 255, 255, 0))
    x = (lon - place.west) / (place.east - place.west) * 1000
    y = (place.north - lat) / (place.north - place.south) * 1000
    ImageDraw.Draw(image).ellipse((x - 25, y - 25, x + 25, y + 25), "red")
    return png(image)


def middle_of_red(image):
    """The middle of what is red, in pixels."""
    green = image.getchannel("G")
    mask = Image.eval(green, lambda value: 255 if value < 100 else 0)
    box = mask.getbbox()
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2


def laid(base, view, read=None, tiles=None):
    return ground(placed(base, read), view, SIZE, GROUND, read, tiles)


@pytest.mark.parametrize("projection", PROJECTIONS)
@pytest.mark.parametrize("place", [HERE, Bounds(-4, 42, 6, 50), Bounds(0.5, 45.2, 1.2, 45.9)])
def test_a_picture_lies_where_it_belongs(place, projection) -> None:
    view = showing(HERE, BOX, projection)
    picture, notes = laid(Base("p.png", place), view, lambda _: crossed(place, 1, 45.6))
    x, y = middle_of_red(picture)
    truth = view.xy(1, 45.6)
    assert notes == ()
    assert abs(x - truth[0]) <= 1
    assert abs(y - truth[1]) <= 1


def test_beside_the_picture_and_the_map_the_ground_is_plain() -> None:
    view = showing(HERE, BOX)
    small = Bounds(0.8, 45.4, 1.2, 45.6)
    picture, _ = laid(Base("p.png", small), view, lambda _: crossed(small, 1, 45.5))
    assert picture.getpixel((5, 130)) == picture.getpixel((150, 20)) == (240, 240, 240)
    assert picture.getpixel((150, 230)) == (240, 240, 240)


def test_what_is_clear_in_a_picture_shows_the_ground() -> None:
    view = showing(HERE, BOX)
    picture, _ = laid(Base("p.png", HERE), view, lambda _: crossed(HERE, 1, 45.6, "RGBA"))
    assert picture.getpixel((60, 60)) == (240, 240, 240)
    assert middle_of_red(picture)


def test_a_world_file_says_where_a_picture_lies() -> None:
    world = b"0.002\n0\n0\n-0.001\n0.001\n45.9995\n"
    files = {"maps/p.png": crossed(HERE, 1, 45.6), "maps/p.wld": world}

    def read(name):
        if name not in files:
            raise Unfit("no such file")
        return files[name]

    view = showing(HERE, BOX)
    by_file, _ = laid(Base("maps/p.png"), view, read)
    by_bounds, _ = laid(Base("maps/p.png", HERE), view, read)
    assert by_file.tobytes() == by_bounds.tobytes()


def test_a_map_of_a_picture_with_a_world_file_shows_the_picture_and_one_of_no_use_is_told() -> None:
    files = {"p.png": crossed(HERE, 1, 45.5), "p.wld": b"0.002\n0\n0\n-0.001\n0.001\n45.9995\n"}

    def read(name):
        if name not in files:
            raise Unfit("no such file")
        return files[name]

    asked = Map("m", size=(400, 400), scale_bar=False, north_arrow=False, base=Base("p.png"))
    by_bounds = replace(asked, base=Base("p.png", HERE))
    assert draw(asked, (), read).data == draw(by_bounds, (), read).data
    files["p.wld"] = b"10 0 0 -10 250000 6700000"
    with pytest.raises(Unfit, match=r"p\.wld: it is not in degrees – "):
        draw(asked, (), read)


def test_a_world_file_has_one_of_three_names() -> None:
    assert list(names("maps/relief.png")) == ["maps/relief.pgw", "maps/relief.pngw", "maps/relief.wld"]
    assert next(names("a.jpeg")) == "a.jgw"


@pytest.mark.parametrize(
    ("world", "said"),
    [
        (b"", "six numbers"),
        (b"1 2 3", "six numbers"),
        (b"\xff\xfe", "six numbers"),
        (b"0.1 0.2 0 -0.1 5 50", "turned"),
        (b"0.1 0 0 0.1 5 50", "turned"),
        (b"10 0 0 -10 250000 6700000", "degrees"),
        (b"nan 0 0 -0.1 5 50", "turned"),
        (b"0.001 0 0 -0.1 nan 50", "degrees"),
        (b"0.001 0 0 -0.1 inf 50", "degrees"),
    ],
)
def test_a_world_file_that_is_of_no_use_says_why(world, said) -> None:
    with pytest.raises(Unfit, match=f"{said}.* – "):
        bounds(world, (100, 100))


def test_a_picture_without_a_place_and_one_that_is_none_are_refused() -> None:
    def read(name):
        if name == "p.png":
            return crossed(HERE, 1, 45.5)
        raise Unfit("no such file")

    with pytest.raises(Unfit, match=r"p\.png: nothing says where it lies – .*p\.pgw"):
        laid(Base("p.png"), showing(HERE, BOX), read)
    with pytest.raises(Unfit, match=r"p\.png: not a picture"):
        laid(Base("p.png", HERE), showing(HERE, BOX), lambda _: b"hello")


def spotted(lon, lat):
    """Tiles that are white, with a red spot at a position; and what was asked for."""
    asked = []

    def tiles(z, x, y):
        asked.append((z, x, y))
        image = Image.new("RGB", (256, 256), "white")
        at_x = (lon + 180) / 360 * 2**z - x
        at_y = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * 2**z - y
        ImageDraw.Draw(image).ellipse((at_x * 256 - 9, at_y * 256 - 9, at_x * 256 + 9, at_y * 256 + 9), "red")
        return png(image)

    return tiles, asked


@pytest.mark.parametrize("projection", PROJECTIONS)
@pytest.mark.parametrize("here", [HERE, Bounds(-30, 20, 60, 70), Bounds(150, -50, 178, -30)])
def test_tiles_lie_where_they_belong(here, projection) -> None:
    lon, lat = here.west * 0.4 + here.east * 0.6, here.south * 0.3 + here.north * 0.7
    tiles, asked = spotted(lon, lat)
    view = showing(here, BOX, projection)
    picture, notes = laid(Base(tiles="t"), view, None, tiles)
    x, y = middle_of_red(picture)
    truth = view.xy(lon, lat)
    assert abs(x - truth[0]) <= 1.5
    assert abs(y - truth[1]) <= 1.5
    assert notes == ()
    assert len(asked) == len(set(asked))


def test_no_more_tiles_are_asked_for_than_is_polite_and_that_is_said() -> None:
    tiles, asked = spotted(1, 45.5)
    view = showing(HERE, (0, 0, 4000, 3000))
    _, notes = ground(Base(tiles="t"), view, (4000, 3000), GROUND, None, tiles)
    assert len(asked) <= MOST
    assert "enlarged" in notes[0]


def test_beyond_the_end_of_the_world_no_tile_is_asked_for() -> None:
    tiles, asked = spotted(0, 0)
    laid(Base(tiles="t"), showing(Bounds(-179, -80, 179, 80), BOX), None, tiles)
    assert all(0 <= x < 2**z and 0 <= y < 2**z for z, x, y in asked)


def test_a_tile_that_is_no_picture_is_named() -> None:
    with pytest.raises(Unfit, match=r"tile \d+/\d+/\d+: not a picture"):
        laid(Base(tiles="t"), showing(HERE, BOX), None, lambda *_: b"<html>")
