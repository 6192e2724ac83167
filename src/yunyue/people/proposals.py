"""Proposals: what one person asks for waits until another agrees; then the fact and the approval are recorded as one.

What is proposed lies among the objects under its digest, so what is approved is, to the byte, what was proposed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec

from yunyue.answer import Refused
from yunyue.journal.envelope import Recorded, canonical, understand
from yunyue.journal.facts import BY_TYPE, Payload, ProposalApproved, ProposalMade, ProposalRejected, SumSettled
from yunyue.kernel import Happening, Kernel, Recorder
from yunyue.people.duties import may_decide, needs_another
from yunyue.people.policy import Person, refusal

INSTALMENT = "instalment-"
"""What the lines of instalments begin with; they are paid, as payment.made says, and not settled."""


@dataclass(frozen=True, slots=True)
class Intent:
    """What somebody wants recorded: what happened, when, and the form's own id, by which a second sending is known."""

    said: Payload
    at: datetime
    id: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """What waits, or how it ended. `decision`: None while it waits; `fact` is what came of an approved one."""

    id: str
    kind: type[Payload]
    content: str
    at: datetime
    maker: str
    made: datetime
    decision: ProposalApproved | ProposalRejected | None
    decided_by: str
    decided: datetime | None

    @property
    def type(self) -> str:
        """What is proposed, such as "payment.made"."""
        return self.kind.type

    @property
    def state(self) -> str:
        """In a word."""
        match self.decision:
            case None:
                return "awaiting"
            case ProposalApproved():
                return "approved"
            case ProposalRejected():
                return "rejected"


def put_forward(kernel: Kernel, contract: str, intent: Intent, who: Person, source: str) -> bool | Refused:
    """Record what a person says, or propose it where another must agree: True when it now waits.

    Refused: not this role's, not fitting the contract, sent before. Nothing is half done.
    """
    refused = checked(kernel, contract, intent, who, source)
    if refused is not None:
        return refused
    recorder = Recorder(who.actor, source)
    happening = Happening(intent.said, intent.at, intent.id)
    waits = needs_another(type(intent.said))
    if waits:
        content = kernel.objects.put(canonical(intent.said))
        if isinstance(content, Refused):
            return content
        made = ProposalMade(proposal=intent.id, kind=intent.said.type, content=content, at=intent.at)
        happening = Happening(made, kernel.clock.now(), intent.id)
    done = kernel.record(contract, [happening], recorder)
    return done if isinstance(done, Refused) else waits


def checked(kernel: Kernel, contract: str, intent: Intent, who: Person, source: str) -> Refused | None:
    """Whether a person may put this forward now; nothing is recorded."""
    known = kernel.known(contract)
    if isinstance(known, Refused):
        return known
    if kernel.journal.find(intent.id) is not None:
        return Refused("this form was sent already; nothing is recorded twice", "form")
    refused = refusal(known, intent.said, who)
    refused = refused or _owed(kernel, contract, intent.said)
    return refused or kernel.check(contract, [Happening(intent.said, intent.at)], Recorder(who.actor, source))


def _owed(kernel: Kernel, contract: str, said: Payload) -> Refused | None:
    """A sum settles a line of the statement, paid by the side that owes it; any other would settle nothing."""
    if not isinstance(said, SumSettled):
        return None
    made = kernel.statement(contract, kernel.clock.now().date())
    if isinstance(made, Refused):
        return made
    payers = {line.id: line.payer for line in made.lines if not line.id.startswith(INSTALMENT)}
    if said.line not in payers:
        there = ", ".join(payers) or "none"
        return Refused(f"the statement has no line {said.line!r} to settle; it has {there}", "sum.settled.line", "C02")
    if said.payer != payers[said.line]:
        reason = f"line {said.line} is owed by the {payers[said.line]}"
        return Refused(reason, "sum.settled.payer", "C02")
    return None


