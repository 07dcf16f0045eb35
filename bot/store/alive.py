"""Who is alive on this machine. A process holds a lock that the kernel frees when it dies, however it dies.

So a thread whose publisher was killed is taken over at once, and one whose publisher only sleeps (a closed laptop, a
debugger) is not, however long. A publisher on another machine cannot be asked: there, only the age of its lease speaks.
"""

from __future__ import annotations

import os
import platform
import uuid
from pathlib import Path

from filelock import FileLock, Timeout


class Process:
    """This process, as others see it: `name` is `host/token`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        token = f"{os.getpid()}-{uuid.uuid4().hex[:8]}"
        self.name = f"{platform.node()}/{token}"
        self._lock = FileLock(folder / f"{token}.alive", thread_local=False)
        self._lock.acquire()

    def close(self) -> None:
        """Say goodbye: whatever this process still held may be taken over."""
        self._lock.release()
        Path(self._lock.lock_file).unlink(missing_ok=True)

    def died(self, name: str) -> bool:
        """Whether the process of that name is known to be dead. False where nobody can tell."""
        host, _, token = name.partition("/")
        if host != platform.node() or name == self.name:
            return False
        file = self.folder / f"{Path(token).name}.alive"
        if not file.exists():
            return True
        try:
            with FileLock(file, timeout=0):
                file.unlink(missing_ok=True)
        except Timeout:
            return False
        return True
