"""Who is not let in is told what to do; who is signed in, until when and with how much left; and how one signs in."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.core.errors import Rejected, Transient, Unauthorized
from bot.networks.base import World
from bot.networks.bluesky import NETWORK
from bot.networks.session import expiry
from bot.testing.serving import Reply, Request, Served
from tests.skies import NO_DIDS, Scene, in_scene, use

JUNK = "eyJhbGciOiJIUzI1NiJ9.e30.junk"


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    yield from in_scene(tmp_path)


# Refused


@pytest.mark.parametrize(
    ("status", "error", "hint"),
    [
        (401, "AuthenticationRequired", "check the handle and the app password"),
        (401, "AuthFactorTokenRequired", "use an app password"),
        (401, "AccountTakedown", "blocked by its server"),
        (400, "InvalidRequest", "check the handle and the app password"),
    ],
)
def test_who_is_not_let_in_is_told_why_and_what_to_do(scene: Scene, status: int, error: str, hint: str) -> None:
    scene.server.fake = Always(status, {"error": error, "message": f"The words of the server: {scene.fake.password}"})
    with pytest.raises(Unauthorized, match=f"{error}: The words of the server: ••• – .*{hint}"):
        scene.driver()
    assert scene.vault.get("sky") is None


def test_too_many_sign_ins_mean_to_wait_as_long_as_the_server_says(scene: Scene) -> None:
    scene.fake.signing.total = 0
    with pytest.raises(Transient) as raised:
        scene.driver()
    assert raised.value.retry_after == 60.0


@pytest.mark.parametrize(
    "session",
    [
        {},
        {"did": "did:plc:x", "accessJwt": "a"},
        {"did": 5, "accessJwt": "a", "refreshJwt": "b"},
        {"did": "alice", "accessJwt": "a", "refreshJwt": "b"},
        *({"did": did, "accessJwt": "a", "refreshJwt": "b"} for did in NO_DIDS),
    ],
)
def test_an_answer_without_a_session_is_refused(scene: Scene, session: dict[str, Any]) -> None:
    scene.server.fake = Always(200, session)
    with pytest.raises(Rejected, match="gave no session"):
        scene.driver()
    assert scene.vault.get("sky") is None


@pytest.mark.parametrize(
    "document", [None, [], {"service": 5}, {"service": [5, {"id": 5}]}, {"service": [{"id": "#atproto_pds"}]}]
)
def test_a_strange_identity_document_leaves_us_where_we_signed_in(scene: Scene, document: Any) -> None:
    scene.server.fake = Always(200, {"did": "did:plc:x", "accessJwt": "a", "refreshJwt": "b", "didDoc": document})
    assert scene.driver().session.kept["pds"] == ""


def test_after_signing_in_at_the_entrance_everything_goes_to_where_the_account_lives(scene: Scene) -> None:
    with Served(scene.fake, scene.clock) as home:
        scene.fake.pds = home.url
        use(scene, scene.driver())
        assert [request.path for request in home.requests] == ["/xrpc/com.atproto.repo.applyWrites"]
    assert scene.asked() == ["server.createSession"]


@dataclass(frozen=True)
class Always:
    """A server with one answer."""

    status: int
    body: Any

    def reply(self, request: Request, now: datetime) -> Reply:  # noqa: ARG002
        return Reply(self.status, self.body)


# Who is signed in


def test_it_is_said_who_is_signed_in_until_when_and_what_is_left(scene: Scene) -> None:
    signed = scene.driver().signed()
    assert signed.handle == scene.fake.handle
    assert signed.until == (scene.clock.now() + timedelta(days=90)).replace(microsecond=0)
    (limit,) = signed.limits
    assert (limit.left, limit.total) == (2998, 3000)


def test_who_was_signed_out_at_the_server_is_not_said_to_be_signed_in(scene: Scene) -> None:
    driver = scene.driver()
    scene.fake.tokens.ends.clear()
    scene.fake.password = "another since"
    with pytest.raises(Unauthorized):
        driver.signed()


@pytest.mark.parametrize(
    "token", ["", "a", "a.b.c", "a.!!.c", "a.e30.c", "a.W10.c", "a.eyJleHAiOiAxZTMwfQ.c", "a.eyJleHAiOiAieCJ9.c"]
)
def test_a_token_that_does_not_say_when_it_ends_ends_nobody_knows_when(token: str) -> None:
    assert expiry(token) is None


def test_a_token_says_when_it_ends() -> None:
    assert expiry("e30.eyJleHAiOiAxNzk1MDAwMDAwfQ.c") == datetime.fromtimestamp(1795000000, UTC)


# Signing in at the desk


@dataclass
class Sitting:
    """Somebody who types an answer."""

    answer: str
    hidden: list[bool] = field(default_factory=list)

    def say(self, text: str) -> None: ...

    def ask(self, question: str, hidden: bool = False) -> str:  # noqa: ARG002
        self.hidden.append(hidden)
        return self.answer

    def visit(self, url: str) -> None:  # noqa: ARG002
        raise AssertionError("no browser is needed")

    def returned(self, port: int) -> Mapping[str, str]:  # noqa: ARG002
        raise AssertionError("no browser is needed")


def test_who_types_an_app_password_is_signed_in_without_one_in_the_config(scene: Scene) -> None:
    assert NETWORK.login
    desk, account = Sitting(f" {scene.fake.password}\n"), scene.without_password()
    NETWORK.login(account, World(scene.vault, lambda _: b""), desk)
    assert desk.hidden == [True]
    use(scene, scene.driver(account))
    assert scene.asked() == ["server.createSession"]
    assert scene.fake.password not in json.dumps(scene.vault.get("sky"))


@pytest.mark.parametrize(
    ("typed", "said"), [("", "nothing was typed"), ("wrong horse", "check the handle and the app password")]
)
def test_a_wrong_answer_leaves_the_old_session_and_is_not_repeated_in_the_message(scene: Scene, typed: str, said: str) -> None:
    assert NETWORK.login
    scene.driver()
    before = scene.vault.get("sky")
    with pytest.raises(Unauthorized, match=said) as raised:
        NETWORK.login(scene.account, World(scene.vault, lambda _: b""), Sitting(typed))
    assert "wrong horse" not in str(raised.value)
    assert scene.vault.get("sky") == before
