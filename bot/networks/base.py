"""What a network is to the house: its limits and settings as data, and a driver with few verbs.

A new network is one file that ends in `NETWORK = Network(...)`, one entry point in the group `bot.networks`, and one test
class that inherits `bot.testing.contract.NetworkContract`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import entry_points
from typing import Any, Protocol

from bot.core.model import Account, Facts, Post, Receipt, Setting, Thread
from bot.core.rules import Rules

Key = Mapping[str, Any]  # JSON; minted once for a batch and journaled before anything is sent


class Vault(Protocol):
    """Where a driver keeps its session between runs: a JSON object per account."""

    def get(self, account: str) -> dict[str, Any] | None: ...
    def put(self, account: str, session: Mapping[str, Any]) -> None: ...


@dataclass(frozen=True, slots=True)
class World:
    """What a driver is handed beside its account: kept sessions, and the bytes of a sealed picture by sha256."""

    vault: Vault
    picture: Callable[[str], bytes]


@dataclass(frozen=True, slots=True)
class Batch:
    """What one commit carries: some posts of a thread, after the receipts of all posts before them."""

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

        Raises Transient or Rejected when nothing was published, OutcomeUnknown when something may have been.
        """

    def find(self, batch: Batch, key: Key) -> tuple[Receipt, ...] | None:
        """Whether the batch was published under this key; None: it was not. Raises CannotTell."""

    def close(self) -> None:
        """Let go of connections."""


@dataclass(frozen=True, slots=True)
class Network:
    """A network as the house sees it. `connect` is None while threadbot can preview a network but not publish to it."""

    name: str
    rules: Rules
    settings: tuple[Setting, ...]
    destination: Callable[[Account], str]
    facts: Callable[[Account, frozenset[str]], Facts]
    connect: Callable[[Account, World], Driver] | None


def installed() -> dict[str, Network]:
    """Every network that is installed, ours and third parties', by name."""
    return {entry.name: entry.load() for entry in sorted(entry_points(group="bot.networks"))}


def asks_nothing(_account: Account, _handles: frozenset[str]) -> Facts:
    """The `facts` of a network that needs none."""
    return Facts()
