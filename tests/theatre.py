"""A scene with its network in a process of its own, and a home in which the engine lives, fresh for each schedule."""

from __future__ import annotations

import multiprocessing
import shutil
import signal
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from bot.core.plan import Plan
from bot.store.store import Store
from bot.testing.fakes import Shelf
from bot.testing.lies import LyingServer, killer
from bot.testing.schedules import Schedule
from bot.testing.stage import Seen
from tests.lives import Home, Shared, SharedClock, warmed
from tests.scenes import ALT, Scene, thread


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
            target=_network,
            args=(theirs, self._line, scene, self.shared),
            daemon=True,  # whatever becomes of this process, that one goes with it
        )
        self._network.start()
        theirs.close()
        self.url: str = self._line.recv()
        self.account = scene.account(self.url)
        self.plan = self._sealed(folder / "template")
        home = self.home(Schedule())
        warmed(home)
        shutil.rmtree(home.folder)

    def close(self) -> None:
        self._line.close()
        self._network.join()

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

    def home(self, schedule: Schedule) -> Home:
        """For a schedule that begins now, on a network where nothing ever was."""
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
        server.catch_up()
        return Looked(scene.seen(server), scene.urls(server), server.told, server.count)
    if what == "login":
        return scene.login(server, now)
    assert isinstance(what, dict), "a new schedule, on a network where nothing ever was"
    scene.renew(server, now)
    server.plan(what)
    return None


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
