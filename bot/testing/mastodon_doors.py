"""How apps get a token from a server that speaks Mastodon's API: registered, let in with a code, PKCE checked."""

from __future__ import annotations

import hashlib
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from bot.testing.mastodon_rules import Refusal
from bot.testing.serving import Reply, Request

if TYPE_CHECKING:
    from bot.testing.mastodon import FakeMastodon


@dataclass
class App:
    """An app that registered itself."""

    secret: str
    redirects: list[str]
    scopes: frozenset[str]


@dataclass
class Doors:
    """The OAuth side of a server."""

    server: FakeMastodon
    known: dict[str, App] = field(default_factory=dict)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)  # what was asked when each was given

    def apps(self, request: Request, _who: str) -> Reply:
        """A new app."""
        body = request.json if isinstance(request.json, dict) else request.form
        if not body.get("client_name") or not body.get("redirect_uris"):
            raise Refusal(422, "Validation failed: Redirect URI must be an absolute URI.")
        identity = secrets.token_urlsafe(16)
        self.known[identity] = App(
            secrets.token_urlsafe(32), body["redirect_uris"].split("\n"), frozenset(body.get("scopes", "read").split())
        )
        return Reply(
            200, {"id": "1", "name": body["client_name"], "client_id": identity, "client_secret": self.known[identity].secret}
        )

    def authorize(self, request: Request, _who: str) -> Reply:
        """The page at which a person says yes or no: `server.visitor`, at once."""
        asked = dict(request.query)
        app = self.known.get(asked.get("client_id", ""))
        if app is None or asked.get("redirect_uri") not in app.redirects or asked.get("response_type") != "code":
            raise Refusal(400, "The requested redirect uri is malformed or doesn't match client redirect URI.")
        if not set(asked.get("scope", "read").split()) <= app.scopes:
            raise Refusal(400, "The requested scope is invalid, unknown, or malformed.")
        code = secrets.token_urlsafe(32)
        given = {"error": "access_denied", "error_description": "no"} if self.server.denies else {"code": code}
        self.codes[code] = asked
        state = {"state": asked["state"]} if "state" in asked else {}
        return Reply(302, {}, {"location": f"{asked['redirect_uri']}?{urlencode(given | state)}"})

    def token(self, request: Request, _who: str) -> Reply:
        """A code, once, for a token."""
        form = request.form
        app, asked = self.known.get(form.get("client_id", "")), self.codes.pop(form.get("code", ""), None)
        if app is None or form.get("client_secret") != app.secret:
            raise Refusal(401, "invalid_client")
        if asked is None or form.get("grant_type") != "authorization_code" or not _belongs(form, asked):
            raise Refusal(400, "invalid_grant")
        scopes = asked.get("scope", "read")
        token = self.server.let_in(self.server.visitor, frozenset(scopes.split()))
        return Reply(200, {"access_token": token, "token_type": "Bearer", "scope": scopes, "created_at": 1})


def _belongs(form: dict[str, str], asked: dict[str, str]) -> bool:
    """Whether who brings a code is who asked for it."""
    challenge = urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest()).rstrip(b"=").decode()
    same = all(form.get(name) == asked.get(name) for name in ("client_id", "redirect_uri"))
    return same and asked.get("code_challenge", challenge) == challenge
