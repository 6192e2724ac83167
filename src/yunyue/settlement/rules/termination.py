"""九(二)(三)(四): rights to end the contract, and what they would bring. Shown, never used by the platform."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Literal

from yunyue.journal.facts import (
    AcceptanceHeld,
    BreachConfirmed,
    BreachCured,
    ContractTerminated,
    PaymentMade,
    ReworkRefused,
)
from yunyue.settlement.case import Case, Known
from yunyue.settlement.compute import ONE, as_day, as_money, plus, plus_days, round_half_up, times
from yunyue.settlement.rules.instalments import paid_day, rounding
from yunyue.settlement.rules.late import LateOrder, late_orders, leaves_of, overdue, settled_or
from yunyue.settlement.rules.majeure import effect_spans
from yunyue.settlement.spans import without
from yunyue.settlement.statement import Finding, Line, Question, Right, Said
from yunyue.settlement.working import Op, Working

CLAUSES = ("C12", "C14", "C16")


def reached(days: int, limit: int, kind: Literal["以上", "超过"]) -> bool:
    """Civil Code 1259 (reading A5): 以上 includes the number, 超过 does not."""
    return days >= limit if kind == "以上" else days > limit


def penalty_share(price: Working, share: Working, why: str) -> Op:
    """10 % of the total."""
    return round_half_up(times(price, share), why)


def refund_and_share(paid: list[Working], price: Working, share: Working, why: str) -> Working:
    """Everything paid so far, and 10 % of the total (九(二), 九(三))."""
    return plus(*paid, penalty_share(price, share, why))


def acceptance_failed(failures: int, refused: bool, limit: int) -> bool:
    """九(三): the second failed acceptance, or a refusal to rework."""
    return refused or failures >= limit


def apply(case: Case) -> Iterator[Finding]:
    """The three rights, and the lines of a contract that was ended by one of them."""
    rights = [_late_delivery(case), _acceptance(case), _late_payment(case)]
    yield from rights
    for known in case.all(ContractTerminated):
        right = next(one for one in rights if one.clause == known.said.ground)
        yield from _lines(case, known, right)


def _claim(case: Case) -> Working:
    paid: list[Working] = [known.leaf("amount") for known in case.all(PaymentMade)]
    case.reading("A10")
    return refund_and_share(paid, case.term("price.total"), case.term("penalties.termination_share"), rounding(case))


def _late_delivery(case: Case) -> Right:
    """C12: some order is 30 days late or more and still not there."""
    case.reading("A5")
    limit = case.terms.penalties.provider_days
    open_orders = [one for one in late_orders(case) if one.delivered is None]
    long = [one for one in open_orders if reached(_days(case, one), limit, "以上")]
    since = min((_reached_on(case, one) for one in long), default=None)
    working = _claim(case)
    return Right(
        id="terminate-late-delivery",
        clause="C12",
        holder="client",
        title=Said(
            f"乙方逾期 {limit} 日以上仍不能提供服务:甲方可解除合同,退还已付款并支付 10%",
            f"{limit} days late or more and still nothing: the client may terminate; refund plus 10 %",
        ),
        available=bool(long),
        since=since,
        amount=as_money(working),
        working=working,
        readings=("A5", "A6", "A7", "A10"),
        facts=tuple(one.placed.id for one in long),
    )


def _days(case: Case, one: LateOrder) -> int:
    return sum(span.days for span in without([one.span], effect_spans(case)))


def _reached_on(case: Case, one: LateOrder) -> date:
    """The day on which the days late, force majeure left out, reached the limit."""
    left = case.terms.penalties.provider_days
    for span in without([one.span], effect_spans(case)):
        if span.days >= left:
            return as_day(span.start) + timedelta(left)
        left -= span.days
    raise ValueError("asked for an order that is not that late")


def _acceptance(case: Case) -> Right:
    """C14: failures are counted per milestone (A13); a later pass of the milestone ends the right."""
    limit = case.terms.penalties.failed_acceptances
    held = case.all(AcceptanceHeld)
    groups = [held]
    if case.reading("A13") == "per_milestone":
        groups = [[known for known in held if known.said.milestone == name] for name in ("midterm", "final")]
    found: list[str] = []
    since = None
    for group in groups:
        failed = _open_failures(group)
        refused = [k for k in case.all(ReworkRefused) if group and k.said.milestone == group[-1].said.milestone]
        if acceptance_failed(len(failed), bool(refused), limit):
            found += [known.id for known in (*failed, *refused)]
            day = refused[0].day if refused else failed[limit - 1].day
            since = day if since is None else min(since, day)
    working = _claim(case)
    return Right(
        id="terminate-acceptance",
        clause="C14",
        holder="client",
        title=Said(
            "二次验收仍不合格或拒绝整改:甲方可解除合同,退还已付款并支付 10%",
            "Second acceptance failed, or rework refused: the client may terminate; refund plus 10 %",
        ),
        available=bool(found),
        since=since,
        amount=as_money(working),
        working=working,
        readings=("A6", "A7", "A10", "A13"),
        facts=tuple(found),
    )


def _open_failures(group: list[Known[AcceptanceHeld]]) -> list[Known[AcceptanceHeld]]:
    passed = {known.said.milestone for known in group if known.said.result == "passed"}
    return [known for known in group if known.said.result == "failed" and known.said.milestone not in passed]


def _late_payment(case: Case) -> Right:
    """C16: overdue for more than 30 days, and the provider itself without an open breach."""
    case.reading("A5")
    limit = case.terms.penalties.client_days
    cured = {known.said.breach for known in case.all(BreachCured)}
    breaches = [k for k in case.all(BreachConfirmed) if k.said.by == "provider" and k.said.breach not in cured]
    late = [
        (part.span, part.amount)
        for instalment in case.terms.instalments
        if paid_day(case, instalment) is None
        for part in overdue(case, instalment)
        if part.running and reached(part.span.days, limit, "超过")
    ]
    starts = [plus_days(plus_days(span.start, case.term("penalties.client_days")), ONE) for span, _ in late]
    working = penalty_share(case.term("price.total"), case.term("penalties.termination_share"), rounding(case))
    facts = [fact for span, _ in late for fact in leaves_of(span.start)] + [known.id for known in breaches]
    return Right(
        id="terminate-late-payment",
        clause="C16",
        holder="provider",
        title=Said(
            f"甲方逾期超过 {limit} 日未付款:乙方可解除合同,甲方支付已提供服务的费用及 10%",
            f"More than {limit} days overdue: the provider may terminate; services rendered plus 10 %",
        ),
        available=bool(late) and not breaches,
        since=min((as_day(start) for start in starts), default=None),
        amount=as_money(working),
        working=working,
        readings=("A4", "A5", "A6", "A18"),
        facts=tuple(dict.fromkeys(facts)),
    )


def _lines(case: Case, known: Known[ContractTerminated], right: Right) -> Iterator[Finding]:
    """The refund and the share become owed once the holder has ended the contract."""
    payer: Literal["client", "provider"] = "provider" if right.holder == "client" else "client"
    if right.working is None or right.amount is None:
        return
    yield Line(
        id="termination",
        clause=right.clause,
        title=Said("解除合同的退款与违约金", "Refund and share on termination"),
        payer=payer,
        amount=right.amount,
        due=known.day,
        state=settled_or(case, "termination", right.amount, False),
        working=right.working,
        readings=right.readings,
        facts=(known.id, *right.facts),
        sentence=Said(
            f"{known.day} 合同解除,应付 {right.amount.grouped()} 元。",
            f"The contract was ended on {known.day}: {right.amount.grouped()} is owed.",
        ),
    )
    case.reading("A7")
    text = Said(
        "百分之十与按日违约金分列两行,是否并计由双方商定。",
        "The 10 % and the daily penalty stand as two lines; whether both are owed is to be agreed.",
    )
    yield Question("termination-and-penalty", right.clause, "A7", text, (known.id,))
    if right.clause == "C16":
        rendered = Said("已提供服务的费用由双方据实结算。", "The parties settle the fee for services rendered.")
        yield Question("services-rendered", "C16", "A10", rendered, (known.id,))
