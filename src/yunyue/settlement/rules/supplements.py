"""十二(五): a supplement, signed and sealed by both sides, overrides the terms it names from its effective day."""

from collections.abc import Iterable, Iterator
from datetime import date

from yunyue.answer import Refused
from yunyue.contract.amend import amend
from yunyue.contract.terms import Terms
from yunyue.journal.facts import ContractSupplemented
from yunyue.settlement.case import Case, Known
from yunyue.settlement.errors import SupplementBroken
from yunyue.settlement.statement import Check, Finding, Said

CLAUSES = ("C34",)


def in_force(said: ContractSupplemented, as_of: date) -> bool:
    """Signed and sealed by both, and effective."""
    return max(_days(said)) <= as_of


def _days(said: ContractSupplemented) -> tuple[date, ...]:
    return (said.client_signed, said.client_sealed, said.provider_signed, said.provider_sealed, said.effective)


def amended(terms: Terms, supplements: Iterable[ContractSupplemented], as_of: date) -> Terms:
    """The terms with every supplement in force applied, by effective day. Raises SupplementBroken."""
    changed = _applied(terms, [said for said in supplements if in_force(said, as_of)])
    if isinstance(changed, Refused):
        raise SupplementBroken(changed)
    return changed


def _applied(terms: Terms, supplements: Iterable[ContractSupplemented]) -> Terms | Refused:
    for said in sorted(supplements, key=lambda said: said.effective):
        changed = amend(terms, said.changes)
        if isinstance(changed, Refused):
            return Refused(f"{said.supplement}: {changed.reason}", changed.field, changed.clause)
        terms = changed
    return terms


def misfit(terms: Terms, agreed: Iterable[tuple[date, ContractSupplemented]]) -> Refused | None:
    """Why these supplements, each with the day it was recorded as happening, do not fit the registered terms.

    They take effect one after another, and on every day between, the terms must be whole: a supplement that builds on
    one that takes effect later would leave a time for which there are no terms.
    """
    starts = [(max(day, *_days(said)), said) for day, said in agreed]
    for start in sorted({start for start, _ in starts}):
        changed = _applied(terms, [said for other, said in starts if other <= start])
        if isinstance(changed, Refused):
            return Refused(f"on {start} the terms would not hold: {changed.reason}", changed.field, changed.clause)
    return None


def apply(case: Case) -> Iterator[Finding]:
    """A check per supplement, saying what it changed."""
    for known in case.all(ContractSupplemented):
        yield _supplement(case, known)


def _supplement(case: Case, known: Known[ContractSupplemented]) -> Check:
    said = known.said
    changes = "; ".join(f"{change.path} = {change.value}" for change in said.changes)
    active = in_force(said, case.as_of)
    return Check(
        f"supplement-{said.supplement}",
        "C34",
        Said(f"补充协议 {said.supplement}", f"Supplement {said.supplement}"),
        "holds" if active else "open",
        Said(
            f"自 {said.effective} 起生效：{changes}。" if active else f"尚未生效（{said.effective}）：{changes}。",
            f"In force from {said.effective}: {changes}." if active else f"Not in force yet: {changes}.",
        ),
        (),
        (known.id,),
    )
