"""Why a thread is cut where it is, as `preview --explain` prints it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from bot.cli.setting import harmless
from bot.core.compose import framed
from bot.core.explain import Place, Seam, Tally, seams, tallies
from bot.engine.composer import Composed

KINDS = "paragraph, line, sentence, question and answer, clause, quote and speaker, word, name, lead-in, inside a word".split(
    ", "
)


def why_lines(composed: Composed) -> Iterator[RenderableType]:
    """For each account the ways of splitting, and each seam with its kind, its cost and the next best place."""
    yield Text("\nA seam costs what its kind says, from 0 to 9; among equals, the more even posts win.", "dim")
    for target in composed.targets:
        blocks, frame = framed(composed.draft, target)
        yield Text.assemble("\n", (target.account, "bold"), f"  {target.network}, split: {frame.way}")
        yield Padding(_tally_table(list(tallies(blocks, frame)), frame.way), (0, 0, 0, 2))
        yield Padding(_seam_table(list(seams(blocks, frame))), (1, 0, 0, 2))


def _tally_table(found: list[Tally], way: str) -> Table:
    table = Table("split", "posts", "paragraphs cut", "sentences cut", box=None, pad_edge=False, header_style="dim")
    for each in found:
        cells = (str(each.posts), str(each.paragraphs), str(each.sentences)) if each.posts else ("does not fit", "", "")
        table.add_row(each.way, *cells, style="bold" if each.way == way else None)
    return table


def _seam_table(found: list[Seam]) -> Table:
    table = Table("seam", "kind", "cost", "uneven", "next best", box=None, pad_edge=False, header_style="dim")
    for each in found:
        cells = (
            (KINDS[each.place.kind], str(int(each.place.kind)), str(each.place.uneven)) if each.place else ("your ---", "", "")
        )
        table.add_row(f"{each.post}|{each.post + 1}", *cells, _other(each.other) if each.place else "")
    return table


def _other(other: Place | None) -> str:
    if not other:
        return "none: no other place fits"
    return f"{KINDS[other.kind]}, {int(other.kind)}, {other.uneven}: “…{harmless(other.words)}”"


def why_json(composed: Composed) -> dict[str, Any]:
    """The same for machines, by account."""
    found = {}
    for target in composed.targets:
        blocks, frame = framed(composed.draft, target)
        ways, places = [asdict(each) for each in tallies(blocks, frame)], [_seam_json(each) for each in seams(blocks, frame)]
        found[target.account] = {"split": frame.way, "ways": ways, "seams": places}
    return found


def _seam_json(seam: Seam) -> dict[str, Any]:
    def place(value: Place | None) -> dict[str, Any] | None:
        if value is None:
            return None
        return {"kind": value.kind.name.lower(), "cost": int(value.kind), "uneven": value.uneven, "after": value.words}

    return {"post": seam.post, "place": place(seam.place), "other": place(seam.other)}
