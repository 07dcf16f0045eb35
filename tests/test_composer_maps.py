"""Maps in drafts: drawn before anything is fitted, as exact as any picture, and never sent without a word about them."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from bot.core.errors import DraftError
from bot.engine.composer import Composed, compose_file
from bot.networks.base import installed
from bot.store.config import load
from tests.helpers_cli import SITE, X, settled
from tests.test_cli_map import square

LAYER = '[[layer]]\ndata = "eau.geojson"\nname = "Inondé"\nstyle = "water"\n'
ALT = 'alt = "L’eau couvre le centre de la carte"\n'


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    settled(tmp_path, SITE + X)
    (tmp_path / "eau.geojson").write_text(square(0, 47, 0.1), encoding="utf-8")
    return tmp_path


def composed(text: str, more: str = "") -> Composed:
    """The plan of a draft in this folder."""
    networks = installed()
    config_file = Path("config.toml")
    config_file.write_text(config_file.read_text(encoding="utf-8") + more, encoding="utf-8")
    config = load(config_file, {name: network.settings for name, network in networks.items()})
    Path("crue.md").write_text(text, encoding="utf-8")
    return compose_file(Path("crue.md"), config, networks)


def faults(text: str) -> list[str]:
    with pytest.raises(DraftError) as raised:
        composed(text)
    return str(raised.value).splitlines()


def block(more: str = ALT, layer: str = LAYER) -> str:
    return f'```map\ntitle = "La crue"\nsize = [600, 450]\n{more}{layer}```\n'


def test_a_block_is_drawn_and_goes_out_with_the_text_before_it() -> None:
    made = composed(f"La crue.\n{block()}\n---\nFin.\n")
    for thread in made.plan.threads:
        (picture,) = thread.posts[0].pictures
        assert (picture.width, picture.height, picture.alt) == (600, 450, "L’eau couvre le centre de la carte")
        assert Image.open(io.BytesIO(made.pictures[picture.sha256])).size == (600, 450)
        assert made.files[thread.account, picture.sha256] == "map of line 2"


def test_a_map_in_a_file_is_drawn_like_any_picture_and_its_own_alt_text_counts() -> None:
    Path("jour.map.toml").write_text(f'title = "La crue"\nsize = [600, 450]\n{ALT}{LAYER}', encoding="utf-8")
    own, draft = (composed(f"La crue.\n![{alt}](jour.map.toml)\n") for alt in ("", "De l’eau partout"))
    alts = [made.plan.threads[0].posts[0].pictures[0].alt for made in (own, draft)]
    assert alts == ["L’eau couvre le centre de la carte", "De l’eau partout"]


def test_two_plans_of_the_same_data_have_one_digest() -> None:
    first, again = (composed(f"La crue.\n{block()}") for _ in range(2))
    assert first.plan.digest == again.plan.digest


def test_other_data_is_another_plan(folder: Path) -> None:
    before = composed(f"La crue.\n{block()}")
    (folder / "eau.geojson").write_text(square(0, 47, 0.2), encoding="utf-8")
    assert composed(f"La crue.\n{block('area = [0, 47, 0.1, 47.1]' + chr(10) + ALT)}").plan.digest != before.plan.digest


def test_without_an_alt_text_one_is_proposed_and_nothing_goes_out() -> None:
    (said,) = faults(f"---\nlang: fr\n---\nLa crue.\n{block(more='')}")
    assert said.startswith("crue.md:5:1: map of line 5 has no alt text – write alt = ")
    assert "“Carte : La crue. Inondé : 84,5 km²" in said.replace("\u00a0", " ")


def test_a_proposal_is_never_sent_not_even_where_no_alt_text_is_only_a_warning() -> None:
    made = composed(f"La crue.\n{block(more='')}", more='[defaults]\nalt_text = "warning"\n')
    assert {picture.alt for thread in made.plan.threads for picture in thread.posts[0].pictures} == {""}
    assert any("has no alt text" in warning for warning in made.plan.warnings)


def test_what_is_wrong_with_a_block_stands_at_its_line_of_the_draft_beside_all_other_faults() -> None:
    layer = '[[layer]]\ndata = "absent.geojson"\nstyle = "watr"\n'
    said = faults(f"La crue.\n![](absent.png)\n\n{block(layer=layer)}")
    places = [line.split(": ")[0] for line in said]
    assert "crue.md:2:1" in places
    assert "crue.md:10:1" in places, "the key style of the layer"


def test_of_a_map_that_cannot_be_drawn_nobody_asks_for_an_alt_text() -> None:
    (said,) = faults(f"La crue.\n{block(more='theme = 7' + chr(10))}")
    assert said.startswith("crue.md:5:1: ")


def test_a_map_file_that_is_not_there_or_elsewhere_is_a_fault_at_the_picture() -> None:
    said = faults("La crue.\n![Une crue](absent.map.toml) ![Une autre](../../x.map.toml)\n")
    assert [line.split(" – ")[0] for line in said] == [
        "crue.md:2:1: absent.map.toml: no such file",
        "crue.md:2:30: ../../x.map.toml: leaves the folder of the file that names it",
    ]


def test_the_map_speaks_the_language_of_the_draft_unless_it_says_otherwise() -> None:
    text = "L’eau monte encore dans la vallée et les routes sont coupées depuis hier.\n"
    assert "Carte" in faults(text + block(more=""))[0]
    assert "Map" in faults(text + block(more='lang = "en"\n'))[0]


def test_of_a_drawn_map_it_is_known_how_large_its_smallest_letters_are() -> None:
    made = composed(f"La crue.\n{block()}")
    (fitted,) = {replace(each, picture=replace(each.picture, alt="")).lettering for each in made.fitted.values()}
    assert fitted
    assert 3 < fitted < 20


def test_a_map_of_the_usual_size_can_be_read_where_networks_show_it_down_to_its_sources() -> None:
    more = ALT + 'date = 2026-03-09\nsources = ["relevés d’exemple"]\n[[place]]\nname = "Saumur"\nlat = 47.05\nlon = 0.05\n'
    made = composed(f"La crue.\n{block(more).replace('600, 450', '1600, 1200')}")
    assert not [warning for warning in made.plan.warnings if "lettering" in warning]
    smaller = composed(f"La crue.\n{block(more).replace('600, 450', '1600, 400')}")
    assert [warning for warning in smaller.plan.warnings if "lettering" in warning], "a strip is reduced more"


def test_a_map_for_one_network_is_drawn_for_it_alone() -> None:
    made = composed(f"La crue.\n::: only site\n{block()}:::\n")
    assert {thread.network: len(thread.posts[0].pictures) for thread in made.plan.threads} == {"site": 1, "x": 0}
