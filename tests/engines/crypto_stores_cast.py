"""Places for a vault: a folder of files, or a database of PostgreSQL that several machines open."""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from crypto_cast import Desk
from postgres import Cluster

from yunyue.services.crypto.rows import Rows
from yunyue.services.crypto.store.postgres import PostgresDatabase
from yunyue.services.crypto.store.tables import ROWS, USES
from yunyue.services.crypto.uselog import UseLog
from yunyue.services.crypto.vault import Shared, Vault


@dataclass
class Store:
    """One place for a vault; `postgres` is empty for files in the folder."""

    folder: Path
    postgres: str = ""

    def rows(self) -> Rows:
        return Rows(PostgresDatabase(self.postgres, ROWS) if self.postgres else self.folder / "keys.db")

    def uses(self) -> UseLog:
        return UseLog(PostgresDatabase(self.postgres, USES) if self.postgres else self.folder / "uses.db")

    def execute(self, statement: str, which: str = "keys") -> None:
        """A statement behind the vault's back."""
        if self.postgres:
            schema = {"keys": "yunyue_store_of_keys", "uses": "yunyue_use_log"}[which]
            with psycopg.connect(self.postgres, autocommit=True) as other:
                other.execute(f"SET search_path TO {schema}".encode())
                other.execute(statement.encode())
            return
        other_file = sqlite3.connect(self.folder / f"{which}.db", isolation_level=None)
        other_file.execute(statement)
        other_file.close()

    def desk(self, address: str = "") -> Desk:
        made = Desk(self.folder / address.replace("/", "_"))
        made.vault.close()
        shared = Shared(self.postgres, address) if self.postgres else None
        made.folder, made.vault = self.folder, Vault(self.folder, made.clock, None, shared)
        return made


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    """An empty place of either kind."""
    if request.param == "sqlite":
        return Store(tmp_path)
    return Store(tmp_path, request.getfixturevalue("postgres").database())


@pytest.fixture
def shared(postgres: Cluster, tmp_path: Path) -> Store:
    """An empty database several machines open."""
    return Store(tmp_path, postgres.database())


@pytest.fixture
def rows(store: Store) -> Iterator[Rows]:
    made = store.rows()
    yield made
    made.close()
