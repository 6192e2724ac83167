"""九(二) and 九(四): the daily penalty for late delivery, and for late payment."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from yunyue.contract.terms import Instalment
from yunyue.journal.facts import (
    BreachConfirmed,
    BreachCured,
    OrderCancelled,
    OrderPlaced,
    ServiceDelivered,
    SumSettled,
)
from yunyue.money import Money, total
from yunyue.settlement.case import Case, Known
from yunyue.settlement.compute import ONE, as_count, as_day, as_money, minus, not_above, plus, round_half_up, times
from yunyue.settlement.rules.account import late_notices
from yunyue.settlement.rules.instalments import payments, rounding
from yunyue.settlement.rules.majeure import effect_spans
from yunyue.settlement.rules.schedule import late_from
from yunyue.settlement.spans import Span, clipped, length, without
from yunyue.settlement.statement import Finding, Line, Question, Said
from yunyue.settlement.working import FromFact, Given, Working

CLAUSES = ("C11", "C15")


@dataclass(frozen=True, slots=True)
class LateOrder:
    """An order that came after its day, or has not come: its days late and the facts that say so."""

    placed: Known[OrderPlaced]
    delivered: Known[ServiceDelivered] | None
    span: Span


@dataclass(frozen=True, slots=True)
class Overdue:
    """A part of an instalment that was or is overdue: how much, and on which days."""

    amount: Working
    span: Span
    running: bool


def penalty(parts: list[tuple[Working, Working]], rate: Working, per_day: bool, why: str) -> Working:
    """Σ base × rate × days, rounded to the fen once (A6), or for each day before it is multiplied."""
    if not per_day:
        return round_half_up(plus(*(times(base, rate, days) for base, days in parts)), why)
    daily = [times(round_half_up(times(base, rate), why), days) for base, days in parts]
    return round_half_up(plus(*daily), why)


def late_orders(case: Case) -> list[LateOrder]:
    """Orders late by the day asked about; cancelled ones are none."""
    return case.remember("late orders", _late_orders)  # type: ignore[no-any-return]  # the memory holds any value


def _late_orders(case: Case) -> list[LateOrder]:
    cancelled = {known.said.order for known in case.all(OrderCancelled)}
    first: dict[str, Known[ServiceDelivered]] = {}
    for known in case.all(ServiceDelivered):
        first.setdefault(known.said.order, known)
    found = []
    for placed in case.all(OrderPlaced):
        delivered = first.get(placed.said.order)
        span = Span(placed.leaf("deliver_by"), delivered.at() if delivered else case.today)
        if span.days and placed.said.order not in cancelled:
            found.append(LateOrder(placed, delivered, span))
    return found


def breach_spans(case: Case, number: int) -> list[tuple[Span, tuple[str, ...]]]:
    """Days on which a confirmed breach of the provider was open and suspends interest (A18)."""
    cured = {known.said.breach: known for known in case.all(BreachCured)}
    found = []
    for known in case.all(BreachConfirmed):
        related = case.reading("A18") == "any" or known.said.instalment == number
        if known.said.by == "provider" and related:
            end = cured.get(known.said.breach)
            span = Span(known.at(), end.at() if end else case.today)
            found.append((span, (known.id, *((end.id,) if end else ()))))
    return found


def overdue(case: Case, instalment: Instalment) -> list[Overdue]:
    """The parts of an instalment paid after its clock began, and what is still unpaid on the day asked about."""
    start = late_from(case, instalment)
    if start is None or late_notices(case, instalment):
        return []
    made = payments(case, instalment)
    parts = [Overdue(k.leaf("amount"), Span(start, k.at()), False) for k in made if k.day > as_day(start)]
    if instalment.amount > total(known.said.amount for known in made):
        left = _left(case, instalment, [known.leaf("amount") for known in made])
        if case.as_of > as_day(start):
            parts.append(Overdue(left, Span(start, case.today), True))
    return parts


def _left(case: Case, instalment: Instalment, paid: list[FromFact]) -> Working:
    amount = case.term(f"instalments.{instalment.number}.amount")
    return minus(amount, plus(*paid)) if paid else amount


def apply(case: Case) -> Iterator[Finding]:
    """A line for late delivery if there is any, and one per instalment that was or is overdue."""
    late = late_orders(case)
    if late:
        yield from _delivery(case, late)
    for instalment in case.terms.instalments:
        parts = overdue(case, instalment)
        if parts:
            yield from _payment(case, instalment, parts)


def _delivery(case: Case, late: list[LateOrder]) -> Iterator[Finding]:
    spans = without((one.span for one in late), effect_spans(case))
    days = length(spans)
    if days.value == 0:
        return
    case.reading("A11")
    parts: list[tuple[Working, Working]] = [(case.term("price.total"), days)]
    if case.terms.readings["A11"] == "pro_rata":
        parts = [(_item_price(case, one), length(without([one.span], effect_spans(case)))) for one in late]
    working = _capped(
        case, penalty(parts, case.term("penalties.provider_daily"), case.reading("A6") == "per_day", "A6")
    )
    running = any(one.delivered is None for one in late)
    amount = as_money(working)
    orders = "、".join(one.placed.said.order for one in late)
    facts = (*(one.placed.id for one in late), *(one.delivered.id for one in late if one.delivered))
    yield Line(
        id="late-delivery",
        clause="C11",
        title=Said("乙方逾期违约金", "Penalty for late delivery"),
        payer="provider",
        amount=amount,
        due=None,
        state=settled_or(case, "late-delivery", amount, running),
        working=working,
        readings=("A6", "A8", "A11"),
        facts=facts,
        sentence=Said(
            f"订单 {orders} 逾期共 {days.value} 日(不可抗力影响日已扣除),按合同总金额每日万分之一计 "
            f"{amount.grouped()} 元。",
            f"Orders {orders} were {days.value} days late (force majeure left out): {amount.grouped()} "
            "at 0.01 % of the total per day.",
        ),
    )


def _item_price(case: Case, one: LateOrder) -> Working:
    return case.term(f"catalogue.items.{one.placed.said.item}.amount")


def _payment(case: Case, instalment: Instalment, parts: list[Overdue]) -> Iterator[Finding]:
    open_breaches = breach_spans(case, instalment.number)
    counted = [(part.amount, _counted(case, part, [span for span, _ in open_breaches])) for part in parts]
    if not any(days.value for _, days in counted):
        return
    working = _capped(
        case, penalty(counted, case.term("penalties.client_daily"), case.reading("A6") == "per_day", "A6")
    )
    amount = as_money(working)
    longest = max(part.span.days for part in parts)
    identifier = f"late-payment-{instalment.number}"
    breaches = tuple(fact for span, facts in open_breaches for fact in facts)
    suspended = "(乙方违约未消除期间已扣除)" if breaches else ""
    yield Line(
        id=identifier,
        clause="C15",
        title=Said(f"第 {instalment.number} 期款逾期违约金", f"Late payment of instalment {instalment.number}"),
        payer="client",
        amount=amount,
        due=None,
        state=settled_or(case, identifier, amount, any(part.running for part in parts)),
        working=working,
        readings=("A4", "A6", "A8", "A9", "A18", "A19"),
        facts=(*_gate_facts(case, instalment), *(known.id for known in payments(case, instalment)), *breaches),
        sentence=Said(
            f"第 {instalment.number} 期款最长逾期 {longest} 日{suspended},"
            f"按未付金额每日万分之一计 {amount.grouped()} 元。",
            f"Instalment {instalment.number} was up to {longest} days overdue: {amount.grouped()} "
            "at 0.01 % of the unpaid amount per day.",
        ),
    )
    yield from _other_base(case, instalment, counted)


def _counted(case: Case, part: Overdue, breaches: list[Span]) -> Working:
    inside = [clipped(span, part.span.start, part.span.end) for span in breaches]
    days = length(without([part.span], [span for span in inside if span.days]))
    if case.reading("A19") == "plus_one" and days.value:
        return plus(days, ONE)
    return days


def _gate_facts(case: Case, instalment: Instalment) -> tuple[str, ...]:
    start = late_from(case, instalment)
    return leaves_of(start) if start is not None else ()


def leaves_of(node: Working) -> tuple[str, ...]:
    """The ids of the facts a tree rests on, each once, in order."""
    found: dict[str, None] = {}
    stack = [node]
    while stack:
        one = stack.pop()
        if isinstance(one, FromFact):
            found[one.fact] = None
        elif not isinstance(one, Given) and hasattr(one, "args"):
            stack.extend(reversed(one.args))
    return tuple(found)


def _other_base(case: Case, instalment: Instalment, counted: list[tuple[Working, Working]]) -> Iterator[Question]:
    """A9: both figures of 九(四) are shown, the other one on the whole total."""
    if case.reading("A9") != "total":
        return
    days = max((days for _, days in counted), key=as_count)
    other = as_money(penalty([(case.term("price.total"), days)], case.term("penalties.client_daily"), False, "A6"))
    yield Question(
        f"late-payment-base-{instalment.number}",
        "C15",
        "A9",
        Said(
            f"九(四)的计算基数:按未付部分计为本行金额;若按合同总金额计 {days.value} 日,则为 {other.grouped()} 元。",
            f"The base of 九(四): the line uses the unpaid part; "
            f"on the total, {days.value} days give {other.grouped()}.",
        ),
        (),
    )


def _capped(case: Case, amount: Working) -> Working:
    """A8: no cap in the contract; one that a supplement agreed is a share of the total."""
    if case.reading("A8") == "none" or case.terms.penalties.daily_cap is None:
        return amount
    most = round_half_up(times(case.term("price.total"), case.term("penalties.daily_cap")), rounding(case))
    return not_above(amount, most)


def settled_or(case: Case, line: str, amount: Money, running: bool) -> Literal["due", "running", "settled"]:
    """Settled once what was paid for the line covers it; before that running while it grows, else due."""
    paid = total(known.said.amount for known in case.all(SumSettled) if known.said.line == line)
    if running:
        return "running"
    return "settled" if paid >= amount else "due"
