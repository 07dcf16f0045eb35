"""Shipped test help: the posts of the fake X, and how it shows them: links as t.co, `<`, `>` and `&` escaped, long ones cut."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import escape
from typing import Any

from bot.core.text import DIALECTS
from bot.testing.x_auth import Person

EPOCH = 1_288_834_974_657  # milliseconds since 1970, from which ids count
SHOWN = 270  # characters of a long post that its `text` has
ALWAYS = ("id", "text", "edit_history_post_ids")


@dataclass
class Tweet:
    """A post as it was taken. `request` has the fields that came with its text."""

    id: str
    author: Person
    text: str
    at: datetime
    media: tuple[str, ...]
    alts: tuple[str, ...]
    parent: Tweet | None
    request: dict[str, Any] = field(repr=False)
    live: bool = True

    @property
    def root(self) -> Tweet:
        """The first post of its conversation."""
        return self.parent.root if self.parent else self


def next_id(now: datetime, last: str) -> str:
    """An id of this moment, after the last one."""
    fresh = int(now.timestamp() * 1000) - EPOCH << 22
    return str(max(fresh, int(last) + 1))


def short(tweet: Tweet, number: int | str) -> str:
    """A t.co link of ten letters and digits."""
    return f"https://t.co/{int(tweet.id) % 10**7:07}{number:0>3}"


def shown(tweet: Tweet, fields: Sequence[str], expansions: Sequence[str]) -> dict[str, Any]:
    """A post as the API gives it, with the fields that were asked for."""
    text, urls = shortened(tweet)
    whole: dict[str, Any] = {
        "id": tweet.id,
        "text": text,
        "edit_history_post_ids": [tweet.id],
        "created_at": tweet.at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "conversation_id": tweet.root.id,
        "entities": {"urls": urls} if urls else {},
        "attachments": {"media_keys": [f"3_{media}" for media in tweet.media]} if tweet.media else {},
    }
    if DIALECTS["x"].count(tweet.text) > 280:
        whole["note_post"] = {"text": text, "entities": {"urls": urls}}
        whole["text"] = f"{text[:SHOWN]}… {short(tweet, 999)}"
    if "referenced_posts" in expansions and tweet.parent:
        whole["referenced_posts"] = [{"type": "replied_to", "id": tweet.parent.id}]
    if "author_id" in expansions:
        whole["author_id"] = tweet.author.id
    wanted = {*ALWAYS, *fields, *expansions}
    return {name: value for name, value in whole.items() if name in wanted and value}


def shortened(tweet: Tweet) -> tuple[str, list[dict[str, Any]]]:
    """A text with its links as t.co and escaped, and what each of them was."""
    parts, urls, done = [], [], 0
    for number, link in enumerate(each for each in DIALECTS["x"].entities(tweet.text) if each.kind == "link"):
        written = tweet.text[link.start : link.end]
        target = written if re.match("https?://", written, re.IGNORECASE) else f"http://{written}"
        parts += [escape(tweet.text[done : link.start], quote=False), short(tweet, number)]
        urls.append(_url(parts, short(tweet, number), target, target.partition("//")[2]))
        done = link.end
    parts.append(escape(tweet.text[done:], quote=False))
    if tweet.media:
        parts += [" " if tweet.text else "", short(tweet, 500)]
        page = f"https://x.com/{tweet.author.handle}/status/{tweet.id}/photo/1"
        urls += [{**_url(parts, short(tweet, 500), page, "pic.x.com"), "media_key": f"3_{each}"} for each in tweet.media]
    return "".join(parts), urls


def _url(parts: Sequence[str], url: str, target: str, display: str) -> dict[str, Any]:
    end = len("".join(parts))
    return {"start": end - len(url), "end": end, "url": url, "expanded_url": target, "display_url": display}


def normal(text: str) -> str:
    """A text as X keeps it."""
    return unicodedata.normalize("NFC", text)
