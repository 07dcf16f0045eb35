"""Fixtures that more than one test file needs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.servers import Pds, installed

settings.register_profile("threadbot", deadline=None)  # a slow machine is no fault
settings.load_profile("threadbot")


@pytest.fixture(autouse=True)
def _no_memory_of_other_runs(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """What servers were asked before is kept in the user's cache: each test has its own, and leaves yours alone."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))


@pytest.fixture(scope="session")
def pds_folder() -> Path:
    """Where a real Bluesky server is installed."""
    return installed(Path(__file__).parent / "pds", Path(__file__).parent.parent / ".cache")


@pytest.fixture(scope="session")
def pds(tmp_path_factory: pytest.TempPathFactory, pds_folder: Path) -> Iterator[Pds]:
    """A real Bluesky server on loopback, for the whole session; each test makes accounts of its own."""
    with Pds(pds_folder, tmp_path_factory.mktemp("pds") / "server.log") as server:
        yield server
