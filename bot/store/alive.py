"""Who is alive on this machine. A process holds a lock that the kernel frees when it dies, however it dies.

So a thread whose publisher was killed is taken over at once, and one whose publisher only sleeps (a closed laptop, a
debugger) is not, however long. A publisher on another machine cannot be asked: there, only the age of its lease speaks.
"""

from __future__ import annotations

import os
import platform
import uuid
from contextlib import suppress
from pathlib import Path
from time import time

from filelock import FileLock, Timeout

from bot.core.errors import StoreError

BIRTH = 60.0  # seconds; a younger file may belong to a process that has made it and not locked it yet


class Process:
    """This process, as others see it: `name` is `host/token`. Raises StoreError where its folder cannot be used."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        token = f"{os.getpid()}-{uuid.uuid4().hex[:8]}"
        self.name = f"{platform.node()}/{token}"
        self._lock = FileLock(folder / f"{token}.alive", thread_local=False)
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._lock.acquire()
            self._bury()
        except (OSError, NotImplementedError) as error:  # the latter: a disk that knows no locks
            raise StoreError(f"{folder} cannot be used: {error}") from error

    def close(self) -> None:
        """Say goodbye: whatever this process still held may be taken over."""
        self._lock.release()
        Path(self._lock.lock_file).unlink(missing_ok=True)

    def holds(self, name: str, silent: bool) -> bool:
        """Whether the owner of a lease still has it: on this machine the kernel knows, however long the owner has slept; of
        others only their silence tells."""
        return not self.died(name) if self.near(name) else not silent

    def near(self, name: str) -> bool:
        """Whether the process of that name is, or was, on this machine."""
        return name.partition("/")[0] == platform.node()

    def died(self, name: str) -> bool:
        """Whether the process of that name is known to be dead. False where nobody can tell."""
        file = self.folder / f"{Path(name.partition('/')[2]).name}.alive"
        return self.near(name) and name != self.name and (not file.exists() or _abandoned(file))

    def _bury(self) -> None:
        """Remove what processes that were killed left behind."""
        for file in self.folder.glob("*.alive"):
            with suppress(FileNotFoundError):  # another process was faster
                if file.stat().st_mtime < time() - BIRTH:
                    _abandoned(file)


def _abandoned(file: Path) -> bool:
    """Whether nobody holds this lock any more; then its file is gone afterwards."""
    try:
        with FileLock(file, timeout=0):
            file.unlink(missing_ok=True)
    except Timeout:
        return False
    return True
