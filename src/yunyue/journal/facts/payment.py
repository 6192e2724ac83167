"""Facts about money: gates, invoices and payments."""

from yunyue.journal.facts.base import Digest, Instalment, Key, Party, Payload
from yunyue.money import Money


class ProgressConfirmed(Payload, frozen=True, kw_only=True):
    """The progress an instalment asks for was made (八(三))."""

    type = "progress.confirmed"
    title_zh = "进度确认"
    title_en = "Progress confirmed"
    clauses = ("C07",)
    instalment: Instalment
    document: Digest


class FundsArrived(Payload, frozen=True, kw_only=True):
    """The fiscal funds for an instalment arrived at the client (八(三))."""

    type = "funds.arrived"
    title_zh = "财政资金到位"
    title_en = "Funds arrived"
    clauses = ("C07",)
    instalment: Instalment


class InvoiceReceived(Payload, frozen=True, kw_only=True):
    """A valid invoice for an instalment came in (八(三)). An invalid one is not recorded as received."""

    type = "invoice.received"
    title_zh = "收到发票"
    title_en = "Invoice received"
    clauses = ("C08",)
    instalment: Instalment
    amount: Money
    document: Digest


class PaymentMade(Payload, frozen=True, kw_only=True):
    """The client paid, wholly or in part, an instalment."""

    type = "payment.made"
    title_zh = "付款"
    title_en = "Payment made"
    clauses = ("C03", "C04", "C05", "C15")
    instalment: Instalment
    amount: Money
    document: Digest


class SumSettled(Payload, frozen=True, kw_only=True):
    """A penalty, refund or compensation line of a statement was paid."""

    type = "sum.settled"
    title_zh = "款项结清"
    title_en = "Sum settled"
    line: Key
    payer: Party
    amount: Money
    document: Digest
