"""Pages and files of the public internet, fetched behind a guard: an address that somebody wrote must not open a door at home.

A name is resolved here, refused if any of its addresses is not public, and the connection goes to exactly an address that
was checked, while TLS still asks for the name: what a name server says a moment later is of no account. Each redirect is
checked likewise. No cookies, no credentials, no proxies (they would resolve the name again), nothing is unpacked.
"""

from __future__ import annotations

import re
import socket
import ssl
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from time import monotonic

import httpx

from bot import __version__
from bot.core.errors import Rejected, Transient
from bot.networks.hiding import CONTROLS
from bot.networks.lines import Lines

REDIRECTS = 5
PORTS = (80, 443)
ADDRESSES = 3  # of one name that are tried
STEP = 5.0  # seconds for each single step of an exchange
MESSAGE = 200  # characters of an address in a message
CHARSET = re.compile(r"charset\s*=\s*[\"']?([A-Za-z0-9_:.-]+)", re.IGNORECASE)
HEADERS = {"user-agent": f"threadbot/{__version__}", "accept-encoding": "identity", "connection": "close"}
# Public by their number, and yet the machine that one is on: where clouds tell it about itself, or what is for examples.
HOME = tuple(map(ip_network, ("168.63.129.16/32", "192.0.0.0/24", "192.88.99.0/24", "3fff::/20")))
UNICAST, NAT64 = ip_network("2000::/3"), ip_network("64:ff9b::/96")

Address = IPv4Address | IPv6Address


