"""Bluesky: a whole thread is one atomic write whose record keys and CIDs are known beforehand.

So one look at the first key tells whether all of it is out, and sending again can never publish twice.
Sources: the lexicons of bluesky-social/atproto (app.bsky.feed.post, com.atproto.repo.applyWrites), read in August 2026.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from bot.core.errors import CannotTell, NetworkError, OutcomeUnknown, Rejected, Transient, Unauthorized
from bot.core.model import Account, Annotation, Facts, Picture, Post, Receipt, Setting
from bot.core.rules import Rules
from bot.networks.base import Batch, Key, Memory, Network, World
from bot.networks.repo import blob_cid, record_cid, tid

if TYPE_CHECKING:
    from bot.networks.wire import Answer, Wire

BLUESKY = Rules(
    dialect="bluesky",
    length=300,  # graphemes
    bytes=3000,
    pictures=4,
    picture_bytes=2_000_000,
    picture_types=("image/png", "image/jpeg", "image/webp"),
    alt_length=2000,  # the official app stops there; the lexicon sets none
    batch=100,  # of at most 200 writes and 1 MB in one commit
    source="app.bsky.feed.post, app.bsky.embed.images, com.atproto.repo.applyWrites (atproto @d6296a1)",
)
POST = "app.bsky.feed.post"
XRPC = "/xrpc/com.atproto."
SESSION = {"did": "did", "access": "accessJwt", "refresh": "refreshJwt"}  # our words for it, and theirs
STALE = ("ExpiredToken", "InvalidToken")  # an expired token is a 400 here, not a 401


@dataclass(frozen=True, slots=True)
class Record:
    """A post as it will stand in the repository."""

    rkey: str
    uri: str
    cid: str
    value: dict[str, Any]


def records(batch: Batch, key: Key) -> tuple[Record, ...]:
    """The records of a batch under its key: everything is known before the first byte is sent."""
    made: list[Record] = []
    chain = [dict(receipt.ref) for receipt in batch.after]
    for post, minted in zip(batch.posts, key["records"], strict=True):
        value = payload(post, batch.thread.lang, minted["at"])
        if chain:
            value["reply"] = {"root": chain[0], "parent": chain[-1]}
        cid = record_cid(value)
        uri = f"at://{key['did']}/{POST}/{minted['rkey']}"
        chain.append({"uri": uri, "cid": cid})
        made.append(Record(minted["rkey"], uri, cid, value))
    return tuple(made)


def payload(post: Post, lang: str, at: str) -> dict[str, Any]:
    """The record of a post, without its place in the chain."""
    value: dict[str, Any] = {"$type": POST, "text": post.text, "createdAt": at}
    if lang:
        value["langs"] = [lang]
    if post.annotations:
        value["facets"] = [facet(each) for each in post.annotations]
    if post.pictures:
        value["embed"] = {"$type": "app.bsky.embed.images", "images": [image(each) for each in post.pictures]}
    return value


def facet(annotation: Annotation) -> dict[str, Any]:
    """An annotation as app.bsky.richtext.facet: a cashtag is a tag that keeps its `$`."""
    target = annotation.target
    name, feature = {
        "link": ("link", {"uri": target}),
        "mention": ("mention", {"did": target}),
        "tag": ("tag", {"tag": target}),
        "cashtag": ("tag", {"tag": f"${target}"}),
    }[annotation.kind]
    return {
        "index": {"byteStart": annotation.start, "byteEnd": annotation.end},
        "features": [{"$type": f"app.bsky.richtext.facet#{name}", **feature}],
    }


def image(picture: Picture) -> dict[str, Any]:
    """A picture as app.bsky.embed.images takes it; without the aspect ratio, readers would see it cropped."""
    return {
        "image": blob(picture),
        "alt": picture.alt,
        "aspectRatio": {"width": picture.width, "height": picture.height},
    }


def blob(picture: Picture) -> dict[str, Any]:
    """The reference that the server will give to a picture's bytes."""
    link = {"$link": blob_cid(picture.sha256)}
    return {"$type": "blob", "ref": link, "mimeType": picture.mime, "size": picture.size}


