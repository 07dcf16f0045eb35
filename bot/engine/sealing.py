"""Whether a composed plan may be sealed: what was previewed is what goes out, to accounts that can be published on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from bot.core.errors import ConfigError, KeyFault, PlanError, Transient, Unauthorized
from bot.core.model import Account
from bot.engine.composer import Composed
from bot.networks.base import Network
from bot.store.config import Config


def sendable(composed: Composed, config: Config, networks: Mapping[str, Network], expect: str | None, signing_in: bool) -> None:
    """Raises ConfigError for accounts that cannot be published on, Transient where something had to be assumed, PlanError
    where the plan is not the expected one. `signing_in`: also reads the secrets, which a worker may have elsewhere."""
    accounts = [config.accounts[thread.account] for thread in composed.plan.threads]
    faults = [
        KeyFault(
            str(config.path),
            f"accounts.{account.name}",
            f"threadbot can preview {account.network}, but not publish to it yet – choose others with --account",
        )
        for account in accounts
        if networks[account.network].connect is None
    ]
    if faults:
        raise ConfigError(*faults)
    if composed.assumed:
        raise Transient("\n".join((*composed.assumed, _left(composed))))
    expected(composed, expect)
    if signing_in and (missing := list(_unreadable(accounts, config))):
        raise ConfigError(*missing)


def _left(composed: Composed) -> str:
    """What to do where something could not be asked."""
    known = " ".join(f"--account {target.account}" for target in composed.targets if not target.facts.assumed)
    without = f", or now where all is known: {known}" if known else ""
    return f"nothing was sent or sealed, as what is assumed may be wrong – the same command later{without}"


def _unreadable(accounts: Iterable[Account], config: Config) -> Iterator[KeyFault]:
    """Every secret that is not where the config says."""
    for account in accounts:
        for name, read in account.secrets.items():
            try:
                read()
            except Unauthorized as error:
                key = f"accounts.{account.name}.{name}"
                yield KeyFault(str(config.path), key, str(error).removeprefix(f"{config.path}: {key}: "))


def expected(composed: Composed, expect: str | None) -> None:
    """Raises PlanError where the plan is not the one that somebody saw."""
    digest = composed.plan.digest
    if expect and not digest.startswith(expect):
        raise PlanError(f"this is plan {digest[:8]}, not {expect} – draft, picture, config or threadbot changed; preview again")
