"""How well sentences are found and seams are chosen: threadbot beside the libraries, on both halves of the gold set.

A place in a text is the number of characters before it that are no white space, so that a library may do with white space as
it likes. What a library does not know as a language it reads as English. Seams are right when all of a case's are.

Usage: python -m benchmarks.gold [--misses]
"""

from __future__ import annotations

import argparse
import re
import sys
import textwrap
import tomllib
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any, TypeVar

from benchmarks import table
from bot.core.breaks import sentences
from bot.core.languages import language
from bot.core.number import OFF
from bot.core.posts import posts
from bot.core.rules import Rules
from bot.core.text import graphemes

GOLD = Path(__file__).parents[1] / "tests" / "data" / "gold"
HALVES = "tuned", "held_out"
BOUNDARY, EITHER = "|", "¦"
T = TypeVar("T")

# --- the cases ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Sentences:
    """A text, the places where a sentence ends within it, and those where careful editors differ."""

    lang: str
    text: str
    ends: frozenset[int]
    either: frozenset[int]


@dataclass(frozen=True, slots=True)
class Seams:
    """A text, how many graphemes a post holds, and the posts that a careful editor makes of it: any of the answers."""

    lang: str
    text: str
    room: int
    answers: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Half:
    sentences: tuple[Sentences, ...]
    seams: tuple[Seams, ...]


def half(name: str) -> Half:
    cases = tomllib.loads((GOLD / f"{name}.toml").read_text(encoding="utf-8"))
    return Half(tuple(map(_sentences, cases["sentence"])), tuple(map(_seams, cases["seam"])))


def _sentences(case: Mapping[str, Any]) -> Sentences:
    signs = re.split(f"([{BOUNDARY}{EITHER}])", case["text"])
    text, places = "".join(signs[::2]), list(places_of(signs[::2]))
    ends, either = (
        frozenset(at for at, sign in zip(places, signs[1::2], strict=True) if sign == one) for one in (BOUNDARY, EITHER)
    )
    return Sentences(case["lang"], text, ends, either)


def _seams(case: Mapping[str, Any]) -> Seams:
    answers = tuple(tuple(map(str.strip, text.split(BOUNDARY))) for text in (case["text"], *case.get("or", ())))
    return Seams(case["lang"], case["text"].replace(BOUNDARY, ""), case["room"], answers)


def places_of(pieces: Iterable[str]) -> Iterator[int]:
    """The places between the pieces of a text."""
    ends = list(accumulate(sum(map(len, piece.split())) for piece in pieces))
    return (end for end in ends[:-1] if 0 < end < ends[-1])


# --- who finds sentences: the pieces of a text in a language -------------------------------------------------------------

Tool = Callable[[Any, str, str], Iterable[str]]


def our_sentences(text: str, lang: str) -> list[str]:
    found = sentences(text, 0, len(text), language(lang))
    cuts = [0, *(place.end for place in found), len(text)]
    return [text[start:end] for start, end in pairwise(cuts)]


def _pysbd(package: Any, text: str, lang: str) -> list[str]:
    known = import_module("pysbd.languages").LANGUAGE_CODES
    pieces: list[str] = package.Segmenter(language=lang if lang in known else "en", clean=False).segment(text)
    return pieces


def _syntok(package: Any, text: str, _: str) -> Iterator[str]:
    for paragraph in package.analyze(text):
        for sentence in paragraph:
            yield "".join(token.spacing + token.value for token in sentence)


SENTENCES: Mapping[str, tuple[str, Tool]] = {
    "threadbot": ("bot", lambda _, text, lang: our_sentences(text, lang)),
    "pysbd": ("pysbd", _pysbd),
    "sentencex": ("sentencex", lambda it, text, lang: it.segment(lang, text)),
    "syntok": ("syntok.segmenter", _syntok),
    "blingfire": ("blingfire", lambda it, text, _: it.text_to_sentences(text).split("\n")),
    "icu4py": ("icu4py.breakers", lambda it, text, lang: it.SentenceBreaker(text, f"{lang}@ss=standard")),
}

# --- who makes posts: of a text, with a room in graphemes ----------------------------------------------------------------

Cutter = Callable[[Any, Seams], list[str]]


def our_posts(case: Seams) -> list[str]:
    rules = Rules("plain", case.room, pictures=0, picture_bytes=0, picture_types=(), source="the case")
    return posts(case.text, rules, OFF, "paragraphs", case.lang)


def _langchain(package: Any, case: Seams) -> list[str]:
    marks = ["\n\n", "\n", ". ", "。", ", ", "，", "、", " ", ""]  # more than it knows by itself
    made = package.RecursiveCharacterTextSplitter(
        separators=marks, keep_separator="end", chunk_size=case.room, chunk_overlap=0, length_function=graphemes
    )
    pieces: list[str] = made.split_text(case.text)
    return pieces


