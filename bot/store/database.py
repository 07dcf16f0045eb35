"""The database: its tables, and transactions that are durable when they end.

SQLite in WAL mode with `synchronous=FULL`: a commit that returned survives a power cut (sqlite.org/pragma.html). With `NORMAL`
it survives the end of its process, and is seen by all others: enough for what a power cut ends anyway.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import Any

from sqlalchemy import (
    URL,
    Column,
    Connection,
    Engine,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    create_engine,
    event,
)
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import QueuePool

from bot.core.errors import StoreError

VERSION = 3
KEPT = 8  # connections that stay open: to open one takes as long as to write a line
TABLES = MetaData()

plans = Table(
    "plans",
    TABLES,
    Column("digest", String(64), primary_key=True),
    Column("slug", Text, nullable=False),
    Column("source", Text, nullable=False),  # the draft's path, for people
    Column("body", Text, nullable=False),  # JSON, checked against the digest whenever it is read
    Column("sealed", String(32), nullable=False),
)
threads = Table(
    "threads",
    TABLES,
    Column("digest", String(64), primary_key=True),
    Column("account", Text, primary_key=True),
    Column("slug", Text, nullable=False, index=True),
    Column("due", String(32), nullable=False),
    Column("wake", String(32), index=True),  # when there is something to do next; NULL: done, or stopped for a human
    Column("owner", Text),  # who publishes it now, and until when that holds without a word from them
    Column("until", String(32)),
    Column("paused", Text),  # why nothing is sent until a human says so; NULL: it goes on
    Column("follows", String(64), nullable=False, server_default=""),  # the plan whose thread on the account it continues
)
ledger = Table(
    "ledger",
    TABLES,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("digest", String(64), nullable=False),
    Column("account", Text, nullable=False),
    Column("body", Text, nullable=False),
    UniqueConstraint("digest", "account", "seq"),
    sqlite_autoincrement=True,
)
pictures = Table(
    "pictures",
    TABLES,
    Column("sha256", String(64), primary_key=True),
    Column("data", LargeBinary, nullable=False),
)


CHANGES: tuple[tuple[str, ...], ...] = (  # from each version to the next
    ("DROP TABLE IF EXISTS sessions",),  # they are in files of their own
    (
        "ALTER TABLE threads ADD COLUMN paused TEXT",
        "ALTER TABLE threads ADD COLUMN follows VARCHAR(64) NOT NULL DEFAULT ''",
    ),
)


def stamp(moment: datetime) -> str:
    """A moment as the database keeps it: UTC, fixed width, so that text order is time order."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


class Database:
    """One database file. Raises StoreError wherever it cannot be used."""

    def __init__(self, path: Path) -> None:
        self.path, self._alone = path, threading.Lock()
        with self._said():
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            # It holds what is not out yet: nobody else may read it. SQLite gives its side files the same mode.
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
            self.engine, self.fleeting = _engine(path, "FULL"), _engine(path, "NORMAL")
            self._prepare()

    def close(self) -> None:
        """Let go of the connections."""
        self.engine.dispose()
        self.fleeting.dispose()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One consistent view."""
        with self._said(), self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self, fleeting: bool = False) -> Iterator[Connection]:
        """All or nothing, alone, and on disk when it ends; what is `fleeting` need not outlast a power cut."""
        # SQLite lets a second writer sleep, longer each time; those of this process queue instead.
        engine = self.fleeting if fleeting else self.engine
        with self._alone, self._said(), engine.connect() as connection:
            connection.execution_options(begin="BEGIN IMMEDIATE")
            with connection.begin():
                yield connection

    @contextmanager
    def _said(self) -> Iterator[None]:
        try:
            yield
        except (SQLAlchemyError, sqlite3.Error, OSError) as error:
            reason = getattr(error, "orig", None) or error
            raise StoreError(f"the database {self.path} cannot be used: {reason}") from error

    def _prepare(self) -> None:
        self._forget_sessions()
        with self.writing() as connection:
            version = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
            if version > VERSION:
                raise StoreError(f"the database {self.path} is from a newer threadbot – update threadbot")
            if version < VERSION:
                for change in chain.from_iterable(CHANGES[version - 1 :] if version else ()):
                    connection.exec_driver_sql(change)
                TABLES.create_all(connection)
                connection.exec_driver_sql(f"PRAGMA user_version = {VERSION}")

    def _forget_sessions(self) -> None:
        """The first version kept tokens in here. What SQLite drops stays in the file until that is written anew."""
        with closing(self.engine.raw_connection()) as connection:
            run = connection.cursor().execute
            if run("PRAGMA user_version").fetchone() == (1,):
                for step in ("DROP TABLE IF EXISTS sessions", "VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"):
                    run(step)


def _engine(path: Path, synchronous: str) -> Engine:
    url = URL.create("sqlite", database=str(path))  # as text, a path with ? or % in it would name another file
    # isolation_level None: the driver opens no transactions of its own, so that BEGIN IMMEDIATE below is the only one
    arguments = {"timeout": 30, "isolation_level": None, "check_same_thread": False}
    engine = create_engine(url, poolclass=QueuePool, pool_size=KEPT, max_overflow=-1, connect_args=arguments)

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: object) -> None:
        for pragma in ("journal_mode = WAL", f"synchronous = {synchronous}", "foreign_keys = ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(connection.get_execution_options().get("begin", "BEGIN"))

    return engine
