"""200 accounts with a thread of ten posts due at the same second, on servers that take 100 ms for each answer.

Usage: python -m benchmarks.fleet [--accounts 200] [--posts 10] [--latency 0.1]

The servers are processes of their own, so that what they need does not count as ours; they speak Mastodon's API. The time of a
thread is from its first ledger line to its last. The first thread runs alone, and warms up.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import resource
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter, process_time

from benchmarks import table
from bot.core.delivery import Event, State
from bot.core.model import Account, Numbering, Post, Thread
from bot.core.plan import Plan
from bot.engine.clock import SystemClock
from bot.engine.fleet import Fleet
from bot.networks import mastodon
from bot.store.config import Config
from bot.store.store import Store
from bot.testing.mastodon import FakeMastodon
from bot.testing.serving import Served

SERVERS = 2
TARGET = 1.3  # the most that all may take, in times of the slowest single thread
SENTENCE = "The water rises by a hand each hour, and nobody on the quays says what the gauge will show tonight."


def serve(accounts: int, latency: float) -> None:
    """A server with so many accounts, until stdin ends: its address and their tokens are the one line that it prints."""
    fake = FakeMastodon()
    tokens = [fake.sign_up(f"person{number}") for number in range(accounts)]
    with Served(fake, latency=latency) as server:
        print(json.dumps({"url": server.url, "tokens": tokens}), flush=True)
        sys.stdin.read()


@contextlib.contextmanager
def served(accounts: int, latency: float) -> Iterator[list[Account]]:
    """The accounts of a server in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.fleet", "--serve", f"{accounts}", "--latency", f"{latency}"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin, "a pipe"
        assert process.stdout, "a pipe"
        said = json.loads(process.stdout.readline())
        yield [
            Account(f"{process.pid}-{number}", "mastodon", {"server": said["url"]}, {"token": lambda token=token: token})
            for number, token in enumerate(said["tokens"])
        ]


@dataclass
class Newsroom:
    """The engine over a store on disk, and when each line of a thread was written."""

    store: Store
    accounts: Sequence[Account]
    lines: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def tell(self, thread: Thread, _event: Event) -> None:
        self.lines[thread.account].append(perf_counter())

    def seal(self, account: Account, posts: int) -> tuple[str, str]:
        texts = [f"{n}/{posts} {SENTENCE}" for n in range(1, posts + 1)]
        made = tuple(Post(n, posts, text, len(text), 500, "characters") for n, text in enumerate(texts, 1))
        where = mastodon.NETWORK.destination(account)
        plan = Plan(account.name, (Thread(account.name, "mastodon", where, account.name, "", "en", made),))
        now = datetime.now(UTC)
        self.store.plans.seal(plan, {}, now, "story.md", now)
        return plan.digest, account.name

    def publish(self, jobs: Sequence[tuple[str, str]]) -> float:
        """The seconds until all is out."""
        config = Config(
            Path("config.toml"), None, Path("t.db"), (), Numbering("off"), {each.name: each for each in self.accounts}
        )
        networks = {"mastodon": mastodon.NETWORK}
        fleet = Fleet(lambda: config, networks, self.store, SystemClock(), self.tell, print)
        start = perf_counter()
        fleet.publish(jobs)
        took = perf_counter() - start
        assert {self.store.plans.standing(*job).state for job in jobs} == {State.DONE}, "all is out"
        return took

    def slowest(self) -> float:
        """The seconds between the first and the last line of the thread that took longest."""
        return max(lines[-1] - lines[0] for lines in self.lines.values())


def memory() -> float:
    """The most that this process ever held, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measured(accounts: int, posts: int, latency: float) -> Iterator[str]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        store = stack.enter_context(Store(folder / "t.db"))
        each = -(-(accounts + 1) // SERVERS)
        people = [account for _ in range(SERVERS) for account in stack.enter_context(served(each, latency))]
        room = Newsroom(store, people)
        alone = room.publish([room.seal(people[0], posts)])
        alone_lines = room.slowest()
        room.lines.clear()
        jobs = [room.seal(account, posts) for account in people[1 : accounts + 1]]
        before, cpu = memory(), process_time()
        took = room.publish(jobs)
        cpu = process_time() - cpu
        rows = [
            ("one thread alone", f"{alone_lines:.2f}", f"{alone:.2f}", ""),
            ("all", f"{room.slowest():.2f}", f"{took:.2f}", f"{took / room.slowest():.2f} (at most {TARGET})"),
        ]
        yield from table((f"{accounts} accounts, {posts} posts each", "slowest thread s", "all out s", "times of it"), rows)
        lines = sum(map(len, room.lines.values()))
        yield f"{lines / took:.0f} ledger lines a second, {cpu / took:.0%} of a core"
        yield f"peak memory {memory():.0f} MB, {before:.0f} MB before"


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="benchmarks.fleet", description=__doc__.splitlines()[0])
    parser.add_argument("--accounts", type=int, default=200)
    parser.add_argument("--posts", type=int, default=10)
    parser.add_argument("--latency", type=float, default=0.1, help="seconds")
    parser.add_argument("--serve", type=int, help=argparse.SUPPRESS)
    asked = parser.parse_args(argv)
    if asked.serve:
        serve(asked.serve, asked.latency)
        return 0
    for line in measured(asked.accounts, asked.posts, asked.latency):
        print(line)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
