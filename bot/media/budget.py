"""How much memory pictures take, in one process, however many are fitted side by side: at most a gigabyte with all the rest.

A decoded picture is kept while it is fitted, and its decoding, resizing and encoding take memory for a while on top.
Work waits for work to end, never for a picture to be let go: what is kept leaves room for the largest work.
Measured, the whole process, for three networks at once: two WebPs of 35 megapixels 881 MB, two JPEGs of 49 718 MB, one PNG
of 49 alone 849 MB. Without `give_back` it is up to twice as much.
"""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache

TOTAL, WORK = 990_000_000, 500_000_000  # bytes: of everything, and the most of one piece of work

MMAP_THRESHOLD = -3  # M_MMAP_THRESHOLD of glibc's malloc.h


@cache
def give_back() -> None:
    """From now on memory that is let go returns to the system. By itself glibc learns to keep pieces of up to 32 MB for each
    thread, and Pillow's are of 16. Elsewhere than on glibc nothing is done.
    """
    with suppress(AttributeError, OSError, TypeError):
        ctypes.CDLL(None).mallopt(MMAP_THRESHOLD, 1_000_000)


class Budget:
    def __init__(self, total: int, work: int) -> None:
        self._total, self._work = total, work
        self._kept = self._worked = 0
        self._change = threading.Condition()

    @contextmanager
    def kept(self, size: int) -> Iterator[None]:
        """Room for a decoded picture. It must leave room for the largest work."""
        assert size <= self._total - self._work, "whoever asks has looked at the picture's size"
        with self._change:
            self._change.wait_for(lambda: self._kept + size <= self._total - self._work and self._fits(size))
            self._kept += size
        try:
            yield
        finally:
            with self._change:
                self._kept -= size
                self._change.notify_all()

    @contextmanager
    def work(self, size: int) -> Iterator[None]:
        """Room for one piece of work, which holds no other."""
        assert size <= self._work, "whoever asks has looked at what it takes"
        with self._change:
            self._change.wait_for(lambda: self._fits(size))
            self._worked += size
        try:
            yield
        finally:
            with self._change:
                self._worked -= size
                self._change.notify_all()

    def _fits(self, size: int) -> bool:
        return self._kept + self._worked + size <= self._total


BUDGET = Budget(TOTAL, WORK)
