"""The bytes of sealed pictures, by their SHA-256; what goes out is what was sealed, whatever happened to the file since."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from sqlalchemy import Connection, select
from sqlalchemy.dialects.sqlite import insert

from bot.core.errors import StoreError
from bot.store.database import Database, pictures


def put(connection: Connection, data: Mapping[str, bytes]) -> None:
    """Keep pictures, inside the transaction that seals their plan; what was damaged since is whole again."""
    for sha256, each in data.items():
        statement = insert(pictures).values(sha256=sha256, data=each)
        connection.execute(statement.on_conflict_do_update(index_elements=["sha256"], set_={"data": each}))


def picture(database: Database, sha256: str) -> bytes:
    """The bytes of a sealed picture. Raises StoreError where they are not what was sealed."""
    with database.reading() as connection:
        data = connection.execute(select(pictures.c.data).where(pictures.c.sha256 == sha256)).scalar()
    if data is None or hashlib.sha256(data).hexdigest() != sha256:
        raise StoreError(f"picture {sha256[:8]} in {database.path} is missing or damaged – cancel the thread, and publish anew")
    return bytes(data)
