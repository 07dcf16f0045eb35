"""What became of areas between two maps, and what is said of a map in its own language."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.media.maps.changes import changes
from bot.media.maps.earth import km2
from bot.media.maps.model import Bounds, Change, Class, Feature, Layer, Loaded, Map, Style
from bot.media.maps.saying import LANGUAGES
from bot.media.maps.telling import MOST, alt, difference, unseen
from bot.media.maps.view import POLE, showing

BOX = (0.0, 0.0, 1600.0, 1000.0)
ICE = (Class("*", "Ice", Style("land")),)
LOIRE = showing(Bounds(-0.7, 47.2, 0.3, 47.6), BOX)


def layer(*classes: tuple[str, str, list[Feature]], label: str = "name") -> Loaded:
    kinds = tuple(Class(str(index), name, Style(style)) for index, (name, style, _) in enumerate(classes))
    return Loaded(Layer("x", kinds, "n", label), tuple(tuple(things) for _, _, things in classes))


def areas(*boxes) -> list[Feature]:
    return [Feature(shapely.box(*each)) for each in boxes]


def town(name: str, lon: float = 0, lat: float = 47.4, **properties: str) -> Feature:
    return Feature(shapely.Point(lon, lat), name, properties)


def test_what_was_gained_and_lost_is_measured_and_where() -> None:
    before = (layer(("Inondé", "water", areas((0, 47, 1, 48)))),)
    after = (layer(("Inondé", "water", areas((0.5, 47, 2, 48)))),)
    (change,) = changes(before, after)
    assert change.name == "Inondé"
    assert (change.before, change.after) == (pytest.approx(km2(shapely.box(0, 47, 1, 48))), pytest.approx(1.5 * change.before))
    assert change.where_gained.equals(shapely.box(1, 47, 2, 48))
    assert change.where_lost.equals(shapely.box(0, 47, 0.5, 48))
    assert (change.gained, change.lost) == (pytest.approx(change.before), pytest.approx(change.before / 2))


def test_overlaps_of_one_class_count_once_also_across_layers() -> None:
    one = layer(("Inondé", "water", areas((0, 47, 1, 48), (0.5, 47, 1.5, 48))))
    other = layer(("Inondé", "water", areas((1, 47, 2, 48))))
    (change,) = changes((), (one, other))
    twice = pytest.approx(2 * km2(shapely.box(0, 47, 1, 48)))
    assert (change.after, change.gained) == (twice, twice)
    assert (change.before, change.lost) == (0, 0)


def test_areas_are_matched_by_their_name_in_the_legend_else_by_their_style() -> None:
    before = (layer(("Sec", "land", areas((0, 47, 1, 48))), ("", "forest", areas((2, 47, 3, 48)))),)
    after = (layer(("", "forest", areas((2, 47, 3, 48))), ("", "", areas((4, 47, 5, 48)))),)
    found = {change.name: (change.before > 0, change.after > 0) for change in changes(before, after)}
    assert found == {"forest": (True, True), "area": (False, True), "Sec": (True, False)}
    assert list(found)[-1] == "Sec", "in the order of the later map"


def test_lines_and_points_have_no_change_and_the_same_data_has_none() -> None:
    same = (
        layer(
            ("Inondé", "water", areas((0, 47, 1, 48))), ("Digue", "front", [Feature(shapely.LineString([(0, 47), (1, 48)]))])
        ),
    )
    (change,) = changes(same, same)
    assert (change.gained, change.lost) == (0, 0)
    assert change.where_gained.is_empty
    assert change.where_lost.is_empty


def test_a_small_change_is_no_rounding() -> None:
    before = (layer(("I", "water", areas((0, 47, 1, 48)))),)
    (change,) = changes(before, (layer(("I", "water", areas((0, 47, 1.0000001, 48)))),))
    assert 0.0005 < change.gained < 0.001


def test_the_rounding_of_coordinates_is_no_change() -> None:
    before = (layer(("I", "water", areas((0, 47, 1, 48)))),)
    (change,) = changes(before, (layer(("I", "water", areas((0, 47, 1 + 1e-12, 48)))),))
    assert change.where_gained.is_empty


CELLS = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6), st.integers(1, 3), st.integers(1, 3)), max_size=6)


@settings(max_examples=40, deadline=None)
@given(CELLS, CELLS)
def test_after_is_before_with_what_was_gained_and_without_what_was_lost(one, other) -> None:
    before, after = (
        (layer(("I", "water", areas(*((x, 40 + y, x + w, 40 + y + h) for x, y, w, h in cells)))),) for cells in (one, other)
    )
    for change in changes(before, after):
        assert change.after == pytest.approx(change.before + change.gained - change.lost, rel=1e-6, abs=1e-3)
        assert change.where_gained.intersection(change.where_lost).area == pytest.approx(0, abs=1e-9)


def test_a_change_is_told_with_its_signs_in_the_language_of_the_map() -> None:
    nothing = shapely.MultiPolygon()
    said = [
        Change("Inondé", Style(), 216, 295, 81, 2, nothing, nothing),
        Change("Digue", Style(), 3, 0, 0, 3, nothing, nothing),
        Change("Sec", Style(), 12345.6, 12345.6, 0.0001, 0, nothing, nothing),
    ]
    assert list(difference(said, "fr")) == [
        "Inondé\u00a0: 295\u00a0km² (+81\u00a0km², −2\u00a0km²)",
        "Digue\u00a0: 0\u00a0km² (−3\u00a0km²)",
        "Sec\u00a0: 12\u202f346\u00a0km² (inchangé)",
    ]
    assert next(difference(said, "de")) == "Inondé: 295\u00a0km² (+81\u00a0km², −2\u00a0km²)"


LOADED = (
    layer(
        ("Inondé", "water", areas((-0.5, 47.3, -0.2, 47.4), (-0.3, 47.3, 0, 47.4))),
        ("", "forest", areas((0, 47.3, 0.1, 47.4))),
        ("Ailleurs", "land", areas((5, 47, 6, 48))),
        ("Digue", "front", [Feature(shapely.LineString([(-0.5, 47.3), (-0.4, 47.3)]))]),
        ("Ponts fermés", "crossing", [town("", -0.1), Feature(shapely.MultiPoint([(0, 47.3), (0.1, 47.3)]))]),
    ),
    layer(("", "town", [town("Saumur", -0.07, 47.26), town("Tours", 0.69, 47.39)]), ("", "capital", [town("Angers", -0.55)])),
)


TOLD = {
    "fr": "Carte\u00a0: Crue, Jeudi 12 mars, 18 h. Situation au 12 mars 2026. Inondé\u00a0: 420\u00a0km². Digue\u00a0: "
    "7,6\u00a0km. Ponts fermés\u00a0: 3. Lieux indiqués\u00a0: Angers, Saumur.",
    "en": "Map: Crue, Jeudi 12 mars, 18 h. Situation on 12 March 2026. Inondé: 420\u00a0km². Digue: 7.6\u00a0km. Ponts "
    "fermés: 3. Places shown: Angers, Saumur.",
}


@pytest.mark.parametrize("lang", TOLD)
def test_an_alt_text_is_proposed_from_what_is_in_view(lang) -> None:
    asked = Map("m", title="Crue", subtitle="Jeudi 12 mars, 18 h", lang=lang, date=date(2026, 3, 12))
    assert alt(asked, LOADED, LOIRE) == TOLD[lang]


def test_a_map_without_words_is_a_map_and_a_title_keeps_its_own_end() -> None:
    assert alt(Map("m"), (), LOIRE) == "Map."
    assert alt(Map("m", title="La Loire déborde\u00a0!", lang="fr"), (), LOIRE) == "Carte\u00a0: La Loire déborde\u00a0!"
    assert "الخميس، مساء" in alt(Map("m", title="الخميس", subtitle="مساء", lang="ar"), (), LOIRE)


def test_labels_that_are_not_drawn_are_not_told_and_a_property_may_be_the_label() -> None:
    things = [town("Saumur", code="49"), town("Angers", code="50")]
    one = layer(("", "town", things))
    assert "Saumur" not in alt(Map("m"), (replace(one, layer=replace(one.layer, label="")),), LOIRE)
    assert alt(Map("m"), (replace(one, layer=replace(one.layer, label="code")),), LOIRE) == "Map. Places shown: 49, 50."


def test_a_long_alt_text_leaves_out_whole_places_and_cuts_no_name() -> None:
    names = [f"Saint-Quelque-Part-{number}" for number in range(200)]
    told = alt(Map("m", title="T"), (layer(("", "town", [town(name) for name in names])),), LOIRE)
    assert 800 < len(told) <= MOST
    listed = told.removeprefix("Map: T. Places shown: ").removesuffix(".").split(", ")
    assert listed == names[: len(listed)]


def test_what_lies_beyond_mercator_is_not_told_as_if_it_were_drawn_and_one_is_told() -> None:
    ice = replace(layer(("Ice", "land", [*areas((-10, 80, 10, 90)), town("Pole", 0, 90)])), layer=Layer("ice.kml", ICE))
    pole = replace(layer(("", "town", [town("Pole", 0, 89)])), layer=Layer("", ICE))
    north = showing(Bounds(-10, 80, 10, 85), BOX)
    advice = 'Mercator ends there: write projection = "equirectangular"'
    assert list(unseen((ice, pole), north)) == [
        f"ice.kml: what lies beyond 85° of latitude is neither drawn nor told – {advice}",
        f"“Pole” is not in view – {advice}",
    ]
    size = LANGUAGES["en"].area(km2(shapely.box(-10, 80, 10, POLE)))
    assert alt(Map("m"), (ice,), north) == f"Map. Ice: {size}."
    whole = showing(Bounds(-10, 80, 10, 90), BOX, "equirectangular")
    assert list(unseen((ice, pole), whole)) == []
    assert alt(Map("m"), (ice,), whole).startswith(f"Map. Ice: {LANGUAGES['en'].area(km2(shapely.box(-10, 80, 10, 90)))}, 1")


def test_points_among_areas_and_lines_are_called_points() -> None:
    things = [*areas((-0.5, 47.3, -0.2, 47.4)), Feature(shapely.MultiPoint([(0, 47.3), (0.1, 47.3)])), town("Saumur")]
    mixed = (layer(("Couche", "", things), label=""),)
    assert alt(Map("m", lang="fr"), mixed, LOIRE) == "Carte. Couche\u00a0: 252\u00a0km², 3 points."
    assert alt(Map("m", lang="en"), (layer(("Bridges", "", things[1:]), label=""),), LOIRE) == "Map. Bridges: 3."


def test_an_area_that_is_too_small_to_be_seen_is_named() -> None:
    house = Feature(shapely.box(0.1, 47.3, 0.1002, 47.3002), "Hangar")
    advice = "too small to be seen as an area – show a smaller part of the earth, or make it a point"
    assert list(unseen((layer(("", "urban", [house, *areas((0, 47.3, 0.1, 47.4))])),), LOIRE)) == [f"“Hangar” is {advice}"]
    assert list(unseen((layer(("", "urban", [house] * 3)),), LOIRE)) == [f"3 things of x are {advice}"]
    assert list(unseen((layer(("", "urban", [house])),), showing(Bounds(0.1, 47.3, 0.11, 47.31), BOX))) == []


def test_a_small_change_of_a_small_area_is_told() -> None:
    nothing = shapely.MultiPolygon()
    said = [Change("Hangar", Style(), 0.003, 0.0033, 0.0003, 0.0, nothing, nothing)]
    assert list(difference(said, "fr")) == ["Hangar\u00a0: 3300\u00a0m² (+300\u00a0m²)"]
