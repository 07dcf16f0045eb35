"""Sessions with a Bluesky server: signed in once, kept, renewed by one process at a time, and never a secret in a message."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.core.errors import NetworkError, Rejected, Transient, Unauthorized
from bot.core.model import Account
from bot.networks.base import World
from bot.networks.bluesky import NETWORK, Bluesky
from bot.networks.session import expiry
from bot.store.vault import Vault
from bot.testing.bluesky import FakePds
from bot.testing.fakes import JumpingClock, Shelf
from bot.testing.serving import Reply, Request, Served
from bot.testing.stage import Stage
from tests.servers import Pds, Person
from tests.skies import a_thread, account_of, opened

JUNK = "eyJhbGciOiJIUzI1NiJ9.e30.junk"
NAMES = ("server.createSession", "server.refreshSession")


@dataclass
class Scene:
    """A server that remembers what it was asked, a vault on disk, and drivers as processes would make them."""

    fake: FakePds
    server: Served
    clock: JumpingClock
    vault: Vault
    account: Account
    drivers: list[Bluesky] = field(default_factory=list)

    def driver(self, account: Account | None = None) -> Bluesky:
        """Signed in."""
        driver = Bluesky(account or self.account, World(self.vault, lambda _: b""))
        self.drivers.append(driver)
        driver.open()
        return driver

    def asked(self) -> list[str]:
        """What the server was asked about sessions, in order."""
        names = [request.path.rsplit("com.atproto.", 1)[1] for request in self.server.requests]
        return [name for name in names if name in NAMES]

    def without_password(self) -> Account:
        """The account of a config that names none."""
        return replace(self.account, secrets={})


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    fake, clock = FakePds(), JumpingClock()
    with Served(fake, clock) as server:
        account = account_of(Person(fake.handle, fake.password, fake.did), server.url)
        made = Scene(fake, server, clock, Vault(tmp_path / "vault"), account)
        yield made
        for driver in made.drivers:
            driver.close()


def use(scene: Scene, driver: Bluesky) -> None:
    """Publish something: a request that needs a token that holds."""
    batch = Stage(NETWORK, scene.account, Shelf(), list).batch(a_thread(1))
    driver.send(batch, driver.mint(batch, scene.clock.now()))


# Kept


def test_one_sign_in_is_enough_for_all_processes_and_runs(scene: Scene) -> None:
    for _ in range(5):
        use(scene, scene.driver())
    assert scene.asked() == ["server.createSession"]


def test_the_password_is_not_asked_for_again_while_the_session_holds(scene: Scene) -> None:
    scene.driver()
    scene.driver(scene.without_password())
    assert scene.asked() == ["server.createSession"]


def test_only_the_session_is_kept_and_not_the_password(scene: Scene) -> None:
    scene.driver()
    kept = scene.vault.get("sky")
    assert kept is not None
    assert set(kept) == {"did", "access", "refresh", "for", "pds"}
    assert scene.fake.password not in json.dumps(kept)


def test_a_session_of_another_handle_or_server_is_not_taken(scene: Scene) -> None:
    scene.driver()
    moved = replace(scene.without_password(), settings={**scene.account.settings, "handle": "other.test"})
    with pytest.raises(Unauthorized, match="not signed in – threadbot login sky"):
        scene.driver(moved)


@pytest.mark.parametrize("kept", [{}, {"did": 1}, {"for": "person.test"}, {"access": None, "refresh": []}])
def test_what_is_no_session_is_as_good_as_none(scene: Scene, kept: dict[str, Any]) -> None:
    scene.driver()
    scene.vault.put("sky", {**(scene.vault.get("sky") or {}), **kept} if kept else {})
    use(scene, scene.driver())
    assert scene.asked() == ["server.createSession"] * 2


# Renewed


def test_an_expired_token_is_renewed_in_the_middle_and_the_new_pair_is_kept(scene: Scene) -> None:
    driver = scene.driver()
    before = dict(scene.vault.get("sky") or {})
    scene.clock.wait(3 * 3600)
    use(scene, driver)
    after = scene.vault.get("sky") or {}
    assert scene.asked() == list(NAMES)
    assert {name for name in before if before[name] != after[name]} == {"access", "refresh"}


def test_what_another_process_has_renewed_is_taken_and_not_renewed_again(scene: Scene) -> None:
    one, other = scene.driver(), scene.driver()
    scene.clock.wait(3 * 3600)
    use(scene, one)
    use(scene, other)
    assert scene.asked() == list(NAMES)
    assert one.session.kept == other.session.kept


def test_while_another_process_renews_one_waits_and_takes_what_it_got(scene: Scene) -> None:
    driver, other = scene.driver(), scene.driver()
    scene.clock.wait(3 * 3600)
    use(scene, other)
    fresh = dict(scene.vault.get("sky") or {})
    scene.vault.put("sky", {**fresh, **driver.session.kept})
    scene.server.plan({})
    waiting = threading.Thread(target=use, args=(scene, driver))
    with scene.vault.locked("sky"):
        waiting.start()
        while not scene.server.count:  # until it was told that its token has expired
            waiting.join(0.01)
        waiting.join(0.2)
        assert waiting.is_alive()
        scene.vault.put("sky", fresh)
    waiting.join()
    assert scene.asked() == list(NAMES)


def test_dying_between_the_renewal_and_the_disk_costs_nothing(scene: Scene) -> None:
    scene.driver()
    old = dict(scene.vault.get("sky") or {})
    scene.clock.wait(3 * 3600)
    use(scene, scene.driver())
    new = dict(scene.vault.get("sky") or {})
    scene.vault.put("sky", old)
    use(scene, scene.driver(scene.without_password()))
    assert scene.vault.get("sky") == new


def test_a_lost_answer_to_a_renewal_is_transient_and_the_next_try_gets_the_same_pair(scene: Scene) -> None:
    driver = scene.driver()
    scene.clock.wait(3 * 3600)
    scene.server.plan({1: "lost after"})
    with pytest.raises(Transient):
        use(scene, driver)
    use(scene, driver)
    assert scene.asked() == [NAMES[0], NAMES[1], NAMES[1]]


def test_when_nothing_can_be_renewed_the_password_signs_in_once(scene: Scene) -> None:
    driver = scene.driver()
    scene.clock.wait(100 * 86400)
    use(scene, driver)
    assert scene.asked() == [*NAMES, NAMES[0]]


def test_without_password_it_is_said_what_to_type(scene: Scene) -> None:
    scene.driver()
    driver = scene.driver(scene.without_password())
    scene.clock.wait(100 * 86400)
    with pytest.raises(Unauthorized, match=r"ExpiredToken: Token has expired – threadbot login sky$"):
        use(scene, driver)


def test_a_token_that_is_refused_even_when_new_is_not_renewed_for_ever(scene: Scene) -> None:
    driver = scene.driver()
    scene.fake.tokens.check = _refuse  # type: ignore[method-assign]
    with pytest.raises(NetworkError):
        use(scene, driver)
    assert len(scene.asked()) <= 5


def _refuse(token: str, kind: str, now: datetime) -> None:
    from bot.testing.tokens import Expired

    if kind == "access":
        raise Expired


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
    driver = scene.driver()
    signed = driver.signed()
    assert (signed.handle, signed.limits) == (scene.fake.handle, ())
    assert signed.until == (scene.clock.now() + timedelta(days=90)).replace(microsecond=0)
    use(scene, driver)
    (limit,) = driver.signed().limits
    assert (limit.left, limit.total) == (2998, 3000)


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


# On a real server


@pytest.mark.parametrize("broken", [("access",), ("access", "refresh")])
def test_a_real_server_s_session_is_taken_up_and_renewed_in_the_middle(pds: Pds, broken: tuple[str, ...]) -> None:
    person = pds.person()
    stage = Stage(NETWORK, account_of(person, pds.url), Shelf(), list)
    first = opened(stage)
    assert opened(replace(stage, account=replace(stage.account, secrets={}))).session.kept == first.session.kept
    stage.shelf.sessions["sky"] |= dict.fromkeys(broken, JUNK)
    driver = opened(stage)
    stage.sent(driver, a_thread(2))
    assert len(pds.records(person)) == 2
    assert stage.shelf.sessions["sky"] == driver.session.kept
    assert JUNK not in driver.session.kept.values()
    stage.close()


def test_a_real_server_refuses_a_wrong_password_and_it_is_not_shown(pds: Pds) -> None:
    stage = Stage(NETWORK, account_of(pds.person(), pds.url, "wrong horse"), Shelf(), list)
    with pytest.raises(Unauthorized, match=r"AuthenticationRequired.*check the handle and the app password") as raised:
        stage.driver()
    assert "wrong horse" not in str(raised.value)
    assert stage.shelf.sessions == {}
    stage.close()
