"""Whole maps: what is on them, that nothing of it is lost, and that they are the same each time."""

from __future__ import annotations

import hashlib
import io
import math
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import shapely
from PIL import Image, ImageChops
from shapely.geometry import LineString, Point, box

from bot.media.maps import drawing
from bot.media.maps.data.loading import load
from bot.media.maps.data.spec import read
from bot.media.maps.drawing import draw
from bot.media.maps.letters.fonts import system
from bot.media.maps.letters.lettering import Lettering
from bot.media.maps.marks.canvas import Shape
from bot.media.maps.marks.themes import THEMES, themed
from bot.media.maps.model import Base, Bounds, Change, Class, Feature, Inset, Layer, Loaded, Map, Style
from bot.media.maps.page.inset import inset
from bot.media.maps.page.labels import Written, written
from bot.media.maps.page.layout import laid_out
from bot.media.maps.page.panel import ROW, SWATCH, TALL, legend, rows, swatch
from bot.media.maps.page.scene import LEAST, WIDTH, Desk, unit
from bot.media.maps.page.things import CORNERS, Part
from bot.media.maps.saying import LANGUAGES, words
from bot.media.unfit import Unfit

DATA = Path(__file__).parent / "data" / "maps"
HERE = Bounds(-0.85, 47.17, 0.5, 47.53)


def file(name: str) -> bytes:
    return (DATA / name).read_bytes()


def sheet(**changes):
    """The map of the flood, and its data."""
    asked = read((DATA / "loire.map.toml").read_text("utf-8"), "loire.map.toml")
    return replace(asked, **changes), load(asked, file)


def layer(style, *geometries, name="", label=""):
    features = tuple(Feature(geometry, label) for geometry in geometries)
    return Loaded(Layer("data", (Class("*", name, Style(style)),)), (features,))


def simple(*loaded, **fields):
    """A map without furniture, on which everything is easily found."""
    bare = {"area": HERE, "size": (800, 600), "scale_bar": False, "north_arrow": False, "legend": False}
    return Map("x.map.toml", **{**bare, **fields}, layers=tuple(one.layer for one in loaded)), loaded


def desk(asked, lang="fr"):
    return Desk(THEMES[asked.theme], Lettering(system()), words(lang), lang, unit(asked.size), True)


def opened(drawn):
    return Image.open(io.BytesIO(drawn.data))


def test_maps_drawn_at_once_are_the_same_bytes_as_one_after_the_other() -> None:
    """Of the very same data: nothing that is kept with it may depend on who asks first."""
    small, other = sheet(size=(480, 400)), sheet(size=(500, 400), theme="dark", inset=None)
    with ThreadPoolExecutor(3) as pool:
        at_once = [drawn.data for drawn in pool.map(lambda one: draw(*one, file), (small, other, small))]
    assert at_once == [draw(*one, file).data for one in (small, other, small)]


