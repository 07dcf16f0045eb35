"""Plays the schedules of faults on every network of ours, and writes docs/reliability.md.

Usage: python -m tools.make_reliability [SCHEDULES A NETWORK] [SCHEDULES ON THE REAL PDS]
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from bot.testing.lies import LIES
from tests.reliability import Tally, tallies
from tests.scenes import SCENES
from tests.servers import Pds, installed

HOME = Path(__file__).resolve().parent.parent
NAMES = {"bluesky": "Bluesky", "mastodon": "Mastodon’s API", "x": "X", "pds": "a real Bluesky server"}
COLUMNS = (
    "network",
    "schedules",
    "faults met",
    "kill -9 at a request",
    "at a commit",
    "finished by itself",
    "after a human",
    "duplicates",
    "lost",
    "out of order",
    "status untrue",
)
PAGE = """\
# Reliability

Each post once and in order, whatever goes wrong, or a stop for a human with a status that is true. Made by
`make reliability` (`tools/make_reliability.py`), which writes this page anew; a smaller number of the same schedules is part
of the tests (`tests/test_reliability.py`).

{results}

The faults, as they were met:

{met}

## What is played

A thread of three posts: the first with a picture that is described, the last with a link. It is sealed in a store on disk,
and published by the engine that `threadbot worker` runs, in a process of its own. The network is a fake (`bot/testing/`) that
keeps state, checks each request against the network’s rules, and stands in another process; or the real server, behind a
proxy (`bot/testing/proxy.py`) that passes on each byte but for the faults.

A schedule says which requests go wrong, and how, counted from the first of the thread’s life to its last, restarts included;
and at which commits of the store the process dies. Each fault comes at each request, and a death just before and just after
each commit, alone; then two faults, and two faults with a kill -9 and a new start between them, drawn by a generator that
gives the same on every machine (`bot/testing/schedules.py`). A death is SIGKILL: at a request, the server sends it. Waits cost
no time: the three processes share a clock, and whoever waits sets it forward.

When nothing more happens by itself, the status is compared with what a reader sees: what is done is out, what is in doubt is
out or not, nothing else is. Then a human is played: they ask again for what was refused (`threadbot retry`), say what became
of what nobody could tell (`threadbot resolve`), sign in anew where the tokens were lost (`threadbot login`). In the end the
texts, the alt texts, the parents and the links in the status are compared with what was written.

That the schedules find something is tested, too: with an engine that mints a new key for each try, one that sends again
without looking, one that takes for absent what cannot be seen yet, and one that takes for out what was lost.

## The faults

| fault | what it is |
|---|---|
{faults}
"""


def row(name: str, tally: Tally) -> str:
    """A line of the table of results."""
    killed = sum(number for fault, number in tally.faults.items() if fault.startswith("killed"))
    cells = (tally.schedules, tally.faults.total(), killed, tally.deaths, tally.alone, tally.human)
    wrong = (tally.duplicates, tally.lost, tally.disordered, tally.untrue)
    return f"| {name} | {' | '.join(f'{each:,}'.replace(',', ' ') for each in (*cells, *wrong))} |"


def results(played: Mapping[str, Mapping[str, Tally]]) -> Iterator[str]:
    """The table of results: each network, and its scenes."""
    yield f"| {' | '.join(COLUMNS)} |"
    yield "|---" * len(COLUMNS) + "|"
    for network, scenes in played.items():
        total = Tally()
        for tally in scenes.values():
            total.add(tally)
        yield row(f"**{NAMES[network]}**", total)
        yield from (row(f"– {name}", tally) for name, tally in scenes.items())


def met(played: Mapping[str, Mapping[str, Tally]]) -> Iterator[str]:
    """How often each fault was met, network by network."""
    yield f"| fault | {' | '.join(NAMES[network] for network in played)} |"
    yield "|---" * (len(played) + 1) + "|"
    for fault in LIES:
        counts = (sum(tally.faults[fault] for tally in scenes.values()) for scenes in played.values())
        yield f"| {fault} | {' | '.join(map(str, counts))} |"


def page(played: Mapping[str, Mapping[str, Tally]]) -> str:
    """The whole of docs/reliability.md."""
    faults = "\n".join(f"| {name} | {lie.words} |" for name, lie in LIES.items())
    return PAGE.format(results="\n".join(results(played)), met="\n".join(met(played)), faults=faults)


def main(number: int, real: int) -> int:
    """Play, and write; returns how many schedules did not end well."""
    played = {network: tallies(network, number) for network in SCENES}
    folder = installed(HOME / "tests" / "pds", HOME / ".cache")
    with tempfile.TemporaryDirectory() as logs, Pds(folder, Path(logs) / "pds.log") as pds:
        played["pds"] = tallies("pds", real, pds.url)
    (HOME / "docs" / "reliability.md").write_text(page(played), encoding="utf-8")
    print("\n".join(results(played)))
    said = [
        f"{network}, {scene}: {each}" for network in played for scene, tally in played[network].items() for each in tally.said
    ]
    print("\n".join(said))
    return len(said)


if __name__ == "__main__":
    sys.exit(min(main(*map(int, sys.argv[1:] or ("2000", "200"))), 1))
