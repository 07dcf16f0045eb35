"""Drafts as their authors write them, and what is said about them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from bot.core.draft import parse
from bot.core.errors import DraftError
from bot.core.model import Draft, Figure, Numbering, Picture
from bot.core.number import OFF
from bot.core.posts import Frame
from bot.core.rules import Rules
from bot.core.saying import said
from bot.core.target import Target
from bot.core.wording import Block, block
from bot.networks.bluesky import BLUESKY
from bot.networks.mastodon import MASTODON
from bot.networks.site import SITE
from bot.networks.x import X

NETWORKS = ("bluesky", "mastodon", "site", "x")
PATH = "drafts/loire.md"
RULES: Mapping[str, Rules] = {"x": X, "bluesky": BLUESKY, "mastodon": MASTODON, "site": SITE}


def draft(source: str | bytes) -> Draft:
    return parse(source if isinstance(source, bytes) else source.encode(), PATH, NETWORKS)


def texts(source: str | bytes, network: str = "site") -> list[str]:
    """What a network gets: the text of each passage."""
    return [part.text for passage in draft(source).passages if (part := block(passage, network))]


def faults(source: str | bytes) -> list[tuple[int, int, str]]:
    """Line, column and message of every fault; the message up to the dash, behind which stands what to do next."""
    with pytest.raises(DraftError) as raised:
        draft(source)
    assert {fault.path for fault in raised.value.faults} == {PATH}
    for fault in raised.value.faults:
        assert " – " in fault.message, "says what to do next"
        assert "\n" not in str(fault)
    return [(fault.line, fault.column, fault.message.split(" – ")[0]) for fault in raised.value.faults]


class Gallery(dict[tuple[str, Figure], Picture]):
    """A picture for every figure."""

    def __missing__(self, key: tuple[str, Figure]) -> Picture:
        return Picture(key[1].source, "image/png", 60, 40, 100, "")


def target(network: str, numbering: Numbering = OFF, account: str = "", **details: Any) -> Target:
    return Target(account or network, network, "there", RULES[network], numbering, **details)


def framed(draft: Draft, where: Target) -> tuple[tuple[Block, ...], Frame]:
    """What a draft says on an account, and how it is to be cut there."""
    found = said(draft, where)
    return found.blocks, found.frame
