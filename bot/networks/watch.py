"""One watchman for all deadlines of the process: a timer of its own for each request would be a thread each."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic


class Watch:
    """Does what it was told when a time is over, unless that was taken back before. Its thread begins with the first task."""

    def __init__(self) -> None:
        self._tasks: dict[object, tuple[float, Callable[[], None]]] = {}
        self._changed = threading.Condition()
        self._wakes = float("inf")  # when the watchman looks next
        self._thread: threading.Thread | None = None

    @contextmanager
    def after(self, seconds: float, action: Callable[[], None]) -> Iterator[None]:
        """What happens in here may take so long: then the action is done. On leaving, it is done or will never be."""
        task = object()
        self._set(task, monotonic() + seconds, action)
        try:
            yield
        finally:
            with self._changed:
                self._tasks.pop(task, None)

    def _set(self, task: object, end: float, action: Callable[[], None]) -> None:
        with self._changed:
            self._tasks[task] = end, action
            if self._thread is None:
                self._thread = threading.Thread(target=self._watch, name="threadbot-watch", daemon=True)
                self._thread.start()
            elif end < self._wakes:
                self._changed.notify()

    def _watch(self) -> None:
        with self._changed:
            while True:
                now = monotonic()
                for task, (end, action) in list(self._tasks.items()):
                    if end <= now:
                        del self._tasks[task]
                        action()
                self._wakes = min((end for end, _ in self._tasks.values()), default=float("inf"))
                self._changed.wait(None if self._wakes == float("inf") else self._wakes - now)


WATCH = Watch()
