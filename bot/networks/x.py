"""X: one post a commit, and no key that X would know it by; what may be out is looked for among the account's own posts.

Sources: X's OpenAPI description 2.167 and docs.x.com (xdevplatform/docs @2871328, August 2026); twitter-text config v3.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from bot.core.errors import CannotTell, ConfigError, KeyFault, NetworkError, OutcomeUnknown, Rejected, Transient, Unauthorized
from bot.core.model import Account, Facts, Limit, Receipt, Setting, Signed
from bot.core.rules import Rules
from bot.networks import prices
from bot.networks.base import Batch, Key, Memory, Network, World, option_settings
from bot.networks.x_account import SECRETS as SECRETS
from bot.networks.x_account import SETTINGS, Access, destination, handle, now
from bot.networks.x_login import login
from bot.networks.x_media import Uploads
from bot.networks.x_reading import ALLOWANCE, DOUBT, ID, Listed, id_before, listed, made_at, ours

if TYPE_CHECKING:
    from bot.networks.wire import Answer

# What an author may write, and X's word for it; where nothing is said, everyone may reply.
REPLIES = {"following": "following", "mentioned": "mentionedUsers", "subscribers": "subscribers", "verified": "verified"}
X = Rules(
    dialect="x",
    length=280,  # weighted characters; see `facts`
    pictures=4,
    picture_bytes=5_000_000,  # "5 MB": read as the smaller of its two meanings
    picture_types=("image/png", "image/jpeg", "image/webp"),
    picture_palette=True,  # as X's staff said in 2019, and so for the quality
    picture_quality=85,
    alt_length=1000,
    settle=120.0,  # as on Mastodon; and its lists lag behind, nobody says by how much
    options=(("replies", ("everyone", *REPLIES)), ("made_with_ai", ("false", "true"))),
    dear_links=True,
    cashtags=1,
    shown=(516, 257),  # UNSURE: no document says it; its column of 600 without margins and the place of the face
    source="twitter-text config v3; docs.x.com media best practices (xdevplatform/docs @2871328)",
)
LONGEST = 25_000  # weighted characters, of an account with Premium
PAGE, PAGES = 100, 20  # posts that a look-up asks for at once, and how often
WANTED = {"post.fields": "attachments,conversation_id,created_at,entities,note_post", "expansions": "referenced_posts"}
ADDRESS = re.compile(r"https?://(?:www\.|mobile\.)?(?:x|twitter)\.com/(\w{1,20}|i/web)/status(?:es)?/([0-9]{1,19})(?:[/?#].*)?")


def payload(batch: Batch, media: list[str]) -> dict[str, Any]:
    """The request for the one post of a batch, with the fields that X allows and no other."""
    post, options = batch.posts[0], batch.thread.options
    value: dict[str, Any] = {"text": post.text}
    if media:
        value["media"] = {"media_ids": media}
    if batch.after:
        value["reply"] = {"in_reply_to_tweet_id": batch.after[-1].id}
    elif who := REPLIES.get(options.get("replies", "")):
        value["reply_settings"] = who  # of the whole conversation: said once, where it begins
    if options.get("made_with_ai") == "true":
        value["made_with_ai"] = True
    return value


class Poster:
    """The verbs of `bot.networks.base.Driver`, on X's API 2."""

    def __init__(self, account: Account, world: World, clock: Callable[[], datetime] = now) -> None:
        self.account, self.world = account, world
        self.access = Access(account, world.vault, clock)
        self.uploads = Uploads(account.name, self.access.call, self.access.no, clock)
        self.heard: Limit | None = None  # of posting, in this run

    def open(self) -> None:
        self.access.open()

    def mint(self, batch: Batch, now: datetime) -> Key:
        key = {"at": now.isoformat(), "user": self.access.known_id()}
        self._same_account(key, *batch.after)
        return key

    def send(self, batch: Batch, key: Key) -> tuple[Receipt, ...]:
        self._same_account(key, *batch.after)
        older = bool(self.uploads.known)
        media = self.uploads.ids(batch.posts[0], self.world.picture)
        answer = self.access.commit("POST", "/2/tweets", json=payload(batch, media))
        self.heard = replace(answer.limit, name="posts") if answer.limit else self.heard
        if not answer.fine:
            raise self._refused(answer, older)
        data = answer.body.get("data")
        made = data.get("id") if isinstance(data, Mapping) else None
        if not isinstance(made, str) or not ID.fullmatch(made):
            raise OutcomeUnknown(f"{self.account.name}: X took the post, and gave it no id")
        self.uploads.forget()
        return (self._receipt(made, key),)

    def find(self, batch: Batch, key: Key) -> tuple[Receipt, ...] | None:
        self._same_account(key, *batch.after)
        minted = datetime.fromisoformat(key["at"])
        parent, root = (batch.after[-1].id, batch.after[0].id) if batch.after else ("", "")
        try:
            posts, ahead = self._listed(parent or id_before(minted - DOUBT))
            since = minted - ahead - ALLOWANCE
            if not parent and minted - DOUBT > min(since, self.access.clock() - ahead):
                raise CannotTell("this machine's clock was more than a day ahead when it was sent")
            found = ours(posts, batch.posts[0].text, parent, root, since)
        except CannotTell as error:
            raise CannotTell(f"{self.account.name}: {error} – look at https://{destination(self.account)}") from None
        return None if found is None else (self._receipt(found, key),)

    def adopt(self, batch: Batch, key: Key, url: str) -> tuple[Receipt, ...]:  # noqa: ARG002
        found = ADDRESS.fullmatch(url.strip())
        if not found:
            form = f"https://{destination(self.account)}/status/1234567890"
            raise Rejected(f"{self.account.name}: that is no address of a post on X – it looks like {form}")
        if found[1] not in ("i", "i/web") and found[1].casefold() != handle(self.account).casefold():
            raise Rejected(f"{self.account.name}: that is a post of @{found[1]}, not of @{handle(self.account)}")
        return (self._receipt(found[2], key),)

    def delete(self, receipts: tuple[Receipt, ...]) -> None:
        self._same_account({}, *receipts)
        for receipt in reversed(receipts):
            answer = self.access.call("DELETE", f"/2/tweets/{receipt.id}")
            data = answer.body.get("data")
            if answer.fine and isinstance(data, Mapping) and data.get("deleted") is False:
                raise Rejected(f"{self.account.name}: X kept {receipt.url} – remove it by hand")
            gone = answer.status == 404 and bool(answer.body)  # not a page of some other server
            if not answer.fine and not gone:
                raise self.access.no(answer)

    def signed(self) -> Signed:
        limit = self.heard or _limit(self.access.kept().get("limit"))
        if limit and limit.resets and limit.resets <= self.access.clock():
            limit = Limit("posts", limit.total, limit.total)  # the window is over
        return Signed(handle(self.account), None, (limit,) if limit else ())

    def close(self) -> None:
        self.access.close()
        if self.heard:
            self.access.keep(limit=_written(self.heard))

    def _listed(self, since: str) -> tuple[list[Listed], timedelta]:
        """The account's posts after an id, and how far our clock is ahead of X's. Raises CannotTell, Transient, Unauthorized or
        Halted."""
        path, query = f"/2/users/{self.access.user_id()}/tweets", {"max_results": str(PAGE), "since_id": since, **WANTED}
        found: dict[str, Listed] = {}
        for _ in range(PAGES):
            answer = self.access.call("GET", path, params=query)
            if not answer.fine:
                raise self._unlisted(answer)
            if not answer.body:
                raise Transient(f"{self.account.name}: X gave an empty answer")
            found |= {each.id: each for each in listed(answer.body)}
            meta = answer.body.get("meta")
            token = meta.get("next_token") if isinstance(meta, Mapping) else None
            if not isinstance(token, str) or not token:
                return list(found.values()), self.access.clock() - (answer.at or self.access.clock())
            query["pagination_token"] = token
        raise CannotTell(f"more than {PAGES * PAGE} posts were made since")

    def _unlisted(self, answer: Answer) -> NetworkError:
        """What a refused look-up means. It decides nothing about the post itself."""
        error = self.access.no(answer)
        return CannotTell(self.access.wire.said(answer)) if isinstance(error, Rejected) else error

    def _refused(self, answer: Answer, older: bool) -> NetworkError:
        """What a refused post means. `older`: its pictures were uploaded for an earlier try, and X may have lost them."""
        error = self.access.no(answer)
        if not isinstance(error, Transient):
            return error
        self.uploads.forget()
        return error if older else Rejected(f"{error} – threadbot retry uploads them again")

    def _receipt(self, made: str, key: Key) -> Receipt:
        return Receipt(made, f"https://{destination(self.account)}/status/{made}", made_at(made), {"user": key.get("user", "")})

    def _same_account(self, key: Key, *receipts: Receipt) -> None:
        """Raises Unauthorized where it is known that these are another account's."""
        named = (each.get("user", "") for each in (key, *(receipt.ref for receipt in receipts)))
        if len({self.access.known_id(), *named} - {""}) > 1:
            raise Unauthorized(f"{self.account.name}: the keys belong to another account now than when this was begun")


