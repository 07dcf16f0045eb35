"""The same schedules with an engine that is broken on purpose: python -m tests.broken HOW network scene number

An engine that makes second posts must be found out, or the schedules prove nothing.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import Any

from bot.core.delivery import Kind
from bot.core.steps import Find
from bot.engine.publisher import Publisher
from tests import reliability


def forgetful() -> None:
    """Each try has a key of its own, whatever the ledger says."""
    asked = Publisher._asked

    def _asked(self: Publisher, verb: Callable[[], Any]) -> Any:
        driver: Any = self.driver
        if driver is not None and "send" not in vars(driver):
            send = driver.send
            driver.send = lambda batch, _key: send(batch, driver.mint(batch, self.clock.now()))
        return asked(self, verb)

    Publisher._asked = _asked  # type: ignore[method-assign]


def careless() -> None:
    """What was lost is sent again, without a look."""

    def _find(self: Publisher, step: Find, _posts: object) -> None:
        self._write(step, Kind.DOUBTED, why="died") if step.died else self._write(step, Kind.ABSENT, why="surely")

    Publisher._find = _find  # type: ignore[method-assign]


def hasty() -> None:
    """What is not to be seen yet counts as absent."""
    found = Publisher._found

    def _found(self: Publisher, step: Find, given: Any) -> None:
        found(self, step, given) if given is not None else self._write(step, Kind.ABSENT, why="not to be seen")

    Publisher._found = _found  # type: ignore[method-assign]


def hopeful() -> None:
    """What was lost is out, surely."""

    def _find(self: Publisher, step: Find, posts: Any) -> None:
        if step.died:
            self._write(step, Kind.DOUBTED, why="died")
            return
        driver, batch = self._open(), self._carried(step, posts)
        url = f"https://bsky.app/profile/{step.key['did']}/post/{step.key['records'][-1]['rkey']}"
        self._write(step, Kind.PUBLISHED, receipts=driver.adopt(batch, step.key, url))

    Publisher._find = _find  # type: ignore[method-assign]


WAYS: Mapping[str, Callable[[], None]] = {"forgetful": forgetful, "careless": careless, "hasty": hasty, "hopeful": hopeful}

if __name__ == "__main__":
    WAYS[sys.argv.pop(1)]()
    reliability.main()
