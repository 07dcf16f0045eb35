"""A session with a personal data server (PDS): signed in once, kept in the vault, renewed by one process at a time.

Signing in has a limit (30 in five minutes, 300 a day), renewing has none worth a name; an access token lives two hours, a
refresh token 90 days. Sources: com.atproto.server.createSession and refreshSession; docs.bsky.app, rate limits.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from bot.core.errors import Rejected, StoreError, Transient, Unauthorized
from bot.core.model import Account, Limit, Signed
from bot.networks.base import Desk, World

if TYPE_CHECKING:
    from bot.networks.wire import Answer, Wire

XRPC = "/xrpc/com.atproto."
TOKENS = {"did": "did", "access": "accessJwt", "refresh": "refreshJwt"}  # our words for it, and theirs
DID = re.compile(r"(?=.{1,2048}\Z)did:[a-z]+:[A-Za-z0-9._:%-]*[A-Za-z0-9._-]")  # atproto.com/specs/did
STALE = ("ExpiredToken", "InvalidToken")  # an expired token is a 400 here, not a 401
HINTS = {  # what to do when a server will not let us in, by the name of its error
    "AuthFactorTokenRequired": "use an app password: Bluesky asks for no code then (Settings → Privacy → App passwords)",
    "AccountTakedown": "the account was blocked by its server, ask its operators",
    "AccountDeactivated": "the account is deactivated, reactivate it in the Bluesky app",
}


def destination(account: Account) -> str:
    """Where the account points: whose repository, on which server."""
    return f"{account.settings['handle']} on {account.settings['server']}"


def wire_to(account: Account, seconds: float = 30.0) -> Wire:
    """HTTP to the account's server."""
    from bot.networks.wire import Wire  # httpx takes longer to import than a preview takes to print

    return Wire(account.settings["server"], account.name, seconds)


