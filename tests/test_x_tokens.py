"""Tokens of X (OAuth 2): single use, renewed by one at a time, and on disk before they are used."""

from __future__ import annotations

import base64
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from bot.core.errors import NetworkError, StoreError, Transient, Unauthorized
from bot.networks.base import World
from bot.networks.oauth import pair_of
from bot.networks.wire import Answer
from bot.networks.x import Poster
from bot.store.vault import Vault
from bot.testing.fakes import Shelf
from bot.testing.leaks import leaks
from bot.testing.serving import Reply, Request
from bot.testing.x import FakeX
from tests.x_stage import Scene, scene

HOURS = 3 * 3600.0  # an access token lives for two
TOKEN = "/2/oauth2/token"


@pytest.fixture
def at() -> Iterator[Scene]:
    with scene(tokens=True) as made:
        yield made


def refused(at: Scene, driver: Poster, text: str = "Un") -> NetworkError:
    """The error with which a post fails, nothing being out."""
    batch = at.batch(text)
    with pytest.raises(NetworkError) as caught:
        driver.send(batch, at.stage.minted(driver, batch))
    assert at.stage.texts == []
    return caught.value


def test_a_token_that_has_ended_is_renewed_before_it_is_sent(at: Scene) -> None:
    old = at.kept
    at.clock.wait(HOURS)
    at.sent("Un")
    assert [each.path for each in at.server.requests] == [TOKEN, "/2/tweets"]
    assert at.kept["access"] != old["access"]
    assert at.kept["refresh"] != old["refresh"]
    assert at.server.requests[-1].bearer == at.kept["access"]


def test_a_token_that_still_lives_is_not_renewed(at: Scene) -> None:
    at.sent("Un")
    assert [each.path for each in at.server.requests] == ["/2/tweets"]


def test_a_token_that_x_takes_no_more_is_renewed_once_and_the_post_goes_out_once(at: Scene) -> None:
    at.fake.gate.grants[0].expires.clear()
    at.sent("Un")
    assert [each.path for each in at.server.requests] == ["/2/tweets", TOKEN, "/2/tweets"]
    assert at.stage.texts == ["Un"]


def test_where_x_takes_no_token_at_all_it_is_asked_twice_and_a_person_is_told_what_to_do(at: Scene) -> None:
    at.fake.gate.grants[0].scopes = frozenset()
    driver = at.driver()
    for grant in at.fake.gate.grants:
        grant.alive = False
    error = refused(at, driver)
    assert isinstance(error, Unauthorized)
    assert "threadbot login bird" in str(error)
    assert [each.path for each in at.server.requests] == ["/2/tweets", TOKEN]


def test_without_a_sign_in_a_person_is_told_what_to_do(at: Scene) -> None:
    at.stage.shelf.sessions.clear()
    with pytest.raises(Unauthorized, match="nobody has signed in – threadbot login bird"):
        at.driver()
    assert at.server.requests == []


@pytest.mark.parametrize("kept", [{"for": "x.com/other"}, {"access": 7}, {"refresh": None}])
def test_tokens_of_another_account_or_without_sense_are_not_used(at: Scene, kept: dict[str, Any]) -> None:
    at.kept.update(kept)
    with pytest.raises(Unauthorized):
        at.driver()
    assert at.server.requests == []


def test_the_new_pair_is_in_the_vault_before_it_is_used(at: Scene) -> None:
    at.clock.wait(HOURS)
    put: list[Mapping[str, Any]] = []
    shelf = at.stage.shelf

    class Watching(Shelf):
        def put(self, account: str, session: Mapping[str, Any]) -> None:
            put.append({**session, "asked": len(at.server.requests)})
            super().put(account, session)

    watching = Watching()
    watching.sessions = shelf.sessions
    driver = at.stage.made(shelf=watching)
    driver.open()
    batch = at.batch("Un")
    driver.send(batch, at.stage.minted(driver, batch))
    pair = next(each for each in put if each["access"] == at.server.requests[-1].bearer)
    assert pair["asked"] == 1, "the renewal is answered, the post is not yet asked for"


