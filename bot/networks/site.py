"""A thread as a page of the author's own web site: a network that needs no account.

A folder per thread, completed beside its place and renamed into it: that rename is the commit. It is removed the same way.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from bot.core.errors import OutcomeUnknown, Rejected, Transient
from bot.core.model import Account, Receipt, Setting, Signed
from bot.core.rules import Rules
from bot.networks.base import Batch, Key, Network, World, asks_nothing
from bot.networks.page import ENDINGS, FRONTS, Entry, Place, entry_of, feed, file_of, parsed, rendered, safe

SITE = Rules(
    dialect="plain",
    length=500,
    pictures=20,
    picture_bytes=10_000_000,
    picture_pixels=40_000_000,
    picture_types=tuple(ENDINGS),
    batch=10_000,
    shown=(864, 864),  # the body of `site.html.j2`: 60rem without its padding; only upright pictures share a row
    source="our own choice: a page holds anything, but a post should be read in one breath",
)

LOCK = ".threadbot.lock"
PATIENCE = 30.0  # seconds to wait for another process that publishes into the same folder
UNREADABLE = (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError)


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
        with self._in_words("not published"):
            self._folder.mkdir(parents=True, exist_ok=True)
            self._refuse_a_foreign_front()

    def mint(self, batch: Batch, now: datetime) -> Key:  # noqa: ARG002 – a time is key enough for a folder of that name
        return {"at": now.astimezone(UTC).isoformat()}

    def send(self, batch: Batch, key: Key) -> tuple[Receipt, ...]:
        assert batch.posts == batch.thread.posts, "rules.batch is larger than any thread"
        entry = entry_of(batch.thread, key, self._place)
        with self._alone("not published"):
            # All of it is on the disk before any of it is in sight: a full disk leaves no half.
            moves = [*self._staged_page(entry, batch), *self._staged_fronts(self._entries(entry), entry.at)]
            self._move(moves, "published, but not listed")
        return self._receipts(entry, batch)

    def find(self, batch: Batch, key: Key) -> tuple[Receipt, ...] | None:
        entry = entry_of(batch.thread, key, self._place)
        try:
            there = self._holds(entry) and all(entry.mark.encode() in self._front(name) for name in FRONTS)
        except OSError as error:
            raise Transient(self._words("cannot look", error)) from error  # an unmounted disk comes back: look again then
        return self._receipts(entry, batch) if there else None

    def adopt(self, batch: Batch, key: Key, url: str) -> tuple[Receipt, ...]:
        receipts = self._receipts(entry_of(batch.thread, key, self._place), batch)
        page = receipts[0].url.partition("#")[0]
        if _page(url) != _page(page):
            raise Rejected(f"{self._name}: {url} is not where this thread would be: {page}")
        return receipts

    def delete(self, receipts: tuple[Receipt, ...]) -> None:
        """All posts of a page go together."""
        slug, at = receipts[0].id.rpartition("#")[0], receipts[0].at
        if not self._folder.exists():
            return
        with self._alone("not removed"):
            page, going = self._folder / slug, self._folder / f".{slug}.gone"
            there = self._read(slug)
            if os.path.lexists(page) and there is None:
                raise Rejected(f"{self._name}: {page} cannot be read – if it is this thread, remove it by hand")
            ours = there is not None and there.time == at  # else it is gone already, and another took its place
            left = [entry for entry in self._entries() if not (ours and entry.slug == slug)]
            moves = [(page, going)] if ours else []
            shutil.rmtree(going, ignore_errors=True)  # of a run that was killed
            self._move([*moves, *self._staged_fronts(left, at.isoformat())], "removed, but still listed")
            shutil.rmtree(going, ignore_errors=True)  # out of sight already

    def signed(self) -> Signed:
        return Signed(self._place.url or str(self._folder))

    def close(self) -> None:
        """Nothing is held."""

    def _receipts(self, entry: Entry, batch: Batch) -> tuple[Receipt, ...]:
        base = self._place.url or f"{self._folder.as_uri()}/"
        address = f"{base}{entry.path}/{self._place.leaf}"
        marks = [f"#p{post.index}" for post in batch.posts]
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

    def _entries(self, *coming: Entry) -> list[Entry]:
        """All pages of the folder and those to come, newest first; what cannot be read is passed over."""
        entries = {entry.slug: entry for entry in coming}
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
        values = {"entry": entry, "posts": batch.posts, "before": self._before(batch)}
        write(staged / "index.html", rendered("site.html.j2", place=self._place, **values))
        write(staged / "thread.json", json.dumps(asdict(entry), ensure_ascii=False, indent=1).encode())
        settle(staged)
        yield staged, final

    def _before(self, batch: Batch) -> Entry | None:
        """The page that a thread goes on from, where it is there."""
        slug = batch.after[-1].id.rpartition("#")[0] if batch.after else ""
        return self._read(slug) if safe(slug) else None

    def _staged_fronts(self, entries: list[Entry], at: str) -> Iterator[tuple[Path, Path]]:
        """Index and feed; `at`: when a feed without entries was last changed."""
        index = rendered("index.html.j2", place=self._place, entries=entries)
        for name, content in zip(FRONTS, (index, feed(entries, self._place, at)), strict=True):
            write(self._folder / f".{name}.new", content)
            yield self._folder / f".{name}.new", self._folder / name

    def _move(self, moves: Sequence[tuple[Path, Path]], half: str) -> None:
        """Into sight, or out of it; the first move is the commit."""
        moves[0][0].replace(moves[0][1])
        try:
            for staged, final in moves[1:]:
                staged.replace(final)
            settle(self._folder)
        except OSError as error:
            raise OutcomeUnknown(self._words(half, error)) from error

    @contextmanager
    def _alone(self, failed: str) -> Iterator[None]:
        """No other process changes the folder meanwhile."""
        with self._in_words(failed), FileLock(self._folder / LOCK, timeout=PATIENCE):
            self._refuse_a_foreign_front()
            yield

    @contextmanager
    def _in_words(self, failed: str) -> Iterator[None]:
        try:
            yield
        except Timeout as error:
            raise Transient(f"{self._name}: another threadbot is writing into {self._folder}") from error
        except OSError as error:
            raise Rejected(self._words(failed, error)) from error

    def _words(self, what: str, error: OSError) -> str:
        return f"{self._name}: {what}: {error.strerror} ({error.filename or self._folder}) – mend that, then retry"


def _page(url: str) -> str:
    """An address as people copy it: with or without what a web server adds."""
    return url.partition("#")[0].removesuffix("index.html").rstrip("/")


NETWORK = Network(
    name="site",
    rules=SITE,
    settings=(Setting("folder", "folder"), Setting("url", "url", default="")),
    destination=lambda account: account.settings["url"] or account.settings["folder"],
    facts=asks_nothing,
    connect=Site,
)
