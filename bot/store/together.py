"""Writers who come at the same time share a transaction: one flush of the disk is for all of them."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

from sqlalchemy import Connection

Work = Callable[[Connection], None]


@dataclass
class _Task:
    """Something to be written, and what came of it."""

    work: Work
    done: bool = False
    error: BaseException | None = None

    def try_it(self, connection: Connection) -> None:
        try:
            with connection.begin_nested():
                self.work(connection)
        except Exception as error:
            self.error = error


class Together:
    """Whoever has the turn writes what all the others wait for."""

    def __init__(self, writing: Callable[[], AbstractContextManager[Connection]]) -> None:
        """`writing` gives a transaction that is on disk when it ends."""
        self._writing, self._turn = writing, threading.Lock()
        self._waiting: deque[_Task] = deque()

    def write(self, work: Work) -> None:
        """Do this in a transaction, which is on disk when this returns. Raises what `work` raises, and then nothing of it is
        written, but all of the others'."""
        task = _Task(work)
        self._waiting.append(task)
        with self._turn:
            if not task.done:
                self._all([self._waiting.popleft() for _ in range(len(self._waiting))])
        if task.error is not None:
            raise task.error

    def _all(self, tasks: Sequence[_Task]) -> None:
        try:
            with self._writing() as connection:
                for task in tasks:
                    task.try_it(connection)
        except BaseException as error:  # whatever it was: nothing of it is on disk, and they must all hear so
            for task in tasks:
                task.error = error
        for task in tasks:
            task.done = True
