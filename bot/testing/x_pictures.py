"""Shipped test help: the pictures that the fake X was given, in one request or in chunks, and what becomes of them in a day."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from bot.testing.serving import Request

LIFE = 86_400  # seconds
LARGEST = 5_000_000  # bytes
SIGNS = {"image/png": b"\x89PNG\r\n", "image/jpeg": b"\xff\xd8\xff", "image/webp": b"RIFF", "image/gif": b"GIF8"}


class Refused(Exception):
    """A request that X says no to, in these words."""


@dataclass
class Media:
    """A picture, and how far it is."""

    id: str
    owner: str
    until: datetime
    total: int = 0  # bytes that were announced
    chunks: dict[int, bytes] = field(default_factory=dict)
    ready: datetime | None = None  # when X has read it; None: it is not finished
    broken: bool = False
    alt: str = ""

    @property
    def data(self) -> bytes:
        """What arrived, in order."""
        return b"".join(self.chunks[index] for index in sorted(self.chunks))


@dataclass
class Pictures:
    """All pictures by id. `reading` is how many seconds X takes to read one that came in chunks."""

    reading: float = 0.0
    kept: dict[str, Media] = field(default_factory=dict)
    uploads: int = 0  # pictures that were begun
    _numbers: count[int] = field(default_factory=lambda: count(1_880_000_000_000_000_001))

    def usable(self, owner: str, media_id: str, now: datetime) -> bool:
        """Whether a post may have it."""
        media = self.kept.get(media_id)
        ready = media and media.owner == owner and now < media.until and media.ready and media.ready <= now
        return bool(ready and media and not media.broken)

    def one_shot(self, owner: str, _subject: str, request: Request, now: datetime) -> dict[str, Any]:
        """POST /2/media/upload."""
        data = next(part.data for part in request.parts if part.name == "media")
        media = self._begin(owner, now)
        media.chunks, media.ready = {0: data}, now
        self._read(media)
        return {**self._said(media), "size": len(data), "expires_after_secs": LIFE}

    def begin(self, owner: str, _subject: str, request: Request, now: datetime) -> dict[str, Any]:
        """POST /2/media/upload/initialize."""
        media = self._begin(owner, now)
        media.total = request.json.get("total_bytes", 0)
        if request.json.get("media_type") not in SIGNS or not 0 < media.total <= LARGEST:
            raise Refused("The media could not be begun: its type or size is not taken")
        return {**self._said(media), "expires_after_secs": 1_295_999}

    def append(self, owner: str, media_id: str, request: Request, now: datetime) -> dict[str, Any]:
        """POST /2/media/upload/{id}/append."""
        media = self._own(owner, media_id, now)
        parts = {part.name: part.data for part in request.parts}
        if media.ready:
            raise Refused("The media is finished already")
        media.chunks[int(parts["segment_index"])] = parts["media"]
        return {"expires_at": int(media.until.timestamp())}

    def finish(self, owner: str, media_id: str, _request: Request, now: datetime) -> dict[str, Any]:
        """POST /2/media/upload/{id}/finalize."""
        media = self._own(owner, media_id, now)
        if media.ready:
            raise Refused("The media is finished already")
        if len(media.data) != media.total or sorted(media.chunks) != list(range(len(media.chunks))):
            raise Refused(f"The media has {len(media.data)} bytes of {media.total}")
        media.ready = now + timedelta(seconds=self.reading)
        self._read(media)
        return {**self._said(media), "size": media.total, "expires_after_secs": LIFE, **self._state(media, now)}

    def status(self, owner: str, _subject: str, request: Request, now: datetime) -> dict[str, Any]:
        """GET /2/media/upload."""
        media = self._own(owner, request.query["media_id"], now)
        return {**self._said(media), "expires_after_secs": LIFE, **self._state(media, now)}

    def describe(self, owner: str, _subject: str, request: Request, now: datetime) -> dict[str, Any]:
        """POST /2/media/metadata."""
        media = self._own(owner, request.json["id"], now)
        media.alt = request.json.get("metadata", {}).get("alt_text", {}).get("text", "")
        return {"id": media.id, "associated_metadata": request.json.get("metadata", {})}

    def _begin(self, owner: str, now: datetime) -> Media:
        self.uploads += 1
        media = Media(str(next(self._numbers)), owner, now + timedelta(seconds=LIFE))
        self.kept[media.id] = media
        return media

    def _own(self, owner: str, media_id: str, now: datetime) -> Media:
        media = self.kept.get(media_id)
        if not media or media.owner != owner or media.until <= now:
            raise Refused("The media id is invalid: there is no such media, or not any more")
        return media

    def _read(self, media: Media) -> None:
        media.broken = not media.data.startswith(tuple(SIGNS.values())) or len(media.data) > LARGEST
        if media.broken and not self.reading:
            raise Refused("The media could not be read: it is no picture, or too large")

    def _said(self, media: Media) -> dict[str, Any]:
        return {"id": media.id, "media_key": f"3_{media.id}"}

    def _state(self, media: Media, now: datetime) -> dict[str, Any]:
        if not self.reading:
            return {}  # pictures are read at once
        assert media.ready, "finished"
        if now < media.ready:
            wait = max(1, int((media.ready - now).total_seconds()))
            return {"processing_info": {"state": "in_progress", "check_after_secs": wait, "progress_percent": 50}}
        return {"processing_info": {"state": "failed" if media.broken else "succeeded", "progress_percent": 100}}
