"""Stretches of time that somebody asks not to count, and the compensation the client decides on (六)."""

from dataclasses import dataclass

from yunyue.journal.envelope import Fact
from yunyue.journal.facts import CompensationDecided, ExclusionApproved, ExclusionRequested, VerdictReached
from yunyue.settlement.admission import Known


@dataclass(frozen=True, slots=True)
class Exclusion:
    """What was asked for, by whom, and the approval when there is one."""

    said: ExclusionRequested
    asked: Fact
    approved: Fact | None

    @property
    def state(self) -> str:
        """In a word."""
        return "requested" if self.approved is None else "approved"


@dataclass(frozen=True, slots=True)
class Missed:
    """A month below its target, and what the client decided about it."""

    verdict: VerdictReached
    fact: Fact
    decided: Fact | None


def exclusions(known: Known) -> tuple[Exclusion, ...]:
    """Every exclusion, those that wait first, then the newest."""
    approved = {getattr(fact.data, "exclusion", ""): fact for fact in known.facts(ExclusionApproved)}
    found = [
        Exclusion(fact.data, fact, approved.get(fact.data.exclusion))
        for fact in reversed(known.facts(ExclusionRequested))
        if isinstance(fact.data, ExclusionRequested)
    ]
    return tuple(sorted(found, key=lambda one: one.approved is not None))


def missed(known: Known) -> tuple[Missed, ...]:
    """Every month whose latest verdict missed its target, undecided ones first."""
    latest = {
        (fact.data.objective, fact.data.month): fact
        for fact in known.facts(VerdictReached)
        if isinstance(fact.data, VerdictReached)
    }
    decided = {
        (fact.data.objective, fact.data.month): fact
        for fact in known.facts(CompensationDecided)
        if isinstance(fact.data, CompensationDecided)
    }
    found = [
        Missed(fact.data, fact, _since(decided.get(key), fact))
        for key, fact in sorted(latest.items())
        if isinstance(fact.data, VerdictReached) and not fact.data.met
    ]
    return tuple(sorted(found, key=lambda one: one.decided is not None))


def _since(decided: Fact | None, verdict: Fact) -> Fact | None:
    """A decision is about the verdict that stood then; a later verdict waits for another."""
    return decided if decided is not None and decided.time >= verdict.time else None
