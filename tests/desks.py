"""A user's folder with a config and a draft, and threadbot run in it: in this process, or in one that dies."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from click.testing import CliRunner
from PIL import Image

from bot.cli import setting
from bot.cli.main import cli

HOME = Path(__file__).parent.parent


@dataclass(frozen=True)
class Desk:
    """A folder with config.toml, draft.md and carte.png."""

    folder: Path
    environment: dict[str, str]

    @classmethod
    def made(cls, folder: Path, draft: str, accounts: str, **environment: str) -> Desk:
        """`accounts` are TOML tables; `environment` holds their secrets."""
        folder.mkdir(exist_ok=True)
        (folder / "config.toml").write_text(f'timezone = "Europe/Paris"\ndatabase = "sqlite:///t.db"\n{accounts}\n')
        (folder / "draft.md").write_text(draft, encoding="utf-8")
        Image.new("RGB", (60, 40), "#3b6ea5").save(folder / "carte.png")
        return cls(folder, {"XDG_CACHE_HOME": str(folder / "cache"), **environment})  # each desk has all its effects

    @property
    def draft(self) -> str:
        return str(self.folder / "draft.md")

    def words(self, *words: str) -> list[str]:
        return [*words, "--config", str(self.folder / "config.toml")]

    def run(self, *words: str) -> int:
        """A command in a new run of threadbot; returns its exit code."""
        result = CliRunner(env=self.environment).invoke(cli, self.words(*words), standalone_mode=False)
        if result.exception:
            raise result.exception
        return result.return_value or setting.DONE

    def json(self, *words: str) -> Any:
        """What a command prints for machines."""
        result = CliRunner(env=self.environment).invoke(cli, self.words(*words, "--json"), standalone_mode=False)
        if result.exception:
            raise result.exception
        return json.loads(result.stdout)

    def start(self, *words: str, module: str = "bot", before: tuple[str, ...] = ()) -> subprocess.Popen[str]:
        """A command in a process of its own."""
        return subprocess.Popen(
            [sys.executable, "-m", module, *before, *self.words(*words)],
            cwd=HOME,
            env={**os.environ, **self.environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def signalled(self, number: int, effect: str, *words: str) -> tuple[int, int]:
        """A command that signals itself at an effect; returns its exit code, and how many effects it lived through."""
        count = self.folder / "count"
        count.write_text("0")
        with self.start(*words, module="tests.crash", before=(str(int(number)), effect, str(count))) as process:
            _, said = process.communicate(timeout=60)
        assert process.returncode in (setting.DONE, setting.NETWORK, -signal.SIGKILL), said
        return process.returncode, int(count.read_text())


def site(folder: str = "public") -> str:
    """An account on a site."""
    return f'[accounts.blog]\nnetwork = "site"\nfolder = "{folder}"\n'


def sky(server: str, handle: str) -> str:
    """An account on Bluesky; its password is in SKY_PASSWORD."""
    return f'[accounts.sky]\nnetwork = "bluesky"\nserver = "{server}"\nhandle = "{handle}"\npassword = "env:SKY_PASSWORD"\n'
