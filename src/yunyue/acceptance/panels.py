"""Who sits in an acceptance, and what each member said (六)."""

from dataclasses import dataclass

from yunyue.journal.envelope import Fact
from yunyue.journal.facts import AcceptanceConvened, AcceptanceOpined, Milestone
from yunyue.settlement.admission import Known


@dataclass(frozen=True, slots=True)
class Seat:
    """A member under a pseudonym, and their last opinion, if any."""

    member: str
    opinion: Fact | None


def panel(known: Known, milestone: Milestone) -> tuple[Seat, ...]:
    """The members of the acceptance convened last for a milestone; opinions given before it do not count for it."""
    convened = [one for one in known.facts(AcceptanceConvened) if getattr(one.data, "milestone", "") == milestone]
    if not convened:
        return ()
    last = convened[-1]
    assert isinstance(last.data, AcceptanceConvened)
    said = {
        one.data.member: one
        for one in known.facts(AcceptanceOpined)
        if isinstance(one.data, AcceptanceOpined) and one.data.milestone == milestone and one.time >= last.time
    }
    return tuple(Seat(member, said.get(member)) for member in last.data.members)
