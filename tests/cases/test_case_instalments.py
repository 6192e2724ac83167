"""八(二), 八(三): when each instalment falls due, what it waits for, and how it is paid."""

from datetime import date

from cases.language import Due, case, due, questions, state
from story import Story
from yunyue.settlement.statement import Statement


@case("C04")
def test_the_second_instalment_cannot_be_scheduled_before_the_midterm_acceptance(statement: Statement) -> None:
    """
    2024-04-11 contract.signed
    as of 2024-09-01
    """
    assert due(statement, "instalment-2") == Due("575,038.32")
    assert state(statement, "instalment-2") == "waiting"
    assert "milestone-2" in questions(statement)


@case("C04")
def test_midterm_passed_on_10_september_makes_it_due_on_25_september(statement: Statement) -> None:
    """
    2024-04-11 contract.signed
    2024-09-10 acceptance.held milestone=midterm result=passed
    as of 2024-09-12
    """
    assert due(statement, "instalment-2") == Due("575,038.32", "2024-09-25")
    assert "milestone-2" not in questions(statement)


@case("C04")
def test_the_national_holiday_moves_the_day_to_10_october(statement: Statement) -> None:
    """
    2024-04-11 contract.signed
    2024-09-20 acceptance.held milestone=midterm result=passed
    as of 2024-09-21
    """
    assert due(statement, "instalment-2") == Due("575,038.32", "2024-10-10")


@case("C04")
def test_a_failed_acceptance_makes_nothing_due(statement: Statement) -> None:
    """
    2024-04-11 contract.signed
    2024-09-10 acceptance.held milestone=midterm result=failed
    as of 2024-10-30
    """
    assert due(statement, "instalment-2") == Due("575,038.32")


@case("C04")
def test_the_first_pass_counts_even_if_it_was_recorded_after_a_later_one(statement: Statement) -> None:
    """
    2024-04-11 contract.signed
    2024-09-20 acceptance.held milestone=midterm result=passed recorded 2024-09-21
    2024-09-10 acceptance.held milestone=midterm result=passed recorded 2024-09-22
    as of 2024-09-30
    """
    assert due(statement, "instalment-2") == Due("575,038.32", "2024-09-25")


@case("C05")
def test_final_acceptance_on_the_last_day_makes_the_rest_due_on_15_january(statement: Statement) -> None:
    """
    2024-04-11 contract.signed
    2024-04-12 order.placed order=o1 item=os-set deliver_by=2024-05-01
    2024-04-30 service.delivered order=o1
    2024-12-31 acceptance.held milestone=final result=passed
    as of 2025-01-02
    """
    assert due(statement, "instalment-3") == Due("383,358.88", "2025-01-15")


@case("C05")
def test_the_last_instalment_waits_for_the_last_delivery_of_what_was_approved(story: Story) -> None:
    """
    2024-04-11 contract.signed
    2024-04-12 order.placed order=o1 item=os-set deliver_by=2024-05-01
    2024-04-12 order.placed order=o2 item=scan-run deliver_by=2024-12-31 approved
    2024-04-12 order.placed order=o3 item=scan-run deliver_by=2024-12-31
    2024-04-30 service.delivered order=o1
    2024-12-20 acceptance.held milestone=final result=passed
    2024-12-31 service.delivered order=o2
    """
    assert due(story.statement("2024-12-30"), "instalment-3") == Due("383,358.88")
    assert due(story.statement("2025-01-02"), "instalment-3") == Due("383,358.88", "2025-01-15")


@case("C05")
def test_a_cancelled_order_holds_nothing_up(statement: Statement) -> None:
    """
    2024-04-11 contract.signed
    2024-04-12 order.placed order=o1 item=os-set deliver_by=2024-05-01
    2024-04-12 order.placed order=o2 item=scan-run deliver_by=2024-12-31
    2024-04-30 service.delivered order=o1
    2024-05-05 order.cancelled order=o2
    2024-12-31 acceptance.held milestone=final result=passed
    as of 2025-01-02
    """
    assert due(statement, "instalment-3") == Due("383,358.88", "2025-01-15")


@case("C05")
def test_the_first_delivery_of_an_order_counts(statement: Statement) -> None:
    """
    2024-04-11 contract.signed
    2024-04-12 order.placed order=o1 item=os-set deliver_by=2024-05-01
    2025-01-02 service.delivered order=o1 recorded 2025-01-02
    2024-04-30 service.delivered order=o1 recorded 2025-01-03
    2024-12-31 acceptance.held milestone=final result=passed recorded 2025-01-03
    as of 2025-01-03
    """
    assert due(statement, "instalment-3") == Due("383,358.88", "2025-01-15")


@case("C07")
def test_an_instalment_is_payable_once_the_funds_have_arrived_and_not_before(story: Story) -> None:
    """
    2024-04-11 contract.signed
    2024-05-20 invoice.received instalment=1 amount=958397.20
    2024-06-03 funds.arrived instalment=1
    """
    before, after = story.statement("2024-06-02"), story.statement("2024-06-03")
    assert state(before, "gate-funds-1") == "open"
    assert state(before, "pay-1") == "waiting"
    assert before.obligation("pay-1").payable is None
    assert state(after, "gate-funds-1") == "holds"
    assert after.obligation("pay-1").payable == date(2024, 6, 3)
    assert after.obligation("pay-1").due == date(2024, 5, 24)
    assert after.obligation("pay-1").late_from == date(2024, 6, 3)


