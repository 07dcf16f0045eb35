"""What Bluesky is sent, before it is sent: the same key always makes the same records, chained by their own CIDs."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.model import Annotation, Card, Picture, Post, Receipt, Thread
from bot.networks.base import Batch
from bot.networks.bluesky import BLUESKY
from bot.networks.record import (
    POST,
    THREADGATE,
    facet,
    gates,
    image,
    payload,
    records,
    uploads,
)
from bot.networks.repo import blob_cid, record_cid, tid

DID = "did:plc:abc123"
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
AT = "2026-11-22T12:00:00.000Z"
SHA256 = "4f" * 32
MAP = Picture(SHA256, "image/png", 1600, 1000, 123_456, 'Carte du 9 mars, "est" & <ouest>')


def post(index: int = 1, text: str = "Un : été 🗺️", **more: Any) -> Post:
    """A post of a thread of five."""
    return Post(index, 5, text, BLUESKY.used(text), BLUESKY.length, BLUESKY.unit, **more)


def batch(*posts: Post, after: tuple[Receipt, ...] = (), lang: str = "fr") -> Batch:
    """Posts that follow those with a receipt."""
    thread = Thread("sky", "bluesky", "me on a server", "loire", "A title", lang, posts)
    return Batch(thread, posts, after)


def of(lang: str = "fr", **options: str) -> Thread:
    """A thread with such options."""
    return Thread("sky", "bluesky", "me on a server", "loire", "A title", lang, (), options=options)


def key(*minted: tuple[str, str]) -> dict[str, Any]:
    """A key as `mint` makes it, back from the ledger."""
    return json.loads(json.dumps({"did": DID, "records": [{"rkey": rkey, "at": at} for rkey, at in minted]}))


def minted(count: int, begun: datetime = NOON) -> list[tuple[str, str]]:
    """Record keys and moments, a millisecond apart."""
    moments = [begun + timedelta(milliseconds=index) for index in range(count)]
    return [(tid(each, 7), each.isoformat(timespec="milliseconds").replace("+00:00", "Z")) for each in moments]


def ref(record: Any) -> dict[str, str]:
    """What a reply says of a record."""
    return {"uri": record.uri, "cid": record.cid}


# The chain


def test_a_post_alone_replies_to_nobody() -> None:
    (made,) = records(batch(post()), key(("3jzfcijpj2z2a", AT)))
    assert made.value == {"$type": POST, "text": "Un : été 🗺️", "createdAt": AT, "langs": ["fr"]}
    assert (made.rkey, made.uri) == ("3jzfcijpj2z2a", f"at://{DID}/{POST}/3jzfcijpj2z2a")


def test_each_post_replies_to_the_one_before_it_in_the_thread_of_the_first() -> None:
    made = records(batch(*map(post, range(1, 5))), key(*minted(4)))
    first, second, third, _ = map(ref, made)
    assert [each.value.get("reply") for each in made] == [
        None,
        {"root": first, "parent": first},
        {"root": first, "parent": second},
        {"root": first, "parent": third},
    ]


def test_a_second_batch_goes_on_from_the_receipts_of_the_first() -> None:
    keys = minted(5)
    posts = [post(index) for index in range(1, 6)]
    whole = records(batch(*posts), key(*keys))
    start = records(batch(*posts[:3]), key(*keys[:3]))
    after = tuple(Receipt(each.uri, "", NOON, ref(each)) for each in start)
    rest = records(batch(*posts[3:], after=after), key(*keys[3:]))
    assert start + rest == whole
    assert rest[0].value["reply"] == {"root": ref(start[0]), "parent": ref(start[2])}


def test_a_record_says_the_cid_of_what_it_is() -> None:
    made = records(batch(post(1, pictures=(MAP,)), post(2)), key(*minted(2)))
    assert [each.cid for each in made] == [record_cid(each.value) for each in made]


def test_a_key_for_another_number_of_posts_is_refused() -> None:
    with pytest.raises(ValueError, match="zip"):
        records(batch(post(1), post(2)), key(*minted(1)))


ANNOTATIONS = st.builds(Annotation, st.sampled_from(["link", "mention", "tag", "cashtag"]), st.just(0), st.just(3), st.text())
PICTURES = st.builds(Picture, st.just(SHA256), st.just("image/png"), *[st.integers(1, 9999)] * 3, st.text())
POSTS = st.builds(
    post,
    st.integers(1, 5),
    st.text(),
    annotations=st.lists(ANNOTATIONS, max_size=3).map(tuple),
    pictures=st.lists(PICTURES, max_size=4).map(tuple),
)


@given(st.lists(POSTS, min_size=1, max_size=5))
def test_the_same_key_makes_the_same_records_and_they_are_json(posts: list[Post]) -> None:
    given_key = key(*minted(len(posts)))
    once, again = records(batch(*posts), given_key), records(batch(*posts), given_key)
    assert once == again
    assert [record_cid(json.loads(json.dumps(each.value))) for each in once] == [each.cid for each in once]


@given(st.lists(POSTS, min_size=2, max_size=5))
def test_another_key_makes_other_records(posts: list[Post]) -> None:
    one = records(batch(*posts), key(*minted(len(posts))))
    other = records(batch(*posts), key(*minted(len(posts), NOON + timedelta(seconds=1))))
    assert not {each.cid for each in one} & {each.cid for each in other}


# One record


def test_a_post_without_language_names_none() -> None:
    assert "langs" not in payload(post(), of(""), AT)
    assert payload(post(), of("pt-BR"), AT)["langs"] == ["pt-BR"]


@given(st.text())
def test_a_text_goes_out_as_it_is(text: str) -> None:
    assert payload(post(1, text), of("fr"), AT)["text"] == text


def test_a_picture_brings_its_alt_text_its_shape_and_its_place_among_the_others() -> None:
    other = Picture("00" * 32, "image/jpeg", 3, 4, 5, "")
    embed = payload(post(pictures=(MAP, other)), of("fr"), AT)["embed"]
    assert embed["$type"] == "app.bsky.embed.images"
    assert embed["images"] == [image(MAP), image(other)]
    assert image(MAP) == {
        "image": {"$type": "blob", "ref": {"$link": blob_cid(SHA256)}, "mimeType": "image/png", "size": 123_456},
        "alt": 'Carte du 9 mars, "est" & <ouest>',
        "aspectRatio": {"width": 1600, "height": 1000},
    }
    assert image(other)["alt"] == ""  # a picture without the key is refused


def test_more_pictures_than_four_are_a_gallery_in_which_each_says_what_it_is() -> None:
    few, many = (payload(post(pictures=(MAP,) * count), of(), AT)["embed"] for count in (4, 5))
    assert (few["$type"], few["images"]) == ("app.bsky.embed.images", [image(MAP)] * 4)
    item = {"$type": "app.bsky.embed.gallery#image", **image(MAP)}
    assert many == {"$type": "app.bsky.embed.gallery", "items": [item] * 5}


PAGE = Card("https://example.org/crue", "La crue", "Ce que l’on sait.", MAP)


def test_a_card_says_where_it_leads_and_shows_its_thumbnail() -> None:
    said = {"uri": PAGE.url, "title": PAGE.title, "description": PAGE.description}
    embeds = [payload(post(card=card), of(), AT)["embed"] for card in (PAGE, replace(PAGE, picture=None))]
    assert embeds == [
        {"$type": "app.bsky.embed.external", "external": {**said, "thumb": image(MAP)["image"]}},
        {"$type": "app.bsky.embed.external", "external": said},
    ]


def test_what_a_post_shows_is_uploaded_and_nothing_else() -> None:
    other = replace(MAP, sha256="00" * 32)
    assert [*uploads([post(card=PAGE), post(pictures=(other, MAP))])] == [SHA256, "00" * 32]
    assert [*uploads([post(card=PAGE, pictures=(other,))])] == ["00" * 32]


def test_pictures_are_labelled_where_not_everybody_wants_to_see_them() -> None:
    label = {"$type": "com.atproto.label.defs#selfLabels", "values": [{"val": "graphic-media"}]}
    assert payload(post(pictures=(MAP,)), of(sensitive="true"), AT)["labels"] == label
    assert "labels" not in payload(post(pictures=(MAP,)), of(sensitive="false"), AT)
    assert "labels" not in payload(post(), of(sensitive="true"), AT)


@pytest.mark.parametrize(
    ("who", "allowed"),
    [("mentioned", ["mentionRule"]), ("followers", ["followerRule"]), ("following", ["followingRule"]), ("nobody", [])],
)
def test_a_gate_stands_under_the_key_of_the_first_post_and_says_who_may_reply(who: str, allowed: list[str]) -> None:
    wanted = batch(post(1), post(2))
    wanted = replace(wanted, thread=replace(wanted.thread, options={"replies": who}))
    posts = records(wanted, key(*minted(2)))
    (gate,) = gates(wanted, posts, key(*minted(2)))
    assert (gate.collection, gate.rkey, gate.uri) == (THREADGATE, posts[0].rkey, posts[0].uri.replace(POST, THREADGATE))
    assert gate.value == {
        "$type": THREADGATE,
        "post": posts[0].uri,
        "allow": [{"$type": f"{THREADGATE}#{rule}"} for rule in allowed],
        "createdAt": posts[0].value["createdAt"],
    }
    later = replace(wanted, after=(Receipt("x", "", NOON, ref(posts[0])),))
    assert gates(later, posts, key(*minted(2))) == ()


def test_there_is_no_gate_where_everybody_may_reply() -> None:
    for options in ({}, {"replies": "everyone"}):
        wanted = batch(post())
        wanted = replace(wanted, thread=replace(wanted.thread, options=options))
        assert gates(wanted, records(wanted, key(*minted(1))), key(*minted(1))) == ()


FEATURES = {
    "link": ("https://example.org/é?x=1", {"$type": "app.bsky.richtext.facet#link", "uri": "https://example.org/é?x=1"}),
    "mention": ("did:plc:xyz", {"$type": "app.bsky.richtext.facet#mention", "did": "did:plc:xyz"}),
    "tag": ("Loire", {"$type": "app.bsky.richtext.facet#tag", "tag": "Loire"}),
    "cashtag": ("ACME", {"$type": "app.bsky.richtext.facet#tag", "tag": "$ACME"}),
}


@pytest.mark.parametrize("kind", FEATURES)
def test_an_annotation_becomes_a_facet(kind: Any) -> None:
    target, feature = FEATURES[kind]
    assert facet(Annotation(kind, 5, 11, target)) == {"index": {"byteStart": 5, "byteEnd": 11}, "features": [feature]}


def test_facets_count_bytes_and_keep_their_order() -> None:
    text = "été 🗺️ #crue exemple.fr"
    start, end = len("été 🗺️ ".encode()), len("été 🗺️ #crue".encode())
    tag, link = Annotation("tag", start, end, "crue"), Annotation("link", end + 1, end + 11, "https://exemple.fr")
    facets = payload(post(text=text, annotations=(tag, link)), of("fr"), AT)["facets"]
    shown = [text.encode()[each["index"]["byteStart"] : each["index"]["byteEnd"]].decode() for each in facets]
    assert shown == ["#crue", "exemple.fr"]


def test_a_post_with_nothing_in_it_names_neither_facets_nor_an_embed() -> None:
    assert set(payload(post(), of("fr"), AT)) == {"$type", "text", "createdAt", "langs"}


# Minting


def test_moments_and_record_keys_of_a_batch_increase_strictly() -> None:
    made = mint(batch(*map(post, [1] * 100)), NOON + timedelta(microseconds=999_999))
    assert made["did"] == DID
    for name in ("at", "rkey"):
        values = [each[name] for each in made["records"]]
        assert values == sorted(set(values))
    assert made["records"][0]["at"] == "2026-11-22T12:00:00.999Z"


def test_each_minting_makes_other_keys() -> None:
    ten = {mint(batch(post()), NOON)["records"][0]["rkey"] for _ in range(10)}
    assert len(ten) > 1


def mint(wanted: Batch, now: datetime) -> Any:
    """A key by a driver that is signed in."""
    from bot.core.model import Account
    from bot.networks.base import World
    from bot.networks.bluesky import Bluesky
    from bot.testing.fakes import Shelf

    shelf = Shelf()
    driver = Bluesky(Account("sky", "bluesky", {"server": "https://x.example", "handle": "me"}), World(shelf, shelf.picture))
    driver.session.kept = {"did": DID}
    return driver.mint(wanted, now)
