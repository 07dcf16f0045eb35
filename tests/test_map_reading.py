"""What data files say: GeoJSON, KML, KMZ and GPX as programs write them, and as nobody should."""

from __future__ import annotations

import io
import json
import random
import time
import tracemalloc
import zipfile

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.media.maps.data import shapes
from bot.media.maps.data.reading import features
from bot.media.maps.data.shapes import sound, tangled, united
from bot.media.unfit import Unfit

SQUARE = [[0, 47], [1, 47], [1, 48], [0, 48], [0, 47]]


def geojson(*geometries, **properties):
    things = [{"type": "Feature", "properties": properties, "geometry": geometry} for geometry in geometries]
    return json.dumps({"type": "FeatureCollection", "features": things}).encode()


def shape(kind, coordinates):
    return {"type": kind, "coordinates": coordinates}


def kml(inner, root="<kml xmlns='http://www.opengis.net/kml/2.2'>"):
    return f"<?xml version='1.0' encoding='UTF-8'?>\n{root}<Document>{inner}</Document></kml>".encode()


def kmz(**files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name.replace("__", "/").replace("_", "."), data)
    return out.getvalue()


def refusal(data, name="x.geojson"):
    with pytest.raises(Unfit) as caught:
        features(data, name)
    assert " – " in str(caught.value)
    return str(caught.value)


MY_MAPS = kml(
    """
    <name>Crue</name>
    <Style id="poly-000000"><PolyStyle><color>4d000000</color></PolyStyle></Style>
    <Folder>
      <name>Zones</name>
      <Placemark>
        <name><![CDATA[Les Ponts-de-Cé & environs]]></name>
        <description><![CDATA[hauteur: 5 m<br>]]></description>
        <styleUrl>#poly-000000</styleUrl>
        <ExtendedData><Data name="statut"><value>inondé</value></Data></ExtendedData>
        <Polygon>
          <outerBoundaryIs><LinearRing><tessellate>1</tessellate><coordinates>
              0,47,0
              1,47,0
              1,48,0
              0,48,0
              0,47,0
          </coordinates></LinearRing></outerBoundaryIs>
          <innerBoundaryIs><LinearRing><coordinates>.2,47.2 .4,47.2 .4,47.4 .2,47.2</coordinates></LinearRing></innerBoundaryIs>
        </Polygon>
      </Placemark>
      <Folder>
        <name>Points</name>
        <Placemark><name>Saumur</name><Point><coordinates>-0.07,47.26,0</coordinates></Point></Placemark>
      </Folder>
    </Folder>
    <Placemark>
      <name>Digue</name>
      <ExtendedData><SchemaData schemaUrl="#s"><SimpleData name="statut">rompue</SimpleData></SchemaData></ExtendedData>
      <MultiGeometry>
        <LineString><coordinates>0,47 1,47.5</coordinates></LineString>
        <MultiGeometry><LineString><coordinates>2,47 3,47.5</coordinates></LineString></MultiGeometry>
        <Point><coordinates>0,47</coordinates></Point>
      </MultiGeometry>
    </Placemark>
    <Placemark><name>Sans lieu</name></Placemark>
    """
)


def test_google_my_maps_is_read_with_its_folders_cdata_and_data() -> None:
    zone, saumur, dike, end = features(MY_MAPS, "crue.kml")
    assert (zone.name, zone.properties) == ("Les Ponts-de-Cé & environs", {"folder": "Zones", "statut": "inondé"})
    assert zone.geometry.area == pytest.approx(1 - 0.02)
    assert (saumur.name, saumur.properties, saumur.geometry) == ("Saumur", {"folder": "Points"}, shapely.Point(-0.07, 47.26))
    assert dike.geometry == shapely.MultiLineString([[(0, 47), (1, 47.5)], [(2, 47), (3, 47.5)]])
    assert (end.name, end.geometry, end.properties) == ("Digue", shapely.Point(0, 47), {"statut": "rompue"})


def test_of_a_kmz_the_document_in_its_root_is_read_and_nothing_else() -> None:
    decoy = kml("<Placemark><Point><coordinates>9,9</coordinates></Point></Placemark>")
    assert len(features(kmz(aa__decoy_kml=decoy, doc_kml=MY_MAPS, images__icon_png=b"\x89PNG"), "crue.kmz")) == 4
    assert len(features(kmz(crue_kml=MY_MAPS), "crue.kmz")) == 4


def test_google_earths_tracks_are_lines() -> None:
    inner = (
        "<Placemark><gx:Track><when>2026</when><gx:coord>0 47 12</gx:coord><gx:coord>1 48 12</gx:coord></gx:Track></Placemark>"
    )
    root = "<kml xmlns='http://www.opengis.net/kml/2.2' xmlns:gx='http://www.google.com/kml/ext/2.2'>"
    assert features(kml(inner, root), "x.kml")[0].geometry == shapely.LineString([(0, 47), (1, 48)])


