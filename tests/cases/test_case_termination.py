"""九(二), 九(三), 九(四): who may end the contract, from when, what it brings, and what follows when somebody does."""

from cases.language import Owed, case, lines, may, owed, questions, state, worth
from story import Story
from yunyue.settlement.statement import Statement


@case("C12")
def test_thirty_days_late_are_enough_and_29_are_not(story: Story) -> None:
    """
    2024-04-12 order.placed order=o1 item=os-set deliver_by=2024-05-01 approved
    """
    assert may(story.statement("2024-05-30"), "terminate-late-delivery") == (False, None)
    assert may(story.statement("2024-05-31"), "terminate-late-delivery") == (True, "2024-05-31")
    assert may(story.statement("2024-06-01"), "terminate-late-delivery") == (True, "2024-05-31")


@case("C12")
def test_once_delivered_however_late_the_right_is_gone(statement: Statement) -> None:
    """
    2024-04-12 order.placed order=o1 item=os-set deliver_by=2024-05-01 approved
    2024-07-01 service.delivered order=o1
    as of 2024-07-02
    """
    assert may(statement, "terminate-late-delivery") == (False, None)


@case("C12")
def test_days_of_force_majeure_do_not_lead_to_the_thirtieth(story: Story) -> None:
    """
    2024-04-12 order.placed order=o1 item=os-set deliver_by=2024-05-01 approved
    2024-05-11 majeure.began event=flood
    2024-05-21 majeure.ended event=flood
    """
    assert may(story.statement("2024-06-09"), "terminate-late-delivery") == (False, None)
    assert may(story.statement("2024-06-10"), "terminate-late-delivery") == (True, "2024-06-10")


@case("C12")
def test_the_right_brings_what_was_paid_and_a_tenth_of_the_total(story: Story) -> None:
    """
    2024-04-12 order.placed order=o1 item=os-set deliver_by=2024-05-01 approved
    2024-05-20 payment.made instalment=1 amount=958397.20
    """
    assert worth(story.statement("2024-05-19"), "terminate-late-delivery") == "191,679.44"
    assert worth(story.statement("2024-05-20"), "terminate-late-delivery") == "1,150,076.64"


@case("C12")
def test_ended_for_late_delivery_the_refund_is_owed_and_nothing_accrues_any_more(story: Story) -> None:
    """
    2024-04-11 contract.signed
    2024-04-12 order.placed order=o1 item=os-set deliver_by=2024-05-01 approved
    2024-05-20 payment.made instalment=1 amount=958397.20
    2024-05-31 contract.terminated by=client ground=C12
    2024-06-10 sum.settled line=termination payer=provider amount=1150076.64
    """
    then = story.statement("2024-06-01")
    assert owed(then, "termination") == Owed("1,150,076.64", "provider", "due")
    assert owed(then, "late-delivery") == Owed("5,750.38", "provider", "due")
    assert owed(story.statement("2024-09-01"), "late-delivery") == Owed("5,750.38", "provider", "due")
    assert state(story.statement("2024-06-10"), "termination") == "settled"
    assert {"termination-and-penalty", "ended-2", "ended-3"} <= questions(then)
    assert state(then, "instalment-1") == "settled"
    assert not {"instalment-2", "instalment-3"} & lines(then)


@case("C12")
def test_a_termination_a_day_too_early_has_no_effect(story: Story) -> None:
    """
    2024-04-12 order.placed order=o1 item=os-set deliver_by=2024-05-01 approved
    2024-05-30 contract.terminated id=early by=client ground=C12
    """
    statement = story.statement("2024-07-01")
    assert "termination" not in lines(statement)
    assert "termination-unfounded-early" in questions(statement)
    assert owed(statement, "late-delivery").state == "running"


@case("C12")
def test_a_right_there_on_the_day_it_was_used_is_not_lost_by_what_comes_after(statement: Statement) -> None:
    """
    2024-04-12 order.placed order=o1 item=os-set deliver_by=2024-05-01 approved
    2024-06-03 contract.terminated by=client ground=C12
    2024-06-04 service.delivered order=o1
    as of 2024-07-01
    """
    assert owed(statement, "termination") == Owed("191,679.44", "provider", "due")


