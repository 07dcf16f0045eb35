"""Shipped test help: a personal data server of Bluesky as it was measured, without HTTP: `Served(FakePds(), clock)`.

What it answers is what @atproto/pds 0.5.35 answers; tests/test_fake_pds.py asks both.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from bot.networks.repo import tid
from bot.testing.repository import Refused, Repository, verb
from bot.testing.serving import Reply, Request
from bot.testing.stage import Seen
from bot.testing.tokens import Expired, Tokens, Unknown

XRPC = "/xrpc/com.atproto."
WRITES = 200  # a commit
LONGEST = 1_000_000  # bytes of JSON


@dataclass
class Allowance:
    """So many in a window of so many seconds."""

    total: int
    window: int
    taken: list[tuple[datetime, int]] = field(default_factory=list)

    def take(self, number: int, now: datetime) -> bool:
        """Whether there were that many left; then there are fewer now."""
        begun = now - timedelta(seconds=self.window)
        self.taken = [each for each in self.taken if each[0] > begun]
        if self.left < number:
            return False
        self.taken.append((now, number))
        return True

    @property
    def left(self) -> int:
        return self.total - sum(number for _, number in self.taken)

    def headers(self, now: datetime) -> dict[str, str]:
        """As the server says it with each answer."""
        first = self.taken[0][0] if self.taken else now
        reset = int((first + timedelta(seconds=self.window)).timestamp())
        said = {"Limit": self.total, "Remaining": self.left, "Reset": reset, "Policy": f"{self.total};w={self.window}"}
        return {f"RateLimit-{name}": str(value) for name, value in said.items()}


@dataclass
class FakePds:
    """A server with one account. `people` are others, by handle; `pds` is where the account's identity document says that it
    lives, if anywhere; `upload` is how many bytes a file may have."""

    handle: str = "person.test"
    password: str = "correct horse"  # noqa: S105
    did: str = "did:plc:ewvi7nxzyoun6zhxrhs64oiz"
    people: Mapping[str, str] = field(default_factory=dict)
    pds: str = ""
    upload: int = 5 * 1024 * 1024
    tokens: Tokens = field(default_factory=Tokens)
    repository: Repository = field(init=False)
    requests: Allowance = field(default_factory=lambda: Allowance(3000, 300))
    signing: Allowance = field(default_factory=lambda: Allowance(30, 300))
    points: Allowance = field(default_factory=lambda: Allowance(5000, 3600))

    def __post_init__(self) -> None:
        self.repository = Repository(self.did)

    def reply(self, request: Request, now: datetime) -> Reply:
        """As `bot.testing.serving.Fake`."""
        name = request.path.removeprefix(XRPC)
        handler = ROUTES.get((request.method, name))
        try:
            self._take(self.requests, 1, now)
            if handler is None:
                raise Refused(400, "InvalidRequest", f"No service configured for com.atproto.{name}")
            body = handler(self, request, now)
        except Refused as refused:
            pause = {"Retry-After": "60"} if refused.reply.status == 429 else {}
            return Reply(refused.reply.status, refused.reply.body, {**self.requests.headers(now), **pause})
        return Reply(200, body, self.requests.headers(now))

    def posts(self) -> list[Seen]:
        """What a reader finds, in order."""
        return self.repository.posts()

    def _take(self, allowance: Allowance, number: int, now: datetime) -> None:
        if not allowance.take(number, now):
            raise Refused(429, "RateLimitExceeded", "Rate Limit Exceeded")

    def _whose(self, request: Request, now: datetime, kind: str = "access") -> None:
        """Raises Refused for a token that is not, or not any more, the account's."""
        if not request.bearer:
            raise Refused(401, "AuthMissing", "Authentication Required")
        try:
            self.tokens.check(request.bearer, kind, now)
        except Expired:
            raise Refused(400, "ExpiredToken", "Token has expired") from None
        except Unknown:
            raise Refused(400, "InvalidToken", "Token could not be verified") from None

    def _session(self, pair: tuple[str, str]) -> dict[str, Any]:
        service = {"id": "#atproto_pds", "type": "AtprotoPersonalDataServer", "serviceEndpoint": self.pds}
        document = {"id": self.did, "alsoKnownAs": [f"at://{self.handle}"], "service": [service] if self.pds else []}
        tokens = {"accessJwt": pair[0], "refreshJwt": pair[1]}
        return {"did": self.did, "didDoc": document, "handle": self.handle, "active": True, **tokens}

    def _sign_in(self, request: Request, now: datetime) -> dict[str, Any]:
        asked = _json(request)
        self._take(self.signing, 1, now)
        if asked.get("identifier") not in (self.handle, self.did) or asked.get("password") != self.password:
            raise Refused(401, "AuthenticationRequired", "Invalid identifier or password")
        return self._session(self.tokens.pair(self.did, now))

    def _refresh(self, request: Request, now: datetime) -> dict[str, Any]:
        self._whose(request, now, "refresh")
        return self._session(self.tokens.renewed(request.bearer, self.did, now))

    def _who(self, request: Request, now: datetime) -> dict[str, Any]:
        self._whose(request, now)
        return {"did": self.did, "handle": self.handle, "active": True}

    def _server(self, _request: Request, _now: datetime) -> dict[str, Any]:
        return {"did": "did:web:localhost", "availableUserDomains": [".test"], "blobUploadLimit": self.upload}

    def _resolve(self, request: Request, _now: datetime) -> dict[str, Any]:
        known = {**self.people, self.handle: self.did}
        if (did := known.get(request.query.get("handle", ""))) is None:
            raise Refused(400, "HandleNotFound", "Unable to resolve handle")
        return {"did": did}

    def _upload(self, request: Request, now: datetime) -> dict[str, Any]:
        self._whose(request, now)
        if len(request.body) > self.upload:
            raise Refused(413, "PayloadTooLarge", "request entity too large")
        return {"blob": self.repository.keep(request.body, request.headers.get("content-type", "*/*"))}

    def _apply(self, request: Request, now: datetime) -> dict[str, Any]:
        self._whose(request, now)
        asked = _json(request)
        writes = asked.get("writes") or []
        self._mine(asked.get("repo"))
        if len(writes) > WRITES:
            raise Refused(400, "InvalidRequest", f"Too many writes. Max: {WRITES}")
        return self._commit(writes, now)

    def _commit(self, writes: list[dict[str, Any]], now: datetime) -> dict[str, Any]:
        self._take(self.points, sum(3 if verb(each) == "create" else 1 for each in writes), now)
        return self.repository.commit(writes, now)

    def _create_one(self, request: Request, now: datetime) -> dict[str, Any]:
        self._whose(request, now)
        asked = _json(request)
        self._mine(asked.get("repo"))
        write = {"$type": "#create", "rkey": tid(now, 1), **asked, "value": asked.get("record")}
        done = self._commit([write], now)
        return {**done["results"][0], "commit": done["commit"]}

    def _delete_one(self, request: Request, now: datetime) -> dict[str, Any]:
        self._whose(request, now)
        asked = _json(request)
        self._mine(asked.get("repo"))
        self._take(self.points, 1, now)
        self.repository.records.pop((asked.get("collection", ""), asked.get("rkey", "")), None)
        return {}

    def _mine(self, repo: object) -> None:
        if repo not in (self.did, self.handle):
            raise Refused(403, "AccountNotFound", "Account not found")

    def _get(self, request: Request, _now: datetime) -> dict[str, Any]:
        asked = request.query
        self._here(asked.get("repo"))
        found = self.repository.records.get((asked.get("collection", ""), asked.get("rkey", "")))
        if found is None or asked.get("cid", found["cid"]) != found["cid"]:
            uri = f"at://{self.did}/{asked.get('collection')}/{asked.get('rkey')}"
            raise Refused(400, "RecordNotFound", f"Could not locate record: {uri}")
        return found

    def _here(self, repo: object) -> None:
        if repo not in (self.did, self.handle):
            raise Refused(400, "InvalidRequest", f"Could not find repo: {repo}")

    def _list(self, request: Request, _now: datetime) -> dict[str, Any]:
        asked = request.query
        self._here(asked.get("repo"))
        keys = self.repository.keys(asked.get("collection", ""))
        keys = keys if asked.get("reverse") == "true" else keys[::-1]
        after = [key for _, key in keys].index(asked["cursor"]) + 1 if "cursor" in asked else 0
        page = keys[after : after + int(asked.get("limit", "50"))]
        return {"records": [self.repository.records[key] for key in page], **({"cursor": page[-1][1]} if page else {})}


def _json(request: Request) -> dict[str, Any]:
    if len(request.body) > LONGEST:
        raise Refused(413, "PayloadTooLargeError", "request entity too large")
    if not isinstance(request.json, dict) or not request.headers.get("content-type", "").startswith("application/json"):
        raise Refused(400, "InvalidRequest", "A request body is expected but none was provided")
    return request.json


ROUTES: Mapping[tuple[str, str], Callable[[FakePds, Request, datetime], dict[str, Any]]] = {
    ("POST", "server.createSession"): FakePds._sign_in,
    ("POST", "server.refreshSession"): FakePds._refresh,
    ("GET", "server.getSession"): FakePds._who,
    ("GET", "server.describeServer"): FakePds._server,
    ("GET", "identity.resolveHandle"): FakePds._resolve,
    ("POST", "repo.uploadBlob"): FakePds._upload,
    ("POST", "repo.applyWrites"): FakePds._apply,
    ("POST", "repo.createRecord"): FakePds._create_one,
    ("POST", "repo.deleteRecord"): FakePds._delete_one,
    ("GET", "repo.getRecord"): FakePds._get,
    ("GET", "repo.listRecords"): FakePds._list,
}
