"""Many threads side by side: one account after its own threads in turn, the accounts independent of each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

from bot.core.errors import Unauthorized
from bot.core.model import Thread
from bot.core.plan import Plan
from bot.engine.clock import Clock
from bot.engine.publisher import Publisher, Tell
from bot.networks.base import Driver, Network, World
from bot.store.config import Config
from bot.store.store import Store

ACCOUNTS_AT_ONCE = 16  # threads of the machine; they wait for networks most of the time


@dataclass(frozen=True, slots=True)
class Fleet:
    """Everything that publishing needs."""

    config: Config
    networks: Mapping[str, Network]
    store: Store
    clock: Clock
    tell: Tell

    def publish(self, jobs: Iterable[tuple[Plan, str]]) -> None:
        """Take each thread (plan, account) as far as it goes now. Threads that somebody else publishes are left to them."""
        queues: dict[str, list[Plan]] = defaultdict(list)
        for plan, account in jobs:
            queues[account].append(plan)
        if not queues:
            return
        with ThreadPoolExecutor(min(len(queues), ACCOUNTS_AT_ONCE)) as pool:
            running = [pool.submit(self._account, account, plans) for account, plans in queues.items()]
        for each in running:
            each.result()

    def _account(self, account: str, plans: Iterable[Plan]) -> None:
        for plan in plans:
            if not self.clock.stopping:
                self._thread(plan, plan.thread(account))

    def _thread(self, plan: Plan, thread: Thread) -> None:
        ledger = self.store.ledger
        lease = ledger.take(plan.digest, thread.account, len(thread.posts), self.clock.now())
        if lease is None:
            return
        try:
            network = self.networks.get(thread.network)
            batch, settle = (network.rules.batch, network.rules.settle) if network else (1, 0.0)
            connect = partial(self._connect, thread)
            Publisher(thread, connect, batch, settle, ledger, lease, self.clock, self.tell).run()
        finally:
            ledger.release(lease)

    def _connect(self, thread: Thread) -> Driver:
        """The driver of a thread's account. Raises Unauthorized where the account is not what it was at sealing."""
        account, network = self.config.accounts.get(thread.account), self.networks.get(thread.network)
        if account is None or network is None or account.network != thread.network:
            why = f"the account is not in {self.config.path} any more"
        elif (now := network.destination(account)) != thread.destination:
            why = f"the account points to {now} now, the plan is for {thread.destination}"
        elif network.connect is None:
            why = f"threadbot cannot publish to {network.name} yet"
        else:
            return network.connect(account, World(self.store.vault, self.store.picture))
        raise Unauthorized(f"{thread.account}: {why} – put that right and publish again, or cancel")
