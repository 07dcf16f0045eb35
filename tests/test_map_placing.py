"""Labels find places where nothing is cut, covered or off the picture: by geometry, and by the pixels of their ink."""

from __future__ import annotations

import itertools
import math
import random
import time
from functools import cache

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageDraw, features
from shapely.affinity import rotate

from bot.media.maps.letters.fonts import system
from bot.media.maps.letters.lettering import Lettering, Line
from bot.media.maps.places import clearing, placing
from bot.media.maps.places.alongside import alongside, readable
from bot.media.maps.places.placing import AreaAnchor, LineAnchor, PointAnchor, Spot, Wanted, placed

FRAME = (0.0, 0.0, 400.0, 300.0)
WIDE = (60.0, 16.0)
SETS = 200
SIZES = (8, 9.5, 12, 16, 24)
NAMES = """
    Saumur Angers Saint-Mathurin-sur-Loire Longué Gennes Ǻrjäng Łódź Þingvellir fjord Київ Санкт-Петербург Θεσσαλονίκη
    الخرطوم خاركيف ירושלים 東京 北京市 서울 กรุงเทพมหานคร ที่นี่ दिल्ली
""".split()


def box(spot: Spot, size) -> shapely.Polygon:
    upright = shapely.box(spot.x, spot.y, spot.x + size[0], spot.y + size[1])
    return rotate(upright, spot.angle, origin=(spot.x, spot.y))


def point(key, x, y, radius=4.0, size=WIDE, priority=0) -> Wanted:
    return Wanted(key, size, PointAnchor(x, y, radius), priority)


def only(wanted, frame=FRAME, obstacles=(), soft=()) -> Spot:
    (spot,), left_out = placed([wanted], frame, obstacles, soft)
    assert left_out == ()
    return spot


def faults(wanted, spots, left_out, frame, obstacles) -> list[str]:
    """Whatever is wrong with labels that were placed."""
    by_key = {one.key: one for one in wanted}
    boxes = {spot.key: box(spot, by_key[spot.key].size) for spot in spots}
    leaders = {spot.key: shapely.LineString(spot.leader) for spot in spots if spot.leader}
    symbols = {one.key: one.anchor for one in wanted if isinstance(one.anchor, PointAnchor)}
    circles = {key: shapely.Point(one.x, one.y).buffer(one.radius) for key, one in symbols.items()}
    solid = [(f"obstacle {at}", shapely.box(*one)) for at, one in enumerate(obstacles)]
    solid += [(f"symbol {key}", circle) for key, circle in circles.items()]
    found = [
        f"{key} would be taken for the label of {other}"
        for key in ({*boxes} - {*leaders}) & {*circles}
        for other in circles
        if boxes[key].distance(circles[other]) < boxes[key].distance(circles[key]) - 1
    ]
    found += [f"{key} twice" for key in by_key if [*boxes, *left_out].count(key) != 1]
    found += [f"{key} is off the picture" for key, one in boxes.items() if not shapely.box(*frame).contains(one)]
    found += [f"{one} covers {other}" for one, other in itertools.combinations(boxes, 2) if boxes[one].intersects(boxes[other])]
    for name, thing in solid:
        found += [f"{key} covers {name}" for key, one in boxes.items() if one.intersects(thing)]
        own = [key for key in leaders if key in circles and circles[key].buffer(1).intersects(thing)]
        found += [f"leader of {key} crosses {name}" for key, one in leaders.items() if key not in own and one.intersects(thing)]
    for key, leader in leaders.items():
        found += [f"leader of {key} crosses {other}" for other, one in boxes.items() if other != key and leader.intersects(one)]
        found += [
            f"leaders of {key} and {other} cross" for other, one in leaders.items() if other > key and leader.intersects(one)
        ]
    return found


@cache
def lettering() -> Lettering:
    return Lettering(system())


@cache
def line_of(letters: Lettering, text: str, size: float, bold: bool, italic: bool) -> Line:
    return letters.line(text, size, bold, italic)


