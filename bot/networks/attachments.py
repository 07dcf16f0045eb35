"""Pictures on their way into a post: each is uploaded once, waited for, and attached; nothing here publishes.

Source: mastodon/documentation @2903485, methods/media. What became of an upload is asked of the server, never read out of its
words: Mastodon says them in the language of the account.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.core.errors import NetworkError, OutcomeUnknown, Transient
from bot.core.model import Picture, Post
from bot.networks.statuses import IDENTITY

if TYPE_CHECKING:
    from bot.networks.wire import Answer, Wire

LONGEST = 20.0  # seconds between two looks at a picture that is being processed

Place = tuple[int, int, Picture]  # the post's, the picture's in it, and the picture
Ask = Callable[..., "Answer"]  # a method, a path, and the request


@dataclass
class Upload:
    """A picture at the server, under the server's name for it."""

    id: str
    ready: bool


@dataclass
class Attachments:
    """The pictures of the post that is being sent, each in its place: a repeat goes on where the last try stopped."""

    ask: Ask
    refusal: Callable[[Answer], NetworkError]
    wire: Wire
    bytes_of: Callable[[str], bytes]
    uploads: dict[Place, Upload] = field(default_factory=dict)
    looks: int = 0
    tries: int = 0  # commits with these uploads

    def ready(self, post: Post) -> list[str]:
        """The ids of a post's pictures, all of them processed. Raises Transient while they are not, and Rejected."""
        places = [(post.index, number, picture) for number, picture in enumerate(post.pictures)]
        for place in places:
            if place not in self.uploads:
                self.uploads[place] = self._uploaded(place[2])
        for place in places:
            self._await(place)
        return [self.uploads[place].id for place in places]

    def forget(self) -> None:
        """They are attached, or gone: the next post needs its own."""
        self.uploads.clear()
        self.looks = self.tries = 0

    def blamed(self, said: str) -> NetworkError | None:
        """Why a post was refused, where that was for its pictures; they are taken care of at the next try."""
        states = {place: self._look(upload.id) for place, upload in self.uploads.items()}
        attached = "already attached" in said  # GoToSocial goes on showing those; its words are always English
        if not attached and not any(answer.status in (206, 404) for answer in states.values()):
            return None
        error: NetworkError = Transient(f"{said} – the pictures are uploaded anew", 1.0)
        if self.tries > 1:  # attached, perhaps by the try before, whose answer was lost
            error = OutcomeUnknown(f"{said} – the pictures may be in a post by now")
        if attached or any(answer.status == 404 for answer in states.values()):
            self.forget()
            return error
        for place, answer in states.items():
            self.uploads[place].ready = answer.status == 200
        return Transient(said, 1.0)

    def _uploaded(self, picture: Picture) -> Upload:
        content = self.bytes_of(picture.sha256)
        file = (f"{picture.sha256[:16]}.{picture.mime.partition('/')[2]}", content, picture.mime)
        said = {name: value for name, value in (("description", picture.alt), ("focus", picture.focus)) if value}
        answer = self.ask("POST", "/api/v2/media", files={"file": file}, data=said)
        if not answer.fine:
            raise self.refusal(answer)
        if not isinstance(identity := answer.body.get("id"), str) or not IDENTITY.fullmatch(identity):
            raise Transient(f"{self.wire.account}: the server did not confirm picture {picture.sha256[:8]}")
        return Upload(identity, answer.status == 200)

    def _await(self, place: Place) -> None:
        upload = self.uploads[place]
        if upload.ready:
            return
        answer = self._look(upload.id)
        if answer.status == 200:
            upload.ready = True
            return
        if answer.status == 206:
            self.looks += 1
            raise Transient(f"{self.wire.account}: a picture is still being processed", min(float(self.looks), LONGEST))
        del self.uploads[place]
        if answer.status == 404:
            raise Transient(f"{self.wire.account}: a picture is gone from the server – it is uploaded anew", 1.0)
        raise self.refusal(answer)

    def _look(self, identity: str) -> Answer:
        return self.ask("GET", f"/api/v1/media/{identity}")