POSTS: Mapping[str, tuple[str, Cutter]] = {
    "threadbot": ("bot", lambda _, case: our_posts(case)),
    "semantic-text-splitter": (
        "semantic_text_splitter",
        lambda it, case: it.TextSplitter.from_callback(graphemes, case.room).chunks(case.text),
    ),
    "langchain-text-splitters": ("langchain_text_splitters", _langchain),
    "textwrap.wrap": ("textwrap", lambda _, case: textwrap.wrap(case.text, case.room, replace_whitespace=False)),
}
WITHOUT_ROOM = "text-to-tweets: not asked, its room is always 280"

# --- the scores ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Score:
    """Of boundaries: found rightly, found wrongly, missed."""

    right: int
    wrong: int
    missed: int

    def __add__(self, other: Score) -> Score:
        return Score(self.right + other.right, self.wrong + other.wrong, self.missed + other.missed)

    @property
    def precision(self) -> float:
        return self.right / ((self.right + self.wrong) or 1)

    @property
    def recall(self) -> float:
        return self.right / ((self.right + self.missed) or 1)

    @property
    def f1(self) -> float:
        return 2 * self.right / ((2 * self.right + self.wrong + self.missed) or 1)


def score(case: Sentences, pieces: Iterable[str]) -> Score:
    found = frozenset(places_of(pieces)) - case.either
    return Score(len(found & case.ends), len(found - case.ends), len(case.ends - found))


def matched(case: Seams, made: Iterable[str]) -> bool:
    return tuple(map(str.strip, made)) in case.answers


def present(tools: Mapping[str, tuple[str, T]]) -> dict[str, tuple[Any, T]]:
    """Those of the tools that are installed, with their module."""
    found: dict[str, tuple[Any, T]] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # old expressions of other people make Python warn
        for name, (module, ask) in tools.items():
            with suppress(ModuleNotFoundError):
                found[name] = import_module(module), ask
    return found


def sentence_rows(cases: Sequence[Sentences], tools: Mapping[str, tuple[Any, Tool]]) -> Iterator[list[str]]:
    """A row a language, then all: precision, recall and F1 of each tool."""
    scores = {(tool, case): score(case, find(it, case.text, case.lang)) for tool, (it, find) in tools.items() for case in cases}
    for row in (*languages(cases), "all"):
        asked = [case for case in cases if row in (case.lang, "all")]
        totals = (sum((scores[tool, case] for case in asked), Score(0, 0, 0)) for tool in tools)
        ends = sum(len(case.ends) for case in asked)
        yield [row, str(ends), *(f"{of.precision:.2f} {of.recall:.2f} {of.f1:.3f}" for of in totals)]


def seam_rows(cases: Sequence[Seams], tools: Mapping[str, tuple[Any, Cutter]]) -> Iterator[list[str]]:
    """A row a language, then all: how many of the cases each tool cuts as an editor does."""
    right = [[case.lang for case in cases if matched(case, cut(it, case))] for it, cut in tools.values()]
    for lang, count in languages(cases).items():
        yield [lang, str(count), *(str(found.count(lang)) for found in right)]
    yield ["all", str(len(cases)), *(f"{len(found)} ({len(found) / len(cases):.0%})" for found in right)]


def languages(cases: Iterable[Sentences | Seams]) -> Counter[str]:
    return Counter(case.lang for case in cases)


def misses(cases: Half) -> Iterator[str]:
    """What ours gets wrong, for who tunes the rules."""
    for case in cases.sentences:
        pieces = our_sentences(case.text, case.lang)
        if (of := score(case, pieces)).wrong or of.missed:
            yield f"{case.lang}: {' | '.join(map(str.strip, pieces))}"
    for seam in cases.seams:
        if not matched(seam, made := our_posts(seam)):
            yield f"{seam.lang}, {seam.room}: {' | '.join(made)!r} for {' | '.join(seam.answers[0])!r}"


def report(name: str) -> Iterator[str]:
    cases = half(name)
    finders, cutters = present(SENTENCES), present(POSTS)
    yield from table([f"{name}: P, R, F1", "ends", *finders], list(sentence_rows(cases.sentences, finders)))
    yield ""
    yield from table([f"{name}: seams as an editor's", "cases", *cutters], list(seam_rows(cases.seams, cutters)))
    yield from (f"{tool}: not installed, run make bench" for tool in [*SENTENCES, *POSTS] if tool not in {*finders, *cutters})
    yield ""


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="benchmarks.gold", description=__doc__.splitlines()[0])
    parser.add_argument(
        "--misses", action="store_true", help="show what ours gets wrong in the tuned half; the other stays unseen"
    )
    if parser.parse_args(argv).misses:
        print(*misses(half(HALVES[0])), sep="\n")
        return 0
    for name in HALVES:
        print(*report(name), sep="\n")
    print(WITHOUT_ROOM)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
