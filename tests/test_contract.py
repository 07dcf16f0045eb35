"""Every network of ours keeps the contract that it ships: the site in a folder, Bluesky on a real server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.core.model import Account
from bot.networks import bluesky, site
from bot.testing.contract import NetworkContract, Stage
from bot.testing.fakes import Shelf
from tests.readers import seen_on_pds, seen_on_site
from tests.servers import Pds


class TestSite(NetworkContract):
    @pytest.fixture
    def stage(self, tmp_path: Path) -> Iterator[Stage]:
        account = Account("blog", "site", {"folder": str(tmp_path), "url": "https://example.org/threads"})
        stage = Stage(site.NETWORK, account, Shelf(), lambda: seen_on_site(tmp_path, "contract"), pieces=False)
        yield stage
        stage.close()


class TestBluesky(NetworkContract):
    @pytest.fixture
    def stage(self, pds: Pds) -> Iterator[Stage]:
        person = pds.person()
        settings = {"server": pds.url, "handle": person.handle}
        account = Account("sky", "bluesky", settings, {"password": lambda: person.password})
        stage = Stage(bluesky.NETWORK, account, Shelf(), lambda: seen_on_pds(pds, person))
        yield stage
        stage.close()
