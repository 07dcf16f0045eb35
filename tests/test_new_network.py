"""What docs/new-network.md shows is what works: its files are taken out of the page and run as somebody else's package."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from bot.testing.contract import Seen
from bot.testing.serving import Served

HOME = Path(__file__).parent.parent
PAGE = (HOME / "docs" / "new-network.md").read_text(encoding="utf-8")
FILES = dict(re.findall(r"^```\w+ (\S+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL))
OPEN = ("bot.core.model", "bot.core.rules", "bot.core.errors", "bot.networks.base", "bot.networks.wire", "bot.testing.")


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """The page's files, installed as pip would: a module and its metadata beside it."""
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    project = tomllib.loads(FILES["pyproject.toml"])["project"]
    metadata = tmp_path / f"{project['name'].replace('-', '_')}-{project['version']}.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n")
    lines = [
        line
        for group, entries in project["entry-points"].items()
        for line in (f"[{group}]", *(f"{name} = {target}" for name, target in entries.items()))
    ]
    (metadata / "entry_points.txt").write_text("\n".join(lines) + "\n")
    return tmp_path


def python(package: Path, *words: str, **environment: str) -> str:
    """What a Python with this package says; it must not fail."""
    path = os.pathsep.join([str(package), str(HOME)])
    state = {"XDG_STATE_HOME": str(package / "state"), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, *words],
        cwd=package,
        env={**os.environ, "PYTHONPATH": path, **state, **environment},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def module(package: Path, name: str) -> Any:
    """A module of the package, in this process."""
    spec = importlib.util.spec_from_file_location(name, package / f"{name}.py")
    assert spec, "a file"
    assert spec.loader, "of Python"
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


def test_the_network_keeps_the_contract(package: Path) -> None:
    words = ("-m", "pytest", "-q", "-p", "no:cacheprovider", "-W", "error", "test_wall.py")
    said = python(package, *words).splitlines()[-1]
    assert re.fullmatch(r"[0-9]{2} passed in .*", said), "and nothing is skipped"


def test_threadbot_sees_it_through_the_door_of_our_own_networks(package: Path) -> None:
    said = python(package, "-c", "from bot.networks.base import installed; print(*installed())")
    assert set(said.split()) >= {"wall", "bluesky", "site"}


def test_a_draft_is_published_there(package: Path) -> None:
    wall = module(package, "fake_wall").FakeWall(token="a-secret-token")
    (package / "maps").mkdir()
    Image.new("RGB", (60, 40), "#3b6ea5").save(package / "maps" / "day1.png")
    with Served(wall) as server:
        config = FILES["config.toml"].replace("https://wall.example", server.url)
        (package / "config.toml").write_text(f'database = "sqlite:///t.db"\n{config}')
        command = ("-m", "bot", "publish", "draft.md", "--account", "board", "--yes", "--json")
        said = json.loads(python(package, *command, WALL_TOKEN="a-secret-token"))
    assert wall.seen() == [
        Seen("1/2 The Loire rises.", ("Map of the first day",), None),
        Seen("2/2 It falls again.", (), "1/2 The Loire rises."),
    ]
    assert "/m/2" in json.dumps(said)


def test_it_needs_no_more_of_threadbot_than_the_page_says() -> None:
    names = [name for text in FILES.values() for name in re.findall(r"^from (bot\.\S+) import", text, re.MULTILINE)]
    assert len(names) >= 10
    assert [name for name in names if not name.startswith(OPEN)] == []
    for room in OPEN:
        assert f"`{room.removesuffix('.')}`" in PAGE


def test_it_is_about_a_hundred_lines() -> None:
    assert len(FILES["threadbot_wall.py"].splitlines()) <= 120
    assert len(FILES["fake_wall.py"].splitlines()) <= 75