@dataclass(frozen=True, slots=True)
class Found:
    """What was there: `url` is where the redirects led, `charset` what the server said of it, or empty."""

    url: str
    mime: str
    charset: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for: of these MIME types, at most so many bytes, cut there or else refused; until when (monotonic)."""

    types: Sequence[str]
    most: int
    cut: bool
    until: float

    @property
    def seconds(self) -> float:
        """How long it may still take."""
        return self.until - monotonic()


def is_public(address: Address) -> bool:
    """Whether an address is out there for everybody, however it is wrapped."""
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        inner = IPv4Address(int(address) & 0xFFFFFFFF) if address in NAT64 else inner
        if inner:
            return is_public(inner)
        if address not in UNICAST:
            return False
    return address.is_global and not address.is_multicast and not any(address in network for network in HOME)


def resolved(host: str, seconds: float) -> Sequence[Address]:
    """The addresses of a name. Raises OSError, also when that takes too long."""
    found: list[Address] = []
    failed: list[Exception] = [TimeoutError("the name server does not answer")]

    def ask() -> None:
        try:
            found.extend(ip_address(str(each[4][0])) for each in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM))
        except (OSError, ValueError) as error:
            failed.append(error)

    asking = threading.Thread(target=ask, daemon=True)  # there is no other way to stop waiting for a name server
    asking.start()
    asking.join(seconds)
    if not found:
        raise OSError(str(failed[-1])) from None
    return tuple(dict.fromkeys(found))


class Outside:
    """The public internet. The arguments are for tests, which have none: who is where, and which doors at home stand open."""

    def __init__(
        self,
        resolve: Callable[[str, float], Sequence[Address]] = resolved,
        allowed: Callable[[Address], bool] = is_public,
        ports: Sequence[int] = PORTS,
        authorities: ssl.SSLContext | None = None,
    ) -> None:
        self._resolve, self._allowed, self._ports, self._authorities = resolve, allowed, ports, authorities

    def fetch(self, url: str, types: Sequence[str], most: int, seconds: float = 10.0, cut: bool = False) -> Found:
        """What is at an http or https address, of one of these MIME types, at most `most` bytes: `cut` there, or else refused.

        Raises Rejected where it may not or will never be had, Transient where it may be had another time.
        """
        wanted = Wanted(types, most, cut, monotonic() + seconds)
        shown = CONTROLS.sub(" ", re.sub("//[^/]*@", "//", url))[:MESSAGE]
        try:
            place = _parsed(url)
            for _ in range(REDIRECTS + 1):
                answer = self._visit(place, wanted)
                if isinstance(answer, Found):
                    return answer
                place = answer
        except (Rejected, Transient) as error:
            raise type(error)(f"{shown}: {error}") from None
        raise Rejected(f"{shown}: is redirected more than {REDIRECTS} times")

    def _visit(self, place: httpx.URL, wanted: Wanted) -> Found | httpx.URL:
        """What a place gives, or where it sends us; by the first of its addresses that answers."""
        lost: Exception | None = None
        for address in self._addresses(place, wanted)[:ADDRESSES]:
            try:
                return self._exchange(place, address, wanted)
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                lost = error
            except (httpx.HTTPError, UnicodeError) as error:
                raise Transient(f"cannot be read: {CONTROLS.sub(' ', str(error)) or type(error).__name__}") from None
        raise Transient(f"cannot be reached: {CONTROLS.sub(' ', str(lost)) or type(lost).__name__}")

    def _addresses(self, place: httpx.URL, wanted: Wanted) -> Sequence[Address]:
        if _port(place) not in self._ports:
            raise Rejected(f"port {_port(place)} is not for pages")
        try:
            found = self._resolve(place.raw_host.decode().strip("[]"), wanted.seconds)
        except OSError as error:
            raise Transient(f"{place.host} is not found: {error}") from None
        if closed := [address for address in found if not self._allowed(address)]:
            raise Rejected(f"{place.host} is at {closed[0]}, which is not a public address")
        return found

    def _exchange(self, place: httpx.URL, address: Address, wanted: Wanted) -> Found | httpx.URL:
        lines = Lines()
        request = httpx.Request(
            "GET",
            place.copy_with(host=str(address)),
            headers={**HEADERS, "host": place.netloc.decode(), "accept": ", ".join(wanted.types)},
            extensions={
                "timeout": dict.fromkeys(("connect", "read", "write", "pool"), STEP),
                "sni_hostname": place.raw_host.decode().strip("[]"),  # the certificate must be the name's
                "trace": lines.noticed,
            },
        )
        authorities = self._authorities or _authorities()
        # a line of its own for each visit: one that was made for another name at this address proves nothing
        with httpx.HTTPTransport(verify=authorities, trust_env=False) as transport, lines.within(wanted.seconds):
            response = transport.handle_request(request)
            try:
                return _redirect(response, place) or _found(response, place, wanted)
            finally:
                response.close()


def _parsed(url: str) -> httpx.URL:
    try:
        place = httpx.URL(url)
        host = place.host  # read only now: a label after `xn--` may be none
    except (httpx.InvalidURL, ValueError, TypeError) as error:
        raise Rejected(f"is no address: {error}") from None
    if place.scheme not in ("http", "https") or not host:
        raise Rejected("is no http or https address")
    if place.userinfo:
        raise Rejected("has a name or password in it")
    return place.copy_with(fragment=None)


def _port(place: httpx.URL) -> int:
    return place.port or {"http": 80, "https": 443}[place.scheme]


def _redirect(response: httpx.Response, place: httpx.URL) -> httpx.URL | None:
    """Where an answer sends us, checked anew; None: nowhere."""
    if response.status_code not in (301, 302, 303, 307, 308):
        return None
    try:
        return _parsed(str(place.join(response.headers["location"])))
    except (KeyError, httpx.InvalidURL, ValueError) as error:
        raise Rejected(f"sends us elsewhere, to no address: {error}") from None


def _found(response: httpx.Response, place: httpx.URL, wanted: Wanted) -> Found:
    """The content of an answer. Raises Rejected or Transient."""
    status, kind = response.status_code, response.headers.get("content-type", "")
    if status != 200:
        passing = status in (408, 425, 429) or status >= 500
        raise (Transient if passing else Rejected)(f"the server answers with status {status}")
    mime = kind.partition(";")[0].strip().lower()
    if mime not in wanted.types:
        raise Rejected(f"is {CONTROLS.sub(' ', mime)[:50] or 'of no type'}, not {' or '.join(wanted.types)}")
    if response.headers.get("content-encoding", "identity") != "identity":
        raise Rejected("is packed, which was not asked for")
    charset = CHARSET.search(kind)
    return Found(str(place), mime, charset[1].lower() if charset else "", _content(response, wanted))


def _content(response: httpx.Response, wanted: Wanted) -> bytes:
    content = bytearray()
    for chunk in response.iter_raw():
        content += chunk
        if len(content) > wanted.most:
            if not wanted.cut:
                raise Rejected(f"is longer than {wanted.most} bytes")
            break
    return bytes(content[: wanted.most])


@cache
def _authorities() -> ssl.SSLContext:
    """Whose certificates are trusted: read once, it takes longer than a request."""
    return httpx.create_ssl_context()
