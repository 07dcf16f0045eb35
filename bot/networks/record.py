"""Pure. What is written into a Bluesky repository: posts and the gate before their replies, with keys and CIDs known
beforehand.

Sources: the lexicons app.bsky.feed.post, feed.threadgate, embed.images, embed.gallery, embed.external, richtext.facet and
com.atproto.repo.applyWrites (bluesky-social/atproto, November 2026).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.core.model import Annotation, Card, Picture, Post, Thread
from bot.networks.base import Batch, Key
from bot.networks.repo import blob_cid, record_cid

POST, THREADGATE, POSTGATE = "app.bsky.feed.post", "app.bsky.feed.threadgate", "app.bsky.feed.postgate"
APPLY = "com.atproto.repo.applyWrites"
WRITES = 200  # in one commit
BODY = 1_000_000  # bytes of JSON in one commit
FEW = 4  # pictures: more of them are a gallery
REPLIES = {  # who may answer: the rules of a gate, None for no gate
    "everyone": None,
    "mentioned": ("mentionRule",),
    "followers": ("followerRule",),
    "following": ("followingRule",),
    "nobody": (),
}


@dataclass(frozen=True, slots=True)
class Record:
    """A record as it will stand in the repository."""

    collection: str
    rkey: str
    uri: str
    cid: str
    value: dict[str, Any]

    @property
    def ref(self) -> dict[str, str]:
        """What a reply says of it."""
        return {"uri": self.uri, "cid": self.cid}


def records(batch: Batch, key: Key) -> tuple[Record, ...]:
    """The posts of a batch under its key: everything is known before the first byte is sent."""
    made: list[Record] = []
    chain = [dict(receipt.ref) for receipt in batch.after]
    for post, minted in zip(batch.posts, key["records"], strict=True):
        value = payload(post, batch.thread, minted["at"])
        if chain:
            value["reply"] = {"root": chain[0], "parent": chain[-1]}
        made.append(_record(key["did"], POST, minted["rkey"], value))
        chain.append(made[-1].ref)
    return tuple(made)


def gates(batch: Batch, made: Sequence[Record], key: Key) -> tuple[Record, ...]:
    """What says who may reply to the thread: beside its first post, under the same record key; most threads have none."""
    rules = REPLIES[batch.thread.options.get("replies", "everyone")]
    if rules is None or batch.after:
        return ()
    value = {"$type": THREADGATE, "post": made[0].uri, "allow": [{"$type": f"{THREADGATE}#{rule}"} for rule in rules]}
    return (_record(key["did"], THREADGATE, made[0].rkey, {**value, "createdAt": made[0].value["createdAt"]}),)


def _record(did: str, collection: str, rkey: str, value: dict[str, Any]) -> Record:
    return Record(collection, rkey, f"at://{did}/{collection}/{rkey}", record_cid(value), value)


def creation(record: Record) -> dict[str, Any]:
    """A record as one of the writes of a commit."""
    where = {"collection": record.collection, "rkey": record.rkey}
    return {"$type": f"{APPLY}#create", **where, "value": record.value}


def deletion(uri: str) -> dict[str, Any]:
    """The end of a record as one of the writes of a commit."""
    collection, rkey = uri.split("/")[-2:]
    return {"$type": f"{APPLY}#delete", "collection": collection, "rkey": rkey}


def payload(post: Post, thread: Thread, at: str) -> dict[str, Any]:
    """The record of a post, without its place in the chain."""
    value: dict[str, Any] = {"$type": POST, "text": post.text, "createdAt": at}
    if thread.lang:
        value["langs"] = [thread.lang]
    if post.annotations:
        value["facets"] = [facet(each) for each in post.annotations]
    if embed := _embed(post):
        value["embed"] = embed
    if post.pictures and thread.options.get("sensitive") == "true":
        value["labels"] = {"$type": "com.atproto.label.defs#selfLabels", "values": [{"val": "graphic-media"}]}
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


def _embed(post: Post) -> dict[str, Any] | None:
    """What stands under the text: there is room for one thing only, and pictures come first."""
    if len(post.pictures) > FEW:
        kind = {"$type": "app.bsky.embed.gallery#image"}
        return {"$type": "app.bsky.embed.gallery", "items": [{**kind, **image(each)} for each in post.pictures]}
    if post.pictures:
        return {"$type": "app.bsky.embed.images", "images": [image(each) for each in post.pictures]}
    return {"$type": "app.bsky.embed.external", "external": _external(post.card)} if post.card else None


def image(picture: Picture) -> dict[str, Any]:
    """A picture with its alt text; without the aspect ratio, readers would see it cropped."""
    return {
        "image": blob(picture),
        "alt": picture.alt,
        "aspectRatio": {"width": picture.width, "height": picture.height},
    }


def blob(picture: Picture) -> dict[str, Any]:
    """The reference that the server will give to a picture's bytes."""
    link = {"$link": blob_cid(picture.sha256)}
    return {"$type": "blob", "ref": link, "mimeType": picture.mime, "size": picture.size}


def _external(card: Card) -> dict[str, Any]:
    thumb = {"thumb": blob(card.picture)} if card.picture else {}
    return {"uri": card.url, "title": card.title, "description": card.description, **thumb}


def uploads(posts: Sequence[Post]) -> dict[str, Picture]:
    """The pictures that posts show, thumbnails too, each once, by sha256."""
    return {each.sha256: each for post in posts for each in _shown(post)}


def _shown(post: Post) -> Iterator[Picture]:
    yield from post.pictures
    if post.card and post.card.picture and not post.pictures:
        yield post.card.picture


def written(repo: str, writes: Sequence[Mapping[str, Any]]) -> bytes:
    """The body of a commit. Written here, so that its size is known wherever it is measured."""
    body = {"repo": repo, "validate": True, "writes": [*writes]}
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


# Longer than any real one: a did:plc has 32 characters, a did:web a host name, an rkey 13, a CID 59.
_DID, _RKEY = "d" * 300, "r" * 13
_REF = {"uri": f"at://{_DID}/{POST}/{_RKEY}", "cid": "c" * 59}
_GATE = Record(THREADGATE, _RKEY, "", "", {"post": _REF, "allow": "a" * 100, "createdAt": "t" * 24, "$type": THREADGATE})


def carries(thread: Thread, posts: Sequence[Post]) -> int:
    """How many of the next posts of a thread one commit takes, the gate of its replies included."""
    gated = posts[0].index == 1 and REPLIES[thread.options.get("replies", "everyone")] is not None
    most = min(len(posts), WRITES - gated)
    room = BODY - len(written(_DID, [creation(_GATE)]))
    for count, post in enumerate(posts[:most]):
        value = {**payload(post, thread, "t" * 24), "reply": {"root": _REF, "parent": _REF}}
        room -= len(written("", [creation(Record(POST, _RKEY, "", "", value))]))
        if room < 0:
            return max(1, count)  # one that fits nowhere is refused by the server, in its words
    return most
