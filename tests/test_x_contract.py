"""X keeps the contract of all networks, with either way to sign in, against a fake that checks X's published one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from bot.networks import x
from bot.networks.base import Network
from bot.testing.contract import NetworkContract, Stage
from bot.testing.fakes import JumpingClock, Shelf
from bot.testing.serving import Served
from bot.testing.x import FakeX, account_of, signed_in


def by(clock: JumpingClock) -> Network:
    """X, whose driver goes by the clock of the test, as the engine does."""
    return replace(x.NETWORK, connect=lambda account, world: x.Poster(account, world, clock.now))


class TestWithFourSecrets(NetworkContract):
    @pytest.fixture
    def stage(self) -> Iterator[Stage]:
        fake, clock = FakeX(), JumpingClock()
        with Served(fake, clock) as server:
            account = account_of(fake.gate.person("afp"), server.url)
            stage = Stage(by(clock), account, Shelf(), fake.posts, server=server)
            yield stage
            stage.close()


class TestWithTokens(NetworkContract):
    @pytest.fixture
    def stage(self) -> Iterator[Stage]:
        fake, clock, shelf = FakeX(), JumpingClock(), Shelf()
        fake.gate.client_secret = "s3cret-client"
        person = fake.gate.person("afp")
        with Served(fake, clock) as server:
            account = account_of(person, server.url, gate=fake.gate)
            shelf.put(account.name, signed_in(fake, person, clock.now()))
            stage = Stage(by(clock), account, shelf, fake.posts, server=server)
            yield stage
            stage.close()
