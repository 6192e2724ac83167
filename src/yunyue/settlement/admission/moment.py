"""When something can have happened under a contract: not before there was one, and not before what it answers."""

from datetime import date, timedelta
from typing import Any

from msgspec.structs import replace

from yunyue.answer import Refused
from yunyue.contract.terms import Term, Terms
from yunyue.journal import facts
from yunyue.journal.envelope import Fact
from yunyue.settlement.admission.known import Known
from yunyue.settlement.case import Case
from yunyue.settlement.case import Known as Counted
from yunyue.settlement.compute import as_day
from yunyue.settlement.rules.majeure import extended_end
from yunyue.workdays import Calendar

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


def last_day(known: Known, today: date) -> date:
    """The last day of the term, as force majeure known by `today` has extended it (十一(一), C29)."""
    return extended(known, known.terms, today).end


def extended(known: Known, terms: Terms, today: date) -> Term:
    """The term of these terms, to the day by which force majeure known by `today` has extended it."""
    kinds: tuple[type[facts.Payload], ...] = (facts.MajeureBegan, facts.MajeureEnded)
    events = {kind: _counted(known, kind, today) for kind in kinds}
    end = as_day(extended_end(Case(terms, _NO_WORKDAYS, today, events, known.size)))
    return replace(terms.term, end=end)


_NO_WORKDAYS = Calendar.monday_to_friday()
"""An extension counts calendar days, so no notice is asked for."""


def _counted(known: Known, kind: type[facts.Payload], today: date) -> list[Counted[Any]]:
    found = sorted(known.facts(kind), key=lambda one: one.time)
    return [Counted(one.id, one.day, one.actor, one.time, one.data) for one in found if one.day <= today]
