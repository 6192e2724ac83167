"""Long work that survives the death of the process: it is queued once per key, reports progress, and can be stopped.

Problem: work of minutes dies with the process, or runs twice. Decision: each job is a durable workflow whose finished
steps are remembered; after kill -9 the job goes on with its first unfinished step (which may run again: at least once).
Measured: the engine's default SQLite mode is 6-9 times slower than WAL, and work of a dead executor waits for the same
executor id, so we bring our own WAL engine and a fixed id. One `Jobs` per process: the engine beneath is a singleton.
"""

import contextlib
import logging
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Literal, TypeVar

import sqlalchemy
from dbos import DBOS, DBOSConfig, SetWorkflowID

from yunyue.host.settings import Settings

# Work begun by one release is finished by the next: raise this only when stored jobs can no longer be resumed.
JOBS_VERSION: Final = "1"
EXECUTOR: Final = "yunyue"
QUEUE: Final = "jobs"
WORKFLOW: Final = "yunyue.job"
POLL_SECONDS: Final = 0.2
BUSY_MILLISECONDS: Final = 30_000

Values = dict[str, Any]
T = TypeVar("T")


class Cancelled(Exception):
    """The job was asked to stop, and stopped between two pieces of work."""


class UnknownJob(Exception):
    """No job function, or no job, of that name."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a job is: `done` of `total` (0: unknown) and a word for what it is doing."""

    done: int
    total: int
    doing: str


@dataclass(frozen=True, slots=True)
class State:
    """Where a job stands. `result` is set when it is done, `error` when it failed."""

    id: str
    name: str
    status: Literal["queued", "running", "done", "failed", "cancelled"]
    progress: Progress | None
    result: Values | None
    error: str


STATUS: Final[dict[str, Literal["queued", "running", "done", "failed", "cancelled"]]] = {
    "ENQUEUED": "queued",
    "DELAYED": "queued",
    "PENDING": "running",
    "SUCCESS": "done",
    "ERROR": "failed",
    "MAX_RECOVERY_ATTEMPTS_EXCEEDED": "failed",
    "CANCELLED": "cancelled",
}


class Job:
    """What a running job may do besides its work."""

    def __init__(self, identifier: str) -> None:
        """Only `Jobs` makes one."""
        self.id = identifier

    def step(self, name: str, work: Callable[..., T], *arguments: Any) -> T:
        """Do a piece of work once: when the job is resumed, a finished step gives its old result."""
        return DBOS.run_step({"name": name}, work, *arguments)

    def progress(self, done: int, total: int = 0, doing: str = "") -> None:
        """Say how far the job is. To be called inside a step."""
        DBOS.set_event("progress", [done, total, doing])

    def stop_if_cancelled(self) -> None:
        """Raises Cancelled once somebody has asked the job to stop. Long steps call it often."""
        status = DBOS.get_workflow_status(self.id)
        if status is not None and status.status == "CANCELLED":
            raise Cancelled(self.id)


Function = Callable[[Job, Values], Values]


