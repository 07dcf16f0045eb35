"""What the marks of a map look like: their shapes, and the pixels that become of them."""

from __future__ import annotations

import itertools
import math

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from shapely.geometry import LineString, MultiPolygon, Point, Polygon, box

from bot.media.maps.marks.along import Way, ways
from bot.media.maps.marks.areas import area
from bot.media.maps.marks.arrows import arrow
from bot.media.maps.marks.canvas import Shape, painted
from bot.media.maps.marks.lines import line
from bot.media.maps.marks.patterns import PATTERNS
from bot.media.maps.marks.strokes import PIECE, stroke
from bot.media.maps.marks.symbols import SYMBOLS, point, radius
from bot.media.maps.marks.themes import Mark
from bot.media.maps.words import PATTERNS as NAMES
from bot.media.maps.words import SYMBOLS as SYMBOL_NAMES

WHITE, BLACK = (255, 255, 255), (0, 0, 0)


def sheet(size=(60, 40)):
    return Image.new("RGB", size, WHITE)


def ink(geometry, size=(60, 40), opacity=1.0):
    """The pixels of a black shape, as shares of ink."""
    picture = painted(sheet(size), [Shape(geometry, "#000000", opacity)])
    return [[1 - picture.getpixel((x, y))[0] / 255 for x in range(size[0])] for y in range(size[1])]


def weight(rows):
    return sum(map(sum, rows))


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.floats(2, 58), st.floats(2, 38)), min_size=3, max_size=8))
def test_a_shape_has_as_much_ink_as_it_has_area(corners) -> None:
    shape = shapely.make_valid(Polygon(corners)).buffer(0)
    assert weight(ink(shape)) == pytest.approx(shape.area, abs=0.2 * shape.length + 0.5)


def test_a_hole_stays_open_and_an_island_in_it_is_drawn() -> None:
    ring = box(5, 5, 35, 35).difference(box(10, 10, 30, 30))
    for parts in itertools.permutations([ring, box(15, 15, 20, 20)]):
        rows = ink(MultiPolygon(parts))
        assert (rows[7][7], rows[12][12], rows[17][17]) == (1, 0, 1)


def test_two_areas_that_touch_leave_no_seam() -> None:
    slope = [(0, 0), (60, 0), (60, 10), (0, 31)], [(0, 31), (60, 10), (60, 40), (0, 40)]
    picture = painted(sheet(), [Shape(Polygon(corners), "#000000") for corners in slope])
    assert picture.getcolors() == [(2400, BLACK)]


def test_bands_leave_no_seam() -> None:
    """A picture that is painted in many bands is one picture."""
    wide, tall = 4096, 200
    picture = painted(Image.new("RGB", (wide, tall), WHITE), [Shape(box(0, 0, wide, tall), "#123456", 0.5)])
    assert len(picture.getcolors()) == 1


def test_what_lets_the_ground_through_does_so_evenly() -> None:
    rows = ink(box(10, 10, 30, 30), opacity=0.4)
    assert {round(value, 2) for row in rows[11:29] for value in row[11:29]} == {0.4}
    assert max(itertools.chain(*rows)) == pytest.approx(0.4, abs=0.002)


def test_the_ground_is_left_as_it_was() -> None:
    ground = Image.radial_gradient("L").convert("RGB")
    before = ground.tobytes()
    assert painted(ground, [Shape(box(0, 0, 3, 3), "#000000")]).crop((10, 10, 256, 256)).tobytes() == (
        ground.crop((10, 10, 256, 256)).tobytes()
    )
    assert ground.tobytes() == before


def test_areas_of_one_class_that_overlap_are_not_darker_there() -> None:
    shapes = list(area([box(5, 5, 30, 30), box(20, 10, 50, 35)], Mark("#000000", opacity=0.5), 1))
    assert len(shapes) == 1
    assert shapes[0].geometry.area == pytest.approx(25 * 25 + 30 * 25 - 10 * 20)


def test_an_outlined_area_is_empty() -> None:
    shapes = list(area([box(5, 5, 35, 35)], Mark("#ff0000", "#000000", "outline", width=2), 1))
    assert [shape.colour for shape in shapes] == ["#000000"]


@pytest.mark.parametrize("name", PATTERNS)
def test_a_pattern_stays_in_its_area_and_runs_on_across_a_border(name: str) -> None:
    left, right = box(0, 0, 103, 200), box(103, 0, 200, 200)
    one, other = PATTERNS[name](left, 1), PATTERNS[name](right, 1)
    assert one.within(left.buffer(1e-6))
    if name != "dots":
        together = PATTERNS[name](box(0, 0, 200, 200), 1)
        assert shapely.union(one, other).symmetric_difference(together).area < 1e-6


@pytest.mark.parametrize("name", PATTERNS)
def test_a_pattern_leaves_most_of_its_area_free_and_is_seen(name: str) -> None:
    assert 0.1 < PATTERNS[name](box(0, 0, 300, 300), 1).area / 300**2 < 0.5


def test_dots_are_whole_and_a_small_area_has_one() -> None:
    dots = shapely.get_parts(PATTERNS["dots"](Point(100, 100).buffer(70), 1))
    assert len({round(dot.area, 6) for dot in dots}) == 1
    assert len(shapely.get_parts(PATTERNS["dots"](box(0.5, 0.5, 2, 2), 1))) == 1


