"""The proxy passes everything on byte for byte, and lies where it was told to."""

from __future__ import annotations

import socket
from urllib.parse import urlsplit

import httpx
import pytest

from bot.testing import hostile
from bot.testing.hostile import HostileServer, answer, raw
from bot.testing.lies import FAULTS
from bot.testing.proxy import Proxy
from tests.servers import Pds

CHUNKED = b'HTTP/1.1 200 So\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\n{"a":\r\n3\r\n 1}\r\n0\r\n\r\n'
ENDED = b'HTTP/1.1 200 So\r\nX-Odd:  spaces \r\nConnection: close\r\n\r\n{"a": 1}'
EMPTY, LONG = b"HTTP/1.1 204 So\r\n\r\n", b"HTTP/1.1 200 So\r\nContent-Length: 2\r\n\r\n{}"
ASKED = b"POST /x?y=%20z HTTP/1.1\r\nHost: here\r\nX-Odd:   spaces\r\nContent-Length: 5\r\n\r\n\x00\xff\r\n!"


def asked(url: str, data: bytes) -> bytes:
    """What a server answers to these bytes, until it says no more."""
    address = urlsplit(url)
    with socket.create_connection((address.hostname or "", address.port or 0), 5) as line:
        line.sendall(data)
        line.shutdown(socket.SHUT_WR)
        heard = b""
        while more := line.recv(65536):
            heard += more
    return heard


@pytest.mark.parametrize(
    "said", [CHUNKED, ENDED, b"HTTP/1.1 204 So\r\n\r\n", b"HTTP/1.1 200 So\r\nContent-Length: 2\r\n\r\n{}"]
)
def test_both_ways_each_byte_arrives(said: bytes) -> None:
    with HostileServer(raw(said)) as server, Proxy(server.url) as proxy:
        assert asked(proxy.url, ASKED) == said
        assert [request.raw for request in server.requests] == [ASKED]


def test_a_long_answer_and_a_long_request_pass(pds: Pds) -> None:
    with Proxy(pds.url) as proxy, httpx.Client(base_url=proxy.url) as client:
        assert client.get("/xrpc/com.atproto.server.describeServer").json()["did"] == "did:web:localhost"
    content = bytes(range(256)) * 20_000
    with HostileServer(answer(200, content)) as server, Proxy(server.url) as proxy:
        assert httpx.post(proxy.url, content=content).content == content
        assert server.requests[0].body == content


@pytest.mark.parametrize("fault", FAULTS)
def test_what_a_fault_says_of_being_carried_out_is_true_of_the_real_server(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hostile, "DROPS", 10)
    with HostileServer(answer(200, {"a": "b"})) as server, Proxy(server.url) as proxy:
        proxy.plan({1: fault})
        with httpx.Client(base_url=proxy.url, timeout=0.3) as client:
            assert client.get("/first").json() == {"a": "b"}
            try:
                answered = client.get("/second")
            except httpx.TransportError:
                answered = None
        assert [request.target for request in server.requests][1:] == (["/second"] if carried_out(fault) else [])
        assert (answered is not None and answered.is_success and answered.content == b'{"a": "b"}') == (fault == "skewed")
        assert [each for each, _ in proxy.told] == [fault]


def carried_out(fault: str) -> bool:
    return fault.endswith(" after") or fault == "skewed"
