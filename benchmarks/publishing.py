"""How long a thread of 25 posts with ten pictures takes on a real Bluesky server: beside the bare requests that it needs, and
beside the PyPI client, post by post.

Usage: python -m benchmarks.publishing [--rounds 9]
"""

from __future__ import annotations

import argparse
import hashlib
import importlib
import io
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

import httpx
import pytest
from PIL import Image

from benchmarks import table, timed
from bot.core.model import Account, Numbering, Picture, Post, Thread
from bot.core.plan import Plan
from bot.engine.clock import SystemClock
from bot.engine.fleet import Fleet
from bot.networks import bluesky
from bot.networks.base import Batch
from bot.networks.record import creation, records, written
from bot.networks.repo import tid
from bot.store.config import Config
from bot.store.store import Store
from tests.servers import Pds, Person, installed

HOME = Path(__file__).parent.parent
POSTS, PICTURES = 25, 10
BARE, PEER, KEPT = "the bare requests", "atproto (PyPI), post by post", "the same, signed in before"
TARGETS = {BARE: 1.15, PEER: 0.2}  # the most that threadbot may take, in times of each
SENTENCE = "The water rises by a hand each hour, and nobody on the quays says what the gauge will show tonight."
Publish = Callable[[], object]


@dataclass(frozen=True)
class Story:
    """A thread that nobody published before, and the bytes of its pictures by sha256."""

    number: int
    posts: tuple[Post, ...]
    data: Mapping[str, bytes]

    def thread(self, destination: str) -> Thread:
        return Thread("sky", "bluesky", destination, f"story-{self.number}", "", "en", self.posts)


def story(number: int) -> Story:
    """The first ten posts have a picture each; all pictures are new to the server."""
    data = {hashlib.sha256(file).hexdigest(): file for file in (drawn(number * PICTURES + n) for n in range(PICTURES))}
    shown = [(Picture(sha256, "image/jpeg", 1200, 800, len(file), "A map"),) for sha256, file in data.items()]
    posts = []
    for n in range(1, POSTS + 1):
        text = f"{n}/{POSTS} {SENTENCE} ({number})"
        pictures = shown[n - 1] if n <= PICTURES else ()
        posts.append(Post(n, POSTS, text, len(text), 300, "graphemes", (), pictures))
    return Story(number, tuple(posts), data)


def drawn(seed: int) -> bytes:
    """A picture of some 200 kB, as a map has."""
    file = io.BytesIO()
    Image.effect_noise((600, 400), 60).resize((1200, 800)).convert("RGB").save(file, "JPEG", quality=80)
    return file.getvalue() + seed.to_bytes(8, "big")  # readers ignore what follows the end of a JPEG


class Contestant(Protocol):
    """Somebody with an account and a session, who is handed a story and gives back what publishes it."""

    def prepared(self, given: Story) -> Publish: ...
    def close(self) -> None: ...


class Ours:
    """The engine and its store, as a worker has them; the plan is sealed and due."""

    def __init__(self, pds: Pds, person: Person, folder: Path) -> None:
        settings = {setting.name: setting.default or "" for setting in bluesky.NETWORK.settings}
        settings |= {"server": pds.url, "handle": person.handle}
        self.account = Account("sky", "bluesky", settings, {"password": lambda: person.password})
        config = Config(Path("config.toml"), None, Path("t.db"), (), Numbering("off"), {"sky": self.account})
        self.store = Store(folder / "t.db")
        networks = {"bluesky": bluesky.NETWORK}
        self.fleet = Fleet(lambda: config, networks, self.store, SystemClock(), lambda *_: None, print)

    def prepared(self, given: Story) -> Publish:
        thread, now = given.thread(bluesky.NETWORK.destination(self.account)), datetime.now(UTC)
        plan = Plan(thread.slug, (thread,))
        self.store.plans.seal(plan, given.data, now, "story.md", now)
        with closing(self.store.database.engine.raw_connection()) as connection:
            connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")  # as at the end of `threadbot schedule`
        return lambda: self.fleet.publish([(plan.digest, "sky")])

    def close(self) -> None:
        self.store.process.close()


