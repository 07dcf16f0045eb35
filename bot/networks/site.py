"""A thread as a page of the author's own web site: a network that needs no account.

A folder per thread, completed beside its place and renamed into it: that rename is the commit. All that stands in it
comes from the sealed thread and its key, so the same batch under the same key gives the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import uuid
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from filelock import FileLock, Timeout
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from bot.core.errors import CannotTell, OutcomeUnknown, Rejected, Transient
from bot.core.model import Account, Picture, Post, Receipt, Setting, Thread
from bot.core.plan import canonical
from bot.core.rules import Rules
from bot.networks.base import Batch, Key, Network, World, asks_nothing

ENDINGS = {"image/png": "png", "image/jpeg": "jpg", "image/webp": "webp", "image/gif": "gif"}
SITE = Rules(
    dialect="plain", length=500, batch=10_000,
    pictures=20, picture_bytes=10_000_000, picture_pixels=40_000_000, picture_types=tuple(ENDINGS),
    source="our own choice: a page holds anything, but a post should be read in one breath",
)

LOCK = ".threadbot.lock"
PATIENCE = 30.0  # seconds to wait for another process that publishes into the same folder
# By these words the files at the top of the folder are known as ours; others are somebody's home page.
FRONTS = {
    "index.html": b'<meta name="generator" content="threadbot">',
    "feed.xml": b"<generator>threadbot</generator>",
}
UNFIT_FOR_A_FOLDER = re.compile("^[.]|[/\\\\\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
UNFIT_FOR_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
UNREADABLE = (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError)
LINK = Markup('<a href="{}" rel="noopener nofollow">{}</a>')
IMAGE = Markup('<p><img src="{}" alt="{}" width="{}" height="{}"></p>')
TEMPLATES = Environment(
    autoescape=True, loader=PackageLoader("bot.networks", ""), trim_blocks=True, undefined=StrictUndefined
)


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
    opening = shortened(thread.posts[0].text.removeprefix(f"1/{count}"), 240)
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


def rendered(template: str, **values: Any) -> bytes:
    return TEMPLATES.get_template(template).render(values, linked=linked, file_of=file_of).encode()


def feed(entries: Sequence[Entry], place: Place) -> bytes:
    """All threads in Atom (RFC 4287)."""

    def put(parent: ET.Element, tag: str, text: str = "", **attributes: str) -> ET.Element:
        fit = {name: UNFIT_FOR_XML.sub("�", value) for name, value in attributes.items()}
        node = ET.SubElement(parent, tag, fit)
        node.text = UNFIT_FOR_XML.sub("�", text) or None
        return node

    top = ET.Element("feed", xmlns="http://www.w3.org/2005/Atom")
    put(top, "id", place.url or uuid.uuid5(uuid.NAMESPACE_URL, place.folder.as_uri()).urn)
    put(top, "title", place.name)
    put(top, "updated", entries[0].at)
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


def write(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def settle(folder: Path) -> None:
    """Make the names in a folder outlast a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class Site:
    """The verbs of `bot.networks.base.Driver`, on a folder."""

    def __init__(self, account: Account, world: World) -> None:
        url = account.settings["url"]
        self._name = account.name
        self._folder = Path(account.settings["folder"])
        self._place = Place(self._folder, url and url.rstrip("/") + "/")
        self._picture = world.picture

    def open(self) -> None:
        if self._folder.is_file():
            raise Rejected(f"{self._name}: {self._folder} is a file – set a folder for this account in the config")
        with self._in_words():
            self._folder.mkdir(parents=True, exist_ok=True)
            self._refuse_a_foreign_front()

    def mint(self, batch: Batch, now: datetime) -> Key:  # noqa: ARG002 – a time is key enough for a folder of that name
        return {"at": now.astimezone(UTC).isoformat()}

    def send(self, batch: Batch, key: Key) -> tuple[Receipt, ...]:
        assert batch.posts == batch.thread.posts, "rules.batch is larger than any thread"
        entry = entry_of(batch.thread, key, self._place)
        with self._in_words(), FileLock(self._folder / LOCK, timeout=PATIENCE):
            self._refuse_a_foreign_front()
            # All of it is on the disk before any of it is in sight: a full disk leaves no half.
            self._move([*self._staged_page(entry, batch), *self._staged_fronts(entry)])
        return self._receipts(entry)

    def find(self, batch: Batch, key: Key) -> tuple[Receipt, ...] | None:
        entry = entry_of(batch.thread, key, self._place)
        try:
            there = self._holds(entry) and all(entry.mark.encode() in self._front(name) for name in FRONTS)
        except OSError as error:
            raise CannotTell(self._words("cannot look", error)) from error
        return self._receipts(entry) if there else None

    def _receipts(self, entry: Entry) -> tuple[Receipt, ...]:
        base = self._place.url or f"{self._folder.as_uri()}/"
        address = f"{base}{entry.path}/{self._place.leaf}"
        marks = [f"#p{number}" for number in range(1, entry.count + 1)]
        return tuple(Receipt(entry.slug + mark, address + mark, entry.time) for mark in marks)

    def _read(self, slug: str) -> Entry | None:
        """The entry of a folder; None where there is none that we could have made. Raises OSError."""
        file = self._folder / slug / "thread.json"
        try:
            return parsed(slug, file.read_bytes()) if file.is_file() else None
        except UNREADABLE:
            return None

    def _holds(self, entry: Entry) -> bool:
        there = self._read(entry.slug)
        return there is not None and there.mark == entry.mark

    def _front(self, name: str) -> bytes:
        file = self._folder / name
        return file.read_bytes() if file.is_file() else b""

    def _refuse_a_foreign_front(self) -> None:
        for name, sign in FRONTS.items():
            where = self._folder / name
            if os.path.lexists(where) and sign not in self._front(name):
                raise Rejected(f"{self._name}: {where} was not made by threadbot – give the site a folder of its own")

    def _entries(self, coming: Entry) -> list[Entry]:
        """All pages of the folder and the one to come, newest first; what cannot be read is passed over."""
        entries = {coming.slug: coming}
        for folder in self._folder.iterdir():
            with suppress(OSError):
                if safe(folder.name) and (entry := self._read(folder.name)):
                    entries[entry.slug] = entry
        return sorted(entries.values(), key=lambda entry: (entry.time, entry.slug), reverse=True)

    def _staged_page(self, entry: Entry, batch: Batch) -> Iterator[tuple[Path, Path]]:
        """The page's folder, complete beside its place; nothing where the page is there already."""
        final, staged = self._folder / entry.slug, self._folder / f".{entry.slug}.new"
        if os.path.lexists(final):
            if self._holds(entry):
                return
            what_next = "rename the draft, or remove that folder"
            raise Rejected(f"{self._name}: {final} already holds another thread – {what_next}")
        if staged.exists():
            shutil.rmtree(staged)  # of a run that was killed
        staged.mkdir()  # not mkdtemp, whose folders a web server may not read
        for picture in {each for post in batch.posts for each in post.pictures}:
            write(staged / file_of(picture), self._picture(picture.sha256))
        write(staged / "index.html", rendered("site.html.j2", place=self._place, entry=entry, posts=batch.posts))
        write(staged / "thread.json", json.dumps(asdict(entry), ensure_ascii=False, indent=1).encode())
        settle(staged)
        yield staged, final

    def _staged_fronts(self, entry: Entry) -> Iterator[tuple[Path, Path]]:
        entries = self._entries(entry)
        index = rendered("index.html.j2", place=self._place, entries=entries)
        for name, content in zip(FRONTS, (index, feed(entries, self._place)), strict=True):
            write(self._folder / f".{name}.new", content)
            yield self._folder / f".{name}.new", self._folder / name

    def _move(self, moves: Sequence[tuple[Path, Path]]) -> None:
        """Into sight; the first move is the commit."""
        moves[0][0].replace(moves[0][1])
        try:
            for staged, final in moves[1:]:
                staged.replace(final)
            settle(self._folder)
        except OSError as error:
            raise OutcomeUnknown(self._words("published, but not listed", error)) from error

    @contextmanager
    def _in_words(self) -> Iterator[None]:
        try:
            yield
        except Timeout as error:
            raise Transient(f"{self._name}: another threadbot is writing into {self._folder}") from error
        except OSError as error:
            raise Rejected(self._words("not published", error)) from error

    def _words(self, what: str, error: OSError) -> str:
        return f"{self._name}: {what}: {error.strerror} ({error.filename or self._folder}) – mend that, then retry"


NETWORK = Network(
    name="site",
    rules=SITE,
    settings=(Setting("folder", "folder"), Setting("url", "url", default="")),
    destination=lambda account: account.settings["url"] or account.settings["folder"],
    facts=asks_nothing,
    connect=Site,
)
