"""Who publishes: signing in, and what each account may still do."""

from __future__ import annotations

import io
import shlex
import sys
from collections.abc import Iterator
from datetime import tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot.cli import setting
from bot.cli.setting import config_option, json_option
from bot.core.errors import NetworkError, hint

if TYPE_CHECKING:
    from bot.core.model import Limit
    from bot.engine.roll import Entry


@click.command()
@click.argument("account")
@click.option("--paste", is_flag=True, help="Your browser is on another machine: paste the address at which it ends.")
@config_option
def login(account: str, paste: bool, config_path: Path) -> int:
    """Sign in with an account of the config, and keep what the network gives for it.

    \b
    Example: threadbot login sky
    """
    from bot.cli import desk
    from bot.cli.callback import Terminal
    from bot.cli.standing import exact
    from bot.engine.roll import entry
    from bot.networks.base import World
    from bot.store.store import Store

    config, networks = desk.settings(config_path)
    if account not in config.accounts:
        raise click.UsageError(setting.harmless(f"there is no account “{account}” – {hint(account, config.accounts)}"))
    chosen = config.accounts[account]
    network = networks[chosen.network]
    if network.login is None:
        raise click.UsageError(f"{account}: {network.name} needs no login – threadbot accounts shows what it has")
    terminal = Terminal(f"threadbot login {shlex.quote(account)}", _typed(), listen=not paste)
    with Store(config.database) as store:
        world = World(store.vault, store.picture)
        try:
            network.login(chosen, world, terminal)
        except NetworkError as error:
            setting.say(exact(str(error), config_path))
            return setting.code_of(error)
        found = entry(chosen, network, world)
    if found.why:
        setting.say(exact(f"{account}: {found.why}", config_path))
        return setting.NETWORK
    said = f"{account}: {_who(found, config.timezone)} – threadbot accounts shows it"
    click.echo(setting.harmless(exact(said, config_path)))
    return setting.DONE


@click.command()
@config_option
@json_option
def accounts(config_path: Path, as_json: bool) -> int:
    """Show who is signed in, until when, and how much of each limit is left.

    \b
    Example: threadbot accounts
    """
    from bot.cli import desk
    from bot.cli.standing import exact
    from bot.engine.roll import roll
    from bot.networks.base import World
    from bot.store.store import Store

    config, networks = desk.settings(config_path)
    with Store(config.database) as store, desk.console(stderr=True).status("asking …"):
        found = roll(config, networks, World(store.vault, store.picture))
    if as_json:
        setting.print_json([_entry_json(each) for each in found])
    else:
        for line in _lines(found, config.timezone):
            click.echo(setting.harmless(exact(line, config_path)))
    return setting.NETWORK if any(each.why for each in found) else setting.DONE


def _lines(found: list[Entry], tz: tzinfo | None) -> Iterator[str]:
    name = max((len(each.account.name) for each in found), default=0)
    network = max((len(each.account.network) for each in found), default=0)
    for each in found:
        parts = [_who(each, tz), *_references(each), *(_left(limit, tz) for limit in each.signed.limits)]
        yield f"{each.account.name:{name}}  {each.account.network:{network}}  {each.destination}: {'; '.join(parts)}"
    if not found:
        yield "no account yet – add one to the config"


def _who(entry: Entry, tz: tzinfo | None) -> str:
    """Who is signed in and until when, or why nobody is."""
    from bot.cli.show import local

    if entry.why:
        return f"{entry.standing} – {entry.why}"
    name = f" as @{entry.signed.handle.removeprefix('@')}" if entry.signed.handle else ""
    return entry.standing + name + (f" until {local(entry.signed.until, tz)}" if entry.signed.until else "")


def _references(entry: Entry) -> Iterator[str]:
    for name, secret in entry.account.secrets.items():
        yield f"{name} from {secret}"


def _left(limit: Limit, tz: tzinfo | None) -> str:
    from bot.cli.show import local

    resets = f", all again at {local(limit.resets, tz)}" if limit.resets else ""
    return f"{limit.left} of {limit.total} {limit.name} left{resets}"


def _entry_json(entry: Entry) -> dict[str, Any]:
    until = entry.signed.until
    return {
        "account": entry.account.name,
        "network": entry.account.network,
        "destination": entry.destination,
        "state": entry.standing,
        "why": entry.why,
        "handle": entry.signed.handle,
        "until": until.isoformat() if until else None,
        "secrets": {name: str(secret) for name, secret in entry.account.secrets.items()},
        "limits": [
            {
                "name": limit.name,
                "left": limit.left,
                "total": limit.total,
                "resets": limit.resets.isoformat() if limit.resets else None,
            }
            for limit in entry.signed.limits
        ],
    }


def _typed() -> int | None:
    """Where typed lines come from; None: nobody can type."""
    try:
        return sys.stdin.fileno() if sys.stdin else None
    except io.UnsupportedOperation:
        return None
