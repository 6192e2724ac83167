"""九(二), 九(四): the daily penalty of the provider and of the client, on the days that matter."""

from cases.language import Owed, amount, case, lines, owed, questions
from story import Story, tell
from yunyue.settlement.statement import Statement


@case("C11")
def test_on_its_day_an_order_is_not_late(statement: Statement) -> None:
    """
    2024-04-12 order.placed order=o1 item=os-set deliver_by=2024-05-01
    as of 2024-05-01
    """
    assert "late-delivery" not in lines(statement)


@case("C11")
def test_each_day_late_costs_one_ten_thousandth_of_the_total(story: Story) -> None:
    """
    2024-04-12 order.placed order=o1 item=os-set deliver_by=2024-05-01 approved
    """
    found = [amount(story.statement(day), "late-delivery") for day in ("2024-05-02", "2024-05-31", "2024-06-01")]
    assert found == ["191.68", "5,750.38", "5,942.06"]


@case("C11")
def test_the_penalty_stops_growing_with_the_delivery(story: Story) -> None:
    """
    2024-04-12 order.placed order=o1 item=os-set deliver_by=2024-05-01 approved
    2024-05-08 service.delivered order=o1
    """
    assert owed(story.statement("2024-05-07"), "late-delivery") == Owed("1,150.08", "provider", "running")
    assert owed(story.statement("2024-09-01"), "late-delivery") == Owed("1,341.76", "provider", "due")


@case("C11")
def test_a_day_on_which_two_orders_are_late_counts_once(statement: Statement) -> None:
    """
    2024-04-12 order.placed order=o1 item=os-set deliver_by=2024-05-01
    2024-04-12 order.placed order=o2 item=scan-run deliver_by=2024-05-05
    2024-05-08 service.delivered order=o2
    2024-05-11 service.delivered order=o1
    as of 2024-06-01
    """
    assert amount(statement, "late-delivery") == "1,916.79"


@case("C11")
def test_orders_late_at_different_times_add_up(statement: Statement) -> None:
    """
    2024-04-12 order.placed order=o1 item=os-set deliver_by=2024-05-01
    2024-04-12 order.placed order=o2 item=scan-run deliver_by=2024-06-01
    2024-05-03 service.delivered order=o1
    2024-06-06 service.delivered order=o2
    as of 2024-07-01
    """
    assert amount(statement, "late-delivery") == "1,341.76"


@case("C11")
def test_force_majeure_inside_a_delay_is_left_out(statement: Statement) -> None:
    """
    2024-04-12 order.placed order=o1 item=os-set deliver_by=2024-05-01
    2024-05-05 majeure.began event=flood
    2024-05-15 majeure.ended event=flood
    2024-05-21 service.delivered order=o1
    as of 2024-06-01
    """
    assert amount(statement, "late-delivery") == "1,916.79"
    assert {"f1", "f2", "f3", "f4"} <= set(statement.line("late-delivery").facts)


@case("C11")
def test_a_delay_wholly_inside_force_majeure_costs_nothing(statement: Statement) -> None:
    """
    2024-04-12 order.placed order=o1 item=os-set deliver_by=2024-05-05
    2024-05-01 majeure.began event=flood
    2024-05-10 service.delivered order=o1
    as of 2024-06-01
    """
    assert "late-delivery" not in lines(statement)


@case("C11")
def test_a_cancellation_after_the_delivery_does_not_wipe_out_the_delay(statement: Statement) -> None:
    """
    2024-04-12 order.placed order=o1 item=os-set deliver_by=2024-05-01
    2024-05-08 service.delivered order=o1
    2024-08-01 order.cancelled order=o1
    as of 2024-09-01
    """
    assert owed(statement, "late-delivery") == Owed("1,341.76", "provider", "due")


@case("C11")
def test_an_order_cancelled_while_late_is_late_up_to_that_day(statement: Statement) -> None:
    """
    2024-04-12 order.placed order=o1 item=os-set deliver_by=2024-05-01 approved
    2024-05-08 order.cancelled order=o1
    as of 2024-09-01
    """
    assert owed(statement, "late-delivery") == Owed("1,341.76", "provider", "due")


@case("C11")
def test_an_order_cancelled_before_its_day_is_never_late(statement: Statement) -> None:
    """
    2024-04-12 order.placed order=o1 item=os-set deliver_by=2024-05-01
    2024-04-20 order.cancelled order=o1
    as of 2024-09-01
    """
    assert "late-delivery" not in lines(statement)


@case("C11")
def test_an_order_nobody_approved_binds_nobody(statement: Statement) -> None:
    """
    2024-04-12 order.placed order=o1 item=os-set deliver_by=2024-05-01
    as of 2024-09-01
    """
    assert "late-delivery" not in lines(statement)
    assert not statement.right("terminate-late-delivery").available


@case("C11")
def test_an_order_approved_after_its_day_is_late_from_the_approval(story: Story) -> None:
    """
    2024-04-12 order.placed order=o1 item=os-set deliver_by=2024-05-01
    2024-05-10 order.approved id=ok order=o1 as user:2
    """
    assert "late-delivery" not in lines(story.statement("2024-05-10"))
    assert amount(story.statement("2024-05-11"), "late-delivery") == "191.68"
    assert "ok" in story.statement("2024-05-11").line("late-delivery").facts


