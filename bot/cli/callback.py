"""The person at the desk while they sign in: what they type, and their browser when it comes back to this machine.

Any page that they have open can send their browser here, to sign us in as somebody else. So an answer counts only if it was
addressed to this machine, and brings the `state` of the address that we had asked them to open (RFC 8252, RFC 6749 §10.12).
"""

from __future__ import annotations

import getpass
import os
import select
import sys
import time
import webbrowser
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from urllib.parse import parse_qsl, urlsplit

import click

from bot.cli import setting
from bot.cli.ear import Ear
from bot.core.errors import Unauthorized

PATIENCE = 300.0  # seconds to sign in in a browser, a second factor included
PASTE = "paste here the address at which your browser ends (that it shows an error there is fine), or the code in it:"
SCREENS = ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER")


class Terminal:
    """The verbs of `bot.networks.base.Desk`. Raises Unauthorized where nobody answers."""

    def __init__(self, again: str, typed: int | None, listen: bool = True, seconds: float = PATIENCE) -> None:
        """`again` is the command that does all of it once more; `typed` is the file descriptor of what is typed, None: nobody
        is there; not `listen`: their browser is on another machine."""
        self._again, self._typed, self._listen, self._seconds = again, typed, listen, seconds
        self._read = b""
        self._state = ""

    def say(self, text: str) -> None:
        """What they should know, on stderr."""
        click.echo(setting.harmless(text), err=True)

    def ask(self, question: str, hidden: bool = False) -> str:
        """One line; on a terminal it is not shown while they type it, where it is `hidden`."""
        prompt = f"{setting.harmless(question)}: "
        if hidden and self._at_a_terminal():
            with suppress(EOFError):  # Ctrl-D
                return getpass.getpass(prompt, sys.stderr).strip()
            raise Unauthorized(f"nothing was typed – {self._again}")
        click.echo(prompt, nl=False, err=True)
        while self._typed is not None:
            if line := self._line():
                return line
        raise Unauthorized(f"nobody answers – {self._again}, in a terminal")

    def visit(self, url: str) -> None:
        """Print an address, and open it where there is a browser to open it in."""
        self._state = dict(parse_qsl(urlsplit(url).query)).get("state", "")
        self.say(f"open this address in a browser:\n{url}")
        if self._listen and self._at_a_terminal() and _has_screen():
            webbrowser.open(url)

    def returned(self, port: int) -> Mapping[str, str]:
        """The query of the address at which their browser ended: heard, or pasted, whichever comes first."""
        with self._ear(port) as ear:
            if self._typed is not None:
                self.say("or paste here the address at which it ends, or the code in it:" if ear else PASTE)
            end = time.monotonic() + self._seconds
            while (left := end - time.monotonic()) > 0:
                if answer := self._next(ear, left):
                    return answer
        raise Unauthorized(f"nobody came back within {self._seconds / 60:.0f} minutes – {self._again}")

    @contextmanager
    def _ear(self, port: int) -> Iterator[Ear | None]:
        if not self._listen:
            yield None
            return
        try:
            ear = Ear(port, self._fits)
        except OSError as error:
            self.say(f"port {port} of this machine cannot be listened on ({error.strerror})")
            yield None
            return
        with ear:
            self.say(f"waiting for your browser to come back to http://127.0.0.1:{port}/callback …")
            yield ear

    def _next(self, ear: Ear | None, seconds: float) -> Mapping[str, str] | None:
        """What the next event brings: a visitor, or something typed."""
        if b"\n" in self._read:
            return self._pasted(self._line())
        sources = [*(ear.sources if ear else ()), *(() if self._typed is None else (self._typed,))]
        if not sources:
            raise Unauthorized(f"nobody can paste anything here – {self._again}, in a terminal")
        ready = select.select(sources, [], [], seconds)[0]
        if ear and (heard := ear.hear(ready)):
            return heard
        return self._pasted(self._line()) if self._typed in ready else None

    def _at_a_terminal(self) -> bool:
        return self._typed is not None and os.isatty(self._typed)

    def _pasted(self, line: str) -> Mapping[str, str] | None:
        if not line:
            return None
        try:
            answer = dict(parse_qsl(urlsplit(line).query))
        except ValueError:
            answer = {}
        if not answer and not any(each in line for each in ("://", " ", "?")):
            return {"code": line, **({"state": self._state} if self._state else {})}  # typed by hand: nobody else sent it
        if self._fits(answer):
            return answer
        self.say("that is not where this sign-in ended – paste all of the address, up to its end:")
        return None

    def _fits(self, query: Mapping[str, str]) -> bool:
        return ("code" in query or "error" in query) and query.get("state", "") == self._state

    def _line(self) -> str:
        """The next line that is typed; empty where there is none yet. Not sys.stdin, which reads ahead of what is asked."""
        assert self._typed is not None, "somebody is there"
        if b"\n" not in self._read:
            more = os.read(self._typed, 65536)
            self._read += more
            if not more:
                self._typed = None
        line, end, rest = self._read.partition(b"\n")
        if not end and self._typed is not None:
            return ""
        self._read = rest
        return line.decode(errors="replace").strip()


def _has_screen() -> bool:
    return any(map(os.environ.get, SCREENS)) or (sys.platform == "darwin" and "SSH_CONNECTION" not in os.environ)
