"""Bytes that were made or fetched at some cost, a file each in the user's cache. All of it may be lost: it is made again."""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from tempfile import mkstemp

import platformdirs


class Cache:
    """Files by name in a folder of `~/.cache/threadbot`, at most `most` bytes of them; those go first that were kept first."""

    def __init__(self, kind: str, most: int, folder: Path | None = None) -> None:
        self.folder = (folder or Path(platformdirs.user_cache_dir("threadbot"))) / kind
        self.most = most

    def get(self, name: str) -> tuple[bytes, datetime] | None:
        """What was kept last under this name, and when; None: nothing, or something that was damaged since."""
        with suppress(OSError, ValueError):
            file = self._file(name)
            kept, at = file.read_bytes(), datetime.fromtimestamp(file.stat().st_mtime, UTC)
            proof, content = kept[:32], kept[32:]
            # what a clock that was ahead has kept would never grow old
            if hashlib.sha256(content).digest() == proof and at <= datetime.now(UTC):
                return content, at
        return None

    def put(self, name: str, content: bytes) -> None:
        """Keep it, as of now. Where nothing can be written nothing is kept."""
        with suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle, staged = mkstemp(".new", dir=self.folder)
            with os.fdopen(handle, "wb") as out:
                out.write(hashlib.sha256(content).digest() + content)
            Path(staged).replace(self._file(name))
            self._make_room()

    def _make_room(self) -> None:
        files = sorted((each.stat().st_mtime, each.stat().st_size, each) for each in self.folder.iterdir())
        over = sum(size for _, size, _ in files) - self.most
        for _, size, file in files:
            if over <= 0:
                break
            file.unlink(missing_ok=True)
            over -= size

    def _file(self, name: str) -> Path:
        return self.folder / hashlib.sha256(name.encode()).hexdigest()
