"""九(二) and 九(四): the daily penalty for late delivery, and for late payment."""

from collections.abc import Iterator
from dataclasses import dataclass
from operator import attrgetter
from typing import Literal

from yunyue.contract.terms import Instalment
from yunyue.journal.facts import (
    BreachConfirmed,
    BreachCured,
    OrderApproved,
    OrderCancelled,
    OrderChangeApproved,
    OrderChangeAsked,
    OrderPlaced,
    Party,
    ServiceDelivered,
    SumSettled,
)
from yunyue.money import Money, total
from yunyue.settlement.case import Case, Known
from yunyue.settlement.compute import (
    ONE,
    as_count,
    as_day,
    as_money,
    latest,
    leaves_of,
    minus,
    not_above,
    plus,
    round_half_up,
    times,
)
from yunyue.settlement.rules.account import late_notices
from yunyue.settlement.rules.instalments import payments, percent, rounding
from yunyue.settlement.rules.majeure import effect_spans
from yunyue.settlement.rules.schedule import late_from
from yunyue.settlement.spans import Span, clipped, length, without
from yunyue.settlement.statement import Finding, Line, Question, Said
from yunyue.settlement.working import FromFact, Working

CLAUSES = ("C11", "C15")


NAMED = 8
"""So many orders a sentence names; the line's facts name them all."""


@dataclass(frozen=True, slots=True)
class LateOrder:
    """An approved order that came after its day, or has not come: its days late and the facts that say so.

    `over` is the delivery, or the cancellation if that came first: what was late till then stays late.
    """

    placed: Known[OrderPlaced]
    over: Known[ServiceDelivered] | Known[OrderCancelled] | None
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
    """Orders that were or are late on the day asked about."""
    return case.remember("late orders", _late_orders)  # type: ignore[no-any-return]  # the memory holds any value


def _late_orders(case: Case) -> list[LateOrder]:
    over: dict[str, Known[ServiceDelivered] | Known[OrderCancelled]] = {}
    ends: list[Known[ServiceDelivered] | Known[OrderCancelled]] = [
        *case.all(ServiceDelivered),
        *case.all(OrderCancelled),
    ]
    for known in sorted(ends, key=attrgetter("time")):
        over.setdefault(known.said.order, known)
    agreed: dict[str, Known[OrderApproved]] = {}
    for one in case.all(OrderApproved):
        agreed.setdefault(one.said.order, one)
    placed = case.all(OrderPlaced)
    late = (_late(case, order, agreed.get(order.said.order), over.get(order.said.order)) for order in placed)
    return [order for order in late if order is not None]


def _late(
    case: Case,
    placed: Known[OrderPlaced],
    agreed: Known[OrderApproved] | None,
    over: Known[ServiceDelivered] | Known[OrderCancelled] | None,
) -> LateOrder | None:
    """An order binds the provider once the client's approver agreed, and at the latest with its delivery."""
    if agreed is None and not (over is not None and isinstance(over.said, ServiceDelivered)):
        return None
    end = over.day if over else as_day(case.until)
    by = _day_agreed(case, placed)
    if as_day(by) >= end or (agreed is not None and agreed.day >= end):
        return None
    start = latest(by, agreed.at()) if agreed is not None and agreed.day > as_day(by) else by
    return LateOrder(placed, over, Span(start, over.at() if over else case.until))


def _day_agreed(case: Case, placed: Known[OrderPlaced]) -> FromFact:
    """The day of delivery, as the last approved change of the order says it (admission moves no day that passed)."""
    asked = {one.said.change: one for one in case.all(OrderChangeAsked) if one.said.order == placed.said.order}
    moved = [asked[one.said.change] for one in case.all(OrderChangeApproved) if one.said.change in asked]
    return moved[-1].leaf("deliver_by") if moved else placed.leaf("deliver_by")


