"""A map as its author writes it: what is understood, and every fault with its place and what to do."""

from __future__ import annotations

from datetime import date

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from bot.core.errors import DraftError, Fault
from bot.core.model import Span
from bot.media.maps.data.spec import read
from bot.media.maps.data.standing import nearest, standing
from bot.media.maps.model import Base, Bounds, Class, Inset, Layer, Map, Style

PATH = "drafts/loire.map.toml"
LAYER = '[[layer]]\ndata = "zones.geojson"\n'

WHOLE = """\
title = "Crue de la Loire"            # printed at the top
subtitle = "Jeudi 12 mars, 18 h"
lang = "fr"
size = [1200, 900]
area = [-0.7, 47.2, 0.3, 47.6]
projection = "equirectangular"
theme = "print"
date = 2026-03-12
sources = ["Vigicrues", "relevés d’exemple"]
alt = "La Loire a débordé."
scale_bar = false
north_arrow = false
legend = false

[base]
picture = "relief.png"
bounds = [-0.7, 47.2, 0.3, 47.6]
attribution = "© les auteurs du relief"

[inset]
data = "france.geojson"
title = "France"

[[layer]]
data = "zones.geojson"
by = "statut"
label = ""
[[layer.class]]
value = "inonde"
name = "Inondé"
style = "water"
colour = "#36A"
pattern = "hatch"
[[layer.class]]
value = "*"
style = "land"

[[layer]]
data = "front.kml"
name = "Digue"
style = "front"
width = 4

[[place]]
name = "Saumur"
lat = 47.26
lon = -0.07
style = "town"

[[place]]
name = "Angers"
lat = 47
lon = -0.55
style = "capital"
symbol = "star"
size = 20.5

[[place]]
lat = 47.3
lon = 0.1
style = "town"
"""


def faults(source: str, first: int = 1) -> list[tuple[int, int, str]]:
    with pytest.raises(DraftError) as caught:
        read(source, PATH, first)
    assert all(fault.path == PATH for fault in caught.value.faults)
    return [(fault.line, fault.column, fault.message) for fault in caught.value.faults]


def test_a_whole_map_is_understood() -> None:
    found = read(WHOLE, PATH)
    zones, front, places = found.layers
    assert found == Map(
        PATH,
        1,
        "Crue de la Loire",
        "Jeudi 12 mars, 18 h",
        "fr",
        (1200, 900),
        Bounds(-0.7, 47.2, 0.3, 47.6),
        "equirectangular",
        "print",
        date(2026, 3, 12),
        ("Vigicrues", "relevés d’exemple"),
        "La Loire a débordé.",
        scale_bar=False,
        north_arrow=False,
        legend=False,
        base=Base("relief.png", Bounds(-0.7, 47.2, 0.3, 47.6), "", "© les auteurs du relief", 15),
        inset=Inset("france.geojson", "France", 20),
        layers=(zones, front, places),
    )
    water = Class("inonde", "Inondé", Style("water", "#3366aa", "hatch"))
    assert zones == Layer("zones.geojson", (water, Class("*", "", Style("land"))), "statut", "", line=24)
    assert front == Layer("front.kml", (Class("*", "Digue", Style("front", width=4.0)),), line=38)


def test_places_are_a_layer_with_a_class_for_each_style() -> None:
    places = read(WHOLE, PATH).layers[-1]
    assert (places.data, places.by, places.label, places.line) == ("", "place", "name", 44)
    assert places.classes == (Class("0", "", Style("town")), Class("1", "", Style("capital", symbol="star", size=20.5)))
    said = [(each.name, each.geometry, each.properties["place"]) for each in places.features]
    assert said == [
        ("Saumur", shapely.Point(-0.07, 47.26), "0"),
        ("Angers", shapely.Point(-0.55, 47), "1"),
        ("", shapely.Point(0.1, 47.3), "0"),
    ]


def test_all_but_something_to_draw_has_a_default() -> None:
    assert read(LAYER, PATH) == Map(PATH, layers=(Layer("zones.geojson", (Class("*", "", Style()),), line=1),))
    assert read('area = "fit"\n' + LAYER, PATH).area is None
    assert faults("") == [(1, 1, "nothing to draw – add a [[layer]] with data, a [[place]] or a [base]")]


