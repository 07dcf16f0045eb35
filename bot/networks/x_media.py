"""Pictures on X: uploaded, described, and known by an id for a day. All of it may be repeated, and goes on where it stopped.

A small picture goes up in one request, a larger one in chunks. What X still works on is Transient with the wait that it asks
for, and the next look asks for its state. (docs.x.com, media upload and best practices, August 2026.)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from bot.core.errors import NetworkError, Rejected, Transient
from bot.core.model import Picture, Post
from bot.networks.x_reading import ID

if TYPE_CHECKING:
    from bot.networks.wire import Answer

UPLOAD = "/2/media/upload"
CHUNK = 1_000_000  # bytes; what is larger than one goes up in several, so that a bad line repeats little
LIFE = 86_400  # seconds that X keeps a picture that is in no post yet
SPARE = timedelta(minutes=10)  # before that it is uploaded again
Ask = Callable[..., "Answer"]  # method, path, request
Place = tuple[int, int, str, str]  # of a picture in a thread: post and place, sha256, alt text


@dataclass
class Upload:
    """How far a picture is."""

    id: str
    until: datetime
    sent: int = 0  # bytes
    finished: bool = False
    working: bool = False  # X is still at it
    described: bool = False


class Uploads:
    """The pictures of a thread's next posts. `ask` makes a request that may be repeated, `no` says what a refusal means."""

    def __init__(self, account: str, ask: Ask, no: Callable[[Answer], NetworkError], now: Callable[[], datetime]) -> None:
        self.account, self.ask, self.no, self.now = account, ask, no, now
        self.known: dict[Place, Upload] = {}
        self.again: set[Place] = set()  # begun anew once: what X refuses then it refuses for good

    def ids(self, post: Post, read: Callable[[str], bytes]) -> list[str]:
        """The ids of a post's pictures in order, each uploaded and described. Raises Transient or Rejected."""
        return [self._id((post.index, place, each.sha256, each.alt), each, read) for place, each in enumerate(post.pictures)]

    def forget(self) -> None:
        """Upload all of them again: X knows them no more, or they are in a post."""
        self.known.clear()

    def _id(self, place: Place, picture: Picture, read: Callable[[str], bytes]) -> str:
        begun = self.known.get(place)
        if begun and begun.until <= self.now():
            begun = None
        upload = begun or self._begin(place, picture, read)
        try:
            self._carry_on(upload, picture, read)
        except Rejected as error:
            self.known.pop(place)
            if not begun or place in self.again:
                raise
            self.again.add(place)  # what was begun in an earlier try may have got lost at X
            raise Transient(f"{error} – the picture is uploaded again") from None
        return upload.id

    def _begin(self, place: Place, picture: Picture, read: Callable[[str], bytes]) -> Upload:
        small = picture.size <= CHUNK
        answer = self._small(picture, read(picture.sha256)) if small else self._large(picture)
        data = self._data(answer)
        found, seconds = data.get("id"), data.get("expires_after_secs")
        if not isinstance(found, str) or not ID.fullmatch(found):
            raise Transient(f"{self.account}: X gave no id for picture {picture.sha256[:8]}")
        life = min(seconds, LIFE) if isinstance(seconds, int) and seconds > 0 else LIFE
        until = self.now() + timedelta(seconds=life) - SPARE
        upload = self.known[place] = Upload(found, until, picture.size if small else 0, finished=small)
        if small:
            upload.working = _working(data)
        return upload

    def _small(self, picture: Picture, data: bytes) -> Answer:
        files = {"media": ("picture", data, picture.mime)}
        return self.ask("POST", UPLOAD, files=files, data={"media_category": "tweet_image"})

    def _large(self, picture: Picture) -> Answer:
        said = {"media_type": picture.mime, "total_bytes": picture.size, "media_category": "tweet_image"}
        return self.ask("POST", f"{UPLOAD}/initialize", json=said)

    def _carry_on(self, upload: Upload, picture: Picture, read: Callable[[str], bytes]) -> None:
        while upload.sent < picture.size:
            self._append(upload, picture, read(picture.sha256))
        if not upload.finished:
            data = self._data(self.ask("POST", f"{UPLOAD}/{upload.id}/finalize"))
            upload.finished, upload.working = True, _working(data)
            self._patient(upload, data)
        if upload.working:
            state = {"command": "STATUS", "media_id": upload.id}
            data = self._data(self.ask("GET", UPLOAD, params=state))
            upload.working = _working(data)
            self._patient(upload, data)
        if picture.alt and not upload.described:
            said = {"id": upload.id, "metadata": {"alt_text": {"text": picture.alt}}}
            self._data(self.ask("POST", "/2/media/metadata", json=said))
            upload.described = True

    def _append(self, upload: Upload, picture: Picture, data: bytes) -> None:
        chunk = data[upload.sent : upload.sent + CHUNK]
        if not chunk:
            raise Rejected(f"{self.account}: picture {picture.sha256[:8]} is shorter than the plan says")
        files = {"media": ("picture", chunk, "application/octet-stream")}
        segment = {"segment_index": str(upload.sent // CHUNK)}
        self._data(self.ask("POST", f"{UPLOAD}/{upload.id}/append", files=files, data=segment))
        upload.sent += len(chunk)

    def _patient(self, upload: Upload, data: Mapping[str, Any]) -> None:
        """Raises Transient while X works on a picture, Rejected where it could not read it."""
        info = _info(data)
        if info.get("state") == "failed":
            raise Rejected(f"{self.account}: X could not read picture {upload.id} – save it as PNG or JPEG anew")
        if upload.working:
            wait = info.get("check_after_secs")
            seconds = float(wait) if isinstance(wait, int) and 0 < wait < LIFE else None
            raise Transient(f"{self.account}: X is still reading a picture", seconds)

    def _data(self, answer: Answer) -> Mapping[str, Any]:
        if not answer.fine:
            raise self.no(answer)
        data = answer.body.get("data")
        return data if isinstance(data, Mapping) else {}


def _info(data: Mapping[str, Any]) -> Mapping[str, Any]:
    info = data.get("processing_info")
    return info if isinstance(info, Mapping) else {}


def _working(data: Mapping[str, Any]) -> bool:
    return _info(data).get("state") in ("pending", "in_progress")
