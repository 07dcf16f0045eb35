"""Somebody signs in once, with a browser or without; and one command says who may publish where, and how much."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.cli import callback, desk, signing
from bot.core.errors import Rejected, StoreError, Transient, Unauthorized
from bot.core.model import Account, Limit, Setting, Signed
from bot.engine import roll
from bot.networks import doorkeeper, x_login
from bot.networks.base import Desk, Network, World, asks_nothing
from bot.networks.site import SITE
from bot.store.vault import Vault
from bot.testing.bluesky import FakePds
from bot.testing.mastodon import FakeMastodon
from bot.testing.serving import Served
from bot.testing.x import FakeX
from tests.helpers_cli import Said, fails, nowhere, process, settled, threadbot
from tests.servers import Pds

SKY = '[accounts.sky]\nnetwork = "bluesky"\nserver = "{}"\nhandle = "{}"\n'
MASTO = '[accounts.masto]\nnetwork = "mastodon"\nserver = "{}"\n'
X = '[accounts.x]\nnetwork = "x"\nserver = "{}"\nhandle = "afp"\nclient_id = "s3cret-free-client"\n'
RESETS = datetime(2026, 12, 1, 17, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for name in ("SKY_PASSWORD", "MASTO_TOKEN", "FORCE_COLOR", "NO_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def kept(account: str) -> dict[str, Any]:
    """What the vault has of an account that signed in."""
    found = Vault(Path("t.db.vault")).get(account)
    assert found, f"{account} is not signed in"
    return found


def typing(*lines: str) -> int:
    """A file in which these lines are typed, and no more."""
    reading, writing = os.pipe()
    os.write(writing, "".join(f"{line}\n" for line in lines).encode())
    os.close(writing)
    return reading


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """What the person types."""
    files: list[int] = []

    def type_(*lines: str) -> None:
        files.append(typing(*lines))
        monkeypatch.setattr(signing, "_typed", lambda: files[-1])

    yield type_
    for each in files:
        os.close(each)


def with_browser(monkeypatch: pytest.MonkeyPatch, let_in: Callable[[str], str]) -> list[int]:
    """A person whose browser opens what it is asked to open, and goes on to where that sends it; what it was answered there."""
    answered: list[int] = []

    class Person(callback.Terminal):
        def visit(self, url: str) -> None:
            super().visit(url)
            self.asked = url

        def say(self, text: str) -> None:
            super().say(text)
            if text.startswith("waiting for your browser"):
                threading.Thread(target=self.browse).start()

        def browse(self) -> None:
            answered.append(httpx.get(let_in(self.asked), trust_env=False).status_code)

    monkeypatch.setattr(callback, "Terminal", Person)
    return answered


def free_port() -> int:
    return int(nowhere().rpartition(":")[2])


# --- a network that does as it is told -----------------------------------------------------------------------------------


class Fjord:
    """A driver that is let in with what the vault has."""

    def __init__(self, account: Account, world: World) -> None:
        self.account, self.world = account, world

    def open(self) -> None:
        if not self.world.vault.get(self.account.name):
            raise Unauthorized(f"{self.account.name}: nobody is signed in – threadbot login {self.account.name}")

    def signed(self) -> Signed:
        return Signed("@jo", RESETS, (Limit("posts", 3, 10, RESETS), Limit("uploads", 5, 5)))

    def close(self) -> None:
        """Nothing is held."""


def fjord_login(account: Account, world: World, desk: Desk) -> None:
    world.vault.put(account.name, {"token": desk.ask("Token", hidden=True)})


def failing(error: Exception) -> type[Fjord]:
    class Failing(Fjord):
        def open(self) -> None:
            raise error

    return Failing


FJORD = Network(
    name="fjord",
    rules=SITE,
    settings=(Setting("key", "secret", default=""),),
    destination=lambda account: f"{account.name}.example",
    facts=asks_nothing,
    connect=Fjord,  # type: ignore[arg-type]
    login=fjord_login,
)


@contextmanager
def networks(*more: Network) -> Iterator[None]:
    """The fjord and these are all networks that are installed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(desk, "installed", lambda: {each.name: each for each in (FJORD, *more)})
        yield


def accounts(**networks: str) -> str:
    return "".join(f'[accounts.{name}]\nnetwork = "{network}"\n' for name, network in networks.items())


# --- login ---------------------------------------------------------------------------------------------------------------


def test_who_is_signed_in_is_said_with_what_shows_it(folder: Path, typed: Callable[..., None]) -> None:
    settled(folder, accounts(f="fjord"))
    typed("hunter2")
    with networks():
        said = threadbot("login", "f")
    assert (said.code, said.out) == (0, "f: signed in as @jo until 2026-12-01 18:30 – threadbot accounts shows it\n")
    assert "hunter2" not in said.out + said.err
    assert kept("f") == {"token": "hunter2"}


