"""What tests stand in for the world: a shelf instead of a database, a clock that jumps, a network that lies."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from PIL import Image

from bot.core.model import Picture


class Shelf:
    """Sessions and pictures in memory: a vault and a gallery."""

    def __init__(self) -> None:
        self.sessions: dict[str, dict[str, Any]] = {}
        self.pictures: dict[str, bytes] = {}

    def get(self, account: str) -> dict[str, Any] | None:
        """As `bot.networks.base.Vault`."""
        return self.sessions.get(account)

    def put(self, account: str, session: Mapping[str, Any]) -> None:
        """As `bot.networks.base.Vault`."""
        self.sessions[account] = dict(session)

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