def test_gpx_has_waypoints_routes_and_tracks_by_segment() -> None:
    data = b"""<?xml version="1.0"?><gpx version="1.1" xmlns="http://www.topografix.com/GPX/1/1">
      <metadata><name>Tour</name></metadata>
      <wpt lat="47.26" lon="-0.07"><ele>30</ele><name>Saumur</name><sym>Flag</sym></wpt>
      <rte><name>R</name><rtept lat="47" lon="0"/><rtept lat="48" lon="1"/></rte>
      <trk><name>T</name><type>bike</type>
        <trkseg><trkpt lat="47" lon="0"><ele>1</ele></trkpt><trkpt lat="47.1" lon="0"/></trkseg>
        <trkseg><trkpt lat="47.2" lon="0"/></trkseg>
        <trkseg><trkpt lat="47.3" lon="0"/><trkpt lat="47.4" lon="0"/></trkseg></trk></gpx>"""
    point, route, track = features(data, "tour.gpx")
    assert (point.name, point.geometry, point.properties) == ("Saumur", shapely.Point(-0.07, 47.26), {"sym": "Flag"})
    assert (route.name, route.geometry) == ("R", shapely.LineString([(0, 47), (1, 48)]))
    assert track.properties == {"type": "bike"}
    assert track.geometry == shapely.MultiLineString([[(0, 47), (0, 47.1)], [(0, 47.3), (0, 47.4)]])


def test_what_turns_letters_around_is_left_out_of_names() -> None:
    (found,) = features(geojson(shape("Point", [1, 2]), name="abc\u202egnp.exe \u2066x\u2069"), "x.geojson")
    assert found.name == "abcgnp.exe x"


def test_of_a_tower_of_marks_three_are_kept_and_what_people_write_stays() -> None:
    tower = "Z" + "\u0301\u034f" * 60 + "a"
    (found,) = features(geojson(shape("Point", [1, 2]), name=tower), "x.geojson")
    assert found.name.count("\u0301") == 3
    assert found.name.endswith("a")
    for name in ("Vie\u0302\u0323t Nam", "שָּׁלוֹם", "مُحَمَّد", "กำแพงเพชร์", "བསྒྲུབས་", "क्ष्म्य", "한글"):
        (found,) = features(geojson(shape("Point", [1, 2]), name=name), "x.geojson")
        assert found.name == name


def test_of_two_names_that_differ_in_capitals_the_first_counts() -> None:
    (found,) = features(geojson(shape("Point", [1, 2]), name="la première", NAME="l’autre"), "x.geojson")
    assert found.name == "la première"


def test_geojson_of_every_kind_is_read_with_properties_as_texts() -> None:
    data = geojson(
        shape("Polygon", [SQUARE]), Name="Saumur\n nord", Title="no", n=3, half=0.5, whole=3.0, on=True, off=None, deep=[1]
    )
    (found,) = features(data, "x")
    assert (found.name, found.geometry) == ("Saumur nord", shapely.Polygon(SQUARE))
    assert found.properties == {"Name": "Saumur nord", "Title": "no", "n": "3", "half": "0.5", "whole": "3", "on": "true"}
    kinds = [
        shape("Point", [0, 47, 12]),
        shape("MultiPoint", [[0, 47], [1, 48]]),
        shape("LineString", [[0, 47], [1, 48]]),
        shape("MultiLineString", [[[0, 47], [1, 48]], [[2, 47], [3, 48]]]),
        shape("MultiPolygon", [[SQUARE], [[[5, 5], [6, 5], [6, 6], [5, 5]]]]),
    ]
    assert [each.geometry.geom_type for each in features(geojson(*kinds), "x")] == [kind["type"] for kind in kinds]


def test_a_bare_geometry_or_feature_is_read_and_a_byte_order_mark_does_no_harm() -> None:
    bare = json.dumps(shape("Point", [0, 47]))
    assert features(bare.encode("utf-8-sig"), "x")[0].geometry == shapely.Point(0, 47)
    assert features(bare.encode("utf-16"), "x") == features(bare.encode(), "x")
    feature = {"type": "Feature", "properties": None, "geometry": shape("Point", [0, 47])}
    assert features(json.dumps(feature).encode(), "x")[0].properties == {}
    assert features(MY_MAPS.decode().replace("UTF-8", "UTF-16").encode("utf-16"), "x") == features(MY_MAPS, "x")


def test_nested_collections_are_parted_by_kind_and_things_without_a_place_left_out() -> None:
    inner = {"type": "GeometryCollection", "geometries": [shape("Point", [0, 47]), shape("Polygon", [SQUARE])]}
    outer = {"type": "GeometryCollection", "geometries": [shape("Point", [1, 48]), inner, shape("Point", [])]}
    found = features(geojson(None, outer, name="N"), "x")
    assert [(each.name, each.geometry.geom_type) for each in found] == [("N", "Polygon"), ("N", "MultiPoint")]


