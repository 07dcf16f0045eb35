"""Which part of the earth a map shows, where things lie in it, and how long its scale bar is."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from bot.media.maps.earth import distance
from bot.media.maps.model import Base, Bounds, Class, Feature, Layer, Loaded, Map, Style
from bot.media.maps.view import BEYOND, showing, view
from bot.media.unfit import Unfit

BOX = (40.0, 100.0, 1560.0, 1100.0)
LOIRE = Bounds(-0.7, 47.2, 0.3, 47.6)
PROJECTIONS = ("mercator", "equirectangular")
projections = pytest.mark.parametrize("projection", PROJECTIONS)


def loaded(*geometries) -> tuple[Loaded, ...]:
    layer = Layer("x.geojson", (Class("*", "", Style()),))
    return (Loaded(layer, (tuple(Feature(geometry) for geometry in geometries),)),)


def test_web_mercator_is_that_of_the_tiles() -> None:
    """The whole world in a square of 256 pixels is tile 0/0/0; Saumur in it, computed by pyproj 3.7.2 (EPSG:3857)."""
    world = showing(Bounds(-180, -85.051129, 180, 85.051129), (0, 0, 256, 256))
    assert world.xy(-180, 85.051129) == pytest.approx((0, 0), abs=1e-4)
    assert world.xy(-0.07, 47.26) == pytest.approx((127.9502222, 89.7701518), abs=1e-5)


@projections
@given(st.floats(0, 1600), st.floats(0, 1200))
def test_a_pixel_comes_back_to_itself(projection, x, y) -> None:
    shown = showing(LOIRE, BOX, projection)
    assert shown.xy(*shown.lonlat(x, y)) == pytest.approx((x, y), abs=1e-6)


@projections
@given(
    st.tuples(st.floats(-179, 178), st.floats(-84, 83), st.floats(0.01, 100), st.floats(0.01, 100)),
    st.tuples(st.floats(50, 4000), st.floats(50, 4000)),
)
def test_an_area_is_widened_to_the_box_never_cut(projection, area, size) -> None:
    west, south, wide, high = area
    asked = Bounds(west, south, min(west + wide, 180), min(south + high, 85))
    shown = showing(asked, (10, 20, 10 + size[0], 20 + size[1]), projection)
    hair = 1e-9 * 360
    assert shown.bounds.west <= asked.west + hair
    assert shown.bounds.south <= asked.south + hair
    assert shown.bounds.east >= asked.east - hair
    assert shown.bounds.north >= asked.north - hair
    close = [abs(shown.bounds.west - asked.west) < 1e-6, abs(shown.bounds.south - asked.south) < 1e-6]
    assert any(close), "one side fills the box"


@projections
def test_the_scale_is_that_of_the_middle(projection) -> None:
    shown = showing(LOIRE, BOX, projection)
    x, y = (BOX[0] + BOX[2]) / 2, (BOX[1] + BOX[3]) / 2
    across = distance(shown.lonlat(x - 5, y), shown.lonlat(x + 5, y)) / 10
    down = distance(shown.lonlat(x, y - 5), shown.lonlat(x, y + 5)) / 10
    assert shown.metres_per_pixel == pytest.approx(across, rel=1e-6)
    assert down == pytest.approx(across, rel=0.005), "shapes are right there; on the ellipsoid by 0.3 %"


def test_data_is_fitted_with_a_margin_and_an_area_wins_over_it() -> None:
    things = loaded(shapely.Point(-0.7, 47.2), shapely.box(0, 47.3, 0.3, 47.6))
    shown = view(Map("m.toml"), things, BOX)
    left, right = shown.xy(-0.7, 47.2)[0], shown.xy(0.3, 47.2)[0]
    assert (left - BOX[0]) / (BOX[2] - BOX[0]) == pytest.approx(0.06)
    assert (BOX[2] - right) / (BOX[2] - BOX[0]) == pytest.approx(0.06)
    assert view(Map("m.toml", area=LOIRE), things, BOX) == showing(LOIRE, BOX)


def test_without_data_the_base_is_shown_and_without_either_one_is_told() -> None:
    assert view(Map("m.toml", base=Base("relief.png", LOIRE)), (), BOX) == showing(LOIRE, BOX)
    with pytest.raises(Unfit, match="add a layer, or area"):
        view(Map("m.toml"), loaded(), BOX)


def test_one_point_alone_has_surroundings_and_a_straight_line_some_width() -> None:
    shown = view(Map("m.toml"), loaded(shapely.Point(2, 48)), BOX)
    assert shown.xy(2, 48) == pytest.approx(((BOX[0] + BOX[2]) / 2, (BOX[1] + BOX[3]) / 2), abs=1)
    assert 5 < shown.metres_per_pixel < 25
    line = view(Map("m.toml"), loaded(shapely.LineString([(2, 48), (2, 48.5)])), BOX)
    assert line.bounds.south < 48 < 48.5 < line.bounds.north
    street = view(Map("m.toml"), loaded(shapely.Point(2, 48), shapely.Point(2.004, 48)), BOX)
    assert street.metres_per_pixel < 0.3
    house = view(Map("m.toml"), loaded(shapely.box(0.1, 47, 0.1008, 47.0005)), BOX)
    assert 200 < house.metres_per_pixel * (BOX[3] - BOX[1]) < 400
    assert house.geometry(shapely.box(0.1, 47, 0.1008, 47.0005)).area > 100**2


@projections
def test_geometry_is_cut_a_little_beyond_the_box_and_keeps_its_kind(projection) -> None:
    shown = showing(LOIRE, BOX, projection)
    left, top, right, bottom = BOX
    frame = shapely.box(left - BEYOND, top - BEYOND, right + BEYOND, bottom + BEYOND).buffer(1e-6)
    for geometry in (
        shapely.box(-10, 40, 10, 50),
        shapely.LineString([(-5, 47), (5, 47.9)]),
        shapely.MultiLineString([[(-5, 47.3), (5, 47.3)], [(-5, 47.5), (0, 47.4)]]),
        shapely.MultiPoint([(0, 47.4), (50, 10)]),
        shapely.MultiPolygon([shapely.box(-0.2, 47.3, -0.1, 47.4), shapely.box(0, 47.3, 0.1, 47.4)]),
    ):
        drawn = shown.geometry(geometry)
        assert not drawn.is_empty
        assert drawn.is_valid
        assert frame.covers(drawn)
        assert shapely.get_dimensions(drawn) == shapely.get_dimensions(geometry)
    assert shown.geometry(shapely.box(-10, 40, 10, 50)).covers(shapely.box(*BOX)), "the box is full to its edges"


@projections
def test_what_is_elsewhere_is_empty_and_keeps_its_kind(projection) -> None:
    shown = showing(LOIRE, BOX, projection)
    for geometry in (shapely.Point(50, 0), shapely.LineString([(50, 0), (51, 1)]), shapely.box(50, 0, 51, 1)):
        drawn = shown.geometry(geometry)
        assert drawn.is_empty
        assert shapely.get_dimensions(drawn) == shapely.get_dimensions(geometry)


def test_a_long_side_is_bent_as_the_projection_bends_it() -> None:
    """A side that is straight in degrees runs through the position halfway in degrees, on the map as well."""
    shown = showing(Bounds(-20, 30, 20, 65), BOX)
    line = shown.geometry(shapely.LineString([(-15, 32), (15, 63)]))
    assert line.distance(shapely.Point(shown.xy(0, 47.5))) < 0.5
    assert shapely.LineString([shown.xy(-15, 32), shown.xy(15, 63)]).distance(shapely.Point(shown.xy(0, 47.5))) > 10


def test_the_whole_world_and_the_poles_can_be_drawn() -> None:
    for projection in PROJECTIONS:
        shown = showing(Bounds(-180, -90, 180, 90), BOX, projection)
        assert math.isfinite(shown.metres_per_pixel)
        assert shown.geometry(shapely.box(-180, -90, 180, -60)).is_valid
    assert replace(shown, scale=1e-3).metres_per_pixel > 0


def test_beyond_the_ends_of_mercator_there_is_no_map_and_one_is_told() -> None:
    for south, north in ((89, 90), (-90, -86), (85.06, 85.07)):
        with pytest.raises(Unfit, match=r'Mercator ends at 85° .* projection = "equirectangular"'):
            view(Map("m.toml", area=Bounds(-10, south, 10, north)), (), BOX)
        assert view(Map("m.toml", area=Bounds(-10, south, 10, north), projection="equirectangular"), (), BOX)
    with pytest.raises(Unfit, match="Mercator ends"):
        view(Map("m.toml"), loaded(shapely.Point(0, 90)), BOX)


@given(st.floats(-180, 179), st.floats(-90, 89.9), st.floats(1e-5, 180), st.floats(1e-5, 180), st.integers(50, 4096))
def test_whatever_area_is_asked_for_is_shown_or_refused_in_words(west, south, wide, high, side) -> None:
    asked = Bounds(west, south, min(west + wide, 180.0), min(south + high, 90.0))
    for projection in PROJECTIONS:
        try:
            shown = showing(asked, (0, 0, side, 4096), projection)
        except Unfit:
            assert projection == "mercator"
            continue
        assert shown.metres_per_pixel > 0
        assert shown.geometry(shapely.box(-180, -90, 180, 90)).is_valid
