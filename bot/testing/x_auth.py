"""Shipped test help: who may ask the fake X, by its own reading of OAuth 1.0a (RFC 5849) and OAuth 2 with PKCE (RFC 7636).

Signatures are verified, nonces never taken twice. A refresh token is good once; whoever uses it again ends the whole sign-in.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from bot.testing.serving import Reply, Request

ACCESS = timedelta(hours=2)
CODE = timedelta(seconds=30)
FIELD = re.compile(r'\s*(oauth_\w+)="([^"]*)"\s*')


@dataclass(frozen=True)
class Person:
    """An account on the fake X, with the four secrets of OAuth 1.0a."""

    id: str
    handle: str
    consumer_key: str = field(repr=False)
    consumer_secret: str = field(repr=False)
    access_token: str = field(repr=False)
    access_token_secret: str = field(repr=False)


@dataclass
class Grant:
    """One sign-in with OAuth 2, through all its tokens."""

    person: Person
    scopes: frozenset[str]
    alive: bool = True
    expires: dict[str, datetime] = field(default_factory=dict)  # of each access token
    refresh: str = ""  # the one that is good
    spent: list[str] = field(default_factory=list)  # those that were good once


@dataclass
class Code:
    """What a browser brings back."""

    person: Person
    challenge: str
    back: str
    scopes: frozenset[str]
    until: datetime


@dataclass
class Gate:
    """The accounts, and all that was given out to them."""

    client_id: str = "s3cret-free-client"
    client_secret: str = ""  # of a confidential client
    back: str = "http://127.0.0.1:8917/callback"
    tolerance: float | None = None  # seconds by which a signature's time may be wrong; None: any
    people: list[Person] = field(default_factory=list)
    grants: list[Grant] = field(default_factory=list)
    codes: dict[str, Code] = field(default_factory=dict)
    nonces: set[tuple[str, str, str]] = field(default_factory=set)
    refreshed: int = 0  # how often a refresh was asked for
    _numbers: count[int] = field(default_factory=lambda: count(1))

    def person(self, handle: str) -> Person:
        """A new account."""
        number = str(7_000_000 + len(self.people))
        secrets = (f"{number}-{kind}+/={handle}" for kind in ("AccessToken", "TokenSecret"))
        made = Person(number, handle, f"ConsumerKey{number}", f"Consumer&Secret%{number}", *secrets)
        self.people.append(made)
        return made

    # --- OAuth 2 -----------------------------------------------------------------------------------------------------

    def grant(self, person: Person, now: datetime, scopes: frozenset[str]) -> dict[str, object]:
        """A new sign-in: its first pair of tokens, as the server gives them."""
        self.grants.append(Grant(person, scopes))
        return self._pair(self.grants[-1], now)

    def _pair(self, grant: Grant, now: datetime) -> dict[str, object]:
        number = next(self._numbers)
        access, grant.refresh = (
            f"s3cret-access-{number}-{grant.person.handle}",
            f"s3cret-refresh-{number}-{grant.person.handle}",
        )
        grant.expires[access] = now + ACCESS
        return {
            "token_type": "bearer",
            "expires_in": int(ACCESS.total_seconds()),
            "access_token": access,
            "refresh_token": grant.refresh,
            "scope": " ".join(sorted(grant.scopes)),
        }

    def authorised(self, url: str, person: Person, now: datetime) -> dict[str, str]:
        """A person who lets the app in at this address; what their browser brings back."""
        parts = urlsplit(url)
        query = dict(parse_qsl(parts.query))
        assert f"{parts.scheme}://{parts.netloc}{parts.path}" == "https://x.com/i/oauth2/authorize", url
        assert (query["client_id"], query["redirect_uri"]) == (self.client_id, self.back), "registered to the letter"
        assert (query["response_type"], query["code_challenge_method"]) == ("code", "S256")
        code = f"s3cret-code-{next(self._numbers)}"
        scopes = frozenset(query["scope"].split())
        self.codes[code] = Code(person, query["code_challenge"], query["redirect_uri"], scopes, now + CODE)
        return {"state": query["state"], "code": code}

    def token(self, request: Request, now: datetime) -> Reply:
        """POST /2/oauth2/token."""
        form = request.form
        if not self._client(request, form):
            said = {"error": "unauthorized_client", "error_description": "Missing valid authorization header"}
            return Reply(401, said)
        grant = {"authorization_code": self._exchanged, "refresh_token": self._refreshed}.get(form.get("grant_type", ""))
        found = grant(form, now) if grant else None
        if not found:
            said = {"error": "invalid_request", "error_description": "Value passed for the token was invalid."}
            return Reply(400, said)
        return Reply(200, self._pair(found, now))

    def _client(self, request: Request, form: Mapping[str, str]) -> bool:
        if not self.client_secret:
            return form.get("client_id") == self.client_id
        wanted = f"{quote(self.client_id, safe='')}:{quote(self.client_secret, safe='')}"
        return request.headers.get("authorization") == f"Basic {base64.b64encode(wanted.encode()).decode()}"

    def _exchanged(self, form: Mapping[str, str], now: datetime) -> Grant | None:
        code = self.codes.pop(form.get("code", ""), None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        shown = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        if not code or code.until < now or code.challenge != shown or form.get("redirect_uri") != code.back:
            return None
        self.grants.append(Grant(code.person, code.scopes))
        return self.grants[-1]

    def _refreshed(self, form: Mapping[str, str], now: datetime) -> Grant | None:  # noqa: ARG002
        self.refreshed += 1
        token = form.get("refresh_token", "")
        grant = next((each for each in self.grants if each.alive and token in (each.refresh, *each.spent)), None)
        if not grant or token != grant.refresh:
            if grant:  # used before: somebody has a copy of it
                grant.alive = False
            return None
        grant.spent.append(token)
        return grant

    # --- each request ------------------------------------------------------------------------------------------------

    def who(self, request: Request, now: datetime, scopes: frozenset[str]) -> Person | str:
        """Whose request it is; else why it is not taken."""
        header = request.headers.get("authorization", "")
        if header.startswith("OAuth "):
            return self._signed(request, header.removeprefix("OAuth "), now)
        grant = next((each for each in self.grants if request.bearer in each.expires and each.alive), None)
        if not grant or grant.expires[request.bearer] <= now:
            return "Unauthorized"
        return grant.person if scopes <= grant.scopes else "insufficient scope"

    def _signed(self, request: Request, header: str, now: datetime) -> Person | str:
        said = {name: unquote(value) for name, value in (_field(part) for part in header.split(","))}
        person = next((each for each in self.people if each.access_token == said.get("oauth_token")), None)
        if not person or person.consumer_key != said.get("oauth_consumer_key"):
            return "Invalid or expired token"
        if (said.get("oauth_signature_method"), said.get("oauth_version", "1.0")) != ("HMAC-SHA1", "1.0"):
            return "Bad signature method"
        stamp, nonce = said.get("oauth_timestamp", ""), said.get("oauth_nonce", "")
        late = self.tolerance is not None and abs(int(stamp or 0) - now.timestamp()) > self.tolerance
        if not stamp.isdecimal() or late or not nonce or (stamp, nonce, person.id) in self.nonces:
            return "Timestamp out of bounds or nonce used before"
        given = said.pop("oauth_signature", "")
        if not hmac.compare_digest(given, signature(request, said, person)):
            return "Could not authenticate you"
        self.nonces.add((stamp, nonce, person.id))
        return person


def _field(part: str) -> tuple[str, str]:
    found = FIELD.fullmatch(part)
    return (found[1], found[2]) if found else ("", "")


def signature(request: Request, said: Mapping[str, str], person: Person) -> str:
    """What the signature of a request must be; written from the RFC, apart from `bot.networks.oauth`."""
    pairs = [*request.query.items(), *((name, value) for name, value in said.items() if name)]
    if request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        pairs += request.form.items()
    listed = sorted([_percent(name), _percent(value)] for name, value in pairs)
    joined = "&".join("=".join(pair) for pair in listed)
    address = f"http://{request.headers['host'].lower()}{request.path}"
    text = f"{request.method.upper()}&{_percent(address)}&{_percent(joined)}"
    secret = f"{_percent(person.consumer_secret)}&{_percent(person.access_token_secret)}"
    return base64.b64encode(hmac.new(secret.encode(), text.encode(), "sha1").digest()).decode()


def _percent(text: str) -> str:
    unreserved = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
    return "".join(chr(byte) if byte in unreserved else f"%{byte:02X}" for byte in text.encode())
