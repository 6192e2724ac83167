"""yunyue doctor: what it finds, and what it says to do about it."""

import json
import socket
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import psycopg
import pytest
from cli_cast import CONTRACT, Terminal, alter
from postgres import Cluster

from yunyue.catalog.sample import Sample
from yunyue.doors.cli.equipment import NEEDED
from yunyue.doors.cli.ward import house, machine, record
from yunyue.doors.opening import discovered
from yunyue.host.clock import VirtualClock
from yunyue.host.engines import ENGINES
from yunyue.host.settings import Settings
from yunyue.kernel import Kernel
from yunyue.store.series import Series
from yunyue.store.sqlite import SqliteJournal


def examined(terminal: Terminal, *words: str) -> tuple[int, dict[str, dict[str, Any]]]:
    """Exit code, and findings by name."""
    result = terminal.run("doctor", "--json", *words, YUNYUE_PORT=str(free_port()))
    return result.exit_code, {one["what"]["en"]: one for one in json.loads(result.stdout)["findings"]}


def free_port() -> int:
    with closing(socket.socket()) as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@pytest.mark.parametrize("words", [(), ("--full",)])
def test_a_sound_installation_has_no_faults(terminal: Terminal, words: tuple[str, ...]) -> None:
    code, found = examined(terminal, *words)
    assert code == 0, found
    assert {one["state"] for one in found.values()} <= {"ok", "note"}
    assert found["Journal"]["detail"].startswith("3 ")


def test_every_fault_says_what_to_do_in_both_languages(empty: Terminal) -> None:
    code, found = examined(empty)
    assert code == 1
    for one in found.values():
        if one["state"] != "ok":
            assert one["remedy"]["zh"]
            assert one["remedy"]["en"]
    assert "./yunyue up" in found["Home folder"]["remedy"]["en"]
    assert not empty.home.exists(), "looking makes nothing"


def test_a_person_reads_marks_and_remedies(empty: Terminal) -> None:
    shown = empty.run("doctor", lang="zh").stdout
    assert "✗ 安装文件夹" in shown
    assert "处置：尚未安装" in shown


def test_a_home_open_to_others_is_a_fault(terminal: Terminal) -> None:
    terminal.home.chmod(0o755)
    code, found = examined(terminal)
    assert code == 1
    assert found["Home folder"]["remedy"]["en"] == f"chmod 700 {terminal.home}"


def test_a_key_open_to_others_is_a_fault_and_the_journal_is_left_alone(terminal: Terminal) -> None:
    key = next(path for path in (terminal.home / "keys").iterdir() if path.is_file())
    key.chmod(0o644)
    code, found = examined(terminal)
    assert code == 1
    assert str(key) in found["Signing keys"]["detail"]
    assert "Journal" not in found


def test_lost_keys_are_not_made_anew_by_looking(terminal: Terminal) -> None:
    for path in (terminal.home / "keys").iterdir():
        path.unlink()
    (terminal.home / "keys").rmdir()
    code, found = examined(terminal)
    assert (code, found["Signing keys"]["state"]) == (1, "fault")
    assert not (terminal.home / "keys").exists()


def test_a_journal_that_is_no_journal_is_a_fault(terminal: Terminal) -> None:
    (terminal.home / "journal.sqlite").write_bytes(b"nothing" * 1000)
    code, found = examined(terminal)
    assert code == 1
    assert "restore" in found["Journal"]["remedy"]["en"]


def test_a_guard_taken_off_the_database_is_a_fault(terminal: Terminal) -> None:
    with closing(sqlite3.connect(terminal.home / "journal.sqlite")) as connection:
        connection.execute("DROP TRIGGER leaves_stay")
        connection.commit()
    code, found = examined(terminal)
    assert code == 1
    assert "leaves_stay" in found["Journal"]["detail"]


def test_a_lost_document_is_a_fault(terminal: Terminal) -> None:
    for path in (terminal.home / "objects").glob("??/*"):
        path.unlink()
    code, found = examined(terminal)
    assert (code, found["Journal"]["state"]) == (1, "fault")


def test_a_changed_document_is_a_fault(terminal: Terminal) -> None:
    terminal.ok("fact", "document", __file__)
    path = max((terminal.home / "objects").glob("??/*"), key=lambda one: one.stat().st_mtime_ns)
    path.write_bytes(b"other")
    code, found = examined(terminal)
    assert code == 1
    assert path.name in found["Documents"]["detail"]


