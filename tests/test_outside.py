"""Public pages are fetched behind a guard: whoever writes an address reaches nothing at home with it."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Sequence
from ipaddress import ip_address
from urllib.parse import urlsplit

import pytest

from bot.core.errors import NetworkError, Rejected, Transient
from bot.networks.outside import Address, Outside, is_public, resolved
from bot.testing.hostile import HostileServer, answer, dripping, nobody, raw, stall, unanswered

HTML = ("text/html",)
PAGE = answer(200, b"<title>La crue</title>", {"content-type": "text/html; charset=UTF-8"})
LOOPBACK = ip_address("127.0.0.1")


class Directory:
    """A name server for tests: who is where, and who was asked for."""

    def __init__(self, **places: Sequence[str]) -> None:
        self.places = {name.replace("_", "."): [ip_address(each) for each in found] for name, found in places.items()}
        self.asked: list[str] = []

    def __call__(self, host: str, _seconds: float) -> Sequence[Address]:
        self.asked.append(host)
        if host not in self.places:
            raise OSError("nobody of that name")
        return self.places[host]


def outside(server: str, directory: Directory | None = None) -> Outside:
    """The internet of a test: one server on loopback, which may be reached, and nothing else at home."""
    found = directory or Directory(page_example=["127.0.0.1"])
    return Outside(found, lambda address: is_public(address) or address == LOOPBACK, [urlsplit(server).port or 0])


def url(server: HostileServer, path: str = "/", host: str = "page.example") -> str:
    return f"http://{host}:{urlsplit(server.url).port}{path}"


def redirect(where: str, status: int = 302) -> object:
    return answer(status, b"", {"location": where})


# Which addresses


@pytest.mark.parametrize(
    "address",
    """
    127.0.0.1 127.8.9.10 10.0.0.1 172.16.0.1 172.31.255.255 192.168.1.1 169.254.169.254 100.64.0.1 100.100.100.200 0.0.0.0
    0.1.2.3 192.0.0.192 192.0.2.1 198.18.0.1 198.51.100.1 203.0.113.1 192.88.99.1 224.0.1.1 239.1.1.1 240.0.0.1
    255.255.255.255 168.63.129.16
    :: ::1 ::127.0.0.1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:169.254.169.254 ::ffff:0:127.0.0.1 64:ff9b::7f00:1
    64:ff9b::a9fe:a9fe 64:ff9b:1::1 100::1 2001::1 2001:0:1::1 2001:db8::1 2002:7f00:1:: 2002:a00:1::1 3fff::1 5f00::1
    fc00::1 fd00:ec2::254 fe80::1 fe80::1%eth0 fec0::1 ff02::1 ff0e::1
    """.split(),
)
def test_an_address_that_is_not_everybody_s_is_not_public(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize(
    "address",
    "1.1.1.1 93.184.215.14 172.32.0.1 100.128.0.1 2606:4700::1111 2a00:1450::1 ::ffff:1.1.1.1 64:ff9b::101:101".split(),
)
def test_an_address_that_is_everybody_s_is_public(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize(
    "host", ["localhost", "127.0.0.1", "2130706433", "0x7f.1", "017700000001", "[::1]", "127。0。0。1", "0"]
)
def test_by_whatever_name_home_is_called_it_is_refused(host: str) -> None:
    with pytest.raises(Rejected, match="which is not a public address"):
        Outside().fetch(f"http://{host}/", HTML, 1000)


def test_one_home_address_among_public_ones_is_enough_to_refuse_a_name() -> None:
    directory = Directory(mixed_example=["1.1.1.1", "10.0.0.1"])
    with pytest.raises(Rejected, match=r"mixed\.example is at 10\.0\.0\.1"):
        Outside(directory).fetch("http://mixed.example/", HTML, 1000)


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("ftp://page.example/", "no http or https"),
        ("file:///etc/passwd", "no http or https"),
        ("page.example", "no http or https"),
        ("http:///x", "no http or https"),
        ("", "no http or https"),
        ("http://a\x00b/", "no address"),
        ("http://[::1/", "no address"),
        ("http://xn--a/", "no address"),
        ("http://xn--a.page.example/", "no address"),
        ("http://page.example:22/", "port 22"),
        ("http://page.example:99999/", "port 99999"),
        ("https://me:secret@page.example/", "has a name or password in it"),
    ],
)
def test_what_is_no_address_of_a_page_is_refused_before_anybody_is_asked(address: str, said: str) -> None:
    directory = Directory()
    with pytest.raises(Rejected, match=said) as raised:
        Outside(directory).fetch(address, HTML, 1000)
    assert directory.asked == []
    assert "secret" not in str(raised.value)


def test_a_name_that_nobody_has_may_have_somebody_later() -> None:
    with pytest.raises(Transient, match=r"nobody\.example is not found: nobody of that name"):
        Outside(Directory()).fetch("http://nobody.example/", HTML, 1000)


def test_a_name_server_that_does_not_answer_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    over, begun = threading.Event(), time.monotonic()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_more: [over.wait(30)][1:])
    with pytest.raises(OSError, match="does not answer"):
        resolved("slow.example", 0.05)
    assert time.monotonic() - begun < 20
    over.set()


# How


def test_a_page_is_fetched_by_its_name_from_the_address_that_was_checked() -> None:
    with HostileServer(PAGE) as server:
        directory = Directory(page_example=["127.0.0.1"])
        found = outside(server.url, directory).fetch(url(server, "/crue?x=1#top"), HTML, 1000)
        (request,) = server.requests
    assert (found.content, found.mime, found.charset) == (b"<title>La crue</title>", "text/html", "utf-8")
    assert (request.method, request.target) == ("GET", "/crue?x=1")
    assert request.headers["host"] == urlsplit(url(server)).netloc
    assert request.headers["user-agent"].startswith("threadbot/")
    assert not {"cookie", "authorization", "referer"} & set(request.headers)
    assert directory.asked == ["page.example"]  # once: what is said a moment later is of no account


def test_an_address_that_does_not_answer_is_not_the_end_where_there_is_another() -> None:
    with HostileServer(PAGE) as server:
        both = Directory(page_example=["127.0.0.1", "127.0.0.2"])
        both.places["page.example"].reverse()
        found = Outside(both, lambda _: True, [urlsplit(server.url).port or 0]).fetch(url(server), HTML, 1000)
    assert found.content


def test_a_proxy_of_the_environment_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    with HostileServer(PAGE) as server, HostileServer(PAGE) as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        outside(server.url).fetch(url(server), HTML, 1000)
        assert (len(server.requests), len(proxy.requests)) == (1, 0)


def test_redirects_are_followed_and_forget_cookies() -> None:
    here = answer(302, b"", {"location": "/there", "set-cookie": "id=1; Path=/"})
    with HostileServer(here, PAGE) as server:
        found = outside(server.url).fetch(url(server), HTML, 1000)
        assert found.url == url(server, "/there")
        assert "cookie" not in server.requests[1].headers


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ("http://127.0.0.9:{port}/", "127.0.0.9, which is not a public address"),
        ("http://home.example:{port}/", "10.0.0.1, which is not a public address"),
        ("//home.example:{port}/", "10.0.0.1, which is not a public address"),
        ("http://page.example:8/", "port 8 is not for pages"),
        ("file:///etc/passwd", "no http or https"),
        ("http://me:pw@page.example:{port}/", "has a name or password"),
        ("http://page.example:port/", "to no address"),
        ("https://xn--a/", "is no address"),
    ],
)
def test_each_redirect_is_checked_like_the_first_address(where: str, said: str) -> None:
    directory = Directory(page_example=["127.0.0.1"], home_example=["10.0.0.1"], **{"127_0_0_9": ["127.0.0.9"]})
    with HostileServer(answer(302)) as server:
        server._script[:] = [redirect(where.format(port=urlsplit(server.url).port))]  # type: ignore[list-item]
        with pytest.raises(Rejected, match=said):
            outside(server.url, directory).fetch(url(server), HTML, 1000)
        assert len(server.requests) == 1


def test_five_redirects_are_enough() -> None:
    with HostileServer(*[redirect("/again")] * 5, PAGE) as server:  # type: ignore[list-item]
        assert outside(server.url).fetch(url(server), HTML, 1000).content
    with HostileServer(redirect("/again")) as server:  # type: ignore[arg-type]
        with pytest.raises(Rejected, match="more than 5 times"):
            outside(server.url).fetch(url(server), HTML, 1000)
        assert len(server.requests) == 6


@pytest.mark.parametrize("missing", [answer(302), answer(304), answer(404), answer(401), answer(204)])
def test_what_is_not_there_is_refused(missing: object) -> None:
    with HostileServer(missing) as server, pytest.raises(Rejected):  # type: ignore[arg-type]
        outside(server.url).fetch(url(server), HTML, 1000)


@pytest.mark.parametrize(
    "act", [answer(500), answer(503), answer(429), unanswered, raw(b"nonsense"), raw(b"HTTP/1.1 200 So\r\n")]
)
def test_what_may_be_there_another_time_is_transient(act: object) -> None:
    with HostileServer(act) as server, pytest.raises(Transient):  # type: ignore[arg-type]
        outside(server.url).fetch(url(server), HTML, 1000)


def test_where_nobody_listens_it_may_be_another_time() -> None:
    with nobody() as nowhere, pytest.raises(Transient, match="cannot be reached"):
        outside(nowhere).fetch(nowhere.replace("127.0.0.1", "page.example"), HTML, 1000)


# How much


@pytest.mark.parametrize("kind", ["application/pdf", "image/svg+xml", "", "text/html-ish"])
def test_only_what_was_asked_for_is_taken(kind: str) -> None:
    with HostileServer(answer(200, b"x", {"content-type": kind})) as server, pytest.raises(Rejected, match="not text/html"):
        outside(server.url).fetch(url(server), HTML, 1000)


def test_what_is_too_long_is_refused_or_cut() -> None:
    exact, longer = (answer(200, b"x" * size, {"content-type": "text/html"}) for size in (1000, 1001))
    with HostileServer(exact, longer, longer) as server:
        internet = outside(server.url)
        assert len(internet.fetch(url(server), HTML, 1000).content) == 1000
        with pytest.raises(Rejected, match="longer than 1000 bytes"):
            internet.fetch(url(server), HTML, 1000)
        assert len(internet.fetch(url(server), HTML, 1000, cut=True).content) == 1000


def test_what_comes_packed_is_not_unpacked() -> None:
    packed = answer(200, b"\x1f\x8b", {"content-type": "text/html", "content-encoding": "gzip"})
    with HostileServer(packed) as server, pytest.raises(Rejected, match="packed"):
        outside(server.url).fetch(url(server), HTML, 1000)


DRIPPING = dripping(b"HTTP/1.1 200 So\r\ncontent-type: text/html\r\n\r\n", b"x")


@pytest.mark.parametrize("act", [stall, DRIPPING, dripping(b"HTTP/1.1 200 So\r\n", b"x: y\r\n")])
def test_what_never_ends_is_cut_off_in_time(act: object) -> None:
    with HostileServer(act) as server, pytest.raises(Transient):  # type: ignore[arg-type]
        outside(server.url).fetch(url(server), HTML, 100_000, seconds=0.3)


def test_a_message_has_neither_controls_nor_a_whole_page_of_address() -> None:
    long = f"http://page.example:22/{'x' * 3000}\x1b[31m"
    with pytest.raises(NetworkError) as raised:
        Outside(Directory()).fetch(long, HTML, 1000)
    assert len(str(raised.value)) < 400
    assert "\x1b" not in str(raised.value)