def any_set(seed: int, letters: Lettering):
    """A random map: points in clusters, areas, lines, panels in the corners."""
    dice = random.Random(seed)
    frame = (0.0, 0.0, float(dice.randrange(250, 700)), float(dice.randrange(200, 500)))
    middle = (dice.uniform(0, frame[2]), dice.uniform(0, frame[3]))
    names = NAMES if features.check("raqm") else NAMES[:9]
    wanted, lines = [], []
    for key in range(dice.randrange(2, 26)):
        spread = dice.choice((15, 60, 300))
        x, y = (min(max(dice.gauss(at, spread), 0), side) for at, side in zip(middle, frame[2:], strict=True))
        anchor = dice.choice((PointAnchor(x, y, dice.uniform(2, 8)),) * 6 + (_area(dice, x, y), _line(dice, x, y)))
        line = line_of(letters, dice.choice(names), dice.choice(SIZES), dice.random() < 0.3, dice.random() < 0.3)
        lines.append(line)
        wanted.append(Wanted(key, (line.width, line.height), anchor, dice.randrange(3)))
    obstacles = [(0, 0, dice.uniform(0, 120), dice.uniform(0, 80)), (frame[2] - 90, frame[3] - 50, frame[2], frame[3])]
    return wanted, lines, frame, obstacles


def _area(dice, x, y) -> AreaAnchor:
    return AreaAnchor(
        shapely.Point(x, y).buffer(dice.uniform(5, 90)).union(shapely.Point(x + 60, y).buffer(dice.uniform(5, 60)))
    )


def _line(dice, x, y) -> LineAnchor:
    bend, slope = dice.uniform(0, 60), dice.uniform(-2, 2)
    return LineAnchor(shapely.LineString([(x + t, y + slope * t + bend * math.sin(t / 50)) for t in range(-150, 150, 6)]))


def ink(letters: Lettering, line: Line, spot: Spot) -> tuple[Image.Image, tuple[int, int, int, int]]:
    """The ink of a label, wherever it falls, and the box of the picture that it falls in."""
    left, top, right, bottom = map(round, box(spot, (line.width, line.height)).buffer(60).bounds)
    image = Image.new("RGB", (right - left, bottom - top))
    x, y = spot.baseline(line.ascent)
    letters.draw(image, (x - left, y - top), line, "white", angle=spot.angle)
    edges = image.getbbox()
    assert edges is not None
    return image.convert("L").crop(edges), (left + edges[0], top + edges[1], left + edges[2], top + edges[3])


@pytest.mark.parametrize("part", range(4))
def test_no_label_of_random_sets_is_cut_covered_or_off_the_picture(part):
    """SETS sets, judged by geometry and by ink: every label's ink is all there, on no other's, on no symbol or panel."""
    pytest.importorskip("manimgx_fonts", reason="the extra threadbot[fonts] is not installed")
    letters = lettering()
    for seed in range(part, SETS, 4):
        wanted, lines, frame, obstacles = any_set(seed, letters)
        spots, left_out = placed(wanted, frame, obstacles)
        assert faults(wanted, spots, left_out, frame, obstacles) == [], seed
        used = Image.new("L", (int(frame[2]), int(frame[3])))
        pen = ImageDraw.Draw(used)
        for one in obstacles:
            pen.rectangle(one, 255)
        for one in wanted:
            if isinstance(one.anchor, PointAnchor):
                pen.circle((one.anchor.x, one.anchor.y), one.anchor.radius, 255)
        for spot in spots:
            letters_ink, where = ink(letters, lines[spot.key], spot)
            assert 0 <= where[0] < where[2] <= used.width, (seed, spot)
            assert 0 <= where[1] < where[3] <= used.height, (seed, spot)
            assert ImageChops.multiply(letters_ink, used.crop(where)).getbbox() is None, (seed, spot)
            used.paste(255, where[:2], letters_ink.point(lambda value: 255 * (value > 0)))


def test_a_label_stands_to_the_upper_right_of_its_symbol():
    spot = only(point(0, 200, 150))
    assert (spot.x > 200, spot.y + WIDE[1] < 150, spot.leader) == (True, True, None)


