"""Pure. In which order a line's characters stand, left to right, where it mixes directions.

FriBiDi knows that of a text in one font. A label in Arabic and Latin letters has two, and their runs must be put in order by
us: the Unicode Bidirectional Algorithm (UAX #9), of which labels need no more than the implicit levels. Embeddings and
isolates are left out: they are taken for characters without width.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from typing import TypeVar
from unicodedata import bidirectional

T = TypeVar("T")

STRONG = frozenset({"L", "R", "AL"})
UNSEEN = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI", "BN"})
BRACKETS = {pair[0]: pair[1] for pair in "() [] {} （） ［］ 「」 『』 【】 〔〕 《》 〈〉".split()}
SIDES = {"L": "L", "R": "R", "EN": "R", "AN": "R"}  # what is not neutral, and on which side a neutral sees it
SEPARATORS = {"EN": ("ES", "CS"), "AN": ("CS",)}  # rule W4: one of these between two numbers of a kind belongs to them


def base(text: str) -> int:
    """The direction of a whole text by its first letter (P2, P3): 0 from the left, 1 from the right."""
    first = next((kind for kind in map(bidirectional, text) if kind in STRONG), "L")
    return int(first != "L")


def levels(text: str, direction: int) -> tuple[int, ...]:
    """The level of each character: even ones run from the left, odd ones from the right."""
    kinds = [bidirectional(character) or "L" for character in text]
    seen = [at for at, kind in enumerate(kinds) if kind not in UNSEEN]
    weak = _weak([kinds[at] for at in seen], direction)
    resolved = _neutral(_bracketed(weak, "".join(text[at] for at in seen), direction), direction)
    found = dict(zip(seen, (_level(kind, direction) for kind in resolved), strict=True))
    result: list[int] = []
    for at in range(len(text)):  # what is unseen goes with its neighbour
        result.append(found.get(at, result[-1] if result else direction))
    return tuple(result)


def ordered(items: Sequence[T], level: Callable[[T], int]) -> list[T]:
    """Items as they stand from left to right (L2): from the highest level down, what stands together is turned around."""
    result = list(items)
    for height in range(max(map(level, items), default=0), 0, -1):
        groups = ((high, list(group)) for high, group in groupby(result, lambda item: level(item) >= height))  # noqa: B023
        result = [item for high, group in groups for item in (group[::-1] if high else group)]
    return result


def _weak(kinds: list[str], direction: int) -> list[str]:
    """Rules W1 to W7: marks, numbers and what belongs to them."""
    start = "R" if direction else "L"
    marked: list[str] = []
    for kind in kinds:
        marked.append((marked[-1] if marked else start) if kind == "NSM" else kind)
    strong = list(_last_strong(marked, start))
    numbers = ["AN" if kind == "EN" and last == "AL" else kind for kind, last in zip(marked, strong, strict=True)]
    joined = _signs(_separators(numbers))
    plain = ["ON" if kind in ("ES", "ET", "CS") else "R" if kind == "AL" else kind for kind in joined]
    return ["L" if kind == "EN" and last == "L" else kind for kind, last in zip(plain, strong, strict=True)]


def _last_strong(kinds: list[str], start: str) -> Iterator[str]:
    last = start
    for kind in kinds:
        last = kind if kind in STRONG else last
        yield last


def _separators(kinds: list[str]) -> list[str]:
    result = kinds[:]
    for at in range(1, len(kinds) - 1):
        number = result[at - 1]
        if number == kinds[at + 1] and kinds[at] in SEPARATORS.get(number, ()):
            result[at] = number
    return result


def _signs(kinds: list[str]) -> list[str]:
    """Rule W5: %, € and the like beside a number belong to it."""
    runs = [(kind, len(list(group))) for kind, group in groupby(kinds)]
    around = [("", 0), *runs, ("", 0)]
    result: list[str] = []
    for (before, _), (kind, length), (after, _) in zip(around, runs, around[2:], strict=False):
        result += ["EN" if kind == "ET" and "EN" in (before, after) else kind] * length
    return result


def _bracketed(kinds: list[str], text: str, direction: int) -> list[str]:
    """Rule N0: two brackets are of one direction, the whole's if anything between them is."""
    whole = "R" if direction else "L"
    result = kinds[:]
    for opening, closing in sorted(_pairs(kinds, text)):
        inside = {SIDES[kind] for kind in result[opening:closing] if kind in SIDES}
        before = next((SIDES[kind] for kind in reversed(result[:opening]) if kind in SIDES), whole)
        if inside:
            result[opening] = result[closing] = whole if whole in inside else before
    return result


def _pairs(kinds: list[str], text: str) -> Iterator[tuple[int, int]]:
    """Where brackets open and close (BD16)."""
    waiting: list[tuple[str, int]] = []
    for at, (kind, sign) in enumerate(zip(kinds, text, strict=True)):
        if kind == "ON" and sign in BRACKETS:
            waiting.append((BRACKETS[sign], at))
        elif kind == "ON" and any(closing == sign for closing, _ in waiting):
            while waiting[-1][0] != sign:
                waiting.pop()
            yield waiting.pop()[1], at


def _neutral(kinds: list[str], direction: int) -> list[str]:
    """Rules N1 and N2: what stands between two of one direction has it, else that of the whole."""
    start = "R" if direction else "L"
    result: list[str] = []
    for neutral, group in groupby(kinds, lambda kind: kind not in SIDES):
        run = list(group)
        if neutral:
            before = SIDES[result[-1]] if result else start
            rest = kinds[len(result) + len(run) :]
            after = SIDES[rest[0]] if rest else start
            run = [before if before == after else start] * len(run)
        result += run
    return result


def _level(kind: str, direction: int) -> int:
    """Rules I1 and I2."""
    if direction:
        return 1 if kind == "R" else 2
    return {"L": 0, "R": 1}.get(kind, 2)
