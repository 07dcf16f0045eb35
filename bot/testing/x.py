"""Shipped test help: X as a server, with state and its rules, that checks each request against the published contract.

    fake = FakeX()
    person = fake.gate.person("afp")
    with Served(fake, clock) as server:
        account = account_of(person, server.url)            # with the four secrets of OAuth 1.0a
        shelf.put(account.name, signed_in(fake, person, clock.now()))   # or with tokens, and account_of(…, tokens=True)

What X does where nobody knows it (how long a text counts as a duplicate, how long a list lags) is a field of `FakeX`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from bot.core.model import Account
from bot.core.text import DIALECTS
from bot.networks import x as driver
from bot.testing.serving import Reply, Request
from bot.testing.stage import Seen
from bot.testing.x_auth import Gate, Person
from bot.testing.x_contract import PROBLEMS, answer_faults, endpoint_of, request_faults, scopes
from bot.testing.x_pictures import Pictures, Refused
from bot.testing.x_posts import Tweet, next_id, normal, shown
from bot.testing.x_problems import GONE, SUMMONED, No, forbidden, invalid, listed, problem

WINDOW = timedelta(minutes=15)
# Requests a person may make in a window (docs.x.com, rate limits).
LIMITS = {
    "POST /2/tweets": 100,
    "DELETE /2/tweets/{id}": 50,
    "GET /2/users/me": 75,
    "GET /2/users/{id}/tweets": 900,
    "GET /2/media/upload": 1000,
    "POST /2/media/upload": 500,
    "POST /2/media/upload/initialize": 1875,
    "POST /2/media/upload/{id}/append": 1875,
    "POST /2/media/upload/{id}/finalize": 1875,
    "POST /2/media/metadata": 500,
}
SCOPES = frozenset(("tweet.read", "tweet.write", "users.read", "media.write", "offline.access"))


@dataclass
class FakeX:
    """The network. Each field is a rule that a test may bend."""

    gate: Gate = field(default_factory=Gate)
    pictures: Pictures = field(default_factory=Pictures)
    tweets: list[Tweet] = field(default_factory=list)
    length: int = 280
    lag: float = 0.0  # seconds until a post is in its author's list
    memory: timedelta = timedelta(hours=24)  # for which the same text is a duplicate
    credits: Decimal | None = None  # US dollars that are left; None: no end
    prices: Mapping[str, Decimal] = field(default_factory=lambda: {"POST /2/tweets": Decimal("0.015")})
    limited: bool = True
    says: list[No] = field(default_factory=list)  # refusals for the next posts, whatever they are
    older: bool = False  # refusals as a list of errors with codes
    used: dict[tuple[str, str], tuple[datetime, int]] = field(default_factory=dict)

    def reply(self, request: Request, now: datetime) -> Reply:
        """What X answers."""
        if (request.method, request.path) == ("POST", "/2/oauth2/token"):
            return self.gate.token(request, now)
        endpoint, subject = endpoint_of(request)
        if not endpoint:
            return problem(404, "Not Found", "Not Found").reply
        headers: dict[str, str] = {}
        try:
            person = self._let_in(endpoint, request, now)
            headers = self._counted(endpoint, person, now)
            self._paid(endpoint)
            if found := request_faults(endpoint, request):
                raise invalid(*found)
            status, body = ACTS[endpoint](self, person, subject, request, now)
        except Refused as error:
            reply = invalid(str(error)).reply
        except No as no:
            reply = no.reply
        else:
            reply = Reply(status, body)
        wrong = answer_faults(endpoint, reply.status, reply.body)
        assert not wrong, f"the fake breaks the contract of {endpoint}: {wrong}"
        return Reply(reply.status, reply.body, {**headers, **reply.headers})

    def posts(self, handle: str = "") -> list[Seen]:
        """What a reader sees, in reading order; of one account, or of all."""
        return [
            Seen(each.text, each.alts, each.parent.text if each.parent else None)
            for each in self.tweets
            if each.live and handle in ("", each.author.handle)
        ]

    def by_hand(self, person: Person, text: str, now: datetime, parent: Tweet | None = None) -> Tweet:
        """A post that somebody writes on x.com."""
        last = self.tweets[-1].id if self.tweets else "0"
        self.tweets.append(Tweet(next_id(now, last), person, normal(text), now, (), (), parent, {}))
        return self.tweets[-1]

    # --- before anything is done -------------------------------------------------------------------------------------

    def _let_in(self, endpoint: str, request: Request, now: datetime) -> Person:
        who = self.gate.who(request, now, scopes(endpoint))
        if isinstance(who, Person):
            return who
        if who == "insufficient scope":
            raise problem(403, "Forbidden", "insufficient scope")
        raise listed(401, 32, who) if self.older else problem(401, "Unauthorized", who)

    def _counted(self, endpoint: str, person: Person, now: datetime) -> dict[str, str]:
        """The headers that say what is left, this request included."""
        begun, before = self.used.get((endpoint, person.id), (now, 0))
        if now - begun >= WINDOW:
            begun, before = now, 0
        total, resets = LIMITS[endpoint], str(int((begun + WINDOW).timestamp()) + 1)
        left = total - before - 1
        if self.limited and left < 0:
            no = (
                listed(429, 88, "Rate limit exceeded") if self.older else problem(429, "Too Many Requests", "Too Many Requests")
            )
            raise No(Reply(429, no.reply.body, {"x-rate-limit-reset": resets, "x-rate-limit-remaining": "0"}))
        self.used[endpoint, person.id] = begun, before + 1
        return {"x-rate-limit-limit": str(total), "x-rate-limit-remaining": str(max(left, 0)), "x-rate-limit-reset": resets}

    def _paid(self, endpoint: str) -> None:
        if self.credits is not None:
            if self.credits <= 0:
                raise problem(402, "Payment Required", "credits depleted", f"{PROBLEMS}credits-depleted")
            self.credits -= self.prices.get(endpoint, Decimal(0))

    # --- the endpoints -----------------------------------------------------------------------------------------------

    def create(self, person: Person, _subject: str, request: Request, now: datetime) -> tuple[int, Any]:
        """POST /2/tweets."""
        said = request.json
        text, media = normal(said.get("text", "")), tuple(said.get("media", {}).get("media_ids", ()))
        if self.says:
            raise self.says.pop(0)
        parent = self._parent(person, said)
        self._taken(person, text, media, now)
        alts = tuple(self.pictures.kept[each].alt for each in media)
        last = self.tweets[-1].id if self.tweets else "0"
        tweet = Tweet(next_id(now, last), person, text, now, media, alts, parent, said)
        self.tweets.append(tweet)
        return 201, {"data": {"id": tweet.id, "text": shown(tweet, (), ())["text"]}}

    def _parent(self, person: Person, said: Mapping[str, Any]) -> Tweet | None:
        wanted = said.get("reply", {}).get("in_reply_to_tweet_id")
        if not wanted:
            return None
        parent = next((each for each in self.tweets if each.id == wanted and each.live), None)
        if not parent:
            raise listed(403, 385, GONE) if self.older else forbidden(GONE)
        mentioned = {each.target.casefold() for each in DIALECTS["x"].entities(parent.text) if each.kind == "mention"}
        if parent.author.id != person.id and person.handle.casefold() not in mentioned:
            raise forbidden(SUMMONED)
        return parent

    def _taken(self, person: Person, text: str, media: tuple[str, ...], now: datetime) -> None:
        """Raises No for what X does not take."""
        if not text and not media:
            raise invalid("text: is empty, and there is no media")
        if not all(self.pictures.usable(person.id, each, now) for each in media) or len({*media}) < len(media):
            raise (
                listed(400, 324, "The validation of media ids failed.")
                if self.older
                else invalid("Your media IDs are invalid.")
            )
        if DIALECTS["x"].count(text) > self.length:
            short = listed(403, 186, "Tweet needs to be a bit shorter.")
            raise short if self.older else forbidden("You are not permitted to perform this action.")
        if sum(each.kind == "cashtag" for each in DIALECTS["x"].entities(text)) > 1:
            raise forbidden("A post may have a maximum of one cashtag.")
        if text and any(each.text == text and each.live and self._recent(each, person, now) for each in self.tweets):
            double = listed(403, 187, "Status is a duplicate.")
            raise double if self.older else forbidden("You are not allowed to create a Tweet with duplicate content.")

    def _recent(self, tweet: Tweet, person: Person, now: datetime) -> bool:
        return tweet.author.id == person.id and now - tweet.at < self.memory

    def delete(self, person: Person, subject: str, _request: Request, _now: datetime) -> tuple[int, Any]:
        """DELETE /2/tweets/{id}."""
        tweet = next((each for each in self.tweets if each.id == subject), None)
        if not tweet or not tweet.live:
            said = f"Could not find tweet with id: [{subject}]."
            more = {"resource_type": "tweet", "resource_id": subject, "parameter": "id", "value": subject}
            raise problem(404, "Not Found Error", said, f"{PROBLEMS}resource-not-found", **more)
        if tweet.author.id != person.id:
            raise forbidden("You are not authorized to delete this Tweet.")
        tweet.live = False
        return 200, {"data": {"deleted": True}}

    def me(self, person: Person, _subject: str, _request: Request, _now: datetime) -> tuple[int, Any]:
        """GET /2/users/me."""
        return 200, {"data": {"id": person.id, "name": person.handle.title(), "username": person.handle}}

    def timeline(self, _person: Person, subject: str, request: Request, now: datetime) -> tuple[int, Any]:
        """GET /2/users/{id}/tweets: the newest first, without those that are not indexed yet."""
        query = request.query
        since, seen = int(query.get("since_id", "0")), now - timedelta(seconds=self.lag)
        found = [
            each
            for each in reversed(self.tweets)
            if each.live and each.author.id == subject and int(each.id) > since and each.at <= seen
        ]
        begin, size = int(query.get("pagination_token", "0")), int(query.get("max_results", "10"))
        page, more = found[begin : begin + size], len(found) > begin + size
        meta: dict[str, Any] = {"result_count": len(page), **({"next_token": str(begin + size)} if more else {})}
        if not page:
            return 200, {"meta": meta}
        fields, expansions = (query.get(name, "").split(",") for name in ("post.fields", "expansions"))
        return 200, {"data": [shown(each, fields, expansions) for each in page], "meta": meta}


Act = Callable[[FakeX, Person, str, Request, datetime], tuple[int, Any]]


def _media(act: Callable[[Pictures, str, str, Request, datetime], dict[str, Any]]) -> Act:
    """What is done with pictures, as an endpoint gives it."""
    return lambda fake, person, subject, request, now: (200, {"data": act(fake.pictures, person.id, subject, request, now)})


ACTS: Mapping[str, Act] = {
    "POST /2/tweets": FakeX.create,
    "DELETE /2/tweets/{id}": FakeX.delete,
    "GET /2/users/me": FakeX.me,
    "GET /2/users/{id}/tweets": FakeX.timeline,
    "GET /2/media/upload": _media(Pictures.status),
    "POST /2/media/upload": _media(Pictures.one_shot),
    "POST /2/media/upload/initialize": _media(Pictures.begin),
    "POST /2/media/upload/{id}/append": _media(Pictures.append),
    "POST /2/media/upload/{id}/finalize": _media(Pictures.finish),
    "POST /2/media/metadata": _media(Pictures.describe),
}


def account_of(person: Person, url: str, name: str = "bird", gate: Gate | None = None, **settings: str) -> Account:
    """The account of a person in a config: with the four secrets, or with the app of this gate, to sign in to."""
    own = {setting.name: setting.default or "" for setting in driver.NETWORK.settings if setting.kind != "secret"}
    own |= {"handle": person.handle, "server": url, "client_id": gate.client_id if gate else "", **settings}
    named = {"client_secret": gate.client_secret} if gate and gate.client_secret else {}
    if not gate:
        named = {secret: getattr(person, secret) for secret in driver.SECRETS}
    return Account(name, "x", own, {secret: (lambda value=value: value) for secret, value in named.items()})  # type: ignore[misc]


def signed_in(fake: FakeX, person: Person, now: datetime) -> dict[str, Any]:
    """What the vault has after a sign-in."""
    pair = fake.gate.grant(person, now, SCOPES)
    expires = (now + timedelta(seconds=int(str(pair["expires_in"])))).isoformat()
    kept = {"access": pair["access_token"], "refresh": pair["refresh_token"], "expires": expires}
    return {"for": f"x.com/{person.handle}", **kept}
