"""What the wall display shows of a contract: each service at a glance, what is open, what happened last."""

from collections import Counter
from dataclasses import dataclass
from typing import Literal

from yunyue.acceptance.rectifications import rectifications
from yunyue.catalog import Entry
from yunyue.contract import Terms
from yunyue.contract.terms import Objective
from yunyue.doors.office import office
from yunyue.doors.web.console.asking import Asked
from yunyue.doors.web.console.standing import verdicts
from yunyue.journal.envelope import Recorded
from yunyue.journal.facts import OrderCancelled, OrderPlaced, ServiceDelivered, ServiceRetired, VerdictReached
from yunyue.people.proposals import proposed
from yunyue.settlement.admission import Known

NEWEST = 8
CLAUSE_3 = ("os", "containers", "transcode", "protect", "scan", "monitor", "audit", "crypto")
"""The order of the services in the contract's clause 三 (C37)."""

Light = Literal["met", "missed", "unjudged"]


@dataclass(frozen=True, slots=True)
class Tile:
    """A service: how many instances run, and its latest verdicts, the worst first."""

    entry: Entry
    running: int
    verdicts: tuple[tuple[VerdictReached, Objective | None], ...]

    @property
    def light(self) -> Light:
        """Red as soon as one objective was missed in its latest month."""
        if not self.verdicts:
            return "unjudged"
        return "met" if all(one.met for one, _ in self.verdicts) else "missed"


@dataclass(frozen=True, slots=True)
class Wall:
    """The whole display."""

    tiles: tuple[Tile, ...]
    late: int
    open: int
    undecided: int
    newest: tuple[Recorded, ...]


def wall(question: Asked, known: Known) -> Wall:
    """The display of a contract as of a day."""
    kernel = office().kernel
    reached = verdicts(kernel.facts(question.contract, VerdictReached))
    rework = [one for one in rectifications(known, question.as_of) if one.open]
    return Wall(
        tiles=tiles(question.terms, reached, known),
        late=sum(one.late for one in rework),
        open=len(rework),
        undecided=sum(one.decision is None for one in proposed(kernel, question.contract)),
        newest=kernel.facts(question.contract)[: -NEWEST - 1 : -1],
    )


def tiles(terms: Terms, reached: tuple[VerdictReached, ...], known: Known) -> tuple[Tile, ...]:
    """A tile for each service, in the order in which the contract names them; others follow."""
    latest = {one.objective: one for one in reached}
    of_service: dict[str, list[tuple[VerdictReached, Objective | None]]] = {}
    for verdict in latest.values():
        objective = terms.objective(verdict.objective)
        if objective is not None:
            of_service.setdefault(objective.service, []).append((verdict, objective))
    running = instances(known)
    return tuple(
        Tile(
            service.entry,
            running.get(code, 0),
            tuple(sorted(of_service.get(code, ()), key=lambda one: (one[0].met, one[0].measured))),
        )
        for code, service in sorted(office().hosting.registry.services.items(), key=lambda one: _place(one[0]))
    )


def _place(code: str) -> int:
    return CLAUSE_3.index(code) if code in CLAUSE_3 else len(CLAUSE_3)


def instances(known: Known) -> dict[str, int]:
    """How many delivered instances of each service have not ended."""
    ended = {one.order for one in known.all(ServiceRetired)} | {one.order for one in known.all(OrderCancelled)}
    service = {one.order: one.service for one in known.all(OrderPlaced)}
    delivered = {one.order for one in known.all(ServiceDelivered)} - ended
    return Counter(service[order] for order in delivered if order in service)
