"""Pure. A plan is a value: previewed, stored and executed; its digest binds the three.

The digest is of what will be sent, and of nothing else: neither the time nor the warnings are part of it, so a thread that
is previewed now and scheduled later has one digest.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from itertools import chain
from typing import Any

from bot.core.errors import PlanError
from bot.core.model import Annotation, Card, Picture, Post, Thread


@dataclass(frozen=True)
class Plan:
    """One chain of posts per account, exactly as it will be sent."""

    slug: str
    threads: tuple[Thread, ...]
    warnings: tuple[str, ...] = ()

    @cached_property
    def digest(self) -> str:
        """SHA-256, in hexadecimal, of the canonical JSON of what will be sent."""
        return hashlib.sha256(canonical({"slug": self.slug, "threads": [*map(_sent, self.threads)]})).hexdigest()

    @property
    def id(self) -> str:
        """What a person types to name this plan: the first characters of its digest."""
        return self.digest[:8]

    def thread(self, account: str) -> Thread:
        """The thread of an account of this plan."""
        return next(thread for thread in self.threads if thread.account == account)

    def pictures(self) -> frozenset[str]:
        """The sha256 of every picture that the plan sends."""
        posts = [post for thread in self.threads for post in thread.posts]
        cards = (post.card.picture for post in posts if post.card and post.card.picture)
        return frozenset(picture.sha256 for picture in chain(cards, *(post.pictures for post in posts)))


# What came to threads, posts and pictures later is left out where it is empty: plans sealed before keep their digest.
LATER = frozenset({"content_warning", "options", "follows", "card", "focus"})


def _sent(thread: Thread) -> dict[str, Any]:
    """A thread as its digest sees it."""
    return asdict(thread, dict_factory=lambda pairs: {name: value for name, value in pairs if value or name not in LATER})


def canonical(value: object) -> bytes:
    """JSON that is the same bytes for the same value: sorted keys, no white space, UTF-8."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def to_json(plan: Plan) -> dict[str, Any]:
    """The plan as `preview --json` prints it and the store keeps it."""
    return {"digest": plan.digest, **asdict(plan)}


def from_json(value: Mapping[str, Any]) -> Plan:
    """The plan that `to_json` wrote. Raises PlanError where the digest does not match the rest."""
    plan = Plan(value["slug"], tuple(map(_thread, value["threads"])), tuple(value["warnings"]))
    if plan.digest != value["digest"]:
        raise PlanError(f"plan {value['digest'][:8]} was changed after it was sealed – it will not be sent; make it anew")
    return plan


def _thread(value: Mapping[str, Any]) -> Thread:
    return Thread(**{**value, "posts": tuple(map(_post, value["posts"]))})


def _post(value: Mapping[str, Any]) -> Post:
    annotations = tuple(Annotation(**each) for each in value["annotations"])
    pictures = tuple(Picture(**each) for each in value["pictures"])
    card = _card(value["card"]) if value.get("card") else None
    return Post(**{**value, "annotations": annotations, "pictures": pictures, "card": card})


def _card(value: Mapping[str, Any]) -> Card:
    return Card(**{**value, "picture": Picture(**value["picture"]) if value["picture"] else None})
