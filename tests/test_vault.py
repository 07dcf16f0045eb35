"""What an account signed in with is kept for its owner alone, whole or not at all, and nowhere but in the vault."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from bot.core.errors import StoreError
from bot.store import vault as vaults
from bot.store.database import Database
from bot.store.store import Store
from bot.store.vault import Vault

TOKENS = {"access": "sentinel-access", "refresh": "sentinel-refresh"}
ODD = (
    "a/b",
    "../../etc/passwd",
    ".",
    "..",
    "a b",
    "Ünï",
    "sky.json",
    "sky.lock",
    "\U0001f9f5",
    "CON",
    "a:b",
    "-rf",
    "%2F",
    "a'b\"",
)


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return Vault(tmp_path / "t.db.vault")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_session_is_kept_per_account_and_replaced_whole(vault: Vault) -> None:
    assert vault.get("sky") is None
    vault.put("sky", {"did": "did:plc:a", "access": "1"})
    vault.put("sky", {"did": "did:plc:b"})
    vault.put("masto", {"token": "é"})
    assert vault.get("sky") == {"did": "did:plc:b"}
    assert vault.get("masto") == {"token": "é"}


def test_another_process_finds_it_beside_the_database(tmp_path: Path) -> None:
    with Store(tmp_path / "t.db") as store:
        store.vault.put("sky", TOKENS)
    assert Vault(tmp_path / "t.db.vault").get("sky") == TOKENS


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_only_its_owner_can_read_it_whatever_the_umask(vault: Vault, umask: int) -> None:
    before = os.umask(umask)
    try:
        vault.put("sky", TOKENS)
        with vault.locked("sky"):
            vault.put("sky", TOKENS)
    finally:
        os.umask(before)
    assert mode(vault.folder) == 0o700
    assert {path.name: mode(path) for path in vault.folder.iterdir()} == {"sky.json": 0o600, "sky.lock": 0o600}


def test_a_file_that_was_opened_to_others_is_closed_by_the_next_sign_in(vault: Vault) -> None:
    vault.put("sky", TOKENS)
    (vault.folder / "sky.json").chmod(0o644)
    vault.put("sky", TOKENS)
    assert mode(vault.folder / "sky.json") == 0o600


def test_accounts_with_odd_names_have_files_of_their_own_in_the_folder(vault: Vault) -> None:
    for name in ODD:
        vault.put(name, {"name": name})
        with vault.locked(name):
            assert vault.get(name) == {"name": name}
    assert [vault.get(name) for name in ODD] == [{"name": name} for name in ODD]
    assert len(list(vault.folder.glob("*.json"))) == len(ODD)
    assert [path.name for path in vault.folder.parent.iterdir()] == [vault.folder.name]


@pytest.mark.parametrize("body", [b"", b"{", b"7", b"[1]", b'[["a", 1]]', b"null", b"\xff\xfe", b"[" * 100_000])
def test_a_session_that_cannot_be_read_is_as_good_as_none(vault: Vault, body: bytes) -> None:
    vault.put("sky", TOKENS)
    (vault.folder / "sky.json").write_bytes(body)
    assert vault.get("sky") is None
    vault.put("sky", TOKENS)
    assert vault.get("sky") == TOKENS


def test_a_vault_that_cannot_be_used_is_said_with_its_folder(tmp_path: Path) -> None:
    (tmp_path / "t.db.vault").write_text("no folder")
    vault = Vault(tmp_path / "t.db.vault")
    for use in (vault.get, vault.locked("sky").__enter__, lambda *_: vault.put("sky", TOKENS)):
        with pytest.raises(StoreError, match=r"t\.db\.vault cannot be used: "):
            use("sky") if use == vault.get else use()  # type: ignore[call-arg]


def test_nothing_is_left_of_a_write_that_failed(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    vault.put("sky", {"did": "did:plc:a"})
    monkeypatch.setattr(Path, "replace", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(StoreError, match="No space left on device"):
        vault.put("sky", TOKENS)
    assert [path.name for path in vault.folder.iterdir()] == ["sky.json"]
    assert vault.get("sky") == {"did": "did:plc:a"}


def test_it_is_on_disk_before_it_is_in_its_place(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[str] = []
    fsync, replace = os.fsync, Path.replace
    monkeypatch.setattr(os, "fsync", lambda handle: (steps.append("sync"), fsync(handle))[1])
    monkeypatch.setattr(Path, "replace", lambda old, new: (steps.append("replace"), replace(old, new))[1])
    vault.folder.mkdir()
    vault.put("sky", TOKENS)
    assert steps == ["sync", "replace", "sync"]


# Two writers that never wait for each other: each file is one of them, whole.
WRITER = """
import sys
from pathlib import Path
from bot.store.vault import Vault
vault = Vault(Path(sys.argv[1]))
print("ready", flush=True)
sys.stdin.readline()
for number in range(100):
    vault.put("sky", {"who": sys.argv[2], "padding": sys.argv[2] * 5000})
    kept = vault.get("sky")
    assert kept and kept["padding"] == kept["who"] * 5000, kept
