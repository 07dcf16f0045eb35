"""What accounts signed in with, kept between runs: signing in for each post would soon meet the networks' limits.

A file per account that only its owner may read, never in the database: that one is copied, shown and mended.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
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
        try:
            return dict(json.loads(self._file(account).read_bytes()))
        except FileNotFoundError:
            return None
        except (ValueError, TypeError):
            return None  # a session that cannot be read is as good as none: the driver signs in anew
        except OSError as error:
            raise self._unusable(error) from error

    def put(self, account: str, session: Mapping[str, Any]) -> None:
        """On disk when this returns: a token that may be used only once must not be lost after its use."""
        file = self._file(account)
        staged = file.with_suffix(".new")
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with os.fdopen(os.open(staged, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w") as out:
                json.dump(dict(session), out)
                out.flush()
                os.fsync(out.fileno())
            staged.replace(file)
            self._settle()
        except OSError as error:
            raise self._unusable(error) from error

    @contextmanager
    def locked(self, account: str) -> Iterator[None]:
        """Alone with an account's tokens, among all processes of this machine."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with FileLock(self._file(account).with_suffix(".lock"), timeout=PATIENCE, mode=0o600):
                yield
        except Timeout:
            raise StoreError(f"another threadbot is signing in as {account} – try again") from None
        except OSError as error:
            raise self._unusable(error) from error

    def _file(self, account: str) -> Path:
        return self.folder / f"{quote(account, safe='')}.json"

    def _settle(self) -> None:
        handle = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

    def _unusable(self, error: OSError) -> StoreError:
        return StoreError(f"{self.folder} cannot be used: {error.strerror or error}")
