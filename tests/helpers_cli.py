"""threadbot as a person or a script meets it: words in; exit code, stdout and stderr out. And small plans to seal."""

from __future__ import annotations

import io
import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from PIL import Image

from bot.cli.main import main
from bot.core.delivery import Event, Kind
from bot.core.model import Post, Receipt, Thread
from bot.core.plan import Plan
from bot.store.store import Store

DRAFT = "Water rises. #Loire https://example.org\n![Flood map](day1.png)\n\n---\n\nIt falls.\n"
NOON = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
SITE = '[accounts.blog]\nnetwork = "site"\nfolder = "public"\n'
SKY = '[accounts.sky]\nnetwork = "bluesky"\nserver = "{server}"\nhandle = "alice.test"\npassword = "env:SKY_PASSWORD"\n'
MASTO = '[accounts.masto]\nnetwork = "mastodon"\nserver = "https://social.example"\ntoken = "env:MASTO_TOKEN"\n'
X = (
    '[accounts.x]\nnetwork = "x"\nhandle = "alice"\nconsumer_key = "env:A"\nconsumer_secret = "env:B"\n'
    'access_token = "env:C"\naccess_token_secret = "env:D"\n'
)


PAST = datetime(2026, 1, 1, tzinfo=UTC)
LATER = ("--at", "2130-12-01 18:00")
INTENDED = Event(Kind.INTENDED, 1, 2, PAST, key={"at": PAST.isoformat()})


@dataclass(frozen=True)
class Said:
    """What came of a command."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


def threadbot(*words: str) -> Said:
    """A command in this process, nobody at the terminal. A traceback is a failure of the test."""
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2))
    with (
        redirect_stdout(out),
        redirect_stderr(err),
        mock.patch.object(sys, "argv", ["threadbot", *words]),
        mock.patch.object(sys, "stdin", io.StringIO()),
    ):
        try:
            main()
        except SystemExit as end:
            code = end.code
    assert isinstance(code, int)
    return Said(code, *(stream.buffer.getvalue().decode() for stream in (out, err)))


def process(*words: str, cwd: Path, python: tuple[str, ...] = ("-m", "bot"), **environment: str) -> Said:
    """A command in a process of its own."""
    done = subprocess.run(
        [sys.executable, *python, *words],
        cwd=cwd,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=60,
    )
    return Said(done.returncode, done.stdout.decode(), done.stderr.decode())


def settled(folder: Path, accounts: str = SITE, timezone: str = "Europe/Paris") -> None:
    """A config in a folder, with its own database."""
    text = f'timezone = "{timezone}"\ndatabase = "sqlite:///t.db"\n{accounts}'
    (folder / "config.toml").write_text(text, encoding="utf-8")


def drafted(folder: Path, text: str, name: str = "draft.md") -> str:
    """A draft in a folder; returns its name."""
    (folder / name).write_text(text, encoding="utf-8")
    return name


def drawn(file: Path, colour: str = "#3b6ea5") -> None:
    """A small picture in a file."""
    file.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (60, 40), colour).save(file)


def nowhere() -> str:
    """The address of a server that is not there: its port was free a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return f"http://127.0.0.1:{server.getsockname()[1]}"


def plan_of(*texts: str, slug: str = "loire", accounts: tuple[str, ...] = ("blog",)) -> Plan:
    """A plan of short posts."""
    words = texts or ("one", "two", "three")
    posts = tuple(Post(n, len(words), text, len(text), 500, "graphemes") for n, text in enumerate(words, 1))
    return Plan(slug, tuple(Thread(account, "site", "public", slug, "", "", posts) for account in accounts))


def receipt(number: int, url: str = "https://example.org/loire") -> Receipt:
    """A network's word for a post that is out."""
    return Receipt(str(number), f"{url}#p{number}", NOON)


def desk_in(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A config with a site and a draft with a picture, in the folder in which the commands run from now on."""
    for name in ("SKY_PASSWORD", "MASTO_TOKEN", "FORCE_COLOR", "NO_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_STATE_HOME", str(folder / "state"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
    monkeypatch.chdir(folder)
    settled(folder)
    drafted(folder, DRAFT)
    drawn(folder / "day1.png")
    return folder


@contextmanager
def offline() -> Iterator[None]:
    """A machine without any network: whoever tries to reach one fails the test."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("connect", "connect_ex", "sendto"):
            patch.setattr(socket.socket, name, lambda *_: pytest.fail("a network was reached for"))
        patch.setattr(socket, "getaddrinfo", lambda *_, **__: pytest.fail("a name was looked up"))
        yield


def fails(said: Said, code: int, *words: str) -> None:
    """It ends with this code, says these words on stderr, and nothing on stdout."""
    assert (said.code, said.out) == (code, ""), said
    for word in words:
        assert word in said.err
    assert "Traceback" not in said.err


def sealed() -> str:
    """The draft, sealed for later; returns its digest."""
    digest = threadbot("schedule", "draft.md", *LATER, "--json").json["digest"]
    assert isinstance(digest, str)
    return digest


def published() -> str:
    """The draft, published; returns its digest."""
    said = threadbot("publish", "draft.md", "--yes", "--json")
    assert said.code == 0, said
    digest = said.json["digest"]
    assert isinstance(digest, str)
    return digest


def happens(digest: str, *events: Event) -> None:
    """Lines of the ledger, from a publisher that died after them."""
    with Store(Path("t.db")) as store:
        lease = store.ledger.take(digest, "blog", 2, PAST)
        assert lease
        for event in events:
            store.ledger.append(lease, event)
