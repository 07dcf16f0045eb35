"""Writers who come at the same time share a transaction, and each hears what became of its own part."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Connection

from bot.core.errors import StoreError
from bot.store.database import Database
from bot.store.together import Together

WRITERS = 20


class Book:
    """A table of numbers, and a door before its transactions."""

    def __init__(self, path: Path) -> None:
        self.database = Database(path)
        self.transactions = 0
        self.full = False
        self.entered, self.opened = threading.Event(), threading.Event()
        self.together = Together(self.writing)
        with self.database.writing() as connection:
            connection.exec_driver_sql("CREATE TABLE numbers (number INTEGER PRIMARY KEY)")

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        with self.database.writing() as connection:
            self.transactions += 1
            self.entered.set()
            assert self.opened.wait(20)
            yield connection
            if self.full:
                raise StoreError("the disk is full")

    def add(self, number: int) -> None:
        """As a writer does: it has its number in the book, or an error."""
        self.together.write(lambda connection: connection.exec_driver_sql("INSERT INTO numbers VALUES (?)", (number,)))
        assert number in self.numbers(), "it is there when `write` returns"

    def numbers(self) -> set[int]:
        with self.database.reading() as connection:
            return set(connection.exec_driver_sql("SELECT number FROM numbers").scalars())

    def all_at_once(self, *numbers: int) -> list[BaseException | None]:
        """What becomes of writers who all come while the first of them is in its transaction."""
        with ThreadPoolExecutor(len(numbers)) as pool:
            first = pool.submit(self.add, numbers[0])
            assert self.entered.wait(20)
            others = [pool.submit(self.add, number) for number in numbers[1:]]
            while len(self.together._waiting) < len(others):
                assert not any(each.done() for each in others)
            self.opened.set()
            return [each.exception() for each in (first, *others)]


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    book = Book(tmp_path / "t.db")
    yield book
    book.database.close()


def test_those_who_wait_share_the_next_transaction(book: Book) -> None:
    assert book.all_at_once(*range(WRITERS)) == [None] * WRITERS
    assert (book.numbers(), book.transactions) == (set(range(WRITERS)), 2)


def test_what_fails_takes_nothing_of_the_others_with_it(book: Book) -> None:
    errors = book.all_at_once(1, 2, 2, 3)
    assert [type(error).__name__ for error in errors if error] == ["IntegrityError"]
    assert book.numbers() == {1, 2, 3}


def test_what_fails_half_way_leaves_no_half(book: Book) -> None:
    def work(connection: Connection) -> None:
        connection.exec_driver_sql("INSERT INTO numbers VALUES (7)")
        raise ZeroDivisionError

    book.opened.set()
    with pytest.raises(ZeroDivisionError):
        book.together.write(work)
    assert book.numbers() == set()


def test_if_the_disk_is_full_everybody_hears_so(book: Book) -> None:
    book.full = True
    assert [str(error) for error in book.all_at_once(1, 2, 3)] == ["the disk is full"] * 3
    assert book.numbers() == set()
