"""Where the commands get what they work with, and hand over what they print."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.text import Text

from bot.cli import setting, show, standing
from bot.core.delivery import Event, event_to_json
from bot.core.errors import ConfigError, PlanError
from bot.core.model import Thread
from bot.core.moment import MomentError, moment
from bot.core.plan import Plan
from bot.engine.clock import Clock
from bot.engine.composer import Composed, compose_file
from bot.networks.base import Network, installed
from bot.store.config import Config, load

if TYPE_CHECKING:  # SQLAlchemy takes longer to import than a preview takes to print
    from bot.engine.fleet import Fleet
    from bot.store.standings import Standing
    from bot.store.store import Store

Networks = Mapping[str, Network]


def settings(path: Path) -> tuple[Config, Networks]:
    """The config in a file, and the networks that it may speak of."""
    networks = installed()
    return load(path, {name: network.settings for name, network in networks.items()}), networks


def composed(draft: Path, accounts: tuple[str, ...], config_path: Path) -> tuple[Config, Networks, Composed]:
    """A draft's plan, with a sign of life on a terminal while pictures are being fitted."""
    checked, networks = settings(config_path)
    with console(stderr=True).status(Text(setting.harmless(f"composing {draft} …"))):
        return checked, networks, compose_file(draft, checked, networks, accounts)


class _Console(Console):
    def on_broken_pipe(self) -> None:
        raise BrokenPipeError  # rich would leave with exit code 1; `setting.run` knows better


def console(stderr: bool = False) -> Console:
    """Colour only on a terminal; texts are shown as they are, never read as markup."""
    return _Console(stderr=stderr, highlight=False, markup=False, emoji=False)


def sizes(threads: Iterable[Thread]) -> str:
    """How many posts go where."""
    return ", ".join(f"{show.count(len(thread.posts), 'post')} on {thread.account}" for thread in threads)


def warn(plan: Plan) -> None:
    """What an author should know before a plan goes out, on stderr."""
    for warning in plan.warnings:
        click.secho(f"warning: {setting.harmless(warning)}", fg="yellow", err=True)


def reloading(path: Path, config: Config) -> Callable[[], Config]:
    """The config as it is whenever somebody asks; while it is faulty, as it was before."""
    kept, complain = config, once(setting.say)

    def current() -> Config:
        nonlocal kept
        try:
            kept, _ = settings(path)
        except ConfigError as error:
            complain(str(error))
        return kept

    return current


def once(say: Callable[[str], None]) -> Callable[[str], None]:
    """Says the same thing only once: a worker would repeat it at each look."""
    said: set[str] = set()

    def saying(text: str) -> None:
        if text not in said:
            said.add(text)
            say(text)

    return saying


def confirm(question: str, otherwise: str = "nothing was published", first: str = "look at the preview") -> None:
    """Go on only if a person says so."""
    if not (sys.stdin and sys.stdin.isatty()):
        raise click.UsageError(f"nobody can be asked here – {first}, then add --yes")
    if not click.confirm(question, err=True):
        raise setting.Declined(otherwise)


def due(wall: str, found: Composed, now: datetime) -> datetime:
    """When a draft is to go out: what the command says, else what the draft says."""
    try:
        when = moment(wall, found.timezone) if wall else found.publish_at
    except MomentError as error:
        raise click.UsageError(f"--at: {error}") from None
    if when is None:
        raise click.UsageError('when? – add --at "2026-12-01 18:00", or publish_at to the draft')
    if when < now:
        raise click.UsageError("that time is past – give a later one, or use threadbot publish")
    return when


def fleet(
    config: Callable[[], Config], networks: Networks, store: Store, clock: Clock, to_stderr: bool = False, as_json: bool = False
) -> Fleet:
    """The engine, telling each line of the ledger as it is written."""
    from bot.engine.fleet import Fleet

    out = console(stderr=to_stderr)

    def tell(thread: Thread, event: Event) -> None:
        with suppress(BrokenPipeError):  # nobody listens any more: no reason to leave a thread half out
            if as_json:
                line = {"account": thread.account, "slug": thread.slug, **event_to_json(event)}
                setting.print_json(line, indent=None)
            else:
                now = clock.now().astimezone(config().timezone)
                out.print(standing.event_line(thread, event, f"{now:%H:%M:%S}", config().path), soft_wrap=True)

    def complain(text: str) -> None:
        setting.say(standing.exact(text, config().path))

    return Fleet(config, networks, store, clock, tell, once(complain))


def go_on(
    plan: Plan, threads: Sequence[Thread], store: Store, config: Config, networks: Networks, clock: Clock, as_json: bool
) -> int:
    """Take some threads of a plan as far as they go now, then report."""
    working = fleet(lambda: config, networks, store, clock, to_stderr=True)
    working.publish([(plan.digest, thread.account) for thread in threads])
    return report(plan, threads, store, config, networks, as_json)


def report(plan: Plan, threads: Sequence[Thread], store: Store, config: Config, networks: Networks, as_json: bool) -> int:
    """Print how far some threads of a plan are; returns the exit code that says the same."""
    standings = [store.plans.standing(plan.digest, thread.account) for thread in threads]
    seen = view(config, networks)
    if as_json:
        setting.print_json(standing.plan_json(plan, standings, seen))
    else:
        out = console()
        for line in standing.status_lines(standings, seen):
            out.print(line, soft_wrap=True)
    return standing.code_for(standings, seen.now)


def advise(standings: Iterable[Standing], seen: standing.View, as_json: bool = False) -> None:
    """Print what to do about threads that do not go on by themselves; for machines a line each, as the ledger's lines are."""
    for each in standings:
        if advice := standing.next_command(each, seen):
            if as_json:
                line = {"account": each.thread.account, "slug": each.plan.slug, "id": each.plan.id, "next": advice}
                setting.print_json(line, indent=None)
            else:
                click.echo(f"{each.thread.account}: next: {advice}")


def view(config: Config, networks: Networks) -> standing.View:
    """Threads as they are seen now, from a config."""
    from bot.engine.fleet import placed

    def price(thread: Thread) -> Decimal | None:
        account, network = config.accounts.get(thread.account), networks.get(thread.network)
        if account and network and network.price and account.network == thread.network:
            return network.price(account, thread)
        return None

    def away(thread: Thread) -> bool:
        return placed(thread, config.accounts, networks) == (None, None)

    return standing.View(config.path, config.timezone, datetime.now(UTC), price, away)


@contextmanager
def exactly(config_path: Path) -> Iterator[None]:
    """Makes the commands in what goes wrong such that they can be typed as they stand."""
    try:
        yield
    except PlanError as error:
        raise PlanError(standing.exact(str(error), config_path)) from error
