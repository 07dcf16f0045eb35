"""Pure but for one file read. Reporters' texts of any length in sixteen languages: the same for the same seed, anywhere.

The sentences of `sentences.txt` were invented for this purpose; some 5 % are longer than a post on X. They are dealt like
cards, with other figures each time, into paragraphs of one to six; now and then comes a list of sources. So it is known,
independently of any splitter, where each sentence and each paragraph ends.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

POOLS = Path(__file__).with_name("sentences.txt")
UNSPACED = frozenset({"zh", "ja"})  # their sentences follow each other without a space
LISTS = 1 / 15  # how many paragraphs are a list of sources
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Pool:
    """The sentences of a language, each with its figures left open as `{}`, what stands between two of them, and how a list
    of sources is introduced."""

    lead: str
    joint: str
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Text:
    """A text, and where its sentences and its paragraphs stand: offsets in characters, in order."""

    lang: str
    text: str
    sentences: tuple[Span, ...]
    paragraphs: tuple[Span, ...]


@cache
def pools() -> dict[str, Pool]:
    """Every language's pool, by its ISO 639-1 code."""
    found: dict[str, Pool] = {}
    for part in POOLS.read_text(encoding="utf-8").split("[")[1:]:
        head, *sentences = part.strip().split("\n")
        lang, _, lead = head.partition("] ")
        found[lang] = Pool(lead, "" if lang in UNSPACED else " ", tuple(sentences))
    return found


def text(lang: str, length: int, seed: int = 0) -> Text:
    """A text of at most `length` characters, and of so many that no further paragraph was found to fit."""
    rng = random.Random(f"{lang} {seed}")
    written: list[str] = []
    sentences: list[Span] = []
    paragraphs: list[Span] = []
    at, misses = 0, 0
    dealt = _dealt(pools()[lang], rng)
    while misses < 40:
        parts = _paragraph(dealt, pools()[lang], rng)
        gap = "\n\n" if written else ""
        if at + len(gap) + sum(map(len, parts)) > length:
            misses += 1
            continue
        written += gap, *parts
        at += len(gap)
        first = at
        for part in parts:
            sentences.append((at, at + len(part.rstrip())))
            at += len(part)
        paragraphs.append((first, at))
    return Text(lang, "".join(written), tuple(sentences), tuple(paragraphs))


def _paragraph(dealt: Iterator[str], pool: Pool, rng: random.Random) -> list[str]:
    """The sentences of a paragraph, each but the last with the white space that follows it."""
    if rng.random() < LISTS:
        items = [f"– https://example.org/{rng.randint(1000, 9999)}/{name}" for name in "abc"[: rng.randint(2, 3)]]
        return [f"{pool.lead}\n{items[0]}\n", *(f"{item}\n" for item in items[1:-1]), items[-1]]
    *most, last = (next(dealt) for _ in range(rng.randint(1, 6)))
    # A link takes in whatever letters follow it.
    return [*(f"{each} " if each[-1].isascii() else each + pool.joint for each in most), last]


def _dealt(pool: Pool, rng: random.Random) -> Iterator[str]:
    """The sentences in random order, all before any comes again."""
    while True:
        for sentence in rng.sample(pool.sentences, len(pool.sentences)):
            yield sentence.replace("{}", str(rng.randint(10, 59)))
