"""八(一): the total is all there is to pay; 八(二): shares and instalments make it up exactly."""

from collections.abc import Iterator
from decimal import Decimal

from yunyue.journal.facts import PaymentMade
from yunyue.money import Money, in_words, total
from yunyue.settlement.case import Case
from yunyue.settlement.statement import Check, Finding, Said

CLAUSES = ("C02", "C06")


def apply(case: Case) -> Iterator[Finding]:
    """Checks of the total, and of what was paid against it."""
    yield _total(case)
    yield _shares(case)


def _total(case: Case) -> Check:
    most = case.terms.price.total
    payments = case.all(PaymentMade)
    paid = total(known.said.amount for known in payments)
    words = in_words(most)
    return Check(
        "total",
        "C02",
        Said(f"合同总金额 {most.grouped()} 元（大写：{words}），此外不再支付", f"The total, all-in: {most.grouped()}"),
        "holds" if paid <= most else "broken",
        Said(f"已付 {paid.grouped()} 元，未付 {_left(most, paid)} 元。", f"Paid {paid.grouped()} of {most.grouped()}."),
        (),
        tuple(known.id for known in payments),
    )


def _left(most: Money, paid: Money) -> str:
    return (most - paid).grouped()


def _shares(case: Case) -> Check:
    instalments = case.terms.instalments
    shares = sum((one.share for one in instalments), Decimal())
    amounts = total(one.amount for one in instalments)
    return Check(
        "shares",
        "C06",
        Said("各期比例合计为 1，各期金额合计等于总金额", "Shares sum to 1, instalments to the total"),
        "holds" if shares == 1 and amounts == case.terms.price.total else "broken",
        Said(
            f"比例合计 {shares.normalize():f}，金额合计 {amounts.grouped()} 元。" if instalments else "未设分期。",
            f"{len(instalments)} instalments sum to {amounts.grouped()}.",
        ),
        (),
        (),
    )
