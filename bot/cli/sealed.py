"""The commands for what is sealed: publish it when it is due, see how far it is, drop it."""

from __future__ import annotations

from pathlib import Path

import click

from bot.cli import setting
from bot.cli.setting import config_option, id_argument, json_option, threads_option


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
        seen = desk.view(config, networks)
        desk.advise(standings, seen, as_json)
        return code_for(standings, seen.now)


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

    config, networks = desk.settings(config_path)
    with Store(config.database) as store:
        everything = store.plans.everything()
    standings = [each for each in everything if isinstance(each, Standing)]
    for each in everything:
        if isinstance(each, Damage):
            setting.say(each.why)
    if as_json:
        seen = desk.view(config, networks)
        setting.print_json([{"id": each.plan.id, "slug": each.plan.slug, **standing_json(each, seen)} for each in standings])
        return
    if not everything:
        click.echo("nothing is sealed yet – threadbot schedule or publish does that")
        return
    console = desk.console()
    for line in list_lines(standings, config.timezone):
        console.print(line, soft_wrap=True)


@click.command()
@id_argument
@threads_option
@config_option
@json_option
def status(id_: str, accounts: tuple[str, ...], config_path: Path, as_json: bool) -> int:
    """Show how far a thread is, per account and post, and what to do next. ID: the first characters of its digest.

    \b
    Example: threadbot status 3f9a12cd
    """
    from bot.cli import desk
    from bot.engine.leases import chosen
    from bot.store.store import Store

    config, networks = desk.settings(config_path)
    with Store(config.database) as store, desk.exactly(config_path):
        plan = store.plans.find(id_)
        return desk.report(plan, chosen(plan, accounts), store, config, networks, as_json) and setting.DONE


@click.command()
@id_argument
@threads_option
@config_option
@json_option
def cancel(id_: str, accounts: tuple[str, ...], config_path: Path, as_json: bool) -> None:
    """Drop what is not out yet of a thread; what is live stays.

    \b
    Example: threadbot cancel 3f9a12cd --account sky
    """
    from datetime import UTC, datetime

    from bot.cli import desk
    from bot.cli.standing import exact, plan_json
    from bot.engine.cancel import cancel as drop
    from bot.store.store import Store

    config, networks = desk.settings(config_path)
    with Store(config.database) as store, desk.exactly(config_path):
        plan = store.plans.find(id_)
        before = drop(store, plan, datetime.now(UTC), accounts)
        after = [store.plans.standing(plan.digest, each.thread.account) for each in before]
    if as_json:
        setting.print_json(plan_json(plan, after, desk.view(config, networks)))
        return
    for was, each in zip(before, after, strict=True):
        dropped = sum(old.state is not new.state for old, new in zip(was.posts, each.posts, strict=True))
        click.echo(f"{each.thread.account}: {dropped} of {len(each.posts)} posts dropped, {each.live} are live")
        if each.live:
            remove = f"threadbot rollback {plan.id} --account {each.thread.account} removes what is live"
            click.echo(exact(f"{each.thread.account}: {remove}", config_path))


COMMANDS = (worker, list_, status, cancel)
