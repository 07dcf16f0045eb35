"""Shipped test help, pure. Bluesky's records as its lexicons describe them; `faults(record)` says what a server would refuse.

Stricter than a server where that helps whoever writes a driver: a key that no lexicon knows, a facet beyond its text.
Sources: app.bsky.feed.post, .threadgate, .postgate, app.bsky.embed.*, app.bsky.richtext.facet as @atproto/pds 0.5.35 has them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from bot.core.graphemes import graphemes

Check = Callable[[Any, str], Iterator[str]]  # a value and its path in; what is wrong with it out
Forms = Mapping[str, re.Pattern[str]]

FORMS: Forms = {
    "at-uri": re.compile(r"at://did:[a-z]+:[\w.:%-]+/[\w.-]+/[\w.:~-]+"),
    "CID string": re.compile(r"baf[yk]rei[a-z2-7]{52}"),
    "did": re.compile(r"did:[a-z]+:[\w.:%-]+"),
    "uri": re.compile(r"[a-z][a-z0-9+.-]*:\S+"),
    "language": re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{1,8})*"),
    "datetime": re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)"),
}


def text(form: str = "", size: int = 0, clusters: int = 0) -> Check:
    """A string, of a form, of at most so many UTF-8 bytes and graphemes."""

    def check(value: Any, path: str) -> Iterator[str]:
        if not isinstance(value, str):
            yield f"Expected string value type at {path}"
        elif form and not FORMS[form].fullmatch(value):
            yield f'Invalid {form} (got "{value}") at {path}'
        elif size and len(value.encode()) > size:
            yield f"string too big (maximum {size}, got {len(value.encode())}) at {path}"
        elif clusters and (count := graphemes(value)) > clusters:
            yield f"grapheme too big (maximum {clusters}, got {count}) at {path}"

    return check


def whole(least: int) -> Check:
    """An integer."""

    def check(value: Any, path: str) -> Iterator[str]:
        if type(value) is not int or value < least:
            yield f"integer too small (minimum {least}, got {value}) at {path}"

    return check


def many(each: Check, most: int) -> Check:
    """An array."""

    def check(value: Any, path: str) -> Iterator[str]:
        if not isinstance(value, list):
            yield f"Expected array value type at {path}"
        elif len(value) > most:
            yield f"array too big (maximum {most}, got {len(value)}) at {path}"
        else:
            for index, one in enumerate(value):
                yield from each(one, f"{path}[{index}]")

    return check


def thing(required: Mapping[str, Check], optional: Mapping[str, Check] | None = None) -> Check:
    """An object with these keys and no others."""
    known = {**(optional or {}), **required, "$type": text()}

    def check(value: Any, path: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield f"Expected object value type at {path}"
            return
        yield from (f'Missing required key "{key}" at {path}' for key in required if key not in value)
        yield from (f'Unknown key "{key}" at {path}' for key in value if key not in known)
        for key, each in known.items():
            if key in value:
                yield from each(value[key], f"{path}.{key}")

    return check


def one_of(kinds: Mapping[str, Check]) -> Check:
    """A union: `$type` says which."""

    def check(value: Any, path: str) -> Iterator[str]:
        kind = value.get("$type") if isinstance(value, dict) else None
        if isinstance(kind, str) and kind in kinds:
            yield from kinds[kind](value, path)
        else:
            yield f"Expected one of {', '.join(kinds)} (got {kind}) at {path}"

    return check


def blob(most: int) -> Check:
    """A reference to an uploaded picture."""
    shape = thing({"ref": thing({"$link": text("CID string")}), "mimeType": text(), "size": whole(1)})

    def check(value: Any, path: str) -> Iterator[str]:
        yield from shape(value, path)
        if isinstance(value, dict) and isinstance(size := value.get("size"), int) and size > most:
            yield f"blob too big (maximum {most}, got {size}) at {path}"

    return check


FACET = "app.bsky.richtext.facet"
EMBED = "app.bsky.embed"
RATIO = thing({"width": whole(1), "height": whole(1)})
PICTURE = {"image": blob(2_000_000), "alt": text()}
REF = thing({"uri": text("at-uri"), "cid": text("CID string")})
FEATURES = {
    f"{FACET}#link": thing({"uri": text("uri")}),
    f"{FACET}#mention": thing({"did": text("did")}),
    f"{FACET}#tag": thing({"tag": text(size=640, clusters=64)}),
}
CARD = thing({"uri": text("uri"), "title": text(), "description": text()}, {"thumb": blob(1_000_000)})
EMBEDS = {
    f"{EMBED}.images": thing({"images": many(thing(PICTURE, {"aspectRatio": RATIO}), 4)}),
    f"{EMBED}.gallery": thing(
        {"items": many(one_of({f"{EMBED}.gallery#image": thing({**PICTURE, "aspectRatio": RATIO})}), 20)}
    ),
    f"{EMBED}.external": thing({"external": CARD}),
}
LABELS = "com.atproto.label.defs#selfLabels"
GATE = "app.bsky.feed.threadgate"
ALLOWED = {f"{GATE}#{rule}Rule": thing({}) for rule in ("mention", "follower", "following")}
ALLOWED[f"{GATE}#listRule"] = thing({"list": text("at-uri")})
RECORDS = {
    "app.bsky.feed.post": thing(
        {"$type": text(), "text": text(size=3000, clusters=300), "createdAt": text("datetime")},
        {
            "facets": many(
                thing({"index": thing({"byteStart": whole(0), "byteEnd": whole(0)}), "features": many(one_of(FEATURES), 9)}),
                999,
            ),
            "reply": thing({"root": REF, "parent": REF}),
            "embed": one_of(EMBEDS),
            "langs": many(text("language"), 3),
            "tags": many(text(size=640, clusters=64), 8),
            "labels": one_of({LABELS: thing({"values": many(thing({"val": text(size=128)}), 10)})}),
        },
    ),
    GATE: thing(
        {"$type": text(), "post": text("at-uri"), "createdAt": text("datetime")},
        {"allow": many(one_of(ALLOWED), 5), "hiddenReplies": many(text("at-uri"), 300)},
    ),
    "app.bsky.feed.postgate": thing(
        {"$type": text(), "post": text("at-uri"), "createdAt": text("datetime")},
        {"embeddingRules": many(one_of({"app.bsky.feed.postgate#disableRule": thing({})}), 5)},
    ),
}


def faults(collection: str, record: Any, path: str) -> Iterator[str]:
    """What is wrong with a record for a collection, in a server's words."""
    if collection not in RECORDS or not isinstance(record, dict) or record.get("$type") != collection:
        yield f"Invalid record for {collection} at {path}"
        return
    found = list(RECORDS[collection](record, path))
    yield from found or _beyond(record, path)


def _beyond(record: Mapping[str, Any], path: str) -> Iterator[str]:
    """Facets that are not within their text, or cut a character, or overlap."""
    coded, end = str(record.get("text", "")).encode(), 0
    for index, facet in enumerate(record.get("facets", ())):
        first, last = facet["index"]["byteStart"], facet["index"]["byteEnd"]
        edges = {coded[place : place + 1] and coded[place] & 0xC0 == 0x80 for place in (first, last)}
        if not end <= first < last <= len(coded) or True in edges:
            yield f"Facet {first} to {last} is not a part of the text at {path}.facets[{index}]"
        end = last


def blobs(value: Any) -> Iterator[Mapping[str, Any]]:
    """Every picture that a record refers to."""
    if isinstance(value, dict):
        if value.get("$type") == "blob":
            yield value
        else:
            for each in value.values():
                yield from blobs(each)
    elif isinstance(value, list):
        for each in value:
            yield from blobs(each)
