"""Bluesky: a whole thread is one atomic write whose record keys and CIDs are known beforehand.

So one look at the first key tells whether all of it is out, and sending again can never publish twice.
Sources: the lexicons of bluesky-social/atproto (app.bsky.feed.post, com.atproto.repo.applyWrites), read in August 2026.
"""

from __future__ import annotations

import re
import secrets
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import chain
from typing import TYPE_CHECKING, Any

from bot.core.errors import CannotTell, NetworkError, OutcomeUnknown, Rejected, Transient, Unauthorized
from bot.core.model import Account, Facts, Picture, Receipt, Setting, Signed
from bot.core.rules import Rules
from bot.networks.base import Batch, Key, Memory, Network, World, option_settings
from bot.networks.dids import look_up
from bot.networks.record import (
    POST,
    POSTGATE,
    REPLIES,
    THREADGATE,
    WRITES,
    Record,
    blob,
    carries,
    creation,
    deletion,
    gates,
    records,
    uploads,
    written,
)
from bot.networks.repo import tid
from bot.networks.session import STALE, Session, destination, login

if TYPE_CHECKING:
    from bot.networks.wire import Answer

BLUESKY = Rules(
    dialect="bluesky",
    length=300,  # graphemes
    bytes=3000,
    pictures=10,  # the lexicon takes 20, readers are shown 10
    picture_bytes=2_000_000,
    picture_types=("image/png", "image/jpeg", "image/webp"),
    alt_length=2000,  # the official app stops there; the lexicon sets none
    batch=WRITES,  # less where they are long: `carries`
    options=(("replies", tuple(REPLIES)), ("sensitive", ("false", "true"))),
    shown=(515, 256),  # its column of 600 without margins and the face (social-app, PostFeedItem.tsx); the half: UNSURE
    source="app.bsky.feed.post, app.bsky.embed.images and gallery, com.atproto.repo.applyWrites (atproto @d6296a1)",
)
SMALLER = "set picture_bytes = 1000000 for this account in the config, drop this thread with threadbot cancel, and publish anew"
AT_ONCE = 3  # pictures on their way: a server is not to be flooded
PAGE = re.compile(r"(?:at://|https://[^/?#]+/profile/)([^/?#]+)/(?:post|app\.bsky\.feed\.post)/([^/?#]+)/?(?:[?#].*)?")


