"""Pure. The one error tree, named by what to do next.

BotError
├── DraftError       the author edits the draft; holds every fault found, each with its place
├── ConfigError      the operator edits the config; holds every fault found, each with its key
├── PlanError        the plan is not the one expected, or would go out twice
├── StoreError       the operator mends the database: its disk, its rights, its version
└── NetworkError     a network did not do what was asked
    ├── Transient        nothing was published: again later
    ├── OutcomeUnknown   something may have been published: look first
    ├── CannotTell       we looked and still do not know: ask a human
    ├── Unauthorized     renew the credentials
    ├── Halted           nothing was published, and nothing will be before a human does something elsewhere: pay, say
    └── Rejected         the network said no, in its own words
        └── Claimed          the network says that it has this already, not where: look for it, else ask
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing to mend, and where: `path:line:column` in a draft (both from 1, in characters), or a config key."""

    path: str
    line: int
    column: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}: {self.message}"


@dataclass(frozen=True, slots=True, order=True)
class KeyFault:
    """One thing to mend in the config, at a dotted key such as `accounts.sky.password`."""

    path: str
    key: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}: {self.key}: {self.message}" if self.key else f"{self.path}: {self.message}"


class BotError(Exception):
    """Anything that threadbot says to a person instead of a traceback."""


class DraftError(BotError):
    """The author edits the draft. All faults of the file at once, in reading order."""

    def __init__(self, *faults: Fault) -> None:
        self.faults = tuple(sorted(faults))
        super().__init__("\n".join(map(str, self.faults)))


class ConfigError(BotError):
    """The operator edits the config. All faults of the file at once."""

    def __init__(self, *faults: KeyFault) -> None:
        self.faults = faults
        super().__init__("\n".join(map(str, self.faults)))


class PlanError(BotError):
    """A plan that is not the one somebody asked for, or that would publish something twice."""


class StoreError(BotError):
    """The database cannot be used. Nothing was sent without its ledger line."""


class NetworkError(BotError):
    """A network, or the way to it, failed. The message never holds a secret."""


class Transient(NetworkError):
    """Nothing was published. `retry_after` is the network's own wish in seconds, where it gave one."""

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class OutcomeUnknown(NetworkError):
    """Something may have been published: look before anything else."""


class CannotTell(NetworkError):
    """We looked and still do not know: a human decides."""


class Unauthorized(NetworkError):
    """The network does not accept the credentials."""


class Halted(NetworkError):
    """Nothing was published, and trying again is of no use before a human did something elsewhere (paid, say). The thread is
    paused."""


class Rejected(NetworkError):
    """The network said no, in its own words; the same request would be refused again."""


class Claimed(Rejected):
    """The network refuses this as a duplicate and does not say of what: what we sent before, or what somebody else did."""


def hint(word: str, known: Iterable[str]) -> str:
    """What to say after an unknown word: the nearest known one, else all of them."""
    names = sorted(known)
    if not names:
        return "there is none yet"
    near = difflib.get_close_matches(word.lower(), names, n=1, cutoff=0.6)
    return f"did you mean “{near[0]}”?" if near else f"known: {', '.join(names)}"
