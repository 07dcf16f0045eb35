"""HTTP with two verbs, which are the whole safety story of a driver.

`call` may be repeated (uploads, signing in, look-ups): whatever fails is Transient. `commit` may not: a connection that was
never made, or a 429, means that nothing happened (Transient, with the server's wait); everything else after the first byte
left is OutcomeUnknown. Both are columns of the two tables below. Every other answer is the server's decision and is handed to
the driver.

A request leaves this machine once: nothing is repeated here, and redirects are not followed, because a credential must not
travel to another host. Proxies and certificates of the environment are used (not for loopback); `.netrc` is not read.
"""

from __future__ import annotations

import json
import logging
import re
import ssl
import zlib
from collections.abc import Container, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from http.cookiejar import CookieJar
from typing import Any, Literal

import httpx

from bot import __version__
from bot.core.errors import NetworkError, OutcomeUnknown, Rejected, Transient
from bot.core.hosts import is_loopback
from bot.core.model import Limit
from bot.networks.hiding import CONTROLS, disguised
from bot.networks.lines import Lines
from bot.networks.waits import limit_of, time_of, wait_of

CONNECT = 10.0  # seconds to reach a server
DEADLINE = 120.0  # seconds for a whole exchange: a server may drip a byte before each time-out
UPLINK = 10_000  # bytes for which an upload has a second more than that
LONGEST = 4_000_000  # bytes of an answer, unpacked
MESSAGE = 300  # characters of a server's own words

LOOPBACK = ("localhost", "127.0.0.1", "[::1]")

for _talkative in ("httpcore", "httpx"):  # they log what a server says, in which it may repeat our secrets
    logging.getLogger(_talkative).setLevel(logging.WARNING)

Verb = Literal["call", "commit"]
Fate = Mapping[Verb, type[NetworkError]]
NOTHING: Fate = {"call": Transient, "commit": Transient}  # nothing happened, and it may work later
UNHEARD: Fate = {"call": Transient, "commit": OutcomeUnknown}  # something may have happened
NEVER: Fate = {"call": Rejected, "commit": Rejected}  # nothing happened, and nothing will

# What an exception means, read downwards: the first row that matches counts. What matches none is a fault in a driver.
# Third: what to say where its own words would quote a header.
ERRORS: tuple[tuple[tuple[type[Exception], ...], Fate, str], ...] = (
    ((httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError), NOTHING, ""),  # TLS and DNS, too
    ((httpx.UnsupportedProtocol, httpx.InvalidURL), NEVER, ""),
    ((httpx.LocalProtocolError, UnicodeError), NEVER, "a character that HTTP cannot carry – check address and secrets"),
    ((httpx.HTTPError, ValueError), UNHEARD, ""),  # cut off, timed out, garbled
)

