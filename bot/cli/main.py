"""The commands. Each finds out what it needs, lets the engine do it, and prints what came of it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from bot import __version__
from bot.cli import setting
from bot.cli.count import count
from bot.cli.setting import account_option, config_option, draft_argument, expect_option, json_option

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

    from bot.cli import desk
    from bot.core.errors import DraftError

    try:
        _, _, composed = desk.composed(draft, accounts, config_path)
    except DraftError as error:
        if not as_json:
            raise
        setting.print_json({"faults": [asdict(fault) for fault in error.faults], "warnings": []})
        return setting.DRAFT
    if as_json:
        setting.print_json({"faults": [], "warnings": composed.plan.warnings})
        return setting.DONE
    desk.warn(composed.plan)
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
    from bot.cli.show import plan_lines
    from bot.cli.why import why_json, why_lines
    from bot.core.plan import to_json

    _, _, composed = desk.composed(draft, accounts, config_path)
    if as_json:
        setting.print_json({**to_json(composed.plan), **({"explained": why_json(composed)} if explain else {})})
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
    from bot.cli import desk
    from bot.engine.clock import SystemClock
    from bot.engine.sealing import sendable
    from bot.store.store import Store

    config, networks, composed = desk.composed(draft, accounts, config_path)
    sendable(composed, config, networks, expect, signing_in=True)
    desk.warn(composed.plan)
    if not yes:
        desk.confirm(f"Publish {composed.plan.id} now: {desk.sizes(composed.plan.threads)}?")
    clock = SystemClock()
    with Store(config.database) as store, setting.clean_stop(clock.stop):
        now = clock.now()
        store.plans.seal(composed.plan, composed.pictures, now, setting.harmless(str(draft)), now)
        fleet = desk.fleet(lambda: config, networks, store, clock, to_stderr=True)
        fleet.publish([(composed.plan.digest, thread.account) for thread in composed.plan.threads])
        return desk.report(composed.plan, store, config, as_json)


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
    from bot.cli.show import STATES, local, plan_json
    from bot.engine.sealing import sendable
    from bot.store.store import Store

    config, networks, composed = desk.composed(draft, accounts, config_path)
    sendable(composed, config, networks, expect, signing_in=False)
    desk.warn(composed.plan)
    now = datetime.now(UTC)
    due = desk.due(wall, composed, now)
    with Store(config.database) as store:
        store.plans.seal(composed.plan, composed.pictures, due, setting.harmless(str(draft)), now)
        standings = store.plans.standings(composed.plan)
    if as_json:
        setting.print_json(plan_json(composed.plan, standings))
        return
    for each in standings:
        if each.due != due:
            stands = f"{STATES[each.state]}, {each.live} of {len(each.posts)} live"
            click.echo(f"{each.thread.account}: {stands} – left as it is")
    if waiting := [each.thread for each in standings if each.due == due]:
        when = f"{local(due, config.timezone)} ({config.timezone or 'local time'})"
        click.echo(f"{composed.plan.id} sealed: {desk.sizes(waiting)}, at {when}")
        click.echo(f"threadbot worker publishes it then; threadbot cancel {composed.plan.id} drops it")


@cli.command()
@click.option("--once", is_flag=True, help="Publish what is due now, then exit.")
@config_option
@json_option
def worker(once: bool, config_path: Path, as_json: bool) -> int:
    """Publish what falls due, until stopped (Ctrl-C): what is under way ends first.

    \b
    Example: threadbot worker --once
    """
    from bot.cli import desk
    from bot.engine.clock import SystemClock
    from bot.engine.scheduler import Alarm, Worker
    from bot.store.store import Store

    config, networks = desk.settings(config_path)
    clock, alarm = SystemClock(), Alarm()
    with Store(config.database) as store, setting.clean_stop(clock.stop, alarm.ring):
        fleet = desk.fleet(desk.reloading(config_path, config), networks, store, clock, as_json=as_json)
        worker = Worker(fleet, clock, alarm)
        if not once:
            click.echo(f"worker started on {config.database} – Ctrl-C stops it", err=True)
            worker.run()
            return setting.DONE
        return setting.code_for({store.plans.standing(*job).state for job in worker.once()})


@cli.command("list")
@config_option
@json_option
def list_(config_path: Path, as_json: bool) -> None:
    """List the sealed threads, the latest due first.

    \b
    Example: threadbot list
    """
    from bot.cli import desk
    from bot.cli.show import list_lines, standing_json
    from bot.store.plans import Damage, Standing
    from bot.store.store import Store

    config, _ = desk.settings(config_path)
    with Store(config.database) as store:
        everything = store.plans.everything()
    standings = [each for each in everything if isinstance(each, Standing)]
    for each in everything:
        if isinstance(each, Damage):
            setting.say(each.why)
    if as_json:
        setting.print_json([{"id": each.plan.id, "slug": each.plan.slug, **standing_json(each)} for each in standings])
        return
    if not everything:
        click.echo("nothing is sealed yet – threadbot schedule or publish does that")
        return
    console = desk.console()
    for line in list_lines(standings, config.timezone):
        console.print(line, soft_wrap=True)


@cli.command()
@click.argument("id", metavar="ID")
@config_option
@json_option
def status(id: str, config_path: Path, as_json: bool) -> int:  # noqa: A002  click's name for it
    """Show how far a thread is, per account and post. ID: the first characters of its digest.

    \b
    Example: threadbot status 3f9a12cd
    """
    from bot.cli import desk
    from bot.store.store import Store

    config, _ = desk.settings(config_path)
    with Store(config.database) as store:
        return desk.report(store.plans.find(id), store, config, as_json) and setting.DONE


@cli.command()
@click.argument("id", metavar="ID")
@config_option
@json_option
def cancel(id: str, config_path: Path, as_json: bool) -> None:  # noqa: A002
    """Drop what is not out yet of a thread; what is live stays.

    \b
    Example: threadbot cancel 3f9a12cd
    """
    from datetime import UTC

    from bot.cli import desk
    from bot.cli.show import plan_json
    from bot.engine.cancel import cancel as drop
    from bot.store.store import Store

    config, _ = desk.settings(config_path)
    with Store(config.database) as store:
        plan = store.plans.find(id)
        before = drop(store, plan, datetime.now(UTC))
        after = store.plans.standings(plan)
    if as_json:
        setting.print_json(plan_json(plan, after))
        return
    for each in before:
        dropped = len(each.posts) - each.live
        click.echo(f"{each.thread.account}: {dropped} of {len(each.posts)} posts dropped, {each.live} are live")


cli.add_command(count)


def main() -> None:
    """The command `threadbot`."""
    setting.run(cli)
