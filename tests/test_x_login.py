"""Signing in to X: a browser comes back with a code, and the tokens are of the account that the config names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

import pytest

from bot.core.errors import Transient, Unauthorized
from bot.core.model import Account
from bot.networks import x
from bot.networks.base import World
from bot.networks.x_login import BACK, PORT
from bot.testing.leaks import leaks
from bot.testing.x import FakeX, account_of
from bot.testing.x_auth import Person
from tests.x_stage import Scene, scene


class Browser:
    """A person who lets the app in, as `bot.networks.base.Desk`; what comes back may be something else."""

    def __init__(self, at: Scene, person: Person, instead: Mapping[str, str] | None = None, wait: float = 0.0) -> None:
        self.at, self.person, self.instead, self.wait = at, person, instead, wait
        self.said: list[str] = []
        self.visited = ""
        self.ports: list[int] = []

    def say(self, text: str) -> None:
        self.said.append(text)

    def ask(self, question: str, hidden: bool = False) -> str:
        raise AssertionError(f"{question} {hidden}")

    def visit(self, url: str) -> None:
        self.visited = url

    def returned(self, port: int) -> Mapping[str, str]:
        self.ports.append(port)
        came = self.at.fake.gate.authorised(self.visited, self.person, self.at.clock.now())
        self.at.clock.wait(self.wait)
        return {**came, **self.instead} if self.instead is not None else came


@pytest.fixture(params=["", "s3cret-client"])
def at(request: pytest.FixtureRequest) -> Iterator[Scene]:
    """A public app, and a confidential one."""
    fake = FakeX()
    fake.gate.client_secret = request.param
    with scene(fake, tokens=True) as made:
        made.stage.shelf.sessions.clear()
        yield made


def signed_in_with(at: Scene, browser: Browser, account: Account | None = None) -> None:
    assert x.NETWORK.login
    x.NETWORK.login(account or at.account, World(at.stage.shelf, at.stage.shelf.picture), browser)


def test_whoever_lets_the_app_in_can_post(at: Scene) -> None:
    browser = Browser(at, at.person)
    signed_in_with(at, browser)
    at.sent("Un")
    assert at.stage.texts == ["Un"]
    assert (at.kept["for"], at.kept["user_id"]) == ("x.com/afp", at.person.id)


def test_x_is_told_where_to_send_the_browser_back_to_the_letter(at: Scene) -> None:
    browser = Browser(at, at.person)
    signed_in_with(at, browser)
    query = parse_qs(urlsplit(browser.visited).query)
    assert query["redirect_uri"] == [BACK] == [f"http://127.0.0.1:{PORT}/callback"]
    assert query["scope"] == ["tweet.read tweet.write users.read media.write offline.access"]
    assert browser.ports == [PORT]
    assert any(BACK in said for said in browser.said)


def test_the_address_and_what_is_said_hold_no_secret(at: Scene) -> None:
    browser = Browser(at, at.person)
    signed_in_with(at, browser)
    secrets = [at.kept["access"], at.kept["refresh"], at.fake.gate.client_secret or "s3cret-client"]
    assert leaks([browser.visited, browser.said], secrets) == []
    verifiers = [each.form["code_verifier"] for each in at.asked("/2/oauth2/token")]
    assert leaks([browser.visited, browser.said], verifiers) == []


@pytest.mark.parametrize(
    ("instead", "says"),
    [
        ({"state": "forged"}, "another sign-in"),
        ({"state": ""}, "another sign-in"),
        ({"state": "é"}, "another sign-in"),
        ({"code": "", "error": "access_denied"}, "access_denied"),
        ({"code": ""}, "no code came back"),
        ({"code": "guessed"}, "30 seconds"),
    ],
)
def test_an_answer_that_is_not_ours_signs_nobody_in(at: Scene, instead: dict[str, str], says: str) -> None:
    with pytest.raises(Unauthorized, match=says) as caught:
        signed_in_with(at, Browser(at, at.person, instead))
    assert "threadbot login bird" in str(caught.value)
    assert at.stage.shelf.sessions == {}


def test_a_code_that_is_too_old_is_said(at: Scene) -> None:
    with pytest.raises(Unauthorized, match="30 seconds"):
        signed_in_with(at, Browser(at, at.person, wait=60.0))


def test_tokens_of_somebody_else_are_not_kept(at: Scene) -> None:
    other = at.fake.gate.person("reuters")
    with pytest.raises(Unauthorized, match="signed in as @reuters, but the config says @afp"):
        signed_in_with(at, Browser(at, other))
    assert "access" not in at.stage.shelf.sessions.get("bird", {})


def test_whoever_has_no_credits_left_is_signed_in_all_the_same(at: Scene) -> None:
    at.fake.credits = Decimal(0)
    browser = Browser(at, at.person)
    signed_in_with(at, browser)
    assert any("console.x.com" in said for said in browser.said)
    at.fake.credits = None
    at.sent("Un")


def test_a_new_sign_in_forgets_the_old_one(at: Scene) -> None:
    at.stage.shelf.put("bird", {"for": "x.com/afp", "access": "a", "refresh": "b", "renewing": "then", "user_id": "1"})
    signed_in_with(at, Browser(at, at.person))
    assert "renewing" not in at.kept
    assert at.kept["user_id"] == at.person.id


def test_a_server_that_cannot_be_reached_is_said_as_such(at: Scene) -> None:
    at.server.plan({0: "lost before"})
    with pytest.raises(Transient):
        signed_in_with(at, Browser(at, at.person))


def test_four_keys_are_tried_and_nobody_is_sent_anywhere(at: Scene) -> None:
    browser = Browser(at, at.person)
    signed_in_with(at, browser, account_of(at.person, at.server.url))
    assert (browser.visited, browser.said) == ("", [])
    assert [each.path for each in at.server.requests] == ["/2/users/me"]


def test_four_keys_of_somebody_else_are_said(at: Scene) -> None:
    other = at.fake.gate.person("reuters")
    account = account_of(other, at.server.url)
    settings = {**account.settings, "handle": "afp"}
    with pytest.raises(Unauthorized, match="@reuters"):
        signed_in_with(at, Browser(at, other), Account("bird", "x", settings, account.secrets))


def test_a_handle_is_the_same_however_it_is_written(at: Scene) -> None:
    account = account_of(at.person, at.server.url)
    settings = {**account.settings, "handle": "@AFP"}
    signed_in_with(at, Browser(at, at.person), Account("bird", "x", settings, account.secrets))
    assert at.kept["user_id"] == at.person.id
