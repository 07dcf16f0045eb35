"""A newsroom on three networks, whose servers repeat every secret that they are told; and a shell that tells all it can."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx

from bot.testing.bluesky import FakePds
from bot.testing.mastodon import FakeMastodon
from bot.testing.serving import Fake, Reply, Request, Served
from bot.testing.x import FakeX
from tests.helpers_cli import Said, drawn

# As much as a program can be made to tell, and no waiting in between. Commands come from stdin, a line each, since to start a
# process for each takes longer than all of them together; how each ended goes to a file of its own.
LOUD = """
import datetime, json, logging, os, sys
logging.basicConfig(level=logging.DEBUG, stream=sys.stderr)
from bot.cli.main import main
from bot.engine import publisher, retry
retry.ATTEMPTS = 1
publisher.LINGER = datetime.timedelta(0)
if len(sys.argv) > 1:
    main()
for line in sys.stdin:
    sys.argv[1:] = json.loads(line)
    try:
        main()
    except SystemExit as end:
        sys.stdout.flush()
        os.write(int(os.environ["ENDED"]), f"{end.code}\\n".encode())
"""
DRAFT = """---
accounts: [blog, sky, masto, social, x, press]
numbering: off
absent: name
---
Water rises at the bridge. #Loire https://example.org @carol
![Flood map](map.png)

---

It falls.
"""
CONFIG = """
timezone = "Europe/Paris"
database = "sqlite:///t.db"
[accounts.blog]
network = "site"
folder = "public"
[accounts.sky]
network = "bluesky"
server = "{sky}"
handle = "alice.test"
password = "command:./tell sky"
[accounts.masto]
network = "mastodon"
server = "{masto}"
token = "file:masto.token"
[accounts.social]
network = "mastodon"
server = "{social}"
[accounts.x]
network = "x"
server = "{x}"
handle = "afp"
consumer_key = "env:X_KEY"
consumer_secret = "env:X_SECRET"
access_token = "file:x.token"
access_token_secret = "command:./tell x"
[accounts.press]
network = "x"
server = "{press}"
handle = "press"
client_id = "s3cret-free-client"
client_secret = "env:PRESS_SECRET"
[people.carol]
name = "Carol"
bluesky = "carol.test"
"""
INPUTS = ("config.toml", "tell", "masto.token", "x.token")  # what its people wrote; the secrets in there are theirs
TOLD = ("password", "code", "code_verifier", "client_secret", "refresh_token")  # to a server, in a body
GIVEN = ("access_token", "refresh_token", "accessJwt", "refreshJwt", "client_secret")  # by a server, in a body


@dataclass
class Echo:
    """A network that answers with what it was sent, under this status: to all requests, or to those that publish."""

    fake: Fake
    status: int = 0  # 0: it is honest
    publishing: bool = False
    secrets: set[str] = field(default_factory=set)  # that it was told, and that it gave

    def reply(self, request: Request, now: datetime) -> Reply:
        """As `bot.testing.serving.Fake`."""
        publishes = request.method == "POST" and request.path.endswith(("applyWrites", "/api/v1/statuses", "/2/tweets"))
        lies = self.status and (publishes or not self.publishing)
        reply = Reply() if lies else self.fake.reply(request, now)
        self._note(request, reply)
        return self._echo(request) if lies else reply

    def _note(self, request: Request, reply: Reply) -> None:
        told: dict[str, Any] = {}
        if request.headers.get("content-type", "").startswith(("application/json", "application/x-www-form")):
            told = request.json if isinstance(request.json, dict) else request.form
        given = reply.body if isinstance(reply.body, dict) else {}
        credentials = request.headers.get("authorization", "").partition(" ")[2]
        values = [credentials, *(told.get(name) for name in TOLD), *(given.get(name) for name in GIVEN)]
        self.secrets |= {value for value in values if isinstance(value, str) and value}

    def _echo(self, request: Request) -> Reply:
        header, body = request.headers.get("authorization", "nobody"), request.body.decode(errors="replace")[:2000]
        said = dict.fromkeys(("error", "message", "detail", "title", "error_description"), f"{header} {body}")
        them = dict.fromkeys(("id", "uri", "cid", "username", "acct", "access_token"), header)
        listed = {"errors": [{"message": header, "detail": body}], "results": [them], "data": them, "blob": them}
        address = f"https://a.example/{quote(header)}"
        headers = {"x-told": header, "location": address, "www-authenticate": header, "retry-after": "60"}
        return Reply(self.status, {**said, **them, **listed, "url": address}, headers)


class Shell:
    """A process that runs one command after another."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.files = tuple(folder.parent / f"{folder.name}.{name}" for name in ("out", "err"))
        ended, told = os.pipe()
        out, err = (path.open("wb") for path in self.files)
        with out, err:
            self.process = subprocess.Popen(
                [sys.executable, "-c", LOUD],
                cwd=folder,
                env={**environment, "ENDED": str(told)},
                stdin=subprocess.PIPE,
                stdout=out,
                stderr=err,
                pass_fds=[told],
            )
        os.close(told)
        self._ended = os.fdopen(ended)
        self._out, self._err = (path.open("rb") for path in self.files)

    def __enter__(self) -> Shell:
        return self

    def __exit__(self, *error: object) -> None:
        self.process.communicate(timeout=60)
        for each in (self._ended, self._out, self._err):
            each.close()

    def run(self, *words: str) -> tuple[int, bytes, bytes]:
        """How it ended, and what it said."""
        assert self.process.stdin, "it is a pipe"
        self.process.stdin.write(f"{json.dumps(words)}\n".encode())
        self.process.stdin.flush()
        code = self._ended.readline()
        out, err = self._out.read(), self._err.read()
        assert code, err.decode()
        return int(code), out, err