def test_an_account_that_is_not_there_is_said_with_one_that_is(folder: Path) -> None:
    settled(folder, accounts(fjord="fjord"))
    with networks():
        fails(threadbot("login", "fjrod"), 2, "there is no account “fjrod” – did you mean “fjord”?")


def test_a_network_that_needs_no_login_says_so(folder: Path) -> None:
    settled(folder, accounts(f="shore"))
    with networks(replace(FJORD, name="shore", login=None)):
        fails(threadbot("login", "f"), 2, "f: shore needs no login – threadbot accounts shows what it has")


def test_where_nobody_can_type_it_is_said_at_once(folder: Path) -> None:
    settled(folder, '[accounts."a b"]\nnetwork = "fjord"\n')
    with networks():
        fails(threadbot("login", "a b"), 3, "nobody answers – threadbot login 'a b', in a terminal")


def test_a_login_that_is_refused_keeps_nothing(folder: Path) -> None:
    def login(account: Account, world: World, desk: Desk) -> None:
        raise Unauthorized(f"{account.name}: the network says no")

    settled(folder, accounts(f="fjord"))
    with networks(replace(FJORD, login=login)):
        fails(threadbot("login", "f"), 3, "f: the network says no")
    assert Vault(Path("t.db.vault")).get("f") is None


def test_what_goes_wrong_after_it_is_told(folder: Path, typed: Callable[..., None]) -> None:
    settled(folder, accounts(f="fjord"))
    typed("hunter2")
    with networks(replace(FJORD, connect=failing(Transient("f: nobody is there")))):  # type: ignore[arg-type]
        fails(threadbot("login", "f"), 3, "f: nobody is there")


def test_without_a_driver_there_is_still_a_login(folder: Path, typed: Callable[..., None]) -> None:
    settled(folder, accounts(f="fjord"))
    typed("hunter2")
    with networks(replace(FJORD, connect=None)):
        assert threadbot("login", "f").out == "f: preview only – threadbot accounts shows it\n"


# --- the three networks --------------------------------------------------------------------------------------------------


def signed_in(account: str) -> Mapping[str, Any]:
    """What `accounts` says of an account, in another run."""
    (found,) = (each for each in threadbot("accounts", "--json").json if each["account"] == account)
    assert (found["state"], found["why"]) == ("signed in", "")
    return dict(found)


def test_bluesky_takes_an_app_password_and_keeps_only_the_session(folder: Path, typed: Callable[..., None]) -> None:
    with Served(FakePds(handle="alice.test", password="abcd-efgh")) as server:
        settled(folder, SKY.format(server.url, "alice.test"))
        typed("abcd-efgh")
        said = threadbot("login", "sky")
        assert (said.code, said.out[:34]) == (0, "sky: signed in as @alice.test unti"), said
        assert "abcd-efgh" not in said.out + said.err + str(kept("sky"))
        assert signed_in("sky")["handle"] == "alice.test"


def test_a_wrong_app_password_is_said_with_what_to_do(folder: Path, typed: Callable[..., None]) -> None:
    with Served(FakePds(handle="alice.test", password="abcd-efgh")) as server:
        settled(folder, SKY.format(server.url, "alice.test"))
        typed("hunter2")
        said = threadbot("login", "sky")
    fails(said, 3, "sky: ", "Invalid identifier or password", "check the handle and the app password")
    assert "hunter2" not in said.err


def test_a_real_pds_lets_somebody_in_who_types_into_a_pipe(folder: Path, pds: Pds) -> None:
    person = pds.person()
    settled(folder, SKY.format(pds.url, person.handle))
    command = [sys.executable, "-m", "bot", "login", "sky"]
    done = subprocess.run(command, input=f"{person.password}\n", capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout[:35]) == (0, f"sky: signed in as @{person.handle} until"[:35]), done
    assert kept("sky")["did"] == person.did
    assert person.password not in done.stdout + done.stderr + str(kept("sky"))


def let_in_by(server: Served) -> Callable[[str], str]:
    """Where a Mastodon server sends the browser of somebody who says yes."""
    return lambda url: httpx.get(url, trust_env=False).headers["location"]


