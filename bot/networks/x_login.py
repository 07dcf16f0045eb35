"""Signing in to X: a person lets the app in with their browser (OAuth 2 with PKCE), and the tokens go to the vault.

With four secrets in the config there is nothing to sign in to: they are tried, and must be of the account that it names.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping

from bot.core.errors import Halted, Unauthorized
from bot.core.model import Account
from bot.networks.base import Desk, World
from bot.networks.oauth import Client, Tokens, authorisation_url, pair_of, verifier
from bot.networks.x_account import TOKENS, Access, client, keys

AUTHORISE = "https://x.com/i/oauth2/authorize"
PORT = 8917  # one, fixed: X sends people back only to an address that is registered to the letter
BACK = f"http://127.0.0.1:{PORT}/callback"
SCOPES = "tweet.read tweet.write users.read media.write offline.access"


def login(account: Account, world: World, desk: Desk) -> None:
    """Sign in, and see that it is the account of the config. Raises Unauthorized, Transient or Rejected."""
    access = Access(account, world.vault)
    try:
        if keys(account):
            access.open()
            access.me()
        else:
            _let_in(access, client(account), desk)
    finally:
        access.close()


def _let_in(access: Access, app: Client, desk: Desk) -> None:
    """The code flow; the pair of tokens is in the vault when it returns."""
    name, state, secret = access.account.name, secrets.token_urlsafe(32), verifier()
    access.wire.hide(app.secret, app.basic, secret)
    desk.say(f"{name}: the app at console.x.com needs the callback address {BACK}, to the letter")
    desk.visit(authorisation_url(AUTHORISE, app, BACK, SCOPES, state, secret))
    code = _code(name, desk.returned(PORT), state)
    access.wire.hide(code)
    form = app.form(grant_type="authorization_code", code=code, redirect_uri=BACK, code_verifier=secret)
    answer = access.wire.call("POST", TOKENS, **form)
    pair = pair_of(answer, access.clock())
    if pair is None:
        raise Unauthorized(f"{name}: {access.wire.said(answer)} – a code is good for 30 seconds: threadbot login {name}")
    tokens = Tokens(access.vault, access.wire, app, access.whose, access.clock)
    tokens.given(pair)
    access.signer = tokens
    try:
        number = access.me()  # tokens of somebody else are not kept
    except Halted as error:
        number = ""
        desk.say(f"{error} – whose account it is could not be asked")
    with access.vault.locked(name):
        access.vault.put(name, {"for": access.whose, "user_id": number, **pair})


def _code(name: str, came: Mapping[str, str], state: str) -> str:
    """The code that the browser brought back."""
    if not hmac.compare_digest(came.get("state", "").encode(), state.encode()):
        raise Unauthorized(f"{name}: that is the answer to another sign-in – threadbot login {name}")
    if not came.get("code"):
        why = "".join(each for each in came.get("error", "no code came back") if each.isprintable())[:100]
        raise Unauthorized(f"{name}: X did not let the app in ({why}) – threadbot login {name}")
    return came["code"]
