"""What a network is to the house: its limits and settings as data, and a driver with few verbs.

A new network is one file that ends in `NETWORK = Network(...)`, one entry point in the group `bot.networks`, and one test
class that inherits `bot.testing.contract.NetworkContract`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from importlib.metadata import entry_points
from typing import Any, Protocol

from bot.core.model import Account, Facts, Post, Receipt, Setting, Signed, Thread
from bot.core.rules import Rules

Key = Mapping[str, Any]  # JSON; minted once for a batch and journaled before anything is sent


class Vault(Protocol):
    """Where a driver keeps what it signed in with between runs: a JSON object per account, in a file that only its owner may
    read. What is put is on disk when `put` returns."""

    def get(self, account: str) -> dict[str, Any] | None: ...
    def put(self, account: str, session: Mapping[str, Any]) -> None: ...
    def locked(self, account: str) -> AbstractContextManager[Any]:
        """No other process holds this lock at the same time: for tokens that may be renewed only once."""


class Memory(Protocol):
    """What servers were asked before, by name (`mastodon.social limits`): a JSON object, and when it was kept. No secrets."""

    def get(self, name: str) -> tuple[dict[str, Any], datetime] | None: ...
    def put(self, name: str, value: Mapping[str, Any]) -> None: ...


class Desk(Protocol):
    """The person at the desk, while they sign in."""

    def say(self, text: str) -> None: ...
    def ask(self, question: str, hidden: bool = False) -> str:
        """What they type; `hidden`: without showing it."""

    def visit(self, url: str) -> None:
        """Ask them to open an address in a browser."""

    def returned(self, port: int) -> Mapping[str, str]:
        """The query of the address at which their browser came back: heard on http://127.0.0.1:PORT/callback, or pasted by
        them where the browser is on another machine."""


@dataclass(frozen=True, slots=True)
class World:
    """What a driver is handed beside its account: what it signed in with, and the bytes of a sealed picture by sha256."""

    vault: Vault
    picture: Callable[[str], bytes]


@dataclass(frozen=True, slots=True)
class Batch:
    """What one commit carries: some posts of a thread, after the receipts of all posts before them. Those of the thread that
    it `follows`, if any, come first."""

    thread: Thread
    posts: tuple[Post, ...]
    after: tuple[Receipt, ...] = ()


class Driver(Protocol):
    """The verbs. Each raises errors of `bot.core.errors.NetworkError` and nothing else."""

    def open(self) -> None:
        """Sign in, or take up the kept session. Publishes nothing: may be repeated."""

    def mint(self, batch: Batch, now: datetime) -> Key:
        """The key of a batch: idempotency keys, or record keys. No I/O; after `open`."""

    def send(self, batch: Batch, key: Key) -> tuple[Receipt, ...]:
        """Upload what the batch needs (repeatable), then ONE commit. A receipt a post, in order.

        Raises Transient, Unauthorized, Halted, Rejected or Claimed when nothing was published, OutcomeUnknown when something
        may have been.
        """

    def find(self, batch: Batch, key: Key) -> tuple[Receipt, ...] | None:
        """Whether the batch was published under this key; None: it was not. Raises CannotTell."""

    def adopt(self, batch: Batch, key: Key, url: str) -> tuple[Receipt, ...]:
        """The receipts of a batch that a human found: `url` is where its last post is to be seen. No I/O. Raises Rejected
        where that is no address of a post on this network."""

    def delete(self, receipts: tuple[Receipt, ...]) -> None:
        """Remove posts, given in reading order, the last first, or all at once: of what one `send` published, or a part of
        it. What is gone already counts as done, so it may be repeated. Raises Transient or Rejected."""

    def signed(self) -> Signed:
        """Who is signed in: asked of the network where that costs nothing, else as it was last heard. After `open`."""

    def close(self) -> None:
        """Let go of connections."""


@dataclass(frozen=True, slots=True)
class Network:
    """A network as the house sees it.

    `facts` is told which handles a draft mentions. `connect` is None while threadbot can preview a network but not publish to
    it, `login` where there is nothing to sign in to. `price` is what a thread costs, in US dollars. `carries` says how many of
    the next posts of a thread one commit takes, where `rules.batch` is not the whole answer (at least one).
    """

    name: str
    rules: Rules
    settings: tuple[Setting, ...]
    destination: Callable[[Account], str]
    facts: Callable[[Account, frozenset[str], Memory], Facts]
    connect: Callable[[Account, World], Driver] | None
    login: Callable[[Account, World, Desk], None] | None = None
    price: Callable[[Account, Thread], Decimal] | None = None
    carries: Callable[[Thread, Sequence[Post]], int] | None = None

    def batch(self, thread: Thread, posts: Sequence[Post]) -> int:
        """How many of the next posts one commit takes."""
        return self.carries(thread, posts) if self.carries else self.rules.batch


def installed() -> dict[str, Network]:
    """Every network that is installed, ours and third parties', by name."""
    return {entry.name: entry.load() for entry in sorted(entry_points(group="bot.networks"))}


def option_settings(rules: Rules) -> tuple[Setting, ...]:
    """An account's own options, for drafts that do not say: as settings in the config."""
    return tuple(Setting(name, choices=values, default="") for name, values in rules.options)


def asks_nothing(_account: Account, _handles: frozenset[str], _memory: Memory) -> Facts:
    """The `facts` of a network that needs none."""
    return Facts()
