"""A real PDS behind the proxy that lies: a scene for the schedules."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from urllib.request import urlopen

import httpx

from bot.core.model import Account
from bot.networks import bluesky
from bot.networks.base import Network
from bot.testing.lies import Time
from bot.testing.proxy import Proxy
from bot.testing.repository import alts, parent
from bot.testing.stage import Seen
from tests.scenes import ONE_BY_ONE, Kill, Scene

PASSWORD = "correct horse"
PATIENCE = 60.0  # seconds: a machine may be busy
SCENES: Mapping[str, Network] = {"the thread in one write": bluesky.NETWORK, "post by post": ONE_BY_ONE}


@dataclass(frozen=True)
class Owner:
    """An account of its own for each process that plays, and its session."""

    server: str
    handle: str
    session: Mapping[str, Any]

    def account(self, url: str) -> Account:
        return Account("sky", "bluesky", {"server": url, "handle": self.handle}, {"password": lambda: PASSWORD})

    def kept(self, url: str, _now: datetime) -> dict[str, str]:
        """The session as the vault has it; without the address in its document, which leads around the proxy."""
        tokens = {ours: self.session[theirs] for ours, theirs in (("access", "accessJwt"), ("refresh", "refreshJwt"))}
        return {**tokens, "did": self.session["did"], "for": bluesky.destination(self.account(url)), "pds": ""}


class Behind(Proxy):
    """The proxy, and what came into the repository since `renew`."""

    def __init__(self, owner: Owner, clock: Time, kill: Kill) -> None:
        super().__init__(owner.server, clock, kill=kill)
        self.owner, self.known = owner, frozenset[str]()

    def renew(self) -> None:
        self.known = frozenset(each["uri"] for each in self._everything())

    def records(self) -> list[dict[str, Any]]:
        return [each for each in self._everything() if each["uri"] not in self.known]

    def _everything(self) -> list[dict[str, Any]]:
        wanted = {"repo": self.owner.session["did"], "collection": bluesky.POST, "limit": "100", "reverse": "true"}
        found: list[dict[str, Any]] = []
        while True:
            url = f"{self.owner.server}/xrpc/com.atproto.repo.listRecords?{urlencode(wanted)}"
            with urlopen(url, timeout=PATIENCE) as answer:
                page = json.load(answer)
            found += page["records"]
            if "cursor" not in page:
                return found
            wanted["cursor"] = page["cursor"]


def _seen(server: Behind) -> Sequence[Seen]:
    records = server.records()
    texts = {each["uri"]: each["value"]["text"] for each in records}
    return [Seen(each["value"]["text"], alts(each["value"]), parent(each["value"], texts)) for each in records]


def _urls(server: Behind) -> Sequence[str]:
    did = server.owner.session["did"]
    return [f"https://bsky.app/profile/{did}/post/{each['uri'].rpartition('/')[2]}" for each in server.records()]


def scene(server: str, name: str) -> Scene:
    """A scene on the PDS at this address, with a new account."""
    handle = f"p{os.getpid()}.test"
    body = {"handle": handle, "email": f"{handle}@example.com", "password": PASSWORD}
    url = f"{server}/xrpc/com.atproto.server.createAccount"
    made = httpx.post(url, json=body, timeout=PATIENCE).raise_for_status()
    owner = Owner(server, handle, made.json())
    return Scene(
        SCENES[name],
        owner.account,
        serve=lambda clock, kill: Behind(owner, clock, kill),
        renew=lambda behind, _now: behind.renew(),
        seen=_seen,
        urls=_urls,
        session=owner.kept,
        patience=1.0,
    )