class Bluesky:
    """The verbs of `bot.networks.base.Driver`, on a personal data server."""

    def __init__(self, account: Account, world: World) -> None:
        self.account, self.world = account, world
        self.wire = _wire(account)
        self.session: dict[str, Any] = {}

    def open(self) -> None:
        kept = self.world.vault.get(self.account.name) or {}
        if kept.get("for") == self._whose():
            self._take(kept)
        else:
            self._sign_in()

    def mint(self, batch: Batch, now: datetime) -> Key:
        clock = secrets.randbelow(1024)
        # after what is out already, whatever the clock says: readers sort by these times
        begin = max([now, *(receipt.at + timedelta(milliseconds=1) for receipt in batch.after[-1:])])
        moments = [begin + timedelta(milliseconds=index) for index in range(len(batch.posts))]
        minted = [{"rkey": tid(each, clock), "at": _iso(each)} for each in moments]
        return {"did": self.session["did"], "records": minted}

    def send(self, batch: Batch, key: Key) -> tuple[Receipt, ...]:
        self._same_did(key)
        for picture in {picture.sha256: picture for post in batch.posts for picture in post.pictures}.values():
            self._upload(picture)
        made = records(batch, key)
        create = f"{XRPC.removeprefix('/xrpc/')}repo.applyWrites#create"
        writes = [{"$type": create, "collection": POST, "rkey": each.rkey, "value": each.value} for each in made]
        request = {"repo": key["did"], "writes": writes, "validate": True}
        answer = self._signed(self.wire.commit, "POST", "repo.applyWrites", json=request)
        if not answer.fine:
            raise self._no(answer)
        results = answer.body.get("results")
        given = [(each.get("uri"), each.get("cid")) for each in results] if isinstance(results, list) else []
        if given != [(each.uri, each.cid) for each in made]:
            raise OutcomeUnknown(f"{self.account.name}: the server wrote something else than was sent")
        return self._receipts(made, key)

    def find(self, batch: Batch, key: Key) -> tuple[Receipt, ...] | None:
        self._same_did(key)
        made = records(batch, key)
        wanted = {"repo": key["did"], "collection": POST, "rkey": made[0].rkey}
        answer = self._signed(self.wire.call, "GET", "repo.getRecord", params=wanted)
        if answer.status == 400 and answer.body.get("error") == "RecordNotFound":
            return None
        if not answer.fine:
            raise CannotTell(f"{self.account.name}: cannot look for {made[0].uri}: {self.wire.said(answer)}")
        if answer.body.get("cid") != made[0].cid:
            raise CannotTell(f"{self.account.name}: {made[0].uri} is out, but is not the post of the plan")
        return self._receipts(made, key)

    def close(self) -> None:
        self.wire.close()

    def _receipts(self, made: tuple[Record, ...], key: Key) -> tuple[Receipt, ...]:
        profile = f"https://bsky.app/profile/{key['did']}/post/"
        return tuple(
            Receipt(
                each.uri,
                profile + each.rkey,
                datetime.fromisoformat(each.value["createdAt"]),
                {"uri": each.uri, "cid": each.cid},
            )
            for each in made
        )

    def _upload(self, picture: Picture) -> None:
        content, headers = self.world.picture(picture.sha256), {"content-type": picture.mime}
        answer = self._signed(self.wire.call, "POST", "repo.uploadBlob", content=content, headers=headers)
        if not answer.fine:
            raise self._no(answer)
        if "blob" not in answer.body:
            raise Transient(f"{self.account.name}: the server did not confirm picture {picture.sha256[:8]}")
        if answer.body["blob"] != blob(picture):
            raise Rejected(f"{self.account.name}: the server changed picture {picture.sha256[:8]} – nothing was published")

    def _signed(self, verb: Callable[..., Answer], method: str, name: str, **request: Any) -> Answer:
        """A request with the session's token, once more with a new one where the old one has expired."""
        headers = request.pop("headers", {})
        for _ in range(2):
            bearer = {"authorization": f"Bearer {self.session['access']}"}
            answer = verb(method, self._url(name), headers={**headers, **bearer}, **request)
            if answer.fine or answer.body.get("error") not in STALE:
                break
            self._renew()
        return answer

    def _url(self, name: str) -> str:
        return f"{self.session.get('pds', '')}{XRPC}{name}"

    def _no(self, answer: Answer) -> NetworkError:
        said = f"{self.account.name}: {self.wire.said(answer)}"
        if answer.status == 401 or answer.body.get("error") in STALE:
            return Unauthorized(f"{said} – check handle and password of the account")
        if answer.body.get("error") == "BlobNotFound":
            return Transient(said)  # swept between upload and write: the next try uploads again
        return Rejected(said)

    def _sign_in(self) -> None:
        password = self.account.secrets["password"]()
        self.wire.hide(password)
        request = {"identifier": self.account.settings["handle"], "password": password}
        answer = self.wire.call("POST", f"{XRPC}server.createSession", json=request)
        if answer.status in (400, 401):
            raise Unauthorized(f"{self.account.name}: {self.wire.said(answer)} – check handle and password of the account")
        self._keep(answer)

    def _renew(self) -> None:
        """A new pair of tokens. The old refresh token gives the same pair for two hours, so dying here costs nothing."""
        headers = {"authorization": f"Bearer {self.session['refresh']}"}
        answer = self.wire.call("POST", self._url("server.refreshSession"), headers=headers)
        if answer.fine:
            self._keep(answer)
        else:
            self._sign_in()

    def _keep(self, answer: Answer) -> None:
        session = {ours: answer.body.get(theirs) for ours, theirs in SESSION.items()}
        if not (all(isinstance(value, str) for value in session.values()) and str(session["did"]).startswith("did:")):
            raise Rejected(f"{self.account.name}: the server gave no session: {self.wire.said(answer)}")
        session |= {"for": self._whose(), "pds": next(_services(answer.body), "")}
        self.world.vault.put(self.account.name, session)
        self._take(session)

    def _take(self, session: dict[str, Any]) -> None:
        self.session = session
        self.wire.hide(session["access"], session["refresh"])

    def _whose(self) -> str:
        return destination(self.account)

    def _same_did(self, key: Key) -> None:
        if key["did"] != self.session["did"]:
            raise Unauthorized(f"{self.account.name}: the handle belongs to another account now than when this was begun")


