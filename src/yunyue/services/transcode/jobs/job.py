"""What a job is: what was asked, where it stands, and the tasks it is done in."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from yunyue.services.transcode.templates import Template

State = Literal["queued", "running", "done", "failed", "cancelled"]
TaskKind = Literal["whole", "chunk", "sound", "join"]
ENDED: tuple[State, ...] = ("done", "failed", "cancelled")


class Source(Struct, frozen=True, forbid_unknown_fields=True):
    """A film among the tenant's objects: its path there, its digest ("sha256:…") and its bytes."""

    path: str
    digest: str
    size: int


class Brought(Struct, frozen=True, forbid_unknown_fields=True):
    """A further file of a job, under the name its template uses."""

    name: str
    kind: Literal["picture", "subtitles", "film"]
    source: Source


class Request(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What was asked for, complete: a worker needs nothing else to do it.

    `key`: the content key sealed under the tenant's own key, empty without encryption; `expires_days`: how long
    results are kept, 0 for ever; `at_once`: tasks of the tenant that may run at the same time.
    """

    label: str
    source: Source
    template: Template
    files: tuple[Brought, ...] = ()
    priority: Annotated[int, Meta(ge=0, le=9)] = 5
    callback: str = ""
    key: str = ""
    reuse: bool = False
    at_once: int = 2
    expires_days: int = 30


class Job(Struct, frozen=True, kw_only=True):
    """A job as it stands. Moments in ms, 0 for not yet; `share`: 0 to 1; `speed`: seconds of film a second.

    `kind` and `reason`: why it failed, or why a try did that will be made again; `result`: the folder of its manifest;
    `seconds`: the film's length in ms.
    """

    id: str
    instance: str
    tenant: str
    state: State
    priority: int
    created: int
    started: int
    ended: int
    share: float
    speed: float
    doing: str
    cancel: bool
    kind: str
    reason: str
    result: str
    seconds: int
    fingerprint: str
    request: Request

    @property
    def took(self) -> int | None:
        """Milliseconds from being handed in to being done, as the SLA counts them; None for a job that is not done."""
        return self.ended - self.created if self.state == "done" else None

    def seconds_left(self, now: int) -> int | None:
        """How long it will still take, judged by how far it came; None when nobody can know."""
        if self.state != "running" or self.share < 0.02:
            return None
        return round((now - self.started) / 1000 * (1 - self.share) / self.share)


class Task(Struct, frozen=True, kw_only=True):
    """A piece of work a worker holds. `tries`: begun so often; `threads`: at most so many, 0 for all there are."""

    id: str
    job: str
    kind: TaskKind
    number: int
    tries: int
    threads: int
    holder: str
    body: str


JOB_COLUMNS = (
    "id, instance, tenant, state, priority, created, started, ended, share, speed, doing, cancel, kind, reason, result,"
    " seconds, fingerprint, request"
)
TASK_COLUMNS = "id, job, kind, number, tries, threads, holder, body"
_REQUEST = msgspec.json.Decoder(Request)


def job_of(row: tuple[object, ...]) -> Job:
    """The job of a row of JOB_COLUMNS."""
    values = dict(zip(JOB_COLUMNS.replace(" ", "").split(","), row, strict=True))
    values["request"] = _REQUEST.decode(str(values["request"]))
    values["cancel"] = bool(values["cancel"])
    return msgspec.convert(values, Job)


def request_of(text: str) -> Request:
    """What was asked for, as it is kept."""
    return _REQUEST.decode(text)


def sources_of(request: Request) -> tuple[Source, ...]:
    """The film and every further file."""
    return (request.source, *(one.source for one in request.files))


def task_of(row: tuple[object, ...]) -> Task:
    """The task of a row of TASK_COLUMNS."""
    return msgspec.convert(dict(zip(TASK_COLUMNS.replace(" ", "").split(","), row, strict=True)), Task)
