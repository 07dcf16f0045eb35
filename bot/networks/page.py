"""Pure. What stands in the files of a site: pages, their entries in index and feed. All text is escaped.

All that stands in them comes from the sealed thread and its key, so the same batch under the same key gives the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import re
import uuid
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from markupsafe import Markup, escape

from bot.core.errors import Rejected
from bot.core.model import Picture, Post, Thread
from bot.core.plan import canonical
from bot.networks.base import Key

if TYPE_CHECKING:
    from jinja2 import Environment

ENDINGS = {"image/png": "png", "image/jpeg": "jpg", "image/webp": "webp", "image/gif": "gif"}
# By these words the files at the top of the folder are known as ours; others are somebody's home page.
FRONTS = {
    "index.html": b'<meta name="generator" content="threadbot">',
    "feed.xml": b"<generator>threadbot</generator>",
}
CONTINUED = {"de": "Fortsetzung von", "en": "Continued from", "es": "Continuación de", "fr": "Suite de", "it": "Seguito di"}
UNFIT_FOR_A_FOLDER = re.compile("^[.]|[/\\\\\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
UNFIT_FOR_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
LINK = Markup('<a href="{}" rel="noopener nofollow">{}</a>')
IMAGE = Markup('<p><img src="{}" alt="{}" width="{}" height="{}"></p>')


@dataclass(frozen=True, slots=True)
class Entry:
    """What the index and the feed know of a page: its `thread.json`. It is public: it names no account and no path."""

    slug: str
    title: str
    lang: str
    at: str  # ISO 8601 with its zone
    content: str  # SHA-256 of all that was published
    opening: str
    count: int
    html: str

    @property
    def path(self) -> str:
        return quote(self.slug, safe="")

    @property
    def time(self) -> datetime:
        return datetime.fromisoformat(self.at).astimezone(UTC)

    @property
    def heading(self) -> str:
        return self.title or shortened(self.opening, 80) or self.slug

    @property
    def mark(self) -> str:
        """A UUID that stays when the site moves."""
        return str(uuid.uuid5(uuid.NAMESPACE_URL, f"threadbot:{self.slug}:{self.content}@{self.at}"))


@dataclass(frozen=True, slots=True)
class Place:
    """Where a site is: its folder, and its public address with a slash at the end, or "" while it has none."""

    folder: Path
    url: str

    @property
    def name(self) -> str:
        return self.url.partition("://")[2].rstrip("/") or self.folder.name

    @property
    def leaf(self) -> str:
        return "" if self.url else "index.html"  # which only a web server adds to the name of a folder by itself


def linked(post: Post) -> Markup:
    """The text of a post with its links marked; its text content is `post.text`, byte for byte."""
    raw, done, parts = post.text.encode(), 0, []
    links = sorted((mark.start, mark.end, mark.target) for mark in post.annotations if mark.kind == "link")
    for start, end, target in links:
        if done <= start < end and target.lower().startswith(("http://", "https://")):
            parts += [escape(raw[done:start].decode()), LINK.format(target, raw[start:end].decode())]
            done = end
    return Markup("").join([*parts, escape(raw[done:].decode())])


def file_of(picture: Picture) -> str:
    """The name of a picture's file, beside its page."""
    return f"{picture.sha256[:16]}.{ENDINGS[picture.mime]}"


def shortened(text: str, room: int) -> str:
    """The first words of a text on one line, in at most `room` characters."""
    line = " ".join(text.split())
    if len(line) <= room:
        return line
    cut = line[: room - 1]
    return (cut.rpartition(" ")[0] or cut).rstrip(" ,;:.–—-") + "…"


def safe(slug: str) -> bool:
    """Whether a slug is the name of one folder, in sight and not in the way of the site's own files."""
    fit = slug and not UNFIT_FOR_A_FOLDER.search(slug) and slug.casefold() not in FRONTS
    return bool(fit) and len(slug.encode()) <= 200


