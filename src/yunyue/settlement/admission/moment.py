"""When something can have happened under a contract: not before there was one, and not before what it answers."""

from datetime import date, timedelta

from yunyue.answer import Refused
from yunyue.journal import facts
from yunyue.journal.envelope import Fact
from yunyue.settlement.admission.known import Known

PAPERS_BEFORE_DAYS = 366
"""Papers and people are made ready before the term begins; nothing is older than so many days before it."""

MADE_READY: frozenset[type[facts.Payload]] = frozenset(
    {
        facts.ContractRegistered,
        facts.ContractSigned,
        facts.AnnexAttached,
        facts.CopiesExchanged,
        facts.SpecificationCited,
        facts.NoticeGiven,
        facts.StaffProposed,
        facts.StaffChecked,
        facts.StaffWaived,
        facts.StaffConsented,
        facts.StaffAssigned,
        facts.StaffRejected,
        facts.ConfidentialitySigned,
        facts.TrainingHeld,
        facts.MaterialLent,
        facts.ProposalMade,
        facts.ProposalApproved,
        facts.ProposalRejected,
        facts.FactCorrected,
    }
)
"""Kinds that may come before the contract begins; everything else is performance of it."""


def not_too_early(known: Known, fact: Fact) -> Refused | None:
    """Refused before the contract begins (七): performance before its first day, papers a year before that."""
    begins = beginning(known)
    earliest = begins - timedelta(PAPERS_BEFORE_DAYS) if type(fact.data) in MADE_READY else begins
    if fact.day >= earliest:
        return None
    return Refused(f"{fact.day} lies before the contract, which begins on {begins}", "time", "C01")


def beginning(known: Known) -> date:
    """The first day of the term, or the day of a signature or of the cover if that is earlier."""
    signed = [min(one.signed, one.sealed) for one in known.all(facts.ContractSigned)]
    cover = [known.terms.cover_date] if known.terms.cover_date is not None else []
    return min([known.terms.term.start, *signed, *cover])
