"""Sessions with a Bluesky server: signed in once, kept, renewed by one process at a time, and never a secret in a message."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from bot.core.errors import NetworkError, StoreError, Transient, Unauthorized
from bot.networks.bluesky import NETWORK
from bot.testing.fakes import Shelf
from bot.testing.stage import Stage
from tests.servers import Pds
from tests.skies import SESSIONS, Scene, a_thread, account_of, in_scene, opened, use

JUNK = "eyJhbGciOiJIUzI1NiJ9.e30.junk"


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    yield from in_scene(tmp_path)


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
    assert scene.asked() == list(SESSIONS)
    assert {name for name in before if before[name] != after[name]} == {"access", "refresh"}


def test_what_another_process_has_renewed_is_taken_and_not_renewed_again(scene: Scene) -> None:
    one, other = scene.driver(), scene.driver()
    scene.clock.wait(3 * 3600)
    use(scene, one)
    use(scene, other)
    assert scene.asked() == list(SESSIONS)
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
    assert scene.asked() == list(SESSIONS)


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
    assert scene.asked() == [SESSIONS[0], SESSIONS[1], SESSIONS[1]]


def test_when_nothing_can_be_renewed_the_password_signs_in_once(scene: Scene) -> None:
    driver = scene.driver()
    scene.clock.wait(100 * 86400)
    use(scene, driver)
    assert scene.asked() == [*SESSIONS, SESSIONS[0]]


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


def test_a_vault_that_cannot_be_used_while_a_token_is_renewed_puts_off_what_was_to_be_sent(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    driver = scene.driver()
    scene.clock.wait(3 * 3600)

    def busy(_account: str) -> None:
        raise StoreError("another threadbot is signing in as sky – try again")

    with monkeypatch.context() as patched:
        patched.setattr(scene.vault, "locked", busy)
        with pytest.raises(Transient, match="sky: another threadbot is signing in"):
            use(scene, driver)
    use(scene, driver)
    assert len(scene.fake.posts()) == 1