def test_unclosed_rings_are_closed_and_what_has_no_extent_is_left_out() -> None:
    assert features(geojson(shape("Polygon", [SQUARE[:-1]])), "x")[0].geometry.equals(shapely.Polygon(SQUARE))
    flat = [shape("LineString", [[0, 47], [0, 47]]), shape("Polygon", [[[0, 47], [1, 48], [0, 47]]]), shape("Point", [0, 47])]
    assert [each.geometry.geom_type for each in features(geojson(*flat), "x")] == ["Point"]


def test_outlines_that_cross_themselves_or_each_other_are_mended() -> None:
    bow = [[0, 0], [2, 2], [2, 0], [0, 2], [0, 0]]
    (found,) = features(geojson(shape("Polygon", [bow])), "x")
    assert found.geometry.is_valid
    assert found.geometry.area == pytest.approx(2)
    twice = shape("MultiPolygon", [[SQUARE], [[[0.5, 47], [2, 47], [2, 48], [0.5, 48], [0.5, 47]]]])
    (found,) = features(geojson(twice), "x")
    assert found.geometry.is_valid
    assert found.geometry.area == pytest.approx(2)


@pytest.mark.parametrize(
    ("coordinates", "said"),
    [
        ([47.26, 97.0], "swapped?"),
        ([-0.07, 147.26], "nowhere"),
        ([147.26, 95.0], "nowhere"),
        ([256789, 6712345], "EPSG:4326"),
        (["0", "47"], "no position"),
        ([0], "no position"),
        ([True, 47], "no position"),
        ([10**400, 47], "far too large"),
        ({"lat": 1}, "no list"),
    ],
)
def test_coordinates_that_are_nowhere_are_told_with_the_thing(coordinates, said) -> None:
    message = refusal(geojson(shape("Point", [0, 47]), shape("Point", coordinates), name="Saumur"))
    assert message.startswith("thing 2 “Saumur”: ")
    assert said in message


def test_numbers_that_are_none_are_refused_however_written() -> None:
    for text in (b"NaN", b"Infinity", b"1e999"):
        said = refusal(b'{"type": "Point", "coordinates": [0, ' + text + b"]}")
        assert "no number" in said
        assert said.count(" – ") == 1
    assert "no number" in refusal(kml("<Placemark><Point><coordinates>nan,47</coordinates></Point></Placemark>"))


def test_a_line_across_the_180th_meridian_is_refused_and_an_outline_of_the_world_is_not() -> None:
    assert "180th meridian" in refusal(geojson(shape("LineString", [[179, 0], [-179, 1]])))
    world = [[-180, -90], [180, -90], [180, 90], [-180, 90], [-180, -90]]
    assert features(geojson(shape("Polygon", [world])), "x")[0].geometry.bounds == (-180, -90, 180, 90)


@pytest.mark.parametrize(
    ("name", "right"),
    [
        ("urn:ogc:def:crs:OGC:1.3:CRS84", True),
        ("EPSG:4326", True),
        ("urn:ogc:def:crs:EPSG::4326", True),
        ("urn:ogc:def:crs:EPSG::2154", False),
        ("EPSG:3857", False),
        ("EPSG:43260", False),
        (7, False),
    ],
)
def test_another_coordinate_system_than_wgs_84_is_refused(name, right) -> None:
    data = json.loads(geojson(shape("Point", [0, 47]))) | {"crs": {"type": "name", "properties": {"name": name}}}
    if right:
        assert features(json.dumps(data).encode(), "x")
    else:
        assert "EPSG:4326" in refusal(json.dumps(data).encode())


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty"),
        (b"lat,lon\n1,2\n", "a table"),
        (b"{", "not GeoJSON"),
        (b"[1]", "a list"),
        (b'{"type": "Topology", "objects": {}}', "TopoJSON"),
        (b'{"features": []}', "“None” is no geometry"),
        (b'{"type": "FeatureCollection"}', "no list"),
        (b'{"type": "FeatureCollection", "features": [3]}', "no features"),
        (b'{"type": "FeatureCollection", "features": []}', "nothing in it has a place"),
        (b'{"type": "Circle", "coordinates": [0, 47]}', "“Circle” is no geometry"),
        (b'{"type": ["Point"], "coordinates": [0, 47]}', "is no geometry"),
        (b"\xff\xfe{\x00\x00\xd8", "not GeoJSON"),
        (b"<html><body>404</body></html>", "neither KML nor GPX"),
        (b"<kml><Document>", "broken XML"),
        (b"<?xml version='1.0' encoding='klingon'?><kml/>", "broken XML"),
        (b"PK\x03\x04" + b"\0" * 100, "cannot be unpacked"),
        (kmz(readme_txt=b"hello"), "without a .kml"),
        (kml("<NetworkLink><Link><href>https://example.org/x.kml</href></Link></NetworkLink>"), "export it with the data"),
        (kml("<Placemark><Point><coordinates>0, 47</coordinates></Point></Placemark>"), "without a space"),
        (b'<gpx><wpt lat="47"/></gpx>', "without lat and lon"),
    ],
)
def test_what_is_no_map_data_is_refused_with_what_to_do(data, said) -> None:
    assert said in refusal(data, "x.csv")