def test_every_fault_is_told_at_once_with_its_place() -> None:
    source = 'titel = "Crue"\nsize = [100, 900]\ntheme = "lihgt"\ndate = "12 mars"\n\n[[layer]]\nstyle = "watter"\n'
    assert faults(source) == [
        (1, 1, "unknown key “titel” – did you mean “title”?"),
        (2, 1, "size: “[100, 900]” – write [width, height] in pixels, each from 400 to 4096"),
        (3, 1, "theme: “lihgt” – did you mean “light”?"),
        (4, 1, "date: “12 mars” is not a day – write it as 2026-03-12, without quotes and without a time"),
        (6, 1, "no data – name a GeoJSON, KML, KMZ or GPX file; for single points write [[place]]"),
        (7, 1, "style: “watter” – did you mean “water”?"),
    ]


def test_a_block_in_a_draft_has_the_lines_of_the_draft() -> None:
    assert faults('[[layer]]\ndata = ""\n', first=41) == [
        (42, 1, "data: nothing between the quotes – write a text, or remove the line")
    ]
    assert read(LAYER, PATH, 41).layers[0].line == 41
    assert faults("title =", first=41)[0][0] == 41


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("title = 3", "“3” is not a text"),
        ('title = "a\\u0007b"', "invisible character U+0007"),
        ('title = "Z\\u0301\\u0301\\u0301\\u0301"', "more than 3 marks on one letter – remove them"),
        ('lang = "français"', "not a language code"),
        ("size = [1600]", "write [width, height]"),
        ("size = [1600.0, 1200]", "write [width, height]"),
        ("size = [true, 1200]", "write [width, height]"),
        ("size = [1600, 5000]", "from 400 to 4096"),
        ('area = "all"', 'write "fit"'),
        ("area = [1, 2, 3]", "[west, south, east, north]"),
        ("area = [nan, 47.2, 0.3, 47.6]", "[west, south, east, north]"),
        ("area = [47.2, -0.7, 47.6, 180.3]", "beyond 180"),
        (f"area = [0, 0, 1, 1{'0' * 400}]", "beyond 180"),
        ("area = [170, 47.2, -170, 47.6]", "no map crosses the 180th meridian"),
        ("area = [0, 47.6, 1, 47.2]", "south below north"),
        ('projection = "lambert"', "known: equirectangular, mercator"),
        ("date = 2026-03-12T18:00:00", "without a time"),
        ('sources = "Vigicrues"', 'write ["one", "another"]'),
        ('scale_bar = "yes"', "write true or false"),
        ("base = 3", "write [base]"),
        ("layer = 3", "write [[layer]]"),
        ("[base]", "either a picture or tiles"),
        ('[base]\npicture = "a.png"\ntiles = "https://t.example.org/{z}/{x}/{y}.png"\nattribution = "©"', "either a picture"),
        ('[base]\ntiles = "https://t.example.org/{z}/{x}/{y}.png"', "no attribution"),
        ('[base]\ntiles = "https://{s}.example.org/{z}/{x}/{y}.png"\nattribution = "©"', "{s}"),
        ('[base]\ntiles = "file:///{z}/{x}/{y}.png"\nattribution = "©"', "not a web address"),
        ('[base]\ntiles = "https://t.example.org/{z}/{x}/{y}.png"\nattribution = "©"\nbounds = [0, 0, 1, 1]', "remove it"),
        ("[inset]", "no data"),
        ('[[layer]]\ndata = "a"\nby = "s"', "add [[layer.class]]"),
        ('[[layer]]\ndata = "a"\n[[layer.class]]\nvalue = "x"', "no by"),
        ('[[layer]]\ndata = "a"\nby = "s"\nstyle = "water"\n[[layer.class]]\nvalue = "x"', "style: this layer has classes"),
        ('[[layer]]\ndata = "a"\nby = "s"\n[[layer.class]]\nname = "x"', "no value"),
        (
            '[[layer]]\ndata = "a"\nby = "s"\n[[layer.class]]\nvalue = 1\n[[layer.class]]\nvalue = 1.0',
            "“1” stands here a second",
        ),
        ('[[layer]]\ndata = "a"\ncolour = "red"', "as in #3366aa"),
        ('[[layer]]\ndata = "a"\npattern = "stripes"', "known: crosshatch"),
        ('[[layer]]\ndata = "a"\nwidth = 0', "from 0.5 to 60 (pixels)"),
        ('[[place]]\nname = "Saumur"\nlon = 0', "no lat"),
        ("[[place]]\nlat = 97\nlon = 0", "from -90 to 90"),
        ("[[place]]\nlat = inf\nlon = 0", "from -90 to 90"),
        ('[[place]]\nlat = 47\nlon = 0\nstyle = "water"', "known: capital"),
        ("[[place]]\nlat = 47\nlon = 0\nwidth = 3", "unknown key “width”"),
    ],
)
def test_a_fault_says_what_to_do(line, said) -> None:
    source = line if "[[" in line else line + "\n" + LAYER
    if line.startswith("layer"):
        source = line
    messages = [message for _, _, message in faults(source)]
    assert len(messages) == 1, messages
    assert said in messages[0]
    assert " – " in messages[0]


