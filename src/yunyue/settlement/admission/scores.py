"""What score templates and score sheets must fit: the points follow from the template, each loss from evidence."""

from yunyue.answer import Refused
from yunyue.journal.envelope import Fact
from yunyue.journal.facts import ScoreGiven, ScoreTemplateSet
from yunyue.settlement.admission.known import Known, must_be_new
from yunyue.settlement.admission.moment import extended
from yunyue.settlement.scoring import fault, points, template_fault

DIGESTS = ("sha256:", "sm3:")


def template_set(known: Known, fact: Fact, said: ScoreTemplateSet) -> Refused | None:
    """One that can be scored by."""
    del known, fact
    return template_fault(said)


def template_of(known: Known, name: str) -> ScoreTemplateSet | None:
    """The template of that name as it was set last."""
    return next((one for one in reversed(known.all(ScoreTemplateSet)) if one.template == name), None)


def given(known: Known, fact: Fact, said: ScoreGiven) -> Refused | None:
    """Of a month of the term, by a template there is; every loss with evidence, and the sum right."""
    template = template_of(known, said.template)
    if template is None:
        return Refused(f"there is no score template {said.template!r}", "score.given.template", "C18")
    refused = must_be_new(known, fact, "score") or _month(known, fact, said) or _once(known, said)
    return refused or fault(template, said.deductions) or _shown(known, said) or _sum(said)


def _month(known: Known, fact: Fact, said: ScoreGiven) -> Refused | None:
    """A month of the term that has begun; days that force majeure added are days of it (C29)."""
    term = extended(known, known.terms, fact.day)
    if not f"{term.start:%Y-%m}" <= said.month <= f"{term.end:%Y-%m}":
        reason = f"{said.month} is no month of the term {term.start} to {term.end}"
        return Refused(reason, "score.given.month", "C01")
    if said.month > f"{fact.day:%Y-%m}":
        return Refused(f"{said.month} has not begun on {fact.day}", "score.given.month", "C18")
    return None


def _once(known: Known, said: ScoreGiven) -> Refused | None:
    """A month is scored once by a template and service; a wrong sheet is corrected, not scored again."""
    for one in known.all(ScoreGiven):
        if (one.template, one.month, one.service) == (said.template, said.month, said.service):
            return Refused(f"{said.month} was scored already by sheet {one.score!r}", "score.given.month", "C18")
    return None


def _shown(known: Known, said: ScoreGiven) -> Refused | None:
    """Evidence is a fact of this contract that counts, or the digest of a document."""
    for one in said.deductions:
        for evidence in one.evidence:
            if not evidence.startswith(DIGESTS) and (known.fact(evidence) is None or not known.counts(evidence)):
                reason = f"criterion {one.criterion!r} rests on {evidence!r}, which is no fact of this contract"
                return Refused(reason, "score.given.deductions", "C18")
    return None


def _sum(said: ScoreGiven) -> Refused | None:
    wanted = points(said.deductions)
    if said.points == wanted:
        return None
    return Refused(f"the sheet comes to {wanted}, not {said.points}", "score.given.points", "C18")