@pytest.mark.parametrize(("x", "y"), [(2, 2), (398, 2), (2, 298), (398, 298), (200, 1), (399, 150)])
def test_at_an_edge_it_stands_where_there_is_room(x, y):
    spot = only(point(0, x, y))
    assert spot.leader is None
    assert shapely.box(*FRAME).contains(box(spot, WIDE))


def test_a_symbol_that_is_walled_in_gets_a_leader():
    walls = [(170, 120, 190, 180), (210, 120, 230, 180), (170, 110, 230, 130)]
    spot = only(point(0, 200, 150, 4, (80, 16)), obstacles=walls)
    assert spot.leader
    start, end = spot.leader
    assert math.dist(start, (200, 150)) == pytest.approx(4)
    assert box(spot, (80, 16)).distance(shapely.Point(end)) < 3


def test_its_own_symbol_may_be_among_the_obstacles():
    spot = only(point(0, 200, 150), obstacles=[(196, 146, 204, 154)])
    assert spot == only(point(0, 200, 150))


def test_a_soft_line_is_avoided_where_that_is_possible_and_crossed_where_not():
    line = shapely.LineString([(0, 130), (400, 130)])
    assert not box(only(point(0, 200, 145), soft=[line]), WIDE).intersects(line)
    walls = [(0, 152, 400, 300), (0, 0, 400, 108)]
    assert only(point(0, 200, 145), obstacles=walls, soft=[line])


def test_a_soft_area_is_only_its_outline():
    area = shapely.box(100, 50, 390, 290)
    assert only(point(0, 200, 150), soft=[area]) == only(point(0, 200, 150))


def test_a_label_that_has_no_room_is_told_and_not_dropped():
    full = [(0, 0, 400, 300)]
    assert placed([point(7, 200, 150)], FRAME, full) == ((), (7,))


CORRIDOR = [(0, 0, 400, 130), (0, 156, 400, 300)]  # no place above or below a symbol at a height of 143


@pytest.mark.parametrize("important", [0, 1])
def test_the_more_important_of_two_gets_the_only_place(important):
    walls = [*CORRIDOR, (0, 130, 110, 156), (215, 130, 400, 156)]
    wanted = [point(key, 120 + 85 * key, 143, 3, priority=int(key == important)) for key in (0, 1)]
    for one in wanted:
        assert only(one, obstacles=walls)
    spots, left_out = placed(wanted, FRAME, walls)
    assert ([spot.key for spot in spots], left_out) == ([important], (1 - important,))


@pytest.mark.parametrize("number", [2, 3])
def test_labels_move_aside_one_after_the_other_for_one_that_has_no_other_place(number):
    """Each finds the better of its two places, on its right; the last one's only place is that of the last but one."""
    walls = [*CORRIDOR, (158 + 82 * (number - 1), 130, 400, 156)]
    wanted = [point(key, 150 + 82 * key, 143, 3, priority=-key) for key in range(number)]
    assert [only(one, obstacles=walls).x > one.anchor.x for one in wanted] == [True] * (number - 1) + [False]
    spots, left_out = placed(wanted, FRAME, walls)
    assert left_out == ()
    assert all(spot.x < one.anchor.x for spot, one in zip(spots, wanted, strict=True))
    assert faults(wanted, spots, left_out, FRAME, walls) == []


def test_as_many_labels_are_placed_as_trying_everything_would():
    """On small crowded sets, where everything can be tried."""
    missed = total = 0
    for seed in range(25):
        dice = random.Random(seed)
        wanted = [point(key, dice.uniform(30, 170), dice.uniform(20, 100), 4, (50, 16)) for key in range(7)]
        spots, _ = placed(wanted, (0.0, 0.0, 200.0, 120.0), ())
        most = best_number(wanted, (0.0, 0.0, 200.0, 120.0))
        assert len(spots) <= most
        missed, total = missed + most - len(spots), total + most
    assert missed <= 0.02 * total


