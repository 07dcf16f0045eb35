"""References: the config says where a secret is, and it is read there whenever a driver asks.

What stands after the colon may itself be a secret that somebody put into the wrong place. So it is repeated only where it
cannot be one: as a variable's name in capitals, as a file or a program that is really there.
"""

from __future__ import annotations

import os
import re
import shlex
import stat
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bot.core.errors import Unauthorized
from bot.store.faults import beside

WANTED = (
    'a reference to the secret is wanted, such as "env:SKY_PASSWORD", "file:sky.key", "keyring:threadbot/sky" or '
    '"command:pass show sky", never the secret itself'
)
PATIENCE = 30.0  # seconds for a command: somebody may have to type a passphrase
MOUNTED = (Path("/run/secrets"), Path("/run/credentials"))  # where containers and systemd put secrets, with modes of their own


class _Missing(Exception):
    """Why there is no secret: a sentence without it."""


@dataclass(frozen=True, slots=True)
class Reference:
    """Where a secret is. Called, it gives the secret, or raises Unauthorized with the key of the config."""

    key: str
    config: Path
    source: str
    place: str = field(repr=False)

    def __call__(self) -> str:
        secret, why = "", f"{self} is empty – set it, and start again"
        try:
            secret = READERS[self.source](self.place, self.config)
        except _Missing as missing:
            why = str(missing)
        if not secret:  # raised out here, it has no __context__, which would hold the place
            raise Unauthorized(f"{self.config}: {self.key}: {why}")
        return secret

    def __str__(self) -> str:
        known = self.source == "env" and re.fullmatch("[A-Z_][A-Z0-9_]*", self.place)
        return f"{self.source}:{self.place}" if known else f"{self.source}:…"


def is_reference(value: str) -> bool:
    """Whether this says where a secret is; what is one itself rarely has that shape."""
    source, _, place = value.partition(":")
    return bool(source in FORMS and FORMS[source].fullmatch(place)) and (source != "command" or bool(_words(place)))


def reference(key: str, config: Path, value: str) -> Reference:
    """The reference that stands at a key of a config."""
    source, _, place = value.partition(":")
    return Reference(key, config, source, place)


def _environment(name: str, _config: Path) -> str:
    return os.environ.get(name, "").strip()


def _file(path: str, config: Path) -> str:
    try:
        file = beside(config, path)
        with file.open("rb") as stream:
            status = os.fstat(stream.fileno())
            if status.st_mode & (stat.S_IRGRP | stat.S_IROTH) and _ours_to_close(file, status):
                raise _Missing(f"others can read {file} – chmod 600 {shlex.quote(str(file))}")
            return stream.read().decode().strip()
    except (OSError, ValueError) as error:
        # a path that leads nowhere is not shown
        raise _Missing(f"the file cannot be read ({type(error).__name__}) – its path is relative to the config") from None


def _ours_to_close(file: Path, status: os.stat_result) -> bool:
    """Whether its owner could give it another mode, and so should."""
    mounted = any(file.is_relative_to(folder) for folder in MOUNTED) or os.statvfs(file).f_flag & os.ST_RDONLY
    return not mounted and status.st_uid == os.geteuid()


def _keyring(place: str, _config: Path) -> str:
    try:
        import keyring
    except ImportError:
        raise _Missing("keyring is not installed – pip install 'threadbot[keyring]'") from None
    service, _, name = place.rpartition("/")
    try:
        secret: str | None = keyring.get_password(service, name)
    except Exception as error:  # a backend is anybody's program
        raise _Missing(f"the keyring cannot be read ({type(error).__name__}) – unlock it, and start again") from None
    if secret is None:
        raise _Missing("the keyring has no such entry – keyring set SERVICE NAME makes it")
    return secret.strip()


def _command(line: str, config: Path) -> str:
    program, *rest = _words(line)
    try:
        done = subprocess.run(  # noqa: S603  the operator's own command, without a shell
            [program, *rest],
            cwd=config.parent,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # it may hold the secret
            timeout=PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise _Missing(f"{program} did not answer within {PATIENCE:.0f} seconds") from None
    except (OSError, ValueError) as error:
        raise _Missing(f"the command cannot be started ({type(error).__name__})") from None
    if done.returncode:
        raise _Missing(f"{program} ended with exit code {done.returncode} – try it in a terminal")
    return done.stdout.decode(errors="surrogateescape").strip().split("\n")[0].strip()


def _words(line: str) -> list[str]:
    try:
        return shlex.split(line)
    except ValueError:  # a quote that is never closed
        return []


FORMS: Mapping[str, re.Pattern[str]] = {
    "env": re.compile("[A-Za-z_][A-Za-z0-9_]*"),
    "file": re.compile(r".*\S.*"),
    "keyring": re.compile(r".*\S.*/.*\S.*"),
    "command": re.compile(r".*\S.*"),
}
READERS: Mapping[str, Callable[[str, Path], str]] = {
    "env": _environment,
    "file": _file,
    "keyring": _keyring,
    "command": _command,
}
