"""Text on maps: measured as it is drawn, whatever its script, and wrapped without cutting a letter."""

from __future__ import annotations

import itertools
import random
import time

import pytest
import regex
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops, features

from bot.media.maps.letters.fonts import Fonts, system
from bot.media.maps.letters.lettering import MAX_TEXT, Lettering
from bot.media.maps.letters.setting import block
from bot.media.unfit import Unfit

pytest.importorskip("manimgx_fonts", reason="the extra threadbot[fonts] is not installed")

NAMES = {
    "Latin": ("Saint-Étienne", "Łódź", "Việt Trì", "Þingvellir", "Ǻrjäng", "fjord"),
    "Cyrillic": ("Київ", "Санкт-Петербург", "Й́"),
    "Arabic": ("الخرطوم", "خاركيف 12 كم", "لِلّٰهِ"),
    "Hebrew": ("תל אביב", "בְּרֵאשִׁית"),
    "Han": ("東京", "北京市", "한국 서울"),
    "Thai": ("กรุงเทพมหานคร", "น้ำท่วม", "ที่นี่"),
    "Devanagari": ("दिल्ली", "क्षेत्र"),
}
MIXED = ("خاركيف (Kharkiv)", "東京 Tokyo 12 km", "Київ كييف", "ירושלים 2026 →")
shaped = pytest.mark.skipif(not features.check("raqm"), reason="FriBiDi is not here: apt install libfribidi0")


@pytest.fixture(scope="module")
def lettering() -> Lettering:
    return Lettering(system())


def ink(lettering, line, at=(200, 200), size=(900, 400), **options):
    image = Image.new("RGB", size, "white")
    lettering.draw(image, at, line, "black", **options)
    return ImageChops.invert(image.convert("L"))


def texts():
    return [pytest.param(text, id=f"{script} {text}") for script, names in NAMES.items() for text in names] + list(MIXED)


@shaped
@pytest.mark.parametrize("bold", [False, True])
@pytest.mark.parametrize("text", texts())
def test_all_ink_of_a_line_is_within_its_measures(lettering, text, bold):
    for size in (8, 11.5, 16, 24, 40):
        line = lettering.line(text, size, bold)
        left, top, right, bottom = ink(lettering, line).getbbox()
        assert left + 1 >= 200, size
        assert right <= 201 + line.width, size
        assert 200 - line.ascent <= top + 1, size
        assert bottom <= 201 + line.descent, size


@shaped
@pytest.mark.parametrize("text", [names[0] for names in NAMES.values()])
def test_a_text_is_drawn_in_letters_that_differ_not_in_boxes(lettering, text):
    """The missing glyph is the same box for each letter; two different letters are two pictures."""
    clusters = set(regex.findall(r"\X", text))
    assert len({ink(lettering, lettering.line(cluster, 24)).tobytes() for cluster in clusters}) == len(clusters)


@shaped
def test_arabic_letters_are_joined(lettering):
    apart = sum(lettering.line(sign, 24).width for sign in "خاركيف")
    assert lettering.line("خاركيف", 24).width < 0.85 * apart


def test_a_width_grows_with_the_size_and_with_the_weight(lettering):
    widths = [lettering.line("Saumur", size).width for size in (8, 12, 16, 24)]
    assert widths == sorted(widths)
    assert lettering.line("Saumur", 16, bold=True).width > lettering.line("Saumur", 16).width


def test_bold_and_italic_look_different(lettering):
    shapes = [ink(lettering, lettering.line("東京 Loire", 20, *style)).tobytes() for style in ((0, 0), (1, 0), (0, 1), (1, 1))]
    assert len(set(shapes)) == 4


def test_bold_is_darker_where_the_family_has_none(lettering):
    weigh = [sum(ink(lettering, lettering.line("東京", 20, bold)).tobytes()) for bold in (False, True)]
    assert weigh[1] > 1.1 * weigh[0]


def test_the_x_height_is_that_of_an_x(lettering):
    for size in (9, 16, 33):
        _, top, _, bottom = ink(lettering, lettering.line("x", size)).getbbox()
        assert abs(lettering.line("東京", size).x_height - (bottom - top)) <= 1


def test_lines_of_plain_letters_are_all_as_high(lettering):
    assert len({lettering.line(text, 20).height for text in ("Aa", "gy", "...", "", "Saumur")}) == 1


def test_a_halo_lies_around_the_letters_and_no_farther_than_said(lettering):
    line = lettering.line("Saumur", 20)
    image = Image.new("RGB", (400, 100), "black")
    lettering.draw(image, (100, 50), line, "black", "white", 3)
    plain = ink(lettering, line, (100, 50), (400, 100)).getbbox()
    halo = image.convert("L").getbbox()
    assert [abs(one - other) for one, other in zip(plain, halo, strict=True)] == pytest.approx([3, 3, 3, 3], abs=1)


