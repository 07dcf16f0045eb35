"""Whoever signs in is heard once: through their browser on this machine, or through what they paste; and nobody else is."""

from __future__ import annotations

import contextlib
import http.client
import os
import queue
import socket
import struct
import subprocess
import sys
import webbrowser
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from bot.cli.callback import Terminal
from bot.core.errors import Unauthorized

ASKED = "https://network.example/authorize?client_id=1&state=s%2F1&code_challenge=c"
CODE = "one/time+code"
BACK = "/callback?state=s%2F1&code=one%2Ftime%2Bcode"
HEARD = {"state": "s/1", "code": CODE}


class Listener(Terminal):
    """A terminal that remembers what it said."""

    def __init__(self, typed: int | None = None, listen: bool = True, seconds: float = 20.0) -> None:
        super().__init__("threadbot login x", typed, listen, seconds)
        self.said: queue.SimpleQueue[str] = queue.SimpleQueue()

    def say(self, text: str) -> None:
        super().say(text)
        self.said.put(text)

    def until(self, words: str) -> None:
        """Wait for it to say this."""
        while words not in self.said.get(timeout=20):
            pass


@pytest.fixture
def port() -> int:
    """One that was free a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        number = server.getsockname()[1]
        assert isinstance(number, int)
        return number


@pytest.fixture
def keyboard() -> Iterator[tuple[int, Callable[[str], int]]]:
    """A file of what is typed, and how to type."""
    reading, writing = os.pipe()
    yield reading, lambda text: os.write(writing, text.encode())
    for each in (reading, writing):
        with contextlib.suppress(OSError):  # closed by a test
            os.close(each)


@contextlib.contextmanager
def waiting(terminal: Terminal, port: int) -> Iterator[Future[Mapping[str, str]]]:
    """What the terminal hears, while the test is the world."""
    with ThreadPoolExecutor() as pool:
        yield pool.submit(terminal.returned, port)


def browse(port: int, path: str, method: str = "GET", host: str = "") -> tuple[int, str]:
    """What a browser does, and sees."""
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=20)) as browser:
        browser.request(method, path, headers={"host": host or f"127.0.0.1:{port}"})
        answer = browser.getresponse()
        return answer.status, answer.read().decode()


# --- the browser ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost"])
def test_a_browser_that_comes_back_is_heard_and_told_so(port: int, name: str, capfd: pytest.CaptureFixture[str]) -> None:
    terminal = Listener()
    terminal.visit(ASKED)
    with waiting(terminal, port) as answer:
        terminal.until(f"waiting for your browser to come back to http://127.0.0.1:{port}/callback")
        status, page = browse(port, BACK, host=f"{name}:{port}")
        assert answer.result() == HEARD
    assert (status, "threadbot has heard you" in page) == (200, True)
    said = "".join(capfd.readouterr())
    assert ASKED in said
    assert "time" not in said  # the code is in no log of the server


def test_a_refusal_is_an_answer_too(port: int) -> None:
    terminal = Listener()
    terminal.visit(ASKED)
    with waiting(terminal, port) as answer:
        terminal.until("waiting for your browser")
        assert browse(port, "/callback?error=access_denied&state=s%2F1")[0] == 200
        assert answer.result() == {"error": "access_denied", "state": "s/1"}


def test_nothing_but_the_answer_that_is_waited_for_is_heard(port: int) -> None:
    terminal = Listener()
    terminal.visit(ASKED)
    with waiting(terminal, port) as answer:
        terminal.until("waiting for your browser")
        assert browse(port, "/favicon.ico")[0] == 404
        assert browse(port, "/")[0] == 404
        assert browse(port, "/callback")[0] == 404
        assert browse(port, "/callback?state=s%2F1")[0] == 404
        assert browse(port, "/callback?code=theirs")[0] == 404
        assert browse(port, "/callback?code=theirs&state=other")[0] == 404
        assert browse(port, "/elsewhere?code=theirs&state=s%2F1")[0] == 404
        assert browse(port, BACK, host="evil.example")[0] == 404
        assert browse(port, BACK, host=f"evil.example:{port}")[0] == 404
        assert browse(port, BACK, host="127.0.0.1:1")[0] == 404
        assert browse(port, BACK, method="POST")[0] == 501
        assert not answer.done()
        assert browse(port, BACK)[0] == 200
        assert answer.result() == HEARD


def test_a_page_that_is_shown_loads_nothing_and_tells_nobody_its_address(port: int) -> None:
    terminal = Listener()
    terminal.visit(ASKED)
    with waiting(terminal, port) as answer:
        terminal.until("waiting for your browser")
        browser = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        browser.request("GET", BACK)
        shown = browser.getresponse()
        assert "You can close this window" in shown.read().decode()
        assert shown.headers["referrer-policy"] == "no-referrer"
        assert shown.headers["content-security-policy"] == "default-src 'none'"
        assert shown.headers["cache-control"] == "no-store"
        browser.close()
        answer.result()


def test_connections_on_which_nothing_comes_keep_nobody_waiting(port: int, capfd: pytest.CaptureFixture[str]) -> None:
    """Browsers open them ahead of need."""
    terminal = Listener()
    terminal.visit(ASKED)
    with waiting(terminal, port) as answer, contextlib.ExitStack() as idle:
        terminal.until("waiting for your browser")
        for begin in (b"", b"GET /callb", b"\x16\x03\x01\x00"):
            line = idle.enter_context(socket.create_connection(("127.0.0.1", port)))
            line.sendall(begin)
        assert browse(port, BACK)[0] == 200
        assert answer.result() == HEARD
    assert "Traceback" not in capfd.readouterr().err


def test_visitors_who_talk_nonsense_or_go_away_leave_no_trace(port: int, capfd: pytest.CaptureFixture[str]) -> None:
    terminal = Listener()
    terminal.visit(ASKED)
    with waiting(terminal, port) as answer:
        terminal.until("waiting for your browser")
        with socket.create_connection(("127.0.0.1", port), timeout=20) as nonsense:
            nonsense.sendall(f"GET {BACK} HTTP/1.1 so\r\n\r\n".encode())
            while nonsense.recv(4096):
                pass
        with socket.create_connection(("127.0.0.1", port)) as gone:
            gone.sendall(b"GET /callb")
            gone.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # hangs up with a reset
        assert browse(port, BACK)[0] == 200
        assert answer.result() == HEARD
    said = capfd.readouterr().err
    assert "Traceback" not in said
    assert "time" not in said  # the code


def test_only_this_machine_is_listened_to(port: int) -> None:
    terminal = Listener()
    with waiting(terminal, port) as answer:
        terminal.until("waiting for your browser")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.2", port), timeout=5):
            pytest.fail("it listens on more than 127.0.0.1")
        assert browse(port, "/callback?code=a")[0] == 200
        assert answer.result() == {"code": "a"}


def test_nobody_listens_when_it_is_over(port: int) -> None:
    terminal = Listener()
    with waiting(terminal, port) as answer:
        terminal.until("waiting for your browser")
        browse(port, "/callback?code=a")
        answer.result()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))
    with waiting(terminal, port) as again:  # the same port, at once
        terminal.until("waiting for your browser")
        browse(port, "/callback?code=b")
        assert again.result() == {"code": "b"}


def test_somebody_who_does_not_come_back_is_not_waited_for_for_ever(port: int) -> None:
    with pytest.raises(Unauthorized, match=r"nobody came back within .* – threadbot login x$"):
        Listener(seconds=0.05).returned(port)


# --- what is pasted ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", [CODE, f"http://127.0.0.1:8000{BACK}", f"  http://localhost{BACK} "])
@pytest.mark.parametrize("listen", [True, False])
def test_the_code_or_the_whole_address_may_be_pasted(
    port: int, keyboard: tuple[int, Callable[[str], int]], typed: str, listen: bool
) -> None:
    reading, type_ = keyboard
    terminal = Listener(reading, listen)
    terminal.visit(ASKED)
    type_(f"\n{typed}\n")
    assert terminal.returned(port) == HEARD


@pytest.mark.parametrize(
    "typed",
    [
        "http://127.0.0.1:8000/callback",
        "http://127.0.0.1:8000/callback?state=s%2F1",
        "http://127.0.0.1:8000/callback?state=other&code=theirs",
        "http://[::1/callback?code=a",
        "what code?",
    ],
)
def test_what_is_no_answer_is_asked_for_again(port: int, keyboard: tuple[int, Callable[[str], int]], typed: str) -> None:
    reading, type_ = keyboard
    terminal = Listener(reading, listen=False)
    terminal.visit(ASKED)
    with waiting(terminal, port) as answer:
        type_(f"{typed}\n")
        terminal.until("that is not where this sign-in ended")
        type_(f"{CODE}\n")
        assert answer.result() == HEARD


def test_a_port_that_is_taken_leaves_pasting(port: int, keyboard: tuple[int, Callable[[str], int]]) -> None:
    reading, type_ = keyboard
    terminal = Listener(reading)
    with socket.create_server(("127.0.0.1", port)), waiting(terminal, port) as answer:
        terminal.until(f"port {port} of this machine cannot be listened on (Address already in use)")
        terminal.until("paste here the address")
        type_("a\n")
        assert answer.result() == {"code": "a"}


def test_a_browser_is_heard_while_pasting_is_possible(port: int, keyboard: tuple[int, Callable[[str], int]]) -> None:
    reading, type_ = keyboard
    terminal = Listener(reading)
    with waiting(terminal, port) as answer:
        terminal.until("or paste here")
        type_("half a li")
        browse(port, "/callback?code=a")
        assert answer.result() == {"code": "a"}


def test_a_browser_is_heard_when_nobody_types_any_more(port: int) -> None:
    with open(os.devnull) as nothing:
        terminal = Listener(nothing.fileno())
        with waiting(terminal, port) as answer:
            terminal.until("or paste here")
            browse(port, "/callback?code=a")
            assert answer.result() == {"code": "a"}


def test_where_nobody_can_answer_it_is_said_at_once(port: int) -> None:
    with open(os.devnull) as nothing:
        for typed in (None, nothing.fileno()):
            with pytest.raises(Unauthorized, match="nobody can paste anything here – threadbot login x, in a terminal"):
                Listener(typed, listen=False).returned(port)


# --- questions -----------------------------------------------------------------------------------------------------------


def test_each_question_takes_one_line_and_leaves_the_rest(port: int, keyboard: tuple[int, Callable[[str], int]]) -> None:
    reading, type_ = keyboard
    terminal = Listener(reading, listen=False)
    type_("\nalice\n hunter2 \nthe-code\nrest")
    assert terminal.ask("handle") == "alice"
    assert terminal.ask("password", hidden=True) == "hunter2"
    assert terminal.returned(port) == {"code": "the-code"}


def test_the_last_line_needs_no_end() -> None:
    reading, writing = os.pipe()
    os.write(writing, b"alice")
    os.close(writing)
    terminal = Listener(reading)
    assert terminal.ask("handle") == "alice"
    with pytest.raises(Unauthorized, match="nobody answers – threadbot login x, in a terminal"):
        terminal.ask("password")
    os.close(reading)


def test_a_question_that_nobody_hears_is_not_waited_for() -> None:
    with pytest.raises(Unauthorized, match="nobody answers – threadbot login x, in a terminal"):
        Listener(None).ask("password", hidden=True)


def test_what_a_server_has_said_does_not_reach_the_terminal_as_it_is(
    keyboard: tuple[int, Callable[[str], int]], capfd: pytest.CaptureFixture[str]
) -> None:
    reading, type_ = keyboard
    terminal = Listener(reading)
    type_("a\n")
    terminal.say("\x1b[31mred")
    terminal.ask("\x1b[31mred")
    terminal.visit("https://a.example/\x1b[31m")
    assert "\x1b" not in "".join(capfd.readouterr())


HIDDEN = """
import fcntl, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
from bot.cli.callback import Terminal
terminal = Terminal("threadbot login sky", 0)
assert terminal.ask("password", hidden=True) == "hunter2"
assert terminal.ask("handle") == "alice"
print("both heard")
"""


def test_a_password_is_not_shown_while_it_is_typed() -> None:
    screen, keys = os.openpty()
    process = subprocess.Popen([sys.executable, "-c", HIDDEN], stdin=keys, stdout=keys, stderr=keys, start_new_session=True)
    os.close(keys)
    shown = b""

    def until(words: bytes) -> None:
        nonlocal shown
        while words not in shown:
            shown += os.read(screen, 4096)

    until(b"password: ")
    os.write(screen, b"hunter2\n")
    until(b"handle: ")
    os.write(screen, b"alice\n")
    until(b"both heard")
    assert process.wait(20) == 0
    os.close(screen)
    assert b"hunter2" not in shown
    assert b"alice" in shown


# --- the browser that is opened ------------------------------------------------------------------------------------------


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The addresses that were opened in a browser."""
    found: list[str] = []
    monkeypatch.setattr(webbrowser, "open", found.append)
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    return found


def test_a_browser_is_opened_where_there_is_a_screen_and_somebody_before_it(
    monkeypatch: pytest.MonkeyPatch, opened: list[str]
) -> None:
    screen, keys = os.openpty()
    reading, writing = os.pipe()
    Listener(keys).visit(ASKED)
    assert opened == []  # a server: a text browser would take the terminal
    monkeypatch.setenv("DISPLAY", ":0")
    Listener(keys, listen=False).visit(ASKED)
    Listener(reading).visit(ASKED)
    Listener(None).visit(ASKED)
    assert opened == []
    Listener(keys).visit(ASKED)
    assert opened == [ASKED]
    for each in (screen, keys, reading, writing):
        os.close(each)


def test_a_mac_has_a_screen_unless_somebody_came_by_ssh(monkeypatch: pytest.MonkeyPatch, opened: list[str]) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    screen, keys = os.openpty()
    monkeypatch.setenv("SSH_CONNECTION", "10.0.0.1 1 10.0.0.2 22")
    Listener(keys).visit(ASKED)
    assert opened == []
    monkeypatch.delenv("SSH_CONNECTION")
    Listener(keys).visit(ASKED)
    assert opened == [ASKED]
    for each in (screen, keys):
        os.close(each)
