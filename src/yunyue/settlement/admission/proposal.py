"""What proposals must fit: another person decides, once, and what comes to count is exactly what was proposed."""

import hashlib

from yunyue.answer import Refused
from yunyue.journal.envelope import Fact, canonical
from yunyue.journal.facts import BY_TYPE, Payload, ProposalApproved, ProposalMade, ProposalRejected
from yunyue.settlement.admission.known import Known, must_be_another_person, must_be_new, must_exist


def content_digest(said: Payload) -> str:
    """The digest a proposal names: SHA-256 over the canonical content of the fact that is proposed."""
    return f"sha256:{hashlib.sha256(canonical(said)).hexdigest()}"


def made(known: Known, fact: Fact, said: ProposalMade) -> Refused | None:
    """Of a kind of fact there is, under a new id, about a moment that has come."""
    if said.kind not in BY_TYPE:
        return Refused(f"there is no fact of type {said.kind!r}", "proposal.made.kind")
    if said.at > fact.time:
        return Refused(f"{said.at.isoformat()} has not come yet; propose what has happened", "proposal.made.at")
    return must_be_new(known, fact, "proposal")


def approved(known: Known, fact: Fact, said: ProposalApproved) -> Refused | None:
    """By another person, while it is open, together with the very fact that was proposed."""
    proposal = known.find(ProposalMade, "proposal", said.proposal)
    if proposal is None:
        return must_exist(known, fact, ProposalMade, "proposal")
    return must_be_another_person(proposal, fact) or _open(known, fact, said.proposal) or _same(known, proposal, said)


def rejected(known: Known, fact: Fact, said: ProposalRejected) -> Refused | None:
    """While it is open. Its maker may take it back, so this may be the same person."""
    return must_exist(known, fact, ProposalMade, "proposal") or _open(known, fact, said.proposal)


def _open(known: Known, fact: Fact, proposal: str) -> Refused | None:
    for kind in (ProposalApproved, ProposalRejected):
        if known.find(kind, "proposal", proposal) is not None:
            return Refused(f"proposal {proposal!r} is decided already", f"{fact.type}.proposal")
    return None


def _same(known: Known, proposal: Fact, said: ProposalApproved) -> Refused | None:
    """The fact came in this batch, says what the proposal's digest stands for, of the same type and moment."""
    assert isinstance(proposal.data, ProposalMade)
    wanted = proposal.data
    found = known.fact(said.fact)
    if found is None or said.fact not in known.coming:
        return Refused("the proposed fact comes along with its approval", "proposal.approved.fact")
    if (found.type, found.time) != (wanted.kind, wanted.at) or content_digest(found.data) != wanted.content:
        return Refused("this is not the fact that was proposed", "proposal.approved.fact")
    return None
