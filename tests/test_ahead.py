"""The next picture of a thread is read while the one before it is on its way; whatever a driver asks for, it gets."""

from __future__ import annotations

import threading

import pytest

from bot.core.errors import StoreError
from bot.engine.ahead import Ahead

PICTURES = {name: name.encode() * 3 for name in ("a", "b", "c")}


class Shelf:
    """Pictures, and who reads them; one is damaged."""

    def __init__(self) -> None:
        self.read: list[str] = []
        self.came = {name: threading.Event() for name in PICTURES}

    def picture(self, name: str) -> bytes:
        self.read.append(name)
        self.came.get(name, threading.Event()).set()
        if name not in PICTURES:
            raise StoreError(f"picture {name} is damaged")
        return PICTURES[name]


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


def test_each_picture_is_read_once_and_before_it_is_asked_for(shelf: Shelf) -> None:
    ahead = Ahead(shelf.picture, "abacb")
    for name in "abc":
        assert shelf.came[name].wait(20), "it is being read already"
        assert ahead(name) == PICTURES[name]
    ahead.close()
    assert shelf.read == ["a", "b", "c"]


def test_a_driver_may_begin_anywhere_and_ask_twice(shelf: Shelf) -> None:
    ahead = Ahead(shelf.picture, "abc")
    assert [ahead(name) for name in "bbca"] == [PICTURES[name] for name in "bbca"]
    ahead.close()


def test_no_more_than_one_picture_waits(shelf: Shelf) -> None:
    ahead = Ahead(shelf.picture, "abc")
    ahead("a")
    ahead.close()
    assert shelf.read == ["a", "b"]


def test_a_damaged_picture_is_said_when_it_is_asked_for(shelf: Shelf) -> None:
    ahead = Ahead(shelf.picture, ["a", "damaged"])
    assert ahead("a") == PICTURES["a"]
    with pytest.raises(StoreError, match="damaged"):
        ahead("damaged")
    ahead.close()


def test_a_thread_without_pictures_reads_nothing(shelf: Shelf) -> None:
    Ahead(shelf.picture, ()).close()
    assert shelf.read == []
