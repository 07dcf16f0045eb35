"""What the commands share: options, the config, clean stops, and how errors become words and exit codes."""

from __future__ import annotations

import io
import json
import os
import re
import resource
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from bot.core.delivery import BrokenLedger
from bot.core.errors import BotError, CannotTell, ConfigError, DraftError, NetworkError, PlanError, StoreError

# C0 without tab and line feed, DEL, C1, and halves of characters (file names that are not UTF-8)
CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


class Digest(click.ParamType[str]):
    """A digest, or so much of its beginning that nobody hits it by chance. An empty one is a mistake, never "any"."""

    name = "digest"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if not re.fullmatch("[0-9a-fA-F]{8,64}", value):
            self.fail(f"“{harmless(value)}” is no digest – give 8 characters or more, as preview printed them", param, ctx)
        return value.lower()


class Declined(BotError):
    """A person was asked, and said no."""


DONE, DRAFT, USAGE, NETWORK, HUMAN = range(5)
INTERRUPTED, PIPE = 128 + 2, 128 + 13  # as a shell reports a program that SIGINT or SIGPIPE ended
CODES: tuple[tuple[type[Exception], int], ...] = (  # the first that fits counts
    (DraftError, DRAFT),
    (PlanError, DRAFT),
    (Declined, DRAFT),
    (ConfigError, USAGE),
    (StoreError, USAGE),
    (CannotTell, HUMAN),
    (BrokenLedger, HUMAN),
    (NetworkError, NETWORK),
)
EXIT_CODES = """\b
Exit codes:
  0  done
  1  the draft or the plan is at fault
  2  wrong usage, config or database
  3  a network failed; the same command goes on
  4  a human must decide"""

CONFIG = Path("config.toml")
config_option = click.option(
    "--config",
    "config_path",
    type=click.Path(path_type=Path),
    default=CONFIG,
    show_default=True,
    help="The config.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for machines.")
account_option = click.option(
    "--account", "accounts", multiple=True, metavar="NAME", help="This account instead of the draft's; may be repeated."
)
expect_option = click.option(
    "--expect",
    type=Digest(),
    metavar="DIGEST",
    help="Refuse any plan but this one, as preview printed it (8 characters or more).",
)
draft_argument = click.argument("draft", type=click.Path(path_type=Path))
id_argument = click.argument("id_", metavar="ID")
threads_option = click.option(
    "--account", "accounts", multiple=True, metavar="NAME", help="Only the thread on this account; may be repeated."
)
yes_option = click.option("--yes", is_flag=True, help="Do not ask for confirmation.")


def code_of(error: Exception) -> int:
    """The exit code of an error."""
    return next(code for kind, code in CODES if isinstance(error, kind))


def harmless(text: str) -> str:
    """A text without what a terminal would obey, or could not be sent: servers, files and their names are not ours."""
    return CONTROLS.sub("\ufffd", text)


def say(error: Exception | str) -> None:
    """An error, on stderr, a line each."""
    for line in str(error).splitlines():
        click.secho(harmless(line), fg="red", err=True)


def print_json(value: object, indent: int | None = 1) -> None:
    """One JSON value on stdout: in UTF-8, whatever the terminal speaks, and without anything that it would obey."""
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    click.echo(CONTROLS.sub(lambda found: f"\\u{ord(found[0]):04x}", text).encode())


@contextmanager
def clean_stop(*then: Callable[[], None]) -> Iterator[None]:
    """SIGINT and SIGTERM call these instead of ending the process; the same signal again ends it."""

    def stop(number: int, _frame: object) -> None:
        signal.signal(number, before[signal.Signals(number)])
        for each in then:
            each()

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def run(command: click.Command) -> None:
    """Run a command and leave with its exit code; what goes wrong is said in words, never as a traceback."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core dump would hold every secret that was read
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that is not UTF-8 shows what it can
    try:
        code = command.main(prog_name="threadbot", standalone_mode=False)
    except (BotError, BrokenLedger) as error:
        say(error)
        code = code_of(error)
    except click.ClickException as error:
        error.show()
        code = USAGE
    except (click.Abort, KeyboardInterrupt):
        click.echo("stopped – nothing is lost, the same command goes on", err=True)
        code = INTERRUPTED
    except (BrokenPipeError, SystemExit):  # somebody piped us into head, of which click makes the latter
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        code = PIPE
    except OSError as error:
        say(f"{error.filename}: {error.strerror}" if error.filename else str(error))
        code = USAGE
    sys.exit(code or DONE)