# What a status means; of a status in no row, the driver hears.
STATUSES: tuple[tuple[Container[int], Fate, str], ...] = (
    ((429,), NOTHING, "too many requests, the server asks to wait"),
    ((408, *range(500, 1000)), UNHEARD, "the server failed"),
    (
        (301, 302, 303),
        {"call": Rejected, "commit": OutcomeUnknown},
        "the server answers elsewhere",
    ),  # many say so after the work
    (range(300, 400), NEVER, "the server sends us elsewhere – check its address in the config"),
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server decided: a status below 500, the JSON object that came with it (empty: none) or the items of a JSON list
    (`listed`: it was one, be it empty), what it said is left of its allowance, and what time it was `at` the server."""

    status: int
    body: Mapping[str, Any] = field(repr=False)
    items: tuple[Any, ...] = field(default=(), repr=False)
    limit: Limit | None = None
    listed: bool = field(default=False, compare=False)
    at: datetime | None = field(default=None, compare=False)

    @property
    def fine(self) -> bool:
        return 200 <= self.status < 300


class Wire:
    """HTTP to one server for one account. What `hide` was told never stands in a message."""

    def __init__(self, base: str, account: str, seconds: float = 30.0, deadline: float = DEADLINE) -> None:
        """`seconds` is how long any single step of an exchange may take, `deadline` how long all of it."""
        self.account, self.base = account, base.rstrip("/")
        self._seconds, self._deadline = seconds, deadline
        self._client: httpx.Client | None = None
        self._lines = Lines()
        self._secrets: set[str] = set()
        self._hidden = disguised(())

    def hide(self, *secrets: str) -> None:
        """Keep these out of every message, also when a server sends them back."""
        self._secrets.update(filter(None, secrets))
        self._hidden = disguised(self._secrets)

    def close(self) -> None:
        """Let go of the connections."""
        if self._client is not None:
            self._client.close()
            self._client = None

    def call(self, method: str, path: str, **request: Any) -> Answer:
        """A request that may be repeated. Raises Transient or Rejected."""
        return self._ask("call", method, path, request)

    def commit(self, method: str, path: str, **request: Any) -> Answer:
        """A request that publishes. Raises Transient (nothing happened), OutcomeUnknown or Rejected."""
        return self._ask("commit", method, path, request)

    def said(self, answer: Answer) -> str:
        """The server's own words, on one short line, without secrets and control characters."""
        errors = answer.body.get("errors")
        parts = (
            [answer.body, *(each for each in errors[:3] if isinstance(each, dict))]
            if isinstance(errors, list)
            else [answer.body]
        )
        words = [part.get(key) for part in parts for key in ("error", "message", "detail", "title")]
        said = dict.fromkeys(word for word in words if isinstance(word, str))
        return self.clean(": ".join(said)) or f"status {answer.status}"

    def clean(self, text: str) -> str:
        """A text from outside, fit for a message."""
        # hidden before it is cut: a half of a secret would not be recognised
        return CONTROLS.sub(" ", self._hidden.sub("•••", text)).strip()[:MESSAGE]

    def _ask(self, verb: Verb, method: str, path: str, request: dict[str, Any]) -> Answer:
        url = path if "://" in path else f"{self.base}{path}"
        try:
            status, headers, body = self._exchange(self._written(method, url, request))
            row = next((row for row in STATUSES if status in row[0]), None)
            if row is None:
                value = _json(status, headers, body)
                listed = isinstance(value, list)
                limit = limit_of(headers, datetime.now(UTC))
                return Answer(status, {} if listed else value, tuple(value) if listed else (), limit, listed, time_of(headers))
            fate, reason = row[1], f"{row[2]} (status {status})"
            wait = wait_of(headers, datetime.now(UTC)) if status == 429 or "retry-after" in headers else None
        except Exception as error:
            known = next((row for row in ERRORS if isinstance(error, row[0])), None)
            if known is None:
                raise
            fate, reason, wait = known[1], known[2] or str(error) or type(error).__name__, None
        # Out here it has no __context__, which would carry the request, Authorization and all, into somebody's log.
        raise self._error(fate[verb], url, reason, wait)

    def _error(self, kind: type[NetworkError], url: str, reason: str, wait: float | None) -> NetworkError:
        host = re.sub("//.*@", "//", "/".join(url.split("/")[:3]))
        message = f"{self.account}: {self.clean(host)}: {self.clean(reason)}"
        return Transient(message, wait) if kind is Transient else kind(message)

    def _written(self, method: str, url: str, request: dict[str, Any]) -> httpx.Request:
        extensions = {"trace": self._lines.noticed}
        written = self._opened().build_request(method, url, extensions=extensions, **request)
        if written.url.scheme != "https" and not is_loopback(written.url.host):
            raise httpx.UnsupportedProtocol("only https may leave this machine – check the server's address")
        return written

    def _opened(self) -> httpx.Client:
        """Made late: what is wrong with the environment belongs among the errors of the verbs."""
        if self._client is None:
            with _without_a_word_of_the_proxy():
                self._client = httpx.Client(
                    auth=httpx.Auth(),  # none, not even what stands in an address
                    timeout=httpx.Timeout(self._seconds, connect=min(self._seconds, CONNECT)),
                    headers={"user-agent": f"threadbot/{__version__}", "accept": "application/json", "accept-encoding": "gzip"},
                    verify=_authorities(),
                    mounts={f"all://{host}": None for host in LOOPBACK},
                    cookies=_NoCookies(),
                    event_hooks={"response": [_stay]},
                )
        return self._client

    def _exchange(self, request: httpx.Request) -> tuple[int, httpx.Headers, bytes]:
        seconds = self._deadline + int(request.headers.get("content-length", 0)) / UPLINK
        with self._lines.within(seconds), closing(self._opened().send(request, stream=True)) as response:
            body = bytearray()
            for chunk in response.iter_raw():
                body += chunk
                if len(body) > LONGEST:
                    raise httpx.ReadError("the answer is too long")
            return response.status_code, response.headers, bytes(body)


class _NoCookies(CookieJar):
    """Keeps none, and does not even read them: the library would tell stderr of those that it cannot."""

    def extract_cookies(self, response: Any, request: Any) -> None:
        """Nothing."""


def _stay(response: httpx.Response) -> None:
    """No redirect is followed; httpx would all the same take the next address apart, and stumble over a bad one."""
    response.headers.pop("location", None)


@contextmanager
def _without_a_word_of_the_proxy() -> Iterator[None]:
    """Its address may have a password in it, and httpx quotes it."""
    try:
        yield
    except (ValueError, ImportError, OSError, httpx.InvalidURL):
        settings = "HTTPS_PROXY, ALL_PROXY, NO_PROXY, SSL_CERT_FILE and SSL_CERT_DIR"
        raise httpx.UnsupportedProtocol(f"the environment has a setting that is of no use: look at {settings}") from None


@cache
def _authorities() -> ssl.SSLContext:
    """Whose certificates are trusted: read once, it takes longer than a request."""
    return httpx.create_ssl_context()


def _json(status: int, headers: Mapping[str, str], body: bytes) -> Any:
    """The JSON object or list of an answer; of a refusal, also of one that brings something else. Raises ValueError."""
    try:
        content = _unpacked(headers.get("content-encoding", ""), body).strip()
        value = json.loads(content) if content else {}
    except (ValueError, RecursionError, zlib.error):
        value = None
    # without a length, one that was cut off looks just as empty
    whole = body or status == 204 or "content-length" in headers or "transfer-encoding" in headers
    if isinstance(value, dict | list) and whole:
        return value
    if status < 300:
        raise ValueError("the answer is neither a JSON object nor a list")
    return {}


def _unpacked(encoding: str, body: bytes) -> bytes:
    """An answer as it was before it was packed. A few bytes can unfold to gigabytes: it stops at the bound."""
    if encoding.lower() in ("", "identity"):
        return body
    if encoding.lower() not in ("gzip", "x-gzip"):
        raise ValueError("an answer packed in a way that was not asked for")
    unpacking = zlib.decompressobj(zlib.MAX_WBITS | 16)
    content = unpacking.decompress(body, LONGEST)
    if not unpacking.eof:
        raise ValueError("an answer that is cut off, or too long")
    return content
