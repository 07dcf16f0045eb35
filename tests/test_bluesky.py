"""Bluesky, on a real server: what is uploaded there, looked for, removed, and what it says no to."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.core.errors import CannotTell, Rejected, Transient, Unauthorized
from bot.core.model import Receipt
from bot.networks import bluesky
from bot.networks.base import Batch, World
from bot.networks.bluesky import Bluesky
from bot.networks.record import POST, THREADGATE, records
from bot.testing.fakes import Shelf
from bot.testing.stage import NOW, Stage
from tests.servers import Pds, Person
from tests.skies import a_thread, account_of, drawn, on_stage, opened, with_post


@pytest.fixture
def person(pds: Pds) -> Person:
    return pds.person()


@pytest.fixture
def stage(pds: Pds, person: Person) -> Iterator[Stage]:
    yield from on_stage(pds, person)


# What is uploaded


def counted(stage: Stage) -> tuple[Bluesky, list[str]]:
    """A driver, and the pictures that it uploads, as it goes."""
    asked: list[str] = []

    def picture(sha256: str) -> bytes:
        asked.append(sha256)
        return stage.shelf.picture(sha256)

    driver = Bluesky(stage.account, World(stage.shelf, picture))
    stage.drivers.append(driver)
    driver.open()
    return driver, asked


def test_what_was_uploaded_is_not_uploaded_again_when_the_write_is_repeated(stage: Stage, pds: Pds, person: Person) -> None:
    driver, asked = counted(stage)
    thread = with_post(a_thread(2), 1, pictures=drawn(stage, 3))
    refused = with_post(thread, 2, text="x" * 301)
    with pytest.raises(Rejected):
        stage.sent(driver, refused)
    stage.sent(driver, thread)
    assert (len(asked), len(set(asked)), len(pds.records(person))) == (3, 3, 2)


def test_what_the_server_has_swept_is_uploaded_again_by_the_next_try(stage: Stage, pds: Pds, person: Person) -> None:
    driver, asked = counted(stage)
    batch = stage.batch(with_post(a_thread(1), 1, pictures=drawn(stage, 2)))
    key = stage.minted(driver, batch)
    driver._uploaded.update(each.sha256 for each in batch.posts[0].pictures)  # as if they had been swept since
    with pytest.raises(Transient, match="BlobNotFound"):
        driver.send(batch, key)
    driver.send(batch, key)
    assert (len(asked), len(pds.records(person))) == (2, 1)


@pytest.mark.parametrize("size", [2_100_000, 5_400_000])
def test_a_picture_over_what_the_server_takes_is_refused_with_what_to_set(
    stage: Stage, pds: Pds, person: Person, size: int
) -> None:
    small = stage.shelf.drawn("")
    data = stage.shelf.picture(small.sha256) + random.Random(4).randbytes(size - small.size)
    name = hashlib.sha256(data).hexdigest()
    stage.shelf.pictures[name] = data
    with pytest.raises(Rejected, match=r"picture_bytes = 1000000.*threadbot cancel"):
        stage.sent(opened(stage), with_post(a_thread(1), 1, pictures=(replace(small, sha256=name, size=size),)))
    assert pds.records(person) == []


def test_a_picture_that_the_server_would_change_stops_the_thread_before_anything_is_out(
    stage: Stage, pds: Pds, person: Person
) -> None:
    wrong = replace(stage.shelf.drawn(""), mime="image/webp")  # the server looks at the bytes: it is a PNG
    with pytest.raises(Rejected, match="changed picture"):
        stage.sent(opened(stage), with_post(a_thread(1), 1, pictures=(wrong,)))
    assert pds.records(person) == []


# What is looked for


def test_what_the_server_refuses_is_said_in_its_words_and_nothing_is_out(stage: Stage, pds: Pds, person: Person) -> None:
    with pytest.raises(Rejected, match="grapheme too big"):
        stage.sent(opened(stage), with_post(a_thread(2), 2, text="x" * 301))
    assert pds.records(person) == []


def test_another_post_under_our_key_is_not_taken_for_ours(stage: Stage) -> None:
    driver = opened(stage)
    batch, other = stage.batch(a_thread(1)), stage.batch(with_post(a_thread(1), 1, text="Autre chose"))
    key = stage.minted(driver, batch)
    driver.send(other, key)
    with pytest.raises(CannotTell, match="is not the record that was sent – look at "):
        driver.find(batch, key)


def test_a_thread_with_a_hole_is_for_a_human(stage: Stage) -> None:
    driver = opened(stage)
    (sent,) = stage.sent(driver, a_thread(3))
    driver.delete(sent.receipts[1:2])
    with pytest.raises(CannotTell, match="is gone, while the first of its thread is out"):
        driver.find(sent.batch, sent.key)


def test_a_key_of_another_account_is_refused(stage: Stage, pds: Pds) -> None:
    driver = opened(stage)
    batch = stage.batch(a_thread(1))
    key = {**stage.minted(driver, batch), "did": pds.person().did}
    with pytest.raises(Unauthorized, match="belongs to another account"):
        driver.send(batch, key)


# What a human saw


def adopting(stage: Stage) -> tuple[Bluesky, Batch, Any, Any]:
    driver = opened(stage)
    batch = stage.batch(a_thread(3))
    key = stage.minted(driver, batch)
    return driver, batch, key, records(batch, key)[-1]


@pytest.mark.parametrize(
    "form",
    [
        "https://bsky.app/profile/{did}/post/{rkey}",
        "https://bsky.app/profile/{handle}/post/{rkey}?ref=x#top",
        " https://another.example/profile/{handle}/post/{rkey}/ ",
        "at://{did}/app.bsky.feed.post/{rkey}",
    ],
)
def test_a_post_that_somebody_found_has_the_receipts_that_its_key_makes(stage: Stage, person: Person, form: str) -> None:
    driver, batch, key, last = adopting(stage)
    found = driver.adopt(batch, key, form.format(did=person.did, handle=person.handle.upper(), rkey=last.rkey))
    assert found == driver.send(batch, key)


@pytest.mark.parametrize(
    "form",
    [
        "https://bsky.app/profile/{did}/post/3jzfcijpj2z2a",
        "https://bsky.app/profile/somebody.test/post/{rkey}",
        "https://bsky.app/profile/{did}",
        "https://mastodon.social/@x/{rkey}",
        "",
    ],
)
def test_an_address_of_another_post_is_refused_with_the_one_that_would_be_right(
    stage: Stage, person: Person, form: str
) -> None:
    driver, batch, key, last = adopting(stage)
    with pytest.raises(Rejected, match=f"that is https://bsky.app/profile/{person.did}/post/{last.rkey}"):
        driver.adopt(batch, key, form.format(did=person.did, rkey=last.rkey))


# What is removed


def test_a_thread_its_gate_and_what_somebody_set_beside_it_are_removed_at_once(stage: Stage, pds: Pds, person: Person) -> None:
    driver = opened(stage)
    (sent,) = stage.sent(driver, with_post(a_thread(3, replies="nobody"), 2, pictures=drawn(stage, 2)))
    driver.delete(sent.receipts)
    assert (pds.records(person), pds.records(person, THREADGATE)) == ([], [])
    driver.delete(sent.receipts)  # again, of what is gone
    assert driver.find(sent.batch, sent.key) is None


def test_what_is_gone_already_does_not_keep_the_rest(stage: Stage, pds: Pds, person: Person) -> None:
    driver = opened(stage)
    (sent,) = stage.sent(driver, a_thread(5))
    driver.delete(sent.receipts[1:2])
    driver.delete(sent.receipts[4:])
    assert [each["value"]["text"] for each in pds.records(person)] == ["Post 1", "Post 3", "Post 4"]
    driver.delete(sent.receipts)
    assert pds.records(person) == []


def test_after_a_removal_the_same_pictures_are_uploaded_again(stage: Stage, pds: Pds, person: Person) -> None:
    driver = opened(stage)
    thread = with_post(a_thread(1), 1, pictures=drawn(stage, 2))
    for _ in range(2):
        (sent,) = stage.sent(driver, thread)
        driver.delete(sent.receipts)
    assert pds.records(person) == []


def test_a_post_of_somebody_else_is_never_removed(stage: Stage, pds: Pds) -> None:
    driver, other = opened(stage), pds.person()
    uri = f"at://{other.did}/{POST}/3jzfcijpj2z2a"
    with pytest.raises(Rejected, match="a post of another account"):
        driver.delete((Receipt(uri, "", NOW, {"uri": uri, "cid": "x"}),))


# A server with limits, and one that dies


def test_what_is_left_of_the_limits_is_said_and_sessions_are_not_signed_in_for_nothing(
    tmp_path: Path, pds_folder: Path
) -> None:
    with Pds(pds_folder, tmp_path / "log", limits=True) as server:
        person = server.person()
        stage = Stage(bluesky.NETWORK, account_of(person, server.url), Shelf(), list)
        for number in range(40):  # thirty sign-ins in five minutes is all that such a server allows
            driver = opened(stage)
            if number == 39:
                driver.find(batch := stage.batch(a_thread(1)), stage.minted(driver, batch))
                (limit,) = driver.signed().limits
                assert (limit.name, limit.total) == ("requests", 3000)
        stage.close()


def test_a_server_that_was_killed_and_started_again_knows_its_session_and_its_posts(tmp_path: Path, pds_folder: Path) -> None:
    with Pds(pds_folder, tmp_path / "log", kept=tmp_path / "data") as server:
        stage = Stage(bluesky.NETWORK, account_of(server.person(), server.url), Shelf(), list)
        driver = opened(stage)
        (sent,) = stage.sent(driver, a_thread(3))
        server.kill()
        with pytest.raises(Transient):
            driver.find(sent.batch, sent.key)
        server.start()
        assert driver.find(sent.batch, sent.key) == sent.receipts
        stage.close()
