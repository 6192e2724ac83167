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
from yunyue.settlement.compute import ONE, as_day, as_money, leaves_of, plus, plus_days, round_half_up, times
from yunyue.settlement.rules.instalments import paid_day, percent, rounding
from yunyue.settlement.rules.late import LateOrder, breach_spans, late_orders, overdue, settled_or
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


def _brings(case: Case) -> Said:
    share = percent(case.terms.penalties.termination_share)
    if case.terms.readings["A10"] == "net":
        return Said(
            f"退还已付款（扣除已使用价值，由双方结算）并支付 {share}%",
            f"refund net of value used, which the parties settle, plus {share} %",
        )
    return Said(f"退还已付款并支付 {share}%", f"refund plus {share} %")


def acceptance_failed(failures: int, refused: bool, limit: int) -> bool:
    """九(三): the second failed acceptance, or a refusal to rework."""
    return refused or failures >= limit


def effective_end(case: Case) -> Known[ContractTerminated] | None:
    """The first termination by somebody who had the right to it at that moment."""
    for known in case.all(ContractTerminated):
        right = _rights(case.then(known))[known.said.ground]
        if right.available and right.holder == known.said.by:
            return known
    return None


def _rights(case: Case) -> dict[str, Right]:
    return {right.clause: right for right in (_late_delivery(case), _acceptance(case), _late_payment(case))}


def apply(case: Case) -> Iterator[Finding]:
    """The three rights, and the lines of a contract that was ended by one of them."""
    rights = _rights(case)
    yield from rights.values()
    for known in case.all(ContractTerminated):
        if known is case.ended:
            yield from _lines(case, known, rights[known.said.ground])
        else:
            yield _unfounded(case, known)


def _unfounded(case: Case, known: Known[ContractTerminated]) -> Question:
    """Said to be ended, and nothing follows from it here: the ground was not there, or it had ended already."""
    why = Said("合同此前已解除", "the contract had ended before")
    if case.ended is None or case.ended.time > known.time:
        why = Said("当日依记录不具备该解除权", "by the record that right was not there on that day")
    text = Said(
        f"{known.day} 的解除通知未生效：{why.zh}。由双方商定或依争议条款解决。",
        f"The termination of {known.day} has no effect here: {why.en}. The parties settle it, or clause 十 does.",
    )
    return Question(f"termination-unfounded-{known.id}", known.said.ground, "A5", text, (known.id,))


def _claim(case: Case) -> Working:
    """What the client would get back, and the share; net of value (A10), the refund is for the parties to settle."""
    return case.remember("claim", _refund)  # type: ignore[no-any-return]  # the memory holds any value


def _refund(case: Case) -> Working:
    paid: list[Working] = [known.leaf("amount") for known in case.all(PaymentMade)]
    if case.reading("A10") == "net":
        paid = []
    return refund_and_share(paid, case.term("price.total"), case.term("penalties.termination_share"), rounding(case))


