"""The fake X: it takes what the published contract takes and nothing else, and shows posts as X does."""

from __future__ import annotations

import builtins
import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.core.text import DIALECTS
from bot.networks.oauth import Keys, authorization
from bot.testing.serving import Reply, Request
from bot.testing.x import LIMITS, SCOPES, FakeX
from bot.testing.x_auth import Person
from bot.testing.x_contract import _validator, answer_faults, contract, faults
from tools import make_x_contract

NOW = datetime(2026, 12, 1, 17, 0, tzinfo=UTC)
HOST = "127.0.0.1:8000"
SUBSET = Path(__file__).resolve().parent.parent.parent / "shared" / "x-openapi-subset.json"


class Client:
    """Somebody who asks the fake without HTTP, signing each request."""

    def __init__(self, fake: FakeX, person: Person) -> None:
        self.fake, self.person, self.asked = fake, person, 0
        self.now = NOW

    def ask(self, method: str, path: str, body: Any = None, **query: str) -> Reply:
        self.asked += 1
        keys = Keys(*(getattr(self.person, name) for name in Keys.__slots__))
        query = {name.replace("_", ".", 1) if "fields" in name else name: value for name, value in query.items()}
        signed = authorization(method, f"http://{HOST}{path}", query, keys, f"nonce{self.asked}", int(self.now.timestamp()))
        headers = {"host": HOST, "authorization": signed, **({"content-type": "application/json"} if body is not None else {})}
        data = b"" if body is None else json.dumps(body).encode()
        return self.fake.reply(Request(method, path, query, headers, data), self.now)

    def post(self, text: str, **more: Any) -> str:
        reply = self.ask("POST", "/2/tweets", {"text": text, **more})
        assert reply.status == 201, reply.body
        return str(reply.body["data"]["id"])


@pytest.fixture
def client() -> Client:
    fake = FakeX()
    return Client(fake, fake.gate.person("afp"))


@pytest.mark.parametrize(
    "body",
    [
        {"text": "Un", "language": "fr"},
        {"text": 7},
        {"text": "Un", "reply": {"in_reply_to_status_id": "1"}},
        {"text": "Un", "reply": {"in_reply_to_tweet_id": 1}},
        {"text": "Un", "media": {"media_ids": []}},
        {"text": "Un", "media": {"media_ids": ["1"] * 5}},
        {"text": "Un", "reply_settings": "everyone"},
        {"text": "Un", "made_with_ai": "true"},
        ["Un"],
    ],
)
def test_a_post_that_the_contract_does_not_know_is_refused(client: Client, body: Any) -> None:
    reply = client.ask("POST", "/2/tweets", body)
    assert (reply.status, reply.body["title"], client.fake.posts()) == (400, "Invalid Request", [])


@pytest.mark.parametrize(
    "query",
    [
        {"count": "5"},
        {"max_results": "4"},
        {"max_results": "101"},
        {"max_results": "many"},
        {"since_id": "x"},
        {"post_fields": "text,colour"},
        {"tweet_fields": "text"},
        {"expansions": "referenced_posts,referenced_posts"},
    ],
)
def test_a_question_that_the_contract_does_not_know_is_refused(client: Client, query: dict[str, str]) -> None:
    assert client.ask("GET", f"/2/users/{client.person.id}/tweets", **query).status == 400


def test_what_is_asked_for_is_given_and_no_more(client: Client) -> None:
    client.post("Un")
    reply = client.ask("GET", f"/2/users/{client.person.id}/tweets", max_results="5", post_fields="conversation_id")
    assert set(reply.body["data"][0]) == {"id", "text", "edit_history_post_ids", "conversation_id"}


def test_links_are_shortened_escaped_and_said(client: Client) -> None:
    client.post("R&D <b> Example.com/a?b=1&c=2 https://example.com/x.")
    fields = {"max_results": "5", "post_fields": "entities"}
    shown = client.ask("GET", f"/2/users/{client.person.id}/tweets", **fields).body["data"][0]
    first, second = shown["entities"]["urls"]
    assert shown["text"] == f"R&amp;D &lt;b&gt; {first['url']} {second['url']}."
    assert [each["expanded_url"] for each in (first, second)] == ["http://Example.com/a?b=1&c=2", "https://example.com/x"]
    assert [shown["text"][each["start"] : each["end"]] for each in (first, second)] == [first["url"], second["url"]]
    assert DIALECTS["x"].count(first["url"]) == 23


def test_a_long_post_is_cut_and_whole_where_one_asks_for_it(client: Client) -> None:
    client.fake.length = 25_000
    client.post("a & " * 200)
    fields = {"max_results": "5", "post_fields": "note_post"}
    shown = client.ask("GET", f"/2/users/{client.person.id}/tweets", **fields).body["data"][0]
    assert "… https://t.co/" in shown["text"]
    assert shown["note_post"]["text"] == "a &amp; " * 200


def test_the_newest_is_first_and_a_list_lags(client: Client) -> None:
    client.fake.lag = 10.0
    path = f"/2/users/{client.person.id}/tweets"
    ids = [client.post("Un"), client.post("Deux")]
    assert client.ask("GET", path).body == {"meta": {"result_count": 0}}
    client.now += timedelta(seconds=10)
    assert [each["id"] for each in client.ask("GET", path).body["data"]] == ids[::-1]


def test_ids_grow_and_say_the_time(client: Client) -> None:
    ids = [int(client.post(f"{number}")) for number in range(3)]
    assert ids == sorted(set(ids))
    assert {(each >> 22) + 1_288_834_974_657 for each in ids} == {int(NOW.timestamp() * 1000)}


