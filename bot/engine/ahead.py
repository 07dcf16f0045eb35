"""The pictures of a thread, each read while the one before it is on its way."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import pairwise


class Ahead:
    """As `bot.networks.base.World.picture`. At most one picture waits to be asked for."""

    def __init__(self, read: Callable[[str], bytes], names: Iterable[str]) -> None:
        """`names` are the pictures in the order in which a driver will want them; it may want others, or none."""
        self._read, self._after = read, dict(pairwise(["", *dict.fromkeys(names)]))
        self._pool = ThreadPoolExecutor(1)
        self._coming = self._begun("")

    def __call__(self, sha256: str) -> bytes:
        """The bytes of a picture. Raises what reading it raises."""
        name, coming = self._coming or ("", None)
        data = coming.result() if coming and name == sha256 else self._read(sha256)
        self._coming = self._begun(sha256)
        return data

    def _begun(self, before: str) -> tuple[str, Future[bytes]] | None:
        """What comes after a picture, being read; nothing after the last."""
        name = self._after.get(before)
        return (name, self._pool.submit(self._read, name)) if name else None

    def close(self) -> None:
        """Let go of what nobody asked for."""
        self._pool.shutdown()
