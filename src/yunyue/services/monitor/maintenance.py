"""Maintenance windows: stretches one person asked for and another approved, read from the facts of the contract.

For whoever shows them: `windows(host)`. Within one, alerts are written down and nobody is told; that the time does not
count against the provider is the exclusion's own effect, in `sla`.
"""

from dataclasses import dataclass

from yunyue.catalog import Host
from yunyue.journal.facts import ExclusionApproved, ExclusionRequested
from yunyue.services.monitor.entry import ENTRY
from yunyue.sla.span import milliseconds


@dataclass(frozen=True, slots=True)
class Maintenance:
    """A window asked for (ms): who asked and why; `approver` is empty while nobody else approved it."""

    exclusion: str
    objective: str
    start: int
    end: int
    who: str
    why: str
    approver: str = ""

    @property
    def approved(self) -> bool:
        """Whether it counts."""
        return bool(self.approver)

    def covers(self, moment: int) -> bool:
        """Whether it counts and holds at a moment (ms)."""
        return self.approved and self.start <= moment < self.end


def windows(host: Host) -> tuple[Maintenance, ...]:
    """Every maintenance window asked for, of this service's objectives, in the order of the journal."""
    mine = {one.id for one in host.objectives(ENTRY.code)}
    approvals = [
        (one.data.exclusion, one.actor)
        for one in host.standing(ExclusionApproved)
        if isinstance(one.data, ExclusionApproved)
    ]
    found: dict[str, Maintenance] = {}
    for fact in host.standing(ExclusionRequested):
        said = fact.data
        if isinstance(said, ExclusionRequested) and said.ground == "maintenance" and said.objective in mine:
            approver = next((who for name, who in approvals if name == said.exclusion and who != fact.actor), "")
            span = (milliseconds(said.start), milliseconds(said.end))
            one = Maintenance(said.exclusion, said.objective, *span, fact.actor, said.reason, approver)
            found.setdefault(said.exclusion, one)
    return tuple(found.values())
