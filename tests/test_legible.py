"""Lettering that nobody could read where a network shows it is a warning, and no other is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from bot.core.compose import compose
from bot.core.legible import READABLE, faint
from bot.core.model import Figure, Picture
from bot.core.target import Target
from bot.networks.site import SITE
from bot.networks.x import X
from tests.helpers_draft import PATH, draft, target

WIDE = 2 * X.shown[0]


def warnings(
    source: str, *targets: Target, lettering: Mapping[str, float | None], width: int = WIDE
) -> list[tuple[int, int, str]]:
    """Line, column and message of every warning, for letters of these heights in the files."""
    made = draft(source)
    parts = [part for passage in made.passages for line in passage.lines for part in line.parts]
    pictures = {
        (each.account, figure): Picture(figure.source, "image/png", width, 40, 100, "")
        for each in targets
        for figure in parts
        if isinstance(figure, Figure)
    }
    letters = {key: lettering[key[1].source] for key in pictures}
    said = faint(compose(made, targets, pictures), made, targets, pictures, letters)
    found = [re.fullmatch(re.escape(PATH) + r":(\d+):(\d+): (.*)", each) for each in said]
    return [(int(each[1]), int(each[2]), each[3]) for each in found if each]


def test_a_warning_says_where_how_small_and_what_to_do() -> None:
    said = (
        "day2.png: the smallest lettering would be 3 px high where x shows it 516 px wide – "
        "use larger letters (an x of 5 px can be read), or crop it"
    )
    assert warnings("Un\n\nDeux\n![La crue](day2.png)", target("x"), lettering={"day2.png": 6.0}) == [(4, 1, said)]


@pytest.mark.parametrize(("height", "warned"), [(9.9, True), (10.0, False), (40.0, False), (None, False)])
def test_only_letters_under_the_readable_height_are_a_matter(height: float | None, warned: bool) -> None:
    assert READABLE == 5.0
    assert bool(warnings("Un\n![La crue](a.png)", target("x"), lettering={"a.png": height})) is warned


def test_what_is_just_too_small_is_not_rounded_to_what_is_not() -> None:
    [(_, _, said)] = warnings("Un\n![La crue](a.png)", target("x"), lettering={"a.png": 9.99})
    assert "would be 4.9 px high" in said


def test_pictures_that_share_a_post_are_shown_smaller() -> None:
    together, alone = "Un\n![La crue](a.png)\n![Le pont](b.png)", "Un\n![La crue](a.png)\n---\nDeux\n![Le pont](b.png)"
    lettering = {"a.png": 12.0, "b.png": 30.0}
    [(line, _, said)] = warnings(together, target("x"), lettering=lettering)
    assert (line, "2.9 px high where x shows it 257 px wide" in said) == (2, True)
    assert warnings(alone, target("x"), lettering=lettering) == []


def test_a_picture_is_never_taken_to_be_enlarged() -> None:
    [(_, _, said)] = warnings("Un\n![La crue](a.png)", target("x"), lettering={"a.png": 4.0}, width=300)
    assert "4 px high where x shows it 300 px wide" in said


def test_one_picture_on_many_networks_is_one_warning_for_the_worst() -> None:
    everywhere = target("site"), target("bluesky"), target("mastodon"), target("x")
    [(_, _, said)] = warnings("Un\n![La crue](a.png)", *everywhere, lettering={"a.png": 6.0})
    assert "where mastodon shows it 510 px wide" in said
    assert warnings("Un\n![La crue](a.png)", target("site"), lettering={"a.png": 6.0}) == []


def test_of_a_network_that_says_nothing_nothing_is_said() -> None:
    unknown = replace(target("x"), rules=replace(X, shown=(0, 0)))
    assert warnings("Un\n![La crue](a.png)", unknown, lettering={"a.png": 1.0}) == []


def test_our_own_page_shows_pictures_as_wide_as_its_rules_say() -> None:
    css = (Path(__file__).parent.parent / "bot/networks/site.html.j2").read_text(encoding="utf-8")
    found = re.search(r"max-width: (\d+)rem; padding: 0 clamp\(1.1rem, 5vw, (\d+)rem\)", css)
    assert found
    assert SITE.shown[0] == 16 * (int(found[1]) - 2 * int(found[2]))