def test_mastodon_lets_somebody_in_through_their_browser(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    port = free_port()
    monkeypatch.setattr(doorkeeper, "PORT", port)
    monkeypatch.setattr(doorkeeper, "BACK", f"http://127.0.0.1:{port}/callback")
    fake = FakeMastodon()
    fake.sign_up("alice")
    with Served(fake) as server:
        answered = with_browser(monkeypatch, let_in_by(server))
        settled(folder, MASTO.format(server.url))
        said = threadbot("login", "masto")
        assert (said.code, answered) == (0, [200]), said
        assert said.out.startswith("masto: signed in as @alice@127.0.0.1")
        assert kept("masto")["token"] not in said.out + said.err
        assert signed_in("masto")["handle"].startswith("@alice@")


def test_mastodon_lets_somebody_in_who_pastes(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = FakeMastodon()
    fake.sign_up("alice")
    with Served(fake) as server:
        settled(folder, MASTO.format(server.url))
        said = pasting("masto", let_in_by(server))
        assert (said.code, said.out[:31]) == (0, "masto: signed in as @alice@127."), said
        assert kept("masto")["token"] not in said.out + said.err


def test_somebody_who_says_no_is_not_signed_in(folder: Path) -> None:
    fake = FakeMastodon(denies=True)
    fake.sign_up("alice")
    with Served(fake) as server:
        settled(folder, MASTO.format(server.url))
        fails(pasting("masto", let_in_by(server)), 3, "nobody was let in", "threadbot login masto")


def pasting(account: str, let_in: Callable[[str], str]) -> Said:
    """A login in a process of its own, by somebody whose browser is on another machine."""
    command = [sys.executable, "-m", "bot", "login", account, "--paste"]
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, **pipes) as login:
        said = ""
        while "paste here" not in said:
            said += login.stderr.readline()
            assert login.poll() is None, said
        (asked,) = (line for line in said.splitlines() if line.startswith("http"))
        out, err = login.communicate(f"{let_in(asked)}\n", timeout=60)
    return Said(login.returncode, out, said + err)


def let_in_by_x(fake: FakeX) -> Callable[[str], str]:
    """Where X sends the browser of somebody who says yes."""

    def let_in(url: str) -> str:
        came = fake.gate.authorised(url, fake.gate.people[0], datetime.now(UTC))
        return str(httpx.URL(fake.gate.back, params=came))

    return let_in


def test_x_lets_somebody_in_through_their_browser(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    port = free_port()
    fake = FakeX()
    fake.gate.person("afp")
    fake.gate.back = f"http://127.0.0.1:{port}/callback"
    monkeypatch.setattr(x_login, "PORT", port)
    monkeypatch.setattr(x_login, "BACK", fake.gate.back)
    with Served(fake) as server:
        answered = with_browser(monkeypatch, let_in_by_x(fake))
        settled(folder, X.format(server.url))
        said = threadbot("login", "x")
        assert (said.code, answered) == (0, [200]), said
        assert said.out.startswith("x: signed in as @afp")
        assert "s3cret-access" not in said.out + said.err
        assert "s3cret-access" in str(kept("x"))
        assert signed_in("x")["handle"] == "afp"


def test_x_lets_somebody_in_who_pastes(folder: Path) -> None:
    fake = FakeX()
    fake.gate.person("afp")
    with Served(fake) as server:
        settled(folder, X.format(server.url))
        said = pasting("x", let_in_by_x(fake))
    assert (said.code, said.out[:23]) == (0, "x: signed in as @afp – "), said
    assert "s3cret-access" not in said.out + said.err


def test_somebody_else_than_the_config_says_is_not_signed_in(folder: Path) -> None:
    fake = FakeX()
    fake.gate.person("somebody")
    with Served(fake) as server:
        settled(folder, X.format(server.url))
        fails(pasting("x", let_in_by_x(fake)), 3, "signed in as @somebody, but the config says @afp")
    assert "s3cret-access" not in str(Vault(Path("t.db.vault")).get("x"))


# --- accounts ------------------------------------------------------------------------------------------------------------


def test_each_account_has_a_line_with_what_it_may_still_do(folder: Path) -> None:
    text = (
        accounts(f="fjord", off="fjord", shown="shown", open="open") + '[accounts.keyed]\nnetwork = "fjord"\nkey = "env:KEY"\n'
    )
    settled(folder, text)
    for name in ("f", "keyed"):
        Vault(folder / "t.db.vault").put(name, {"token": "hunter2"})
    shown, open_ = replace(FJORD, name="shown", connect=None), replace(FJORD, name="open", login=None, settings=())
    with networks(shown, open_):
        said = threadbot("accounts")
    limits = "3 of 10 posts left, all again at 2026-12-01 18:30; 5 of 5 uploads left"
    assert said.out.splitlines() == [
        f"f      fjord  f.example: signed in as @jo until 2026-12-01 18:30; {limits}",
        "off    fjord  off.example: not signed in – nobody is signed in – threadbot login off",
        "shown  shown  shown.example: preview only",
        "open   open   open.example: no sign-in needed",
        f"keyed  fjord  keyed.example: signed in as @jo until 2026-12-01 18:30; key from env:KEY; {limits}",
    ]
    assert said.code == 3


def test_commands_can_be_typed_as_they_stand_where_the_config_is_elsewhere(folder: Path, typed: Callable[..., None]) -> None:
    settled(folder, accounts(f="fjord"))
    (folder / "config.toml").rename(folder / "other one.toml")
    elsewhere = ("--config", "other one.toml")
    with networks():
        assert "threadbot login --config 'other one.toml' f\n" in threadbot("accounts", *elsewhere).out
        assert "nobody answers – threadbot login --config 'other one.toml' f, in" in threadbot("login", "f", *elsewhere).err
        typed("hunter2")
        assert "threadbot accounts --config 'other one.toml' shows it\n" in threadbot("login", "f", *elsewhere).out


def test_machines_are_told_the_same(folder: Path) -> None:
    settled(folder, '[accounts.f]\nnetwork = "fjord"\nkey = "file:secret/path"\n')
    Vault(folder / "t.db.vault").put("f", {"token": "hunter2"})
    with networks():
        said = threadbot("accounts", "--json")
    assert (said.code, said.json) == (
        0,
        [
            {
                "account": "f",
                "network": "fjord",
                "destination": "f.example",
                "state": "signed in",
                "why": "",
                "handle": "@jo",
                "until": "2026-12-01T17:30:00+00:00",
                "secrets": {"key": "file:…"},
                "limits": [
                    {"name": "posts", "left": 3, "total": 10, "resets": "2026-12-01T17:30:00+00:00"},
                    {"name": "uploads", "left": 5, "total": 5, "resets": None},
                ],
            }
        ],
    )


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (Unauthorized("f: the password is wrong"), "not signed in – the password is wrong"),
        (Transient("f: nobody is there"), "no answer – nobody is there"),
        (Rejected("f: no"), "no answer – no"),
        (StoreError("the vault is full"), "no answer – the vault is full"),
        (KeyError("hunter2"), "no answer – the driver of rock failed (KeyError)"),
    ],
)
def test_an_account_that_fails_says_so_in_its_line_and_harms_no_other(folder: Path, error: Exception, line: str) -> None:
    settled(folder, accounts(f="rock", g="fjord"))
    Vault(folder / "t.db.vault").put("g", {"token": "hunter2"})
    with networks(replace(FJORD, name="rock", connect=failing(error))):  # type: ignore[arg-type]
        said = threadbot("accounts")
    assert said.out.splitlines()[0] == f"f  rock   f.example: {line}"
    assert "signed in as @jo" in said.out.splitlines()[1]
    assert (said.code, said.err) == (3, "")


