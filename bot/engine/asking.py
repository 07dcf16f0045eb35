"""What is known of an account before a draft is composed for it: what its config says, what its network is asked, and the cards
of the pages that posts end with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.core.cards import card_links
from bot.core.errors import ConfigError
from bot.core.model import Account, Draft, Person, Thread
from bot.core.plan import Plan
from bot.core.saying import handles, numbering_of
from bot.core.target import Target
from bot.networks.base import Network
from bot.store.config import Config
from bot.store.memory import Memory


def target_of(
    account: Account, network: Network, config: Config, follows: str = "", before: int = 0, sealed: Thread | None = None
) -> Target:
    """An account as its config says, and what a thread there is to go on from."""
    return Target(
        account.name,
        network.name,
        network.destination(account),
        network.rules,
        config.numbering,
        options={name: value for name, _ in network.rules.options if (value := account.settings.get(name, ""))},
        people=_people(config),
        follows=follows,
        before=before,
        sealed=sealed,
        alt_text=config.alt_text,
    )


def _people(config: Config) -> Mapping[str, Person]:
    return {name.lower(): person for name, person in config.people.items()}


def asked(target: Target, draft: Draft, config: Config, network: Network) -> Target:
    """The account with what its network says of it, and of the people whom the draft mentions there. Raises ConfigError where
    the network finds fault with its settings."""
    try:
        facts = network.facts(config.accounts[target.account], handles(draft, target), Memory())
    except ConfigError as error:  # a network does not know which file it was
        raise ConfigError(*(replace(fault, path=str(config.path)) for fault in error.faults)) from None
    return replace(target, facts=facts, rules=facts.rules or target.rules)


def with_cards(
    targets: Sequence[Target], draft: Draft, plan: Plan, accounts: Mapping[str, Account]
) -> tuple[list[Target], dict[str, bytes]]:
    """The accounts with the cards of the pages that their posts end with, where their config asks for cards; and the bytes of
    the cards' pictures."""
    found: list[Target] = []
    pictures: dict[str, bytes] = {}
    for target in targets:
        on = accounts[target.account].settings.get("cards") == "on"
        links = card_links(plan.thread(target.account), numbering_of(draft, target), target.before) if on else ()
        if links:
            from bot.engine.cards import read_cards  # what reads pages is needed here only

            read = read_cards(links, target.rules, Memory())
            pictures |= read.pictures
            warnings = (*target.facts.warnings, *read.warnings)
            target = replace(target, facts=replace(target.facts, cards=read.cards, warnings=warnings))
        found.append(target)
    return found, pictures