@case("C07")
def test_a_confirmed_progress_has_its_own_day(statement: Statement) -> None:
    """
    2024-04-11 contract.signed
    2024-05-20 invoice.received instalment=1 amount=958397.20
    2024-05-20 funds.arrived instalment=1
    2024-05-30 progress.confirmed instalment=1
    as of 2024-06-01
    """
    assert statement.obligation("pay-1").payable == date(2024, 5, 30)


@case("C08")
def test_invoices_count_once_they_reach_the_instalment(story: Story) -> None:
    """
    2024-04-11 contract.signed
    2024-05-02 funds.arrived instalment=1
    2024-05-10 invoice.received instalment=1 amount=900000.00
    2024-05-20 invoice.received instalment=1 amount=58397.20
    """
    assert state(story.statement("2024-05-19"), "gate-invoice-1") == "open"
    assert state(story.statement("2024-05-20"), "gate-invoice-1") == "holds"
    assert story.statement("2024-05-20").obligation("pay-1").payable == date(2024, 5, 20)


@case("C08")
def test_invoices_reach_the_amount_on_the_day_of_the_last_of_them_whatever_the_order_of_recording(
    statement: Statement,
) -> None:
    """
    2024-04-11 contract.signed
    2024-05-02 funds.arrived instalment=1
    2024-05-20 invoice.received instalment=1 amount=900000.00 recorded 2024-05-21
    2024-05-10 invoice.received instalment=1 amount=58397.20 recorded 2024-05-22
    as of 2024-05-23
    """
    assert statement.obligation("pay-1").payable == date(2024, 5, 20)


@case("C03")
def test_parts_of_a_payment_settle_the_instalment_together(story: Story) -> None:
    """
    2024-04-11 contract.signed
    2024-05-02 funds.arrived instalment=1
    2024-05-02 invoice.received instalment=1 amount=958397.20
    2024-05-20 payment.made instalment=1 amount=900000.00
    2024-05-24 payment.made instalment=1 amount=58397.20
    """
    assert state(story.statement("2024-05-23"), "instalment-1") == "due"
    paid = story.statement("2024-05-24")
    assert state(paid, "instalment-1") == "settled"
    assert state(paid, "pay-1") == "done"
    assert paid.obligation("pay-1").done == date(2024, 5, 24)


@case("C03")
def test_an_instalment_paid_after_its_day_is_done_late(statement: Statement) -> None:
    """
    2024-04-11 contract.signed
    2024-05-02 funds.arrived instalment=1
    2024-05-02 invoice.received instalment=1 amount=958397.20
    2024-05-25 payment.made instalment=1 amount=958397.20
    as of 2024-06-01
    """
    assert state(statement, "pay-1") == "done_late"


@case("C09")
def test_the_last_day_to_notify_a_changed_account_is_11_may(statement: Statement) -> None:
    """
    2024-04-11 contract.signed
    as of 2024-05-01
    """
    assert "2024-05-11" in statement.check("account-1").detail.zh


@case("C09")
def test_a_change_notified_on_that_day_leaves_the_client_late(statement: Statement) -> None:
    """
    2024-04-11 contract.signed
    2024-05-02 funds.arrived instalment=1
    2024-05-02 invoice.received instalment=1 amount=958397.20
    2024-05-11 notice.given about=account subject=new-bank by=provider channel=letter
    as of 2024-06-03
    """
    assert state(statement, "account-1") == "holds"
    assert state(statement, "pay-1") == "late"
    assert state(statement, "late-payment-1") == "running"


@case("C09")
def test_a_change_notified_a_day_later_excuses_the_client(statement: Statement) -> None:
    """
    2024-04-11 contract.signed
    2024-05-02 funds.arrived instalment=1
    2024-05-02 invoice.received instalment=1 amount=958397.20
    2024-05-12 notice.given about=account subject=new-bank by=provider channel=letter
    as of 2024-07-30
    """
    assert state(statement, "account-1") == "broken"
    assert "late-payment-1" not in {line.id for line in statement.lines}
    assert statement.obligation("pay-1").late_from is None
    assert state(statement, "pay-1") == "waiting"
    assert not statement.right("terminate-late-payment").available


@case("C09")
def test_a_message_in_the_console_followed_by_a_letter_in_time_is_in_time(statement: Statement) -> None:
    """
    2024-04-11 contract.signed
    2024-05-06 notice.given about=account subject=new-bank by=provider channel=in_app
    2024-05-08 notice.given about=account subject=new-bank by=provider channel=registered_mail
    2024-05-20 notice.given about=account subject=new-bank by=provider channel=letter
    as of 2024-06-03
    """
    assert state(statement, "account-1") == "holds"


@case("C09")
def test_a_notice_by_the_client_is_no_change_of_the_providers_account(statement: Statement) -> None:
    """
    2024-04-11 contract.signed
    2024-05-20 notice.given about=account subject=q1 by=client channel=letter
    as of 2024-06-03
    """
    assert state(statement, "account-1") == "holds"