class Session:
    """An account at its server. Raises Unauthorized, with what to do next, where it is not let in."""

    def __init__(self, account: Account, world: World) -> None:
        self.account, self.world = account, world
        self.wire = wire_to(account)
        self.kept: dict[str, str] = {}
        self.limit: Limit | None = None  # as the last answer said

    @property
    def did(self) -> str:
        """Whose repository it is."""
        return self.kept["did"]

    def open(self) -> None:
        """Take up the kept session, else sign in."""
        if not self._taken():
            with self.world.vault.locked(self.account.name):  # of two processes that start, one signs in
                if not self._taken():
                    self._sign_in("not signed in")

    def ask(self, verb: Callable[..., Answer], method: str, name: str, **request: Any) -> Answer:
        """A request with the session's token, once more with a new one where the old one has expired."""
        used = self.kept["access"]
        answer = self._asked(verb, method, name, **request)
        if answer.fine or answer.body.get("error") not in STALE:
            return answer
        self._renew(used)
        return self._asked(verb, method, name, **request)

    def signed(self) -> Signed:
        """Who is signed in, until the refresh token ends: asked of the server, which may have ended it since."""
        answer = self.ask(self.wire.call, "GET", "server.getSession")
        handle = answer.body.get("handle")
        if not answer.fine or not isinstance(handle, str):
            raise self.no(answer)
        limits = (self.limit,) if self.limit else ()
        return Signed(self.wire.clean(handle), expiry(self.kept["refresh"]), limits)

    def no(self, answer: Answer) -> Unauthorized:
        """What it means that the server does not let us in."""
        said = f"{self.account.name}: {self.wire.said(answer)}"
        hint = HINTS.get(str(answer.body.get("error")), "check the handle and the app password of the account")
        return Unauthorized(f"{said} – {hint}")

    def enter(self, password: str) -> None:
        """Sign in with a password, and keep the session, not the password."""
        self.wire.hide(password)
        request = {"identifier": self.account.settings["handle"], "password": password}
        answer = self.wire.call("POST", f"{XRPC}server.createSession", json=request)
        if answer.status in (400, 401, 403):
            raise self.no(answer)
        self._keep(answer)

    def close(self) -> None:
        """Let go of connections."""
        self.wire.close()

    def _asked(self, verb: Callable[..., Answer], method: str, name: str, **request: Any) -> Answer:
        headers = {**request.pop("headers", {}), "authorization": f"Bearer {self.kept['access']}"}
        answer = verb(method, self._url(name), headers=headers, **request)
        self.limit = answer.limit or self.limit
        return answer

    def _url(self, name: str) -> str:
        return f"{self.kept.get('pds', '')}{XRPC}{name}"

    def _sign_in(self, why: str) -> None:
        password = self.account.secrets.get("password")
        if password is None:
            raise Unauthorized(f"{self.account.name}: {why} – threadbot login {self.account.name}")
        self.enter(password())

    def _renew(self, used: str) -> None:
        """A new pair of tokens. The old refresh token gives the same pair for two hours, so dying here costs nothing."""
        try:
            with self.world.vault.locked(self.account.name):
                if not self._taken() or self.kept["access"] == used:  # else another process was quicker
                    self._refresh()
        except StoreError as error:  # a full disk, or a process that holds the lock for long: what it was for is not sent
            raise Transient(f"{self.account.name}: {error}") from error

    def _refresh(self) -> None:
        headers = {"authorization": f"Bearer {self.kept['refresh']}"}
        answer = self.wire.call("POST", self._url("server.refreshSession"), headers=headers)
        if answer.fine:
            self._keep(answer)
        else:
            self._sign_in(self.wire.said(answer))

    def _taken(self) -> bool:
        """Take up what the vault has, if it is a session for where the account points now."""
        kept = self.world.vault.get(self.account.name) or {}
        whole = all(isinstance(kept.get(name), str) for name in ("did", "access", "refresh", "pds"))
        if not whole or kept.get("for") != destination(self.account):
            return False
        self._take(kept)
        return True

    def _take(self, session: dict[str, str]) -> None:
        self.kept = session
        self.wire.hide(session["access"], session["refresh"])

    def _keep(self, answer: Answer) -> None:
        given = {ours: answer.body.get(theirs) for ours, theirs in TOKENS.items()}
        tokens = {name: value for name, value in given.items() if isinstance(value, str)}
        if tokens != given or not DID.fullmatch(tokens["did"]):
            raise Rejected(f"{self.account.name}: the server gave no session: {self.wire.said(answer)}")
        session = {**tokens, "for": destination(self.account), "pds": next(_services(answer.body), "")}
        self._take(session)  # hidden before anything else is done with it
        self.world.vault.put(self.account.name, session)


def _services(session: Mapping[str, Any]) -> Iterator[str]:
    """The personal data server that an account lives on, as its identity document says; signing in may be elsewhere."""
    document = session.get("didDoc")
    services = document.get("service") if isinstance(document, dict) else None
    for service in services if isinstance(services, list) else []:
        if isinstance(service, dict) and service.get("id") in ("#atproto_pds", f"{session['did']}#atproto_pds"):
            endpoint = service.get("serviceEndpoint")
            if isinstance(endpoint, str) and "@" not in endpoint:
                yield endpoint.rstrip("/")


def expiry(token: str) -> datetime | None:
    """When a token ends, as it says itself; None where it does not say. Nothing depends on it but what is shown."""
    with suppress(ValueError, LookupError, TypeError, OverflowError, OSError, RecursionError):
        claims = json.loads(base64.urlsafe_b64decode(f"{token.split('.')[1]}=="))
        return datetime.fromtimestamp(claims["exp"], UTC)
    return None


def login(account: Account, world: World, desk: Desk) -> None:
    """Sign in with an app password that somebody types, and keep the session."""
    desk.say("An app password is wanted, not your own: Bluesky → Settings → Privacy and security → App passwords.")
    password = desk.ask(f"App password of {account.settings['handle']}", hidden=True).strip()
    if not password:
        raise Unauthorized(f"{account.name}: nothing was typed – threadbot login {account.name}")
    session = Session(account, world)
    try:
        with world.vault.locked(account.name):
            session.enter(password)
    finally:
        session.close()