def test_a_changed_tile_is_a_fault_of_what_is_published_and_is_written_again(paid_late: Terminal) -> None:
    paid_late.ok("journal", "publish")
    tile = next(path for path in (paid_late.home / "tiles" / "tile" / "0").rglob("*") if path.is_file())
    tile.write_bytes(tile.read_bytes()[:-1] + b"\x00")
    assert examined(paid_late)[0] == 0, "the quick look reads no tiles"
    code, found = examined(paid_late, "--full")
    assert (code, found["Journal"]["state"], found["Published head"]["state"]) == (1, "ok", "fault")
    assert found["Published head"]["remedy"]["en"] == "yunyue journal publish --again"
    paid_late.ok("journal", "publish", "--again")
    assert examined(paid_late, "--full")[0] == 0


@pytest.mark.parametrize("words", [(), ("--full",)])
def test_a_changed_leaf_is_a_fault_of_the_journal_and_asks_for_a_backup(
    paid_late: Terminal, words: tuple[str, ...]
) -> None:
    paid_late.ok("journal", "publish")
    alter(paid_late, "2024-05-13", "2024-05-12")
    code, found = examined(paid_late, *words)
    assert (code, found["Journal"]["state"]) == (1, "fault")
    assert "restore" in found["Journal"]["remedy"]["en"]
    assert "--again" not in json.dumps(found)


def test_a_published_head_whose_journal_is_gone_is_a_fault(terminal: Terminal) -> None:
    terminal.ok("journal", "publish")
    for path in terminal.home.glob("journal.sqlite*"):
        path.unlink()
    code, found = examined(terminal)
    assert (code, found["Journal"]["state"]) == (1, "fault")
    assert "its journal is gone" in found["Journal"]["remedy"]["en"]
    assert not (terminal.home / "journal.sqlite").exists(), "looking makes nothing"


def test_a_published_head_over_an_empty_journal_is_a_fault(terminal: Terminal) -> None:
    terminal.ok("journal", "publish")
    for path in terminal.home.glob("journal.sqlite*"):
        path.unlink()
    SqliteJournal.open(terminal.home / "journal.sqlite", "yunyue.local/journal").close()
    code, found = examined(terminal)
    assert (code, found["Published head"]["state"]) == (1, "fault")
    assert "shortened" in found["Published head"]["detail"]


def test_a_damaged_sample_segment_is_named_in_words(terminal: Terminal) -> None:
    folder = terminal.home / "series"
    now = datetime.fromisoformat("2024-05-01T00:00:00+08:00")
    with closing(Series.open(folder)) as series:
        sample = Sample("instance", "availability", int(now.timestamp() * 1000), True, "", 0)
        assert series.append([sample], "probe", 1, 0) == 1
        assert series.seal(now + timedelta(days=1), force=True)
    segment = next(folder.rglob("*.parquet"))
    segment.write_bytes(b"x")
    code, found = examined(terminal)
    assert (code, found["Sample segments"]["state"]) == (1, "fault")
    assert found["Sample segments"]["detail"].startswith(segment.stem + ": ")
    assert "Fault(" not in found["Sample segments"]["detail"]


def test_a_forged_head_is_a_fault(terminal: Terminal) -> None:
    terminal.ok("journal", "publish")
    for path in (terminal.home / "tiles").rglob("*"):
        if path.is_file() and b"yunyue.local/journal\n3\n" in path.read_bytes():
            path.write_bytes(path.read_bytes().replace(b"journal\n3\n", b"journal\n4\n", 1))
    code, found = examined(terminal)
    assert (code, found["Published head"]["state"]) == (1, "fault")


def test_a_clock_before_the_last_record_is_a_fault(terminal: Terminal) -> None:
    kernel = Kernel.open(
        Settings(home=terminal.home), VirtualClock(datetime.fromisoformat("2024-04-11T00:00:00+08:00"))
    )
    assert isinstance(kernel, Kernel)
    with closing(kernel):
        found = record._clock(kernel)
    assert found.state == "fault"
    assert found.remedy is not None
    assert "set it right" in found.remedy.en


def test_a_damaged_jobs_database_is_a_fault(terminal: Terminal) -> None:
    (terminal.home / "jobs.sqlite").write_bytes(b"x" * 5000)
    assert house.jobs(Settings(home=terminal.home)).state == "fault"


