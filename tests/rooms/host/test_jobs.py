"""A job is done once per key, reports, stops when asked, and outlives its process."""

import os
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from yunyue.host.clock import SystemClock
from yunyue.host.jobs import Job, Jobs, Progress, UnknownJob, Values, launched
from yunyue.host.settings import Settings


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def jobs(home: Path) -> Iterator[Jobs]:
    """The jobs of one installation: they double, fail, or wait until they are cancelled. Tests share it."""
    made = Jobs(Settings(home=home))
    counted: list[int] = []

    def double(job: Job, parameters: Values) -> Values:
        counted.append(1)
        value = job.step("double", lambda: parameters["value"] * 2)
        return {"value": value, "runs": len(counted)}

    def fail(job: Job, parameters: Values) -> Values:
        raise ValueError(f"cannot do {parameters['what']}")

    made.register("double", double)
    made.register("fail", fail)
    made.register("wait", wait_for_cancellation)
    with launched(made):
        yield made


def wait_for_cancellation(job: Job, _parameters: Values) -> Values:
    def wait() -> None:
        job.progress(1, 3, "waiting")
        reported.set()
        while True:
            job.stop_if_cancelled()

    job.step("wait", wait)
    return {}


reported = threading.Event()


def test_a_job_gives_its_result(jobs: Jobs) -> None:
    state = jobs.wait(jobs.enqueue("double", {"value": 21}, key="result"))
    assert (state.name, state.status) == ("double", "done")
    assert state.result is not None
    assert state.result["value"] == 42


def test_the_same_key_again_is_the_same_job(jobs: Jobs) -> None:
    first = jobs.enqueue("double", {"value": 1}, key="twice")
    result = jobs.wait(first).result
    second = jobs.enqueue("double", {"value": 1000}, key="twice")
    assert second == first
    assert jobs.wait(second).result == result


def test_a_failed_job_says_why(jobs: Jobs) -> None:
    state = jobs.wait(jobs.enqueue("fail", {"what": "this"}, key="fail"))
    assert state.status == "failed"
    assert "cannot do this" in state.error


def test_a_running_job_reports_and_stops_when_asked(jobs: Jobs) -> None:
    reported.clear()
    identifier = jobs.enqueue("wait", {}, key="report")
    assert reported.wait(20)
    assert jobs.state(identifier).progress == Progress(1, 3, "waiting")
    jobs.cancel(identifier)
    assert jobs.wait(identifier).status == "cancelled"


def test_a_kind_nobody_registered_is_refused(jobs: Jobs) -> None:
    with pytest.raises(UnknownJob, match="nothing"):
        jobs.enqueue("nothing", {}, key="a")


def test_a_job_nobody_queued_is_unknown(jobs: Jobs) -> None:
    for ask in (jobs.state, jobs.cancel, jobs.wait):
        with pytest.raises(UnknownJob, match="double:none"):
            ask("double:none")


def test_a_kind_is_registered_once(jobs: Jobs) -> None:
    with pytest.raises(ValueError, match="twice"):
        jobs.register("wait", wait_for_cancellation)


def test_ended_jobs_are_forgotten_and_waiting_ones_kept(jobs: Jobs) -> None:
    ended = jobs.enqueue("double", {"value": 1}, key="ended")
    jobs.wait(ended)
    reported.clear()
    running = jobs.enqueue("wait", {}, key="running")
    assert reported.wait(20)
    assert jobs.prune(SystemClock().now() + timedelta(minutes=1)) >= 1
    with pytest.raises(UnknownJob):
        jobs.state(ended)
    assert jobs.state(running).status == "running"
    jobs.cancel(running)
    jobs.wait(running)


def test_jobs_lie_in_a_database_with_a_write_ahead_log(jobs: Jobs, home: Path) -> None:
    connection = sqlite3.connect(home / "jobs.sqlite")
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()


VICTIM = """
import os, signal, sys
from pathlib import Path
from yunyue.host.jobs import Job, Jobs, Values
from yunyue.host.settings import Settings

home = Path(sys.argv[1])

def note(word):
    with open(home / "steps", "a") as file:
        file.write(word + "\\n")
    return word

def die():
    if not (home / "died").exists():
        (home / "died").touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return note("second")

def work(job, parameters):
    first = job.step("first", note, "first")
    return {"steps": [first, job.step("second", die), job.step("third", note, "third")]}

jobs = Jobs(Settings(home=home))
jobs.register("work", work)
jobs.launch()
print(jobs.wait(jobs.enqueue("work", {}, key="a")).result)
jobs.shutdown()
"""


def test_after_kill_9_a_job_goes_on_where_it_was(tmp_path: Path) -> None:
    command = [sys.executable, "-c", VICTIM, str(tmp_path)]
    first = subprocess.run(command, capture_output=True, text=True, env=dict(os.environ), check=False)
    assert first.returncode == -signal.SIGKILL, first.stderr
    second = subprocess.run(command, capture_output=True, text=True, env=dict(os.environ), check=False)
    assert second.stdout.strip() == "{'steps': ['first', 'second', 'third']}", second.stderr
    assert (tmp_path / "steps").read_text().split() == ["first", "second", "third"]