BOMB = b"""<?xml version="1.0"?><!DOCTYPE kml [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>
<kml><Document><Placemark><name>&b;</name><Point><coordinates>0,47</coordinates></Point></Placemark></Document></kml>"""


def test_xml_with_a_doctype_is_refused_in_any_encoding() -> None:
    assert "DOCTYPE" in refusal(BOMB)
    assert "DOCTYPE" in refusal(BOMB.decode().replace("?>", ' encoding="utf-16"?>', 1).encode("utf-16"))
    assert "DOCTYPE" in refusal(b'<!DOCTYPE gpx SYSTEM "file:///etc/passwd"><gpx/>')


def test_bombs_are_refused_before_they_take_time_or_memory() -> None:
    began = time.monotonic()
    assert "20 MB" in refusal(kmz(doc_kml=b"<kml>" + b" " * 30_000_000))
    assert "20 MB" in refusal(b" " * 20_000_001)
    assert "without end" in refusal(b"[" * 1_000_000)
    assert "without end" in refusal(b"<kml>" + b"<Folder>" * 200)
    deep = shape("Point", [0, 47])
    for _ in range(50):
        deep = {"type": "GeometryCollection", "geometries": [deep]}
    assert "is no geometry" in refusal(geojson(deep))
    assert time.monotonic() - began < 10


def test_of_a_zip_bomb_no_more_is_unpacked_than_could_be_read() -> None:
    bomb = kmz(doc_kml=b" " * 150_000_000)
    tracemalloc.start()
    assert "20 MB" in refusal(bomb)
    assert tracemalloc.get_traced_memory()[1] < 80_000_000
    tracemalloc.stop()


def test_points_and_elements_are_counted(monkeypatch) -> None:
    monkeypatch.setattr(shapes, "MOST", 6)
    assert "more than 6 points" in refusal(geojson(shape("Polygon", [SQUARE]), shape("LineString", [[0, 1], [2, 3]])))
    monkeypatch.setattr("bot.media.maps.data.elements.ELEMENTS", 3)
    assert "more than 3 elements" in refusal(b"<gpx><a/><a/><a/></gpx>")


def test_an_outline_that_crosses_itself_over_and_over_is_refused_at_once() -> None:
    dice = random.Random(1)
    star = shapely.Polygon([(dice.random(), dice.random()) for _ in range(20_000)])
    began = time.monotonic()
    with pytest.raises(Unfit, match="over and over"):
        sound(star)
    assert time.monotonic() - began < 5
    coast = shapely.Point(0, 0).buffer(1, quad_segs=20_000)
    assert not tangled(coast)
    assert sound(coast) is coast


def test_overlaps_are_counted_once() -> None:
    one, other = shapely.box(0, 0, 2, 2), shapely.box(1, 0, 3, 2)
    assert united([one, other]).equals(shapely.box(0, 0, 3, 2))
    assert united([]).is_empty


def test_names_cannot_move_a_cursor() -> None:
    (found,) = features(geojson(shape("Point", [0, 47]), name="Sau\u001b[2Jmur\u0000", **{"a\u001bb": "c\u0007"}), "x")
    assert (found.name, found.properties["ab"]) == ("Sau[2Jmur", "c")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(["Point", "Polygon", "Feature", ""]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from("type coordinates geometry geometries features properties crs name".split()), inner)
    ),
    max_leaves=20,
)


SPOTS = st.lists(st.tuples(st.integers(0, 2000), st.binary(max_size=2)), max_size=5)


def spoiled(data, spots):
    for at, instead in spots:
        data = data[: at % len(data)] + instead + data[at % len(data) + 1 :]
    return data


@settings(max_examples=200, deadline=None)
@given(
    JSON.map(lambda value: json.dumps(value).encode())
    | st.binary(max_size=200)
    | st.builds(spoiled, st.sampled_from([MY_MAPS, kmz(doc_kml=MY_MAPS), geojson(shape("Polygon", [SQUARE]))]), SPOTS)
)
def test_any_bytes_are_features_or_one_clear_error(data) -> None:
    found = []
    try:
        found = features(data, "x")
    except Unfit as problem:
        said = str(problem)
        found = [] if " – " in said else [said]
    assert all(each.geometry.is_valid and not each.geometry.is_empty for each in found)
