"""Sessions of accounts, kept between runs: signing in for each post would soon meet the networks' limits."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.sqlite import insert

from bot.store.database import Database, sessions


class Vault:
    """A JSON object per account, in the database file that only its owner may read."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def get(self, account: str) -> dict[str, Any] | None:
        """What was kept last."""
        with self.database.reading() as connection:
            body = connection.execute(select(sessions.c.body).where(sessions.c.account == account)).scalar()
        try:
            return None if body is None else dict(json.loads(body))
        except (ValueError, TypeError):
            return None  # a session that cannot be read is as good as none: the driver signs in anew

    def put(self, account: str, session: Mapping[str, Any]) -> None:
        """On disk when this returns."""
        body = json.dumps(session)
        statement = insert(sessions).values(account=account, body=body)
        with self.database.writing() as connection:
            connection.execute(statement.on_conflict_do_update(index_elements=["account"], set_={"body": body}))
