"""Pictures as they were fitted, kept in the user's cache: what `preview` fitted, `publish` does not fit again.

A file each, bound by a hash over all of it. All of it may be lost, and what is damaged was never kept: it is fitted anew.
At most 300 MB lie there; what was used longest ago goes first.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from tempfile import mkstemp
from typing import Any

import platformdirs

MOST = 300_000_000  # bytes


class Fittings:
    """Bytes and what is known of them, by key. What cannot be read or written was never kept."""

    def __init__(self, folder: Path | None = None, most: int = MOST) -> None:
        self.folder, self.most = folder or Path(platformdirs.user_cache_dir("threadbot")) / "fitted", most

    def get(self, key: str) -> tuple[dict[str, Any], bytes] | None:
        """What was kept under this key, whole; it counts as used now."""
        with suppress(OSError, ValueError, TypeError, LookupError, RecursionError):
            file = self._file(key)
            if file.stat().st_size <= self.most:  # somebody else's, if it is more
                seal, _, rest = file.read_bytes().partition(b"\n")
                head, _, data = rest.partition(b"\n")
                if seal == _seal(rest) and (kept := json.loads(head))["key"] == key:
                    os.utime(file)
                    return dict(kept["about"]), data
        return None

    def put(self, key: str, about: Mapping[str, Any], data: bytes) -> None:
        """Keep it, and let go of what makes it too much."""
        rest = json.dumps({"key": key, "about": dict(about)}).encode() + b"\n" + data
        with suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle, staged = mkstemp(".new", dir=self.folder)
            try:
                with os.fdopen(handle, "wb") as out:
                    out.writelines((_seal(rest), b"\n", rest))
                Path(staged).replace(self._file(key))
            except OSError:  # a full disk should not stay so for our sake
                Path(staged).unlink()
            self._tidy()

    def _tidy(self) -> None:
        """Remove the oldest until the rest is within bounds, and what a process that died left half written with them."""
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

    def _file(self, key: str) -> Path:
        return self.folder / hashlib.sha256(key.encode()).hexdigest()[:32]


def _seal(rest: bytes) -> bytes:
    return hashlib.sha256(rest).hexdigest().encode()
