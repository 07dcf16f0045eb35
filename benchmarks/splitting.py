"""How long splitting takes, beside `textwrap.wrap` on the same texts in the same run; then texts made to hurt.

Usage: python -m benchmarks.splitting [--sizes 10000 100000 1000000] [--hostile 100000]
"""

from __future__ import annotations

import argparse
import itertools
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

from benchmarks import RULES, WAYS, corpus, ours, raced, table, timed

WIDTH = 270  # what a post on X leaves beside its number
# The most that a text of so many characters may take, in times of `textwrap.wrap`; and Japanese in times of French.
TARGETS = {10_000: 1.0, 100_000: 1.0, 1_000_000: 1.5}
JAPANESE = 100_000, 3.0
FLAT = 1.5  # what follows for the growth of the time per character, as textwrap's own is flat
HELD = "paragraphs", "sentences"  # the ways that the targets are for
HOSTILE_FLAT = 2.0  # a run or two only, on a machine with other work
PATIENCE = 0.3  # seconds for a tenth of a hostile text; else the whole is not tried

HOSTILE: dict[str, Callable[[int], str]] = {
    "letters without a space": lambda n: "a" * n,
    "letters of Chinese": lambda n: "川" * n,
    "emoji": lambda n: "🌊" * n,
    "flags": lambda n: "🇫🇷" * (n // 2),
    "emoji families": lambda n: "👩‍👩‍👧‍👦" * (n // 7),
    "one letter, many accents": lambda n: "e" + "\u0301" * 40 + "x" * (n - 41),
    "words without a mark": lambda n: "mots sans aucune ponctuation " * (n // 29),
    "one paragraph": lambda n: corpus.text("fr", n).text.replace("\n", " "),
    "one letter a paragraph": lambda n: "a\n\n" * (n // 3),
    "one letter a sentence": lambda n: "A. " * (n // 3),
    "full stops": lambda n: "." * n,
    "exclamations": lambda n: "?!" * (n // 2),
    "spaces": lambda n: "a" + " " * (n - 2) + "b",
    "opened quotes": lambda n: "« " * (n // 2),
    "groups of figures": lambda n: "123 " * (n // 4),
    "figures": lambda n: "1" * n,
    "bare domains": lambda n: "ab.fr " * (n // 6),
    "domains in a row": lambda n: "ab.fr." * (n // 6),
    "links": lambda n: "https://example.org/" * (n // 20),
    "mentions": lambda n: "@a " * (n // 3),
    "signs of mentions": lambda n: "@" * n,
    "e-mail without an end": lambda n: "a.b@" * (n // 4),
    "sources": lambda n: "Sources : " * (n // 10),
}
# What a command pays once: expressions are compiled, and no word has been seen before.
FIRST = """
import textwrap
from benchmarks import corpus, ours, timed
text = corpus.text("fr", {size}).text
print(timed(lambda: ours(text, "x", "sentences", "fr"))[0], timed(lambda: textwrap.wrap(text, 270))[0])
"""
Figures = dict[tuple[str, int], dict[str, float]]  # by language and size: seconds by contestant


def measured(lang: str, size: int) -> dict[str, float]:
    """Seconds of every network and way, and of textwrap."""
    contestants: dict[str, Callable[[str], object]] = {
        f"{network} {way}": partial(ours, network=network, way=way, lang=lang)
        for network, way in itertools.product(RULES, WAYS)
    }
    contestants["textwrap"] = partial(textwrap.wrap, width=WIDTH)
    repeats = min(15, max(3, 2_000_000 // size))
    return raced(contestants, lambda repetition: corpus.text(lang, size, repetition).text, repeats)


def target(figures: Figures, lang: str, size: int, contestant: str) -> str:
    """What was asked for, and whether it holds."""
    if contestant.split()[-1] not in HELD:
        return ""
    took = figures[lang, size]
    if lang == "fr" and size in TARGETS:
        ratio, most = took[contestant] / took["textwrap"], TARGETS[size]
        return f"at most {most}x: {'holds' if ratio <= most else 'MISSED'}"
    if lang == "ja" and ("fr", size) in figures:
        ratio, most = took[contestant] / figures["fr", size][contestant], JAPANESE[1]
        return f"{ratio:.2f}x French, at most {most}x: {'holds' if ratio <= most else 'MISSED'}"
    return ""


def speeds(figures: Figures) -> Iterator[str]:
    rows = [
        (
            f"{lang} {size} {contestant}",
            f"{seconds * 1e3:.2f}",
            f"{seconds / size * 1e9:.0f}",
            f"{seconds / took['textwrap']:.2f}",
            target(figures, lang, size, contestant),
        )
        for (lang, size), took in figures.items()
        for contestant, seconds in took.items()
    ]
    yield from table(("text, network, way", "ms", "ns/char", "x textwrap", "target"), rows)


def growth(figures: Figures, sizes: Sequence[int]) -> Iterator[str]:
    first, last = sizes[0], sizes[-1]
    rows = []
    for contestant in figures["fr", first]:
        per = [figures["fr", size][contestant] / size * 1e9 for size in sizes]
        flat = "flat" if per[-1] <= FLAT * per[0] else "GROWS"
        rows.append((contestant, *(f"{each:.0f}" for each in per), f"{per[-1] / per[0]:.2f}", flat))
    yield from table(("French, ns/char at", *map(str, sizes), f"{last}/{first}", f"at most {FLAT}"), rows)


def first(size: int) -> str:
    """The first split of a process, which the tables leave out: a minimum of several runs hides it."""
    command = [sys.executable, "-c", FIRST.format(size=size)]
    said = subprocess.run(command, cwd=Path(__file__).parents[1], capture_output=True, text=True, check=True)
    own, wrap = map(float, said.stdout.split())
    return f"First split of a process, fr {size} x sentences: {own * 1e3:.0f} ms; first textwrap: {wrap * 1e3:.0f} ms"


def hostile(size: int) -> Iterator[str]:
    """A tenth, then the whole, of each hostile text: where the time per character grows, there is a cliff."""
    rows = []
    for name, network in itertools.product(HOSTILE, RULES):
        small, said = _endured(HOSTILE[name](size // 10), network)
        cells = [f"{name}, {network}", f"{small / size * 1e10:.0f}"]
        if small > PATIENCE:
            rows.append((*cells, "not tried", "", "CLIFF", said))
            continue
        whole, said = _endured(HOSTILE[name](size), network)
        wrap, _ = timed(partial(textwrap.wrap, HOSTILE[name](size), WIDTH))
        ratio = whole / small / 10
        flat = "flat" if ratio <= HOSTILE_FLAT else "GROWS"
        rows.append((*cells, f"{whole / size * 1e9:.0f}", f"{whole / wrap:.1f}", f"{ratio:.1f} {flat}", said))
    yield from table(("ns/char at", str(size // 10), str(size), "x textwrap", "growth", "posts"), rows)


def _endured(text: str, network: str) -> tuple[float, str]:
    def attempt() -> str:
        try:
            return str(len(ours(text, network, "paragraphs", "fr")))
        except ValueError as error:
            return type(error).__name__

    return timed(attempt)  # once: a second run would profit from the first


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="benchmarks.splitting", description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=list(TARGETS), help="characters of French")
    parser.add_argument("--hostile", type=int, default=100_000, help="characters of each hostile text")
    asked = parser.parse_args(argv)
    sizes = sorted(asked.sizes)
    figures: Figures = {("fr", size): measured("fr", size) for size in sizes}
    japanese = min(JAPANESE[0], sizes[-1])
    figures["ja", japanese] = measured("ja", japanese)
    for lines in (speeds(figures), [""], growth(figures, sizes), ["", first(sizes[0]), ""], hostile(asked.hostile)):
        for line in lines:
            print(line, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
