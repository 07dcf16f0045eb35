"""Signing in at a Mastodon server: a token from the config, or one that `threadbot login` got by OAuth's code flow.

Tokens do not expire until they are revoked, so who they belong to is asked once and kept beside them.
Source: mastodon/documentation @2903485, methods/apps, methods/oauth, client/token.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

from bot.core.errors import NetworkError, Rejected, Transient, Unauthorized
from bot.core.model import Account
from bot.networks.base import Desk, Vault
from bot.networks.statuses import IDENTITY

if TYPE_CHECKING:
    from bot.networks.wire import Answer, Wire

PORT = 47114  # on 127.0.0.1: a server compares the whole address that it sends people back to
BACK = f"http://127.0.0.1:{PORT}/callback"
_ACCT = re.compile(r"[\w.-]{1,100}(?:@[\w.:-]{1,253})?")
SCOPES = "read:accounts read:statuses write:statuses write:media"


@dataclass(frozen=True, slots=True)
class Identity:
    """Whose token it is: the id on the server, and the handle with its host."""

    id: str
    handle: str


def destination(account: Account) -> str:
    """Where the account points: on which server. Whose token it is, the receipts and keys say."""
    return account.settings["server"]


def token_of(account: Account, vault: Vault) -> str:
    """The account's token. Raises Unauthorized where there is none."""
    if read := account.secrets.get("token"):
        return read()
    kept = _kept(account, vault).get("token")
    if not (isinstance(kept, str) and kept):
        raise Unauthorized(f"{account.name}: nobody is signed in – threadbot login {account.name}")
    return kept


def advice(account: Account) -> str:
    """What to do about a token that is not accepted."""
    if "token" in account.secrets:
        return f"renew the token that the config names for {account.name}"
    return f"threadbot login {account.name}"


def identity(account: Account, vault: Vault, token: str, ask: Callable[[], Answer], wire: Wire) -> Identity:
    """Whose token it is: asked the first time (`ask` verifies the credentials), kept for all others. Raises Rejected."""
    kept, of = _kept(account, vault), hashlib.sha256(token.encode()).hexdigest()[:16]
    if kept.get("of") != of or not all(isinstance(kept.get(name), str) for name in ("id", "acct")):
        answer = ask()
        if not (body := answer.body):
            raise Transient(f"{account.name}: the server answered nothing when it was asked whose token it is")
        if not (_is_name(body.get("id"), IDENTITY) and _is_name(body.get("acct"), _ACCT)):
            raise Rejected(f"{account.name}: the server does not say whose token it is: {wire.said(answer)}")
        kept = {"for": destination(account), "of": of, "id": body["id"], "acct": body["acct"]}
        with vault.locked(account.name):  # somebody may be signing in with another token
            vault.put(account.name, _kept(account, vault) | kept)
    host = urlsplit(destination(account)).netloc
    return Identity(kept["id"], f"@{kept['acct']}" if "@" in kept["acct"] else f"@{kept['acct']}@{host}")


def login(account: Account, vault: Vault, desk: Desk, wire: Wire) -> None:
    """Let somebody sign in with their browser; the token is kept when this returns. Raises Unauthorized or Rejected."""
    app = _registered(wire)
    state, verifier = secrets.token_urlsafe(24), secrets.token_urlsafe(48)
    wire.hide(state, verifier)
    desk.visit(f"{destination(account)}/oauth/authorize?{urlencode(_question(app, state, verifier))}")
    given = desk.returned(PORT)
    code = given.get("code", "")
    wire.hide(code)
    if given.get("state", state) != state:
        raise Unauthorized(f"{account.name}: that answer belongs to another sign-in – threadbot login {account.name}")
    if not code:
        said = wire.clean(given.get("error_description") or given.get("error") or "no code came back")
        raise Unauthorized(f"{account.name}: nobody was let in: {said} – threadbot login {account.name}")
    token = _exchanged(app, code, verifier, wire)
    vault.put(account.name, {"for": destination(account), "token": token})


def _is_name(value: Any, form: re.Pattern[str]) -> bool:
    return isinstance(value, str) and bool(form.fullmatch(value))


def _kept(account: Account, vault: Vault) -> dict[str, Any]:
    """What is kept of an account, if it still points to the same server: a token must not travel to another."""
    kept = vault.get(account.name) or {}
    return kept if kept.get("for") == destination(account) else {}


def _registered(wire: Wire) -> dict[str, str]:
    """The name under which the server knows threadbot: one for each login, they cost nothing."""
    answer = wire.call("POST", "/api/v1/apps", json={"client_name": "threadbot", "redirect_uris": BACK, "scopes": SCOPES})
    return _strings(answer, ("client_id", "client_secret"), wire)


def _question(app: dict[str, str], state: str, verifier: str) -> dict[str, str]:
    challenge = urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    return {
        "response_type": "code",
        "client_id": app["client_id"],
        "redirect_uri": BACK,
        "scope": SCOPES,
        "state": state,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }


def _exchanged(app: dict[str, str], code: str, verifier: str, wire: Wire) -> str:
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK, "scope": SCOPES, **app}
    answer = wire.call("POST", "/oauth/token", data={**form, "code_verifier": verifier})
    return _strings(answer, ("access_token",), wire)["access_token"]


def _strings(answer: Answer, names: tuple[str, ...], wire: Wire) -> dict[str, str]:
    """The texts of these names in an answer, from now on hidden. Raises Unauthorized or Rejected."""
    found = {name: answer.body.get(name) for name in names}
    wire.hide(*(each for each in found.values() if isinstance(each, str)))
    if answer.fine and all(isinstance(each, str) and each.isascii() and each for each in found.values()):
        return {name: str(each) for name, each in found.items()}
    kind: type[NetworkError] = Unauthorized if answer.status in (400, 401) else Rejected
    raise kind(f"{wire.account}: nobody was let in: {wire.said(answer)} – threadbot login {wire.account}")