def test_a_port_somebody_else_holds_is_a_fault(terminal: Terminal) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as other:
        found = house.port(Settings(home=terminal.home, port=other.getsockname()[1]))
    assert found.state == "fault"
    assert found.remedy is not None
    assert "--port" in found.remedy.en


def test_a_port_we_serve_ourselves_is_no_fault(terminal: Terminal) -> None:
    class Ours(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"ok\n" if self.path == "/livez" else b"")

        def log_message(self, *_: object) -> None:
            """Keep the tests' output clean."""

    with HTTPServer(("127.0.0.1", 0), Ours) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        found = house.port(Settings(home=terminal.home, port=server.server_port))
        server.shutdown()
        thread.join()
    assert found.state == "ok"
    assert "served" in found.detail


def test_packages_other_than_the_locked_ones_are_named(tmp_path: Path) -> None:
    lock = tmp_path / "uv.lock"
    lock.write_text(
        '[[package]]\nname = "yunyue"\ndependencies = [{ name = "click" }, { name = "not-there" }]\n'
        '[[package]]\nname = "click"\nversion = "0.0.1"\n[[package]]\nname = "not-there"\nversion = "1"\n'
    )
    found = machine.packages(lock)
    assert (found.state, found.detail) == ("fault", "click, -not-there")


def test_a_wheel_without_a_lock_is_no_fault(tmp_path: Path) -> None:
    assert machine.packages(tmp_path / "uv.lock").state == "note"


def test_a_full_disk_is_a_fault(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "LEAST_FREE", 1 << 60)
    found = machine.disk(Settings(home=terminal.home))
    assert found.state == "fault"


def test_accounts_that_wait_for_migration_are_a_fault_until_up_migrates(terminal: Terminal) -> None:
    # Django belongs to one home folder for the life of a process, so this one runs by itself.
    program = (
        "from pathlib import Path; from yunyue.doors.cli.ward import house; from yunyue.doors.web import setup;"
        "from yunyue.host.settings import Settings; import sys;"
        "settings = Settings(home=Path(sys.argv[1])); print(house.accounts(settings).state);"
        "(settings.home / 'accounts.sqlite').touch(); print(house.accounts(settings).state);"
        "setup.migrate(settings); print(house.accounts(settings).state)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(terminal.home)], capture_output=True, text=True, check=False
    )
    assert done.stdout.split() == ["note", "fault", "ok"], done.stderr


def test_only_engines_that_an_available_service_needs_are_named_unless_all_are_asked_for() -> None:
    needed = {name for code, names in NEEDED.items() if discovered().services[code].entry.available for name in names}
    assert {one.what.en.removeprefix("Engine ") for one in machine.engines(full=False)} == needed
    assert {one.what.en.removeprefix("Engine ") for one in machine.engines(full=True)} == {one.name for one in ENGINES}


@pytest.mark.engine("postgres")
def test_accounts_and_jobs_in_postgresql_are_looked_at_there(
    terminal: Terminal, lent_database: str, tmp_path: Path
) -> None:
    chosen = Settings(home=tmp_path / "other", database=lent_database)
    assert house.jobs(chosen).state == "note"
    with psycopg.connect(lent_database) as connection:
        connection.execute("CREATE SCHEMA dbos")
        connection.execute("CREATE TABLE dbos.workflow_status (status text)")
    assert (house.jobs(chosen).state, house.jobs(chosen).detail) == ("ok", "PostgreSQL, 0")
    gone = house.jobs(Settings(home=tmp_path, database="postgresql://nobody@127.0.0.1:1/none"))
    assert gone.state == "fault"
    assert "does not let us in" in gone.detail


@pytest.mark.engine("postgres")
def test_a_backup_from_postgresql_says_what_is_not_in_it(lent_database: str, tmp_path: Path) -> None:
    terminal = Terminal(tmp_path / "home")
    there = {"YUNYUE_DATABASE": lent_database}
    assert terminal.run("contract", "load", CONTRACT, **there).exit_code == 0
    told = terminal.run("backup", str(tmp_path / "copy"), "--json", **there)
    assert json.loads(told.stdout)["not_included"] == ["accounts", "jobs"]
    assert "pg_dump" in terminal.run("backup", str(tmp_path / "more"), **there).stdout


@pytest.fixture
def lent_database(postgres: Cluster) -> str:
    """A database of one's own."""
    parts = psycopg.conninfo.conninfo_to_dict(postgres.database())
    return f"postgresql:///{parts['dbname']}?host={parts['host']}&user={parts['user']}"
