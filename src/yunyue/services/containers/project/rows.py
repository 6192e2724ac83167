"""What is kept of a project's objects, replicas and events, as values."""

from typing import Literal

import msgspec

Phase = Literal["waiting", "starting", "running", "ready", "draining", "ended"]
"""waiting: for a place or the end of a back-off; ended: a job's replica that will not run again."""


class ObjectRow(msgspec.Struct, frozen=True):
    """An object as it was last applied. `body` is its document; `revision` counts its templates."""

    project: str
    kind: str
    name: str
    body: str
    revision: int
    digest: str
    at: int
    actor: str
    owner: str = ""


class Revision(msgspec.Struct, frozen=True):
    """A template a workload once had."""

    number: int
    digest: str
    body: str
    at: int
    actor: str


class ReplicaRow(msgspec.Struct, frozen=True):
    """One replica and the container it runs in now. `until`: no new start before (ms); `exit`: the last status."""

    name: str
    project: str
    kind: str
    workload: str
    digest: str
    revision: int
    ordinal: int
    made: int
    phase: Phase = "waiting"
    attempt: int = 0
    container: str = ""
    address: str = ""
    started: int = 0
    ready_since: int = 0
    restarts: int = 0
    until: int = 0
    exit: int = 0
    reason: str = ""
    died: int = 0


class EventRow(msgspec.Struct, frozen=True):
    """Something that happened to an object, `count` times in a row, last `at` (ms)."""

    number: int
    project: str
    at: int
    kind: str
    name: str
    severity: Literal["normal", "warning"]
    reason: str
    message: str
    count: int = 1
