"""What a fake server that speaks Mastodon's API keeps: people, pictures, posts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass
class Person:
    """Somebody with an account."""

    id: str
    name: str


@dataclass
class Media:
    """An uploaded picture; `ready` is when it will have been processed."""

    id: str
    owner: str
    description: str
    focus: str
    ready: datetime
    failed: bool = False
    status: str = ""  # the post that it is attached to


@dataclass
class Posted:
    """A post as it stands in the server's database."""

    id: str
    owner: str
    text: str
    at: datetime
    parent: str
    media: list[str]
    fields: Mapping[str, Any]
    edited: bool = False


def rank(identity: str) -> tuple[int, str]:
    """Ids count upwards, in numbers or in words of one length."""
    return len(identity), identity
