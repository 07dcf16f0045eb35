"""Mastodon, and servers that speak its API: a post at a time, under a key that Mastodon knows again for an hour.

Other servers do not know it, and no server for longer: what became of a post is read from the server, never tried out.
Sources: mastodon/documentation @2903485; mastodon/mastodon, app/services/post_status_service.rb and
app/validators/status_length_validator.rb; what other servers do, see `bot.testing.mastodon`.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from bot.core.errors import Claimed, NetworkError, OutcomeUnknown, Rejected, Unauthorized
from bot.core.model import Account, Facts, Limit, Receipt, Setting, Signed
from bot.core.rules import Rules
from bot.networks import doorkeeper, instance, statuses
from bot.networks.attachments import Attachments
from bot.networks.base import Batch, Desk, Key, Memory, Network, World, option_settings
from bot.networks.timeline import Sought, Timeline

if TYPE_CHECKING:
    from bot.networks.wire import Answer, Wire

MASTODON = Rules(
    dialect="mastodon",
    length=500,  # characters; many instances allow more
    pictures=4,
    picture_bytes=16_777_216,
    picture_pixels=33_177_600,
    picture_types=("image/png", "image/jpeg", "image/webp"),
    alt_length=1500,
    settle=120.0,  # a gateway that gave up, mostly after 60 s, has handed the request on; asked only after a lost answer
    content_warning=True,
    options=(
        ("visibility", statuses.VISIBILITIES),
        ("follow_ups", statuses.FOLLOW_UPS),
        ("sensitive", statuses.SENSITIVE),
    ),
    shown=(510, 254),  # UNSURE: its column of 600 without margins and, within a thread, the face; apps differ
    source="a stock instance's GET /api/v2/instance (mastodon/documentation @2903485)",
)
POSTS = "/api/v1/statuses"


class Mastodon:
    """The verbs of `bot.networks.base.Driver`, on a server that speaks Mastodon's API."""

    def __init__(self, account: Account, world: World) -> None:
        self.account, self.world = account, world
        self.wire = _wire(account)
        self.me = doorkeeper.Identity("", "")
        self.since = ""  # the newest post there was at the start
        self.limits: dict[str, Limit] = {}
        self.timeline = Timeline(self._look, self.wire)
        self.attachments = Attachments(self._upload, self._no, self.wire, world.picture)
        self._token = ""

    def open(self) -> None:
        self._token = doorkeeper.token_of(self.account, self.world.vault)
        self.wire.hide(self._token)
        self.me = doorkeeper.identity(self.account, self.world.vault, self._token, self._verified, self.wire)
        self.since = self.timeline.newest(self.me.id)

    def mint(self, batch: Batch, now: datetime) -> Key:
        # Minted once and journaled: with a fresh one, a repeat would be a second post.
        key = {"idempotency": secrets.token_hex(16), "at": now.isoformat(), "since": self.since}
        key |= {"account": self.me.id, "name": self.me.handle.split("@")[1]}
        self._same_account(_owners(batch, key))
        return key

    def send(self, batch: Batch, key: Key) -> tuple[Receipt, ...]:
        self._same_account(_owners(batch, key))
        [post] = batch.posts
        request = statuses.payload(batch, self.attachments.ready(post))
        self.attachments.tries += 1
        answer = self._ask("posts", self.wire.commit, "POST", POSTS, json=request, key=key["idempotency"])
        if not answer.fine:
            raise self._refused(answer, batch)
        self.attachments.forget()
        given = statuses.status(answer.body)
        if given is None or (given.author, given.parent) != (self.me.id, statuses.parent(batch)):
            raise OutcomeUnknown(f"{self.account.name}: the server does not confirm what was sent")
        return (given.receipt,)

    def find(self, batch: Batch, key: Key) -> tuple[Receipt, ...] | None:
        self._same_account(_owners(batch, key))
        [post] = batch.posts
        known = frozenset(receipt.id for receipt in batch.after)
        warning, parent = batch.thread.content_warning, statuses.parent(batch)
        found = self.timeline.find(Sought(post, warning, self.me.id, parent, key["since"], known))
        return None if found is None else (found.receipt,)

    def adopt(self, batch: Batch, key: Key, url: str) -> tuple[Receipt, ...]:  # noqa: ARG002
        here = urlsplit(self.account.settings["server"]).netloc
        found = statuses.post_at(url) if urlsplit(url).netloc.lower() == here.lower() else None
        if found is None:  # on another server the same post has another id
            raise Rejected(f"{self.account.name}: {self.wire.clean(url)} is no address of a post on {here}")
        identity, whose = found
        if whose and whose.lower() != (ours := key.get("name", whose)).lower():
            raise Rejected(f"{self.account.name}: that is a post of @{self.wire.clean(whose)}, not of @{ours}")
        ref = {"id": identity, "account": key["account"]}
        return (Receipt(identity, url, datetime.fromisoformat(key["at"]), ref),)

    def delete(self, receipts: tuple[Receipt, ...]) -> None:
        self._same_account({receipt.ref["account"] for receipt in receipts})  # to others a post of ours is “not found”
        for receipt in reversed(receipts):
            answer = self._ask("deletions", self.wire.call, "DELETE", f"{POSTS}/{receipt.ref['id']}")
            if not answer.fine and not self.timeline.gone(answer):
                raise self._no(answer)

    def signed(self) -> Signed:
        return Signed(self.me.handle, None, tuple(self.limits.values()))

    def close(self) -> None:
        self.wire.close()

    def _ask(self, of: str, verb: Callable[..., Answer], method: str, path: str, key: str = "", **request: Any) -> Answer:
        """A request with the token; what is left of the allowance `of` something is remembered."""
        headers = {"authorization": f"Bearer {self._token}", **({"idempotency-key": key} if key else {})}
        answer = verb(method, path, headers=headers, **request)
        if answer.limit:
            self.limits[of] = replace(answer.limit, name=of)
        if self._locked_out(answer):
            raise self._no(answer)
        return answer

    def _look(self, method: str, path: str, **request: Any) -> Answer:
        return self._ask("requests", self.wire.call, method, path, **request)

    def _upload(self, method: str, path: str, **request: Any) -> Answer:
        return self._ask("uploads" if method == "POST" else "requests", self.wire.call, method, path, **request)

    def _verified(self) -> Answer:
        answer = self._look("GET", "/api/v1/accounts/verify_credentials")
        if not answer.fine:
            raise self._no(answer)
        return answer

    def _refused(self, answer: Answer, batch: Batch) -> NetworkError:
        """Why a post was not taken."""
        said = f"{self.account.name}: {self.wire.said(answer)}"
        if "duplicate idempotency key" in said.lower():  # Pixelfed: it saw the key, and does not say what came of it
            return Claimed(said)
        if batch.posts[0].pictures and answer.status in (400, 404, 422) and (error := self.attachments.blamed(said)):
            return error
        if answer.status == 404 and batch.after:
            return Rejected(f"{said} – is the post that it answers to still there?")
        return self._no(answer)

    def _no(self, answer: Answer) -> NetworkError:
        said = f"{self.account.name}: {self.wire.said(answer)}"
        return Unauthorized(f"{said} – {doorkeeper.advice(self.account)}") if self._locked_out(answer) else Rejected(said)

    def _locked_out(self, answer: Answer) -> bool:
        """Whether the token is at fault. (Mastodon says that of scopes in English always.)"""
        return answer.status == 401 or (answer.status == 403 and "scope" in self.wire.said(answer))

    def _same_account(self, owners: set[str]) -> None:
        if owners != {self.me.id}:
            raise Unauthorized(f"{self.account.name}: the token belongs to another account now than when this was begun")


