"""What signatures, supplements, corrections, waivers, events and decisions must fit."""

from yunyue.answer import Refused
from yunyue.contract.amend import amend
from yunyue.journal.envelope import Fact
from yunyue.journal.facts import (
    BreachConfirmed,
    BreachCured,
    CompensationDecided,
    ContractSigned,
    ContractSupplemented,
    ExclusionApproved,
    ExclusionRequested,
    FactCorrected,
    MajeureBegan,
    MajeureCertified,
    MajeureEnded,
    StaffWaived,
)
from yunyue.money import Money
from yunyue.settlement.admission.known import Known, must_be_another_person, must_be_new, must_exist


def signed(known: Known, fact: Fact, said: ContractSigned) -> Refused | None:
    """Each side signs once, and not in the future of the fact."""
    if known.find(ContractSigned, "party", said.party) is not None:
        return Refused(
            f"the {said.party} has signed already; correct that fact instead", "contract.signed.party", "C33"
        )
    if max(said.signed, said.sealed) > fact.day:
        return Refused("signature and seal lie after the day of the fact", "contract.signed.signed", "C33")
    return None


def supplemented(known: Known, fact: Fact, said: ContractSupplemented) -> Refused | None:
    """The changes fit the terms as amended so far, and leave them consistent."""
    changed = amend(known.terms, said.changes)
    if isinstance(changed, Refused):
        return Refused(changed.reason, f"contract.supplemented.{changed.field}", changed.clause or "C34")
    return must_be_new(known, fact, "supplement")


def corrected(known: Known, fact: Fact, said: FactCorrected) -> Refused | None:
    """It names a fact of this contract that still counts, and a replacement that is there."""
    del fact
    if not known.has(said.corrects):
        return Refused(f"there is no fact {said.corrects!r} under this contract", "fact.corrected.corrects")
    if not known.counts(said.corrects):
        return Refused(f"fact {said.corrects!r} is corrected already", "fact.corrected.corrects")
    if said.replacement is not None and not known.has(said.replacement):
        return Refused(f"record the replacement {said.replacement!r} first", "fact.corrected.replacement")
    return None


def waived(known: Known, fact: Fact, said: StaffWaived) -> Refused | None:
    """Only a soft condition can be waived (A24)."""
    del fact
    condition = next((one for one in known.terms.staff_conditions if one.number == said.condition), None)
    if condition is None or not condition.soft or known.terms.readings["A24"] == "hard":
        return Refused(f"condition {said.condition} cannot be waived", "staff.waived.condition", "C20")
    return None


def cured(known: Known, fact: Fact, _: BreachCured) -> Refused | None:
    """The breach was confirmed before."""
    return must_exist(known, fact, BreachConfirmed, "breach")


def of_event(known: Known, fact: Fact, _: MajeureCertified | MajeureEnded) -> Refused | None:
    """The event began before."""
    return must_exist(known, fact, MajeureBegan, "event")


def excluded(known: Known, fact: Fact, said: ExclusionApproved) -> Refused | None:
    """By another person than the one who asked."""
    asked = known.find(ExclusionRequested, "exclusion", said.exclusion)
    return (
        must_exist(known, fact, ExclusionRequested, "exclusion")
        if asked is None
        else must_be_another_person(asked, fact)
    )


def requested(known: Known, fact: Fact, said: ExclusionRequested) -> Refused | None:
    """For an objective of the SLA, under a new id."""
    if known.terms.objective(said.objective) is None:
        return Refused(f"there is no objective {said.objective!r}", "exclusion.requested.objective", "C18")
    return must_be_new(known, fact, "exclusion")


def decided(known: Known, fact: Fact, said: CompensationDecided) -> Refused | None:
    """On an objective of the SLA; waived is 0.00, and nothing is below it."""
    del fact
    if known.terms.objective(said.objective) is None:
        return Refused(f"there is no objective {said.objective!r}", "compensation.decided.objective", "C18")
    if said.amount < Money.ZERO or (said.decision == "waived" and said.amount != Money.ZERO):
        return Refused("a waived compensation is 0.00, another not below it", "compensation.decided.amount", "C18")
    return None
