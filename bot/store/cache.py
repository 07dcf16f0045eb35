"""Bytes that were made or fetched at some cost, a file each in the user's cache, sealed by a hash.

All of it may be lost, and what is damaged was never kept: it is made again. What was used longest ago goes first.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import mkstemp

import platformdirs


def _now() -> datetime:
    return datetime.now(UTC)


class Cache:
    """Files by name, of one kind, at most `most` bytes of them. `folder` and `now` are for tests."""

    def __init__(self, kind: str, most: int, folder: Path | None = None, now: Callable[[], datetime] = _now) -> None:
        self.folder = (folder or Path(platformdirs.user_cache_dir("threadbot"))) / kind
        self.most, self._now = most, now

    def get(self, name: str) -> tuple[bytes, timedelta] | None:
        """What was kept last under this name, and how old it is; it counts as used now."""
        with suppress(OSError):
            file = self._file(name)
            if file.stat().st_size <= self.most:  # somebody else's, if it is more
                seal, _, rest = file.read_bytes().partition(b"\n")
                at, _, content = rest.partition(b"\n")
                # what a clock that was ahead has kept would never grow old
                if seal == _seal(name, rest) and (age := self._now() - datetime.fromisoformat(at.decode())) >= timedelta(0):
                    os.utime(file)
                    return content, age
        return None

    def put(self, name: str, content: bytes) -> None:
        """Keep it, as of now, and let go of what makes it too much. Where nothing can be written nothing is kept."""
        rest = self._now().isoformat().encode() + b"\n" + content
        with suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle, staged = mkstemp(".new", dir=self.folder)
            try:
                with os.fdopen(handle, "wb") as out:
                    out.writelines((_seal(name, rest), b"\n", rest))
                Path(staged).replace(self._file(name))
            except OSError:  # a full disk should not stay so for our sake
                Path(staged).unlink()
            self._tidy()

    def _tidy(self) -> None:
        """Remove what was used longest ago until the rest is within bounds, and with it what a process that died left half
        written."""
        found: list[tuple[int, int, Path]] = []
        for file in self.folder.iterdir():
            with suppress(FileNotFoundError):  # others tidy up, too
                found.append((file.stat().st_mtime_ns, file.stat().st_size, file))
        over = sum(size for _, size, _ in found) - self.most
        for _, size, file in sorted(found):
            if over <= 0:
                return
            file.unlink(missing_ok=True)
            over -= size

    def _file(self, name: str) -> Path:
        return self.folder / hashlib.sha256(name.encode()).hexdigest()[:32]


def _seal(name: str, rest: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\0" + rest).hexdigest().encode()