def _written(limit: Limit) -> dict[str, Any]:
    return {"left": limit.left, "total": limit.total, "resets": limit.resets and limit.resets.isoformat()}


def _limit(kept: Any) -> Limit | None:
    """A limit as the vault has it; None where it has none that can be read."""
    with suppress(LookupError, TypeError, ValueError):
        resets = kept["resets"]
        return Limit("posts", int(kept["left"]), int(kept["total"]), datetime.fromisoformat(resets) if resets else None)
    return None


def facts(account: Account, _handles: frozenset[str], _memory: Memory) -> Facts:
    """The limits of the account: its config says how long its posts may be. Raises ConfigError, also for missing keys."""
    said, where = account.settings["length"], f"accounts.{account.name}"
    if not said.isdecimal() or not X.length <= int(said) <= LONGEST:
        wanted = f"a whole number from {X.length} to {LONGEST} is wanted; more than {X.length} is for accounts with Premium"
        raise ConfigError(KeyFault("the config", f"{where}.length", wanted))
    missing = [name for name in SECRETS if name not in account.secrets]
    if 0 < len(missing) < len(SECRETS):
        raise ConfigError(KeyFault("the config", where, f"without {', '.join(missing)}: the four keys belong together"))
    return Facts(rules=replace(X, length=int(said))) if int(said) != X.length else Facts()


NETWORK = Network(
    name="x",
    rules=X,
    settings=(*SETTINGS, Setting("length", "number", default=str(X.length)), *prices.SETTINGS, *option_settings(X)),
    destination=destination,
    facts=facts,
    connect=Poster,
    login=login,
    price=prices.price,
)
