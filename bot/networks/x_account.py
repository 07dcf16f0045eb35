"""Whose X account it is, and how its requests say so: four secrets (OAuth 1.0a), else tokens of a sign-in (OAuth 2).

The four are how one posts to one's own account; they do not end. Tokens are for an app that others have registered.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from bot.core.errors import NetworkError, StoreError, Transient, Unauthorized
from bot.core.model import Account, Setting
from bot.networks.base import Vault
from bot.networks.oauth import Client, Keys, Signer, Signing, Tokens
from bot.networks.x_reading import ID
from bot.networks.x_refusals import refusal

if TYPE_CHECKING:
    from bot.networks.wire import Answer

SECRETS = ("consumer_key", "consumer_secret", "access_token", "access_token_secret")
SETTINGS = (
    Setting("handle"),
    *(Setting(name, "secret", default="") for name in SECRETS),
    Setting("client_id", default=""),
    Setting("client_secret", "secret", default=""),
    Setting("server", "server", default="https://api.x.com"),
)
TOKENS = "/2/oauth2/token"


def now() -> datetime:
    """The clock of this machine."""
    return datetime.now(UTC)


def handle(account: Account) -> str:
    """The account's handle without `@`."""
    return account.settings["handle"].removeprefix("@")


def destination(account: Account) -> str:
    """Where the account points."""
    return f"x.com/{handle(account)}"


def keys(account: Account) -> Keys | None:
    """The four secrets, read; None where the config names none of them. Raises Unauthorized where it names some."""
    named = [name for name in SECRETS if name in account.secrets]
    if not named:
        return None
    if missing := [name for name in SECRETS if name not in named]:
        raise Unauthorized(f"{account.name}: {', '.join(missing)} – is missing from the config: the four keys belong together")
    return Keys(*(account.secrets[name]() for name in SECRETS))


def client(account: Account) -> Client:
    """The app for OAuth 2. Raises Unauthorized where the config has neither it nor the four secrets."""
    if not account.settings["client_id"]:
        raise Unauthorized(
            f"{account.name}: no way to sign in – write {', '.join(SECRETS)} into the config, or client_id, "
            f"then threadbot login {account.name}"
        )
    secret = account.secrets.get("client_secret")
    return Client(TOKENS, account.settings["client_id"], secret() if secret else "")


class Access:
    """Requests in the name of an account. `open` first."""

    def __init__(self, account: Account, vault: Vault, clock: Callable[[], datetime] = now) -> None:
        from bot.networks.wire import Wire  # httpx takes longer to import than a preview takes to print

        self.account, self.vault, self.clock = account, vault, clock
        self.wire = Wire(account.settings["server"], account.name)
        self.whose = destination(account)
        self.signer: Signer | None = None
        self.own_id = ""

    def open(self) -> None:
        """Take up the secrets, or the kept tokens. Raises Unauthorized; asks nobody."""
        if own := keys(self.account):
            self.wire.hide(own.consumer_key, own.consumer_secret, own.access_token, own.access_token_secret)
            self.signer = Signing(own, self.clock)
            prefix = own.access_token.partition("-")[0]  # which is how X writes whose it is
            self.own_id = prefix if "-" in own.access_token and ID.fullmatch(prefix) else ""
        else:
            tokens = Tokens(self.vault, self.wire, client(self.account), self.whose, self.clock)
            tokens.take()
            self.signer = tokens

    def ask(self, verb: Callable[..., Answer], method: str, path: str, **request: Any) -> Answer:
        """A request with its header; once more under a new token, where the old one is not taken (which does nothing)."""
        assert self.signer, "open first"
        query = request.get("params", {})
        for last in (False, True):
            header = self.signer.header(method, f"{self.wire.base}{path}", query)
            answer = verb(method, path, headers={"authorization": header}, **request)
            if last or answer.status != 401 or not self.signer.renewed():
                break
        return answer

    def call(self, method: str, path: str, **request: Any) -> Answer:
        """As `Wire.call`."""
        return self.ask(self.wire.call, method, path, **request)

    def commit(self, method: str, path: str, **request: Any) -> Answer:
        """As `Wire.commit`."""
        return self.ask(self.wire.commit, method, path, **request)

    def known_id(self) -> str:
        """The account's own number, empty where only X could tell it."""
        return self.own_id or str(self.kept().get("user_id", ""))

    def user_id(self) -> str:
        """The account's own number. X is asked once, and takes a cent for it."""
        self.own_id = self.known_id() or self.me()
        return self.own_id

    def me(self) -> str:
        """Ask X whose account it is, keep its number. Raises Unauthorized where the config says another."""
        answer = self.call("GET", "/2/users/me")
        data = answer.body.get("data")
        found = data if isinstance(data, Mapping) else {}
        name, number = found.get("username"), found.get("id")
        if not answer.fine:
            raise self.no(answer)
        if not isinstance(name, str) or not isinstance(number, str) or not ID.fullmatch(number):
            raise Transient(f"{self.account.name}: X did not say whose account it is")
        if name.casefold() != handle(self.account).casefold():
            other = self.wire.clean(name)
            raise Unauthorized(
                f"{self.account.name}: signed in as @{other}, but the config says @{handle(self.account)} – "
                f"mend the config, or threadbot login {self.account.name}"
            )
        self.keep(user_id=number)
        return number

    def kept(self) -> Mapping[str, Any]:
        """What the vault has of this account at this destination."""
        kept = self.vault.get(self.account.name) or {}
        return kept if kept.get("for") == self.whose else {}

    def keep(self, **said: Any) -> None:
        """Add to it, where that can be done: it is what may be asked again. Under the lock: another process may be renewing the
        tokens that stand beside it."""
        with suppress(StoreError), self.vault.locked(self.account.name):
            self.vault.put(self.account.name, {**self.kept(), "for": self.whose, **said})

    def no(self, answer: Answer) -> NetworkError:
        """What a refusal means."""
        return refusal(self.account.name, self.wire.said(answer), answer.status, answer.body)

    def close(self) -> None:
        """Let go of connections."""
        self.wire.close()
