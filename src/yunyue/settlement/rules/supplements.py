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
    signed = (said.client_signed, said.client_sealed, said.provider_signed, said.provider_sealed)
    return max(*signed, said.effective) <= as_of


def amended(terms: Terms, supplements: Iterable[ContractSupplemented], as_of: date) -> Terms:
    """The terms with every supplement in force applied, by effective day. Raises SupplementBroken."""
    ordered = sorted((said for said in supplements if in_force(said, as_of)), key=lambda said: said.effective)
    for said in ordered:
        changed = amend(terms, said.changes)
        if isinstance(changed, Refused):
            raise SupplementBroken(said.supplement, str(changed))
        terms = changed
    return terms


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
            f"自 {said.effective} 起生效:{changes}。" if active else f"尚未生效({said.effective}):{changes}。",
            f"In force from {said.effective}: {changes}." if active else f"Not in force yet: {changes}.",
        ),
        (),
        (known.id,),
    )
