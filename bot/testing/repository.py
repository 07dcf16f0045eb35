"""Shipped test help, pure. The repository of a Bluesky account: commits that are all or nothing, of records that are right."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.networks.repo import blob_cid, record_cid, tid
from bot.testing.lexicon import blobs, faults
from bot.testing.serving import Reply
from bot.testing.stage import Seen

POST = "app.bsky.feed.post"
RKEY = re.compile("[234567a-j][234567a-z]{12}")

Records = dict[tuple[str, str], dict[str, Any]]  # by collection and key: uri, cid, value


class Refused(Exception):
    """What the server says no with."""

    def __init__(self, status: int, error: str, message: str) -> None:
        super().__init__(message)
        self.reply = Reply(status, {"error": error, "message": message})


BROKEN = (500, "InternalServerError", "Internal Server Error")  # what the real one says of a key that exists, or does not


@dataclass
class Repository:
    """What stands in the repository `did`, and the files that were uploaded for it."""

    did: str
    records: Records = field(default_factory=dict)
    blobs: dict[str, dict[str, Any]] = field(default_factory=dict)  # by CID

    def posts(self) -> list[Seen]:
        """What a reader finds, in the order in which it came."""
        found = [each for (collection, _), each in self.records.items() if collection == POST]
        texts = {each["uri"]: each["value"]["text"] for each in found}
        return [Seen(each["value"]["text"], alts(each["value"]), parent(each["value"], texts)) for each in found]

    def keys(self, collection: str) -> list[tuple[str, str]]:
        """Where the records of a collection are, in order."""
        return sorted(key for key in self.records if key[0] == collection)

    def keep(self, content: bytes, mime: str) -> dict[str, Any]:
        """The reference of an uploaded file."""
        cid = blob_cid(hashlib.sha256(content).hexdigest())
        self.blobs[cid] = {"$type": "blob", "ref": {"$link": cid}, "mimeType": mime, "size": len(content)}
        return self.blobs[cid]

    def commit(self, writes: list[dict[str, Any]], now: datetime) -> dict[str, Any]:
        """All of it or nothing. Raises Refused."""
        after = dict(self.records)
        results = [VERBS[verb(each)](self, after, each, index) for index, each in enumerate(writes)]
        self.records = after
        rev = tid(now, 0)
        return {"commit": {"cid": record_cid({"rev": rev}), "rev": rev}, "results": results}

    def _create(self, after: Records, write: Mapping[str, Any], index: int) -> dict[str, Any]:
        collection, rkey, value = write.get("collection", ""), write.get("rkey", ""), write.get("value") or {}
        if not RKEY.fullmatch(rkey):
            raise Refused(400, "InvalidRequest", f'Invalid record key (got "{rkey}") at $.writes[{index}].rkey')
        for fault in faults(collection, value, f"$.writes[{index}].record"):
            raise Refused(400, "InvalidRequest", f"Invalid {collection} record: {fault}")
        self._refers(after, value, index)
        if (collection, rkey) in after:
            raise Refused(*BROKEN)
        made = {"uri": f"at://{self.did}/{collection}/{rkey}", "cid": record_cid(value)}
        after[collection, rkey] = {**made, "value": value}
        return {"$type": "com.atproto.repo.applyWrites#createResult", **made, "validationStatus": "valid"}

    def _refers(self, after: Records, value: Mapping[str, Any], index: int) -> None:
        """Raises Refused for pictures that were not uploaded and (a real one does not look) for replies to what is not here."""
        for each in blobs(value):
            if self.blobs.get(cid := each["ref"]["$link"]) != each:
                raise Refused(400, "BlobNotFound", f"Could not find blob: {cid}")
        for ref in value.get("reply", {}).values():
            if ref not in ({"uri": each["uri"], "cid": each["cid"]} for each in after.values()):
                raise Refused(400, "InvalidRequest", f"{ref['uri']} is not here at $.writes[{index}].record.reply")

    def _delete(self, after: Records, write: Mapping[str, Any], _index: int) -> dict[str, Any]:
        if after.pop((write.get("collection", ""), write.get("rkey", "")), None) is None:
            raise Refused(*BROKEN)
        return {"$type": "com.atproto.repo.applyWrites#deleteResult"}


VERBS: Mapping[str, Callable[[Repository, Records, Mapping[str, Any], int], dict[str, Any]]] = {
    "create": Repository._create,
    "delete": Repository._delete,
}


def verb(write: Mapping[str, Any]) -> str:
    """What a write does. Raises Refused for what this server does not do."""
    name = str(write.get("$type", "")).rpartition("#")[2]
    if name not in VERBS:
        raise Refused(400, "InvalidRequest", f"Action not supported: {write.get('$type')}")
    return name


def alts(value: Mapping[str, Any]) -> tuple[str, ...]:
    """The alt texts of a post's pictures, in order."""
    embed = value.get("embed", {})
    return tuple(image["alt"] for image in embed.get("images", embed.get("items", ())))


def parent(value: Mapping[str, Any], texts: Mapping[str, str]) -> str | None:
    """The text of the post that a post answers to; None where it answers to none, or to one that is gone."""
    return texts.get(value["reply"]["parent"]["uri"]) if "reply" in value else None