def _owners(batch: Batch, key: Key) -> set[str]:
    """Whose a batch is to be, and whose posts it goes on from."""
    return {key["account"], *(receipt.ref["account"] for receipt in batch.after)}


def facts(account: Account, _handles: frozenset[str], memory: Memory) -> Facts:
    """The limits of the account's server; asked without signing in. A mention needs no more than its handle."""
    return instance.facts(account, MASTODON, memory, lambda: _wire(account, instance.QUICK, instance.QUICK))


def login(account: Account, world: World, desk: Desk) -> None:
    """Get a token with somebody's browser, and keep it. Raises Transient, Unauthorized or Rejected."""
    if "token" in account.secrets:
        desk.say(f"the config names a token for {account.name}, which comes before the one that you get now")
    with closing(_wire(account)) as wire:
        doorkeeper.login(account, world.vault, desk, wire)


def _wire(account: Account, *seconds: float) -> Wire:
    from bot.networks.wire import Wire  # httpx takes longer to import than a preview takes to print

    return Wire(account.settings["server"], account.name, *seconds)


NETWORK = Network(
    name="mastodon",
    rules=MASTODON,
    settings=(Setting("server", "server"), Setting("token", "secret", default=""), *option_settings(MASTODON)),
    destination=doorkeeper.destination,
    facts=facts,
    connect=Mastodon,
    login=login,
)