def breach_spans(case: Case, number: int) -> list[tuple[Span, tuple[str, ...]]]:
    """Days on which a confirmed breach of the provider was open and suspends interest (A18)."""
    cured = {known.said.breach: known for known in case.all(BreachCured)}
    found = []
    for known in case.all(BreachConfirmed):
        related = case.reading("A18") == "any" or known.said.instalment == number
        if known.said.by == "provider" and related:
            end = cured.get(known.said.breach)
            span = Span(known.at(), end.at() if end else case.until)
            found.append((span, (known.id, *((end.id,) if end else ()))))
    return found


def overdue(case: Case, instalment: Instalment) -> list[Overdue]:
    """The parts of an instalment paid after its clock began, and what is still unpaid on the day asked about."""
    key = ("overdue", instalment.number)
    return case.remember(key, lambda c: _overdue(c, instalment))  # type: ignore[no-any-return]  # memory of any


def _overdue(case: Case, instalment: Instalment) -> list[Overdue]:
    start = late_from(case, instalment)
    if start is None or late_notices(case, instalment):
        return []
    made = payments(case, instalment)
    parts = [Overdue(k.leaf("amount"), Span(start, k.at()), False) for k in made if k.day > as_day(start)]
    if instalment.amount > total(known.said.amount for known in made):
        left = _left(case, instalment, [known.leaf("amount") for known in made])
        if as_day(case.until) > as_day(start):
            parts.append(Overdue(left, Span(start, case.until), True))
    return parts


def _left(case: Case, instalment: Instalment, paid: list[FromFact]) -> Working:
    amount = case.term(f"instalments.{instalment.number}.amount")
    return minus(amount, plus(*paid)) if paid else amount


def apply(case: Case) -> Iterator[Finding]:
    """A line for late delivery if there is any, and one per instalment that was or is overdue."""
    late = late_orders(case)
    if late and not _absorbed(case, "client"):
        yield from _delivery(case, late)
    for instalment in () if _absorbed(case, "provider") else case.terms.instalments:
        parts = overdue(case, instalment)
        if parts:
            yield from _payment(case, instalment, parts)


def _absorbed(case: Case, holder: Party) -> bool:
    """A7: whether the 10 % that this side is owed for ending the contract takes the place of its daily penalty."""
    return case.ended is not None and case.ended.said.by == holder and case.reading("A7") == "absorbed"


def _delivery(case: Case, late: list[LateOrder]) -> Iterator[Finding]:
    spans = without((one.span for one in late), effect_spans(case))
    days = length(spans)
    if days.value == 0:
        return
    case.reading("A11")
    parts: list[tuple[Working, Working]] = [(case.term("price.total"), days)]
    if case.terms.readings["A11"] == "pro_rata":
        parts = _by_item(case, late)
    working = _capped(
        case, penalty(parts, case.term("penalties.provider_daily"), case.reading("A6") == "per_day", "A6")
    )
    running = case.ended is None and any(one.over is None for one in late)
    amount = as_money(working)
    told = (*(one.placed.id for one in late), *(one.over.id for one in late if one.over), *leaves_of(working))
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
        facts=tuple(dict.fromkeys(told)),
        sentence=_late_words(case, late, as_count(days), amount),
    )


def _late_words(case: Case, late: list[LateOrder], days: int, amount: Money) -> Said:
    orders = [one.placed.said.order for one in late]
    shown, more = orders[:NAMED], len(orders) - NAMED
    zh = "、".join(shown) + (f" 等 {len(orders)} 项" if more > 0 else "")
    en = ", ".join(shown) + (f" and {more} more" if more > 0 else "")
    base = Said("合同总金额", "the total")
    if case.terms.readings["A11"] == "pro_rata":
        base = Said("各该项服务价款", "the price of each such service")
    away = Said("（不可抗力影响日已扣除）", " (force majeure left out)") if effect_spans(case) else Said("", "")
    rate = percent(case.terms.penalties.provider_daily)
    return Said(
        f"订单 {zh} 逾期共 {days} 日{away.zh}，按{base.zh}每日 {rate}% 计 {amount.grouped()} 元。",
        f"Late orders {en}: {days} days in all{away.en}, at {rate} % of {base.en} per day: {amount.grouped()}.",
    )


