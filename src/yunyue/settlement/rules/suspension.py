"""八(四): non-payment is no defence; the provider goes on serving."""

from collections.abc import Iterator

from yunyue.journal.facts import ServiceSuspended
from yunyue.settlement.case import Case
from yunyue.settlement.statement import Check, Finding, Said

CLAUSES = ("C10",)


def apply(case: Case) -> Iterator[Finding]:
    """Whether any service was ever suspended for want of payment."""
    wrong = [known for known in case.all(ServiceSuspended) if known.said.ground == "nonpayment"]
    orders = "、".join(known.said.order for known in wrong)
    yield Check(
        "no-suspension",
        "C10",
        Said("不得以未付款为由停止服务", "No service is suspended for non-payment"),
        "broken" if wrong else "holds",
        Said(
            f"订单 {orders} 曾因未付款被暂停。" if wrong else "无因未付款而暂停的记录。",
            f"Suspended for non-payment: {orders}." if wrong else "None on record.",
        ),
        (),
        tuple(known.id for known in wrong),
    )
