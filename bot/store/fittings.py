"""Pictures as they were fitted, and what is known of them: what `preview` fitted, `publish` does not fit again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from bot.store.cache import Cache

MOST = 300_000_000  # bytes


class Fittings:
    """Bytes and what is known of them, by key, in the user's cache. `folder` and `most` are for tests."""

    def __init__(self, folder: Path | None = None, most: int = MOST) -> None:
        self._cache = Cache("fitted", most, folder)

    def get(self, key: str) -> tuple[dict[str, Any], bytes] | None:
        """What was kept under this key, whole."""
        kept, _ = self._cache.get(key) or (b"", None)
        head, _, data = kept.partition(b"\n")
        with suppress(ValueError, TypeError, RecursionError):  # nothing, or another version's
            return dict(json.loads(head)), data
        return None

    def put(self, key: str, about: Mapping[str, Any], data: bytes) -> None:
        """Keep it."""
        self._cache.put(key, json.dumps(dict(about)).encode() + b"\n" + data)
