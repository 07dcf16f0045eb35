"""The main job, end to end: preview a draft, schedule it a few seconds ahead, let the worker publish it, say where to look.

Usage: python tools/demo.py FOLDER   (made anew; holds the config, the database and the published site)
"""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

HOME = Path(__file__).resolve().parent.parent
DRAFT = HOME / "drafts" / "loire.md"
ZONE = "Europe/Paris"
CONFIG = f"""\
timezone = "{ZONE}"
database = "sqlite:///threadbot.db"

[accounts.blog]
network = "site"
folder = "public"
"""


def threadbot(*words: str) -> list[str]:
    """A threadbot command, shown as a user would type it."""
    print("$", "threadbot", *words, flush=True)
    return [sys.executable, "-m", "bot", *words]


def main(folder: Path) -> int:
    """Run the demo in a folder; returns the exit code."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    config = folder / "config.toml"
    config.write_text(CONFIG, encoding="utf-8")
    known = ("--config", str(config))

    subprocess.run(threadbot("preview", str(DRAFT), *known), check=True)
    soon = datetime.now(ZoneInfo(ZONE)) + timedelta(seconds=4)
    subprocess.run(threadbot("schedule", str(DRAFT), "--at", f"{soon:%Y-%m-%d %H:%M:%S}", *known), check=True)
    live = worked(threadbot("worker", "--json", *known))
    subprocess.run(threadbot("list", *known), check=True)
    if live:
        print(f"\nPublished. Look at {folder / 'public' / 'loire' / 'index.html'}")
    return 0 if live else 1


def worked(command: list[str]) -> bool:
    """Run a worker until it has published the thread, then stop it as a person would."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as worker:
        assert worker.stdout, "it is a pipe"
        kinds = []
        for line in worker.stdout:
            event = json.loads(line)
            kinds.append(event["kind"])
            print(
                f"  {event['account']}: posts {event['first']}–{event['last']} {event['kind']} {event.get('why', '')}",
                flush=True,
            )
            if event["kind"] in ("published", "refused"):
                worker.send_signal(signal.SIGINT)
        return worker.wait() == 0 and kinds[-1:] == ["published"]


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
