"""Many threads side by side: an account after its own threads in turn, the accounts independent of each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime

from bot.core.delivery import BrokenLedger
from bot.core.errors import BotError
from bot.core.model import Account, Thread
from bot.engine.clock import Clock
from bot.engine.publisher import Publisher, Tell
from bot.networks.base import Driver, Network, World
from bot.store.config import Config
from bot.store.standings import Standing
from bot.store.store import Store

ACCOUNTS_AT_ONCE = 256  # threads of the machine; they wait for networks most of the time


@dataclass(frozen=True, slots=True)
class Fleet:
    """Everything that publishing needs. `config` gives the config as it is now; `tell` hears each line of the ledger,
    `complain` why a thread was left alone."""

    config: Callable[[], Config]
    networks: Mapping[str, Network]
    store: Store
    clock: Clock
    tell: Tell
    complain: Callable[[str], None]

    def publish(self, jobs: Iterable[tuple[str, str]]) -> None:
        """Take each thread (digest, account) as far as it goes now. One that cannot be read, is somebody else's or being
        published by another process is left alone, and holds no other up."""
        queues: dict[str, list[str]] = defaultdict(list)
        for digest, account in jobs:
            queues[account].append(digest)
        if not queues:
            return
        with ThreadPoolExecutor(min(len(queues), ACCOUNTS_AT_ONCE)) as pool:
            running = [pool.submit(self._account, account, digests) for account, digests in queues.items()]
        for each in running:
            each.result()

    def _account(self, account: str, digests: Iterable[str]) -> None:
        for digest in digests:
            if self.clock.stopping:
                return
            try:
                self._thread(self.store.plans.standing(digest, account))
            except (BotError, BrokenLedger) as error:
                self.complain(str(error))
            except Exception as error:  # a network is anybody's program, and all others are still to be published
                self.complain(f"{account}: {digest[:8]} is left alone: a fault of threadbot or of a network ({error!r})")

    def _thread(self, standing: Standing) -> None:
        if not self._due(standing.wake):
            return
        plan, thread, ledger = standing.plan, standing.thread, self.store.ledger
        account, network = placed(thread, self.config().accounts, self.networks)
        if account is None or network is None or network.connect is None:
            self.complain(f"{thread.account}: {plan.id} is due for {thread.destination}, which this config does not have")
            return
        connect = network.connect
        lease = ledger.take(plan.digest, thread.account, len(thread.posts), self.clock.now())
        if lease is None:
            self.complain(f"{thread.account}: {plan.id} is left to the process that publishes it")
            return

        def driver() -> Driver:
            return connect(account, World(self.store.vault, self.store.picture))

        try:
            # with the lease in hand: it may have been published, or been given another time, since we looked
            if self._due(self.store.plans.wake(plan.digest, thread.account)):
                before = self.store.plans.before(thread)
                Publisher(thread, network, driver, ledger, lease, self.clock, self.tell, before).run()
        finally:
            ledger.release(lease)

    def _due(self, wake: datetime | None) -> bool:
        return wake is not None and wake <= self.clock.now()


def placed(
    thread: Thread, accounts: Mapping[str, Account], networks: Mapping[str, Network]
) -> tuple[Account | None, Network | None]:
    """The account and network that a thread was sealed for; nothing where the config points elsewhere by now."""
    account, network = accounts.get(thread.account), networks.get(thread.network)
    if account and network and account.network == thread.network and network.destination(account) == thread.destination:
        return account, network
    return None, None
