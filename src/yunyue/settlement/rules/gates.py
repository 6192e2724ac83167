"""八(三): money is payable only once the progress is made, the fiscal funds have arrived and a valid invoice is in."""

from collections.abc import Iterator

from yunyue.contract.terms import Instalment
from yunyue.journal.facts import (
    AcceptanceHeld,
    FundsArrived,
    InvoiceReceived,
    OrderApproved,
    OrderCancelled,
    OrderPlaced,
    ProgressConfirmed,
    ServiceDelivered,
)
from yunyue.money import Money
from yunyue.settlement.case import Case, Known
from yunyue.settlement.compute import latest
from yunyue.settlement.rules.signing import signing_day, signing_facts
from yunyue.settlement.statement import Check, Finding, Gate, Said
from yunyue.settlement.working import FromFact, Working

CLAUSES = ("C07", "C08")


def milestone_day(case: Case, instalment: Instalment) -> tuple[Working | None, tuple[str, ...]]:
    """The day an instalment's period starts from, with the facts it rests on; None while it has not come."""
    key = ("milestone", instalment.number)
    return case.remember(key, lambda c: _milestone_day(c, instalment))  # type: ignore[no-any-return]  # memory of any


def _milestone_day(case: Case, instalment: Instalment) -> tuple[Working | None, tuple[str, ...]]:
    if instalment.after == "signing":
        return signing_day(case), signing_facts(case)
    passed = [k for k in case.all(AcceptanceHeld) if k.said.milestone == instalment.after and k.said.result == "passed"]
    if not passed:
        return None, ()
    if not instalment.needs_delivery:
        return passed[0].at(), (passed[0].id,)
    delivered = delivered_all(case)
    if delivered is None:
        return None, (passed[0].id,)
    return latest(passed[0].at(), *(one.at() for one in delivered)), (passed[0].id, *(one.id for one in delivered))


def delivered_all(case: Case) -> list[Known[ServiceDelivered]] | None:
    """The first delivery of every approved order that stands; None while one is missing, or nothing was ordered."""
    return case.remember("delivered all", _delivered_all)  # type: ignore[no-any-return]  # the memory holds any value


def _delivered_all(case: Case) -> list[Known[ServiceDelivered]] | None:
    cancelled = {known.said.order for known in case.all(OrderCancelled)}
    agreed = {known.said.order for known in case.all(OrderApproved)}
    agreed |= {known.said.order for known in case.all(ServiceDelivered)}
    orders = ({known.said.order for known in case.all(OrderPlaced)} & agreed) - cancelled
    first: dict[str, Known[ServiceDelivered]] = {}
    for known in case.all(ServiceDelivered):
        first.setdefault(known.said.order, known)
    if not orders or not orders <= set(first):
        return None
    return [first[order] for order in sorted(orders)]


def gates(case: Case, instalment: Instalment) -> tuple[tuple[Gate, FromFact | None], ...]:
    """Progress, funds and invoice of an instalment, each with the leaf of its own day once it is met."""
    key = ("gates", instalment.number)
    return case.remember(  # type: ignore[no-any-return]  # the memory holds any value
        key, lambda c: tuple(gate(c, instalment) for gate in (_progress, _funds, _invoice))
    )


def _progress(case: Case, instalment: Instalment) -> tuple[Gate, FromFact | None]:
    """Signing and acceptance are themselves the progress, unless a confirmation says which day it was."""
    confirmed = next((k for k in case.all(ProgressConfirmed) if k.said.instalment == instalment.number), None)
    title = Said("进度已达成", "Progress made")
    if confirmed is not None:
        return Gate("progress", title, confirmed.day, confirmed.id), confirmed.at()
    day, facts = milestone_day(case, instalment)
    met = None if day is None else day.value
    return Gate("progress", title, met, facts[-1] if facts and day else None), None  # type: ignore[arg-type]  # a day


def _funds(case: Case, instalment: Instalment) -> tuple[Gate, FromFact | None]:
    title = Said("财政资金到位", "Fiscal funds arrived")
    arrived = next((k for k in case.all(FundsArrived) if k.said.instalment == instalment.number), None)
    if arrived is None:
        return Gate("funds", title, None, None), None
    return Gate("funds", title, arrived.day, arrived.id), arrived.at()


def _invoice(case: Case, instalment: Instalment) -> tuple[Gate, FromFact | None]:
    """Met by the invoice with which the invoices of the instalment reach its amount."""
    title = Said("收到合规发票", "Valid invoice received")
    sum_so_far = Money.ZERO
    for known in case.all(InvoiceReceived):
        if known.said.instalment != instalment.number:
            continue
        sum_so_far += known.said.amount
        if sum_so_far >= instalment.amount:
            return Gate("invoice", title, known.day, known.id), known.at()
    return Gate("invoice", title, None, None), None


def apply(case: Case) -> Iterator[Finding]:
    """One check per instalment and kind of gate, so that what is missing can be seen at once."""
    for instalment in case.terms.instalments:
        found = [gate for gate, _ in gates(case, instalment)]
        number = instalment.number
        title = Said(f"第 {number} 期款：进度与财政资金", f"Instalment {number}: progress and fiscal funds")
        yield _check(f"gate-funds-{number}", "C07", title, [gate for gate in found if gate.key != "invoice"])
        title = Said(f"第 {number} 期款：合规发票", f"Instalment {number}: a valid invoice")
        yield _check(f"gate-invoice-{number}", "C08", title, [gate for gate in found if gate.key == "invoice"])


def _check(identifier: str, clause: str, title: Said, found: list[Gate]) -> Check:
    zh = ";".join(f"{gate.title.zh}:{gate.met or '未达成'}" for gate in found)
    en = "; ".join(f"{gate.title.en}: {gate.met or 'not yet'}" for gate in found)
    return Check(
        identifier,
        clause,
        title,
        "holds" if all(gate.met for gate in found) else "open",
        Said(zh, en),
        (),
        tuple(gate.fact for gate in found if gate.fact),
    )
