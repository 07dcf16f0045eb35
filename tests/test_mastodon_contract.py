"""Mastodon, and servers that speak its API, keep the contract: on fakes that know their rules and tell lies."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.testing.contract import NetworkContract, Stage
from bot.testing.mastodon import FakeMastodon
from tests.mastodons import PictureStage, played


class TestMastodon(NetworkContract):
    @pytest.fixture
    def stage(self) -> Iterator[Stage]:
        with played(FakeMastodon()) as stage:
            yield stage


class TestGoToSocial(NetworkContract):
    @pytest.fixture
    def stage(self) -> Iterator[Stage]:
        with played(FakeMastodon("gotosocial"), keyed=False) as stage:
            yield stage


class TestPixelfed(NetworkContract):
    TEXTS = (
        "Un : « été » & 295 km² 🗺️",
        "Deux\n\navec des lignes  et deux espaces",
        "Trois !",
    )  # it drops what looks like a tag

    @pytest.fixture
    def stage(self) -> Iterator[Stage]:
        with played(FakeMastodon("pixelfed"), PictureStage, keyed=False) as stage:
            yield stage
