"""What is particular to the journal in PostgreSQL: the server's settings, its disk, its users."""

import os
import tempfile
from pathlib import Path

import psycopg
import pytest
from postgres import Cluster, owner
from samples import NOW, ORIGIN, appended, payment, payments, refused, small_disk

from yunyue.answer import Refused
from yunyue.store import postgres as store
from yunyue.store.errors import NotThisJournal, StorageFailed
from yunyue.store.fsck import fsck
from yunyue.store.postgres import PostgresJournal

pytestmark = pytest.mark.engine("postgres")


def nothing_signed(written: str) -> Refused:
    """Reads no checkpoint: nothing is published in these tests."""
    return Refused("nothing is published here")


def setting(conninfo: str, assignment: str) -> str:
    """The conninfo of sessions that start with a setting of their own."""
    return f"{conninfo} options='-c {assignment}'"


def test_a_session_that_would_not_wait_for_the_disk_is_made_to(postgres: Cluster) -> None:
    journal = PostgresJournal.open(setting(postgres.database(), "synchronous_commit=off"), ORIGIN)
    with journal._reading() as connection:
        assert connection.execute("SHOW synchronous_commit").fetchone() == ("on",)
    assert journal._writer.execute("SHOW synchronous_commit").fetchone() == ("on",)
    journal.close()


def test_a_server_that_forgets_is_not_trusted(postgres: Cluster) -> None:
    conninfo = postgres.database()
    postgres.execute("ALTER SYSTEM SET full_page_writes = off")
    postgres.execute("SELECT pg_reload_conf()")
    try:
        with pytest.raises(NotThisJournal, match="full_page_writes is not on"):
            open_once_it_is(conninfo, "off")
    finally:
        postgres.execute("ALTER SYSTEM RESET full_page_writes")
        postgres.execute("SELECT pg_reload_conf()")
    open_once_it_is(conninfo, "on").close()


def open_once_it_is(conninfo: str, wanted: str) -> PostgresJournal:
    """Opens once the server, which reads its settings again in its own time, has the setting."""
    while True:
        with psycopg.connect(conninfo) as connection:
            if connection.execute("SHOW full_page_writes").fetchone() == (wanted,):
                return PostgresJournal.open(conninfo, ORIGIN)


def test_without_a_server_there_is_no_journal(tmp_path: Path) -> None:
    with pytest.raises(StorageFailed, match="journal in PostgreSQL"):
        PostgresJournal.open(f"host={tmp_path} dbname=none", ORIGIN)


def test_a_database_of_another_schema_yunyue_is_left_alone(postgres: Cluster) -> None:
    conninfo = postgres.database()
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute("CREATE SCHEMA yunyue")
    with pytest.raises(NotThisJournal, match="does not exist"):
        PostgresJournal.open(conninfo, ORIGIN)


def test_a_journal_of_a_newer_version_is_left_alone(postgres: Cluster) -> None:
    conninfo = postgres.database()
    PostgresJournal.open(conninfo, ORIGIN).close()
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute("ALTER TABLE yunyue.state DISABLE TRIGGER state_grows")
        connection.execute("UPDATE yunyue.state SET version = 99")
    with pytest.raises(NotThisJournal, match="version 99"):
        PostgresJournal.open(conninfo, ORIGIN)


def test_a_busy_journal_refuses_and_later_takes_the_facts(postgres: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    conninfo = postgres.database()
    monkeypatch.setattr(store, "WAIT", "50ms")
    journal = PostgresJournal.open(conninfo, ORIGIN)
    with psycopg.connect(conninfo) as other:
        other.execute("SELECT FROM yunyue.state FOR UPDATE")
        assert "another process" in refused(journal, [payment(0)]).reason
    assert appended(journal, [payment(0)]).new == 1
    journal.close()


def test_a_user_who_may_only_read_is_refused(postgres: Cluster) -> None:
    conninfo = postgres.database()
    PostgresJournal.open(conninfo, ORIGIN).close()
    reader = PostgresJournal.open(setting(conninfo, "default_transaction_read_only=on"), ORIGIN)
    assert "may not be written by this user" in refused(reader, [payment(0)]).reason
    reader.close()


def test_a_full_disk_refuses_and_after_space_is_freed_takes_facts_again(postgres: Cluster) -> None:
    """The tables lie in a tablespace on a small disk; the server's own log does not."""
    if os.geteuid() != 0:
        assert os.environ.get("CI") != "true", "CI must be able to mount a small disk"
        pytest.skip("mounting a small disk needs root")
    folder = Path(tempfile.mkdtemp(prefix="yunyue-full-"))
    folder.chmod(0o755)
    with small_disk(folder, "12m") as disk:
        (disk / "space").mkdir()
        os.chown(disk / "space", owner()["user"], owner()["group"])
        (disk / "ballast").write_bytes(b"x" * 2_000_000)
        postgres.execute(f"CREATE TABLESPACE small LOCATION '{disk / 'space'}'")
        try:
            fill_and_free(postgres.database("small"), disk / "ballast")
        finally:
            # By force: should the test fail, what it left open must not keep the disk from those that follow.
            postgres.execute(f"DROP DATABASE test{next(postgres.numbers) - 1} WITH (FORCE)")
            postgres.execute("DROP TABLESPACE small")
    folder.rmdir()


def fill_and_free(conninfo: str, ballast: Path) -> None:
    journal = PostgresJournal.open(conninfo, ORIGIN)
    for start in range(0, 100_000, 200):
        outcome = journal.append(payments(start, start + 200), NOW)
        if isinstance(outcome, Refused):
            break
    assert isinstance(outcome, Refused)
    assert outcome.reason.startswith("the disk is full, nothing was recorded")
    assert journal.head().size == start
    ballast.unlink()
    assert appended(journal, payments(start, start + 200)).new == 200
    assert fsck(journal, None, nothing_signed).faults == ()
    journal.close()