def _by_item(case: Case, late: list[LateOrder]) -> list[tuple[Working, Working]]:
    """A11 pro rata: for each item that came late its own price, and the days on which any order of it was late."""
    spans: dict[str, list[Span]] = {}
    for one in late:
        spans.setdefault(one.placed.said.item, []).append(one.span)
    away = effect_spans(case)
    return [(case.term(f"catalogue.items.{item}.amount"), length(without(own, away))) for item, own in spans.items()]


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
    start = late_from(case, instalment)
    told = (*leaves_of(working, *(() if start is None else (start,))), *(k.id for k in payments(case, instalment)))
    rate = percent(case.terms.penalties.client_daily)
    yield Line(
        id=identifier,
        clause="C15",
        title=Said(f"第 {instalment.number} 期款逾期违约金", f"Late payment of instalment {instalment.number}"),
        payer="client",
        amount=amount,
        due=None,
        state=settled_or(case, identifier, amount, case.ended is None and any(part.running for part in parts)),
        working=working,
        readings=("A4", "A6", "A8", "A9", "A18", "A19"),
        facts=tuple(dict.fromkeys((*told, *breaches))),
        sentence=Said(
            f"第 {instalment.number} 期款最长逾期 {longest} 日{'（乙方违约未消除期间不计）' if breaches else ''}，"
            f"按未付金额每日 {rate}% 计 {amount.grouped()} 元。",
            f"Instalment {instalment.number} was up to {longest} days overdue"
            f"{' (not counting days of an open breach of the provider)' if breaches else ''}: "
            f"{amount.grouped()} at {rate} % of the unpaid amount per day.",
        ),
    )
    yield from _other_base(case, instalment, counted, told)


def _counted(case: Case, part: Overdue, breaches: list[Span]) -> Working:
    inside = [clipped(span, part.span.start, part.span.end) for span in breaches]
    days = length(without([part.span], [span for span in inside if span.days]))
    if case.reading("A19") == "plus_one" and days.value:
        return plus(days, ONE)
    return days


def _other_base(
    case: Case, instalment: Instalment, counted: list[tuple[Working, Working]], told: tuple[str, ...]
) -> Iterator[Question]:
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
            f"九(四)的计算基数：按未付部分计为本行金额；若按合同总金额计 {days.value} 日，则为 {other.grouped()} 元。",
            f"The base of 九(四): the line uses the unpaid part; "
            f"on the total, {days.value} days give {other.grouped()}.",
        ),
        tuple(dict.fromkeys(told)),
    )


def _capped(case: Case, amount: Working) -> Working:
    """A8: no cap in the contract; one that a supplement agreed is a share of the total."""
    if case.reading("A8") == "none" or case.terms.penalties.daily_cap is None:
        return amount
    most = round_half_up(times(case.term("price.total"), case.term("penalties.daily_cap")), rounding(case))
    return not_above(amount, most)


def settled_or(case: Case, line: str, amount: Money, running: bool) -> Literal["due", "running", "settled"]:
    """Settled once what was paid for the line covers it; before that running while it grows, else due."""
    paid = total(known.said.amount for known in _settled(case).get(line, ()))
    if running:
        return "running"
    return "settled" if paid >= amount else "due"


def _settled(case: Case) -> dict[str, list[Known[SumSettled]]]:
    return case.remember("settled", _by_line)  # type: ignore[no-any-return]  # the memory holds any value


def _by_line(case: Case) -> dict[str, list[Known[SumSettled]]]:
    found: dict[str, list[Known[SumSettled]]] = {}
    for known in case.all(SumSettled):
        found.setdefault(known.said.line, []).append(known)
    return found
