"""Fake servers that speak Mastodon's API, as the tests set them up."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import pytest

from bot.core.errors import OutcomeUnknown
from bot.core.model import Account, Picture, Thread
from bot.networks.base import Batch, Driver, Key
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


def lost(
    stage: Stage, thread: Thread, after: Sequence[Any] = (), fault: str = "lost after", by: Driver | None = None
) -> tuple[Driver, Batch, Key]:
    """A driver (a new one, or `by`) whose commit of the next post was not answered; and what it sent."""
    driver, batch = by or stage.driver(), stage.batch(thread, after)
    key, server = stage.minted(driver, batch), stage.lying()
    later = isinstance(server.fake, FakeMastodon) and server.fake.rules.says_later
    server.plan({len(batch.posts[0].pictures) * (2 if later else 1): fault})  # an upload, and perhaps a look at it
    with pytest.raises(OutcomeUnknown):
        driver.send(batch, key)
    return driver, batch, key


def named(stage: Stage, *texts: str) -> list[str]:
    """The ids of the account's posts with these texts, in reading order."""
    fake: Any = stage.lying().fake
    return [each.id for each in fake.statuses.values() if each.text in texts]


def by_hand(stage: Stage, name: str, text: str, **fields: Any) -> None:
    """Somebody writes a post in their browser."""
    fake = stage.lying().fake
    assert isinstance(fake, FakeMastodon)
    whose = next(person.id for person in fake.people.values() if person.name == name)
    token = next(token for token, (owner, _) in fake.tokens.items() if owner == whose)
    headers = {"authorization": f"Bearer {token}", "host": stage.lying().url.removeprefix("http://")}
    body = json.dumps({"status": text, **fields}).encode()
    answer = fake.reply(Request("POST", "/api/v1/statuses", {}, headers, body), stage.now)
    assert answer.status == 200, answer.body