def proposed(kernel: Kernel, contract: str) -> tuple[Proposal, ...]:
    """Every proposal under a contract, newest first."""
    return proposals(kernel.facts(contract, ProposalMade, ProposalApproved, ProposalRejected))


def proposals(facts: Sequence[Recorded]) -> tuple[Proposal, ...]:
    """Every proposal among a contract's facts, newest first."""
    ends: dict[str, Recorded] = {}
    for one in facts:
        if isinstance(one.fact.data, ProposalApproved | ProposalRejected):
            ends.setdefault(one.fact.data.proposal, one)
    made = [one for one in facts if isinstance(one.fact.data, ProposalMade)]
    return tuple(_proposal(one, ends) for one in reversed(made))


def _proposal(one: Recorded, ends: dict[str, Recorded]) -> Proposal:
    said = one.fact.data
    assert isinstance(said, ProposalMade)
    end = ends.get(said.proposal)
    decision = None if end is None else end.fact.data
    assert decision is None or isinstance(decision, ProposalApproved | ProposalRejected)
    return Proposal(
        id=said.proposal,
        kind=BY_TYPE[said.kind],
        content=said.content,
        at=said.at,
        maker=one.fact.actor,
        made=one.fact.time,
        decision=decision,
        decided_by="" if end is None else end.fact.actor,
        decided=None if end is None else end.fact.time,
    )


def find(kernel: Kernel, contract: str, proposal: str) -> Proposal | Refused:
    """The proposal of that id under a contract."""
    found = next((one for one in proposed(kernel, contract) if one.id == proposal), None)
    return found or Refused(f"there is no proposal {proposal!r}", "proposal")


def content(kernel: Kernel, proposal: Proposal) -> Payload | Refused:
    """What was proposed, read back from the objects."""
    document = kernel.objects.get(proposal.content)
    if isinstance(document, Refused):
        return document
    return understand(proposal.kind.type, msgspec.json.decode(document, type=dict[str, object]))


def happenings(said: Payload, proposal: Proposal, now: datetime) -> list[Happening]:
    """What approving records: the proposed fact and the approval, in one batch."""
    fact = f"{proposal.id}-fact"
    approval = ProposalApproved(proposal=proposal.id, fact=fact)
    return [Happening(said, proposal.at, fact), Happening(approval, now, f"{proposal.id}-approved")]


def approve(kernel: Kernel, contract: str, proposal: Proposal, who: Person, source: str) -> Refused | None:
    """Agree, as another person whose duty it is. The fact is admitted again: what fitted then may not fit now."""
    refused = _decides(proposal, who)
    if refused is not None:
        return refused
    said = content(kernel, proposal)
    if isinstance(said, Refused):
        return said
    batch = happenings(said, proposal, kernel.clock.now())
    done = kernel.record(contract, batch, Recorder(who.actor, source))
    return done if isinstance(done, Refused) else None


def reject(
    kernel: Kernel, contract: str, proposal: Proposal, reason: str, speaker: tuple[Person, str]
) -> Refused | None:
    """Send it back with a reason; its maker may take it back too. `speaker` is who says so, and through what."""
    who, source = speaker
    refused = None if who.said(proposal.maker) else _decides(proposal, who)
    if refused is not None:
        return refused
    said = understand("proposal.rejected", {"proposal": proposal.id, "reason": reason})
    if isinstance(said, Refused):
        return said
    happening = Happening(said, kernel.clock.now(), f"{proposal.id}-rejected")
    done = kernel.record(contract, [happening], Recorder(who.actor, source))
    return done if isinstance(done, Refused) else None


def _decides(proposal: Proposal, who: Person) -> Refused | None:
    if proposal.decision is not None:
        return Refused(f"proposal {proposal.id!r} is decided already", "proposal")
    if who.said(proposal.maker):
        return Refused("whoever proposed it does not decide on it", "proposal")
    if not may_decide(who.role, proposal.kind):
        return Refused(f"{proposal.kind.type} is not decided by role {who.role}", "proposal")
    return None