@pytest.mark.parametrize("angle", [15, 90, 180, -60])
def test_turned_letters_are_the_same_letters_turned(lettering, angle):
    line = lettering.line("Loire", 24, italic=True)
    upright = ink(lettering, line, (300, 200), (600, 400))
    turned = ink(lettering, line, (300, 200), (600, 400), angle=angle)
    # Pillow turns counter-clockwise, and so back
    back = turned.rotate(angle, Image.Resampling.BICUBIC, center=(300, 200))
    difference = sum(ImageChops.difference(upright, back).tobytes())
    assert difference < 0.5 * sum(upright.tobytes())
    assert abs(sum(turned.tobytes()) / sum(upright.tobytes()) - 1) < 0.1


def test_the_same_line_is_the_same_pixels(lettering):
    for angle in (0, 33):
        one, other = (
            ink(made, made.line("Київ 東京", 17), halo="white", halo_width=2, angle=angle)
            for made in (lettering, Lettering(system()))
        )
        assert one.tobytes() == other.tobytes()


def test_a_line_end_or_a_tab_in_a_name_is_a_blank(lettering):
    assert lettering.line("Saint\nMartin\t le\x00Vieux", 12).text == "Saint Martin le Vieux"


def test_composed_and_decomposed_letters_are_one(lettering):
    assert lettering.line("E\u0301tampes", 20) == lettering.line("Étampes", 20)


def test_a_missing_glyph_and_an_endless_name_are_refused(lettering):
    with pytest.raises(Unfit, match="Han"):
        Lettering(Fonts(system().families[:1])).line("字", 12)
    with pytest.raises(Unfit, match=f"a text on a map takes {MAX_TEXT}, shorten it"):
        lettering.line("x" * (MAX_TEXT + 1), 12)


def test_without_fribidi_letters_that_need_joining_are_refused_and_others_are_drawn(monkeypatch):
    monkeypatch.setattr("PIL.features.check", lambda _: False)
    bare = Lettering(system())
    assert ink(bare, bare.line("Łódź, Київ, 東京 12", 16)).getbbox()
    with pytest.raises(Unfit, match="apt install libfribidi0"):
        bare.line("خاركيف", 16)


def test_words_are_wrapped_and_none_is_cut_in_need(lettering):
    text = "Sources : Vigicrues, le service public des crues\u202f; relevés d’exemple"
    for width in (120, 200, 400, 2000):
        lines = lettering.wrapped(text, 16, width)
        assert " ".join(line.text for line in lines) == text
        assert all(line.width <= width for line in lines)


def test_lines_are_as_full_as_they_can_be(lettering):
    lines = lettering.wrapped("un deux trois quatre cinq six sept huit neuf dix", 16, 150)
    for line, after in itertools.pairwise(lines):
        assert lettering.line(f"{line.text} {after.text.split()[0]}", 16).width > 150


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Saint-Georges-sur-Loire", ["Saint-", "Georges-", "sur-Loire"]),
        ("東京都は、日本の首都", None),
        ("12\u00a0km", ["12\u00a0km"]),
    ],
)
def test_breaks_fall_where_each_script_has_them(lettering, text, parts):
    lines = [line.text for line in lettering.wrapped(text, 20, lettering.line("Georges-", 20).width + 15)]
    assert "".join(lines) == text
    assert parts is None or lines == parts
    assert not any(line.startswith(("、", "は")) for line in lines)


CLUSTERS = ("a", "b", " ", " ", "é", "-", "東", "、", "あ", "한", "ש", "شً", "ที่", "q\u0302", "/", "12")


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(CLUSTERS), max_size=40), st.integers(5, 300))
@example([], 50)
@example(["ที่"] * 9, 20)
def test_no_cluster_is_cut_and_nothing_is_lost(lettering, clusters, width):
    lines = lettering.wrapped("".join(clusters), 14, width)
    rest = lettering.line("".join(clusters), 14).text
    for line in lines:
        parts = regex.findall(r"\X", line.text)
        assert set(parts) <= {*CLUSTERS, "1", "2"}
        assert line.width <= width or len(parts) == 1
        assert rest.lstrip().startswith(line.text)
        rest = rest.lstrip().removeprefix(line.text)
    assert not rest.strip()


def test_a_long_text_is_wrapped_in_no_time(lettering):
    dice = random.Random(1)
    text = "".join(dice.choice("abcdé  東") for _ in range(MAX_TEXT))
    start = time.process_time()
    assert len(lettering.wrapped(text, 12, 500)) > 20
    assert time.process_time() - start < 5


@pytest.mark.parametrize(
    "text", ["川の水位が上がり続けているため多くの道路が通行止めになっています", "Saint-Mathurin-sur-Loire-les-Bains"]
)
def test_a_block_is_broken_wherever_its_language_may_be(lettering, text):
    """Not at blanks alone: a Japanese title was one word, which fitted on no map."""
    room = 0.6 * lettering.line(text, 30).width
    lines = block(lettering, text, 30, room)
    assert "".join(line.text for line in lines) == text
    assert len(lines) > 1
    assert max(line.width for line in lines) <= room


def test_a_block_has_the_fewest_lines_and_they_are_about_as_long(lettering):
    text = "La Loire monte encore à Saumur"
    room = 0.95 * lettering.line(text, 30).width
    one, other = block(lettering, text, 30, room)
    assert f"{one.text} {other.text}" == text
    assert abs(one.width - other.width) < 0.25 * room
    assert [line.text for line in block(lettering, text, 30, room / 0.9)] == [text]
