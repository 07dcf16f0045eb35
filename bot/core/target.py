"""Pure. An account as composing sees it: where a thread goes, under which limits, and what is known there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from bot.core.model import Facts, Numbering, Person, Thread
from bot.core.rules import Rules


@dataclass(frozen=True, slots=True)
class Target:
    """An account as composing sees it. `numbering` is the config's, for drafts that say nothing, and so are the `options`;
    `people` are those of the config by their names in lower case; `alt_text` says what a picture without one is. A thread that
    continues another one `follows` the plan of this digest, when `before` posts of the chain are out; `sealed` is the thread
    of that plan."""

    account: str
    network: str
    destination: str
    rules: Rules
    numbering: Numbering
    facts: Facts = Facts()  # noqa: RUF009  a frozen value
    options: Mapping[str, str] = field(default_factory=dict)
    people: Mapping[str, Person] = field(default_factory=dict)
    follows: str = ""
    before: int = 0
    sealed: Thread | None = None
    alt_text: Literal["error", "warning"] = "error"
