"""Posts, cut sentences and cut paragraphs on X: threadbot in each way beside every peer that runs here, on the same texts.

Where a seam stands is judged by the corpus, which knows its sentences and paragraphs. Peers get 270 characters as their limit,
and a number in front of each post where they have no numbers of their own.

Usage: python -m benchmarks.peers [--texts fr:10000 fr:100000 en:10000]
"""

from __future__ import annotations

import argparse
import re
import sys
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from itertools import accumulate
from typing import Any

from benchmarks import RULES, WAYS, corpus, ours, raced, table
from benchmarks.corpus import Span, Text
from benchmarks.judged import NotInstalled, judge, over, used

LIMIT = 270
REPEATS = 3
CLAIM = "fewer posts, no more cut sent."
X = RULES["x"]
OURS = (*WAYS, "each")
Tool = Callable[[Text], list[str]]  # the numbered posts of a text


def numbered(pieces: Sequence[str]) -> list[str]:
    return [f"{n}/{len(pieces)} {piece}" for n, piece in enumerate(pieces, 1)]


def bare(posts: Sequence[str]) -> list[str]:
    """The posts without their numbers, which stand before them or behind."""
    total = len(posts)
    return [post.removeprefix(f"{n}/{total} ").removesuffix(f" ({n}/{total})") for n, post in enumerate(posts, 1)]


# --- the simple way, done as well as it can be -------------------------------------------------------------------------


def greedy(text: Text, units: Sequence[Span]) -> list[str]:
    """As many units as fit in each post by X's own count and with its own number; of one that fits in none, its words."""
    digits = 1
    while len(str(len(spans := list(_packed(text.text, units, digits, 1))))) > digits:
        digits += 1
    return numbered([text.text[start:end] for start, end in spans])


def _packed(text: str, units: Sequence[Span], digits: int, post: int) -> Iterator[Span]:
    """The posts, the first of which has the number `post`."""
    first, last = units[0][0], 0  # the open post; nothing is in it while last is 0

    def fits(start: int, end: int) -> bool:
        return X.used(f"{post}/{'9' * digits} {text[start:end]}") <= X.length

    for start, end in units:
        if last and not fits(first, end):
            yield first, last
            post, first, last = post + 1, start, 0
        if not last and not fits(start, end) and len(words := spans_of_words(text, start, end)) > 1:
            *full, (first, end) = _packed(text, words, digits, post)
            yield from full
            post += len(full)
        last = end
    yield first, last


def spans_of_words(text: str, start: int, end: int) -> list[Span]:
    return [found.span() for found in re.compile(r"\S+").finditer(text, start, end)]


# --- everyone ----------------------------------------------------------------------------------------------------------


def library(module: str, cut: Callable[[Any, str], list[str]]) -> Tool:
    """A tool of another package, which may not be installed."""

    def tool(text: Text) -> list[str]:
        try:
            return cut(import_module(module), text.text)
        except ModuleNotFoundError as error:
            raise NotInstalled(f"{error}; run make bench") from None

    return tool


def threadbot(text: Text, way: str) -> list[str]:
    return ours(text.text, "x", way, text.lang)


def _langchain(package: Any, text: str) -> list[str]:
    return numbered(package.RecursiveCharacterTextSplitter(chunk_size=LIMIT, chunk_overlap=0).split_text(text))


TOOLS: Mapping[str, Tool] = {
    **{way: partial(threadbot, way=way) for way in OURS},
    "semantic-text-splitter": library("semantic_text_splitter", lambda it, text: numbered(it.TextSplitter(LIMIT).chunks(text))),
    "text-to-tweets": library("text_to_tweets", lambda it, text: it.tweet_splitter(text, True)),
    "langchain-text-splitters": library("langchain_text_splitters", _langchain),
    "textwrap.wrap": lambda text: numbered(textwrap.wrap(text.text, LIMIT)),
    "greedy by sentence": lambda text: greedy(text, text.sentences),
    "greedy by word": lambda text: greedy(text, spans_of_words(text.text, 0, len(text.text))),
}


# --- what came of it ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Result:
    """Posts, those that X would refuse, and the seams that stand within a sentence, or within a paragraph."""

    posts: int
    refused: int
    in_sentences: int
    in_paragraphs: int


def solid(text: str) -> int:
    """Where a place is, told so that white space does not matter."""
    return sum(map(len, text.split()))


def ends(text: Text, spans: Sequence[Span]) -> frozenset[int]:
    return frozenset(accumulate(solid(text.text[start:end]) for start, end in spans))


def result(text: Text, posts: Sequence[str]) -> Result:
    """How the posts of a text are cut. Raises ValueError if they are not the text."""
    *seams, whole = accumulate(map(solid, bare(posts)))
    if whole != solid(text.text):
        raise ValueError("some of the text is lost")
    sentences, paragraphs = ends(text, text.sentences), ends(text, text.paragraphs)
    refused = over("x", used("x", posts))
    return Result(len(posts), refused, sum(at not in sentences for at in seams), sum(at not in paragraphs for at in seams))


def better(peer: Result, own: Mapping[str, Result]) -> str:
    """The way of ours with fewer posts at equal or fewer cut sentences, or what comes nearest."""
    for way, mine in own.items():
        if mine.posts < peer.posts and mine.in_sentences <= peer.in_sentences:
            return f"yes: {way}"
    for way, mine in own.items():
        if mine.posts == peer.posts and mine.in_sentences <= peer.in_sentences:
            return f"as few: {way}, {mine.in_sentences} cut"
    return f"no, but {peer.refused} of its are refused" if peer.refused else "no"


def compared(text: Text) -> Iterator[str]:
    """The table of a text, and whom it lacks."""
    results: dict[str, Result] = {}
    missing: list[str] = []
    for name, tool in TOOLS.items():
        try:
            results[name] = result(text, tool(text))
        except NotInstalled as reason:
            missing.append(f"not installed: {name} ({reason})")
    took = raced({name: TOOLS[name] for name in results}, lambda _: text, REPEATS)
    own = {way: results[way] for way in OURS}
    rows = []
    for name, found in results.items():
        shown, claim = (f"threadbot, {name}", "") if name in own else (name, better(found, own))
        figures = found.posts, found.refused, found.in_sentences, found.in_paragraphs
        rows.append((shown, *figures, f"{took[name] * 1e3:.1f}", claim))
    head = f"{text.lang}, {len(text.text)} characters", "posts", "refused", "cut sent.", "cut par.", "ms", CLAIM
    yield from table(head, rows)
    yield from missing


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="benchmarks.peers", description=__doc__.splitlines()[0])
    parser.add_argument("--texts", nargs="+", default=["fr:10000", "fr:100000", "en:10000"], help="language:characters")
    print(judge(), flush=True)
    for asked in parser.parse_args(argv).texts:
        lang, _, size = asked.partition(":")
        for line in ("", *compared(corpus.text(lang, int(size)))):
            print(line, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
