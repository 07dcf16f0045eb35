"""Writes the parts of docs/ that come from the code: the limits of the networks, and the law of delivery.

Usage: python tools/make_docs.py   (a test compares what it would write with what is there)
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

from bot.core.delivery import TRANSITIONS, Kind, State
from bot.core.rules import Rules
from bot.networks.base import installed

DOCS = Path(__file__).resolve().parent.parent / "docs"
BEGIN, END = "<!-- made by tools/make_docs.py -->\n", "<!-- end -->\n"


def networks() -> Iterator[str]:
    """The limits of our networks as a table."""
    yield "| network | a post | pictures a post | a picture | types | alt text | shown | posts a commit | source |"
    yield "|---|---|---|---|---|---|---|---|---|"
    for name, network in installed().items():
        yield f"| `{name}` | {' | '.join(limits(network.rules))} |"


def limits(rules: Rules) -> Iterator[str]:
    """The cells of a network's row."""
    warned = ", content warning included" if rules.content_warning else ""
    yield f"{rules.length} {rules.unit}{warned}" + (f", {rules.bytes} bytes" if rules.bytes else "")
    yield str(rules.pictures)
    yield spaced(rules.picture_bytes, "bytes") + (f", {spaced(rules.picture_pixels, 'pixels')}" if rules.picture_pixels else "")
    yield ", ".join(mime.removeprefix("image/") for mime in rules.picture_types)
    yield f"{rules.alt_length} characters" if rules.alt_length else "–"
    yield f"{rules.shown[0]} px wide, {rules.shown[1]} beside others"
    yield str(rules.batch) if rules.batch < 1000 else "all"
    yield rules.source


def spaced(number: int, unit: str) -> str:
    """A large number as people read it."""
    return f"{number:,} {unit}".replace(",", " ")


def delivery() -> Iterator[str]:
    """Every state with what may happen to a post in it, then what each line of the ledger says."""
    yield "| state | it means | and may become |"
    yield "|---|---|---|"
    for state, meaning in meanings(State):
        steps = [f"{kind} → **{after}**" for (before, kind), after in TRANSITIONS.items() if before == state]
        yield f"| **{state}** | {meaning} | {', '.join(steps)} |"
    yield ""
    yield "| a line of the ledger | says of a batch of posts |"
    yield "|---|---|"
    for kind, meaning in meanings(Kind):
        yield f"| {kind} | {meaning} |"


def meanings(names: type[StrEnum]) -> Iterator[tuple[str, str]]:
    """Each member and the words that stand beside it in the code."""
    for member in names:
        found = re.search(rf"^ +{member.name} = .*?# (.*)$", inspect.getsource(names), re.MULTILINE)
        assert found, f"{member} has no comment that says what it means"
        yield member.value, found[1]


PAGES = {"networks.md": networks, "delivery.md": delivery}


def fresh(name: str) -> str:
    """A page with its made part as the code says it now."""
    before, _, rest = (DOCS / name).read_text(encoding="utf-8").partition(BEGIN)
    return before + BEGIN + "\n".join(PAGES[name]()) + "\n" + END + rest.partition(END)[2]


if __name__ == "__main__":
    for page in PAGES:
        (DOCS / page).write_text(fresh(page), encoding="utf-8")