class Newsroom:
    """A folder, accounts on three networks, and everything that was ever printed."""

    def __init__(self, folder: Path, open_: ExitStack) -> None:
        self.folder, self.printed = folder, b""
        self.pds = FakePds(handle="alice.test", password="cörrect & hörse=+/%", people={"carol.test": "did:plc:carol"})
        self.masto, self.social, self.x, self.press = FakeMastodon(), FakeMastodon(), FakeX(), FakeX()
        self.token = self.masto.sign_up("alice")
        self.social.sign_up("bob")
        self.afp, self.reporter = self.x.gate.person("afp"), self.press.gate.person("press")
        self.press.gate.client_secret = "client & s3cret/+="
        fakes = {"sky": self.pds, "masto": self.masto, "social": self.social, "x": self.x, "press": self.press}
        self.echoes = {name: Echo(fake) for name, fake in fakes.items()}
        self._furnish({name: open_.enter_context(Served(echo)).url for name, echo in self.echoes.items()})
        self.environment = {
            **os.environ,
            "X_KEY": self.afp.consumer_key,
            "X_SECRET": self.afp.consumer_secret,
            "PRESS_SECRET": self.press.gate.client_secret,
            "PYTHONDEVMODE": "1",
            "XDG_STATE_HOME": str(folder / "state"),
            "XDG_CACHE_HOME": str(folder / "cache"),
        }
        self._shell = open_.enter_context(Shell(folder, self.environment))

    def _furnish(self, urls: dict[str, str]) -> None:
        secrets = {"sky": self.pds.password, "x": self.afp.access_token_secret}
        cases = "".join(f"{name}) printf %s {shlex.quote(secret)};;\n" for name, secret in secrets.items())
        contents = {
            "config.toml": CONFIG.format(**urls),
            "draft.md": DRAFT,
            "more.md": DRAFT.replace("Water", "It").replace("falls", "is still there"),
            "masto.token": self.token,
            "x.token": self.afp.access_token,
            "tell": f'#!/bin/sh\ncase "$1" in\n{cases}esac\n',
        }
        for name, content in contents.items():
            (self.folder / name).write_text(content, encoding="utf-8")
            (self.folder / name).chmod(0o700 if name == "tell" else 0o600)
        drawn(self.folder / "map.png")

    @property
    def typed(self) -> set[str]:
        """What its people keep to themselves: it is read when it is needed, and kept nowhere."""
        afp = self.afp
        own = {self.token, afp.consumer_key, afp.consumer_secret, afp.access_token, afp.access_token_secret}
        return own | {self.pds.password, self.press.gate.client_secret}

    @property
    def secrets(self) -> set[str]:
        """Theirs, and all that went over a wire."""
        return self.typed.union(*(echo.secrets for echo in self.echoes.values()))

    def lie(self, status: int, publishing: bool = False) -> None:
        """From now on all servers repeat what they are told; 0: no more."""
        for echo in self.echoes.values():
            echo.status, echo.publishing = status, publishing

    def age(self) -> None:
        """Every token that ends has ended: there will be others."""
        self.pds.tokens.expire("access", datetime.now(UTC))
        for grant in self.press.gate.grants:
            grant.expires = dict.fromkeys(grant.expires, datetime.now(UTC))

    def run(self, *words: str) -> Said:
        """A command."""
        return self._heard(*self._shell.run(*words))

    def login(self, account: str, typed: str | Callable[[str], str]) -> Said:
        """A login in a process of its own. What somebody types, or what they paste when they were asked to open an address."""
        pasting = not isinstance(typed, str)
        command = [sys.executable, "-c", LOUD, "login", account, *(["--paste"] if pasting else [])]
        pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        with subprocess.Popen(command, cwd=self.folder, env=self.environment, **pipes) as process:
            asked, line = b"", b"-"
            while pasting and line and b"paste here" not in asked:
                line = process.stderr.readline()
                asked += line
            address = next((line for line in asked.decode().splitlines() if line.startswith("http")), "")
            answer = typed if isinstance(typed, str) else typed(address) if address else ""
            out, err = process.communicate(f"{answer}\n".encode(), timeout=60)
        return self._heard(process.returncode, out, asked + err)

    def _heard(self, code: int, out: bytes, err: bytes) -> Said:
        self.printed += out + err
        assert b"Traceback" not in err, err.decode()
        return Said(code, out.decode(), err.decode())

    def let_in(self, url: str) -> str:
        """Where a Mastodon server sends a browser."""
        return httpx.get(url, trust_env=False).headers["location"]

    def let_in_by_x(self, url: str) -> str:
        """Where X sends a browser."""
        came = self.press.gate.authorised(url, self.reporter, datetime.now(UTC))
        return str(httpx.URL(self.press.gate.back, params=came))

    def files(self) -> Iterator[Path]:
        """Everything that threadbot wrote, the vault apart."""
        for path in self.folder.rglob("*"):
            if path.is_file() and "t.db.vault" not in path.parts and path.name not in INPUTS:
                yield path
