"""Workers on machines of their own: processes that share nothing but PostgreSQL and a bucket with the desk."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from time import monotonic

import pytest
from films import Films
from postgres import Cluster
from seaweed import Seaweed
from structlog.testing import capture_logs
from transcode_cast import PATIENCE, Moved, begun, desk_at, ended, place_at, submitted

from yunyue.answer import Refused
from yunyue.services.transcode.crew import ALIVE, Crew, apart
from yunyue.services.transcode.desk import Desk
from yunyue.services.transcode.jobs.database import PostgresDatabase, contracts_at
from yunyue.services.transcode.jobs.errors import QueueBroken
from yunyue.services.transcode.objects import Objects, open_objects
from yunyue.services.transcode.opening import Parts
from yunyue.sla.span import milliseconds

COMMAND = (sys.executable, "-m", "yunyue.doors.cli.main", "transcode", "work")


class Shared:
    """A database and a bucket, as settings name them."""

    def __init__(self, postgres: Cluster, seaweed: Seaweed) -> None:
        name = postgres.database().rpartition("dbname=")[2]
        self.database = f"postgresql://postgres@/{name}?host={postgres.folder}"
        self.objects = seaweed.address(seaweed.bucket())
        self.keys = {"AWS_ACCESS_KEY_ID": seaweed.key, "AWS_SECRET_ACCESS_KEY": seaweed.secret}

    def desk(self, root: Path, contract: str = "c1") -> Desk:
        """A desk of the machine with the doors; its clock is the true one, as the workers' is."""
        objects = open_objects(self.objects, root / "unused")
        assert isinstance(objects, Objects)
        return desk_at(place_at(root / contract, PostgresDatabase(self.database, contract), objects, Now()), root)


class Now(Moved):
    """The machine's clock."""

    def __call__(self) -> int:
        from yunyue.host.clock import SystemClock

        return milliseconds(SystemClock().now())


@pytest.fixture
def shared(postgres: Cluster, seaweed: Seaweed, monkeypatch: pytest.MonkeyPatch) -> Shared:
    made = Shared(postgres, seaweed)
    for name, value in made.keys.items():
        monkeypatch.setenv(name, value)
    return made


@contextmanager
def machine(home: Path, shared: Shared) -> Iterator["subprocess.Popen[str]"]:
    """Workers in a process of their own; what it prints and how it ends is read afterwards."""
    given = {"YUNYUE_HOME": str(home), "YUNYUE_DATABASE": shared.database, "YUNYUE_OBJECTS": shared.objects}
    environment = {**os.environ, **given, "YUNYUE_LOG_LEVEL": "warning"}
    command = [*COMMAND, "--workers", "1", "--lang", "en"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def stopped(process: "subprocess.Popen[str]") -> str:
    process.send_signal(signal.SIGTERM)
    said, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, said
    return said


def test_a_machine_of_workers_alone_does_a_departments_jobs(films: Films, tmp_path: Path, shared: Shared) -> None:
    desk = shared.desk(tmp_path)
    job = submitted(desk, films.path("plain"))
    with machine(tmp_path / "elsewhere", shared) as process:
        done = ended(desk, job.id)
        assert done.state == "done", done.reason
        assert (tmp_path / "elsewhere" / ALIVE).exists()
        said = stopped(process)
    assert "transcoding for contract c1" in said
    assert "given back" in said
    assert not isinstance(desk.result(job.id), Refused)


def test_a_machine_that_is_stopped_gives_its_task_back_to_another(films: Films, tmp_path: Path, shared: Shared) -> None:
    desk = shared.desk(tmp_path)
    slow = {"video": {"renditions": [{"short_edge": 180}], "effort": "thorough", "codec": "av1"}}
    job = submitted(desk, films.path("long"), overrides=slow)
    with machine(tmp_path / "first", shared) as first:
        begun(desk, job.id, "encode")
        stopped(first)
    rows = desk.place.queue.database
    with rows.transaction() as hand:
        assert hand.run("SELECT state, tries FROM tasks WHERE job = ?", (job.id,)) == [("queued", 0)]
    with machine(tmp_path / "second", shared):
        begun(desk, job.id, "encode")
        assert not isinstance(desk.cancel(job.id), Refused), "asked here, stopped there"
        assert ended(desk, job.id).state == "cancelled"


def test_contracts_are_found_in_the_database_also_those_that_come_later(tmp_path: Path, shared: Shared) -> None:
    assert contracts_at(shared.database) == ()
    for name in ("合同-2", "it's", "c1"):
        for _ in range(2):
            PostgresDatabase(shared.database, name)
    assert contracts_at(shared.database) == ("c1", "it's", "合同-2")


def test_a_crew_takes_on_what_comes_later_and_leaves_when_asked(tmp_path: Path, shared: Shared) -> None:
    stop, told = Event(), list[str]()
    PostgresDatabase(shared.database, "c1")
    crew = Crew(Parts(tmp_path, shared.database, shared.objects, 2), Now())
    crew._looked(stop, told.append)
    PostgresDatabase(shared.database, "c2")
    crew._looked(stop, told.append)
    crew._looked(stop, told.append)
    assert told == ["c1", "c2"]
    assert [thread.is_alive() for thread in crew._threads] == [True] * 4
    stop.set()
    running = Thread(target=crew.run, args=(stop, told.append))
    running.start()
    running.join(PATIENCE)
    assert not any(thread.is_alive() for thread in crew._threads)


@pytest.mark.parametrize("off", [-6_000, 6_000])
def test_a_machine_whose_clock_is_off_takes_nothing_from_those_that_work(
    tmp_path: Path, shared: Shared, off: int
) -> None:
    """It would think their leases had run out, or keep its own too long."""
    PostgresDatabase(shared.database, "c1")
    crew = Crew(Parts(tmp_path, shared.database, shared.objects, 1), lambda: Now()() + off)
    with capture_logs() as said:
        crew._looked(Event(), lambda name: pytest.fail(name))
    assert not (tmp_path / ALIVE).exists()
    assert [line["event"] for line in said] == ["this machine's clock and the database's differ; set it right"]


def test_without_its_database_a_machine_shows_no_sign_of_life_and_goes_on(tmp_path: Path) -> None:
    stop, told = Event(), list[str]()
    crew = Crew(Parts(tmp_path, "postgresql://nobody@/x?host=/nowhere", "/shared"), Now())
    crew._looked(stop, told.append)
    assert not (tmp_path / ALIVE).exists()
    with pytest.raises(QueueBroken):
        contracts_at("postgresql://nobody@/x?host=/nowhere")


@pytest.mark.parametrize(
    ("database", "objects", "field"),
    [("sqlite", "s3://films", "database"), ("postgresql://x", "folder", "objects")],
)
def test_what_is_not_shared_is_refused_by_name(tmp_path: Path, database: str, objects: str, field: str) -> None:
    refused = apart(Parts(tmp_path, database, objects))
    assert refused is not None
    assert refused.field == field
    assert apart(Parts(tmp_path, "postgresql://x", "/mnt/films")) is None


def test_a_place_that_cannot_be_opened_is_no_sign_of_life(tmp_path: Path, shared: Shared) -> None:
    PostgresDatabase(shared.database, "c1")
    crew = Crew(Parts(tmp_path, shared.database, "s3://films?nonsense=1"), Now())
    began = monotonic()
    crew._looked(Event(), lambda name: pytest.fail(name))
    assert not (tmp_path / ALIVE).exists()
    assert monotonic() - began < PATIENCE