def test_accounts_are_asked_at_the_same_time_and_one_that_is_silent_is_left(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(roll, "PATIENCE", 0.2)
    together, never = threading.Barrier(2), threading.Event()

    class Meeting(Fjord):
        def open(self) -> None:
            together.wait(10)  # each waits for the other

    class Silent(Fjord):
        def open(self) -> None:
            never.wait(60)

    settled(folder, accounts(a="meet", b="meet", c="silent"))
    meet, silent = (replace(FJORD, name=name, connect=made) for name, made in (("meet", Meeting), ("silent", Silent)))  # type: ignore[arg-type]
    with networks(meet, silent):
        said = threadbot("accounts")
    never.set()
    assert ["signed in" in line for line in said.out.splitlines()] == [True, True, False]
    assert said.out.splitlines()[2].endswith("no answer – nothing came within 0 seconds – try again")


def test_no_secret_is_read_to_check_or_preview(folder: Path) -> None:
    settled(folder, MASTO.format(nowhere()) + 'token = "command:touch read"\n')
    (folder / "draft.md").write_text("Water rises.")
    for command in ("check", "preview"):
        assert threadbot(command, "draft.md").code == 0
    assert not (folder / "read").exists()
    assert threadbot("accounts").code == 3
    assert (folder / "read").exists()


def test_no_account_at_all_is_said_in_words(folder: Path) -> None:
    settled(folder, "")
    with networks():
        assert threadbot("accounts").out == "no account yet – add one to the config\n"
        assert threadbot("accounts", "--json").json == []


def test_what_a_server_calls_somebody_does_not_reach_the_terminal_as_it_is(folder: Path) -> None:
    class Painted(Fjord):
        def open(self) -> None:
            """Whoever it is."""

        def signed(self) -> Signed:
            return Signed("\x1b[31mred")

    settled(folder, accounts(f="fjord"))
    with networks(replace(FJORD, connect=Painted)):  # type: ignore[arg-type]
        assert "\x1b" not in threadbot("accounts").out + threadbot("accounts", "--json").out


# --- core dumps ----------------------------------------------------------------------------------------------------------


def test_a_core_dump_would_hold_secrets_so_there_is_none(folder: Path) -> None:
    program = (
        "import resource, sys\nfrom bot.cli.main import main\nsys.argv[1:] = ['--version']\n"
        "try: main()\nfinally: print(resource.getrlimit(resource.RLIMIT_CORE))"
    )
    assert process(cwd=folder, python=("-c", program)).out.endswith("(0, 0)\n")