def best_number(wanted, frame) -> int:
    gap = min(max(placing.GAP * 16, placing.GAPS[0]), placing.GAPS[1])
    clearing = placing.Clearing(wanted, frame, (), (), gap)
    every = [clearing.candidates(one) for one in wanted]

    def most(at: int, taken: tuple, missing: int, best: int) -> int:
        """The least number of labels that must be left out, below `best`."""
        if missing >= best:
            return best
        if at == len(every):
            return missing
        for place in every[at]:
            if not any(place.room.intersects(other.room) for other in taken):
                best = most(at + 1, (*taken, place), missing, best)
                if best == 0:
                    return best
        return most(at + 1, taken, missing + 1, best)

    started = time.process_time()
    least = most(0, (), 0, len(wanted))
    assert time.process_time() - started < 20
    return len(wanted) - least


def test_an_area_has_its_label_inside_at_its_visual_middle():
    """The middle of mass of a crescent is outside of it."""
    crescent = shapely.Point(200, 150).buffer(120).difference(shapely.Point(200, 90).buffer(110))
    spot = only(Wanted(0, WIDE, AreaAnchor(crescent)))
    assert crescent.contains(box(spot, WIDE))


def test_an_area_smaller_than_its_label_gets_a_leader():
    spot = only(Wanted(0, WIDE, AreaAnchor(shapely.Point(200, 150).buffer(8))))
    assert spot.leader
    assert not box(spot, WIDE).intersects(shapely.Point(200, 150))


def test_of_an_area_in_parts_the_largest_in_the_picture_has_the_label():
    parts = shapely.MultiPolygon([shapely.box(10, 10, 90, 60), shapely.box(150, 100, 390, 290), shapely.box(500, 0, 2000, 900)])
    assert parts.geoms[1].contains(box(only(Wanted(0, WIDE, AreaAnchor(parts))), WIDE))


@pytest.mark.parametrize("slope", [-3, -1, -0.2, 0, 0.5, 1, 4])
def test_a_line_has_its_label_along_and_above_it_never_upside_down(slope):
    for way in (1, -1):
        line = shapely.LineString([(200 - 90 * way, 150 - 90 * way * slope), (200 + 90 * way, 150 + 90 * way * slope)])
        spot = only(Wanted(0, WIDE, LineAnchor(line)), soft=[line])
        assert spot.angle == pytest.approx(math.degrees(math.atan(slope)))
        assert not box(spot, WIDE).intersects(line)
        assert box(spot, WIDE).distance(line) < 8
        assert box(spot, WIDE).centroid.y < 150 + slope * (box(spot, WIDE).centroid.x - 200)


def test_a_label_runs_where_the_line_is_straight():
    bends = [(150 + 20 * step, 130 + 40 * (step % 2)) for step in range(12)]
    spot = only(Wanted(0, WIDE, LineAnchor(shapely.LineString([(20, 130), *bends]))))
    assert (spot.angle, spot.x + WIDE[0] < 160) == (pytest.approx(0), True)


def test_the_deeper_a_bend_the_worse_a_place_along_it():
    arches = [
        shapely.LineString([(100 + t, 150 - deep * math.sin(t * math.pi / 80)) for t in range(81)]) for deep in (0, 8, 20)
    ]
    costs = [min(place.cost for place in alongside(arch, WIDE, FRAME, 3) if not place.leader) for arch in arches]
    assert costs[0] < costs[1] - 0.5 < costs[2] - 1


def test_a_line_shorter_than_its_label_has_it_upright_beside_it():
    spot = only(Wanted(0, WIDE, LineAnchor(shapely.LineString([(200, 150), (210, 170)]))))
    assert (spot.angle, bool(spot.leader)) == (0, True)


@pytest.mark.parametrize("anchor", [AreaAnchor(shapely.Polygon()), LineAnchor(shapely.LineString()),
                                    AreaAnchor(shapely.box(900, 900, 990, 990)), PointAnchor(2000, 2000, 3)])  # fmt: skip
def test_what_is_not_in_the_picture_has_no_place(anchor):
    assert placed([Wanted(5, WIDE, anchor)], FRAME, ()) == ((), (5,))