class Bare:
    """The requests and nothing else: all is written beforehand, the connection stays open, and no answer is looked into."""

    def __init__(self, pds: Pds, person: Person, _folder: Path) -> None:
        self.client = httpx.Client(base_url=f"{pds.url}/xrpc/", timeout=60)
        signing_in = {"identifier": person.handle, "password": person.password}
        session = self._post("server.createSession", json=signing_in).json()
        self.did, self.client.headers["authorization"] = session["did"], f"Bearer {session['accessJwt']}"

    def _post(self, name: str, **request: Any) -> httpx.Response:
        return self.client.post(f"com.atproto.{name}", **request).raise_for_status()

    def prepared(self, given: Story) -> Publish:
        now = datetime.now(UTC)
        moments = [now + timedelta(milliseconds=n) for n in range(POSTS)]
        key = {"did": self.did, "records": [{"rkey": tid(at, 1), "at": f"{at:%Y-%m-%dT%H:%M:%S.000Z}"} for at in moments]}
        made = records(Batch(given.thread(""), given.posts), key)
        body = written(self.did, [creation(each) for each in made])

        def publish() -> None:
            for data in given.data.values():
                self._post("repo.uploadBlob", content=data, headers={"content-type": "image/jpeg"})
            self._post("repo.applyWrites", content=body, headers={"content-type": "application/json"})

        return publish

    def close(self) -> None:
        self.client.close()


class Peer:
    """The best known client, as its own examples use it: it signs in, and sends a post after another."""

    def __init__(self, pds: Pds, person: Person, _folder: Path) -> None:
        self.atproto = importlib.import_module("atproto")
        self.url, self.person = f"{pds.url}/xrpc", person

    def signed_in(self) -> Any:
        client = self.atproto.Client(base_url=self.url)
        client.login(self.person.handle, self.person.password, fetch_bsky_profile=False)  # which a bare PDS cannot answer
        return client

    def prepared(self, given: Story) -> Publish:
        return lambda: self.publish(given, self.signed_in())

    def publish(self, given: Story, client: Any) -> None:
        root = parent = None
        common = {"profile_identify": self.person.did, "langs": ["en"]}
        for post in given.posts:
            reply = root and self.atproto.models.AppBskyFeedPost.ReplyRef(root=root, parent=parent)
            files = [given.data[picture.sha256] for picture in post.pictures]
            if files:
                sent = client.send_images(post.text, files, ["A map"], reply_to=reply, **common)
            else:
                sent = client.send_post(post.text, reply_to=reply, **common)
            parent = self.atproto.models.create_strong_ref(sent)
            root = root or parent

    def close(self) -> None:
        """Nothing is held."""


class PeerSignedIn(Peer):
    """The same client by somebody who keeps its session."""

    def __init__(self, pds: Pds, person: Person, folder: Path) -> None:
        super().__init__(pds, person, folder)
        self.client = self.signed_in()

    def prepared(self, given: Story) -> Publish:
        return lambda: self.publish(given, self.client)


CONTESTANTS: Mapping[str, Callable[[Pds, Person, Path], Contestant]] = {
    "threadbot": Ours,
    BARE: Bare,
    PEER: Peer,
    KEPT: PeerSignedIn,
}


def raced(pds: Pds, rounds: int, folder: Path) -> tuple[dict[str, list[float]], list[str]]:
    """The seconds of each contestant in each round, in turn; and who is missing. A round before the first warms up."""
    missing: list[str] = []
    took: dict[str, list[float]] = {}
    with ExitStack() as stack:
        runners: dict[str, tuple[Person, Contestant]] = {}
        for name, enter in CONTESTANTS.items():
            person = pds.person()
            try:
                runners[name] = person, stack.enter_context(closing(enter(pds, person, folder)))
            except ImportError as error:
                missing.append(f"not installed: {name} ({error.name})")
        for number in range(rounds + 1):
            names = [*runners][number % len(runners) :] + [*runners][: number % len(runners)]
            for place, name in enumerate(names):
                person, runner = runners[name]
                publish = runner.prepared(story(number * len(names) + place))
                seconds, _ = timed(publish)
                assert len(pds.records(person)) == POSTS * (number + 1), f"{name} has published a whole thread"
                took.setdefault(name, []).extend([seconds] if number else [])
    return took, missing


def report(took: Mapping[str, Sequence[float]]) -> Iterator[str]:
    """Medians, and threadbot's time in times of each other's in the same round."""
    rows = []
    for name, seconds in took.items():
        ratio = statistics.median(ours / other for ours, other in zip(took["threadbot"], seconds, strict=True))
        figures = (f"{each * 1e3:.0f}" for each in (statistics.median(seconds), min(seconds), max(seconds)))
        rows.append((name, *figures, f"{ratio:.2f}", TARGETS.get(name, "")))
    head = f"{POSTS} posts, {PICTURES} pictures", "median ms", "least", "most", "threadbot, times of it", "at most"
    yield from table(head, rows)


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="benchmarks.publishing", description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=9)
    rounds = parser.parse_args(argv).rounds
    try:
        program = installed(HOME / "tests" / "pds", HOME / ".cache")
    except pytest.skip.Exception as reason:
        print(f"not measured: {reason}")
        return 0
    with tempfile.TemporaryDirectory() as name, Pds(program, Path(name) / "server.log") as pds:
        took, missing = raced(pds, rounds, Path(name))
    for line in (*report(took), *missing):
        print(line)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