"""
# Takes the lock, says so, and holds it until it is told to go on.
HOLDER = """
import sys
from pathlib import Path
from bot.store.vault import Vault
with Vault(Path(sys.argv[1])).locked("sky"):
    print("locked", flush=True)
    sys.stdin.readline()
"""


def started(program: str, *words: str) -> subprocess.Popen[str]:
    """A process that has said its first line."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    process = subprocess.Popen([sys.executable, "-c", program, *words], text=True, **pipes)  # type: ignore[call-overload]
    assert process.stdout.readline()
    return process  # type: ignore[no-any-return]


def test_two_processes_that_write_at_once_leave_no_half_of_a_session(vault: Vault) -> None:
    writers = [started(WRITER, str(vault.folder), who) for who in "ab"]
    for each in writers:
        print("go", file=each.stdin, flush=True)
    for each in writers:
        each.communicate(timeout=60)
    assert [each.returncode for each in writers] == [0, 0]
    assert [path.name for path in vault.folder.iterdir()] == ["sky.json"]


def test_one_process_at_a_time_renews_a_token(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vaults, "PATIENCE", 0.1)
    with started(HOLDER, str(vault.folder)) as holder:
        with pytest.raises(StoreError, match="another threadbot is signing in as sky – try again"), vault.locked("sky"):
            pytest.fail("two hold the lock")
        with vault.locked("masto"):
            pass
        holder.communicate("go on\n", timeout=60)
    with vault.locked("sky"):
        pass


def test_a_process_that_dies_holds_no_lock(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vaults, "PATIENCE", 5.0)
    with started(HOLDER, str(vault.folder)) as holder:
        holder.send_signal(signal.SIGKILL)
        holder.wait()
    with vault.locked("sky"):
        pass


def test_what_fails_under_the_lock_is_not_blamed_on_the_vault(vault: Vault) -> None:
    with pytest.raises(OSError, match="somebody else"), vault.locked("sky"):
        raise OSError("somebody else")


def test_tokens_that_were_kept_in_the_database_are_gone_from_all_its_files(tmp_path: Path) -> None:
    """SQLite leaves what is dropped or replaced in the pages of its file, and in the write-ahead log."""
    file = tmp_path / "old.db"
    old = sqlite3.connect(file)
    old.execute("PRAGMA journal_mode = WAL")
    old.execute("PRAGMA secure_delete = OFF")  # some systems have it on
    old.executescript("CREATE TABLE sessions (account TEXT PRIMARY KEY, body TEXT); CREATE TABLE threads (digest TEXT);")
    for account in range(20):
        for number in range(3):
            body = json.dumps({**TOKENS, "number": number, "padding": "x" * 3000})
            old.execute("INSERT OR REPLACE INTO sessions VALUES (?, ?)", (f"sky{account}", body))
            old.commit()
        old.execute("DELETE FROM sessions WHERE account = ?", (f"sky{account - 1}",))
    old.execute("PRAGMA user_version = 1")
    old.commit()
    old.execute("PRAGMA wal_checkpoint(PASSIVE)")
    files = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    old.close()
    for name, content in files.items():  # as a run that was killed left them
        (tmp_path / name).write_bytes(content)
    assert b"sentinel" in (tmp_path / "old.db").read_bytes()
    assert b"sentinel" in (tmp_path / "old.db-wal").read_bytes()
    Database(file)
    assert [path.name for path in tmp_path.iterdir() if b"sentinel" in path.read_bytes()] == []
