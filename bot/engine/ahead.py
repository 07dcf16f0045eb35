"""The pictures of a thread, each read while the one before it is on its way."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import pairwise


class Ahead:
    """As `bot.networks.base.World.picture`. At most one picture waits to be asked for."""

    def __init__(self, read: Callable[[str], bytes], names: Iterable[str]) -> None:
        """`names` are the pictures in the order in which a driver will want them; it may want others, or none."""
        self._read, self._after = read, dict(pairwise(dict.fromkeys(names)))
        self._pool = ThreadPoolExecutor(1)
        self._coming: tuple[str, Future[bytes]] | None = None

    def __call__(self, sha256: str) -> bytes:
        """The bytes of a picture. Raises what reading it raises."""
        coming, self._coming = self._coming, None
        data = coming[1].result() if coming and coming[0] == sha256 else self._read(sha256)
        if after := self._after.get(sha256):
            self._coming = after, self._pool.submit(self._read, after)
        return data

    def close(self) -> None:
        """Let go of what nobody asked for."""
        self._pool.shutdown()
