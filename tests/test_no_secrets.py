"""A newsroom signs in, publishes, fails and mends, while the servers repeat every secret that they are told: none of them is in
a log, an error, a plan, a database or a page; tokens are in the vault and nowhere else."""

from __future__ import annotations

import base64
import html
import json
import re
import sqlite3
import stat
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from urllib.parse import quote, quote_plus

import pytest

from tests.newsroom import Newsroom


def forms(secret: str) -> set[bytes]:
    """What a secret may look like after it went through somebody's program."""
    escaped = {quote(secret), quote(secret, safe=""), quote_plus(secret), html.escape(secret), repr(secret)[1:-1]}
    escaped |= {json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1], repr(secret.encode())[2:-1]}
    return {each.encode() for each in {secret, *escaped, *map(str.lower, escaped)}} | set(_packed(secret.encode()))


def _packed(secret: bytes) -> Iterator[bytes]:
    """The middle of its base64, wherever it stands in a longer text."""
    for before in range(3):
        whole = base64.b64encode(b"\0" * before + secret)
        middle = whole[4 if before else 0 : (before + len(secret)) // 3 * 4]
        yield from (middle, middle.replace(b"+", b"-").replace(b"/", b"_"))


def found(content: bytes, secrets: set[str]) -> list[str]:
    """The secrets that stand in it."""
    return [secret for secret in secrets if any(form in content for form in forms(secret))]


@pytest.mark.parametrize(
    "look",
    [
        str,
        lambda secret: quote(secret, safe=""),
        lambda secret: json.dumps({"a": secret}),
        html.escape,
        lambda secret: repr(secret.encode()),
        lambda secret: base64.b64encode(f"somebody:{secret}".encode()).decode(),
        lambda secret: base64.urlsafe_b64encode(f"a:{secret}:b".encode()).decode(),
    ],
)
def test_a_secret_is_found_however_it_is_written(look: Callable[[str], str]) -> None:
    secret = "hörse & 'b/a+t=te%ry'"
    assert found(f"before {look(secret)} after".encode(), {secret, "other secret"}) == [secret]


@pytest.fixture(scope="module")
def newsroom(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Newsroom]:
    """After a day of work."""
    with ExitStack() as open_:
        made = Newsroom(tmp_path_factory.mktemp("newsroom"), open_)
        made.run("accounts")  # makes the database
        # while somebody reads, SQLite keeps its side files: they are to be looked at, too
        reader = open_.enter_context(closing(sqlite3.connect(made.folder / "t.db")))
        reader.execute("SELECT count(*) FROM plans").fetchall()
        sign_in(made)
        publish(made, compose(made))
        yield made


def sign_in(room: Newsroom) -> None:
    """First in vain."""
    room.lie(400)
    room.login("sky", room.pds.password)
    room.login("press", room.let_in_by_x)
    room.lie(0)
    for account, let_in in (("social", room.let_in), ("press", room.let_in_by_x)):
        assert room.login(account, let_in).code == 0


def compose(room: Newsroom) -> str:
    """Everything that needs no password; returns the plan."""
    for words in (["check"], ["preview"], ["preview", "--explain"], ["preview", "--json"], ["check", "--json"]):
        assert room.run(words[0], "draft.md", *words[1:]).code == 0
    plan = json.loads(room.run("schedule", "draft.md", "--at", "2130-12-01 18:00", "--json").out)["id"]
    assert isinstance(plan, str)
    return plan


def publish(room: Newsroom, plan: str) -> None:
    """While everything fails that can; then some of it is out, some nobody knows, and all of it is taken back."""
    sending = ["publish", "draft.md", "--yes"]
    for status in (500, 401, 400, 302, 200):
        room.lie(status)
        for words in (sending, ["accounts"]):
            room.run(*words)
    room.run("preview", "draft.md")
    for status in (403, 401, 200, 500):
        room.lie(status, publishing=True)
        for words in (sending, ["status", plan]):
            room.run(*words)
    room.lie(0)
    room.age()
    for account in ("x", "press", "masto", "social", "sky"):
        room.run("resolve", plan, "--account", account, "--post", "1", "--absent")
    room.run("retry", plan)
    more = room.run("append", plan, "more.md", "--yes", "--json").json["id"]
    for status in (403, 0):
        room.lie(status)
        for words in (["rollback", more, "--yes"], ["rollback", plan, "--yes"], ["worker", "--once"], ["accounts", "--json"]):
            room.run(*words)
    for words in (["status", plan, "--json"], ["list", "--json"], ["list"], ["cancel", plan]):
        room.run(*words)


def test_the_day_was_worth_looking_at(newsroom: Newsroom) -> None:
    """Each network was told its secrets and was published to; else nothing would be proved."""
    assert {"t.db", "t.db-wal", "t.db-shm"} <= {path.name for path in newsroom.folder.iterdir()}
    for name, echo in newsroom.echoes.items():
        assert echo.secrets
        assert re.search(rf"{name}: posts? .* live: http".encode(), newsroom.printed), name
        assert re.search(rf"{name}: posts? .* refused".encode(), newsroom.printed), name
    assert newsroom.pds.password in newsroom.echoes["sky"].secrets
    assert newsroom.press.gate.refreshed
    assert newsroom.pds.tokens.next  # by refresh token: what was given for it
    assert b"DEBUG:" in newsroom.printed


def test_nothing_that_was_printed_has_a_secret_in_it(newsroom: Newsroom) -> None:
    leaks = set(found(newsroom.printed, newsroom.secrets))
    assert [line for line in newsroom.printed.splitlines() if leaks and found(line, leaks)] == []


def test_nothing_that_was_written_has_a_secret_in_it(newsroom: Newsroom) -> None:
    secrets = newsroom.secrets
    assert {path.name: leaks for path in newsroom.files() if (leaks := found(path.read_bytes(), secrets))} == {}


def test_the_vault_has_the_tokens_for_its_owner_alone(newsroom: Newsroom) -> None:
    vault = newsroom.folder / "t.db.vault"
    assert stat.S_IMODE(vault.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in vault.iterdir()} == {0o600}
    content = b"".join(path.read_bytes() for path in vault.iterdir())
    assert found(content, newsroom.secrets)
    assert found(content, newsroom.typed) == []


def test_a_secret_in_the_config_is_refused_unseen(newsroom: Newsroom) -> None:
    config, secret = newsroom.folder / "clear.toml", "c0ns/umer+k3y="
    config.write_text(f'[accounts.x]\nnetwork = "x"\nhandle = "afp"\nconsumer_key = "{secret}"\ntoken = "{secret}"\n')
    said = newsroom.run("accounts", "--config", "clear.toml")
    config.unlink()
    assert said.code == 2
    assert found((said.out + said.err).encode(), {secret}) == []