def entry_of(thread: Thread, key: Key, place: Place) -> Entry:
    """The entry of a page to be made. Raises Rejected."""
    if not safe(thread.slug):
        raise Rejected(f"{thread.account}: {thread.slug!r} cannot be a folder of the site – rename the draft")
    count = len(thread.posts)
    content = hashlib.sha256(canonical([thread.title, thread.lang, *map(asdict, thread.posts)])).hexdigest()
    first = thread.posts[0]
    opening = shortened(first.text.removeprefix(f"{first.index}/{first.total}"), 240)
    html = article(thread, f"{place.url}{quote(thread.slug, safe='')}")
    return Entry(thread.slug, thread.title, thread.lang, key["at"], content, opening, count, html)


def parsed(slug: str, source: bytes) -> Entry:
    """The entry of a folder from its `thread.json`. Raises one of UNREADABLE for a file that is not as we write it."""
    raw = json.loads(source)
    told = {field.name: raw[field.name] for field in fields(Entry)}
    if any(type(value) is not (int if name == "count" else str) for name, value in told.items()):
        raise TypeError("not text where text should be")
    canonical(told)  # JSON can spell a lone surrogate, a page cannot
    entry = Entry(**{**told, "slug": slug})  # the folder's name counts: people rename folders
    if entry.time and datetime.fromisoformat(entry.at).tzinfo is None:
        raise ValueError("a time without its zone")
    return entry


def article(thread: Thread, folder: str) -> str:
    """A thread as the HTML of a feed entry: readers drop styles, so line breaks are elements."""
    parts = []
    for post in thread.posts:
        parts.append(Markup("<p>{}</p>").format(linked(post).replace("\n", Markup("<br>"))))
        for each in post.pictures:
            parts.append(IMAGE.format(f"{folder}/{file_of(each)}", each.alt, each.width, each.height))
    return "".join(parts)


@cache
def _templates() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined  # a preview makes no page, and does not wait for it

    return Environment(autoescape=True, loader=PackageLoader("bot.networks", ""), trim_blocks=True, undefined=StrictUndefined)


def rendered(template: str, **values: Any) -> bytes:
    """A page, from the template of that name; whatever stands in the values is escaped."""
    page: str = _templates().get_template(template).render(values, linked=linked, file_of=file_of, continued=CONTINUED)
    return page.encode()


def feed(entries: Sequence[Entry], place: Place, at: str) -> bytes:
    """All threads in Atom (RFC 4287); `at` is when it was last changed, should it be empty."""

    def put(parent: ET.Element, tag: str, text: str = "", **attributes: str) -> ET.Element:
        fit = {name: UNFIT_FOR_XML.sub("�", value) for name, value in attributes.items()}
        node = ET.SubElement(parent, tag, fit)
        node.text = UNFIT_FOR_XML.sub("�", text) or None
        return node

    top = ET.Element("feed", xmlns="http://www.w3.org/2005/Atom")
    put(top, "id", place.url or uuid.uuid5(uuid.NAMESPACE_URL, place.folder.as_uri()).urn)
    put(top, "title", place.name)
    put(top, "updated", entries[0].at if entries else at)
    put(put(top, "author"), "name", place.name)
    put(top, "generator", "threadbot")
    put(top, "link", rel="alternate", type="text/html", href=place.url or place.leaf)
    if place.url:
        put(top, "link", rel="self", type="application/atom+xml", href=f"{place.url}feed.xml")
    for entry in entries:
        node = put(top, "entry")
        put(node, "id", f"urn:uuid:{entry.mark}")
        put(node, "title", entry.heading)
        put(node, "updated", entry.at)
        put(node, "link", rel="alternate", type="text/html", href=f"{place.url}{entry.path}/{place.leaf}")
        put(node, "content", entry.html, **{"type": "html", XML_LANG: entry.lang})
    return bytes(ET.tostring(top, encoding="utf-8", xml_declaration=True))
