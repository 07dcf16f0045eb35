"""Areas and distances on the earth, beside what pyproj 3.7.2 (GeographicLib) says of them; computed once, written down here."""

from __future__ import annotations

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from bot.media.maps.earth import distance, km2, length

# Geod(ellps="WGS84").polygon_area_perimeter; each side in 2000 steps, as a geodesic is not straight in degrees
AREAS = [
    (shapely.box(-0.7, 47.2, 0.3, 47.6), 3356.988),
    (shapely.box(10, 0, 11, 1), 12308.464),
    (shapely.box(20, 68, 26, 70), 53554.374),
    (shapely.box(0, 0, 90, 90), 63758202.715),
    (shapely.Polygon([(2, 41), (2.4, 41.1), (2.1, 41.5)]), 884.977),
    (shapely.Polygon([(-70, -45), (-69, -45.5), (-69.5, -44)]), 5492.102),
]
# Geod(ellps="WGS84").inv
DISTANCES = [
    ((2.3522, 48.8566), (-0.0766, 47.2600), 253537.208),
    ((2.3522, 48.8566), (2.3523, 48.8566), 7.338),
    ((0, 0), (1, 0), 111319.491),
    ((0, 0), (0, 1), 110574.389),
    ((0, 89), (90, 89), 157954.969),
    ((-0.1278, 51.5074), (-74.0060, 40.7128), 5585233.579),
    ((179.9, 10), (-179.9, 10), 21927.872),
    ((151.2, -33.9), (-3.7, 40.4), 17688634.968),
]


@pytest.mark.parametrize(("area", "expected"), AREAS)
def test_an_area_is_that_of_the_geodesic(area, expected) -> None:
    assert km2(area) == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize(("one", "other", "expected"), DISTANCES)
def test_a_distance_is_that_of_the_geodesic(one, other, expected) -> None:
    assert distance(one, other) == pytest.approx(expected, rel=2e-5, abs=1e-3)


def test_the_whole_earth_has_the_published_area() -> None:
    """510 065 621.724 km²: the surface of the WGS 84 ellipsoid (NGA.STND.0036)."""
    assert km2(shapely.box(-180, -90, 180, 90)) == pytest.approx(510_065_621.724, rel=1e-9)


def test_holes_are_taken_off_and_parts_added_however_deep_and_turned() -> None:
    outer, hole = shapely.box(0, 45, 2, 46), shapely.box(0.5, 45.2, 1, 45.8)
    ring = outer.difference(hole)
    island = shapely.box(5, 45, 6, 46)
    assert km2(ring) == pytest.approx(km2(outer) - km2(hole), rel=1e-12)
    assert km2(ring.reverse()) == pytest.approx(km2(ring), rel=1e-12)
    several = shapely.GeometryCollection([shapely.MultiPolygon([ring, island]), shapely.Point(0, 45), shapely.LineString()])
    assert km2(several) == pytest.approx(km2(ring) + km2(island), rel=1e-12)


def test_what_has_no_area_has_none_and_only_lines_have_a_length() -> None:
    assert km2(shapely.LineString([(0, 0), (1, 1)])) == 0
    assert km2(shapely.Polygon()) == 0
    assert length(shapely.box(0, 0, 1, 1)) == length(shapely.Point(1, 2)) == 0


def test_a_line_is_as_long_as_its_parts() -> None:
    points = [(2.0, 48.0), (2.5, 48.2), (2.4, 48.9)]
    expected = distance(points[0], points[1]) + distance(points[1], points[2])
    assert length(shapely.LineString(points)) == pytest.approx(expected, rel=1e-9)
    assert length(shapely.MultiLineString([points, points])) == pytest.approx(2 * expected, rel=1e-9)


POSITIONS = st.tuples(st.floats(-180, 180), st.floats(-90, 90))


@given(POSITIONS, POSITIONS)
def test_a_distance_is_the_same_both_ways_and_at_most_half_round_the_earth(one, other) -> None:
    there = distance(one, other)
    assert there == pytest.approx(distance(other, one), rel=1e-6, abs=1e-3)
    assert 0 <= there <= 20_040_000


def test_a_point_is_at_no_distance_from_itself_nor_is_its_opposite_infinitely_far() -> None:
    assert distance((2, 48), (2, 48)) < 0.001
    assert distance((2, 48), (-178, -48)) == pytest.approx(20_003_931, rel=2e-3)