def test_the_same_labels_stand_at_the_same_places():
    pytest.importorskip("manimgx_fonts", reason="the extra threadbot[fonts] is not installed")
    wanted, _, frame, obstacles = any_set(11, lettering())
    assert placed(wanted, frame, obstacles) == placed(wanted, frame, obstacles)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.floats(-20, 420), st.floats(-20, 320), st.floats(0.5, 30), st.integers(0, 2)), max_size=12))
def test_wherever_the_points_are_no_label_covers_anything(points):
    wanted = [point(key, x, y, radius, priority=priority) for key, (x, y, radius, priority) in enumerate(points)]
    spots, left_out = placed(wanted, FRAME, ())
    assert faults(wanted, spots, left_out, FRAME, ()) == []


def test_a_crowd_takes_no_more_than_seconds():
    dice = random.Random(3)
    wanted = [point(key, dice.uniform(0, 900), dice.uniform(0, 600)) for key in range(400)]
    started = time.process_time()
    spots, left_out = placed(wanted, (0.0, 0.0, 900.0, 600.0), ())
    assert (len(spots) > 100, len(spots) + len(left_out)) == (True, 400)
    assert time.process_time() - started < 15


def test_a_label_stands_nearer_to_its_own_symbol_than_to_any_other_or_has_a_leader():
    for away in range(10, 90, 10):
        wanted = [point(0, 150, 150), point(1, 150 + away, 150 - away / 4), point(2, 150 + away / 2, 150 + away / 3)]
        spots, left_out = placed(wanted, FRAME, ())
        assert left_out == ()
        assert faults(wanted, spots, left_out, FRAME, ()) == []


def test_a_label_moves_to_a_better_place_that_another_can_leave():
    """The first has taken the only good place of the second, and has another as good."""
    wanted = [point(key, 150 + 40 * key, 150, 3, priority=-key) for key in range(3)]
    spots, _ = placed(wanted, FRAME, ())
    assert all(spot.leader is None for spot in spots)


def test_the_label_of_a_rectangle_is_in_its_middle():
    for wide, high in ((300, 280), (280, 300), (399, 150)):
        spot = only(Wanted(0, WIDE, AreaAnchor(shapely.box(0, 0, wide, high))))
        assert math.dist((spot.x + 30, spot.y + 8), (wide / 2, high / 2)) < 1


def test_a_crowd_at_one_place_is_not_searched_for_ever(monkeypatch):
    """Without bounds forty labels at one point took a quarter of a minute, a hundred two."""
    crowd = [point(key, 200, 150) for key in range(25)]
    spots, left_out = placed(crowd, FRAME, ())
    assert len(spots) >= 8
    assert faults(crowd, spots, left_out, FRAME, ()) == []
    monkeypatch.setattr(clearing, "WORK", 2 * 72 * 25)
    spots, left_out = placed(crowd, FRAME, ())
    assert spots
    assert {*left_out} >= {*range(15, 25)}  # the later ones are not even looked at
    assert len(spots) + len(left_out) == 25


def test_a_river_that_overflows_has_its_name_along_it_on_the_edge_of_the_water():
    river = shapely.LineString([(20, 150), (380, 170)])
    spot = only(Wanted(0, WIDE, LineAnchor(river)), soft=[river, river.buffer(9)])
    assert spot.leader is None
    assert 2 < spot.angle < 4


def test_more_labels_than_a_picture_holds_are_told_to_have_no_room(monkeypatch):
    monkeypatch.setattr(placing, "MAX_LABELS", 2)
    wanted = [point(key, 40 + 60 * key, 150, size=(20, 10), priority=key) for key in range(5)]
    spots, left_out = placed(wanted, FRAME, ())
    assert ([spot.key for spot in spots], left_out) == ([3, 4], (0, 1, 2))


@given(st.floats(-720, 720))
def test_letters_stand_on_their_feet_at_any_angle(angle):
    upright = readable(angle)
    assert -90 <= upright < 90 or upright == pytest.approx(90)
    assert math.isclose(math.sin(math.radians(2 * (upright - angle))), 0, abs_tol=1e-9)
