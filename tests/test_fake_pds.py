"""The fake PDS keeps the contract with our driver, and answers as the real one does."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx
import pytest

from bot.core.model import Account
from bot.networks import bluesky
from bot.testing.bluesky import FakePds
from bot.testing.contract import NetworkContract, Seen, Stage
from bot.testing.fakes import JumpingClock, Shelf
from bot.testing.serving import Served
from tests.servers import POST, Pds

CREATE, DELETE = "com.atproto.repo.applyWrites#create", "com.atproto.repo.applyWrites#delete"
KEY, MISSING = "3mabcdefghi2k", "3mabcdefghi2x"
UN: dict[str, Any] = {"$type": POST, "text": "Un", "createdAt": "2026-11-22T10:00:00.001Z"}
NOWHERE = {"uri": f"at://did:plc:aaaaaaaaaaaaaaaaaaaaaaaa/{POST}/{KEY}", "cid": "y"}
GHOST = {
    "$type": "blob",
    "ref": {"$link": "bafkreieawtmh7hwfrqpamqkodza5r62bbfhsepe2iyustgxhgbhi6b2lfi"},
    "mimeType": "image/png",
    "size": 60,
}


def account_of(fake: FakePds, server: str) -> Account:
    return Account("sky", "bluesky", {"server": server, "handle": fake.handle}, {"password": lambda: fake.password})


class TestFakePds(NetworkContract):
    @pytest.fixture
    def stage(self) -> Iterator[Stage]:
        fake = FakePds()
        with Served(fake) as server:
            stage = Stage(bluesky.NETWORK, account_of(fake, server.url), Shelf(), fake.posts, server=server)
            yield stage
            stage.close()


@dataclass(frozen=True)
class Asked:
    """A server, real or not, and somebody who is signed in there."""

    client: httpx.Client
    did: str
    handle: str
    password: str

    def post(self, name: str, **request: Any) -> httpx.Response:
        return self.client.post(f"/xrpc/com.atproto.{name}", **request)

    def get(self, name: str, **query: str) -> httpx.Response:
        return self.client.get(f"/xrpc/com.atproto.{name}", params=query)

    def sign_in(self) -> None:
        request = {"identifier": self.handle, "password": self.password}
        session = self.post("server.createSession", json=request).json()
        self.client.headers["authorization"] = f"Bearer {session['accessJwt']}"

    def write(self, *writes: Mapping[str, Any]) -> httpx.Response:
        return self.post("repo.applyWrites", json={"repo": self.did, "validate": True, "writes": writes})

    def create(self, rkey: str = KEY, **changes: Any) -> httpx.Response:
        return self.write({"$type": CREATE, "collection": POST, "rkey": rkey, "value": {**UN, **changes}})

    def delete(self, rkey: str) -> httpx.Response:
        return self.write({"$type": DELETE, "collection": POST, "rkey": rkey})


def pictures(number: int, **image: Any) -> dict[str, Any]:
    return {"$type": "app.bsky.embed.images", "images": [{"image": GHOST, **image}] * number}


# What is asked of both, one after the other.
QUESTIONS = {
    "a wrong password": lambda it: it.post("server.createSession", json={"identifier": it.handle, "password": "no"}),
    "no token": lambda it: it.post("repo.applyWrites", json={"repo": it.did, "writes": []}, headers={"authorization": ""}),
    "junk for a token": lambda it: it.post("server.refreshSession", headers={"authorization": "Bearer junk"}),
    "an access token to refresh with": lambda it: it.post("server.refreshSession"),
    "a file": lambda it: it.post("repo.uploadBlob", content=b"abc" * 20, headers={"content-type": "image/png"}),
    "a file too large": lambda it: it.post("repo.uploadBlob", content=b"a" * 5_300_000, headers={"content-type": "image/png"}),
    "a post": lambda it: it.create(),
    "the same post again": lambda it: it.create(),
    "301 graphemes": lambda it: it.create(MISSING, text="é" * 301),
    "3200 bytes": lambda it: it.create(MISSING, text="👨‍👩‍👧‍👦" * 128),
    "four languages": lambda it: it.create(MISSING, langs=["fr", "en", "de", "it"]),
    "a time without zone": lambda it: it.create(MISSING, createdAt="2026-11-22T10:00:00"),
    "a reply to no address": lambda it: it.create(MISSING, reply={"root": {"uri": "at://x", "cid": "y"}, "parent": NOWHERE}),
    "a reply to no CID": lambda it: it.create(MISSING, reply={"root": NOWHERE, "parent": NOWHERE}),
    "a file that was not uploaded": lambda it: it.create(MISSING, embed=pictures(1, alt="Une carte")),
    "a picture without alt": lambda it: it.create(MISSING, embed=pictures(1)),
    "five pictures": lambda it: it.create(MISSING, embed=pictures(5, alt="")),
    "a key that is none": lambda it: it.create("nope!"),
    "where nothing is": lambda it: it.get("repo.getRecord", repo=it.did, collection=POST, rkey=MISSING),
    "where something is": lambda it: it.get("repo.getRecord", repo=it.did, collection=POST, rkey=KEY),
    "what there is": lambda it: it.get("repo.listRecords", repo=it.did, collection=POST),
    "a second post": lambda it: it.create("3mabcdefghi2z", text="Deux"),
    "the first of two": lambda it: it.get("repo.listRecords", repo=it.did, collection=POST, limit="1", reverse="true"),
    "one good, one bad": lambda it: it.write(
        {"$type": CREATE, "collection": POST, "rkey": "3mabcdefghi2y", "value": UN},
        {"$type": DELETE, "collection": POST, "rkey": MISSING},
    ),
    "nothing of the two": lambda it: it.get("repo.getRecord", repo=it.did, collection=POST, rkey="3mabcdefghi2y"),
    "who somebody is": lambda it: it.get("identity.resolveHandle", handle=it.handle),
    "who nobody is": lambda it: it.get("identity.resolveHandle", handle="nobody.test"),
    "a deletion of nothing": lambda it: it.delete(MISSING),
    "a deletion": lambda it: it.delete(KEY),
    "a single deletion of nothing": lambda it: it.post(
        "repo.deleteRecord", json={"repo": it.did, "collection": POST, "rkey": MISSING}
    ),
    "somebody else's repository": lambda it: it.post(
        "repo.applyWrites", json={"repo": "did:plc:aaaaaaaaaaaaaaaaaaaaaaaa", "writes": []}
    ),
    "201 writes": lambda it: it.write(*[{"$type": DELETE, "collection": POST, "rkey": KEY}] * 201),
    "more than 1 MB": lambda it: it.create(MISSING, text="a" * 1_100_000),
    "a session": lambda it: it.get("server.getSession"),
    "what the server takes": lambda it: it.get("server.describeServer"),
    "nothing that there is": lambda it: it.get("repo.nothing"),
}
ITS_OWN = ("did", "rev", "commit", "email", "emailConfirmed", "inviteCodeRequired", "links", "contact")


def said(value: Any, asked: Asked) -> Any:
    """An answer without what is another one's on another server."""
    if isinstance(value, dict):
        return {key: said(each, asked) for key, each in value.items() if key not in ITS_OWN}
    if isinstance(value, list):
        return [said(each, asked) for each in value]
    return value.replace(asked.did, "did:of:them").replace(asked.handle, "them") if isinstance(value, str) else value


