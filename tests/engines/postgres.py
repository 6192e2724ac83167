"""A PostgreSQL server of the tests' own: Debian's postgresql-15, a fresh cluster in a temporary folder, no network.

Installed with apt-get when it is missing and we are root. On CI (CI=true) a machine without it fails, never skips.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import psycopg
import pytest

BINARIES = Path("/usr/lib/postgresql/15/bin")
UNPRIVILEGED = "postgres"


@dataclass(frozen=True)
class Cluster:
    """A running server that listens on a socket in `folder` only."""

    folder: Path
    numbers: Iterator[int] = field(default_factory=count)
    emptied: list[str] = field(default_factory=list)

    def conninfo(self, database: str = "postgres") -> str:
        """How to reach one of its databases."""
        return f"host={self.folder} user={UNPRIVILEGED} dbname={database}"

    def execute(self, statement: str, database: str = "postgres") -> None:
        """Runs a statement as the cluster's owner."""
        with psycopg.connect(self.conninfo(database), autocommit=True) as connection:
            connection.execute(statement)

    def database(self, tablespace: str = "pg_default") -> str:
        """The conninfo of a new, empty database."""
        name = f"test{next(self.numbers)}"
        self.execute(f"CREATE DATABASE {name} TABLESPACE {tablespace}")
        return self.conninfo(name)

    @contextmanager
    def lent(self) -> Iterator[str]:
        """The conninfo of an empty database, emptied of the journal afterwards and lent again: ten times as quick."""
        conninfo = self.emptied.pop() if self.emptied else self.database()
        yield conninfo
        with psycopg.connect(conninfo, autocommit=True) as connection:
            connection.execute("DROP SCHEMA IF EXISTS yunyue CASCADE")
        self.emptied.append(conninfo)

    def kill(self) -> None:
        """Ends every server process at once, as a power cut would; nothing is flushed."""
        run_as_owner("pg_ctl", "-D", str(self.folder / "cluster"), "-m", "immediate", "-w", "stop")

    def start(self) -> None:
        """Starts (again) and waits until it answers."""
        # Nobody cleans up beside the tests: autovacuum would write, at any moment, to a disk that a test filled.
        options = f"-k {self.folder} -c listen_addresses= -c max_connections=40 -c shared_buffers=32MB"
        options = f"{options} -c autovacuum=off"
        log = str(self.folder / "log")
        run_as_owner("pg_ctl", "-D", str(self.folder / "cluster"), "-o", options, "-l", log, "-w", "start")


def installed() -> bool:
    """Is there a server, after an attempt to install it?"""
    if not BINARIES.exists() and os.geteuid() == 0 and shutil.which("apt-get"):
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for words in (("update",), ("install", "-y", "--no-install-recommends", "postgresql-15")):
            subprocess.run(["apt-get", "-qq", *words], env=environment, check=False, capture_output=True)
    return (BINARIES / "initdb").exists()


def owner() -> dict[str, int]:
    """What subprocess needs to run as an unprivileged user: the server refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    account = pwd.getpwnam(UNPRIVILEGED)
    return {"user": account.pw_uid, "group": account.pw_gid}


def run_as_owner(program: str, *words: str) -> None:
    """Runs one of the server's programs; raises CalledProcessError with its output when it fails."""
    # The server keeps the streams it inherits open, so a pipe here would never end.
    command = [str(BINARIES / program), *words]
    subprocess.run(command, check=True, cwd="/", stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, **owner())  # type: ignore[call-overload] # user and group, or nothing


@contextmanager
def running() -> Iterator[Cluster]:
    """A fresh cluster, gone afterwards. Skips without a server, except on CI, where it fails."""
    if not installed():
        if os.environ.get("CI") == "true":
            pytest.fail("postgresql-15 is not installed and could not be installed")
        pytest.skip("postgresql-15 is not installed: apt-get install postgresql-15")
    folder = Path(tempfile.mkdtemp(prefix="yunyue-pg-"))
    if account := owner():
        os.chown(folder, account["user"], account["group"])
    cluster = Cluster(folder)
    try:
        run_as_owner("initdb", "-D", str(folder / "cluster"), "-U", UNPRIVILEGED, "-A", "trust", "-E", "UTF8", "-N")
        cluster.start()
        yield cluster
        cluster.kill()
    finally:
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    """One cluster for the whole run; each test takes a database of its own."""
    with running() as cluster:
        yield cluster
