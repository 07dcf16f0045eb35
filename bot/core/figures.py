"""Pure. How a draft names its pictures: a file between brackets, or a map as data in a block of its own."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from bot.core.model import Draft, Figure, Passage, Span, Words

MAP, MAP_END = re.compile(r"```\s*map"), "```"
TITLE = re.compile(r"""(?P<file>.*)\s(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)')""", re.DOTALL)
FOCUS = re.compile(r"focus=([+-]?\d{0,1}(?:\.\d{1,6})?),\s*([+-]?\d{0,1}(?:\.\d{1,6})?)")

Complain = Callable[[Span, str], None]


def figure(alt: str, written: str, span: Span, inside: Span, fault: Complain) -> Iterator[Figure]:
    """The picture of `![alt](file "focus=0.2,-0.5")`, which stands at `span`, what is `written` between its parentheses at
    `inside`; none where that names no file."""
    title = TITLE.fullmatch(written.rstrip())
    source = (title["file"] if title else written).strip().removeprefix("<").removesuffix(">")
    if not source:
        fault(span, "the picture has no file – write ![what it shows](file.png)")
        return
    focus = ""
    if title:
        column = inside.column + max(title.start("double"), title.start("single"))
        focus = _focus(title["double"] or title["single"] or "", Span(inside.line, column), fault)
    yield Figure(source, re.sub(r"\\(.)", r"\1", alt).strip(), None, span, focus)


def map_figure(written: Sequence[str], began: Span) -> Figure:
    """The map of a block that began there, as its lines have it. Its alt text is said in its data."""
    return Figure(f"map of line {began.line}", "", None, began, drawing="\n".join(written))


def _focus(title: str, span: Span, fault: Complain) -> str:
    found = FOCUS.fullmatch(title.strip())
    try:
        point = [float(number) for number in found.groups()] if found else []
    except ValueError:  # a sign alone
        point = []
    if not point or any(abs(number) > 1 for number in point):
        advice = 'write "focus=0.2,-0.5": from the centre to the right and up, each from -1 to 1'
        fault(span, f"the title of a picture can say nothing but its focus – {advice}")
        return ""
    return ",".join(f"{number + 0.0:.6f}".rstrip("0").rstrip(".") for number in point)


def changed(draft: Draft, change: Callable[[Figure], Figure]) -> Draft:
    """The draft with other figures in the same places."""

    def passage(each: Passage) -> Passage:
        return Passage(tuple(replace(line, parts=tuple(map(part, line.parts))) for line in each.lines))

    def part(each: Words | Figure) -> Words | Figure:
        return change(each) if isinstance(each, Figure) else each

    return replace(draft, passages=tuple(map(passage, draft.passages)))


def figures(draft: Draft) -> Iterator[Figure]:
    """All of a draft's figures, in reading order."""
    for passage in draft.passages:
        for line in passage.lines:
            yield from (part for part in line.parts if isinstance(part, Figure))
