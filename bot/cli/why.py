"""Why a thread is cut where it is, as `preview --explain` prints it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any

from rich.cells import cell_len
from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Column, Table
from rich.text import Text

from bot.cli.setting import harmless
from bot.core.explain import Place, Seam, Tally, seams, tallies
from bot.core.graphemes import cluster_ends
from bot.core.kinds import Kind
from bot.core.saying import said
from bot.engine.composer import Composed

LEGEND = f"""
Splits are ways to cut, the one in use has a >. A seam costs what its kind says,
0 (paragraph) to {max(Kind)} (inside a word); of two that cost the same, the one with the
more even posts beside it wins: “uneven” is by how much these two differ. The
next best place is the one to take if all the other seams stay where they are."""
KINDS = "paragraph line sentence answer clause saying word name lead-in inside".split()  # by their cost
EXCERPT = 19  # columns, so that a seam is a line of 80


def why_lines(composed: Composed) -> Iterator[RenderableType]:
    """For each account the ways of splitting, and each seam with its kind, its cost and the next best place."""
    yield Text(LEGEND, "dim")
    for target in composed.targets:
        here = said(composed.draft, target)
        blocks, frame = here.blocks, here.frame
        yield Text.assemble("\n", (target.account, "bold"), f"  {target.network}, split: {frame.way}")
        yield _ways(tallies(blocks, frame), frame.way)
        if found := list(seams(blocks, frame)):
            yield Padding(_seams(found), (1, 0, 0, 2))


def _table(*headers: str) -> Table:
    """A table without lines; what has a width of its own in a row of figures stands on the right."""
    columns = (Column(header, justify="right" if header in FIGURES else "left") for header in headers)
    return Table(*columns, box=None, pad_edge=False, header_style="dim")


FIGURES = frozenset(("posts", "paragraphs cut", "sentences cut", "cost", "uneven"))


def _ways(found: Iterable[Tally], way: str) -> Table:
    table = _table("  split", "posts", "paragraphs cut", "sentences cut")
    for each in found:
        figures = [str(each.posts), str(each.paragraphs), str(each.sentences)] if each.posts else ["does not fit"]
        here = each.way == way
        table.add_row(f"{'>' if here else ' '} {each.way}", *figures, style="bold" if here else None)
    return table


def _seams(found: Iterable[Seam]) -> Table:
    table = _table("seam", "kind", "cost", "uneven", "next best", "cost", "uneven", "after")
    for each in found:
        cells = [*_place(each.place), *_other(each.other)] if each.place else ["your ---"]
        table.add_row(f"{each.post}|{each.post + 1}", *cells)
    return table


def _place(place: Place) -> tuple[str, str, str]:
    return KINDS[place.kind], str(int(place.kind)), str(place.uneven)


def _other(other: Place | None) -> tuple[str, ...]:
    return (*_place(other), f"…{_tail(harmless(other.words))}") if other else ("none",)


def _tail(words: str) -> str:
    """As many of the last words as a line has columns for."""
    return next(tail for at in (0, *cluster_ends(words)) if cell_len(tail := words[at:]) < EXCERPT)


def why_json(composed: Composed) -> dict[str, Any]:
    """The same for machines, by account."""
    found = {}
    for target in composed.targets:
        here = said(composed.draft, target)
        blocks, frame = here.blocks, here.frame
        ways, places = [asdict(each) for each in tallies(blocks, frame)], [_seam_json(each) for each in seams(blocks, frame)]
        found[target.account] = {"split": frame.way, "ways": ways, "seams": places}
    return found


def _seam_json(seam: Seam) -> dict[str, Any]:
    def place(value: Place | None) -> dict[str, Any] | None:
        if value is None:
            return None
        return {"kind": value.kind.name.lower(), "cost": int(value.kind), "uneven": value.uneven, "after": value.words}

    return {"post": seam.post, "place": place(seam.place), "other": place(seam.other)}
