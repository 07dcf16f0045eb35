"""What accounts signed in with, kept between runs: signing in for each post would soon meet the networks' limits.

A file per account that only its owner may read, never in the database: that one is copied, shown and mended.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkstemp
from typing import Any
from urllib.parse import quote

from filelock import FileLock, Timeout

from bot.core.errors import StoreError

PATIENCE = 60.0  # seconds to wait for another process that signs in with the same account


class Vault:
    """A JSON object per account, in files of mode 0600. Raises StoreError where they cannot be used."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def get(self, account: str) -> dict[str, Any] | None:
        """What was kept last."""
        with self._said():
            try:
                kept = json.loads(self._file(account).read_bytes())
            except (FileNotFoundError, ValueError, RecursionError):
                return None  # a session that cannot be read is as good as none: the driver signs in anew
        return kept if isinstance(kept, dict) else None

    def put(self, account: str, session: Mapping[str, Any]) -> None:
        """On disk when this returns: a token that may be used only once must not be lost after its use."""
        with self._said():
            self._make()
            handle, staged = mkstemp(".new", dir=self.folder)  # of mode 0600; each writer has its own
            try:
                with os.fdopen(handle, "w") as out:
                    json.dump(dict(session), out)
                    out.flush()
                    os.fsync(out.fileno())
                Path(staged).replace(self._file(account))
            except BaseException:
                Path(staged).unlink(missing_ok=True)
                raise
            _settle(self.folder)

    @contextmanager
    def locked(self, account: str) -> Iterator[None]:
        """Alone with an account's tokens, among all processes of this machine."""
        lock = FileLock(self._file(account).with_suffix(".lock"), timeout=PATIENCE, mode=0o600)
        with self._said():
            self._make()
            try:
                lock.acquire()
            except Timeout:
                raise StoreError(f"another threadbot is signing in as {account} – try again") from None
        try:
            yield
        finally:
            lock.release()

    def _make(self) -> None:
        if not self.folder.is_dir():
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            _settle(self.folder.parent)

    def _file(self, account: str) -> Path:
        return self.folder / f"{quote(account, safe='')}.json"

    @contextmanager
    def _said(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise StoreError(f"{self.folder} cannot be used: {error.strerror or error}") from error


def _settle(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
