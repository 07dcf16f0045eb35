"""A map as data, in a block of the draft itself."""

from __future__ import annotations

import pytest

from bot.core.model import Figure, Span
from bot.core.wording import block
from tests.helpers_draft import draft, faults, texts

BLOCK = '```map\ntitle = "La crue"\n[[layer]]\ndata = "eau.geojson"\n```'


def maps(source: str) -> list[Figure]:
    lines = [line for passage in draft(source).passages for line in passage.lines]
    return [part for line in lines for part in line.parts if isinstance(part, Figure)]


def test_a_map_keeps_its_data_as_it_was_written_and_where_it_stood() -> None:
    (found,) = maps(f"Texte.\n{BLOCK}\nSuite.")
    assert found.drawing == 'title = "La crue"\n[[layer]]\ndata = "eau.geojson"'
    assert (found.source, found.alt, found.span) == ("map of line 2", "", Span(2, 1))


def test_a_map_is_no_text_and_belongs_to_the_text_before_it() -> None:
    source = f"Avant.\n{BLOCK}\n\nAprès."
    assert texts(source) == ["Avant.\n\nAprès."]
    (passage,) = draft(source).passages
    part = block(passage, "site")
    assert part
    assert [at for at, _ in part.figures] == [len("Avant.")]


def test_what_is_markup_elsewhere_is_data_within_a_map() -> None:
    inner = "---\n::: only x\n![a](b.png) {x: a}\n\\---"
    (found,) = maps(f"```map\n{inner}\n```")
    assert found.drawing == inner


def test_a_map_in_a_block_for_some_networks_is_theirs() -> None:
    (passage,) = draft(f"Texte.\n::: only x\n{BLOCK}\n:::").passages
    counts = {network: len(part.figures) for network in ("x", "site") if (part := block(passage, network))}
    assert counts == {"x": 1, "site": 0}


@pytest.mark.parametrize("opening", ["```map", "``` map", "```map  "])
def test_a_fence_may_have_spaces(opening: str) -> None:
    assert [each.drawing for each in maps(f"{opening}\na = 1\n```  ")] == ["a = 1"]


@pytest.mark.parametrize("line", ["```", "```python", "``` mapping", "x ```map", "````map"])
def test_other_fences_are_text(line: str) -> None:
    assert texts(f"Texte.\n{line}\nSuite.") == [f"Texte.\n{line}\nSuite."]


def test_a_backslash_makes_a_fence_literal() -> None:
    assert texts("\\```map\nSuite.") == ["```map\nSuite."]


def test_a_map_that_is_never_closed_is_a_fault_where_it_begins() -> None:
    assert faults("Texte.\n```map\na = 1") == [(2, 1, "this map is never closed")]


def test_a_draft_of_nothing_but_a_map_is_not_empty() -> None:
    assert len(maps(BLOCK)) == 1
