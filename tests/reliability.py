"""Threads under schedules of faults, with an engine that is killed for real: what is out in the end, and was `status` true?

python -m tests.reliability bluesky 'post by post' 700   prints the tally as JSON
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

from bot.testing.schedules import Schedule, schedules
from tests import behind
from tests.acts import Tally, play
from tests.scenes import SCENES
from tests.theatre import theatre

PDS = "THREADBOT_PDS"  # where its address stands for the processes that play
HOME = Path(__file__).parent.parent


def played(network: str, scene: str, number: int) -> Tally:
    """What became of so many schedules."""
    total = Tally()
    made = behind.scene(os.environ[PDS], scene) if network == "pds" else SCENES[network][scene]
    with theatre(made) as stage:
        play(stage, Schedule())
        requests, effects = stage.look().count, stage.shared.get("effects")
        for schedule in schedules(f"{network}, {scene}", requests, effects, number):
            total.add(play(stage, schedule))
    return total


def tallies(network: str, number: int, pds: str = "") -> dict[str, Tally]:
    """What became of so many schedules, of each scene of a network its share, all scenes at once. The network `pds` is the real
    server at that address."""
    scenes = behind.SCENES if network == "pds" else SCENES[network]
    share = str(-(-number // len(scenes)))
    running = {scene: begun("tests.reliability", network, scene, share, pds=pds) for scene in scenes}
    return {scene: ended(process) for scene, process in running.items()}


def begun(*words: str, pds: str = "") -> subprocess.Popen[bytes]:
    """Schedules that are played in a process of their own: one that forks must not have threads."""
    return subprocess.Popen([sys.executable, "-m", *words], stdout=subprocess.PIPE, cwd=HOME, env={**os.environ, PDS: pds})


def ended(process: subprocess.Popen[bytes]) -> Tally:
    """What it found."""
    said, _ = process.communicate()
    assert process.returncode == 0, f"the harness failed: {process.args!r}"
    value = json.loads(said)
    return Tally(**{**value, "faults": Counter(value["faults"])})


def main() -> None:
    """What `tallies` starts."""
    tally = played(sys.argv[1], sys.argv[2], int(sys.argv[3]))
    sys.stdout.write(json.dumps(vars(tally), ensure_ascii=False))


if __name__ == "__main__":
    main()