def _services(session: Mapping[str, Any]) -> Iterator[str]:
    """The personal data server that an account lives on, as its identity document says; signing in may be elsewhere."""
    document = session.get("didDoc")
    services = document.get("service") if isinstance(document, dict) else None
    for service in services if isinstance(services, list) else []:
        if isinstance(service, dict) and service.get("id") in ("#atproto_pds", f"{session['did']}#atproto_pds"):
            endpoint = service.get("serviceEndpoint")
            if isinstance(endpoint, str) and "@" not in endpoint:
                yield endpoint.rstrip("/")


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def destination(account: Account) -> str:
    """Where the account points: whose repository, on which server."""
    return f"{account.settings['handle']} on {account.settings['server']}"


def facts(account: Account, handles: frozenset[str], _memory: Memory) -> Facts:
    """The DIDs of the handles that a draft mentions; asked without signing in."""
    if not handles:
        return Facts(people={})
    people: dict[str, str] = {}
    unknown: list[str] = []
    wire = _wire(account, seconds=5.0)
    try:
        for handle in sorted(handles):
            answer = wire.call("GET", f"{XRPC}identity.resolveHandle", params={"handle": handle.lower()})
            if isinstance(did := answer.body.get("did"), str) and did.startswith("did:"):
                people[handle] = did
            elif answer.status != 400:
                raise Transient(f"{account.name}: {wire.said(answer)}")
            else:
                unknown.append(f"{account.name}: nobody is named @{handle} on Bluesky – it will be plain text")
    except NetworkError as error:
        return Facts(people={}, assumed=(f"{error} – mentions were not looked up and are shown as plain text",))
    finally:
        wire.close()
    return Facts(people=people, warnings=tuple(unknown))


def _wire(account: Account, seconds: float = 30.0) -> Wire:
    from bot.networks.wire import Wire  # httpx takes longer to import than a preview takes to print

    return Wire(account.settings["server"], account.name, seconds)


NETWORK = Network(
    name="bluesky",
    rules=BLUESKY,
    settings=(
        Setting("server", "server", default="https://bsky.social"),
        Setting("handle"),
        Setting("password", "secret"),
    ),
    destination=destination,
    facts=facts,
    connect=Bluesky,
)