def test_every_pattern_and_symbol_that_can_be_written_can_be_drawn() -> None:
    assert {*PATTERNS, "plain", "outline"} == set(NAMES)
    assert set(SYMBOLS) == set(SYMBOL_NAMES)


def teeth(corners, width=4.0):
    """The ink of a front, without that of its line."""
    front = Mark("#000000", width=width, teeth=True)
    (shape,) = line([LineString(corners)], front, 1)
    return [
        part
        for part in shapely.get_parts(shape.geometry.difference(LineString(corners).buffer(width / 2 + 0.1)))
        if part.area > 1
    ]


@pytest.mark.parametrize(
    ("corners", "left"),
    [
        ([(10, 50), (200, 50)], box(0, 0, 300, 50)),  # eastwards: the left side is north, where y is less
        ([(200, 50), (10, 50)], box(0, 50, 300, 100)),
        ([(50, 200), (50, 10)], box(0, 0, 50, 300)),  # northwards
    ],
)
def test_a_front_has_its_teeth_on_the_left(corners, left) -> None:
    found = teeth(corners)
    assert len(found) >= 3
    assert all(tooth.centroid.within(left) for tooth in found)


def test_teeth_are_evenly_apart_and_a_short_front_has_one() -> None:
    middles = [tooth.centroid.x for tooth in teeth([(0, 50), (310, 50)])]
    gaps = {round(other - one, 3) for one, other in itertools.pairwise(sorted(middles))}
    assert len(gaps) == 1
    assert len(teeth([(0, 50), (9, 50)])) == 1


def test_a_front_in_pieces_is_one_line_in_its_direction() -> None:
    pieces = [LineString([(0, 0), (50, 0)]), LineString([(50, 0), (100, 0)])]
    (whole,) = ways(shapely.MultiLineString(pieces))
    assert (whole.corners[0], whole.corners[-1]) == ((0, 0), (100, 0))


def test_dashes_begin_and_end_with_ink() -> None:
    (shape,) = line([LineString([(0, 5), (97, 5)])], Mark("#000000", width=2, dash=(9, 6)), 1)
    dashes = sorted(part.bounds for part in shapely.get_parts(shape.geometry))
    assert (dashes[0][0], dashes[-1][2]) == (pytest.approx(0), pytest.approx(97))
    assert len({round(right - left, 6) for left, _, right, _ in dashes}) == 1


def test_the_casings_of_a_crossing_lie_under_both_lines() -> None:
    shapes = list(
        line([LineString([(0, 5), (50, 5)]), LineString([(25, 0), (25, 30)])], Mark("#000000", "#ffffff", width=2), 1)
    )
    assert [shape.colour for shape in shapes] == ["#ffffff", "#000000"]


def test_an_arrow_widens_and_ends_in_its_tip() -> None:
    found = arrow(Way([(0, 0), (200, 0)]), 16)
    widths = [found.intersection(LineString([(x, -50), (x, 50)])).length for x in (5, 80, 150)]
    assert widths == sorted(widths)
    assert found.bounds[2] == pytest.approx(200)
    assert found.intersection(LineString([(170, -50), (170, 50)])).length > 1.5 * widths[-1]  # the head


def test_a_short_arrow_is_a_small_one() -> None:
    assert arrow(Way([(0, 0), (20, 0)]), 16).bounds[2] == pytest.approx(20)


@pytest.mark.parametrize("name", SYMBOLS)
def test_a_symbol_is_in_its_box_and_has_a_casing(name: str) -> None:
    mark = Mark("#000000", "#ffffff", symbol=name, size=20)
    casing, form = point([(50, 50)], mark, 1)
    reach = radius(mark, 1)
    assert reach < 1.4 * 20 / 2
    assert form.geometry.within(casing.geometry)
    assert casing.geometry.within(box(50 - reach, 50 - reach, 50 + reach, 50 + reach).buffer(1e-6))


@given(st.lists(st.tuples(st.floats(0, 100), st.floats(0, 100)), min_size=2, max_size=6, unique=True), st.floats(0, 1))
def test_a_way_is_walked_as_shapely_walks_it(corners, share) -> None:
    way, truth = Way(corners), LineString(corners)
    assert way.length == pytest.approx(truth.length)
    walked = truth.interpolate(share * truth.length)
    assert math.dist(way.at(share * way.length), (walked.x, walked.y)) < 1e-6
    assert way.between(0, share * way.length + 1e-9).length == pytest.approx(share * truth.length, abs=1e-6)


def test_a_long_line_is_as_wide_as_a_short_one() -> None:
    """It is covered piece by piece; the pieces leave no notch."""
    wave = LineString([(x / 4, 10 * math.sin(x / 20)) for x in range(5 * PIECE)])
    assert stroke(wave, 4).symmetric_difference(wave.buffer(2)).area < 0.1


def test_a_front_drawn_with_a_shaking_hand_does_not_hang() -> None:
    """20 000 corners within the line's own width took GEOS half a minute in one go."""
    noise = LineString([(x / 40, 5 * math.sin(x * x)) for x in range(4000)])
    assert stroke(noise, 5).area == pytest.approx(105 * 15, rel=0.1)