def answers(asked: Asked) -> dict[str, Any]:
    asked.sign_in()
    heard = {name: ask(asked) for name, ask in QUESTIONS.items()}
    return {name: (answer.status_code, said(answer.json(), asked)) for name, answer in heard.items()}


def test_the_fake_answers_as_the_real_one_does(pds: Pds) -> None:
    person, fake = pds.person(), FakePds()
    with Served(fake) as server, httpx.Client(base_url=pds.url) as real, httpx.Client(base_url=server.url) as ours:
        expected = answers(Asked(real, person.did, person.handle, person.password))
        assert answers(Asked(ours, fake.did, fake.handle, fake.password)) == expected


@pytest.fixture
def clock() -> JumpingClock:
    return JumpingClock()


@pytest.fixture
def fake() -> FakePds:
    return FakePds()


@pytest.fixture
def asked(fake: FakePds, clock: JumpingClock) -> Iterator[Asked]:
    with Served(fake, clock) as server, httpx.Client(base_url=server.url) as client:
        made = Asked(client, fake.did, fake.handle, fake.password)
        made.sign_in()
        yield made


def test_a_token_ends_after_two_hours_with_a_400_and_a_refresh_gives_the_next(asked: Asked, clock: JumpingClock) -> None:
    session = asked.post("server.createSession", json={"identifier": asked.handle, "password": asked.password}).json()
    clock.wait(7200)
    late = asked.create()
    assert (late.status_code, late.json()["error"]) == (400, "ExpiredToken")
    renewed = [asked.post("server.refreshSession", headers=bearer(session["refreshJwt"])).json() for _ in range(2)]
    assert renewed[0] == renewed[1], "a client that died before it wrote the new pair down asks again"
    clock.wait(7200)
    assert asked.post("server.refreshSession", headers=bearer(session["refreshJwt"])).json()["error"] == "ExpiredToken"
    assert asked.post("server.refreshSession", headers=bearer(renewed[0]["refreshJwt"])).status_code == 200


def bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


def test_signing_in_has_a_limit_which_passes(asked: Asked, clock: JumpingClock) -> None:
    request = {"identifier": asked.handle, "password": asked.password}
    statuses = [asked.post("server.createSession", json=request).status_code for _ in range(30)]
    assert statuses == [200] * 29 + [429]
    clock.wait(300)
    assert asked.post("server.createSession", json=request).status_code == 200


def test_each_answer_says_what_is_left(asked: Asked) -> None:
    headers = [asked.get("server.describeServer").headers for _ in range(2)]
    assert [each["ratelimit-remaining"] for each in headers] == ["2998", "2997"]
    assert headers[0]["ratelimit-policy"] == "3000;w=300"


def test_a_facet_must_be_a_part_of_the_text_and_cut_no_character(asked: Asked) -> None:
    feature = {"$type": "app.bsky.richtext.facet#tag", "tag": "été"}
    for first, last, status in ((3, 10, 400), (3, 5, 400), (3, 9, 200)):
        index = {"byteStart": first, "byteEnd": last}
        answer = asked.create(text="Un #été", facets=[{"index": index, "features": [feature]}])
        assert answer.status_code == status, (first, last)


def test_a_reply_must_be_to_what_is_here(asked: Asked) -> None:
    made = asked.create().json()["results"][0]
    here = {"uri": made["uri"], "cid": made["cid"]}
    elsewhere = {**here, "uri": made["uri"].replace(KEY, MISSING)}
    assert asked.create("3mabcdefghi2m", reply={"root": here, "parent": elsewhere}).status_code == 400
    assert asked.create("3mabcdefghi2m", reply={"root": here, "parent": here}).status_code == 200


def test_a_key_that_no_lexicon_knows_is_refused(asked: Asked) -> None:
    assert 'Unknown key "langauges"' in asked.create(langauges=["fr"]).json()["message"]


def test_galleries_cards_and_gates_are_taken_as_their_lexicons_say(asked: Asked, fake: FakePds) -> None:
    blob = asked.post("repo.uploadBlob", content=b"abc" * 20, headers={"content-type": "image/png"}).json()["blob"]
    ratio = {"width": 4, "height": 3}
    item = {"$type": "app.bsky.embed.gallery#image", "image": blob, "alt": "Une carte", "aspectRatio": ratio}
    gallery = {"$type": "app.bsky.embed.gallery", "items": [item] * 5}
    card = {"uri": "https://example.org", "title": "Crue", "description": "", "thumb": blob}
    assert asked.create(embed=gallery).status_code == 200
    bare = [{key: each for key, each in item.items() if key != "aspectRatio"}]
    assert "aspectRatio" in asked.create(MISSING, embed={**gallery, "items": bare}).json()["message"]
    assert asked.create("3mabcdefghi2m", embed={"$type": "app.bsky.embed.external", "external": card}).status_code == 200
    kind = "app.bsky.feed.threadgate"
    gate = {"$type": kind, "post": f"at://{fake.did}/{POST}/{KEY}", "createdAt": UN["createdAt"], "allow": []}
    assert asked.write({"$type": CREATE, "collection": kind, "rkey": KEY, "value": gate}).status_code == 200
    assert fake.posts() == [Seen("Un", ("Une carte",) * 5, None), Seen("Un", (), None)]


def test_record_keys_are_in_the_order_of_time(asked: Asked, clock: JumpingClock, fake: FakePds) -> None:
    for text in ("Un", "Deux", "Trois"):
        assert asked.post("repo.createRecord", json={"repo": asked.did, "collection": POST, "record": {**UN, "text": text}})
        clock.wait(timedelta(seconds=1).total_seconds())
    assert [seen.text for seen in fake.posts()] == ["Un", "Deux", "Trois"]
    assert all(re.fullmatch("[2-7a-j][2-7a-z]{12}", rkey) for _, rkey in fake.repository.records)