def _late_delivery(case: Case) -> Right:
    """C12: some order is 30 days late or more and still not there."""
    case.reading("A5")
    limit = case.terms.penalties.provider_days
    open_orders = [one for one in late_orders(case) if one.over is None]
    long = [one for one in open_orders if reached(_days(case, one), limit, "以上")]
    since = min((_reached_on(case, one) for one in long), default=None)
    working = _claim(case)
    return Right(
        id="terminate-late-delivery",
        clause="C12",
        holder="client",
        title=Said(
            f"乙方逾期 {limit} 日以上仍不能提供服务：甲方可解除合同，{_brings(case).zh}",
            f"{limit} days late or more and still nothing: the client may terminate; {_brings(case).en}",
        ),
        available=bool(long),
        since=since,
        amount=as_money(working),
        working=working,
        readings=("A5", "A6", "A7", "A10"),
        facts=tuple(dict.fromkeys((*(one.placed.id for one in long), *leaves_of(working)))),
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
    groups: list[tuple[str, ...]] = [("midterm",), ("final",)]
    if case.reading("A13") == "across":
        groups = [("midterm", "final")]
    found: list[Known[AcceptanceHeld] | Known[ReworkRefused]] = []
    since: list[date] = []
    for milestones in groups:
        failed = [k for k in case.all(AcceptanceHeld) if k.said.milestone in milestones and k.said.result == "failed"]
        refused = [k for k in case.all(ReworkRefused) if k.said.milestone in milestones and _open(case, k)]
        if acceptance_failed(len(failed), False, limit) and any(_open(case, known) for known in failed):
            found += failed
            since.append(failed[limit - 1].day)
        if acceptance_failed(0, bool(refused), limit):
            found += refused
            since.append(refused[0].day)
    working = _claim(case)
    return Right(
        id="terminate-acceptance",
        clause="C14",
        holder="client",
        title=Said(
            f"二次验收仍不合格或拒绝整改：甲方可解除合同，{_brings(case).zh}",
            f"Second acceptance failed, or rework refused: the client may terminate; {_brings(case).en}",
        ),
        available=bool(found),
        since=min(since, default=None),
        amount=as_money(working),
        working=working,
        readings=("A6", "A7", "A10", "A13"),
        facts=tuple(dict.fromkeys((*(known.id for known in found), *leaves_of(working)))),
    )


def _open(case: Case, fell_short: Known[AcceptanceHeld] | Known[ReworkRefused]) -> bool:
    """Whether the milestone has not been passed since."""
    return not any(
        known.said.result == "passed"
        and known.said.milestone == fell_short.said.milestone
        and known.time > fell_short.time
        for known in case.all(AcceptanceHeld)
    )


def _late_payment(case: Case) -> Right:
    """C16: overdue for more than 30 days, and the provider itself without an open breach."""
    limit = case.terms.penalties.client_days
    late = _long_overdue(case, limit)
    breaches = [fact for number, _ in late for fact in _open_breaches(case, number)]
    starts = [plus_days(plus_days(start, case.term("penalties.client_days")), ONE) for _, start in late]
    if case.reading("A19") == "plus_one":
        starts = [plus_days(start, case.term("penalties.client_days")) for _, start in late]
    working = penalty_share(case.term("price.total"), case.term("penalties.termination_share"), rounding(case))
    available = bool(late) and not breaches
    days = [_without_breach(case, number, as_day(start)) for (number, _), start in zip(late, starts, strict=True)]
    share = percent(case.terms.penalties.termination_share)
    return Right(
        id="terminate-late-payment",
        clause="C16",
        holder="provider",
        title=Said(
            f"甲方逾期超过 {limit} 日未付款：乙方可解除合同，甲方支付已提供服务的费用及 {share}%",
            f"More than {limit} days overdue: the provider may terminate; services rendered plus {share} %",
        ),
        available=available,
        since=min(days) if available else None,
        amount=as_money(working),
        working=working,
        readings=("A4", "A5", "A6", "A18", "A19"),
        facts=tuple(dict.fromkeys((*leaves_of(*starts), *breaches))),
    )


def _long_overdue(case: Case, limit: int) -> list[tuple[int, Working]]:
    """Instalments unpaid for longer than the limit: number, and the day after which the clock ran."""
    extra = 1 if case.reading("A19") == "plus_one" else 0
    return [
        (instalment.number, part.span.start)
        for instalment in case.terms.instalments
        if paid_day(case, instalment) is None
        for part in overdue(case, instalment)
        if part.running and reached(part.span.days + extra, limit, "超过")
    ]


def _without_breach(case: Case, number: int, since: date) -> date:
    """The first day from then on that no confirmed breach of the provider spoke against."""
    for span, _ in sorted(breach_spans(case, number), key=lambda one: as_day(one[0].end)):
        if as_day(span.start) <= since < as_day(span.end):
            since = as_day(span.end)
    return since


def _open_breaches(case: Case, number: int) -> list[str]:
    """Confirmed breaches of the provider that nothing cured, related to the instalment or any (A18)."""
    cured = {known.said.breach for known in case.all(BreachCured)}
    related = case.reading("A18") == "related"
    return [
        known.id
        for known in case.all(BreachConfirmed)
        if known.said.by == "provider" and known.said.breach not in cured
        if not related or known.said.instalment == number
    ]


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
        facts=tuple(dict.fromkeys((known.id, *right.facts))),
        sentence=Said(
            f"{known.day} 合同解除，应付 {right.amount.grouped()} 元。",
            f"The contract was ended on {known.day}: {right.amount.grouped()} is owed.",
        ),
    )
    yield from _open_ends(case, known)


def _open_ends(case: Case, known: Known[ContractTerminated]) -> Iterator[Question]:
    """What only the parties can settle once the contract has ended."""
    ground = known.said.ground
    if case.reading("A7") == "separate":
        text = Said(
            "解除违约金与按日违约金分列两行，是否并计由双方商定。",
            "The share on termination and the daily penalty stand as two lines; whether both are owed is to be agreed.",
        )
        yield Question("termination-and-penalty", ground, "A7", text, (known.id,))
    if ground == "C16":
        rendered = Said("已提供服务的费用由双方据实结算。", "The parties settle the fee for services rendered.")
        yield Question("services-rendered", "C16", "A10", rendered, (known.id,))
    elif case.reading("A10") == "net":
        net = Said(
            "退款扣除已使用服务的价值，由双方结算。", "The refund, net of the value used, is for the parties to settle."
        )
        yield Question("refund-net", ground, "A10", net, (known.id,))
