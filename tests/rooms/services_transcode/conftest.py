"""What the tests of transcoding share: films that are made once, and an empty queue on either database."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from films import Films
from postgres import Cluster
from transcode_cast import Moved

from yunyue.services.transcode.jobs.database import Database, PostgresDatabase, SqliteDatabase
from yunyue.services.transcode.jobs.leases import Leases
from yunyue.services.transcode.jobs.queue import Queue


@pytest.fixture(scope="session")
def films(tmp_path_factory: pytest.TempPathFactory) -> Films:
    """Every kind of film."""
    return Films(tmp_path_factory.mktemp("films"))


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """An empty folder to work in."""
    folder = tmp_path / "work"
    folder.mkdir()
    return folder


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    if request.param == "sqlite":
        yield SqliteDatabase(tmp_path / "jobs.sqlite")
    else:
        cluster: Cluster = request.getfixturevalue("postgres")
        yield PostgresDatabase(cluster.database(), "contract")


@pytest.fixture
def clock() -> Moved:
    return Moved()


@pytest.fixture
def queue(database: Database, clock: Moved) -> Queue:
    return Queue(database, clock)


@pytest.fixture
def leases(queue: Queue) -> Leases:
    return Leases(queue)
