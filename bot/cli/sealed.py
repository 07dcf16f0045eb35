"""The commands for what is sealed: publish it when it is due, see how far it is, drop it."""

from __future__ import annotations

from pathlib import Path

import click

from bot.cli import setting
from bot.cli.setting import config_option, id_argument, json_option


@click.command()
@click.option("--once", is_flag=True, help="Publish what is due now, then exit.")
@config_option
@json_option
def worker(once: bool, config_path: Path, as_json: bool) -> int:
    """Publish what falls due, until stopped (Ctrl-C): what is under way ends first.

    \b
    Example: threadbot worker --once
    """
    from bot.cli import desk
    from bot.cli.standing import code_for
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
        standings = [store.plans.standing(*job) for job in worker.once()]
        if not as_json:
            desk.advise(standings, config)
        return code_for(standings)


@click.command("list")
@config_option
@json_option
def list_(config_path: Path, as_json: bool) -> None:
    """List the sealed threads, the latest due first.

    \b
    Example: threadbot list
    """
    from bot.cli import desk
    from bot.cli.standing import list_lines, standing_json
    from bot.store.standings import Damage, Standing
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


@click.command()
@id_argument
@config_option
@json_option
def status(id_: str, config_path: Path, as_json: bool) -> int:
    """Show how far a thread is, per account and post, and what to do next. ID: the first characters of its digest.

    \b
    Example: threadbot status 3f9a12cd
    """
    from bot.cli import desk
    from bot.store.store import Store

    config, networks = desk.settings(config_path)
    with Store(config.database) as store, desk.exactly(config_path):
        plan = store.plans.find(id_)
        return desk.report(plan, plan.threads, store, config, networks, as_json) and setting.DONE


@click.command()
@id_argument
@config_option
@json_option
def cancel(id_: str, config_path: Path, as_json: bool) -> None:
    """Drop what is not out yet of a thread; what is live stays.

    \b
    Example: threadbot cancel 3f9a12cd
    """
    from datetime import UTC, datetime

    from bot.cli import desk
    from bot.cli.standing import exact, plan_json
    from bot.engine.cancel import cancel as drop
    from bot.store.store import Store

    config, _ = desk.settings(config_path)
    with Store(config.database) as store, desk.exactly(config_path):
        plan = store.plans.find(id_)
        before = drop(store, plan, datetime.now(UTC))
        after = store.plans.standings(plan)
    if as_json:
        setting.print_json(plan_json(plan, after))
        return
    for each in before:
        dropped = len(each.posts) - each.live
        click.echo(f"{each.thread.account}: {dropped} of {len(each.posts)} posts dropped, {each.live} are live")
    if any(each.live for each in before):
        click.echo(exact(f"threadbot rollback {plan.id} removes what is live", config_path))


COMMANDS = (worker, list_, status, cancel)
