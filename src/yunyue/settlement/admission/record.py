"""What signatures, supplements, corrections, waivers, events and decisions must fit."""

from datetime import date

from yunyue.answer import Refused
from yunyue.journal.envelope import Fact
from yunyue.journal.facts import (
    BreachConfirmed,
    BreachCured,
    CompensationDecided,
    ContractRegistered,
    ContractSigned,
    ContractSupplemented,
    ContractTerminated,
    ExclusionApproved,
    ExclusionRequested,
    FactCorrected,
    MajeureBegan,
    MajeureCertified,
    MajeureEnded,
    OrderCancelled,
    OrderChangeApproved,
    OrderPlaced,
    StaffAssigned,
    StaffLeft,
    StaffWaived,
    VerdictReached,
)
from yunyue.money import Money
from yunyue.settlement.admission.keeping import current_managers
from yunyue.settlement.admission.known import Known, clause_of, must_be_another_person, must_be_new, must_exist
from yunyue.settlement.admission.ordering import overrun
from yunyue.settlement.rules.supplements import amended, misfit


def signed(known: Known, fact: Fact, said: ContractSigned) -> Refused | None:
    """Each side signs once, and not in the future of the fact."""
    if known.find(ContractSigned, "party", said.party) is not None:
        return Refused(
            f"the {said.party} has signed already; correct that fact instead", "contract.signed.party", "C33"
        )
    if max(said.signed, said.sealed) > fact.day:
        return Refused("signature and seal lie after the day of the fact", "contract.signed.signed", "C33")
    return None


def supplemented(known: Known, fact: Fact, _: ContractSupplemented) -> Refused | None:
    """Under a new id; with it the terms hold on every day, and keep the items that orders stand for."""
    return must_be_new(known, fact, "supplement") or _terms_hold(known, [*known.facts(ContractSupplemented), fact])


def _terms_hold(known: Known, supplements: list[Fact]) -> Refused | None:
    agreed = [(one.day, one.data) for one in supplements if isinstance(one.data, ContractSupplemented)]
    wrong = misfit(known.registered, agreed)
    if wrong is not None:
        return Refused(wrong.reason, f"contract.supplemented.{wrong.field}", wrong.clause or "C34")
    kept = {item.code for item in amended(known.registered, [said for _, said in agreed], date.max).catalogue.items}
    lost = sorted({one.item for one in known.all(OrderPlaced)} - kept)
    if lost:
        reason = f"orders stand for item {lost[0]!r}, which the terms would no longer have"
        return Refused(reason, f"contract.supplemented.catalogue.items.{lost[0]}", "C37")
    return None


def corrected(known: Known, fact: Fact, said: FactCorrected) -> Refused | None:
    """It names a fact of this contract that still counts, and a replacement of its kind, there or in the same batch."""
    wrong = known.fact(said.corrects)
    if wrong is None:
        return Refused(f"there is no fact {said.corrects!r} under this contract", "fact.corrected.corrects")
    if not known.counts(said.corrects):
        return Refused(f"fact {said.corrects!r} is corrected already", "fact.corrected.corrects")
    if isinstance(wrong.data, ContractRegistered):
        return Refused("the terms change by supplement only", "fact.corrected.corrects", "C34")
    if isinstance(wrong.data, ContractSupplemented):
        return _terms_hold(known, [one for one in known.facts(ContractSupplemented) if one.id != wrong.id])
    return _replacement(known, said, wrong) or _rest_fits(known, fact, said, wrong)


def _replacement(known: Known, said: FactCorrected, wrong: Fact) -> Refused | None:
    if said.replacement is None or (said.replacement in known.coming and said.replacement != said.corrects):
        return None
    found = known.fact(said.replacement)
    if found is None or not known.counts(found.id) or found.type != wrong.type or found.id == wrong.id:
        reason = f"the replacement {said.replacement!r} must be another {wrong.type} that counts, or come along"
        return Refused(reason, "fact.corrected.replacement")
    return None


def _rest_fits(known: Known, fact: Fact, said: FactCorrected, wrong: Fact) -> Refused | None:
    """What an order's end or change, or a leaving, made room for may have been taken since.

    A replacement that comes along is admitted by itself.
    """
    if said.replacement is not None and not known.has(said.replacement):
        return None
    then = known.draft()
    then.add(fact)
    match wrong.data:
        case OrderCancelled() | OrderChangeApproved():
            return None if overrun(known) else overrun(then)
        case StaffAssigned() | StaffLeft():
            return _one_manager(then)
        case _:
            return None


def _one_manager(known: Known) -> Refused | None:
    there = current_managers(known)
    if len(there) < 2:
        return None
    return Refused(
        f"there would be {len(there)} service managers: {', '.join(there)}", "fact.corrected.corrects", "C21"
    )


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


def of_event(known: Known, fact: Fact, said: MajeureCertified | MajeureEnded) -> Refused | None:
    """The event began before."""
    began = known.find(MajeureBegan, "event", said.event)
    if began is None:
        return must_exist(known, fact, MajeureBegan, "event")
    if fact.time < began.time:
        return Refused(f"it lies before the event of {began.day}", f"{fact.type}.time", clause_of(fact))
    return None


def began(known: Known, fact: Fact, _: MajeureBegan) -> Refused | None:
    """Under a new id."""
    return must_be_new(known, fact, "event")


def breach(known: Known, fact: Fact, _: BreachConfirmed) -> Refused | None:
    """Under a new id."""
    return must_be_new(known, fact, "breach")


def terminated(known: Known, fact: Fact, said: ContractTerminated) -> Refused | None:
    """By the side that has the right of that clause. Whether it had it that day, the statement says."""
    del known, fact
    holder = "provider" if said.ground == "C16" else "client"
    if said.by != holder:
        return Refused(f"clause {said.ground} gives this right to the {holder}", "contract.terminated.by", said.ground)
    return None


def verdict(known: Known, fact: Fact, said: VerdictReached) -> Refused | None:
    """On an objective of the SLA, of its service."""
    objective = known.terms.objective(said.objective)
    if objective is None:
        return Refused(f"there is no objective {said.objective!r}", f"{fact.type}.objective", "C18")
    if objective.service != said.service:
        return Refused(f"{said.objective} belongs to {objective.service!r}", f"{fact.type}.service", "C18")
    return None


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