@pytest.mark.parametrize(
    ("source", "line", "column"),
    [("title = Crue", 1, 9), ('a = 1\n\ntitle = "Crue', 3, 14), ("title = 1\ntitle = 2\n", 2, 10), ("a = [\n[", 2, 1)],
)
def test_what_is_not_toml_is_told_where_it_ends(source, line, column) -> None:
    assert [(found[0], found[2].startswith("not TOML")) for found in faults(source)] == [(line, True)]
    assert faults(source)[0][1] >= 1


def test_what_would_choke_the_library_is_one_fault() -> None:
    assert "without end" in faults("a = " + "[" * 100_000)[0][2]
    assert "not TOML" in faults("a = " + "9" * 10_000)[0][2]
    assert "characters" in faults("#" * 1_000_001)[0][2]


def test_a_key_that_would_move_a_cursor_is_not_repeated_as_it_is() -> None:
    assert faults('"\\u001b[2J" = 1\n' + LAYER)[0][2].startswith("unknown key “[2J” – ")


def test_the_place_of_each_key_is_found_past_strings_comments_and_lists() -> None:
    source = '''\
title = """
size = 3
[[layer]]
"""  # [base]
  area = [ # [inset]
  [1], "]",
  ["x"] ]
base.picture = 'x"'
[[layer]]
data = "a"
[[layer.class]]
value = "x"
[[layer.class]]
  "value" = 'y'
[[layer]]
class = [{ value = "z" }]
[inset] # "
data = """"quoted""""
'''
    found = standing(source)
    assert found == {
        ("title",): Span(1, 1),
        ("area",): Span(5, 3),
        ("base", "picture"): Span(8, 1),
        ("layer", 0): Span(9, 1),
        ("layer", 0, "data"): Span(10, 1),
        ("layer", 0, "class", 0): Span(11, 1),
        ("layer", 0, "class", 0, "value"): Span(12, 1),
        ("layer", 0, "class", 1): Span(13, 1),
        ("layer", 0, "class", 1, "value"): Span(14, 3),
        ("layer", 1): Span(15, 1),
        ("layer", 1, "class"): Span(16, 1),
        ("inset",): Span(17, 1),
        ("inset", "data"): Span(18, 1),
    }
    assert nearest(found, ("layer", 1, "class", 0, "value")) == Span(16, 1)
    assert nearest(found, ("nowhere", "value")) == Span(1, 1)


def test_windows_line_ends_do_not_move_places() -> None:
    assert faults("title = 3\r\nsize = 3\r\n" + LAYER) == faults("title = 3\nsize = 3\n" + LAYER)


@given(st.text(st.sampled_from("abc=.[]{}\"'#\\\n 1,-"), max_size=60))
def test_any_text_is_a_map_or_a_draft_error(source) -> None:
    found: tuple[Fault, ...] = ()
    try:
        read(source, PATH)
    except DraftError as error:
        found = error.faults
    assert all(fault.line <= source.count("\n") + 1 for fault in found)


def test_a_title_that_turns_letters_around_is_refused() -> None:
    with pytest.raises(DraftError, match=r"title: invisible character U\+202E – remove it"):
        read('title = "a\\u202Eb"\n' + LAYER, PATH)
