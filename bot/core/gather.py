"""Pure. `links: last`: where a post with a link costs more, links are gathered behind the text, and it says `[1]` where they
stood.

What is gathered was meant as a link: it has a scheme, or something behind its host. A bare `next.js` is a word of its sentence
that the network takes for a link all the same: it stays, and is told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
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
    numbers: dict[str, int] = {}
    first = 1 + max((int(number) for block in blocks for number in _REFERENCE.findall(block.text)), default=0)
    changed: list[Block] = []
    words: list[tuple[Span, str]] = []
    where = Span(1, 1)
    for block in body:
        changes: list[Change] = []
        for link in linked(block.text, dialect):
            written = block.text[link.start : link.end]
            if not _MEANT.match(written):
                words.append((block.span(link.start), written))
                continue
            where = where if numbers else block.span(link.start)
            number = numbers.setdefault(link.target, first + len(numbers))
            changes.append((link.start, link.end, f"[{number}]"))
        changed.append(block.replaced(changes))
    lines = "\n".join(f"[{number}] {url}" for url, number in numbers.items())
    return Gathered((*changed, *_ended(last, lines, where)), tuple(words))


def _ended(last: Sequence[Block], lines: str, where: Span) -> Iterator[Block]:
    """The last block with the list of links as its last paragraph, or as a block of its own where no links stand there."""
    if not lines:
        yield from last
    elif last:
        [block] = last
        end = len(block.text)
        yield replace(block, text=f"{block.text}\n\n{lines}", marks=(*block.marks, (end, where)))
    else:
        yield Block(lines, (), ((0, where),))