@case("C11")
def test_a_penalty_that_was_paid_is_settled(statement: Statement) -> None:
    """
    2024-04-12 order.placed order=o1 item=os-set deliver_by=2024-05-01
    2024-05-08 service.delivered order=o1
    2024-06-01 sum.settled line=late-delivery payer=provider amount=1341.76
    as of 2024-06-02
    """
    assert owed(statement, "late-delivery") == Owed("1,341.76", "provider", "settled")


@case("C11")
def test_a_supplement_that_changes_the_rate_changes_the_words_too(statement: Statement) -> None:
    """
    terms penalties.provider_daily=0.0005
    2024-04-12 order.placed order=o1 item=os-set deliver_by=2024-05-01
    2024-05-02 service.delivered order=o1
    as of 2024-05-03
    """
    assert amount(statement, "late-delivery") == "958.40"
    assert "每日 0.05%" in statement.line("late-delivery").sentence.zh


@case("C15")
def test_each_day_overdue_costs_one_ten_thousandth_of_what_is_unpaid(story: Story) -> None:
    """
    2024-04-11 contract.signed
    2024-05-02 funds.arrived instalment=1
    2024-05-02 invoice.received instalment=1 amount=958397.20
    """
    assert "late-payment-1" not in lines(story.statement("2024-05-24"))
    days = ("2024-05-25", "2024-06-23", "2024-06-24")
    assert [amount(story.statement(day), "late-payment-1") for day in days] == ["95.84", "2,875.19", "2,971.03"]


@case("C15")
def test_the_overdue_clock_starts_with_the_last_gate(statement: Statement) -> None:
    """
    2024-04-11 contract.signed
    2024-05-02 funds.arrived instalment=1
    2024-06-01 invoice.received instalment=1 amount=958397.20
    2024-06-02 payment.made instalment=1 amount=958397.20
    as of 2024-06-10
    """
    assert owed(statement, "late-payment-1") == Owed("95.84", "client", "due")


@case("C15")
def test_a_part_paid_late_and_a_part_still_open_count_their_own_days(statement: Statement) -> None:
    """
    2024-04-11 contract.signed
    2024-05-02 funds.arrived instalment=1
    2024-05-02 invoice.received instalment=1 amount=958397.20
    2024-05-20 payment.made instalment=1 amount=458397.20
    2024-06-03 payment.made instalment=1 amount=300000.00
    as of 2024-06-13
    """
    # 300,000.00 for 10 days and 200,000.00 for 20 days, at 0.01 % a day.
    assert owed(statement, "late-payment-1") == Owed("700.00", "client", "running")


@case("C15")
def test_days_of_a_confirmed_breach_of_the_provider_do_not_count(statement: Statement) -> None:
    """
    2024-04-11 contract.signed
    2024-05-02 funds.arrived instalment=1
    2024-05-02 invoice.received instalment=1 amount=958397.20
    2024-05-28 breach.confirmed breach=b1 by=provider
    2024-06-03 breach.cured breach=b1
    2024-06-04 payment.made instalment=1 amount=958397.20
    as of 2024-06-10
    """
    # 11 days overdue; 29 May to 3 June, six days, fall out.
    assert amount(statement, "late-payment-1") == "479.20"
    assert {"f5", "f6"} <= set(statement.line("late-payment-1").facts)


@case("C15")
def test_a_breach_of_the_client_suspends_nothing(statement: Statement) -> None:
    """
    2024-04-11 contract.signed
    2024-05-02 funds.arrived instalment=1
    2024-05-02 invoice.received instalment=1 amount=958397.20
    2024-05-24 breach.confirmed breach=b1 by=client
    2024-05-25 payment.made instalment=1 amount=958397.20
    as of 2024-06-10
    """
    assert amount(statement, "late-payment-1") == "95.84"


@case("C15")
def test_a_breach_open_all_the_time_leaves_no_interest_at_all(statement: Statement) -> None:
    """
    2024-04-11 contract.signed
    2024-05-01 breach.confirmed breach=b1 by=provider
    2024-05-02 funds.arrived instalment=1
    2024-05-02 invoice.received instalment=1 amount=958397.20
    as of 2024-08-10
    """
    assert "late-payment-1" not in lines(statement)
    assert "late-payment-base-1" not in questions(statement)


def test_the_other_instalments_have_their_own_penalty() -> None:
    text = """
    2024-04-11 contract.signed
    2024-04-12 order.placed order=o1 item=os-set deliver_by=2024-05-01
    2024-04-30 service.delivered order=o1
    2024-09-02 funds.arrived instalment=2
    2024-09-02 invoice.received instalment=2 amount=575038.32
    2024-09-10 acceptance.held milestone=midterm result=passed
    2024-12-20 funds.arrived instalment=3
    2024-12-20 invoice.received instalment=3 amount=383358.88
    2024-12-31 acceptance.held milestone=final result=passed
    """
    story = tell(text)
    assert amount(story.statement("2024-09-26"), "late-payment-2") == "57.50"
    assert amount(story.statement("2024-10-25"), "late-payment-2") == "1,725.11"
    assert amount(story.statement("2025-01-16"), "late-payment-3") == "38.34"
    assert amount(story.statement("2025-02-15"), "late-payment-3") == "1,188.41"
