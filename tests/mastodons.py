"""Fake servers that speak Mastodon's API, as the tests set them up."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bot.core.model import Account, Picture, Thread
from bot.networks.mastodon import NETWORK
from bot.testing.contract import Stage
from bot.testing.fakes import JumpingClock, Shelf
from bot.testing.mastodon import FakeMastodon
from bot.testing.serving import Reply, Request, Served


@dataclass(frozen=True)
class PictureStage(Stage):
    """On Pixelfed a post that answers to nothing must have a picture."""

    def thread(self, *texts: str, alts: Sequence[str] = (), slug: str = "contract") -> Thread:
        return super().thread(*texts, alts=alts or ("Une image",), slug=slug)


@contextmanager
def played(
    fake: FakeMastodon, kind: type[Stage] = Stage, keyed: bool = True, clock: JumpingClock | None = None
) -> Iterator[Stage]:
    """A stage on this server, with an account that has a token in its config."""
    token = fake.sign_up("alice")
    with Served(fake, clock) as server:
        account = Account("masto", "mastodon", {"server": server.url}, {"token": lambda: token})
        stage = kind(NETWORK, account, Shelf(), lambda: fake.posts("alice"), keyed=keyed, server=server)
        try:
            yield stage
        finally:
            stage.close()


@contextmanager
def timed(fake: FakeMastodon) -> Iterator[tuple[Stage, JumpingClock]]:
    """A stage whose time stands still until somebody waits."""
    clock = JumpingClock()
    with played(fake, PictureStage if fake.flavour == "pixelfed" else Stage, clock=clock) as stage:
        yield stage, clock


def options(thread: Thread, warning: str = "", **given: str) -> Thread:
    """The thread, to be shown so."""
    return replace(thread, content_warning=warning, options=given)


def pictured(thread: Thread, *pictures: tuple[Picture, ...]) -> Thread:
    """The thread with these pictures, post by post."""
    posts = [replace(post, pictures=each) for post, each in zip(thread.posts, pictures, strict=True)]
    return replace(thread, posts=tuple(posts))


def asked(stage: Stage, start: str) -> list[Request]:
    """The requests whose method and path begin like this."""
    return [each for each in stage.lying().requests if f"{each.method} {each.path}".startswith(start)]


@dataclass
class Instead:
    """The fake, but for the requests whose method and path begin with `start`: those get this answer."""

    fake: Any
    start: str
    answer: Callable[[Request], Reply]

    def reply(self, request: Request, now: datetime) -> Reply:
        if f"{request.method} {request.path}".startswith(self.start):
            return self.answer(request)
        reply: Reply = self.fake.reply(request, now)
        return reply
