"""What servers were asked before (limits, who is who, titles of pages): a file each in the user's cache, with its age.

Nothing in it is secret, and all of it may be lost: it is asked again.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from tempfile import mkstemp
from typing import Any

import platformdirs


class Memory:
    """Files by name. What cannot be read or written was never asked."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or Path(platformdirs.user_cache_dir("threadbot")) / "asked"

    def get(self, name: str) -> tuple[dict[str, Any], datetime] | None:
        """What was kept last under this name, and when."""
        with suppress(OSError, ValueError, TypeError, LookupError, RecursionError):
            kept = json.loads(self._file(name).read_bytes())
            at = datetime.fromisoformat(kept["at"]).astimezone(UTC)
            # what a clock that was ahead has kept would never grow old
            if kept["name"] == name and at <= datetime.now(UTC):
                return dict(kept["value"]), at
        return None

    def put(self, name: str, value: Mapping[str, Any]) -> None:
        """Keep it, as of now."""
        kept = {"name": name, "at": datetime.now(UTC).isoformat(), "value": dict(value)}
        with suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle, staged = mkstemp(".new", dir=self.folder)
            with os.fdopen(handle, "w", encoding="utf-8") as out:
                json.dump(kept, out)
            Path(staged).replace(self._file(name))

    def _file(self, name: str) -> Path:
        return self.folder / f"{hashlib.sha256(name.encode()).hexdigest()[:32]}.json"
