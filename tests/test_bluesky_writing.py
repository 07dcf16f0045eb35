"""Bluesky, on a real server: what is written there is what was meant, as its readers see it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from bot.core.errors import Rejected
from bot.core.model import Annotation, Card, Picture
from bot.networks.record import POST, THREADGATE
from bot.testing.stage import Stage
from tests.servers import Pds, Person, chained
from tests.skies import a_thread, drawn, on_stage, opened, with_post


@pytest.fixture
def person(pds: Pds) -> Person:
    return pds.person()


@pytest.fixture
def stage(pds: Pds, person: Person) -> Iterator[Stage]:
    yield from on_stage(pds, person)


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