@pytest.mark.parametrize("change", ["secret", "token secret", "query", "path", "nonce", "method", "key"])
def test_a_signature_is_verified(client: Client, change: str) -> None:
    names = ("consumer_key", "consumer_secret", "access_token", "access_token_secret")
    own = {name: getattr(client.person, name) for name in names}
    own |= {"secret": {"consumer_secret": "x"}, "token secret": {"access_token_secret": "x"}, "key": {"consumer_key": "x"}}.get(
        change, {}
    )
    path = f"/2/users/{client.person.id}/tweets"
    method, signed_path = ("POST" if change == "method" else "GET"), ("/2/tweets" if change == "path" else path)
    signed_query = {"max_results": "6" if change == "query" else "5"}
    header = authorization(method, f"http://{HOST}{signed_path}", signed_query, Keys(**own), "once", int(NOW.timestamp()))
    request = Request("GET", path, {"max_results": "5"}, {"host": HOST, "authorization": header}, b"")
    statuses = [client.fake.reply(request, NOW).status for _ in range(2 if change == "nonce" else 1)]
    assert statuses[-1] == 401
    assert change != "nonce" or statuses[0] == 200


def test_a_token_ends_after_two_hours_and_does_what_it_is_for(client: Client) -> None:
    gate, path = client.fake.gate, "/2/users/me"
    token = gate.grant(client.person, NOW, SCOPES)["access_token"]
    request = Request("GET", path, {}, {"authorization": f"Bearer {token}"}, b"")
    assert [client.fake.reply(request, NOW + timedelta(hours=hours)).status for hours in (0, 1.9, 2)] == [200, 200, 401]
    narrow = gate.grant(client.person, NOW, frozenset({"tweet.read"}))["access_token"]
    assert client.fake.reply(Request("GET", path, {}, {"authorization": f"Bearer {narrow}"}, b""), NOW).status == 403


def test_limits_are_said_and_kept(client: Client) -> None:
    replies = [client.ask("GET", "/2/users/me") for _ in range(LIMITS["GET /2/users/me"] + 1)]
    assert [reply.status for reply in replies] == [200] * LIMITS["GET /2/users/me"] + [429]
    assert replies[0].headers["x-rate-limit-remaining"] == str(LIMITS["GET /2/users/me"] - 1)
    client.now += timedelta(minutes=15)
    assert client.ask("GET", "/2/users/me").status == 200


def test_the_same_words_again_are_refused_until_they_are_gone_or_old(client: Client) -> None:
    first = client.post("Un")
    said = client.ask("POST", "/2/tweets", {"text": "Un"})
    assert said.body == {
        "detail": "You are not allowed to create a Tweet with duplicate content.",
        "type": "about:blank",
        "title": "Forbidden",
        "status": 403,
    }
    assert client.ask("DELETE", f"/2/tweets/{first}").body == {"data": {"deleted": True}}
    client.post("Un")
    client.now += timedelta(days=2)
    client.post("Un")


def test_what_is_removed_is_gone(client: Client) -> None:
    first = client.post("Un")
    assert [client.ask("DELETE", f"/2/tweets/{first}").status for _ in range(2)] == [200, 404]
    assert client.fake.posts() == []


def test_an_address_that_nobody_knows_is_404(client: Client) -> None:
    assert [client.ask("GET", path).status for path in ("/2/tweets", "/2/users/x/y", "/")] == [404] * 3


def test_an_answer_that_breaks_the_contract_would_be_noticed() -> None:
    assert answer_faults("POST /2/tweets", 201, {"data": {"id": "1", "text": "Un"}}) == []
    assert answer_faults("POST /2/tweets", 201, {"data": {"id": 1, "text": "Un"}}) != []
    assert answer_faults("POST /2/tweets", 200, {}) != []
    problem = {"type": "https://api.x.com/2/problems/invalid-request", "title": "Invalid Request"}
    assert answer_faults("POST /2/tweets", 400, problem) == ["'detail' is a required property"]


def test_the_fake_does_not_give_what_x_would_not(client: Client) -> None:
    client.fake.gate.people.append(replace(client.person, id=7))  # type: ignore[arg-type]
    client.fake.gate.people.pop(0)
    with pytest.raises(AssertionError, match="breaks the contract of GET /2/users/me"):
        client.ask("GET", "/2/users/me")


def test_the_contract_says_null_as_json_schema_does() -> None:
    schema = {"$ref": "#/components/schemas/PostEntities"}
    assert list(faults(schema, {"urls": None})) == []
    assert list(faults(schema, {"urls": 7})) != []


@pytest.fixture
def without_jsonschema(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    real = builtins.__import__

    def without(name: str, *rest: Any, **more: Any) -> Any:
        if name == "jsonschema":
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.delitem(sys.modules, "jsonschema", raising=False)
    monkeypatch.setattr(builtins, "__import__", without)
    _validator.cache_clear()
    yield
    _validator.cache_clear()


@pytest.mark.usefixtures("without_jsonschema")
def test_without_jsonschema_it_is_said_what_to_install(client: Client) -> None:
    with pytest.raises(RuntimeError, match="pip install jsonschema"):
        client.post("Un")


def test_the_contract_has_every_endpoint_that_the_fake_serves() -> None:
    assert set(contract()["endpoints"]) == set(LIMITS) == set(make_x_contract.ENDPOINTS)


def test_the_contract_is_the_published_one() -> None:
    if not SUBSET.exists():
        pytest.skip("X's OpenAPI description is not beside this checkout")
    published = json.loads(SUBSET.read_text(encoding="utf-8"))
    assert make_x_contract.CONTRACT.read_text(encoding="utf-8") == make_x_contract.written(published)
