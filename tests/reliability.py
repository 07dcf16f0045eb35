"""Threads under schedules of faults, with an engine that is killed for real: what is out in the end, and was `status` true?

python -m tests.reliability bluesky 2000 [PART OF]   prints the tally as JSON
"""

from __future__ import annotations

import json
import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from bot.core.delivery import IN_DOUBT, State
from bot.core.plan import Plan
from bot.engine import mending
from bot.networks.base import World
from bot.store.standings import Standing
from bot.store.store import Store
from bot.testing.contract import Seen
from bot.testing.fakes import Shelf
from bot.testing.lies import LyingServer, killer
from bot.testing.schedules import Schedule, schedules
from tests import behind
from tests.lives import BROKEN, DONE, STOPPED, Home, Shared, SharedClock, live, warmed
from tests.scenes import ALT, EXPECTED, SCENES, TEXTS, Scene, thread

PDS = "THREADBOT_PDS"  # where its address stands for the processes that play
LIVES = 20  # of one thread: more, and it never ends
HUMANS = 6  # how often a human may have to help


@dataclass
class Tally:
    """What became of all schedules of a scene."""

    schedules: int = 0
    faults: Counter[str] = field(default_factory=Counter)  # those that were told, by kind
    deaths: int = 0  # at a commit of the store
    restarts: int = 0
    alone: int = 0
    human: int = 0
    duplicates: int = 0
    lost: int = 0
    disordered: int = 0
    untrue: int = 0  # a status that was not so
    said: list[str] = field(default_factory=list)  # what went wrong, and under which schedule

    def add(self, other: Tally) -> None:
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)

    @property
    def good(self) -> bool:
        return not self.said and not (self.duplicates or self.lost or self.disordered or self.untrue)


@dataclass(frozen=True)
class Looked:
    """What stands on the network, and what its server was asked."""

    seen: Sequence[Seen]
    urls: Sequence[str]
    told: Sequence[tuple[str, str]]
    count: int


class Theatre:
    """One scene, its network in another process."""

    def __init__(self, scene: Scene, folder: Path) -> None:
        self.scene, self.folder, self.shared = scene, folder, Shared()
        self._line, theirs = multiprocessing.Pipe()
        self._network = multiprocessing.get_context("fork").Process(
            target=_network, args=(theirs, self._line, scene, self.shared)
        )
        self._network.start()
        theirs.close()
        self.url: str = self._line.recv()
        self.account = scene.account(self.url)
        self.plan = self._sealed(folder / "template")
        home = self._home(Schedule())
        warmed(home)
        shutil.rmtree(home.folder)

    def close(self) -> None:
        self._line.close()
        self._network.join()

    def play(self, schedule: Schedule) -> tuple[Tally, int]:
        """What becomes of a thread under a schedule; and how many requests and effects that took."""
        home = self._home(schedule)
        act = Act(self, home, schedule)
        try:
            act.run()
        finally:
            shutil.rmtree(home.folder)
        return act.tally, self.look().count

    def look(self) -> Looked:
        """At the network, with a reader's eyes."""
        looked: Looked = self._asked("look")
        return looked

    def login(self) -> Mapping[str, Any]:
        """What signing in anew puts into the vault."""
        session: Mapping[str, Any] = self._asked("login")
        return session

    def _asked(self, what: object) -> Any:
        self._line.send(what)
        return self._line.recv()

    def _home(self, schedule: Schedule) -> Home:
        self.shared.put("ahead", 0.0)
        self.shared.put("effects", 0)
        self._asked(dict(schedule.faults))
        folder = self.folder / "home"
        shutil.copytree(self.folder / "template", folder)
        network = self.scene.clocked(self.scene.network, SharedClock(self.shared).now)
        return Home(folder, self.plan, self.account, network, self.shared, self.scene.patience)

    def _sealed(self, folder: Path) -> Plan:
        shelf, now = Shelf(), SharedClock(self.shared).now()
        plan = Plan("crue", (thread(self.scene, self.account, shelf.drawn(ALT)),))
        with Store(folder / "t.db") as store:
            store.plans.seal(plan, shelf.pictures, now, "crue.md", now)
            if session := self.scene.session(self.url, now):
                store.vault.put(self.account.name, session)
        return plan


def _network(line: Connection, theirs: Connection, scene: Scene, shared: Shared) -> None:
    """The network's process, which is told the faults of each schedule, or asked."""
    theirs.close()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    clock = SharedClock(shared)
    with scene.serve(clock, killer(lambda: shared.get("pid"))) as server, suppress(EOFError):
        line.send(server.url)
        while True:
            line.send(_told(server, scene, line.recv()))


def _told(server: LyingServer, scene: Scene, what: object) -> object:
    now = server.clock.now()
    if what == "look":
        return Looked(scene.seen(server), scene.urls(server), server.told, server.count)
    if what == "login":
        return scene.login(server, now)
    assert isinstance(what, dict), "a new schedule, on a network where nothing ever was"
    scene.renew(server, now)
    server.plan(what)
    return None


