"""The store of one process: its rooms, opened and closed together."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType

from bot.store import gallery
from bot.store.alive import Process
from bot.store.database import Database
from bot.store.ledger import Ledger
from bot.store.plans import Plans
from bot.store.vault import Vault


class Store:
    """Plans, ledger and pictures in one database file, what accounts signed in with beside it. Raises StoreError where that
    cannot be used."""

    def __init__(self, path: Path) -> None:
        self.database = Database(path)
        self.process = Process(path.with_name(f"{path.name}.alive"))
        self.plans = Plans(self.database, self.process)
        self.ledger = Ledger(self.database, self.process)
        self.vault = Vault(path.with_name(f"{path.name}.vault"))

    def picture(self, sha256: str) -> bytes:
        """The bytes of a sealed picture."""
        return gallery.picture(self.database, sha256)

    def __enter__(self) -> Store:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.process.close()
        self.database.close()