def test_nothing_is_put_into_the_vault_but_under_its_lock(at: Scene) -> None:
    puts: list[bool] = []

    class Watching(Shelf):
        held = False

        @contextmanager
        def locked(self, account: str) -> Iterator[None]:
            with super().locked(account):
                self.held = True
                yield
                self.held = False

        def put(self, account: str, session: Mapping[str, Any]) -> None:
            puts.append(self.held)
            super().put(account, session)

    watching = Watching()
    watching.sessions = at.stage.shelf.sessions
    at.clock.wait(HOURS)
    driver, batch = at.stage.made(shelf=watching), at.batch("Un")
    driver.open()
    key = at.stage.minted(driver, batch)
    driver.send(batch, key)
    driver.find(batch, key)
    driver.close()
    assert puts == [True] * 4, "before and after the renewal, the account's number, what is left of its limit"


def test_a_disk_that_is_full_uses_up_no_refresh_token(at: Scene) -> None:
    at.clock.wait(HOURS)

    class Full(Shelf):
        def put(self, account: str, session: Mapping[str, Any]) -> None:  # noqa: ARG002
            raise StoreError("no space left")

    full = Full()
    full.sessions = at.stage.shelf.sessions
    driver = at.stage.made(shelf=full)
    driver.open()
    batch = at.batch("Un")
    with pytest.raises(Transient, match="no space left"):
        driver.send(batch, at.stage.minted(driver, batch))
    assert (at.fake.gate.refreshed, at.stage.texts) == (0, [])


@pytest.mark.parametrize("fault", ["lost after", "500 after", "cut after", "garbage after"])
def test_a_lost_answer_to_a_renewal_is_tried_once_more_and_then_is_for_a_person(at: Scene, fault: str) -> None:
    at.clock.wait(HOURS)
    driver = at.driver()
    at.server.plan({0: fault})
    assert isinstance(refused(at, driver), Transient)
    error = refused(at, driver)
    assert isinstance(error, Unauthorized)
    assert "never confirmed" in str(error)
    assert "threadbot login bird" in str(error)
    assert at.asked("/2/tweets") == []


def test_a_renewal_that_is_answered_without_tokens_has_used_the_old_one_up(at: Scene) -> None:
    at.clock.wait(HOURS)
    driver = at.driver()
    at.server.plan({0: "empty after"})
    assert isinstance(refused(at, driver), Unauthorized)


@pytest.mark.parametrize("fault", ["lost before", "refused before", "500 before", "503 before", "429 epoch"])
def test_a_renewal_that_never_came_to_x_is_made_up_for(at: Scene, fault: str) -> None:
    at.clock.wait(HOURS)
    driver = at.driver()
    at.server.plan({0: fault})
    assert isinstance(refused(at, driver), Transient)
    batch = at.batch("Un")
    driver.send(batch, at.stage.minted(driver, batch))
    assert at.stage.texts == ["Un"]
    assert "renewing" not in at.kept


def test_a_process_that_died_in_a_renewal_leaves_the_next_one_with_a_true_word(at: Scene) -> None:
    """X took the old refresh token, and nobody heard the new one."""
    at.clock.wait(HOURS)
    at.fake.gate.grants[0].spent.append(at.kept["refresh"])
    at.fake.gate.grants[0].refresh = "s3cret-unheard"
    assert isinstance(refused(at, at.driver()), Unauthorized)


def test_a_refresh_token_that_is_used_again_ends_the_sign_in(at: Scene) -> None:
    """What the fake does to those who would renew twice."""
    stale = dict(at.kept)
    at.clock.wait(HOURS)
    at.sent("Un")
    at.kept.update(stale)
    batch = at.batch("Deux")
    driver = at.driver()
    with pytest.raises(Unauthorized):
        driver.send(batch, at.stage.minted(driver, batch))
    assert not at.fake.gate.grants[0].alive


def test_a_sign_in_without_a_refresh_token_ends_and_says_so(at: Scene) -> None:
    at.kept["refresh"] = ""
    at.clock.wait(HOURS)
    assert "the sign-in has ended – threadbot login bird" in str(refused(at, at.driver()))
    assert at.fake.gate.refreshed == 0


