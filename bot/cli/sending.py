"""From a composed draft to posts that are out: shown, asked for, sealed, published, reported."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from rich.text import Text

from bot.cli import desk, setting
from bot.cli.show import plan_json, plan_lines
from bot.engine.composer import Composed, compose_file
from bot.engine.sealing import sendable

if TYPE_CHECKING:
    from bot.engine.appending import Ends
    from bot.engine.clock import SystemClock
    from bot.store.config import Config
    from bot.store.store import Store


def following(draft: Path, config: Config, networks: desk.Networks, after: Ends) -> Composed:
    """A draft's posts as they go on from the ends of threads that are live."""
    with desk.console(stderr=True).status(Text(setting.harmless(f"composing {draft} …"))):
        return compose_file(draft, config, networks, tuple(after), after=after)


def shown(composed: Composed, as_json: bool) -> None:
    """Print the posts as they will go out."""
    if as_json:
        setting.print_json(plan_json(composed))
        return
    console = desk.console()
    width = min(console.width, 80)
    for line in plan_lines(composed, width):
        console.print(line, width=width)


def agreed(composed: Composed, config: Config, networks: desk.Networks, expect: str | None, yes: bool) -> None:
    """Go on only with a plan that may go out, is the expected one, and that somebody wants."""
    sendable(composed, config, networks, expect, signing_in=True)
    desk.warn(composed.plan)
    if not yes:
        desk.confirm(f"Publish {composed.plan.id} now: {desk.sizes(composed.plan.threads)}?")


def sent(
    composed: Composed, draft: Path, store: Store, config: Config, networks: desk.Networks, clock: SystemClock, as_json: bool
) -> int:
    """Seal a plan and publish it; returns the exit code that says how far it came."""
    now, plan = clock.now(), composed.plan
    store.plans.seal(plan, composed.pictures, now, setting.harmless(str(draft)), now)
    return desk.go_on(plan, plan.threads, store, config, networks, clock, as_json)
