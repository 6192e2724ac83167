"""The three instalments: the first on time, the second 20 days late, the third on time."""

from yunyue.doors.cli.tour.stage import APPROVER, CLIENT, Stage, TourStopped, accepted
from yunyue.journal.facts import FundsArrived, InvoiceReceived, PaymentMade, SumSettled
from yunyue.money import Money
from yunyue.settlement.statement import Said


def pay_first(stage: Stage) -> None:
    """50 % within 30 working days of signing, once funds and invoice are there."""
    stage.begin("2024-05-20", Said("第一期：财政资金到位，收到发票", "First instalment: funds and invoice are there"))
    _funds_and_invoice(stage, 1)
    stage.begin(
        "2024-05-23", Said("第一期按时付款（期限 2024-05-24）", "First instalment paid on time, due 2024-05-24")
    )
    _pay(stage, 1)


def pay_second(stage: Stage) -> None:
    """Funds and invoice are there in time; the payment is not."""
    stage.begin("2024-09-18", Said("第二期：财政资金到位，收到发票", "Second instalment: funds and invoice are there"))
    _funds_and_invoice(stage, 2)
    stage.begin("2024-10-15", Said("第二期逾期 20 日才付款", "The second instalment is paid 20 days late"))
    _pay(stage, 2)


def _funds_and_invoice(stage: Stage, number: int) -> None:
    amount = _amount(stage, number)
    stage.happened(CLIENT, FundsArrived(instalment=number))
    invoice = InvoiceReceived(instalment=number, amount=amount, document=stage.paper(f"第{number}期发票"))
    stage.happened(CLIENT, invoice)


def _pay(stage: Stage, number: int) -> None:
    paid = PaymentMade(instalment=number, amount=_amount(stage, number), document=stage.paper(f"第{number}期付款凭证"))
    stage.happened(APPROVER, paid)


def pay_interest(stage: Stage) -> None:
    """What the delay costs, as the statement says, is paid too."""
    stage.begin("2024-11-05", Said("甲方支付第二期逾期违约金", "The client pays what the delay costs"))
    line = accepted(stage.kernel.statement(stage.contract, stage.clock.now().date())).line("late-payment-2")
    if line.amount is None:
        raise TourStopped("the late payment costs nothing")
    voucher = stage.paper("违约金付款凭证")
    stage.happened(APPROVER, SumSettled(line=line.id, payer="client", amount=line.amount, document=voucher))
    stage.progress.note(line.sentence)


def pay_third(stage: Stage) -> None:
    """20 % within 10 working days of the final acceptance."""
    stage.begin("2025-01-15", Said("第三期：财政资金到位，收到发票", "Third instalment: funds and invoice are there"))
    _funds_and_invoice(stage, 3)
    stage.begin(
        "2025-01-22", Said("第三期按时付款（期限 2025-01-24）", "Third instalment paid on time, due 2025-01-24")
    )
    _pay(stage, 3)


def _amount(stage: Stage, number: int) -> Money:
    instalment = accepted(stage.kernel.registered_terms(stage.contract)).instalment(number)
    assert instalment is not None, "the contract has three"
    return instalment.amount