def test_another_process_draws_the_same_bytes() -> None:
    """Neither the hash seed nor what was drawn before leaves a trace."""
    script = (
        "import hashlib, sys; sys.path.insert(0, sys.argv[1])\n"
        "from tests.test_map_drawing import draw, file, sheet\n"
        "print(hashlib.sha256(draw(*sheet(size=(640, 480)), file).data).hexdigest())"
    )
    command = [sys.executable, "-c", script, str(Path(__file__).parents[1])]
    run = subprocess.run(command, env={"PYTHONHASHSEED": "1"}, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == hashlib.sha256(draw(*sheet(size=(640, 480)), file).data).hexdigest()


@pytest.mark.parametrize("theme", THEMES)
def test_every_theme_draws_the_map_without_a_note(theme: str) -> None:
    drawn = draw(*sheet(theme=theme), file)
    assert opened(drawn).size == drawn.size == (1600, 1200)
    assert drawn.notes == ()
    assert "Saumur" in drawn.alt


def test_a_map_carries_nothing_but_its_pixels() -> None:
    image = opened(draw(*simple()))
    image.load()
    assert (image.format, image.mode, image.info) == ("PNG", "RGB", {})


@pytest.mark.parametrize("size", [(1600, 1200), (1200, 1600), (2000, 700), (400, 400), (700, 500)])
def test_letters_can_be_read_when_a_feed_shows_the_map_600_pixels_wide(size) -> None:
    drawn = draw(*sheet(size=size, inset=None), file)
    assert drawn.smallest >= 3.5 * max(1, min(size[0], 2 * size[1]) / LEAST)


@pytest.mark.parametrize("size", [(1600, 1200), (1200, 1600), (2000, 900), (640, 640)])
@pytest.mark.parametrize("area", [HERE, None])
def test_no_furniture_or_label_is_off_the_picture_and_panels_do_not_overlap(size, area) -> None:
    asked, loaded = sheet(size=size, area=area)
    layout = laid_out(asked, loaded, (), file, desk(asked))
    labels = written(layout.parts, layout.frame, layout.panels, desk(asked))
    for text in layout.furniture.texts:
        assert text.x >= 0
        assert text.x + text.line.width <= size[0]
        assert text.y >= text.line.ascent
        assert text.y + text.line.descent <= size[1]
    for text in labels.texts:
        assert layout.frame[1] <= text.y <= layout.frame[3]
    sheets = [box(*panel) for panel in layout.panels]
    assert all(one.within(box(*layout.frame)) for one in sheets)
    assert shapely.union_all(sheets).area == pytest.approx(sum(one.area for one in sheets))


def test_every_label_is_on_the_picture_with_all_its_ink() -> None:
    """A label is drawn alone, and then on the finished map: where its ink is, the map has that colour."""
    asked, loaded = sheet(size=(1000, 800))
    layout = laid_out(asked, loaded, (), file, desk(asked))
    found = written(layout.parts, layout.frame, layout.panels, desk(asked))
    picture = opened(draw(asked, loaded, file))
    assert len(found.texts) >= 12
    for text in found.texts:
        alone, paper = (Image.new("RGB", picture.size, colour) for colour in ("#ff00ff", text.ink))
        desk(asked).letters.draw(alone, (text.x, text.y), text.line, text.ink, text.halo, text.halo_width, text.angle)
        ink = ImageChops.difference(alone, paper).convert("L").point(lambda value: 255 * (value < 2))
        lost = ImageChops.difference(picture, paper).convert("L")
        assert ink.getbbox()
        assert ImageChops.multiply(lost, ink).getextrema()[1] <= 2, text.line.text


def test_the_legend_explains_what_is_drawn_and_nothing_else() -> None:
    asked, loaded = simple(
        layer("water", box(-0.5, 47.2, 0, 47.4), name="Inondé"),
        layer("forest", box(10, 50, 11, 51), name="Forêt, loin d’ici"),
        layer("road", LineString([(-0.8, 47.2), (0.4, 47.5)])),
        layer("town", Point(0.3, 47.3), name="Ville"),
        layer("town", Point(0.2, 47.4), name="Ville"),
    )
    layout = laid_out(replace(asked, legend=True), loaded, (), None, desk(asked))
    assert [row[0].name for row in rows(layout.parts)] == ["Inondé", "Ville"]
    assert [text.line.text for text in layout.furniture.texts] == ["Inondé", "Ville"]


@pytest.mark.parametrize("lang", ["fr", "ar"])
def test_a_layer_of_several_kinds_has_a_swatch_for_each_in_one_row(lang) -> None:
    mixed = layer("", box(-0.2, 47.3, 0, 47.4), LineString([(-0.3, 47.3), (0.3, 47.3)]), Point(0.2, 47.4), name="Couche")
    asked, loaded = simple(mixed, layer("town", Point(-0.1, 47.2), name="Ville"), legend=True)
    layout = laid_out(asked, loaded, (), None, desk(asked, lang))
    kinds = [[part.kind for part in row] for row in rows(layout.parts)]
    assert kinds == [["area", "line", "point"], ["point"]]
    names = {text.line.text: text for text in layout.furniture.texts}
    assert list(names) == ["Couche", "Ville"]
    panel = legend(rows(layout.parts), 800, desk(asked, lang))
    text, middle = panel.texts[0], panel.width / 2
    swatches = shapely.union_all([shape.geometry.buffer(2) for shape in panel.shapes[2:]])  # after sheet and edge
    assert len(swatches.geoms) == 4, "none lies on another"
    left, _, right, _ = swatches.bounds
    assert left > text.x + text.line.width if lang == "ar" else right < text.x
    assert (text.x < middle) == (lang == "ar")


def test_a_legend_that_would_hide_much_becomes_a_band() -> None:
    roomy, loaded = sheet(size=(1200, 1600), area=None)
    crowded, _ = sheet(size=(1600, 1000))
    legends = [laid_out(asked, loaded, (), file, desk(asked)) for asked in (roomy, crowded)]
    assert [len(layout.panels) for layout in legends] == [3, 2]  # legend, scale, inset
    assert all(layout.price < 2400 for layout in legends)
    names = [{text.line.text for text in layout.furniture.texts} for layout in legends]
    assert all("Forêt" in found for found in names)


def test_bands_say_title_date_sources_and_attribution() -> None:
    asked, loaded = simple(
        title="Crue",
        subtitle="jeudi",
        date=date(2026, 3, 12),
        sources=("Vigicrues", "nous"),
        lang="fr",
        base=Base(attribution="© OpenStreetMap"),
    )
    layout = laid_out(asked, loaded, (), None, desk(asked))
    said = [text.line.text.replace("\u00a0", " ") for text in layout.furniture.texts]
    assert said == ["Crue", "jeudi", "Situation au 12 mars 2026", "Sources : Vigicrues, nous · © OpenStreetMap"]


def test_a_language_that_is_read_to_the_left_is_flush_right() -> None:
    asked, loaded = simple(layer("water", box(-0.5, 47.2, 0, 47.4), name="مياه"), title="فيضان", lang="ar", legend=True)
    layout = laid_out(asked, loaded, (), None, desk(asked, "ar"))
    title, name = layout.furniture.texts[1], layout.furniture.texts[0]
    assert title.x + title.line.width == pytest.approx(800 - 34 * unit(asked.size))
    (panel,) = layout.panels
    assert name.x < (panel[0] + panel[2]) / 2  # the swatch is on its right


def test_a_title_is_wrapped_then_made_smaller_then_refused() -> None:
    texts = []
    for title in ("Crue", "La crue de la Loire vue du ciel " * 3, "La crue de la Loire vue du ciel " * 5):
        layout = laid_out(*simple(title=title), (), None, desk(simple()[0]))
        texts.append([text.line for text in layout.furniture.texts])
    assert [len(lines) for lines in texts] == [1, 2, 2]
    assert texts[0][0].size == texts[1][0].size > texts[2][0].size
    with pytest.raises(Unfit, match="the title does not fit on 2 lines – shorten it"):
        laid_out(*simple(title="Crue " * 100), (), None, desk(simple()[0]))


def test_bands_that_leave_no_room_for_the_map_are_refused() -> None:
    there = box(-0.8, 47.2, 0.4, 47.5)
    many = [layer("water", there, name=f"Un nom assez long pour la légende, numéro {n}") for n in range(20)]
    asked, loaded = simple(*many, title="Crue de la Loire", legend=True, size=(800, 400))
    with pytest.raises(Unfit, match="too little room for the map – "):
        draw(asked, loaded)


def test_what_has_no_room_is_told() -> None:
    crowd = [layer("town", Point(0.1, 47.3), label=f"Bourg numéro {n}") for n in range(10)]
    notes = draw(*simple(*crowd)).notes
    assert notes
    assert all(note.startswith("no room for the label “Bourg numéro ") and " – " in note for note in notes)


def test_an_area_too_small_for_its_name_has_it_beside() -> None:
    asked, loaded = simple(layer("water", box(-0.2, 47.3, -0.19, 47.305), label="Étang du Grand Héron"))
    layout = laid_out(asked, loaded, (), None, desk(asked))
    found = written(layout.parts, layout.frame, layout.panels, desk(asked))
    assert {text.line.text for text in found.texts}
    assert found.notes == ()


def test_a_river_in_pieces_is_written_once() -> None:
    pieces = [LineString([(west, 47.3), (west + 0.2, 47.32)]) for west in (-0.8, -0.6, -0.4, -0.2)]
    asked, loaded = simple(layer("river", *pieces, label="Loire"))
    layout = laid_out(asked, loaded, (), None, desk(asked))
    assert [text.line.text for text in written(layout.parts, layout.frame, (), desk(asked)).texts] == ["Loire"]


def test_of_a_line_like_noise_no_more_corners_are_drawn_than_can_be_seen() -> None:
    noise = LineString([(-0.6 + x / 40_000, 47.3 + math.sin(x * x) / 700) for x in range(30_000)])
    layout = laid_out(*simple(layer("line", noise)), (), None, desk(simple()[0]))
    (part,) = layout.parts
    assert shapely.get_num_coordinates(part.things[0].geometry) <= CORNERS


def test_areas_lie_under_lines_and_lines_under_points_in_the_order_of_the_layers() -> None:
    there = box(-0.6, 47.2, 0.3, 47.5)
    painted: list[Shape] = []
    asked, loaded = simple(
        layer("town", Point(-0.1, 47.35)), layer("river", LineString([(-0.6, 47.35), (0.3, 47.35)])), layer("water", there)
    )
    theme = THEMES["light"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(drawing, "painted", lambda ground, shapes: (painted.extend(shapes), ground)[1])
        draw(asked, loaded)
    order = [shape.colour for shape in painted]
    marks = theme.marks
    assert (
        order.index(marks["area"]["water"].fill)
        < order.index(marks["line"]["river"].fill)
        < order.index(marks["point"]["town"].fill)
    )


def test_what_was_gained_and_lost_is_shaded_and_named() -> None:
    asked, loaded = simple(layer("water", box(-0.5, 47.2, 0, 47.4), name="Inondé"), legend=True, lang="fr")
    change = Change("Inondé", Style("water"), 200, 279, 81, 2, box(-0.5, 47.3, 0, 47.4), box(0, 47.2, 0.1, 47.3))
    layout = laid_out(asked, loaded, (change,), None, desk(asked))
    assert [(part.mark.pattern, bool(part.name)) for part in layout.parts] == [
        ("plain", True), ("plain", False), ("crosshatch", True), ("plain", False), ("dots", True)
    ]  # fmt: skip
    said = [text.line.text for text in layout.furniture.texts]
    assert any("gagné" in line and "81" in line for line in said)
    assert draw(asked, loaded, changes=(change,)).data != draw(asked, loaded).data


def test_what_two_classes_gained_is_told_apart_by_their_colours() -> None:
    asked, loaded = simple(layer("controlled", box(-0.5, 47.2, 0, 47.4), name="Contrôlé"), legend=True)
    there, nothing = box(-0.5, 47.2, 0, 47.4), shapely.Polygon()
    both = tuple(Change(base, Style(base), 1, 2, 1, 0, there, nothing) for base in ("controlled", "contested"))
    layout = laid_out(asked, loaded, both, None, desk(asked))
    gained = [part.mark.fill for part in layout.parts if part.mark.pattern == "crosshatch"]
    assert gained == [THEMES["light"].marks["area"][base].ink for base in ("controlled", "contested")]


def test_a_swatch_stays_within_its_row_however_large_the_symbol_is_on_the_map() -> None:
    for kind, style in (("point", Style("event", size=200)), ("line", Style("front", width=60)), ("area", Style(width=60))):
        mark = themed(style, kind, THEMES["light"])
        shapes = swatch(Part(kind, mark, "name", ()), 0, 0, 1)
        left, top, right, bottom = shapely.total_bounds([shape.geometry for shape in shapes])
        assert max(-top, bottom) < (TALL + ROW) / 2 + 3
        assert max(-left, right - SWATCH) < 10


def test_a_front_has_its_name_on_the_side_without_teeth() -> None:
    for corners, side in (([(-0.6, 47.3), (0.3, 47.3)], 1), ([(0.3, 47.3), (-0.6, 47.3)], -1)):
        asked, loaded = simple(layer("front", LineString(corners), label="le front"))
        layout = laid_out(asked, loaded, (), None, desk(asked))
        (text,) = written(layout.parts, layout.frame, (), desk(asked)).texts
        (_, there) = layout.view.xy(0, 47.3)
        assert (text.y - text.line.x_height / 2 - there) * side > 0


def test_a_name_runs_along_a_line_that_slopes() -> None:
    asked, loaded = simple(layer("river", LineString([(-0.6, 47.25), (0.3, 47.45)]), label="la rivière"))
    layout = laid_out(asked, loaded, (), None, desk(asked))
    (text,) = written(layout.parts, layout.frame, (), desk(asked)).texts
    assert -30 < text.angle < -10


def test_a_map_in_a_language_without_words_says_that_they_are_english() -> None:
    assert draw(*simple(lang="pt-BR")).notes == ()
    (note,) = draw(*simple(lang="he")).notes
    assert note.startswith("date, sources and the proposed alt text are in English: no words for lang = “he” are known – ")
    assert all(f" {code}" in note for code in LANGUAGES)


def test_what_a_panel_hides_is_told() -> None:
    asked, loaded = simple(layer("town", Point(-0.1, 47.35), label="Saumur"))
    layout = laid_out(asked, loaded, (), None, desk(asked))
    assert written(layout.parts, layout.frame, (), desk(asked)).notes == ()
    found = written(layout.parts, layout.frame, (layout.frame,), desk(asked))
    assert found.texts == ()
    assert found.notes == ("“Saumur” lies under a panel – give the map more room around it",)


def test_what_is_not_in_view_is_told() -> None:
    here, there = Feature(Point(-0.1, 47.35), "Saumur"), Feature(Point(36, 48), "Loin")
    places = Loaded(Layer("", (Class("*", "", Style("town")),)), ((here, there),))
    asked, loaded = simple(places, layer("water", box(10, 40, 11, 41)), layer("river", LineString([(-0.3, 47.3), (9, 41)])))
    advice = "look whether its coordinates and the map’s area are right"
    assert draw(asked, loaded).notes == (f"“Loin” is not in view – {advice}", f"nothing of data is in view – {advice}")


def test_leaders_are_drawn(monkeypatch) -> None:
    leader = Shape(box(100, 100, 120, 120), "#ff00ff")
    monkeypatch.setattr(drawing, "written", lambda *_: Written((), (leader,), ()))
    assert opened(draw(*simple())).convert("RGB").getpixel((110, 110)) == (255, 0, 255)


def test_lines_that_cross_keep_their_directions() -> None:
    """A union would cut them where they cross, and may turn them around: the teeth of a front would change sides."""
    cross = shapely.MultiLineString([[(0.2, 47.3), (-0.5, 47.4)], [(-0.5, 47.3), (0.2, 47.4)]])
    asked, loaded = simple(layer("front", cross), projection="equirectangular")
    (part,) = laid_out(asked, loaded, (), None, desk(asked)).parts
    east = [line.coords[-1][0] > line.coords[0][0] for line in part.things[0].geometry.geoms]
    assert east == [False, True]


def test_islands_far_from_the_mainland_do_not_widen_the_inset() -> None:
    mainland, near, far = box(-4, 43, 8, 51), box(8.5, 41, 9.5, 43), box(-62, 14, -60, 17)
    layout = laid_out(*simple(layer("town", Point(2, 47))), (), None, desk(simple()[0]))
    with_far, without = (
        inset(Inset("land"), [Feature(each) for each in land], layout.view, desk(simple()[0]))
        for land in ((mainland, near, far), (mainland, near))
    )
    assert (with_far.width, with_far.height) == (without.width, without.height)


def test_the_frame_in_an_inset_is_held_within_its_panel() -> None:
    asked, loaded = simple(layer("town", Point(2, 47)), area=Bounds(-20, 40, 20, 55))
    view = laid_out(asked, loaded, (), None, desk(asked)).view
    found = inset(Inset("land"), [Feature(box(-4, 43, 8, 51))], view, desk(asked))
    for shape in found.shapes:
        left, top, right, bottom = shape.geometry.bounds
        assert min(left, top) >= 0
        assert right <= found.width
        assert bottom <= found.height


def test_an_inset_marks_where_the_map_lies() -> None:
    with_inset, without = sheet(size=(800, 600)), sheet(size=(800, 600), inset=None)
    assert draw(*with_inset, file).data != draw(*without, file).data
    layout = laid_out(*with_inset, (), file, desk(with_inset[0]))
    assert "France" in {text.line.text for text in layout.furniture.texts}


def test_an_inset_without_areas_is_refused() -> None:
    asked, loaded = simple(inset=Inset("lignes.geojson"))
    with pytest.raises(Unfit, match=r"lignes\.geojson: has no areas – "):
        draw(asked, loaded, file)


def test_the_smallest_and_the_strangest_maps_are_drawn() -> None:
    for asked, loaded in (
        simple(size=(400, 400)),
        simple(layer("front", LineString([(0, 47.3), (0.00001, 47.3)]))),
        simple(layer("water", box(-50, 20, 60, 70), name="Tout"), legend=True, scale_bar=True, north_arrow=True),
        simple(layer("advance", LineString([(0, 47.3), (0.1, 47.3), (0, 47.3)]))),
    ):
        assert opened(draw(asked, loaded)).size == asked.size


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="this system does not say how much memory a process took")
def test_a_large_map_is_drawn_in_bounded_memory() -> None:
    """At 4096×4096 pixels; the bound is 1 GB; measured were 0.22 GB, with a picture as ground what it takes more."""
    script = (
        "import re, sys; sys.path.insert(0, sys.argv[1])\n"
        "from tests.test_map_drawing import box, draw, layer, simple\n"
        "draw(*simple(layer('controlled', box(-0.8, 47, 0.4, 48)), size=(4096, 4096)))\n"
        # not getrusage: that begins with what its parent had
        r"print(re.search(r'VmHWM:\s*(\d+)', open('/proc/self/status').read())[1])"
    )
    run = subprocess.run(
        [sys.executable, "-c", script, str(Path(__file__).parents[1])], capture_output=True, text=True, check=True
    )
    assert int(run.stdout) < 400_000, "kilobytes"


def test_lengths_are_those_of_a_picture_1600_wide() -> None:
    assert unit((WIDTH, 1200)) == 1
    assert unit((400, 400)) == unit((600, 300)) == LEAST / WIDTH
    assert unit((4000, 500)) == unit((1000, 1000))
