"""Alt texts: words about a picture are one, the name of its file and the word "picture" are none, in any language."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.alt import ADVICE, NOTHING, no_alt


@pytest.mark.parametrize("alt", ["", " ", "\u00a0", "\n\t"])
def test_an_empty_one_is_missing_and_its_author_is_told_what_to_do(alt: str) -> None:
    advice = "describe it between the brackets, so that it can be read aloud"
    assert no_alt(alt, "maps/day2.png") == f"maps/day2.png has no alt text – {advice}"


@pytest.mark.parametrize(
    "alt",
    [
        "IMG_2041.jpg",
        "IMG_2041",
        "img-2041.HEIC",
        "DSC 0041",
        "DSC_0041.NEF.jpg",
        "PXL_20260312_180000123.jpg",
        "20260312_180000",
        "jour1",
        "jour1.png",
        "Jour1",
        "maps/jour1.png",
        "crue-jour-1.png",
        "screenshot 2026-03-12 at 18.00",
        "Screenshot 2026-03-12 at 18.00.00.png",
        "Capture d’écran 2026-03-12 à 18.00.00",
        "Bildschirmfoto 2026-03-12 um 18.00.00",
        "Captura de pantalla 2026-03-12 180000",
        "Снимок экрана 2026-03-12",
        "WhatsApp Image 2026-03-12 at 18.00.00",
        "untitled-1 (copy)",
    ],
)
def test_the_name_of_a_file_is_none(alt: str) -> None:
    said = no_alt(alt, "maps/jour1.png")
    assert said.startswith("maps/jour1.png has “")
    assert said.endswith(f"which does not say what it shows – {ADVICE}")
    assert f"“{alt}”" in said


def test_the_name_of_its_own_file_is_none_whatever_it_is_called() -> None:
    for alt in ("crue-saumur", "Crue_Saumur.png", "crue saumur", "CRUE-SAUMUR.PNG"):
        assert no_alt(alt, "maps/crue-saumur.png")
    assert no_alt("E\u0301te\u0301", "maps/été.png"), "decomposed accents are the same"
    assert not no_alt("crue-saumur", "maps/day1.png")


def test_a_file_that_is_called_by_what_it_shows_may_be_described_so() -> None:
    assert no_alt("Flooded bridge in Saumur", "flooded bridge in saumur.png") == ""
    assert no_alt("Flooded bridge in Saumur", "flooded-bridge-in-saumur.png") == ""


@pytest.mark.parametrize(
    "alt",
    "image|Picture|a photo|The map|MAP|map 3|Map.|Image (1)|carte|la carte|Carte n° 2|Bild|das Bild|captura|imagen|mappa|"
    "fotografia|карта|мапа|harita|خريطة|מפה|मानचित्र|地图|地図|写真|지도|แผนที่|图1|図2|alt text|🗺|...|12|№ 3".split("|"),
)
def test_the_word_picture_alone_is_none_in_any_language(alt: str) -> None:
    assert no_alt(alt, "day2.png")


@pytest.mark.parametrize(
    "alt",
    [
        "Carte du lundi 9 mars : l’eau n’a débordé qu’en quelques endroits",
        "Map of Kyiv",
        "Karte: Hochwasser an der Loire",
        "Die Karte zeigt Saumur",
        "洪水图",
        "3月12日の浸水域",
        "แผนที่น้ำท่วม",
        "Day 2",
        "Kyiv",
        "File config.png open in an editor",
        "295 km² flooded",
    ],
)
def test_words_about_the_picture_are_one(alt: str) -> None:
    assert no_alt(alt, "maps/picture.png") == ""


def test_a_long_one_that_says_nothing_is_shown_short() -> None:
    assert len(no_alt("map " * 500, "day2.png")) < 200


@given(st.text(), st.sampled_from(sorted(NOTHING)), st.integers(0, 10**9))
def test_no_words_of_the_list_with_any_number_are_ever_one(source: str, word: str, number: int) -> None:
    assert no_alt(f"{word}_{number}", f"{source}.png")
    assert no_alt(f"{number} ({word.upper()})", f"{source}.png")
