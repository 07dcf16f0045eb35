"""Drafts as their authors write them, and what is said about them."""

from __future__ import annotations

import pytest

from bot.core.draft import parse
from bot.core.errors import DraftError
from bot.core.model import Draft
from bot.core.wording import block

NETWORKS = ("bluesky", "mastodon", "site", "x")
PATH = "drafts/loire.md"


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
