"""Projects of containers that somebody at a door may see, and what they may do in each.

A department's people see their department's projects and nobody else's. Until a project names its first member, they
are its admins; from then on its list of members says who does what. Whoever reads the contract sees how every project
does, and what programs write or are told only where a project made them a member.
"""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import msgspec

from yunyue.answer import Refused
from yunyue.host.clock import SystemClock
from yunyue.services.containers.engine import Command, Engine, Follow, Line, Shell
from yunyue.services.containers.engines import engine_folder
from yunyue.services.containers.errors import EngineGone
from yunyue.services.containers.project.objects import Objects
from yunyue.services.containers.project.project import RANKS, Project, Role, may
from yunyue.services.containers.project.projects import Projects
from yunyue.services.containers.project.rows import EventRow
from yunyue.services.containers.project.store import Store
from yunyue.services.containers.registry.tokens import PushTokens
from yunyue.sla.span import milliseconds

WATCHED: Final = frozenset({"get", "events", "top", "rollout"})
"""What a reader of the contract sees of every project."""

PLAIN: Final = ("order", "contract", "tenant", "paused", "made", "number", "name")
EVENTS: Final = {
    "exec": "Exec",
    "forward": "Forward",
    "members": "Member",
    "push": "PushToken",
    "sign": "Signed",
    "rules": "Rules",
}
"""What the project's event is called, by the verb."""

NOBODY: Final = "none"
MOST_LINES: Final = 2000
MOST_OCTETS: Final = 256 << 10
LOG_SECONDS: Final = 10.0
RUN_SECONDS: Final = 20.0


@dataclass(frozen=True, slots=True)
class Person:
    """Who asks: their pseudonym, their department ("" for none), whether they read the contract."""

    pseudonym: str
    tenant: str
    reads: bool


@dataclass(frozen=True, slots=True)
class Ran:
    """A command that ended: its status, what it wrote, whether more was written than is kept."""

    status: int
    output: bytes
    cut: bool


def projects_under(home: Path) -> Projects | None:
    """The projects of an installation's home; None while there never was one: looking makes nothing."""
    folder = engine_folder(home / "services")
    return Projects(Store(folder)) if (folder / "state.sqlite").exists() else None


def visible(home: Path, contract: str, person: Person) -> tuple[Project, ...]:
    """The living projects of a contract that somebody may see, by number."""
    kept = projects_under(home)
    found = kept.all() if kept is not None else ()
    return tuple(one for one in found if one.contract == contract and (person.reads or one.tenant == person.tenant))


def project_of(home: Path, contract: str, name: str, person: Person) -> Project | Refused:
    """One of them. Refused: another's, or none; which of both is not told."""
    found = [one for one in visible(home, contract, person) if name in (one.name, one.order)]
    # An order may be called as another project is: the name stands first.
    found.sort(key=lambda one: one.name != name)
    return found[0] if found else Refused(f"there is no project {name!r}", "project", "C37")


def plain(project: Project) -> dict[str, Any]:
    """A project as programs are told of it: what it is, and what was ordered."""
    wanted: dict[str, Any] = msgspec.to_builtins(project.wanted)
    return wanted | {name: getattr(project, name) for name in PLAIN}


def tell(home: Path, project: Project, actor: str, verb: str, about: str) -> None:
    """Tell the project's members who ran what, opened which port or changed what is kept: an event of the project."""
    said = f"by {actor}: {about}"[:1000]
    event = EventRow(0, project.order, moment_now(), "Project", project.name, "normal", EVENTS[verb], said)
    Objects(Store(engine_folder(home / "services")), project.order).tell(event)


def role_in(home: Path, project: Project, person: Person) -> Role | None:
    """What somebody is in a project; None for a stranger."""
    kept = projects_under(home)
    given = kept.role(project.order, person.pseudonym) if kept is not None else None
    if given is not None or not person.tenant or person.tenant != project.tenant:
        return given
    named = kept is not None and bool(kept.members(project.order))
    return "viewer" if named else "admin"


def kept_projects(home: Path) -> Projects:
    """Where projects and their members are kept, of an installation that has some."""
    return Projects(Store(engine_folder(home / "services")))


def push_tokens(home: Path) -> PushTokens:
    """Where push tokens are kept."""
    return PushTokens(Store(engine_folder(home / "services")), moment_now)


def moment_now() -> int:
    """This moment, ms."""
    return milliseconds(SystemClock().now())


def no_role(role: str) -> Refused | None:
    """None for a role there is, and for "none"."""
    known = (*RANKS, NOBODY)
    return None if role in known else Refused(f"there is no role {role!r}; known: {', '.join(known)}", "role", "C37")


def give(home: Path, project: Project, person: str, role: str) -> Refused | None:
    """Give a person a role in a project, or take it ("none").

    Refused: no such role, the first is no admin, or the last would go.
    """
    unknown = no_role(role)
    if unknown is not None:
        return unknown
    kept = kept_projects(home)
    if role not in ("admin", NOBODY) and not kept.members(project.order):
        return Refused("the first member of a project is an admin", "role", "C37")
    return kept.grant(project.order, person, next((one for one in RANKS if one == role), None))


def allowed(home: Path, project: Project, person: Person, verb: str) -> Refused | None:
    """None when somebody may do this in the project."""
    if person.reads and verb in WATCHED:
        return None
    return may(role_in(home, project, person), verb)


async def lines_of(engine: Engine, project: Project, replica: str, which: Follow) -> list[Line] | Refused:
    """The last lines of a replica, at most MOST_LINES. Refused: the engine is not there, or does not answer."""
    tail = min(which.tail or MOST_LINES, MOST_LINES)
    found: list[Line] = []
    try:
        async with asyncio.timeout(LOG_SECONDS):
            async for line in engine.logs(project, replica, Follow(False, tail, which.previous)):
                found.append(line)
    except (EngineGone, TimeoutError) as problem:
        return Refused(f"the engine does not answer: {problem or 'too late'}", "engine", "C37")
    return found[-tail:]


async def run_once(engine: Engine, project: Project, replica: str, words: tuple[str, ...]) -> Ran | Refused:
    """Run a command that is typed nothing, for at most RUN_SECONDS. Refused: no such replica, it did not end."""
    shell = await engine.exec(project, replica, Command(words))
    if isinstance(shell, Refused):
        return shell
    try:
        async with asyncio.timeout(RUN_SECONDS):
            await shell.end_input()
            return await _ended(shell)
    except TimeoutError:
        return Refused(f"the command did not end within {RUN_SECONDS:.0f} s", "command", "C37")
    finally:
        await shell.close()


async def _ended(shell: Shell) -> Ran:
    held, cut = bytearray(), False
    while piece := await shell.read():
        room = MOST_OCTETS - len(held)
        cut = cut or len(piece) > room
        held += piece[:room]
    return Ran(await shell.status(), bytes(held), cut)
