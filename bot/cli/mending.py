"""The commands for what a human does: try again, say what became of a post, roll back, pause, go on, add to a thread."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli import setting
from bot.cli.setting import config_option, draft_argument, expect_option, id_argument, json_option, threads_option, yes_option

if TYPE_CHECKING:
    from bot.cli.desk import Networks
    from bot.cli.standing import View
    from bot.core.model import Thread
    from bot.core.plan import Plan
    from bot.engine.clock import SystemClock
    from bot.engine.mending import Doubt
    from bot.store.config import Config
    from bot.store.standings import Standing
    from bot.store.store import Store


@dataclass(frozen=True)
class Work:
    """What these commands work with."""

    config: Config
    networks: Networks
    store: Store
    clock: SystemClock
    plan: Plan
    threads: tuple[Thread, ...]

    def standings(self) -> list[Standing]:
        return [self.store.plans.standing(self.plan.digest, thread.account) for thread in self.threads]

    def go_on(self, as_json: bool) -> int:
        from bot.cli import desk

        with setting.clean_stop(self.clock.stop):
            return desk.go_on(self.plan, self.threads, self.store, self.config, self.networks, self.clock, as_json)

    def view(self) -> View:
        from bot.cli import desk

        return desk.view(self.config, self.networks)

    def say(self, account: str, text: str) -> None:
        from bot.cli.standing import exact

        click.echo(setting.harmless(exact(f"{account}: {text}", self.config.path)))


@contextmanager
def work(id_: str, accounts: tuple[str, ...], config_path: Path) -> Iterator[Work]:
    """A sealed plan and everything to work on it."""
    from bot.cli import desk
    from bot.engine.clock import SystemClock
    from bot.engine.leases import chosen
    from bot.store.store import Store

    config, networks = desk.settings(config_path)
    clock = SystemClock()
    with Store(config.database) as store, desk.exactly(config_path):
        plan = store.plans.find(id_)
        yield Work(config, networks, store, clock, plan, chosen(plan, accounts))


@click.command()
@id_argument
@threads_option
@config_option
@json_option
def retry(id_: str, accounts: tuple[str, ...], config_path: Path, as_json: bool) -> int:
    """Try again what failed, look again for what is unknown, end every wait; now.

    \b
    Example: threadbot retry 3f9a12cd --account sky
    """
    from bot.engine import mending

    with work(id_, accounts, config_path) as at:
        mending.retry(at.store, at.plan, at.threads, at.clock.now())
        return at.go_on(as_json)


@click.command()
@id_argument
@click.option("--post", "number", type=click.IntRange(min=1), required=True, metavar="N", help="Which post of the thread.")
@click.option(
    "--live", "url", metavar="URL", help="It is live, and this is its link; of posts that go together, the last one's."
)
@click.option("--absent", is_flag=True, help="It is not live.")
@threads_option
@config_option
@json_option
def resolve(
    id_: str, number: int, url: str | None, absent: bool, accounts: tuple[str, ...], config_path: Path, as_json: bool
) -> None:
    """Say what became of a post that threadbot cannot tell, after a look at the account.

    \b
    Examples:
      threadbot resolve 3f9a12cd --account x --post 3 --live https://x.com/me/status/19
      threadbot resolve 3f9a12cd --account x --post 3 --absent
    """
    from bot.cli.standing import plan_json
    from bot.engine import mending

    if (url is None) is not absent:
        raise click.UsageError("look at the account, then say one of --live URL and --absent")
    with work(id_, accounts, config_path) as at:
        found = mending.doubt(at.store, at.plan, number, accounts, live=url is not None)
        adopt = None if url is None else mending.adopting(at.config.accounts, at.networks, at.store, url)
        mending.resolve(at.store, found, adopt, at.clock.now())
        after = at.store.plans.standing(at.plan.digest, found.standing.thread.account)
        if as_json:
            setting.print_json(plan_json(at.plan, [after], at.view()))
        else:
            _said(at, after, found)


def _said(at: Work, after: Standing, found: Doubt) -> None:
    from bot.cli.standing import next_command
    from bot.core.states import STATES

    posts = f"post {found.first} is" if found.first == found.last else f"posts {found.first}–{found.last} are"
    at.say(after.thread.account, f"{posts} {STATES[after.posts[found.first - 1].state]} now")
    if advice := next_command(after, at.view()):
        at.say(after.thread.account, f"next: {advice}")


@click.command()
@id_argument
@threads_option
@yes_option
@config_option
@json_option
def rollback(id_: str, accounts: tuple[str, ...], yes: bool, config_path: Path, as_json: bool) -> int:
    """Remove what is live of a thread, the last post first, and send nothing more of it.

    \b
    Example: threadbot rollback 3f9a12cd --account sky
    """
    from bot.cli import desk
    from bot.cli.standing import exact
    from bot.engine import mending

    with work(id_, accounts, config_path) as at:
        if not yes:
            question = f"Remove {'; '.join(map(_to_remove, at.standings()))} ({at.plan.id})?"
            look = exact(f"look at threadbot status {at.plan.id}", config_path)
            desk.confirm(question, "nothing was removed", first=look)
        mending.rollback(at.store, at.plan, at.threads, at.clock.now())
        return at.go_on(as_json)


def _to_remove(standing: Standing) -> str:
    from bot.cli.show import count
    from bot.core.delivery import GONE, IN_DOUBT, OUT

    doubts = sum(post.state in IN_DOUBT for post in standing.posts)
    waiting = sum(post.state not in (*GONE, *IN_DOUBT, *OUT) for post in standing.posts)
    said = f"{count(standing.live, 'live post')} on {standing.thread.account}"
    said += f" and {count(doubts, 'post')} that may be live" if doubts else ""
    return said + (f", drop {waiting} not yet sent" if waiting else "")


@click.command()
@id_argument
@threads_option
@config_option
@json_option
def pause(id_: str, accounts: tuple[str, ...], config_path: Path, as_json: bool) -> None:
    """Send nothing more of a thread, also where it is being published: the post under way ends first.

    \b
    Example: threadbot pause 3f9a12cd
    """
    from bot.cli.standing import plan_json, word
    from bot.engine import mending

    with work(id_, accounts, config_path) as at:
        mending.pause(at.store, at.plan, at.threads, "by hand")
        standings = at.standings()
        if as_json:
            setting.print_json(plan_json(at.plan, standings, at.view()))
            return
        for each in standings:
            account = each.thread.account
            resumed = (
                f"paused, {each.live} of {len(each.posts)} live – threadbot resume {at.plan.id} --account {account} goes on"
            )
            at.say(account, resumed if each.paused else f"{word(each)}: there is nothing to pause")


@click.command()
@id_argument
@threads_option
@config_option
@json_option
def resume(id_: str, accounts: tuple[str, ...], config_path: Path, as_json: bool) -> None:
    """Let a paused thread go on, not before it is due.

    \b
    Example: threadbot resume 3f9a12cd --account x
    """
    from bot.cli.standing import plan_json, word
    from bot.engine import mending

    with work(id_, accounts, config_path) as at:
        before = at.standings()
        mending.resume(at.store, at.plan, at.threads, at.clock.now())
        standings = at.standings()
        if as_json:
            setting.print_json(plan_json(at.plan, standings, at.view()))
            return
        for was, each in zip(before, standings, strict=True):
            at.say(each.thread.account, _resumed(each, at.view()) if was.paused else f"{word(each)}: it was not paused")


def _resumed(standing: Standing, view: View) -> str:
    """What becomes of a thread that is not paused any more."""
    from bot.cli.show import local
    from bot.cli.standing import next_command, planned, word

    if planned(standing, view.now):
        return f"a worker goes on with it at {local(standing.due, view.tz)}"
    if standing.wake:
        return f"a worker goes on with it, or threadbot retry {standing.plan.id} --account {standing.thread.account} does now"
    said, advice = f"{word(standing)}, and not paused any more", next_command(standing, view)
    return f"{said} – {advice}" if advice else said


@click.command()
@id_argument
@draft_argument
@threads_option
@expect_option
@yes_option
@click.option("--preview", is_flag=True, help="Only show the posts as they would go out.")
@config_option
@json_option
def append(
    id_: str,
    draft: Path,
    accounts: tuple[str, ...],
    expect: str | None,
    yes: bool,
    preview: bool,
    config_path: Path,
    as_json: bool,
) -> int:
    """Add a draft's posts to a thread that is live, at its end; ID: of any of its parts.

    \b
    Examples:
      threadbot append 3f9a12cd drafts/more.md --preview
      threadbot append 3f9a12cd drafts/more.md --account sky
    """
    from bot.cli import sending
    from bot.core.draft import slug_of
    from bot.engine.appending import ends

    with work(id_, accounts, config_path) as at:
        composed = sending.following(draft, at.config, at.networks, ends(at.store, at.plan, accounts, slug_of(str(draft))))
        if preview:
            sending.shown(composed, as_json)
            return setting.DONE
        sending.agreed(composed, at.config, at.networks, expect, yes)
        with setting.clean_stop(at.clock.stop):
            return sending.sent(composed, draft, at.store, at.config, at.networks, at.clock, as_json)


COMMANDS = (retry, resolve, rollback, pause, resume, append)
