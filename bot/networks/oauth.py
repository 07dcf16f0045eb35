"""How a request says whose it is: signed with four secrets (OAuth 1.0a), or with a token that is renewed (OAuth 2 with PKCE).

OAuth 1.0a follows RFC 5849: HMAC-SHA1 over method, address and query; JSON and multipart bodies are not part of it.
OAuth 2 follows RFC 6749 and 7636. A refresh token is single use: a pair is on disk before it is used, and only one process
renews at a time.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import quote, urlencode

from bot.core.errors import NetworkError, StoreError, Transient, Unauthorized
from bot.networks.base import Vault

if TYPE_CHECKING:
    from bot.networks.wire import Answer, Wire

EARLY = timedelta(minutes=1)  # a token is renewed before it ends: a request takes a while
LIFE = 7200  # seconds that an access token lives, where its server does not say
Clock = Callable[[], datetime]


class Signer(Protocol):
    """What a driver asks for each request."""

    def header(self, method: str, url: str, query: Mapping[str, str]) -> str:
        """The Authorization header of a request to this address (without query)."""

    def renewed(self) -> bool:
        """After a 401: whether there is another token now, so that asking again is of use."""


@dataclass(frozen=True, slots=True)
class Keys:
    """The four secrets of OAuth 1.0a: the app's pair, and the account's."""

    consumer_key: str = field(repr=False)
    consumer_secret: str = field(repr=False)
    access_token: str = field(repr=False)
    access_token_secret: str = field(repr=False)


def escaped(text: str) -> str:
    """Percent-encoding as RFC 5849 §3.6 wants it: all but letters, digits, `-`, `.`, `_` and `~`."""
    return quote(text, safe="-._~")


def base_string(method: str, url: str, parameters: Mapping[str, str]) -> str:
    """What is signed (RFC 5849 §3.4.1). The address has no query, and its host in lower case."""
    pairs = sorted((escaped(name), escaped(value)) for name, value in parameters.items())
    return "&".join(map(escaped, (method.upper(), url, "&".join(f"{name}={value}" for name, value in pairs))))


def signature(text: str, keys: Keys) -> str:
    """The HMAC-SHA1 of a base string (RFC 5849 §3.4.2)."""
    key = f"{escaped(keys.consumer_secret)}&{escaped(keys.access_token_secret)}"
    return base64.b64encode(hmac.digest(key.encode(), text.encode(), hashlib.sha1)).decode()


def authorization(method: str, url: str, query: Mapping[str, str], keys: Keys, nonce: str, at: int) -> str:
    """The Authorization header of a signed request; `at` in seconds since 1970."""
    said = {
        "oauth_consumer_key": keys.consumer_key,
        "oauth_nonce": nonce,
        "oauth_signature_method": "HMAC-SHA1",
        "oauth_timestamp": str(at),
        "oauth_token": keys.access_token,
        "oauth_version": "1.0",
    }
    said["oauth_signature"] = signature(base_string(method, url, {**query, **said}), keys)
    return "OAuth " + ", ".join(f'{name}="{escaped(value)}"' for name, value in sorted(said.items()))


@dataclass(frozen=True, slots=True)
class Signing:
    """OAuth 1.0a: a signature over each request, and nothing to renew."""

    keys: Keys
    now: Clock

    def header(self, method: str, url: str, query: Mapping[str, str]) -> str:
        """As `Signer`."""
        return authorization(method, url, query, self.keys, secrets.token_hex(16), int(self.now().timestamp()))

    def renewed(self) -> bool:
        """As `Signer`."""
        return False


@dataclass(frozen=True, slots=True)
class Client:
    """An app that is registered for OAuth 2, and where its server gives tokens. A public client has no secret."""

    path: str
    id: str
    secret: str = field(default="", repr=False)

    @property
    def basic(self) -> str:
        """What a confidential client says of itself, in HTTP Basic (RFC 6749 §2.3.1)."""
        return base64.b64encode(f"{escaped(self.id)}:{escaped(self.secret)}".encode()).decode() if self.secret else ""

    def form(self, **said: str) -> dict[str, Any]:
        """A request for tokens: the secret in a header where there is one, else the id in the form."""
        if self.secret:
            return {"data": said, "headers": {"authorization": f"Basic {self.basic}"}}
        return {"data": {**said, "client_id": self.id}}


def verifier() -> str:
    """A new secret of PKCE, which stays with us until the code is exchanged."""
    return secrets.token_urlsafe(64)


def challenge(secret: str) -> str:
    """What the authorising server is shown of it (RFC 7636, S256)."""
    return base64.urlsafe_b64encode(hashlib.sha256(secret.encode()).digest()).rstrip(b"=").decode()


def authorisation_url(base: str, client: Client, back: str, scopes: str, state: str, secret: str) -> str:
    """Where a person lets the app in. The address holds no secret: only the hash of one."""
    query = {
        "response_type": "code",
        "client_id": client.id,
        "redirect_uri": back,
        "scope": scopes,
        "state": state,
        "code_challenge": challenge(secret),
        "code_challenge_method": "S256",
    }
    return f"{base}?{urlencode(query, quote_via=quote)}"


def pair_of(answer: Answer, now: datetime) -> dict[str, str] | None:
    """The tokens of an answer, as the vault keeps them; None where it has none."""
    access, refresh, seconds = (answer.body.get(name) for name in ("access_token", "refresh_token", "expires_in"))
    if not answer.fine or not isinstance(access, str) or not access:
        return None
    life = seconds if isinstance(seconds, int) and 0 < seconds < 10**9 else LIFE
    expires = (now + timedelta(seconds=life)).isoformat()
    return {"access": access, "refresh": refresh if isinstance(refresh, str) else "", "expires": expires}


class Tokens:
    """OAuth 2: the pair of tokens in the vault, renewed by one process at a time. `whose` binds it to a destination."""

    def __init__(self, vault: Vault, wire: Wire, client: Client, whose: str, now: Clock) -> None:
        self.vault, self.wire, self.client, self.whose, self.now = vault, wire, client, whose, now
        self.pair: Mapping[str, Any] = {}
        wire.hide(client.secret, client.basic)

    def take(self) -> Mapping[str, Any]:
        """The pair that the vault has. Raises Unauthorized where nobody has signed in."""
        kept = self.vault.get(self.wire.account) or {}
        if kept.get("for") != self.whose or not all(isinstance(kept.get(name), str) for name in ("access", "refresh")):
            raise self._nobody("nobody has signed in")
        self.given(kept)
        return kept

    def given(self, pair: Mapping[str, Any]) -> None:
        """Go on with this pair."""
        self.wire.hide(pair["access"], pair["refresh"])
        self.pair = pair

    def header(self, method: str, url: str, query: Mapping[str, str]) -> str:  # noqa: ARG002
        """As `Signer`; with another pair where this one has ended."""
        if self._ended(self.pair):
            self.renewed()
        return f"Bearer {self.pair['access']}"

    def renewed(self) -> bool:
        """As `Signer`: another process's new pair, or one of our own."""
        stale = self.pair.get("access")
        try:
            with self.vault.locked(self.wire.account):
                kept = self.take()
                if kept["access"] == stale or self._ended(kept):
                    self._renew(kept)
        except StoreError as error:  # a full disk, or a process that holds the lock for long: what it was for is not sent
            raise Transient(f"{self.wire.account}: {error}") from error
        return True

    def _renew(self, kept: Mapping[str, Any]) -> None:
        """Under the lock. After a lost answer (Transient: nothing was published) the old token is tried once more, which costs
        nothing: where the server had taken it, nobody has the new pair. Then it says no, and a person has to sign in."""
        if not kept["refresh"]:
            raise self._nobody("the sign-in has ended")
        # Before it is used up: a disk that takes this will take the new pair, too.
        self.vault.put(self.wire.account, {**kept, "renewing": self.now().isoformat()})
        form = self.client.form(grant_type="refresh_token", refresh_token=kept["refresh"])
        answer = self.wire.call("POST", self.client.path, **form)
        pair = pair_of(answer, self.now())
        if pair is None:
            lost = " (an earlier renewal was never confirmed)" if "renewing" in kept else ""
            raise self._nobody(f"the sign-in could not be renewed{lost}: {self.wire.said(answer)}")
        self.wire.hide(pair["access"], pair["refresh"])
        self.vault.put(self.wire.account, {**{name: kept[name] for name in kept if name != "renewing"}, **pair})
        self.take()

    def _ended(self, pair: Mapping[str, Any]) -> bool:
        """Whether a pair is at its end; one that does not say when is tried."""
        try:
            return datetime.fromisoformat(str(pair.get("expires"))) - EARLY <= self.now()
        except (ValueError, TypeError):
            return False

    def _nobody(self, why: str) -> NetworkError:
        return Unauthorized(f"{self.wire.account}: {why} – threadbot login {self.wire.account}")
