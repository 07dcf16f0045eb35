"""Who is signed in: all accounts are asked at the same time, and none waits for another."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from bot.core.errors import BotError, Unauthorized
from bot.core.model import Account, Signed
from bot.networks.base import Network, World
from bot.store.config import Config

PATIENCE = 30.0  # seconds for an account to answer
Standing = Literal["signed in", "not signed in", "no answer", "no sign-in needed", "preview only"]


@dataclass(frozen=True, slots=True)
class Entry:
    """What is known of an account: `signed` where it is signed in, else `why` not."""

    account: Account
    destination: str
    standing: Standing
    signed: Signed = Signed("")  # noqa: RUF009  it is frozen
    why: str = ""


def entry(account: Account, network: Network, world: World) -> Entry:
    """Ask one account. It may sign in with what the config gives; raises nothing."""
    where = network.destination(account)
    if network.connect is None:
        return Entry(account, where, "preview only")
    if network.login is None and not any(setting.kind == "secret" for setting in network.settings):
        return Entry(account, where, "no sign-in needed")
    try:
        return Entry(account, where, "signed in", _signed(account, network, world))
    except BotError as error:
        standing: Standing = "not signed in" if isinstance(error, Unauthorized) else "no answer"
        return Entry(account, where, standing, why=str(error).removeprefix(f"{account.name}: "))
    except Exception as error:  # a driver is anybody's program, and the other accounts are still to be shown
        return Entry(account, where, "no answer", why=f"the driver of {network.name} failed ({type(error).__name__})")


def roll(config: Config, networks: Mapping[str, Network], world: World) -> list[Entry]:
    """Every account of a config, in its order; of one that takes too long, just that."""
    found: dict[str, Entry] = {}

    def ask(account: Account) -> None:
        found[account.name] = entry(account, networks[account.network], world)

    # Not a pool: it would wait at the end for those that do not answer.
    threads = [threading.Thread(target=ask, args=(account,), daemon=True) for account in config.accounts.values()]
    for thread in threads:
        thread.start()
    end = time.monotonic() + PATIENCE
    for thread in threads:
        thread.join(max(0.0, end - time.monotonic()))
    return [found.get(name) or _silent(account, networks[account.network]) for name, account in config.accounts.items()]


def _signed(account: Account, network: Network, world: World) -> Signed:
    assert network.connect, "asked only where there is a driver"
    driver = network.connect(account, world)
    try:
        driver.open()
        return driver.signed()
    finally:
        driver.close()


def _silent(account: Account, network: Network) -> Entry:
    why = f"nothing came within {PATIENCE:.0f} seconds – try again"
    return Entry(account, network.destination(account), "no answer", why=why)
