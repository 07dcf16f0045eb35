"""The tables, in Markdown: what was measured, and whether it is what was aimed at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from benchmarks.maps.measuring import Case, Outcome
from benchmarks.maps.ways import WAYS

HEAD = ("picture", "way", "what is sent", "MB", "seconds", "SSIM", "at edges", "labels read")


def markdown(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"


def tables(cases: Sequence[Case]) -> Iterator[str]:
    """One for each network, then the sums."""
    for network in dict.fromkeys(case.network for case in cases):
        yield from (f"### {network}", "")
        rows = (row for case in cases if case.network == network for row in _rows(case))
        yield from (*markdown(HEAD, rows), "")
    yield from ("### On the whole set", "")
    yield from sums(cases)


def _rows(case: Case) -> Iterator[Sequence[str]]:
    """A row for each file; ways that send the same file share it."""
    name = case.name
    for _, ways in groupby(case.outcomes, lambda way: case.outcomes[way].sent.data):
        names = list(ways)
        first = case.outcomes[names[0]]
        took = ", ".join(f"{case.outcomes[way].seconds:.2f}" for way in names)
        same = ", ".join(names)
        yield name, same, first.sent.how, f"{len(first.sent.data) / 1e6:.2f}", took, *_looks(first, case)
        name = ""


def _looks(outcome: Outcome, case: Case) -> tuple[str, str, str]:
    whole, edges = (_share(value) for value in (outcome.like.whole, outcome.like.edges))
    if outcome.read is None or case.labels is None:
        return whole, edges, "–"
    return whole, edges, f"{len(outcome.read)} of {len(case.labels)}"


def _share(value: float) -> str:
    """Rounded down: 1 is only what is the same."""
    return "1" if value >= 1 - 1e-9 else f"{int(value * 1e4) / 1e4:.4f}"


def sums(cases: Sequence[Case]) -> Iterator[str]:
    """What each way took and left legible on the set, and every case in which threadbot is not the best."""
    original = sum(len(case.labels or ()) for case in cases)
    rows = []
    for way in WAYS:
        read = sum(len(case.outcomes[way].read or ()) for case in cases)
        rows.append(
            (way, f"{_sum(way, cases):.1f}", f"{_sum(way, _tight(cases)):.1f}", f"{read} of {original}" if original else "–")
        )
    yield from markdown(("way", "seconds", "of these, over a limit as they came", "labels read"), rows)
    yield ""
    yield from _verdicts(cases)


def _tight(cases: Sequence[Case]) -> list[Case]:
    return [case for case in cases if case.tight]


def _sum(way: str, cases: Sequence[Case]) -> float:
    return sum(case.outcomes[way].seconds for case in cases)


def _verdicts(cases: Sequence[Case]) -> Iterator[str]:
    own = _sum("threadbot", cases)
    for way in ("a", "b"):
        other = _sum(way, cases)
        yield f"- Faster than ({way}) on the set: {held(own < other)} ({own:.1f} s beside {other:.1f} s)"
    behind = [case for case in cases if case.fewer > 0]
    yield f"- At least as many labels as the best of the others, on every map: {held(not behind)}"
    for case in behind:
        yield f"  - {case.name}, {case.network}: {case.fewer} fewer"


def held(true: bool) -> str:
    return "holds" if true else "MISSED"