class Act:
    """One thread under one schedule: lives until it is done, and the human who helps."""

    def __init__(self, theatre: Theatre, home: Home, schedule: Schedule) -> None:
        self.theatre, self.home, self.schedule = theatre, home, schedule
        self.tally = Tally(schedules=1)

    def run(self) -> None:
        helped = 0
        for _ in range(LIVES):
            code = live(self.home, self.schedule.deaths)
            if code == DONE:
                break
            if code == STOPPED:
                helped += 1
                self._help()
                if helped > HUMANS:
                    break
            elif code == -signal.SIGKILL:
                self.tally.restarts += 1
            else:
                self._say(f"the engine ended with {code}" + " (a fault)" * (code == BROKEN))
                break
        self.tally.human, self.tally.alone = int(helped > 0), int(not helped)
        self._judge()

    def _help(self) -> None:
        """What a human does: read the status, look at the network, and say what is so."""
        home, looked = self.home, self.theatre.look()
        with home.store() as store:
            standing = home.standing(store)
            for lie in untrue(standing, looked.seen):
                self.tally.untrue += 1
                self._say(lie)
            if "threadbot login" in standing.posts[(standing.decisive or 1) - 1].why:
                store.vault.put(home.account.name, self.theatre.login())
            helped(home, store, standing, looked)

    def _judge(self) -> None:
        looked = self.theatre.look()
        self.tally.faults.update(fault for fault, _ in looked.told)
        self.tally.deaths = self.tally.restarts - sum(fault.startswith("killed") for fault, _ in looked.told)
        texts = Counter(seen.text for seen in looked.seen)
        self.tally.duplicates = sum(number - 1 for number in texts.values())
        self.tally.lost = sum(text not in texts for text in TEXTS)
        self.tally.disordered = int(not self.tally.duplicates and not self.tally.lost and list(looked.seen) != EXPECTED)
        with self.home.store() as store:
            posts = self.home.standing(store).posts
        links = [post.receipt.url for post in posts if post.receipt and post.state is State.DONE]
        if links != list(looked.urls):
            self.tally.untrue += 1
            self._say(f"the links are {links}, and should be {looked.urls}")
        if self.tally.duplicates or self.tally.lost or self.tally.disordered:
            self._say(f"out are {[seen.text for seen in looked.seen]}, {[str(post.state) for post in posts]}")

    def _say(self, what: str) -> None:
        self.tally.said.append(f"{self.schedule}: {what}")


def untrue(standing: Standing, seen: Sequence[Seen]) -> Iterator[str]:
    """What a status says that is not so: what is done is out, what is in doubt may be, nothing else is."""
    if list(seen) != EXPECTED[: len(seen)]:
        yield f"out are {[each.text for each in seen]}, which is no beginning of the thread"
    for post, text in zip(standing.posts, TEXTS, strict=True):
        there = any(each.text == text for each in seen)
        if there != (post.state is State.DONE) and post.state not in IN_DOUBT:
            yield f"“{text}” is {post.state}, and {'out' if there else 'not out'}"


def helped(home: Home, store: Store, standing: Standing, looked: Looked) -> None:
    """A human asks again for what failed, says what became of what nobody could tell, ends a pause."""
    now, threads = home.clock.now(), home.plan.threads
    number = standing.decisive
    assert number is not None, "it stopped for something"
    if standing.paused:
        mending.resume(store, home.plan, threads, now)
    elif standing.posts[number - 1].state is not State.PARKED:
        mending.retry(store, home.plan, threads, now)
    else:
        live = any(seen.text == TEXTS[number - 1] for seen in looked.seen)
        doubt = mending.doubt(store, home.plan, number, (), live)
        url = looked.urls[doubt.last - 1] if live else ""
        assert home.network.connect, "it publishes"
        driver = home.network.connect(home.account, World(store.vault, store.picture))
        adopt: Any = (lambda _thread, batch, key: driver.adopt(batch, key, url)) if live else None
        mending.resolve(store, doubt, adopt, now)
        driver.close()


@contextmanager
def theatre(scene: Scene) -> Iterator[Theatre]:
    """A scene ready to be played, in memory where the machine has a disk there."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        made = Theatre(scene, Path(folder))
        try:
            yield made
        finally:
            made.close()


def played(network: str, scene: str, number: int, part: int = 0, of: int = 1) -> Tally:
    """What became of a part of so many schedules."""
    total = Tally()
    made = behind.scene(os.environ[PDS], scene) if network == "pds" else SCENES[network][scene]
    with theatre(made) as stage:
        _, requests = stage.play(Schedule())
        effects = stage.shared.get("effects")
        for schedule in schedules(f"{network}, {scene}", requests, effects, number)[part::of]:
            total.add(stage.play(schedule)[0])
    return total


def tallies(network: str, number: int, processes: int, pds: str = "") -> dict[str, Tally]:
    """What became of so many schedules, of each scene of a network its share, each in so many processes at once. The network
    `pds` is the real server at that address."""
    found = {scene: Tally() for scene in (behind.SCENES if network == "pds" else SCENES[network])}
    share = -(-number // len(found))
    words = [sys.executable, "-m", "tests.reliability", network]
    environment = {**os.environ, PDS: pds}
    running = {
        (scene, part): subprocess.Popen(
            [*words, scene, str(share), str(part), str(processes)], stdout=subprocess.PIPE, env=environment
        )
        for scene in found
        for part in range(processes)
    }
    for (scene, _), process in running.items():
        said, _ = process.communicate()
        assert process.returncode == 0, f"{network}, {scene}: the harness failed"
        value = json.loads(said)
        found[scene].add(Tally(**{**value, "faults": Counter(value["faults"])}))
    return found


if __name__ == "__main__":
    tally = played(sys.argv[1], sys.argv[2], *map(int, sys.argv[3:]))
    sys.stdout.write(json.dumps(vars(tally), ensure_ascii=False))