def test_of_many_drivers_at_once_one_renews_and_the_others_take_what_it_got(at: Scene, tmp_path: Path) -> None:
    vaults = [Vault(tmp_path) for _ in range(6)]
    vaults[0].put("bird", at.kept)
    at.clock.wait(HOURS)
    drivers = [Poster(at.account, World(vault, at.stage.shelf.picture), at.clock.now) for vault in vaults]
    ready, failed = threading.Barrier(len(drivers)), []

    def post(number: int, driver: Poster) -> None:
        try:
            driver.open()
            ready.wait()
            batch = at.batch(f"Un {number}")
            driver.send(batch, at.stage.minted(driver, batch))
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=post, args=each) for each in enumerate(drivers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for driver in drivers:
        driver.close()
    assert failed == []
    assert (at.fake.gate.refreshed, len(at.stage.texts)) == (1, len(drivers))


def test_what_is_left_of_the_limits_never_writes_over_a_pair_that_another_process_got(at: Scene) -> None:
    driver = at.driver()
    batch = at.batch("Un")
    driver.send(batch, at.stage.minted(driver, batch))
    at.clock.wait(HOURS)
    at.sent("Deux")
    renewed = at.kept["refresh"]
    driver.close()
    assert at.kept["refresh"] == renewed
    assert at.kept["limit"]["total"] == 100


class Echo:
    """A network that repeats to everybody what they came with."""

    def reply(self, request: Request, _now: datetime) -> Reply:
        return Reply(401, {"detail": f"{request.headers.get('authorization')} {request.body.decode()}"})


@pytest.mark.parametrize("secret", ["", "s3cret/with+signs"])
@pytest.mark.parametrize("hours", [0.0, HOURS])
def test_no_secret_stands_in_a_message_even_if_the_server_repeats_it(secret: str, hours: float) -> None:
    fake = FakeX()
    fake.gate.client_secret = secret
    with scene(fake, tokens=True) as at:
        at.clock.wait(hours)
        driver = at.driver()
        with at.stage.answering(Echo()):
            error = refused(at, driver)
        assert "•••" in str(error)
        basic = base64.b64encode(f"s3cret-free-client:{quote(secret, safe='')}".encode()).decode()
        assert leaks(error, {at.kept["access"], at.kept["refresh"], secret, basic} - {""}) == []


def test_a_new_pair_is_hidden_as_the_old_one_was(at: Scene) -> None:
    at.clock.wait(HOURS)
    driver = at.driver()
    first = at.batch("Un")
    driver.send(first, at.stage.minted(driver, first))
    with at.stage.answering(Echo()):
        batch = at.batch("Deux")
        with pytest.raises(Unauthorized) as caught:
            driver.send(batch, at.stage.minted(driver, batch))
    assert leaks(caught.value, {at.kept["access"], at.kept["refresh"]}) == []


def test_a_token_is_renewed_a_little_before_its_end(at: Scene) -> None:
    at.clock.wait(7200 - 30)
    at.sent("Un")
    assert at.fake.gate.refreshed == 1


def test_a_confidential_app_says_who_it_is_in_a_header_and_a_public_one_in_the_form() -> None:
    for secret in ("", "s3cret/with+signs"):
        fake = FakeX()
        fake.gate.client_secret = secret
        with scene(fake, tokens=True) as at:
            at.clock.wait(HOURS)
            at.sent("Un")
            asked = at.asked(TOKEN)[0]
            assert ("client_id" in asked.form, "authorization" in asked.headers) == (not secret, bool(secret))


@pytest.mark.parametrize("seconds", [None, "7200", -1, 10**12])
def test_an_answer_that_names_no_sensible_end_is_taken_for_two_hours(seconds: object) -> None:
    now = datetime.fromisoformat("2026-12-01T17:00:00+00:00")
    pair = pair_of(Answer(200, {"access_token": "a", "refresh_token": "r", "expires_in": seconds}), now)
    assert pair
    ends = datetime.fromisoformat(pair["expires"])
    assert ends == now + timedelta(hours=2)
