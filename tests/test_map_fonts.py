"""Which fonts are found, what they can write, and what is said where none can."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ImageFont

from bot.media.maps.letters.coverage import coverage
from bot.media.maps.letters.fonts import EXTRA, Face, Fonts, _packed, families, system
from bot.media.unfit import Unfit

pytest.importorskip("manimgx_fonts", reason="the extra threadbot[fonts] is not installed")


def extra() -> Fonts:
    return Fonts(families(path for package in EXTRA for path in sorted(_packed(package))))


def table(*subtables: tuple[int, int, bytes]) -> bytes:
    """A font file that holds a cmap and nothing else."""
    head = struct.pack(">HH", 0, len(subtables))
    at, records, bodies = len(head) + 8 * len(subtables), b"", b""
    for platform, encoding, body in subtables:
        records += struct.pack(">HHL", platform, encoding, at + len(bodies))
        bodies += body
    cmap = head + records + bodies
    return struct.pack(">4sH6x4sLLL", b"\0\1\0\0", 1, b"cmap", 0, 28, len(cmap)) + cmap


def segments(*rows: tuple[int, int, int, int], glyphs: tuple[int, ...] = ()) -> bytes:
    """A subtable of format 4, from (start, end, delta, offset)."""
    rows = (*rows, (0xFFFF, 0xFFFF, 1, 0))
    starts, ends, deltas, offsets = zip(*rows, strict=True)
    words = (*ends, 0, *starts, *deltas, *offsets, *glyphs)
    return struct.pack(f">7H{len(words)}H", 4, 14 + 2 * len(words), 0, 2 * len(rows), 0, 0, 0, *words)


def groups(*rows: tuple[int, int, int]) -> bytes:
    return struct.pack(">HHLLL", 12, 0, 16 + 12 * len(rows), 0, len(rows)) + b"".join(struct.pack(">LLL", *row) for row in rows)


def covered(tmp_path: Path, data: bytes) -> str:
    path = tmp_path / "font.ttf"
    path.write_bytes(data)
    coverage.cache_clear()
    found = coverage(path)
    return "".join(sign for sign in map(chr, (*range(0x250), *range(0x1F600, 0x1F610))) if sign in found)


def test_a_range_of_characters_is_covered_and_its_neighbours_are_not(tmp_path):
    assert covered(tmp_path, table((3, 1, segments((0x61, 0x64, 10, 0))))) == "abcd"


def test_a_character_whose_glyph_is_the_missing_one_is_not_covered(tmp_path):
    by_delta = segments((0x61, 0x64, -0x62 & 0xFFFF, 0))
    by_list = segments((0x61, 0x64, 0, 4), glyphs=(5, 0, 6, 7))
    assert covered(tmp_path, table((3, 1, by_delta))) == "acd"
    assert covered(tmp_path, table((3, 1, by_list))) == "acd"


def test_the_table_of_all_unicode_is_preferred_to_the_small_one(tmp_path):
    small, large = segments((0x61, 0x62, 1, 0)), groups((0x61, 0x61, 3), (0x1F600, 0x1F601, 9))
    assert covered(tmp_path, table((3, 1, small), (3, 10, large))) == "a\U0001f600\U0001f601"


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=60), st.integers(0, 200))
def test_a_damaged_font_covers_something_or_nothing_but_never_fails(tmp_path_factory, noise, at):
    whole = table((3, 1, segments((0x61, 0x64, 0, 4), glyphs=(5, 0, 6, 7))), (3, 10, groups((0x61, 0x70, 3))))
    covered(tmp_path_factory.mktemp("fonts"), whole[:at] + noise + whole[at + len(noise) :])


def test_what_is_said_to_be_covered_is_what_pillow_draws():
    path = extra().families[0].files[0].path
    font = ImageFont.truetype(path, 40)
    missing = bytes(font.getmask("\U0010fffd"))
    for sign in "aÉЖΩẵŁ½—字あשش":
        assert (sign in coverage(path)) == (bytes(font.getmask(sign)) != missing), sign


def test_the_extra_comes_before_what_the_system_has():
    assert [family.name for family in system().families][: len(extra().families)] == [f.name for f in extra().families]


@pytest.mark.parametrize(
    ("sign", "name"),
    [("a", "NotoSans"), ("Ж", "NotoSans"), ("7", "NotoSans"), ("ש", "NotoSansHebrew"), ("ش", "NotoSansArabic"),
     ("ท", "NotoSansThai"), ("字", "NotoSansCJKjp"), ("한", "NotoSansCJKjp"), ("क", "NotoSansDevanagari")],
)  # fmt: skip
def test_each_script_has_a_family(sign, name):
    assert extra().family(sign).name == name


def test_digits_and_blanks_are_written_by_their_neighbours_font_if_it_has_them():
    fonts = extra()
    japanese = fonts.family("字")
    assert fonts.family("7", japanese) is japanese
    assert fonts.family(" ", fonts.family("ท")).name == "NotoSansThai"
    assert fonts.family("7", fonts.family("ท")).name == "NotoSans"
    assert fonts.family("a", japanese).name == "NotoSans"


@pytest.mark.parametrize("mark", ["\u200d", "\u200f", "\u00ad", "\ufe0f", "\u202f", "\u2011"])
def test_what_leaves_no_ink_needs_no_glyph(mark):
    assert Fonts(extra().families[1:2]).family("ش" + mark).name == "NotoSansArabic"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("字", "“字” (Han) – install one: pipx inject threadbot noto-cjk-sans-jp-regular, or apt install fonts-noto-cjk"),
        ("한", "“한” (Hangul)"),
        ("ش", "“ش” (Arabic) – install one: pipx inject threadbot manimgx-fonts, or apt install fonts-noto-core"),
        ("e\u0b3e", "“\u0b3e” (Oriya)"),
        ("\U00012000", "“\U00012000” (U+12000) – install one that has it, or write it otherwise"),
    ],
)
def test_a_missing_glyph_names_the_character_the_script_and_the_font_to_install(text, words):
    with pytest.raises(Unfit) as told:
        Fonts(extra().families[:1]).family(text)
    assert words in str(told.value)


def styles(*names: str) -> list[tuple[str, list[tuple[str, bool, bool]]]]:
    found = families(Path("/fonts", name) for name in names)
    return [(family.name, [(file.path.name, file.bold, file.italic) for file in family.files]) for family in found]


def test_files_are_told_apart_by_their_names():
    assert styles("DejaVuSans-BoldOblique.ttf", "DejaVuSans.ttf", "Arial Bold Italic.ttf", "arialbd.ttf") == [
        ("DejaVuSans", [("DejaVuSans.ttf", False, False), ("DejaVuSans-BoldOblique.ttf", True, True)]),
        ("Arial", [("Arial Bold Italic.ttf", True, True)]),
        ("arial", [("arialbd.ttf", True, False)]),
    ]


def test_families_unlike_a_maps_letters_come_last_and_colour_pictures_never():
    names = ("AaSerif.ttf", "NotoColorEmoji.ttf", "Zed.ttf", "LiberationSans-Regular.ttf", "CousineMono.ttf")
    assert [name for name, _ in styles(*names)] == ["LiberationSans", "Zed", "AaSerif", "CousineMono"]


def test_the_order_does_not_depend_on_that_of_the_folder():
    names = ["DejaVuSans.ttf", "NotoSans[wght].ttf", "Zed.ttf", "NotoSans-Italic[wght].ttf", "NotoSansThai-Bold.ttf"]
    assert styles(*names) == styles(*reversed(names))


def test_a_style_that_a_family_lacks_is_made_from_the_nearest():
    (plain,) = families([Path("/fonts/NotoSansCJKjp-Regular.otf")])
    assert plain.face(bold=True, italic=True) == Face(Path("/fonts/NotoSansCJKjp-Regular.otf"), thicken=True)
    (variable,) = families([Path("/fonts/NotoSans[wght].ttf")])
    assert variable.face(bold=True, italic=True) == Face(Path("/fonts/NotoSans[wght].ttf"), "Bold")
    (both,) = families([Path("/fonts/NotoSans[wght].ttf"), Path("/fonts/NotoSans-Italic[wght].ttf")])
    assert both.face(bold=True, italic=True) == Face(Path("/fonts/NotoSans-Italic[wght].ttf"), "Bold Italic")
    assert both.face(bold=False, italic=False) == Face(Path("/fonts/NotoSans[wght].ttf"), "Regular")


def test_a_machine_without_the_extra_has_a_font_of_its_own_or_says_which_to_install(monkeypatch):
    monkeypatch.setattr("bot.media.maps.letters.fonts.EXTRA", ())
    fonts = system.__wrapped__()
    if fonts.families:
        assert fonts.family("a").has("z")
    else:
        with pytest.raises(Unfit, match="manimgx-fonts"):
            fonts.family("a")
