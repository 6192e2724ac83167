"""What measurements must fit: an order, an objective, a stretch of the term, and figures that can be true."""

from datetime import datetime, timedelta

from yunyue.answer import Refused
from yunyue.journal.envelope import BEIJING, Fact
from yunyue.journal.facts import FindingAccepted, FindingJudged, FindingRaised, OrderPlaced, SampleWindow, UsageMetered
from yunyue.settlement.admission.known import Known, must_exist
from yunyue.settlement.admission.moment import beginning

MINUTE = timedelta(minutes=1)


def window(known: Known, fact: Fact, said: SampleWindow) -> Refused | None:
    """No more good than there were, no more bad minutes than it is long; of an objective of the SLA."""
    objective = known.terms.objective(said.objective)
    if objective is None:
        return Refused(f"there is no objective {said.objective!r}", "sample.window.objective", "C18")
    if said.good > said.total:
        return Refused(f"{said.good} good of {said.total} cannot be", "sample.window.good", "C18")
    if said.bad_minutes * MINUTE > said.end - said.start:
        reason = f"{said.bad_minutes} bad minutes do not fit between its start and end"
        return Refused(reason, "sample.window.bad_minutes", "C18")
    return _stretch(known, fact, said.start, said.end)


def usage(known: Known, fact: Fact, said: UsageMetered) -> Refused | None:
    """Of an order, in a stretch that has passed."""
    return _stretch(known, fact, said.start, said.end)


def of_finding(known: Known, fact: Fact, said: FindingJudged | FindingAccepted) -> Refused | None:
    """Of a finding that was raised."""
    del said
    return must_exist(known, fact, FindingRaised, "finding")


def _stretch(known: Known, fact: Fact, start: datetime, end: datetime) -> Refused | None:
    """A stretch that starts after it ends, after the fact itself, or before the contract, was not measured."""
    begins = beginning(known)
    if end < start:
        return Refused("it ends before it starts", f"{fact.type}.end", "C18")
    if end > fact.time:
        return Refused(f"it ends at {end.isoformat()}, after the fact itself", f"{fact.type}.end", "C18")
    if start.astimezone(BEIJING).date() < begins:
        return Refused(f"it starts before the contract, which begins on {begins}", f"{fact.type}.start", "C01")
    return must_exist(known, fact, OrderPlaced, "order")