class Jobs:
    """The queue and its workers in this process."""

    def __init__(self, settings: Settings, workers: int = 2) -> None:
        """Prepare; nothing runs before `launch`."""
        self._settings = settings
        self._workers = workers
        self._functions: dict[str, Function] = {}
        self._running = False

    @property
    def running(self) -> bool:
        """Whether jobs are taken and done."""
        return self._running

    def register(self, name: str, function: Function) -> None:
        """Give a kind of job its function. Raises ValueError if it has one."""
        if name in self._functions:
            raise ValueError(f"The job {name} is registered twice")
        self._functions[name] = function

    def launch(self) -> None:
        """Start the workers; unfinished jobs of an earlier process go on."""
        logging.getLogger("dbos").setLevel(logging.CRITICAL)
        engine = _engine(self._settings)
        config: DBOSConfig = {
            "name": "yunyue",
            "system_database_url": engine.url.render_as_string(hide_password=False),
            "system_database_engine": engine,
            "application_version": JOBS_VERSION,
            "executor_id": EXECUTOR,
            "enable_otlp": False,
            "console_log_level": "CRITICAL",
        }
        DBOS(config=config)
        self._workflow = self._durable()
        DBOS.launch()
        DBOS.register_queue(QUEUE, worker_concurrency=self._workers, polling_interval_sec=POLL_SECONDS)
        self._engine = engine
        self._running = True

    def shutdown(self, patience_seconds: int = 5) -> None:
        """Take no more work, give running jobs a moment, stop. What is unfinished goes on at the next launch."""
        if self._running:
            self._running = False
            DBOS.destroy(destroy_registry=True, workflow_completion_timeout_sec=patience_seconds)
            self._engine.dispose()

    def enqueue(self, name: str, parameters: Values, key: str) -> str:
        """Queue a job and return its id. The same name and key again is the same job. Raises UnknownJob."""
        if name not in self._functions:
            raise UnknownJob(name)
        identifier = f"{name}:{key}"
        with SetWorkflowID(identifier):
            DBOS.enqueue_workflow(QUEUE, self._workflow, name, parameters)
        return identifier

    def state(self, identifier: str) -> State:
        """Where a job stands. Raises UnknownJob."""
        status = DBOS.get_workflow_status(identifier)
        if status is None:
            raise UnknownJob(identifier)
        told = DBOS.get_event(identifier, "progress", 0)
        return State(
            id=identifier,
            name=identifier.split(":", 1)[0],
            status=STATUS[status.status],
            progress=Progress(*told) if told else None,
            result=status.output if status.status == "SUCCESS" else None,
            error=str(status.error) if status.error else "",
        )

    def cancel(self, identifier: str) -> None:
        """Ask a job to stop; it does at its next step or its next look. Raises UnknownJob."""
        self.state(identifier)
        DBOS.cancel_workflow(identifier)

    def wait(self, identifier: str) -> State:
        """Wait until a job is done, failed or cancelled. Raises UnknownJob."""
        self.state(identifier)
        handle: Any = DBOS.retrieve_workflow(identifier)
        with contextlib.suppress(Exception):
            # Why it failed is in the state; here only the end matters.
            handle.get_result(polling_interval_sec=POLL_SECONDS / 4)
        return self.state(identifier)

    def prune(self, before: datetime) -> int:
        """Forget jobs that ended and were made before a moment, and say how many. The facts they led to stay."""
        ended = [name for name, status in STATUS.items() if status in ("done", "failed", "cancelled")]
        old = DBOS.list_workflows(
            status=ended, end_time=before.isoformat(), load_input=False, load_output=False, limit=10_000
        )
        DBOS.delete_workflows([workflow.workflow_id for workflow in old])
        return len(old)

    def _durable(self) -> Callable[[str, Values], Values]:
        @DBOS.workflow(name=WORKFLOW)
        def run(name: str, parameters: Values) -> Values:
            identifier = DBOS.workflow_id
            if identifier is None or name not in self._functions:
                raise UnknownJob(name)
            return self._functions[name](Job(identifier), parameters)

        return run


def _engine(settings: Settings) -> sqlalchemy.Engine:
    if settings.database != "sqlite":
        address = settings.database.replace("postgresql://", "postgresql+psycopg://", 1)
        return sqlalchemy.create_engine(address, pool_pre_ping=True)
    settings.home.mkdir(parents=True, exist_ok=True)
    return _sqlite(settings.home / "jobs.sqlite")


def _sqlite(path: Path) -> sqlalchemy.Engine:
    # Parameters and results of jobs are nobody else's; SQLite gives its log beside it the same mode.
    path.touch(0o600)
    path.chmod(0o600)
    engine = sqlalchemy.create_engine(f"sqlite:///{path}", connect_args={"check_same_thread": False})

    @sqlalchemy.event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _record: object) -> None:
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", f"busy_timeout={BUSY_MILLISECONDS}"):
            connection.execute(f"PRAGMA {pragma}")

    return engine


@contextlib.contextmanager
def launched(jobs: Jobs) -> Iterator[Jobs]:
    """Jobs running for the length of a block."""
    jobs.launch()
    try:
        yield jobs
    finally:
        jobs.shutdown()
