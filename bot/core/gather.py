"""Pure. `links: last`: where a post with a link costs more, links are gathered behind the text, and it says `[1]` where they
stood.

What is gathered was meant as a link: it has a scheme, or something behind its host. A bare `next.js` is a word of its sentence
that the network takes for a link all the same: it stays, and is told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.core.model import Entity, Span
from bot.core.text import DIALECTS
from bot.core.wording import Block, Change

_REFERENCE = re.compile(r"\[(\d{1,4})\]")
_MEANT = re.compile(r"(?i:https?://).|[^/?#]+[/?#].")


@dataclass(frozen=True, slots=True)
class Gathered:
    """The blocks of a thread whose links stand in the last one; `words` are the links that stayed where they are, as they are
    written."""

    blocks: tuple[Block, ...]
    words: tuple[tuple[Span, str], ...] = ()


def linked(text: str, dialect: str) -> list[Entity]:
    """The links that a network sees in a text."""
    return [entity for entity in DIALECTS[dialect].entities(text) if entity.kind == "link"]


def gather(blocks: Sequence[Block], dialect: str, keep: bool = False) -> Gathered:
    """The blocks with a reference for each link, and the links behind the last of them, each once, in the order in which they
    appear. `keep`: those of the last block stay there."""
    body, last = (blocks[:-1], blocks[-1:]) if keep else (blocks, ())
    first = 1 + max((int(number) for block in blocks for number in _REFERENCE.findall(block.text)), default=0)
    listed: dict[str, tuple[str, Span]] = {}  # by address: its reference, and where it stood first
    changed: list[Block] = []
    words: list[tuple[Span, str]] = []
    for block in body:
        changes: list[Change] = []
        for link in linked(block.text, dialect):
            written = block.text[link.start : link.end]
            if _MEANT.match(written):
                entry = f"[{first + len(listed)}]", block.span(link.start)
                reference, _ = listed.setdefault(link.target, entry)
                changes.append((link.start, link.end, reference))
            else:
                words.append((block.span(link.start), written))
        changed.append(block.replaced(changes))
    return Gathered((*changed, *_ended(last, listed)), tuple(words))


def _ended(last: Sequence[Block], listed: Mapping[str, tuple[str, Span]]) -> Iterator[Block]:
    """The last block with the list of links as its last paragraph, or as a block of its own where no links stand there."""
    if not listed:
        yield from last
        return
    text, marks = (f"{last[0].text}\n\n", list(last[0].marks)) if last else ("", [])
    for url, (reference, span) in listed.items():
        marks += (len(text), span), (len(text) + len(reference) + 1, span)
        text += f"{reference} {url}\n"
    whole = last[0] if last else Block("", (), ())
    yield replace(whole, text=text.rstrip("\n"), marks=tuple(marks))
