"""八(二): 50 % after signing, 30 % after the mid-term acceptance, 20 % after the final one, all delivered."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Literal

from yunyue.contract.terms import Instalment
from yunyue.journal.facts import ContractTerminated, PaymentMade
from yunyue.money import Money, in_words
from yunyue.settlement.case import Case, Known
from yunyue.settlement.compute import as_day, as_money, minus, plus, round_half_up, times
from yunyue.settlement.rules.account import late_notices
from yunyue.settlement.rules.gates import gates, milestone_day
from yunyue.settlement.rules.schedule import due_day, late_from, payable_day
from yunyue.settlement.statement import Finding, Line, Obligation, Question, Said
from yunyue.settlement.working import Working

CLAUSES = ("C03", "C04", "C05")

MILESTONES = {
    "signing": ("C03", Said("签订", "signing")),
    "midterm": ("C04", Said("中期验收合格", "the mid-term acceptance")),
    "final": ("C05", Said("最终验收合格且服务全部交付", "the final acceptance, all services delivered")),
}


def payments(case: Case, instalment: Instalment) -> list[Known[PaymentMade]]:
    """What was paid of an instalment, in the order of the days it was paid."""
    return _by_instalment(case).get(instalment.number, [])


def _by_instalment(case: Case) -> dict[int, list[Known[PaymentMade]]]:
    return case.remember("payments", _group)  # type: ignore[no-any-return]  # the memory holds any value


def _group(case: Case) -> dict[int, list[Known[PaymentMade]]]:
    found: dict[int, list[Known[PaymentMade]]] = {}
    for known in case.all(PaymentMade):
        found.setdefault(known.said.instalment, []).append(known)
    return found


def paid_day(case: Case, instalment: Instalment) -> Known[PaymentMade] | None:
    """The payment with which an instalment was paid in full."""
    key = ("paid", instalment.number)
    return case.remember(key, lambda c: _paid_day(c, instalment))  # type: ignore[no-any-return]  # memory of any


def _paid_day(case: Case, instalment: Instalment) -> Known[PaymentMade] | None:
    sum_so_far = Money.ZERO
    for known in payments(case, instalment):
        sum_so_far += known.said.amount
        if sum_so_far >= instalment.amount:
            return known
    return None


def percent(share: Decimal) -> str:
    """0.5 is "50", 0.0001 is "0.01"."""
    return f"{(share * 100).normalize():f}"


def apply(case: Case) -> Iterator[Finding]:
    """A line and an obligation per instalment; a question where its milestone has no day yet, or the contract ended."""
    for instalment in case.terms.instalments:
        if instalment.after == "signing":
            case.reading("A21")
        if case.ended is not None and paid_day(case, instalment) is None:
            yield _no_longer(instalment, case.ended)
            continue
        yield _line(case, instalment)
        yield _obligation(case, instalment)
        if instalment.after == "midterm" and milestone_day(case, instalment)[0] is None:
            case.reading("A12")
            text = Said(
                f"合同未载明中期验收时间，录入前第 {instalment.number} 期款不可排期。",
                f"Instalment {instalment.number} cannot be scheduled until the mid-term acceptance is entered.",
            )
            yield Question(f"milestone-{instalment.number}", "C04", "A12", text, ())


def _line(case: Case, instalment: Instalment) -> Line:
    clause, after = MILESTONES[instalment.after]
    working = _part(case, instalment)
    amount = as_money(working)
    due = due_day(case, instalment)
    day_zh = f"最迟于 {due.value} 支付" if due else "支付期限尚不可排定"
    day_en = f"due by {due.value}" if due else "not schedulable yet"
    days = instalment.within_workdays
    sentence = Said(
        f"{after.zh}后 {days} 个工作日内支付合同总金额的 {percent(instalment.share)}%，计 {amount.grouped()} 元"
        f"（大写：{in_words(amount)}），{day_zh}。",
        f"{percent(instalment.share)} % of the total within {days} working days of {after.en}: "
        f"{amount.grouped()}, {day_en}.",
    )
    _, milestone_facts = milestone_day(case, instalment)
    facts = (*milestone_facts, *(known.id for known in payments(case, instalment)))
    return Line(
        id=f"instalment-{instalment.number}",
        clause=clause,
        title=Said(
            f"第 {instalment.number} 期款（{percent(instalment.share)}%）",
            f"Instalment {instalment.number} ({percent(instalment.share)} %)",
        ),
        payer="client",
        amount=amount,
        due=None if due is None else as_day(due),
        state=_line_state(case, instalment, due),
        working=working,
        readings=("A1", "A2", "A3", "A6"),
        facts=facts,
        sentence=sentence,
    )


def _part(case: Case, instalment: Instalment) -> Working:
    """The share of the total to the fen; of the last instalment what the others leave, where the share is not exact."""
    own = _share(case, instalment)
    others = [one for one in case.terms.instalments if one.number != instalment.number]
    if as_money(own) == instalment.amount or not others:
        return own
    return minus(case.term("price.total"), plus(*(_share(case, one) for one in others)))


def _share(case: Case, instalment: Instalment) -> Working:
    share = case.term(f"instalments.{instalment.number}.share")
    return round_half_up(times(case.term("price.total"), share), rounding(case))


def _no_longer(instalment: Instalment, ended: Known[ContractTerminated]) -> Question:
    """What was not performed when a contract ends is not performed any more (Civil Code 566)."""
    text = Said(
        f"合同已于 {ended.day} 解除，第 {instalment.number} 期款未付部分终止履行（民法典第566条），由双方清结。",
        f"The contract ended on {ended.day}: what is unpaid of instalment {instalment.number} is no longer to be paid "
        "(Civil Code art. 566); the parties settle what remains.",
    )
    return Question(f"ended-{instalment.number}", MILESTONES[instalment.after][0], "A10", text, (ended.id,))


def rounding(case: Case) -> str:
    """The reading that asks for rounding to the fen, noted as used."""
    case.reading("A6")
    return "A6"


def _line_state(case: Case, instalment: Instalment, due: Working | None) -> Literal["due", "settled", "waiting"]:
    if paid_day(case, instalment):
        return "settled"
    return "due" if due is not None and payable_day(case, instalment) is not None else "waiting"


def _obligation(case: Case, instalment: Instalment) -> Obligation:
    clause, _ = MILESTONES[instalment.after]
    due, payable, late = (find(case, instalment) for find in (due_day, payable_day, late_from))
    if late_notices(case, instalment):
        late = None  # 八(三): the client is not late where the account was not notified in time
    paid = paid_day(case, instalment)
    return Obligation(
        id=f"pay-{instalment.number}",
        clause=clause,
        who="client",
        title=Said(
            f"支付第 {instalment.number} 期款 {instalment.amount.grouped()} 元",
            f"Pay instalment {instalment.number}: {instalment.amount.grouped()}",
        ),
        due=None if due is None else as_day(due),
        gates=tuple(gate for gate, _ in gates(case, instalment)),
        payable=None if payable is None else as_day(payable),
        late_from=None if late is None else as_day(late),
        done=None if paid is None else paid.day,
        state=_obligation_state(case, due, late, paid),
        working=due,
        readings=("A1", "A2", "A3", "A4"),
        facts=(*milestone_day(case, instalment)[1], *(known.id for known in payments(case, instalment))),
    )


def _obligation_state(
    case: Case, due: Working | None, late: Working | None, paid: Known[PaymentMade] | None
) -> Literal["not_schedulable", "waiting", "open", "late", "done", "done_late"]:
    if paid is not None:
        return "done_late" if late is not None and paid.day > as_day(late) else "done"
    if due is None:
        return "not_schedulable"
    if late is None:
        return "waiting"
    return "late" if case.as_of > as_day(late) else "open"