class Bluesky:
    """The verbs of `bot.networks.base.Driver`, on a personal data server."""

    def __init__(self, account: Account, world: World) -> None:
        self.account, self.world = account, world
        self.session = Session(account, world)
        self.wire = self.session.wire
        self._uploaded: set[str] = set()

    def open(self) -> None:
        self.session.open()

    def mint(self, batch: Batch, now: datetime) -> Key:
        # of a record key's time only the milliseconds are told: chance in the rest keeps threads of one moment apart
        clock, chance = secrets.randbelow(1024), timedelta(microseconds=secrets.randbelow(1000))
        # after what is out already, whatever the clock says: readers sort by these times
        begin = max([now, *(receipt.at + timedelta(milliseconds=1) for receipt in batch.after[-1:])])
        moments = [begin + timedelta(milliseconds=index) for index in range(len(batch.posts))]
        whole = [each.replace(microsecond=each.microsecond // 1000 * 1000) for each in moments]
        minted = [{"rkey": tid(each + chance, clock), "at": _iso(each)} for each in whole]
        return {"did": self.session.did, "records": minted}

    def send(self, batch: Batch, key: Key) -> tuple[Receipt, ...]:
        self._same_did(key)
        self._upload_all(batch)
        posts = records(batch, key)
        made = (*posts, *gates(batch, posts, key))
        answer = self._applied(self.wire.commit, [creation(each) for each in made])
        if not answer.fine:
            raise self._no(answer)
        results = answer.body.get("results")
        given = [each for each in results if isinstance(each, dict)] if isinstance(results, list) else []
        if [(each.get("uri"), each.get("cid")) for each in given] != [(each.uri, each.cid) for each in made]:
            raise OutcomeUnknown(f"{self.account.name}: the server wrote something else than was sent")
        return self._receipts(posts)

    def find(self, batch: Batch, key: Key) -> tuple[Receipt, ...] | None:
        self._same_did(key)
        posts = records(batch, key)
        made = (*posts, *gates(batch, posts, key))
        cids = (self._cid(each.uri, CannotTell) for each in made)
        if (first := next(cids)) is None:
            for uri in {posts[-1].uri, made[-1].uri} - {made[0].uri}:  # somebody was there: sent again, it would fail for ever
                if self._cid(uri, CannotTell):
                    raise CannotTell(f"{self.account.name}: {uri} is out, while the first of its thread is gone")
            return None
        # it was one write: but what the server made of the others has to be seen, before anything replies to it
        for record, cid in zip(made, chain((first,), cids), strict=True):
            if cid != record.cid:
                said = "is not the record that was sent" if cid else "is gone, while the first of its thread is out"
                step = f"look at {self._page(made[0])}; better threadbot rollback than to go on: replies would be lost"
                raise CannotTell(f"{self.account.name}: {record.uri} {said} – {step}")
        return self._receipts(posts)

    def adopt(self, batch: Batch, key: Key, url: str) -> tuple[Receipt, ...]:
        posts = records(batch, key)
        found, last = PAGE.fullmatch(url.strip()), posts[-1]
        names = (self.account.settings["handle"].lower(), str(key["did"]))
        if not found or found[1].lower() not in names or found[2] != last.rkey:
            raise Rejected(f"{self.account.name}: {url} is not where this post would be – that is {self._page(last)}")
        return self._receipts(posts)

    def delete(self, receipts: tuple[Receipt, ...]) -> None:
        posts = [str(receipt.ref["uri"]) for receipt in reversed(receipts)]
        if strange := [uri for uri in posts if not uri.startswith(f"at://{self.session.did}/{POST}/")]:
            raise Rejected(f"{self.account.name}: {strange[0]} is a post of another account than the one signed in")
        self._uploaded.clear()  # the server sweeps what no post shows any more
        kinds = (THREADGATE, POSTGATE)  # what may stand beside the first post of a thread
        leaving = [*posts, *self._there([posts[-1].replace(POST, kind) for kind in kinds])]
        try:
            self._removed(leaving)
        except Transient:  # one that is gone is answered as a fault of the server (measured)
            there = self._there(leaving)
            if there == leaving:
                raise
            self._removed(there)

    def signed(self) -> Signed:
        return self.session.signed()

    def close(self) -> None:
        self.session.close()

    def _applied(self, verb: Any, writes: list[dict[str, Any]]) -> Answer:
        body, headers = written(self.session.did, writes), {"content-type": "application/json"}
        return self.session.ask(verb, "POST", "repo.applyWrites", content=body, headers=headers)

    def _removed(self, uris: list[str]) -> None:
        """Remove records that exist, all at once."""
        for start in range(0, len(uris), WRITES):
            answer = self._applied(self.wire.call, [deletion(uri) for uri in uris[start : start + WRITES]])
            if not answer.fine:
                raise self._no(answer)

    def _there(self, uris: list[str]) -> list[str]:
        return [uri for uri in uris if self._cid(uri, Rejected) is not None]

    def _cid(self, uri: str, otherwise: type[NetworkError]) -> str | None:
        """The CID of a record as it stands on the server, None for one that does not."""
        repo, collection, rkey = uri.removeprefix("at://").split("/")
        wanted = {"repo": repo, "collection": collection, "rkey": rkey}
        answer = self.session.ask(self.wire.call, "GET", "repo.getRecord", params=wanted)
        if answer.status == 400 and answer.body.get("error") == "RecordNotFound":
            return None
        if not answer.fine:
            raise otherwise(f"{self.account.name}: cannot look for {uri}: {self.wire.said(answer)}")
        return str(answer.body.get("cid", ""))

    def _receipts(self, posts: tuple[Record, ...]) -> tuple[Receipt, ...]:
        moments = (datetime.fromisoformat(each.value["createdAt"]) for each in posts)
        return tuple(Receipt(each.uri, self._page(each), at, each.ref) for each, at in zip(posts, moments, strict=True))

    def _page(self, post: Record) -> str:
        return f"https://bsky.app/profile/{post.uri.split('/')[2]}/post/{post.rkey}"

    def _upload_all(self, batch: Batch) -> None:
        """Each once in a run, unless the server has swept it, and a few at a time: most of what an upload takes is waiting.
        Raises the first error when all have ended."""
        if wanted := [each for each in uploads(batch.posts).values() if each.sha256 not in self._uploaded]:
            with ThreadPoolExecutor(min(len(wanted), AT_ONCE)) as pool:
                list(pool.map(self._upload, wanted))

    def _upload(self, picture: Picture) -> None:
        content, headers = self.world.picture(picture.sha256), {"content-type": picture.mime}
        answer = self.session.ask(self.wire.call, "POST", "repo.uploadBlob", content=content, headers=headers)
        if not answer.fine:
            raise self._no(answer)
        if "blob" not in answer.body:
            raise Transient(f"{self.account.name}: the server did not confirm picture {picture.sha256[:8]}")
        if answer.body["blob"] != blob(picture):
            raise Rejected(f"{self.account.name}: the server changed picture {picture.sha256[:8]} – nothing was published")
        self._uploaded.add(picture.sha256)

    def _no(self, answer: Answer) -> NetworkError:
        said, error = f"{self.account.name}: {self.wire.said(answer)}", answer.body.get("error")
        if answer.status == 401 or error in STALE:
            return self.session.no(answer)
        if error == "BlobNotFound":
            self._uploaded.clear()
            return Transient(said)  # swept between upload and write: the next try uploads again
        if answer.status == 413 or error == "InvalidSize" or "blob too big" in said:
            return Rejected(f"{said} – {SMALLER}")
        return Rejected(said)

    def _same_did(self, key: Key) -> None:
        if key["did"] != self.session.did:
            raise Unauthorized(f"{self.account.name}: the handle belongs to another account now than when this was begun")


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def facts(account: Account, handles: frozenset[str], memory: Memory) -> Facts:
    """Who is mentioned, and how large a picture this server takes, as the config says: no server tells."""
    taken = min(int(Decimal(account.settings["picture_bytes"])) or BLUESKY.picture_bytes, BLUESKY.picture_bytes)
    return replace(look_up(account, handles, memory), rules=replace(BLUESKY, picture_bytes=taken))


NETWORK = Network(
    name="bluesky",
    rules=BLUESKY,
    settings=(
        Setting("server", "server", default="https://bsky.social"),
        Setting("handle"),
        Setting("password", "secret", default=""),
        Setting("picture_bytes", "number", default=str(BLUESKY.picture_bytes)),
        Setting("cards", choices=("off", "on"), default="off"),
        *option_settings(BLUESKY),
    ),
    destination=destination,
    facts=facts,
    connect=Bluesky,
    login=login,
    carries=carries,
)
