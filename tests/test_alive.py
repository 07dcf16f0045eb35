"""The kernel says who is alive; what the dead left behind is buried."""

from __future__ import annotations

import multiprocessing
import os
import platform
import signal
import time
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from bot.core.errors import StoreError
from bot.store.alive import BIRTH, Process

SPAWN = multiprocessing.get_context("spawn")


def files(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


def token(process: Process) -> str:
    return process.name.partition("/")[2]


def age(folder: Path) -> None:
    """Let all files be older than any process that is just starting."""
    for file in folder.iterdir():
        os.utime(file, (time.time() - 2 * BIRTH,) * 2)


def test_a_process_is_named_after_its_machine_and_like_no_other(tmp_path: Path) -> None:
    one, two = Process(tmp_path), Process(tmp_path)
    assert one.name != two.name
    assert one.name.startswith(f"{platform.node()}/{os.getpid()}-")
    one.close()
    two.close()


def test_who_lives_is_not_dead_and_who_said_goodbye_is(tmp_path: Path) -> None:
    one, two = Process(tmp_path), Process(tmp_path)
    assert not two.died(one.name)
    assert not one.died(one.name)
    one.close()
    assert two.died(one.name)
    assert files(tmp_path) == [f"{token(two)}.alive"]
    two.close()
    assert files(tmp_path) == []


def test_of_another_machine_nobody_can_tell(tmp_path: Path) -> None:
    process = Process(tmp_path)
    assert not process.near("elsewhere/17-0123abcd")
    assert not process.died("elsewhere/17-0123abcd")
    assert process.near(f"{platform.node()}/17-0123abcd")
    assert process.died(f"{platform.node()}/17-0123abcd")
    process.close()


def test_a_name_from_the_database_reaches_no_other_file(tmp_path: Path) -> None:
    (tmp_path / "precious.alive").write_text("")
    process = Process(tmp_path / "alive")
    assert process.died(f"{platform.node()}/../precious")
    assert (tmp_path / "precious.alive").exists()
    process.close()


def lives(folder: Path, said: Connection) -> None:
    process = Process(folder)
    said.send(process.name)
    signal.pause()


def test_the_file_of_a_killed_process_is_buried_by_the_next(tmp_path: Path) -> None:
    here, there = SPAWN.Pipe()
    child = SPAWN.Process(target=lives, args=(tmp_path, there), daemon=True)
    child.start()
    assert here.poll(60)
    name = here.recv()
    age(tmp_path)
    watcher = Process(tmp_path)
    assert not watcher.died(name)
    assert len(files(tmp_path)) == 2  # the living are not buried
    child.kill()
    child.join(60)
    age(tmp_path)
    follower = Process(tmp_path)
    assert files(tmp_path) == sorted(f"{token(each)}.alive" for each in (watcher, follower))
    assert follower.died(name)
    watcher.close()
    follower.close()


def test_a_process_that_is_just_being_born_is_not_buried(tmp_path: Path) -> None:
    (tmp_path / "1-0123abcd.alive").write_text("")  # made, and not locked yet
    Process(tmp_path).close()
    assert files(tmp_path) == ["1-0123abcd.alive"]
    age(tmp_path)
    Process(tmp_path).close()
    assert files(tmp_path) == []


def test_a_folder_that_cannot_be_used_is_said(tmp_path: Path) -> None:
    (tmp_path / "alive").write_text("")
    with pytest.raises(StoreError, match="alive cannot be used: "):
        Process(tmp_path / "alive")
