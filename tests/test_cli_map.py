"""threadbot map: a map drawn alone, its alt text proposed, what has changed since another one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image

from tests.helpers_cli import desk_in, fails, threadbot


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return desk_in(tmp_path, monkeypatch)


def square(west: float, south: float, side: float) -> str:
    """A GeoJSON file with one square, in degrees."""
    east, north = west + side, south + side
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    feature = {"type": "Feature", "properties": {}, "geometry": {"type": "Polygon", "coordinates": [ring]}}
    return json.dumps({"type": "FeatureCollection", "features": [feature]})


def size_of(name: str) -> tuple[int, int]:
    with Image.open(name) as picture:
        return picture.size


def mapped(name: str = "day", side: float = 0.1, more: str = "") -> str:
    """A map of one flooded square; returns its file's name."""
    Path(f"{name}.geojson").write_text(square(0, 47, side), encoding="utf-8")
    layer = f'[[layer]]\ndata = "{name}.geojson"\nname = "Inondé"\nstyle = "water"\n'
    text = f'title = "La crue"\nlang = "fr"\nsize = [600, 450]\n{more}\n{layer}'
    Path(f"{name}.map.toml").write_text(text, encoding="utf-8")
    return f"{name}.map.toml"


def test_a_map_is_drawn_into_a_file_and_its_alt_text_proposed() -> None:
    said = threadbot("map", mapped(), "-o", "out.png")
    assert (said.code, said.err) == (0, ""), said
    assert size_of("out.png") == (600, 450)
    first, advice, alt = said.out.splitlines()
    assert first.startswith("out.png: 600×450, ")
    assert "no alt text" in advice
    assert alt.startswith('alt = "')
    assert "La crue" in alt
    assert "84,5\u00a0km²" in alt


def test_a_proposal_can_be_put_into_the_map_as_it_stands() -> None:
    file = Path(mapped(more='subtitle = "La « \\"vraie\\" » crue \\\\ l’autre"'))
    proposed = threadbot("map", str(file)).out.splitlines()[-1]
    file.write_text(f"{proposed}\n{file.read_text(encoding='utf-8')}", encoding="utf-8")
    said = threadbot("map", str(file), "--json").json
    assert said[0]["alt"] == said[0]["proposed"]


def test_without_a_place_to_write_to_nothing_is_written(folder: Path) -> None:
    before = {*folder.iterdir(), Path(mapped()).resolve(), Path("day.geojson").resolve()}
    assert threadbot("map", "day.map.toml").code == 0
    assert {*folder.iterdir()} == before


def test_what_an_area_gained_and_lost_is_said_and_shaded() -> None:
    earlier, later = mapped("one", 0.1), mapped("two", 0.2)
    said = threadbot("map", later, "--compare", earlier, "-o", "gained.png")
    assert (said.code, said.err) == (0, "")
    assert said.out.splitlines()[-1].startswith("Inondé")
    assert "(+" in said.out.splitlines()[-1]
    threadbot("map", later, "-o", "plain.png")
    assert Path("gained.png").read_bytes() != Path("plain.png").read_bytes()


def test_for_machines_changes_are_numbers_of_square_kilometres() -> None:
    earlier, later = mapped("one", 0.1), mapped("two", 0.2)
    ((made),) = threadbot("map", later, "--compare", earlier, "--json").json
    (change,) = made["changes"]
    assert set(change) == {"name", "before", "after", "gained", "lost"}
    assert change["after"] - change["before"] == pytest.approx(change["gained"] - change["lost"])
    assert change["gained"] == pytest.approx(253, abs=2)
    assert made["file"] is None


def test_two_drawings_are_the_same_bytes() -> None:
    mapped()
    for name in ("a.png", "b.png"):
        threadbot("map", "day.map.toml", "-o", name)
    assert Path("a.png").read_bytes() == Path("b.png").read_bytes()


def test_all_the_maps_of_a_draft_are_drawn_each_into_its_own_file() -> None:
    block = f"```map\n{Path(mapped()).read_text(encoding='utf-8')}```"
    Path("draft.md").write_text(f"Un.\n![Le jour](day.map.toml)\n\nDeux.\n{block}\n", encoding="utf-8")
    said = threadbot("map", "draft.md", "-o", "out.png")
    assert (said.code, said.err) == (0, ""), said
    assert [size_of(f"out-{n}.png") for n in (1, 2)] == [(600, 450)] * 2


def test_what_is_wrong_with_a_map_is_said_with_its_place_all_at_once() -> None:
    Path("bad.map.toml").write_text('titel = "x"\nsize = [1]\n[[layer]]\ndata = "absent.geojson"\n', encoding="utf-8")
    said = threadbot("map", "bad.map.toml")
    fails(said, 1)
    assert [line.split(": ")[0] for line in said.err.splitlines()] == ["bad.map.toml:1:1", "bad.map.toml:2:1"]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("absent.map.toml",), 1, "absent.map.toml:1:1: no such file"),
        (("plain.md",), 1, "has no map"),
        (("day.map.toml", "-o", "out.jpg"), 2, "ends in .png"),
        (("both.md", "--compare", "day.map.toml"), 2, "one map is compared with one other"),
        (("day.map.toml", "--compare", "plain.md"), 1, "has no map"),
        (("stray.map.toml",), 1, "leaves the folder of the file that names it"),
        (("latin.map.toml",), 1, "is not UTF-8"),
        (("day.map.toml", "--compare", "both.md"), 2, "one map is compared with one other"),
        (("day.map.toml", "-o", "nowhere/out.png"), 2, "there is no folder nowhere"),
        (("day.geojson",), 1, "neither a map nor a draft"),
        (("folder.map.toml",), 1, "not a file – name a file that ends in .map.toml"),
    ],
)
def test_what_cannot_be_drawn_is_one_clear_error(words: tuple[str, ...], code: int, said: str) -> None:
    block = f"```map\n{Path(mapped()).read_text(encoding='utf-8')}```"
    Path("plain.md").write_text("Nothing.\n", encoding="utf-8")
    Path("both.md").write_text(f"One.\n{block}\n\nTwo.\n{block}\n", encoding="utf-8")
    Path("stray.map.toml").write_text('title = "x"\n[[layer]]\ndata = "../elsewhere.geojson"\n', encoding="utf-8")
    Path("folder.map.toml").mkdir()
    Path("latin.map.toml").write_bytes('title = "été"'.encode("latin-1"))
    fails(threadbot("map", *words), code, said)


def test_the_faults_of_all_the_maps_of_a_draft_are_told_at_once() -> None:
    Path("draft.md").write_text(
        "One.\n```map\ntitel = 1\n```\n\nTwo.\n```map\ntheme = 'x'\n```\n![A flood](absent.map.toml)\n", encoding="utf-8"
    )
    said = threadbot("map", "draft.md")
    fails(said, 1)
    places = [line.split(": ")[0] for line in said.err.splitlines()]
    assert {"draft.md:3:1", "draft.md:8:1", "draft.md:10:1"} <= {*places}


def test_a_label_that_has_no_room_is_a_warning_on_stderr() -> None:
    names = "".join(
        f'[[place]]\nname = "Un très long nom de lieu numéro {n}"\nlat = {47 + n / 10**5}\nlon = 0.05\n' for n in range(60)
    )
    file = Path(mapped())
    file.write_text(file.read_text(encoding="utf-8") + names, encoding="utf-8")
    said = threadbot("map", str(file))
    assert said.code == 0
    assert "warning: " in said.err
    assert "no room" in said.err
