"""The draft with drawn maps that threadbot ships: fine everywhere, and its numbers are those of its data."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.helpers_cli import MASTO, SITE, SKY, X, nowhere, settled, threadbot

DRAFT = Path(__file__).parent.parent / "drafts" / "orvette.md"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_it_is_fine_on_every_network_without_a_warning_about_its_maps(folder: Path) -> None:
    settled(folder, SITE + SKY.format(server=nowhere()) + MASTO.replace("https://social.example", nowhere()) + X)
    said = threadbot("check", str(DRAFT))
    assert said.code == 0, said
    assert "map" not in said.err.replace(str(DRAFT), "")


def test_what_it_says_of_areas_is_what_its_data_says() -> None:
    first, second = (made["proposed"].replace("\u00a0", " ") for made in threadbot("map", str(DRAFT), "--json").json)
    monday, wednesday = (
        int(number) for number in re.findall(r"(\d+) km² (?:sous l’eau lundi|mercredi)", DRAFT.read_text(encoding="utf-8"))
    )
    assert f"Sous l’eau : {monday} km²" in first
    assert f"Déjà sous l’eau lundi : {monday} km²" in second
    (gained,) = re.findall(r"Gagné depuis lundi : (\d+) km²", second)
    assert monday + int(gained) == wednesday
