"""Fits maps and photos for each network, threadbot's way and three usual ones, and says what can still be read.

Usage: python -m benchmarks.maps [--write] [--pictures WORD ...] [--no-giants] [--rounds 2]
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks import RULES
from benchmarks.maps import examples, figures, reading
from benchmarks.maps.catalogue import MAPS, NO_PHOTOS, photos
from benchmarks.maps.drawing import Sample, sample
from benchmarks.maps.measuring import Case, measured
from benchmarks.maps.report import markdown, tables

DOCS = Path(__file__).parents[2] / "docs"
PAGE = DOCS / "maps.md"
MARKS = "<!-- measured: written by python -m benchmarks.maps --write -->", "<!-- measured: end -->"


def samples(words: Sequence[str]) -> Iterator[Sample]:
    """The pictures whose names hold one of the words, or all."""
    yield from (sample(recipe) for recipe in MAPS if _asked(recipe.name, words))
    yield from (photo for photo in photos() if _asked(photo.name, words))


def _asked(name: str, words: Sequence[str]) -> bool:
    return not words or any(word in name for word in words)


def cases(words: Sequence[str], rounds: int) -> list[Case]:
    done: list[Case] = []
    for one in samples(words):
        for case in measured(one, RULES, rounds):
            done.append(case)
            print(progress(case), file=sys.stderr, flush=True)
    return done


def progress(case: Case) -> str:
    """A line for who waits."""
    ways = (f"{of.seconds:.1f} s {len(of.read or ())}" for of in case.outcomes.values())
    return f"{case.name}, {case.network}: {', '.join(ways)} labels of {len(case.labels or ())}"


def report(asked: argparse.Namespace) -> Iterator[str]:
    yield from tables(cases(asked.pictures, asked.rounds))
    if not reading.installed():
        yield f"- {reading.NO_TESSERACT}"
    if not list(photos()):
        yield f"- {NO_PHOTOS}"
    if not asked.no_giants:
        yield from ("", "### Figures to reach", "")
        yield from markdown(figures.HEAD, figures.rows(asked.rounds))


def written(page: str, lines: Sequence[str]) -> str:
    """The page with these lines between its marks."""
    before, _, rest = page.partition(MARKS[0])
    _, _, after = rest.partition(MARKS[1])
    return "\n".join((before + MARKS[0], "", *lines, "", MARKS[1] + after))


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="benchmarks.maps", description=__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true", help="renew the tables and the examples of docs/maps.md")
    parser.add_argument("--pictures", nargs="+", default=[], metavar="WORD", help="only those whose names hold such a word")
    parser.add_argument("--no-giants", action="store_true", help="leave out the maps of 4096×4096")
    parser.add_argument("--rounds", type=int, default=2, help="of which the fastest counts")
    asked = parser.parse_args(argv)
    lines = list(report(asked))
    print(*lines, sep="\n")
    if asked.write:
        PAGE.write_text(written(PAGE.read_text(encoding="utf-8"), lines), encoding="utf-8")
        print(*examples.written(DOCS / "pictures"), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
