"""What tests stand in for the world: a shelf instead of a database, a clock that jumps, a network that lies."""

from __future__ import annotations

import hashlib
import io
import threading
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from typing import Any

from PIL import Image

from bot.core.errors import CannotTell, Claimed, Halted, OutcomeUnknown, Rejected, Transient
from bot.core.model import Picture, Receipt, Signed
from bot.networks.base import Batch, Key


class Shelf:
    """Sessions and pictures in memory: a vault and a gallery."""

    def __init__(self) -> None:
        self.sessions: dict[str, dict[str, Any]] = {}
        self.pictures: dict[str, bytes] = {}
        self.lock = threading.RLock()

    def get(self, account: str) -> dict[str, Any] | None:
        """As `bot.networks.base.Vault`."""
        return self.sessions.get(account)

    def put(self, account: str, session: Mapping[str, Any]) -> None:
        """As `bot.networks.base.Vault`."""
        self.sessions[account] = dict(session)

    def locked(self, account: str) -> AbstractContextManager[Any]:  # noqa: ARG002
        """As `bot.networks.base.Vault`."""
        return self.lock

    def picture(self, sha256: str) -> bytes:
        """As `bot.networks.base.World.picture`."""
        return self.pictures[sha256]

    def drawn(self, alt: str) -> Picture:
        """A small picture, different for each alt text."""
        colour = hashlib.sha256(alt.encode()).digest()[:3]
        file = io.BytesIO()
        Image.new("RGB", (40, 30), (colour[0], colour[1], colour[2])).save(file, "PNG")
        sha256 = hashlib.sha256(file.getvalue()).hexdigest()
        self.pictures[sha256] = file.getvalue()
        return Picture(sha256, "image/png", 40, 30, len(file.getvalue()), alt)


class JumpingClock:
    """A clock that is wherever somebody waits for it to be."""

    def __init__(self, now: datetime = datetime(2026, 12, 1, 17, 0, tzinfo=UTC)) -> None:
        self._now = now
        self.stopping = False
        self.waited: list[float] = []

    def now(self) -> datetime:
        """As `bot.engine.clock.Clock`."""
        return self._now

    def wait(self, seconds: float) -> None:
        """As `bot.engine.clock.Clock`, at once."""
        self.waited.append(seconds)
        self._now += timedelta(seconds=max(0.0, seconds))


class Died(BaseException):
    """The process died here: nobody catches it, and nothing after it happens."""


class Liar:
    """A network that does what its script says: it keeps what was committed, and lies about it or dies.

    The script holds one word for each `send`, `find` and `delete` that reaches it; when it is used up, all goes well. `sends`
    counts the commits that were tried. Its keys are numbers, so that a second key for the same posts would show.
    """

    def __init__(self, script: Iterable[str] = (), honours_keys: bool = False) -> None:
        self.script, self.honours_keys = iter(script), honours_keys
        self.out: list[tuple[str, Key]] = []  # text and key of each post, as committed
        self.texts: dict[str, str] = {}  # of each post, by the id of its receipt
        self.sends = self.minted = 0

    def open(self) -> None:
        """Nobody signs in here."""

    def close(self) -> None:
        """Nothing is held."""

    def mint(self, batch: Batch, now: datetime) -> Key:  # noqa: ARG002
        self.minted += 1
        return {"number": self.minted}

    def send(self, batch: Batch, key: Key) -> tuple[Receipt, ...]:
        self.sends += 1
        word = next(self.script, "fine")
        if word in DONE and not (self.honours_keys and self._has(key)):
            self.out += [(post.text, dict(key)) for post in batch.posts]
        self._lie(word)
        return self._receipts(batch)

    def find(self, batch: Batch, key: Key) -> tuple[Receipt, ...] | None:
        self._lie(next(self.script, "fine"))
        return self._receipts(batch) if self._has(key) else None

    def adopt(self, batch: Batch, key: Key, url: str) -> tuple[Receipt, ...]:  # noqa: ARG002
        if not url.startswith(HOME):
            raise Rejected(f"{url} is no address of a post here")
        return self._receipts(batch)

    def delete(self, receipts: tuple[Receipt, ...]) -> None:
        word = next(self.script, "fine")
        if word in DONE:
            gone = {self.texts[receipt.id] for receipt in receipts}
            self.out = [each for each in self.out if each[0] not in gone]
        self._lie(word)

    def signed(self) -> Signed:
        return Signed("liar")

    def _has(self, key: Key) -> bool:
        return any(kept == key for _, kept in self.out)

    def _lie(self, word: str) -> None:
        if word in LIES:
            raise LIES[word]

    def _receipts(self, batch: Batch) -> tuple[Receipt, ...]:
        at = datetime(2026, 12, 1, tzinfo=UTC)
        self.texts |= {str(post.index): post.text for post in batch.posts}
        return tuple(Receipt(str(post.index), f"{HOME}{post.index}", at) for post in batch.posts)


HOME = "https://example.org/"
DONE = ("fine", "lost after", "claims after", "dies after", "bug")  # words after which it was carried out
LIES: dict[str, BaseException] = {
    "busy": Transient("too many requests"),
    "busy for long": Transient("too many requests", 1000.0),
    "lost before": OutcomeUnknown("no answer"),
    "lost after": OutcomeUnknown("no answer"),
    "dies before": Died(),
    "dies after": Died(),
    "refuses": Rejected("the text is impolite"),
    "claims before": Claimed("a duplicate"),
    "claims after": Claimed("a duplicate"),
    "halts": Halted("credits depleted"),
    "cannot tell": CannotTell("the list of posts is closed"),
    "bug": ZeroDivisionError(),
}


class Notes:
    """What servers were asked before, in memory: as `bot.networks.base.Memory`."""

    def __init__(self, now: datetime = datetime(2026, 12, 1, 17, 0, tzinfo=UTC)) -> None:
        self.kept: dict[str, tuple[dict[str, Any], datetime]] = {}
        self.now = now

    def get(self, name: str) -> tuple[dict[str, Any], datetime] | None:
        return self.kept.get(name)

    def put(self, name: str, value: Mapping[str, Any]) -> None:
        self.kept[name] = dict(value), self.now