@case("C12")
def test_a_second_termination_adds_nothing(statement: Statement) -> None:
    """
    2024-04-12 order.placed order=o1 item=os-set deliver_by=2024-05-01 approved
    2024-06-03 contract.terminated by=client ground=C12
    2024-06-04 contract.terminated id=again by=client ground=C12
    as of 2024-07-01
    """
    assert [line.id for line in statement.lines].count("termination") == 1
    assert "termination-unfounded-again" in questions(statement)


@case("C14")
def test_the_second_failure_gives_the_right_and_the_first_does_not(story: Story) -> None:
    """
    2024-04-11 contract.signed
    2024-09-10 acceptance.held milestone=midterm result=failed
    2024-09-20 acceptance.held milestone=midterm result=failed
    """
    assert may(story.statement("2024-09-19"), "terminate-acceptance") == (False, None)
    assert may(story.statement("2024-09-20"), "terminate-acceptance") == (True, "2024-09-20")


@case("C14")
def test_a_refusal_to_rework_gives_it_at_once(statement: Statement) -> None:
    """
    2024-04-11 contract.signed
    2024-09-10 acceptance.held milestone=midterm result=failed
    2024-09-12 rework.refused milestone=midterm
    as of 2024-09-12
    """
    assert may(statement, "terminate-acceptance") == (True, "2024-09-12")


@case("C14")
def test_a_refusal_counts_even_where_no_acceptance_was_held(statement: Statement) -> None:
    """
    2024-04-11 contract.signed
    2024-09-12 rework.refused milestone=final
    as of 2024-09-12
    """
    assert may(statement, "terminate-acceptance") == (True, "2024-09-12")


@case("C14")
def test_a_later_pass_ends_the_right(statement: Statement) -> None:
    """
    2024-04-11 contract.signed
    2024-09-10 acceptance.held milestone=midterm result=failed
    2024-09-12 rework.refused milestone=midterm
    2024-09-20 acceptance.held milestone=midterm result=failed
    2024-09-30 acceptance.held milestone=midterm result=passed
    as of 2024-10-01
    """
    assert may(statement, "terminate-acceptance") == (False, None)


@case("C14")
def test_ended_after_the_second_failure_the_payments_come_back_with_a_tenth(statement: Statement) -> None:
    """
    2024-04-11 contract.signed
    2024-05-20 payment.made instalment=1 amount=958397.20
    2024-09-10 acceptance.held milestone=midterm result=failed
    2024-09-20 acceptance.held milestone=midterm result=failed
    2024-09-21 contract.terminated by=client ground=C14
    as of 2024-10-01
    """
    assert owed(statement, "termination") == Owed("1,150,076.64", "provider", "due")
    assert statement.line("termination").clause == "C14"


@case("C16")
def test_more_than_thirty_days_overdue_means_the_31st(story: Story) -> None:
    """
    2024-04-11 contract.signed
    2024-05-02 funds.arrived instalment=1
    2024-05-02 invoice.received instalment=1 amount=958397.20
    """
    assert may(story.statement("2024-06-23"), "terminate-late-payment") == (False, None)
    assert may(story.statement("2024-06-24"), "terminate-late-payment") == (True, "2024-06-24")
    assert worth(story.statement("2024-06-24"), "terminate-late-payment") == "191,679.44"


@case("C16")
def test_a_provider_in_breach_has_no_such_right_before_it_is_cured(story: Story) -> None:
    """
    2024-04-11 contract.signed
    2024-05-02 funds.arrived instalment=1
    2024-05-02 invoice.received instalment=1 amount=958397.20
    2024-06-01 breach.confirmed breach=b1 by=provider
    2024-07-10 breach.cured breach=b1
    """
    assert may(story.statement("2024-07-01"), "terminate-late-payment") == (False, None)
    assert may(story.statement("2024-07-10"), "terminate-late-payment") == (True, "2024-07-10")


@case("C16")
def test_ended_for_late_payment_a_tenth_is_owed_and_the_services_are_settled_by_hand(story: Story) -> None:
    """
    2024-04-11 contract.signed
    2024-05-02 funds.arrived instalment=1
    2024-05-02 invoice.received instalment=1 amount=958397.20
    2024-06-24 contract.terminated by=provider ground=C16
    """
    statement = story.statement("2024-09-01")
    assert owed(statement, "termination") == Owed("191,679.44", "client", "due")
    assert owed(statement, "late-payment-1") == Owed("2,971.03", "client", "due")
    assert {"services-rendered", "ended-1"} <= questions(statement)
    assert "instalment-1" not in lines(statement)
