"""Pure. A post as a Mastodon server takes it, and how it is known again among those that the server shows.

Source: mastodon/documentation @2903485, methods/statuses and entities/Status.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from html.parser import HTMLParser
from typing import Any

from bot.core.model import Post, Receipt
from bot.networks.base import Batch

VISIBILITIES = ("public", "unlisted", "private", "direct")  # from everybody to those who are named
FOLLOW_UPS = ("unlisted", "public", "private", "direct")  # the default first: a thread fills no public timeline
SENSITIVE = ("false", "true")

IDENTITY = re.compile("[0-9A-Za-z_-]{1,64}")  # a server's id of anything: it becomes part of an address

# Addresses under which servers of this kind show a post; what is no post there (`/followers`) has no digit.
_POST = re.compile(
    r"https?://[^/?#]+(?:/web|/deck)?(?:/(?:@|p/)([^/]+)(?:/statuses|/posts)?|/users/([^/]+)/statuses|/statuses|/notice)"
    r"/((?=[A-Za-z]*[0-9])[0-9A-Za-z]{1,64})/?"
)
_HOST = re.compile(r"(?<=\w)@\w[\w.-]*\w")  # of a mention, which is not shown
_TAG = re.compile("<[^>]*>")


@dataclass(frozen=True, slots=True)
class Status:
    """What a server shows of a post: `parent` is empty for what answers to nothing."""

    id: str
    url: str
    at: datetime
    author: str
    parent: str
    content: str
    alts: tuple[str, ...]
    edited: bool

    @property
    def receipt(self) -> Receipt:
        return Receipt(self.id, self.url, self.at, {"id": self.id, "account": self.author})


def visibility(options: Mapping[str, str], reply: bool) -> str:
    """Who sees a post: what follows is never shown more widely than the first."""
    first = options.get("visibility", VISIBILITIES[0])
    return max(first, options.get("follow_ups", FOLLOW_UPS[0]), key=VISIBILITIES.index) if reply else first


def payload(batch: Batch, media: Sequence[str]) -> dict[str, Any]:
    """The one post of a batch as it is sent, with the ids of its uploaded pictures."""
    [post] = batch.posts
    options, warning = batch.thread.options, batch.thread.content_warning
    wanted = {
        "status": post.text,
        "visibility": visibility(options, bool(batch.after)),  # servers have defaults of their own
        "sensitive": options.get("sensitive") == "true" or bool(warning and post.pictures),
        "spoiler_text": warning,
        "language": batch.thread.lang,
        "media_ids": list(media),
        "in_reply_to_id": parent(batch),
    }
    return {name: value for name, value in wanted.items() if value not in ("", [])}


def parent(batch: Batch) -> str:
    """The id of the post that a batch answers to; empty for the first of a thread."""
    return str(batch.after[-1].ref["id"]) if batch.after else ""


def status(value: Any) -> Status | None:
    """A server's JSON of a post; None where it lacks what a post must have."""
    if not isinstance(value, dict):
        return None
    account, given, answered = value.get("account"), value.get("media_attachments"), value.get("in_reply_to_id")
    url = next((each for each in (value.get("url"), value.get("uri")) if _is_address(each)), "")
    author = account.get("id") if isinstance(account, dict) else None
    words = [value.get("id"), author, value.get("content"), "" if answered is None else answered]
    at, texts = _moment(value.get("created_at")), [each for each in words if isinstance(each, str)]
    if texts != words or not (IDENTITY.fullmatch(texts[0]) and at and url):
        return None
    media = given if isinstance(given, list) else []
    alts = tuple(str(each.get("description") or "") for each in media if isinstance(each, dict))
    identity, whose, content, above = texts
    return Status(identity, url, at, whose, above, content, alts, bool(value.get("edited_at")))


def post_at(url: str) -> tuple[str, str] | None:
    """The id of the post at an address, and whose it is, empty where the address does not say; None for no such address."""
    found = _POST.fullmatch(url)
    return (found[3], found[1] or found[2] or "") if found else None


def same_text(said: str, wanted: str) -> bool:
    """Whether two plain texts are the same, but for white space: servers trim it."""
    return _flat(said) == _flat(wanted)


def same_page(content: str, wanted: str) -> bool:
    """Whether HTML shows a text: a mention stands there without its host, and Pixelfed drops what looks like a tag."""
    shown = _flat(_HOST.sub("", _plain(content)))
    return shown in (_flat(_HOST.sub("", each)) for each in (wanted, _TAG.sub("", wanted)))


def same_alts(shown: Iterable[str], post: Post) -> bool:
    """Whether these are the alt texts of a post's pictures."""
    return [_flat(each) for each in shown] == [_flat(picture.alt) for picture in post.pictures]


def _flat(text: str) -> str:
    return "".join(unicodedata.normalize("NFC", text).split())


def _plain(content: str) -> str:
    reader = _Words()
    reader.feed(content)
    reader.close()
    return "".join(reader.words)


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        if tag in ("br", "p"):
            self.words.append("\n")


def _is_address(value: Any) -> bool:
    return isinstance(value, str) and bool(re.fullmatch(r"https?://[!-~]+", value))


def _moment(value: Any) -> datetime | None:
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    return moment if moment.tzinfo else None
