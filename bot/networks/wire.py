"""HTTP with two verbs, which are the whole safety story of a driver.

`call` may be repeated (uploads, signing in, look-ups): whatever fails is Transient. `commit` may not: a connection that was
never made, or a 429, means that nothing happened (Transient, with the server's wait); everything else after the first byte
left is OutcomeUnknown. Both are columns of one table. An answer below 500 is the server's decision and is handed to the
driver; redirects are not followed, because a credential must not travel to another host.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Literal

import httpx

from bot import __version__
from bot.core.errors import NetworkError, OutcomeUnknown, Rejected, Transient

CONNECT = 10.0  # seconds to reach a server
DEADLINE = 120.0  # seconds for a whole answer: a server may drip a byte before each time-out
LONGEST = 4_000_000  # bytes of an answer
PATIENCE = 86_400.0  # seconds: no server may ask for a longer wait

CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")  # a terminal would obey them

Verb = Literal["call", "commit"]

# What an exception means for each verb, read downwards: the first row that matches counts.
ERRORS: tuple[tuple[tuple[type[Exception], ...], type[NetworkError], type[NetworkError]], ...] = (
    # exception                                                          call       commit
    ((httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout), Transient, Transient),  # nothing left this machine
    ((httpx.UnsupportedProtocol, httpx.InvalidURL), Rejected, Rejected),
    ((httpx.HTTPError, ValueError), Transient, OutcomeUnknown),  # cut off, timed out, garbled
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server decided: a status below 500, and the JSON object that came with it (empty: none)."""

    status: int
    body: Mapping[str, Any] = field(repr=False)

    @property
    def fine(self) -> bool:
        return 200 <= self.status < 300


class Wire:
    """HTTP to one server for one account. What `hide` was told never stands in a message."""

    def __init__(self, base: str, account: str, seconds: float = 30.0) -> None:
        """`seconds` is how long any single step of an exchange may take."""
        self.account, self.base = account, base
        self._secrets: set[str] = set()
        self._client = httpx.Client(
            base_url=base,
            timeout=httpx.Timeout(seconds, connect=min(seconds, CONNECT)),
            headers={"user-agent": f"threadbot/{__version__}", "accept": "application/json"},
        )

    def hide(self, *secrets: str) -> None:
        """Keep these out of every message, also when a server sends them back."""
        self._secrets.update(filter(None, secrets))

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()

    def call(self, method: str, path: str, **request: Any) -> Answer:
        """A request that may be repeated. Raises Transient or Rejected."""
        return self._ask("call", method, path, request)

    def commit(self, method: str, path: str, **request: Any) -> Answer:
        """A request that publishes. Raises Transient (nothing happened), OutcomeUnknown or Rejected."""
        return self._ask("commit", method, path, request)

    def said(self, answer: Answer) -> str:
        """The server's own words, on one short line, without secrets and control characters."""
        words = [answer.body.get(key) for key in ("error", "message", "detail", "title")]
        return self.clean(": ".join(word for word in words if isinstance(word, str))) or f"status {answer.status}"

    def clean(self, text: str) -> str:
        """A text from outside, fit for a message."""
        for secret in self._secrets:
            text = text.replace(secret, "•••")
        return CONTROLS.sub(" ", text)[:300]

    def _ask(self, verb: Verb, method: str, path: str, request: dict[str, Any]) -> Answer:
        try:
            response = self._exchange(method, path, request)
            return self._read(verb, response)
        except NetworkError:
            raise
        except Exception as error:
            for kinds, for_call, for_commit in ERRORS:
                if isinstance(error, kinds):
                    raised = for_call if verb == "call" else for_commit
                    reason = self.clean(str(error)) or type(error).__name__
                    raise raised(f"{self.account}: {self.base}: {reason}") from None
            raise

    def _exchange(self, method: str, path: str, request: dict[str, Any]) -> httpx.Response:
        started = time.monotonic()
        with self._client.stream(method, path, **request) as response:
            body = bytearray()
            for chunk in response.iter_bytes():
                body += chunk
                if len(body) > LONGEST:
                    raise httpx.ReadError("the answer is too long")
                if time.monotonic() - started > DEADLINE:
                    raise httpx.ReadTimeout("the answer never ends")
            return httpx.Response(response.status_code, headers=_plain(response.headers), content=bytes(body))

    def _read(self, verb: Verb, response: httpx.Response) -> Answer:
        where, status = f"{self.account}: {self.base}", response.status_code
        if status == 429:
            wait = wait_of(response.headers, datetime.now(UTC))
            raise Transient(f"{where}: too many requests, the server asks to wait", wait)
        if status >= 500 or status == 408:
            unheard = Transient if verb == "call" else OutcomeUnknown
            raise unheard(f"{where}: the server failed with status {status}")
        if 300 <= status < 400:
            raise Rejected(f"{where}: the server sends us elsewhere (status {status}) – check its address in the config")
        body = _object(response.content)
        if body is None and status < 300:
            raise ValueError("the answer is not JSON")
        return Answer(status, body or {})


def _plain(headers: httpx.Headers) -> dict[str, str]:
    # the body is decoded already, and its length is another now
    return {name: value for name, value in headers.items() if name not in ("content-encoding", "content-length")}


def _object(content: bytes) -> dict[str, Any] | None:
    if not content.strip():
        return {}
    try:
        value = json.loads(content)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def wait_of(headers: Mapping[str, str], now: datetime) -> float | None:
    """The wait in seconds that a server asks for, in any of the styles in use; None: it did not say.

    `Retry-After` in seconds or as a date (RFC 9110), `RateLimit-Reset` and `X-RateLimit-Reset` as a Unix time (Bluesky, X) or
    in ISO 8601 (Mastodon). Compared with the server's own clock where it sends a `Date`.
    """
    with suppress(KeyError, ValueError, TypeError):
        now = parsedate_to_datetime(headers["date"]).astimezone(UTC)
    for name in ("retry-after", "ratelimit-reset", "x-ratelimit-reset", "x-rate-limit-reset"):
        if (wait := _seconds(headers.get(name, ""), now)) is not None:
            return min(max(wait, 0.0), PATIENCE)
    return None


def _seconds(value: str, now: datetime) -> float | None:
    if re.fullmatch(r"\d{1,6}(\.\d+)?", value):
        return float(value)
    if re.fullmatch(r"\d{9,12}", value):
        return float(value) - now.timestamp()
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            return (read(value).astimezone(UTC) - now).total_seconds()
        except (ValueError, TypeError, IndexError):
            continue
    return None
