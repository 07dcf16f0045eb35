"""The commands. Each finds out what it needs, lets the engine do it, and prints what came of it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from bot import __version__
from bot.cli import mending, sealed, setting
from bot.cli.count import count
from bot.cli.map import draw_map
from bot.cli.setting import account_option, config_option, draft_argument, expect_option, json_option
from bot.cli.signing import accounts, login

# What a command does not need, it does not wait for: each imports its own.


@click.group(epilog=setting.EXIT_CODES, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="threadbot")
def cli() -> None:
    """Publish social-media threads from text files: as previewed, exactly once, in order.

    \b
    First steps:
      threadbot init
      threadbot preview drafts/first.md
      threadbot publish drafts/first.md
    """


@cli.command()
def init() -> None:
    """Write config.toml and a first draft here. What is there already is kept.

    \b
    Example: threadbot init
    """
    here = Path(__file__).parent
    for file, template in ((Path("config.toml"), "config.example.toml"), (Path("drafts/first.md"), "first.md")):
        if file.exists():
            click.echo(f"{file} is there already and was kept")
            continue
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes((here / template).read_bytes())
        click.echo(f"{file} written")
    click.echo("next: threadbot preview drafts/first.md")


@cli.command()
@draft_argument
@account_option
@config_option
@json_option
def check(draft: Path, accounts: tuple[str, ...], config_path: Path, as_json: bool) -> int:
    """Find every fault of a draft, with its place. Works offline and without passwords.

    \b
    Example: threadbot check drafts/loire.md
    """
    from dataclasses import asdict
    from itertools import chain

    from bot.cli import desk
    from bot.cli.show import mention_lines, mentions_json, pictures_json, removed_lines
    from bot.core.errors import DraftError

    try:
        _, _, composed = desk.composed(draft, accounts, config_path)
    except DraftError as error:
        if not as_json:
            raise
        faults = [asdict(fault) for fault in error.faults]
        setting.print_json({"faults": faults, "warnings": [], "mentions": [], "pictures": []})
        return setting.DRAFT
    if as_json:
        said = {"faults": [], "warnings": composed.plan.warnings, "mentions": mentions_json(composed)}
        setting.print_json({**said, "pictures": pictures_json(composed)})
        return setting.DONE
    desk.warn(composed.plan)
    for line in chain(removed_lines(composed), mention_lines(composed)):
        click.echo(setting.harmless(line))
    click.echo(setting.harmless(f"{draft}: fine – {desk.sizes(composed.plan.threads)}"))
    return setting.DONE


@cli.command()
@draft_argument
@account_option
@click.option("--explain", is_flag=True, help="Say what each way of splitting would make, and why each seam is where it is.")
@config_option
@json_option
def preview(draft: Path, accounts: tuple[str, ...], explain: bool, config_path: Path, as_json: bool) -> None:
    """Show the posts as they will go out, per account. Works offline and without passwords.

    \b
    Examples:
      threadbot preview drafts/loire.md --account sky
      threadbot preview drafts/loire.md --explain
    """
    from itertools import chain

    from bot.cli import desk
    from bot.cli.show import plan_json, plan_lines
    from bot.cli.why import why_json, why_lines

    _, _, composed = desk.composed(draft, accounts, config_path)
    if as_json:
        setting.print_json({**plan_json(composed), **({"explained": why_json(composed)} if explain else {})})
        return
    console = desk.console()
    width = min(console.width, 80)
    for line in chain(plan_lines(composed, width), why_lines(composed) if explain else ()):
        console.print(line, width=width)


@cli.command()
@draft_argument
@account_option
@expect_option
@click.option("--yes", is_flag=True, help="Do not ask for confirmation.")
@config_option
@json_option
def publish(draft: Path, accounts: tuple[str, ...], expect: str | None, yes: bool, config_path: Path, as_json: bool) -> int:
    """Publish a draft now. Interrupted, the same command goes on: nothing is sent twice.

    \b
    Example: threadbot publish drafts/loire.md --expect 3f9a12cd --yes
    """
    from bot.cli import desk, sending
    from bot.engine.clock import SystemClock
    from bot.store.store import Store

    config, networks, composed = desk.composed(draft, accounts, config_path)
    sending.agreed(composed, config, networks, expect, yes)
    clock = SystemClock()
    with Store(config.database) as store, setting.clean_stop(clock.stop), desk.exactly(config_path):
        return sending.sent(composed, draft, store, config, networks, clock, as_json)


@cli.command()
@draft_argument
@account_option
@click.option(
    "--at", "wall", metavar="TIME", default="", help='When, such as "2026-12-01 18:00"; default: the draft\'s publish_at.'
)
@expect_option
@config_option
@json_option
def schedule(draft: Path, accounts: tuple[str, ...], wall: str, expect: str | None, config_path: Path, as_json: bool) -> None:
    """Seal a draft and its pictures, to be published by a worker when the time comes.

    \b
    Example: threadbot schedule drafts/loire.md --at "2026-12-01 18:00"
    """
    from datetime import UTC

    from bot.cli import desk
    from bot.cli.show import local
    from bot.cli.standing import exact, plan_json, word
    from bot.engine.sealing import sendable
    from bot.store.store import Store

    config, networks, composed = desk.composed(draft, accounts, config_path)
    sendable(composed, config, networks, expect, signing_in=False)
    desk.warn(composed.plan)
    now = datetime.now(UTC)
    due = desk.due(wall, composed, now)
    with Store(config.database) as store, desk.exactly(config_path):
        store.plans.seal(composed.plan, composed.pictures, due, setting.harmless(str(draft)), now)
        standings = store.plans.standings(composed.plan)
    if as_json:
        setting.print_json(plan_json(composed.plan, standings, desk.view(config, networks)))
        return
    for each in standings:
        if each.due != due:
            stands = f"{word(each)}, {each.live} of {len(each.posts)} live"
            click.echo(f"{each.thread.account}: {stands} – left as it is")
    if waiting := [each.thread for each in standings if each.due == due]:
        when = f"{local(due, config.timezone)} ({config.timezone or 'local time'})"
        click.echo(f"{composed.plan.id} sealed: {desk.sizes(waiting)}, at {when}")
        then = f"threadbot worker publishes it then; threadbot cancel {composed.plan.id} drops it"
        click.echo(exact(then, config_path))
    desk.advise([each for each in standings if each.paused], desk.view(config, networks))


for each in (count, draw_map, login, accounts, *sealed.COMMANDS, *mending.COMMANDS):
    cli.add_command(each)


def main() -> None:
    """The command `threadbot`."""
    setting.run(cli)
