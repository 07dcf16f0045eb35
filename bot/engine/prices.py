"""What threads cost, and what they would cost with their links in the last post."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal

from bot.core.compose import Pictures, compose
from bot.core.errors import DraftError
from bot.core.model import Account, Draft, Thread
from bot.core.plan import Plan
from bot.core.target import Target
from bot.networks.base import Network


@dataclass(frozen=True, slots=True)
class Till:
    """The prices of the networks, for the accounts of a config. All in US dollars."""

    accounts: Mapping[str, Account]
    networks: Mapping[str, Network]

    def price(self, thread: Thread) -> Decimal:
        """What a thread costs."""
        price = self.networks[thread.network].price
        return price(self.accounts[thread.account], thread) if price else Decimal(0)

    def prices(self, plan: Plan) -> dict[str, Decimal]:
        """What each thread of a plan costs that costs anything, by account."""
        return {thread.account: price for thread in plan.threads if (price := self.price(thread))}

    def hints(self, plan: Plan, draft: Draft, targets: Sequence[Target], pictures: Pictures) -> Iterator[str]:
        """Where a thread would cost less with its links in the last post, and its draft has not asked for that."""
        for target in targets if not draft.links else ():
            thread = plan.thread(target.account)
            linking = [post.index for post in thread.posts if any(each.kind == "link" for each in post.annotations)]
            if target.rules.dear_links and linking and linking != [len(thread.posts)]:
                yield from self._hint(thread, replace(draft, links="last"), target, pictures)

    def _hint(self, thread: Thread, gathered: Draft, target: Target, pictures: Pictures) -> Iterator[str]:
        try:
            [cheaper] = compose(gathered, [target], pictures).threads
        except DraftError:
            return  # links that cannot be gathered are better where they are
        now, then = self.price(thread), self.price(cheaper)
        if then < now:
            number = f"{len(thread.posts)} post{'s' if len(thread.posts) > 1 else ''}"
            yield f"{target.account}: {number} cost {dollars(now)}; with `links: last` in the draft {dollars(then)}"


def dollars(price: Decimal) -> str:
    """A price as people read it: to the cent, a small one to a tenth of a cent."""
    step = "0.01" if price >= Decimal("0.1") else "0.001"
    return f"${price.quantize(Decimal(step), ROUND_HALF_UP)}"
