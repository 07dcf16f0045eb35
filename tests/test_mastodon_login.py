"""Signing in at a Mastodon server with a browser: the code flow, PKCE, and what is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from bot.core.errors import NetworkError, Rejected, Unauthorized
from bot.core.model import Account
from bot.networks.base import World
from bot.networks.doorkeeper import PORT
from bot.networks.mastodon import NETWORK, Mastodon
from bot.testing.fakes import Shelf
from bot.testing.leaks import leaks
from bot.testing.mastodon import SCOPES, FakeMastodon
from bot.testing.serving import Reply, Request, Served
from tests.mastodons import Instead


@dataclass
class Person:
    """Somebody at the desk, with a browser that goes where it is sent."""

    server: Served
    change: Callable[[dict[str, str]], dict[str, str]] = lambda given: given
    said: list[str] = field(default_factory=list)
    visited: dict[str, str] = field(default_factory=dict)
    port: int = 0
    _back: str = ""

    def say(self, text: str) -> None:
        self.said.append(text)

    def ask(self, question: str, hidden: bool = False) -> str:  # noqa: ARG002
        raise AssertionError("nothing is to be typed")

    def visit(self, url: str) -> None:
        parts = urlsplit(url)
        assert url.startswith(self.server.url)
        self.visited = dict(parse_qsl(parts.query))
        request = Request("GET", parts.path, self.visited, {"host": parts.netloc}, b"")
        answer = self.server.fake.reply(request, datetime.now().astimezone())
        self._back = answer.headers.get("location", "")

    def returned(self, port: int) -> Mapping[str, str]:
        self.port = port
        return self.change(dict(parse_qsl(urlsplit(self._back).query)))


@pytest.fixture
def fake() -> FakeMastodon:
    fake = FakeMastodon()
    fake.sign_up("alice")
    return fake


@pytest.fixture
def server(fake: FakeMastodon) -> Iterator[Served]:
    with Served(fake) as server:
        yield server


@pytest.fixture
def person(server: Served) -> Person:
    return Person(server)


def signed_in(person: Person, shelf: Shelf, **secrets: Callable[[], str]) -> Account:
    account = Account("masto", "mastodon", {"server": person.server.url}, secrets)
    assert NETWORK.login
    NETWORK.login(account, World(shelf, shelf.picture), person)
    return account


def opened(account: Account, shelf: Shelf) -> str:
    driver = Mastodon(account, World(shelf, shelf.picture))
    try:
        driver.open()
        return driver.signed().handle
    finally:
        driver.close()


def test_somebody_signs_in_once_and_is_signed_in_from_then_on(person: Person, fake: FakeMastodon) -> None:
    shelf = Shelf()
    account = signed_in(person, shelf)
    for _ in range(2):
        assert opened(account, shelf).startswith("@alice@127.0.0.1")
    assert fake.tokens[shelf.sessions["masto"]["token"]] == (fake.visitor, SCOPES)
    assert shelf.sessions["masto"]["for"] == person.server.url


def test_the_question_has_a_state_and_a_challenge_and_ends_on_this_machine(person: Person) -> None:
    signed_in(person, Shelf())
    asked = person.visited
    assert (asked["redirect_uri"], person.port) == (f"http://127.0.0.1:{PORT}/callback", PORT)
    assert (asked["code_challenge_method"], asked["response_type"]) == ("S256", "code")
    assert (len(asked["code_challenge"]), len(asked["state"]) >= 20) == (43, True)
    assert set(asked["scope"].split()) == SCOPES


def test_every_sign_in_has_a_state_and_a_challenge_of_its_own(person: Person) -> None:
    seen = set()
    for _ in range(2):
        signed_in(person, Shelf())
        seen.update((person.visited["state"], person.visited["code_challenge"]))
    assert len(seen) == 4


def test_an_answer_to_another_question_is_not_taken(person: Person) -> None:
    shelf, person.change = Shelf(), lambda given: {**given, "state": "forged"}
    with pytest.raises(Unauthorized, match="belongs to another sign-in – threadbot login masto"):
        signed_in(person, shelf)
    assert shelf.sessions == {}


def test_a_code_that_was_pasted_without_its_state_is_taken(person: Person) -> None:
    person.change = lambda given: {"code": given["code"]}
    signed_in(person, Shelf())


def test_a_person_who_says_no_is_heard(person: Person, fake: FakeMastodon) -> None:
    fake.denies = True
    with pytest.raises(Unauthorized, match="nobody was let in: no – threadbot login masto"):
        signed_in(person, Shelf())


@pytest.mark.parametrize("given", [{"code": "wrong"}, {"code": ""}, {}])
def test_a_code_that_is_none_lets_nobody_in(person: Person, given: dict[str, str]) -> None:
    shelf, person.change = Shelf(), lambda _: given
    with pytest.raises(Unauthorized, match="nobody was let in"):
        signed_in(person, shelf)
    assert shelf.sessions == {}


def test_a_code_is_of_no_use_to_who_did_not_ask_for_it(person: Person, fake: FakeMastodon) -> None:
    person.change = lambda given: (fake.doors.codes[given["code"]].update(code_challenge="another"), given)[1]
    with pytest.raises(Unauthorized, match="invalid_grant"):
        signed_in(person, Shelf())


def test_a_token_of_the_config_comes_first_and_that_is_said(person: Person, fake: FakeMastodon) -> None:
    bob = fake.sign_up("bob")
    shelf = Shelf()
    account = signed_in(person, shelf, token=lambda: bob)
    assert any("comes before" in said for said in person.said)
    assert opened(account, shelf).startswith("@bob@")


def test_a_new_sign_in_takes_the_place_of_the_old(person: Person, fake: FakeMastodon) -> None:
    shelf = Shelf()
    account = signed_in(person, shelf)
    opened(account, shelf)
    fake.sign_up("bob")
    signed_in(person, shelf)
    assert opened(account, shelf).startswith("@bob@")


def test_who_signs_in_while_another_token_is_verified_stays_signed_in(person: Person, fake: FakeMastodon) -> None:
    shelf, bob = Shelf(), fake.sign_up("bob")
    account, server = signed_in(person, shelf), person.server

    def meanwhile(request: Request) -> Reply:
        shelf.put("masto", {"for": server.url, "token": bob})
        return fake.reply(request, datetime.now().astimezone())

    server.fake = Instead(fake, "GET /api/v1/accounts/verify_credentials", meanwhile)
    opened(account, shelf)
    assert shelf.sessions["masto"]["token"] == bob


@pytest.mark.parametrize(
    ("start", "body"),
    [
        ("POST /api/v1/apps", {"client_id": 5, "client_secret": "x"}),
        ("POST /api/v1/apps", {}),
        ("POST /oauth/token", {"access_token": None}),
        ("POST /oauth/token", {"access_token": "é"}),
        ("POST /oauth/token", {"access_token": ["x"]}),
    ],
)
def test_an_answer_without_what_was_asked_for_lets_nobody_in(person: Person, start: str, body: dict[str, Any]) -> None:
    shelf, server = Shelf(), person.server
    server.fake = Instead(server.fake, start, lambda _: Reply(200, body))
    with pytest.raises(Rejected, match="nobody was let in"):
        signed_in(person, shelf)
    assert shelf.sessions == {}


@pytest.mark.parametrize("status", [400, 401, 403, 422])
def test_no_secret_of_a_sign_in_is_told_by_an_error(person: Person, status: int) -> None:
    server, heard = person.server, []

    def echo(request: Request) -> Reply:
        heard.extend(request.form.values())
        return Reply(status, {"error": " ".join(request.form.values())})

    server.fake = Instead(server.fake, "POST /oauth/token", echo)
    with pytest.raises(NetworkError) as caught:
        signed_in(person, Shelf())
    known = [word for word in heard if len(word) > 30 and not word.startswith(("http", "read", "authorization"))]
    assert len(known) == 3  # the app's secret, the code, the verifier
    assert leaks(caught.value, known) == []
