"""X keeps the contract of all networks, with either way to sign in, against a fake that checks X's published one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.networks import x
from bot.testing.contract import NetworkContract, Stage
from bot.testing.fakes import JumpingClock, Shelf
from bot.testing.serving import Served
from bot.testing.x import FakeX, account_of, signed_in


class TestWithFourSecrets(NetworkContract):
    @pytest.fixture
    def stage(self) -> Iterator[Stage]:
        fake, clock = FakeX(), JumpingClock()
        with Served(fake, clock) as server:
            account = account_of(fake.gate.person("afp"), server.url)
            stage = Stage(x.NETWORK, account, Shelf(), fake.posts, server=server)
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
            stage = Stage(x.NETWORK, account, shelf, fake.posts, server=server)
            yield stage
            stage.close()
