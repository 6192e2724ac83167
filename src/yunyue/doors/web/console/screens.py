"""What the first screen of each role shows beside its tasks: a few parts, each worked out only where it is shown."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from yunyue.acceptance.materials import MILESTONES, materials
from yunyue.acceptance.rectifications import Rectification, rectifications
from yunyue.doors.office import office
from yunyue.doors.web.accounts.roles import Role
from yunyue.doors.web.console.asking import Asked
from yunyue.doors.web.console.recording.labels import choice
from yunyue.doors.web.console.standing import standing, verdicts
from yunyue.journal.facts import AcceptanceHeld, VerdictReached
from yunyue.services.monitor.alerts.register import Alert, alerts
from yunyue.services.monitor.entry import ENTRY
from yunyue.settlement.admission import Known
from yunyue.settlement.statement import Obligation, Statement
from yunyue.tickets.register import tickets

STAFF_CLAUSES: Final = ("C20", "C21", "C22", "C24", "C25")
QUEUE: Final = 8
"""Rows of a list on a first screen; the whole of it is one click away."""

PARTS: Final[Mapping[str, tuple[str, ...]]] = {
    Role.CLIENT_MANAGER: ("money", "deadlines", "owed", "red", "gaps"),
    Role.CLIENT_APPROVER: ("money", "missing", "deadlines", "owed", "red"),
    Role.SERVICE_MANAGER: ("burn", "rework", "gaps", "deadlines", "owed", "red"),
    Role.ENGINEER: ("queue", "alarms", "red"),
}
"""The parts of each role's first screen, in order; each has a template of its name."""


@dataclass(frozen=True, slots=True)
class Screen:
    """What parts are made from: the question, what is known, the statement of the day."""

    question: Asked
    known: Known
    statement: Statement


def values(role: str, screen: Screen) -> dict[str, object]:
    """What the parts of a role's first screen show, and their templates in order."""
    parts = PARTS[role]
    found: dict[str, object] = {"parts": [f"console/today/{part}.html" for part in parts]}
    if not {"money", "deadlines", "owed"}.isdisjoint(parts):
        found["stand"] = standing(screen.question.terms, screen.statement)
    for part in parts:
        if part in BUILDERS:
            found[part] = BUILDERS[part](screen)
    return found


def _deadlines(screen: Screen) -> list[tuple[Obligation, int | None]]:
    """What is due next, with the days left."""
    stand = standing(screen.question.terms, screen.statement)
    return [(one, _left(one, screen.question.as_of)) for one in stand.next]


def _left(one: Obligation, day: date) -> int | None:
    """Days to the due day; none where conditions are still missing, since nobody is late for it then."""
    if one.due is None or (one.state == "waiting" and one.due < day):
        return None
    return (one.due - day).days


def _missing(screen: Screen) -> list[tuple[str, str, object]]:
    """What the next acceptance still lacks: its key, its title, and each kind of document with what is missing."""
    held = {(one.milestone, one.result) for one in screen.known.all(AcceptanceHeld)}
    key = next((one for one in MILESTONES if (one, "passed") not in held), None)
    if key is None:
        return []
    found = materials(screen.known, key, screen.question.as_of)
    return [(key, choice(key), one) for one in found if one.missing]


def _red(screen: Screen) -> dict[str, object]:
    """The objectives below their level in their latest month, and whether any month was judged at all."""
    reached = verdicts(office().kernel.facts(screen.question.contract, VerdictReached))
    latest = {one.objective: one for one in reached}
    below = [(one, screen.question.terms.objective(one.objective)) for one in latest.values() if not one.met]
    return {"found": below, "judged": bool(latest)}


def _gaps(screen: Screen) -> list[object]:
    """What the clauses on staff ask for and is not so."""
    return [one for one in screen.statement.checks if one.clause in STAFF_CLAUSES and one.state != "holds"]


def _rework(screen: Screen) -> list[Rectification]:
    """Orders to rework that are open, by deadline."""
    found = [one for one in rectifications(screen.known, screen.question.as_of) if one.open]
    return sorted(found, key=lambda one: one.deadline)


def _queue(screen: Screen) -> dict[str, object]:
    """The tickets whose clocks run out first, and how many there are besides."""
    kernel = office().kernel
    found = [one for one in tickets(screen.known, kernel.calendar, kernel.clock.now()) if one.open]
    late = sum("late" in (one.response.state, one.resolution.state) for one in found)
    return {"found": found[:QUEUE], "more": max(len(found) - QUEUE, 0), "late": late}


def _alarms(screen: Screen) -> list[Alert]:
    """The alerts that fire."""
    folder = Path(office().hosting.host(screen.question.contract, ENTRY.code).folder)
    if not (folder / "alerts.sqlite").exists():
        return []
    return [one for one in alerts(folder) if one.firing][:QUEUE]


BUILDERS: Final[Mapping[str, Callable[[Screen], object]]] = {
    "deadlines": _deadlines,
    "missing": _missing,
    "red": _red,
    "gaps": _gaps,
    "rework": _rework,
    "queue": _queue,
    "alarms": _alarms,
}
"""What each part shows. "money" and "owed" are the standing itself; "burn" is asked for once the page is there."""
