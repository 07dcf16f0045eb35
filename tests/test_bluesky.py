"""Bluesky, on a real server: what is written there, looked for, removed, and what it says no to."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.core.errors import CannotTell, Rejected, Transient, Unauthorized
from bot.core.model import Annotation, Card, Picture, Receipt
from bot.networks import bluesky
from bot.networks.base import Batch, World
from bot.networks.bluesky import Bluesky
from bot.networks.record import POST, THREADGATE, records
from bot.testing.fakes import Shelf
from bot.testing.stage import NOW, Stage
from tests.servers import Pds, Person, chained
from tests.skies import a_thread, account_of, drawn, opened, with_post


@pytest.fixture
def person(pds: Pds) -> Person:
    return pds.person()


@pytest.fixture
def stage(pds: Pds, person: Person) -> Iterator[Stage]:
    made = Stage(bluesky.NETWORK, account_of(person, pds.url), Shelf(), list)
    yield made
    made.close()


# What is written


def test_a_thread_of_450_posts_goes_out_in_several_writes_each_whole_and_all_one_chain(
    stage: Stage, pds: Pds, person: Person
) -> None:
    sent = stage.sent(opened(stage), a_thread(450))
    assert [len(each.receipts) for each in sent] == [200, 200, 50]
    there = pds.records(person)
    assert [each["value"]["text"] for each in there] == [f"Post {n}" for n in range(1, 451)]
    assert chained(there)
    assert [each["cid"] for each in there] == [receipt.ref["cid"] for each in sent for receipt in each.receipts]


def test_long_alt_texts_make_writes_of_fewer_posts_none_over_what_the_server_takes(
    stage: Stage, pds: Pds, person: Person
) -> None:
    thread, pictures = a_thread(30), drawn(stage, 10)
    told = tuple(replace(each, alt="🗺️\n" * 700) for each in pictures)
    sent = stage.sent(opened(stage), replace(thread, posts=tuple(replace(post, pictures=told) for post in thread.posts)))
    assert len(sent) > 1
    assert chained(pds.records(person))
    assert len(pds.records(person)) == 30


def test_up_to_four_pictures_are_images_and_more_are_a_gallery(stage: Stage, pds: Pds, person: Person) -> None:
    few, many = drawn(stage, 4), drawn(stage, 10)
    stage.sent(opened(stage), with_post(with_post(a_thread(2), 1, pictures=few), 2, pictures=many))
    first, second = (each["value"]["embed"] for each in pds.records(person))
    assert (first["$type"], [each["alt"] for each in first["images"]]) == ("app.bsky.embed.images", [each.alt for each in few])
    assert (second["$type"], [each["alt"] for each in second["items"]]) == (
        "app.bsky.embed.gallery",
        [each.alt for each in many],
    )
    assert {each["$type"] for each in second["items"]} == {"app.bsky.embed.gallery#image"}
    blobs = [pds.blob(person, each["image"]["ref"]["$link"]) for each in second["items"]]
    assert blobs == [stage.shelf.picture(each.sha256) for each in many]


def test_a_server_that_never_heard_of_galleries_takes_them_as_it_takes_any_embed(
    stage: Stage, pds: Pds, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    def newer(*_args: Any) -> dict[str, Any]:
        return {"$type": "app.bsky.embed.yetToCome", "items": []}

    monkeypatch.setattr("bot.networks.record._embed", newer)
    stage.sent(opened(stage), a_thread(1))
    assert pds.records(person)[0]["value"]["embed"] == newer()


def test_a_card_stands_under_the_post_that_links_to_it_with_its_thumbnail(stage: Stage, pds: Pds, person: Person) -> None:
    picture = stage.shelf.drawn("")
    card = Card("https://example.org/crue", "La crue", "Ce que l’on sait.", picture)
    plain = Card("https://example.org/autre", "Une autre page", "")
    stage.sent(opened(stage), with_post(with_post(a_thread(2), 1, card=card), 2, card=plain))
    first, second = (each["value"]["embed"]["external"] for each in pds.records(person))
    assert {name: first[name] for name in ("uri", "title", "description")} == {
        "uri": "https://example.org/crue",
        "title": "La crue",
        "description": "Ce que l’on sait.",
    }
    assert pds.blob(person, first["thumb"]["ref"]["$link"]) == stage.shelf.picture(picture.sha256)
    assert second == {"uri": "https://example.org/autre", "title": "Une autre page", "description": ""}


def test_pictures_leave_no_room_for_a_card_whose_thumbnail_is_not_even_uploaded(stage: Stage, pds: Pds, person: Person) -> None:
    card = Card("https://example.org/", "Une page", "", Picture("00" * 32, "image/png", 1, 1, 1, ""))
    stage.sent(opened(stage), with_post(a_thread(1), 1, card=card, pictures=drawn(stage, 1)))
    assert pds.records(person)[0]["value"]["embed"]["$type"] == "app.bsky.embed.images"


@pytest.mark.parametrize(
    ("who", "rules"),
    [("mentioned", ["mentionRule"]), ("followers", ["followerRule"]), ("following", ["followingRule"]), ("nobody", [])],
)
def test_who_may_reply_stands_beside_the_first_post_under_its_key(
    stage: Stage, pds: Pds, person: Person, who: str, rules: list[str]
) -> None:
    driver = opened(stage)
    (sent,) = stage.sent(driver, a_thread(3, replies=who))
    (gate,) = pds.records(person, THREADGATE)
    root = sent.receipts[0]
    assert (gate["uri"], gate["value"]["post"]) == (root.id.replace(POST, THREADGATE), root.id)
    assert [each["$type"] for each in gate["value"]["allow"]] == [f"{THREADGATE}#{rule}" for rule in rules]
    assert driver.find(sent.batch, sent.key) == sent.receipts


def test_everybody_may_reply_where_nothing_was_said_and_a_later_part_has_no_gate(
    stage: Stage, pds: Pds, person: Person
) -> None:
    driver = opened(stage)
    (sent,) = stage.sent(driver, a_thread(2))
    stage.sent(driver, a_thread(4, replies="nobody"), after=sent.receipts)
    assert len(pds.records(person)) == 4
    assert pds.records(person, THREADGATE) == []


def test_the_gate_and_its_thread_are_one_write(stage: Stage, pds: Pds, person: Person) -> None:
    with pytest.raises(Rejected, match="grapheme too big"):
        stage.sent(opened(stage), with_post(a_thread(2, replies="nobody"), 2, text="x" * 301))
    assert (pds.records(person), pds.records(person, THREADGATE)) == ([], [])


def test_the_longest_thread_that_one_write_takes_leaves_room_for_its_gate(stage: Stage, pds: Pds, person: Person) -> None:
    sent = stage.sent(opened(stage), a_thread(200, replies="nobody"))
    assert [len(each.receipts) for each in sent] == [199, 1]
    assert len(pds.records(person, THREADGATE)) == 1


def test_pictures_of_what_not_everybody_wants_to_see_are_labelled(stage: Stage, pds: Pds, person: Person) -> None:
    stage.sent(opened(stage), with_post(a_thread(2, sensitive="true"), 1, pictures=drawn(stage, 1)))
    first, second = (each["value"] for each in pds.records(person))
    assert first["labels"] == {"$type": "com.atproto.label.defs#selfLabels", "values": [{"val": "graphic-media"}]}
    assert "labels" not in second


def test_what_is_marked_is_what_a_reader_sees_marked(stage: Stage, pds: Pds, person: Person) -> None:
    text = "🗺️ « été » exemple.fr/carte/... de @somebody.test #crue $ACME"
    marks = {"exemple.fr/carte/...": "link", "@somebody.test": "mention", "#crue": "tag", "$ACME": "cashtag"}
    targets = {"link": "https://exemple.fr/carte/du/9/mars", "mention": person.did, "tag": "crue", "cashtag": "ACME"}
    annotations = []
    for shown, kind in marks.items():
        start = len(text[: text.index(shown)].encode())
        annotations.append(Annotation(kind, start, start + len(shown.encode()), targets[kind]))  # type: ignore[arg-type]
    stage.sent(opened(stage), with_post(a_thread(1), 1, text=text, annotations=tuple(annotations)))
    value = pds.records(person)[0]["value"]
    found = {}
    for facet in value["facets"]:
        shown = value["text"].encode()[facet["index"]["byteStart"] : facet["index"]["byteEnd"]].decode()
        (found[shown],) = (feature[name] for feature in facet["features"] for name in ("uri", "did", "tag") if name in feature)
    assert found == dict(zip(marks, [targets["link"], person.did, "crue", "$ACME"], strict=True))


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
