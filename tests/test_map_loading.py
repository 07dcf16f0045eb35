"""A map's data finds its classes, or everything that is wrong with it is told at the layer's line."""

from __future__ import annotations

import json

import pytest

from bot.core.errors import DraftError
from bot.media.maps.data import shapes
from bot.media.maps.data.loading import load
from bot.media.maps.data.spec import read
from bot.media.unfit import Unfit

ZONES = """\
[[layer]]
data = "zones.geojson"
by = "statut"
label = ""
[[layer.class]]
value = "inondé"
name = "Inondé"
[[layer.class]]
value = "sec"
"""
ADVICE = ' – add a [[layer.class]] for it, or one with value = "*"'
OTHERS = '[[layer.class]]\nvalue = "*"\n'


def square(west: float, **properties):
    ring = [[west, 47], [west + 1, 47], [west + 1, 48], [west, 48], [west, 47]]
    return {"type": "Feature", "properties": properties, "geometry": {"type": "Polygon", "coordinates": [ring]}}


def collection(*things) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": things}).encode()


def loaded(source: str, **files: bytes):
    def reader(name: str) -> bytes:
        if name.partition(".")[0] not in files:
            raise Unfit("no such file – check the name, and the folder that it is relative to")
        return files[name.partition(".")[0]]

    return load(read(source, "m.map.toml", 11), reader)


def faults(source: str, **files: bytes) -> list[str]:
    with pytest.raises(DraftError) as caught:
        loaded(source, **files)
    return list(map(str, caught.value.faults))


def test_each_thing_finds_its_class_in_the_order_of_the_data() -> None:
    data = collection(*(square(n, name=str(n), statut="inondé" if n % 2 else "sec") for n in range(5)))
    (found,) = loaded(ZONES, zones=data)
    assert [[thing.name for thing in group] for group in found.groups] == [["1", "3"], ["0", "2", "4"]]


def test_a_star_is_all_the_others_wherever_it_stands_and_those_that_say_nothing() -> None:
    first = ZONES.replace('[[layer.class]]\nvalue = "inondé"', OTHERS + '[[layer.class]]\nvalue = "inondé"')
    data = collection(square(0, name="a", statut="?"), square(1, name="b", statut="sec"), square(2, name="c"))
    (found,) = loaded(first, zones=data)
    assert [[thing.name for thing in group] for group in found.groups] == [["a", "c"], [], ["b"]]


def test_without_classes_all_things_are_of_one_and_places_need_no_file() -> None:
    source = '[[layer]]\ndata = "zones.geojson"\n[[place]]\nname = "Saumur"\nlat = 47.26\nlon = -0.07\nstyle = "town"\n'
    zones, places = loaded(source, zones=collection(square(0), square(1)))
    assert [len(group) for group in zones.groups] == [2]
    assert [[thing.name for thing in group] for group in places.groups] == [["Saumur"]]


def test_names_can_decide_the_class() -> None:
    kml = b"<kml><Placemark><name>sec</name><Point><coordinates>0,47</coordinates></Point></Placemark></kml>"
    (found,) = loaded(ZONES.replace('"statut"', '"name"'), zones=kml)
    assert [len(group) for group in found.groups] == [0, 1]


def test_a_file_of_two_layers_is_read_once() -> None:
    asked = read('[[layer]]\ndata = "a"\n[[layer]]\ndata = "a"\n', "m.map.toml")
    names: list[str] = []

    def reader(name: str) -> bytes:
        names.append(name)
        return collection(square(0))

    assert len(load(asked, reader)) == 2
    assert names == ["a"]


def test_all_faults_of_all_layers_are_told_with_their_lines() -> None:
    source = f'{ZONES}[[layer]]\ndata = "gone.kml"\n[[layer]]\ndata = "bad.gpx"\n'
    data = collection(square(0, statut="inondé"), square(1, statut="noyé"), square(2, statut="noyé"), square(3))
    assert [message.removesuffix(ADVICE) for message in faults(source, zones=data, bad=b"<gpx>")] == [
        "m.map.toml:11:1: zones.geojson: no class for statut “noyé” (2 of 4 things)",
        "m.map.toml:11:1: zones.geojson: no class for what has no statut (1 of 4 things)",
        "m.map.toml:20:1: gone.kml: no such file – check the name, and the folder that it is relative to",
        "m.map.toml:22:1: bad.gpx: broken XML (no element found: line 1, column 5) – export it again",
    ]


def test_what_base_and_inset_name_is_told_with_all_the_rest() -> None:
    source = ZONES + '[base]\npicture = "relief.png"\nbounds = [-1, 47, 1, 48]\n[inset]\ndata = "land.geojson"\n'
    missing = "no such file – check the name, and the folder that it is relative to"
    places = ("11:1: zones.geojson", "20:1: relief.png", "23:1: land.geojson")
    assert faults(source) == [f"m.map.toml:{place}: {missing}" for place in places]
    (fault,) = faults(source, zones=collection(square(0, statut="sec")), relief=b"", land=b"\x00")
    assert fault.startswith("m.map.toml:23:1: land.geojson: nothing that can be read")


def test_many_values_without_a_class_are_not_all_told() -> None:
    found = faults(ZONES, zones=collection(*(square(n, statut=str(n)) for n in range(30))))
    assert len(found) == 11
    assert found[-1].endswith("no class for “9” – x") or any("no class for 20 more" in each for each in found)


def test_a_property_that_nothing_has_is_told_with_the_one_that_was_meant() -> None:
    data = collection(square(0, statuts="sec", nom="x"))
    found = faults(ZONES.replace('label = ""', 'label = "nome"') + OTHERS, zones=data)
    assert found == [
        "m.map.toml:11:1: zones.geojson: by: nothing in it has “statut” – did you mean “statuts”?",
        "m.map.toml:11:1: zones.geojson: label: nothing in it has “nome” – did you mean “nom”?",
    ]


def test_a_class_of_a_quiet_day_is_no_fault_but_a_slip_that_a_star_would_hide_is() -> None:
    quiet = collection(square(0, statut="sec"), square(1, statut="zone 2"))
    assert [len(group) for group in loaded(ZONES + OTHERS, zones=quiet)[0].groups] == [0, 1, 1]
    slip = collection(square(0, statut="sec"), square(1, statut="Inonde "))
    assert faults(ZONES + OTHERS, zones=slip) == [
        "m.map.toml:11:1: zones.geojson: nothing in it has statut “inondé” – did you mean “Inonde”?"
    ]


def test_areas_that_could_not_be_united_are_told_when_they_are_read(monkeypatch) -> None:
    monkeypatch.setattr(shapes, "CROSSINGS", 10)
    data = collection(square(0, statut="sec"), square(0.3, statut="sec"), square(0.6, statut="sec"))
    assert "cross each other over and over" in faults(ZONES, zones=data)[0]
