"""What an engine does for a project, podman here or a Kubernetes cluster elsewhere, in the same words.

Who may ask is decided before (`project.may`), what may run by `policy`; an engine is handed a project and does it.
Every verb that changes something is a wish that is kept first and carried out after: it answers when the wish would
survive a crash. `get` and `rollout` say how far it is. Expected failures are `Refused`: an unknown object, a quota, an
engine that is not there (`field` "engine"). Texts that follow (logs), shells and forwarded ports are asynchronous.

    engine = engine_of(project, folder, clock)        # services/containers/engines.py
    engine.apply(project, text, actor)                # Applied | Refused
    async for line in engine.logs(project, "web-1", Follow(tail=100)): ...
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Literal, Protocol

from yunyue.answer import Refused
from yunyue.services.containers.project.project import Project

Deed = Literal["create", "change", "same", "delete"]
Severity = Literal["normal", "warning"]
Progress = Literal["complete", "progressing", "failed", "paused"]


@dataclass(frozen=True, slots=True)
class Change:
    """What applying does to one object. `before`, `after`: YAML, empty when there is none; secrets are masked."""

    kind: str
    name: str
    deed: Deed
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Applied:
    """What was kept, in the order in which it was applied."""

    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """An object as it stands. `state` in a word (ready, progressing, failed, bound, complete, …), `reason` why.

    `wanted`, `ready`: replicas, 0 of objects that have none. `details`: what the kind adds, such as addresses; by
    English name. `body`: YAML, secrets masked. `made`: ms of the last apply.
    """

    kind: str
    name: str
    state: str
    reason: str = ""
    wanted: int = 0
    ready: int = 0
    revision: int = 0
    made: int = 0
    details: tuple[tuple[str, str], ...] = ()
    body: str = ""


@dataclass(frozen=True, slots=True)
class Replica:
    """One replica of a workload. `phase`: waiting, starting, running, ready, draining, ended. Times in ms."""

    name: str
    kind: str
    workload: str
    revision: int
    phase: str
    image: str
    address: str = ""
    restarts: int = 0
    started: int = 0
    exit: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RevisionShown:
    """A template a workload had, and who applied it when (ms)."""

    number: int
    at: int
    actor: str
    image: str
    current: bool


@dataclass(frozen=True, slots=True)
class Rollout:
    """How far a workload is on the way to its newest revision. `reason`: why it stands still, or was rolled back."""

    kind: str
    name: str
    progress: Progress
    wanted: int
    updated: int
    ready: int
    revision: int
    reason: str = ""
    revisions: tuple[RevisionShown, ...] = ()


@dataclass(frozen=True, slots=True)
class Event:
    """What happened to an object, `count` times, last `at` (ms). Numbers grow; ask for those above the last seen."""

    number: int
    at: int
    kind: str
    name: str
    severity: Severity
    reason: str
    message: str
    count: int = 1


@dataclass(frozen=True, slots=True)
class Use:
    """What a replica uses now, and may use: thousandths of a processor, octets."""

    replica: str
    kind: str
    workload: str
    milli: int
    most_milli: int
    octets: int
    most_octets: int


@dataclass(frozen=True, slots=True)
class Follow:
    """Which lines: the last `tail` (0: all that are kept), then those to come; `previous`: of the container before."""

    follow: bool = False
    tail: int = 0
    previous: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a program: when it was written (RFC 3339), where, and the text without its end."""

    at: str
    stream: Literal["stdout", "stderr"]
    text: str


@dataclass(frozen=True, slots=True)
class Command:
    """What to run in a replica. With `terminal`, output is one stream and `resize` means something."""

    words: tuple[str, ...]
    terminal: bool = False
    rows: int = 24
    columns: int = 80
    environment: tuple[tuple[str, str], ...] = field(default=())


class Shell(Protocol):
    """A command that runs in a replica."""

    async def read(self) -> bytes:
        """The next output, of both streams as it comes; empty when the command has ended."""
        ...

    async def write(self, octets: bytes) -> None:
        """Type."""
        ...

    async def end_input(self) -> None:
        """No more will be typed."""
        ...

    async def resize(self, rows: int, columns: int) -> None:
        """The window changed."""
        ...

    async def status(self) -> int:
        """The exit status, once `read` gave nothing; -1 when nobody knows it."""
        ...

    async def close(self) -> None:
        """Leave; the command is ended when it still runs."""
        ...


class Tunnel(Protocol):
    """A connection to a port of a replica or a Service."""

    async def read(self) -> bytes:
        """What came; empty at the end."""
        ...

    async def write(self, octets: bytes) -> None:
        """Send."""
        ...

    async def end_input(self) -> None:
        """No more will be sent; what is still to come is read on."""
        ...

    async def close(self) -> None:
        """End it."""
        ...


class Engine(Protocol):
    """One engine. `kind` is a kind's name such as "Deployment"; any case and common short forms are understood."""

    def apply(self, project: Project, text: str, actor: str) -> Applied | Refused:
        """Keep what a manifest asks for, all of it or nothing. Refused: field and rule, quota, port taken."""
        ...

    def diff(self, project: Project, text: str) -> Applied | Refused:
        """What `apply` would do, without doing it."""
        ...

    def get(self, project: Project, kind: str = "", name: str = "") -> tuple[Shown, ...] | Refused:
        """Objects, of one kind when given. Refused: an unknown kind, or no object of that name."""
        ...

    def replicas(self, project: Project, workload: str = "") -> tuple[Replica, ...] | Refused:
        """Replicas, of one workload's name when given."""
        ...

    def delete(self, project: Project, kind: str, name: str, actor: str) -> Change | Refused:
        """Forget an object; its replicas are drained and ended."""
        ...

    def scale(self, project: Project, kind: str, name: str, replicas: int, actor: str) -> Change | Refused:
        """Ask for so many replicas."""
        ...

    def rollout(self, project: Project, kind: str, name: str) -> Rollout | Refused:
        """How far a Deployment or StatefulSet is, and its revisions."""
        ...

    def undo(self, project: Project, kind: str, name: str, to: int, actor: str) -> Change | Refused:
        """Go back to a revision, 0: the one before. Refused: there is none."""
        ...

    def restart(self, project: Project, kind: str, name: str, actor: str) -> Change | Refused:
        """Replace every replica by a new one of the same revision, without interruption."""
        ...

    def events(self, project: Project, after: int = 0, most: int = 200) -> tuple[Event, ...] | Refused:
        """What happened, oldest first."""
        ...

    def top(self, project: Project) -> tuple[Use, ...] | Refused:
        """What the replicas use now."""
        ...

    def logs(self, project: Project, replica: str, which: Follow) -> AsyncIterator[Line]:
        """Lines of a replica. Raises EngineGone; an unknown replica has none."""
        ...

    async def exec(self, project: Project, replica: str, command: Command) -> Shell | Refused:
        """Run a command in a replica."""
        ...

    async def forward(self, project: Project, target: str, port: int) -> Tunnel | Refused:
        """A connection to a port of a replica, or of a Service as "service/web"."""
        ...
