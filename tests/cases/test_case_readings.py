"""Where the words leave room: each reading with a choice, and what either choice makes of the same facts."""

from datetime import date

import pytest

from cases.language import amount, lines, may, owed, questions, state, worth
from story import MalformedStory, tell
from yunyue.contract.readings import READINGS
from yunyue.settlement.statement import Statement

SIGNED = """
2024-04-11 contract.signed
"""
UNPAID = """
2024-04-11 contract.signed
2024-05-02 funds.arrived instalment=1
2024-05-02 invoice.received instalment=1 amount=958397.20
"""
LATE_ORDERS = """
2024-04-12 order.placed order=o1 item=os-set deliver_by=2024-05-01 quantity=1
2024-04-12 order.placed order=o2 item=scan-run deliver_by=2024-05-01
2024-04-12 order.placed order=o3 item=scan-run deliver_by=2024-05-03
2024-05-06 service.delivered order=o1
2024-05-06 service.delivered order=o2
2024-05-06 service.delivered order=o3
"""


def read_as(choice: str, story: str, as_of: str) -> Statement:
    """The statement when the registered terms choose so."""
    return tell(f"terms {choice}\n{story}\nas of {as_of}").statement()


def due_day(choice: str) -> date | None:
    return read_as(choice, SIGNED, "2024-05-27").line("instalment-1").due


def test_a1_the_day_of_signing_counts_or_does_not() -> None:
    assert due_day("readings.A1=excluded") == date(2024, 5, 24)
    assert due_day("readings.A1=included") == date(2024, 5, 23)


def test_a2_working_days_by_the_state_council_or_monday_to_friday() -> None:
    assert due_day("readings.A2=state_council") == date(2024, 5, 24)
    assert due_day("readings.A2=monday_to_friday") == date(2024, 5, 23)


def test_a3_signed_on_the_last_seal_or_on_the_cover_date() -> None:
    assert due_day("readings.A3=latest cover_date=2024-04-10") == date(2024, 5, 24)
    assert due_day("readings.A3=cover cover_date=2024-04-10") == date(2024, 5, 23)


def test_a4_the_clock_waits_for_funds_and_invoice_or_only_for_the_due_day() -> None:
    assert "late-payment-1" not in lines(read_as("readings.A4=gates", SIGNED, "2024-05-25"))
    assert amount(read_as("readings.A4=due_only", SIGNED, "2024-05-25"), "late-payment-1") == "95.84"


def test_a6_rounded_once_or_each_day() -> None:
    late = "2024-04-12 order.placed order=o1 item=os-set deliver_by=2024-05-01 approved"
    assert amount(read_as("readings.A6=once", late, "2024-05-31"), "late-delivery") == "5,750.38"
    assert amount(read_as("readings.A6=per_day", late, "2024-05-31"), "late-delivery") == "5,750.40"


ENDED = """
2024-04-12 order.placed order=o1 item=os-set deliver_by=2024-05-01 approved
2024-05-20 payment.made instalment=1 amount=958397.20
2024-05-31 contract.terminated by=client ground=C12
"""


def test_a7_the_tenth_stands_beside_the_daily_penalty_or_takes_it_in() -> None:
    separate = read_as("readings.A7=separate", ENDED, "2024-06-01")
    absorbed = read_as("readings.A7=absorbed", ENDED, "2024-06-01")
    assert "late-delivery" in lines(separate)
    assert "termination-and-penalty" in questions(separate)
    assert "late-delivery" not in lines(absorbed)
    assert "termination-and-penalty" not in questions(absorbed)
    assert amount(separate, "termination") == amount(absorbed, "termination") == "1,150,076.64"


def test_a7_takes_in_the_clients_penalty_when_the_provider_ends_the_contract() -> None:
    ended = UNPAID + "2024-06-24 contract.terminated by=provider ground=C16"
    assert "late-payment-1" in lines(read_as("readings.A7=separate", ended, "2024-07-01"))
    assert "late-payment-1" not in lines(read_as("readings.A7=absorbed", ended, "2024-07-01"))


def test_a8_without_a_cap_or_capped_at_an_agreed_share() -> None:
    late = "2024-04-12 order.placed order=o1 item=os-set deliver_by=2024-05-01 approved"
    assert amount(read_as("readings.A8=none", late, "2024-06-01"), "late-delivery") == "5,942.06"
    capped = read_as("readings.A8=capped penalties.daily_cap=0.003", late, "2024-06-01")
    assert amount(capped, "late-delivery") == "5,750.38"
    assert (
        amount(read_as("readings.A8=capped penalties.daily_cap=0.003", late, "2024-05-02"), "late-delivery") == "191.68"
    )


def test_a9_both_bases_of_the_clients_penalty_are_shown_or_only_the_unpaid_part() -> None:
    both = read_as("readings.A9=total", UNPAID, "2024-05-25")
    assert "late-payment-base-1" in questions(both)
    assert "191.68" in next(one.text.zh for one in both.questions if one.id == "late-payment-base-1")
    assert "late-payment-base-1" not in questions(read_as("readings.A9=unpaid", UNPAID, "2024-05-25"))


def test_a10_the_refund_is_literal_or_net_of_value_which_nobody_computes() -> None:
    literal, net = (read_as(f"readings.A10={choice}", ENDED, "2024-06-01") for choice in ("literal", "net"))
    assert worth(literal, "terminate-late-delivery") == "1,150,076.64"
    assert worth(net, "terminate-late-delivery") == "191,679.44"
    assert "refund-net" in questions(net)
    assert "refund-net" not in questions(literal)


def test_a11_the_base_is_the_whole_total_or_the_price_of_the_late_service() -> None:
    assert amount(read_as("readings.A11=total", LATE_ORDERS, "2024-06-01"), "late-delivery") == "958.40"
    # 5 days of the operating systems' price, and 5 days of the single scans' price (170,912.00), once for two orders.
    pro_rata = read_as("readings.A11=pro_rata", LATE_ORDERS, "2024-06-01")
    item = tell("as of 2024-01-01").terms.item("os-set")
    assert item is not None
    expected = (item.amount.fen + 17_091_200) * 5
    found = pro_rata.line("late-delivery").amount
    assert found is not None
    assert found.fen == (expected + 5_000) // 10_000
    assert "各该项服务价款" in pro_rata.line("late-delivery").sentence.zh


def test_a13_failures_count_per_milestone_or_across_them() -> None:
    failed = """
    2024-04-11 contract.signed
    2024-09-10 acceptance.held milestone=midterm result=failed
    2024-09-20 acceptance.held milestone=midterm result=passed
    2024-12-20 acceptance.held milestone=final result=failed
    """
    assert may(read_as("readings.A13=per_milestone", failed, "2024-12-21"), "terminate-acceptance") == (False, None)
    assert may(read_as("readings.A13=across", failed, "2024-12-21"), "terminate-acceptance") == (True, "2024-12-20")
    passed = failed + "2024-12-22 acceptance.held milestone=final result=passed"
    assert may(read_as("readings.A13=across", passed, "2024-12-23"), "terminate-acceptance") == (False, None)


def test_a16_the_sixty_days_leave_the_first_day_out_or_count_it() -> None:
    event = "2024-07-01 majeure.began event=flood"
    excluded, included = "readings.A16=exclude_first", "readings.A16=include_first"
    assert "majeure-negotiate-flood" not in questions(read_as(excluded, event, "2024-08-30"))
    assert "majeure-negotiate-flood" not in questions(read_as(included, event, "2024-08-29"))
    assert "majeure-negotiate-flood" in questions(read_as(included, event, "2024-08-30"))


def test_a17_a_message_in_the_console_is_no_notice_or_is_one() -> None:
    told = """
    2024-04-11 contract.signed
    2024-05-06 notice.given about=account subject=new-bank by=provider channel=in_app
    """
    assert state(read_as("readings.A17=letter", told, "2024-05-07"), "account-1") == "broken"
    assert state(read_as("readings.A17=in_app", told, "2024-05-07"), "account-1") == "holds"


def test_a18_any_open_breach_suspends_interest_or_only_a_related_one() -> None:
    story = UNPAID + "2024-05-25 breach.confirmed breach=b1 by=provider instalment=2"
    everything = read_as("readings.A18=any", story, "2024-06-24")
    related = read_as("readings.A18=related", story, "2024-06-24")
    assert amount(everything, "late-payment-1") == "95.84"
    assert amount(related, "late-payment-1") == "2,971.03"
    assert may(everything, "terminate-late-payment") == (False, None)
    assert may(related, "terminate-late-payment") == (True, "2024-06-24")


def test_a19_the_due_day_itself_is_no_day_overdue_or_is_the_first() -> None:
    assert amount(read_as("readings.A19=after_due", UNPAID, "2024-05-25"), "late-payment-1") == "95.84"
    assert amount(read_as("readings.A19=plus_one", UNPAID, "2024-05-25"), "late-payment-1") == "191.68"
    assert "late-payment-1" not in lines(read_as("readings.A19=plus_one", UNPAID, "2024-05-24"))
    assert may(read_as("readings.A19=plus_one", UNPAID, "2024-06-22"), "terminate-late-payment") == (False, None)
    assert may(read_as("readings.A19=plus_one", UNPAID, "2024-06-23"), "terminate-late-payment") == (
        *(True, "2024-06-23"),
    )


def test_a20_the_tenth_working_day_back_or_ten_clear_days_between() -> None:
    back = read_as("readings.A20=counting_back", SIGNED, "2024-05-01").check("account-1").detail.zh
    clear = read_as("readings.A20=clear", SIGNED, "2024-05-01").check("account-1").detail.zh
    assert "2024-05-11" in back
    assert "2024-05-10" in clear


BEYOND = """
2024-04-11 contract.signed
2024-05-02 funds.arrived instalment=1
2024-05-02 invoice.received instalment=1 amount=958397.20
2026-12-25 acceptance.held milestone=midterm result=passed
"""


def test_a23_a_year_without_a_calendar_is_refused_or_estimated_and_marked() -> None:
    refused, estimated = (read_as(f"readings.A23={one}", BEYOND, "2026-12-31") for one in ("refused", "estimated"))
    assert refused.line("instalment-2").due is None
    assert estimated.line("instalment-2").due == date(2027, 1, 8)
    assert "calendar-2027" in questions(refused) & questions(estimated)
    said = [next(one.text.zh for one in each.questions if one.id == "calendar-2027") for each in (refused, estimated)]
    assert "暂不可算" in said[0]
    assert "估算" in said[1]


def test_a23_what_lies_within_the_announced_years_is_no_estimate() -> None:
    assert "calendar-2027" not in questions(read_as("readings.A23=estimated", SIGNED, "2024-12-31"))


def test_a_missing_calendar_breaks_nothing_else() -> None:
    statement = read_as("readings.A23=refused", BEYOND, "2026-12-31")
    assert state(statement, "pay-2") == "not_schedulable"
    assert owed(statement, "late-payment-1").state == "running"
    assert statement.obligation("pay-1").due == date(2024, 5, 24)


def test_a24_a_soft_condition_can_be_waived_and_a_hard_one_cannot() -> None:
    story = """
    2024-04-12 staff.assigned person=p1 post=engineer
    """ + "".join(f"2024-04-13 staff.checked person=p1 condition={one} met=true\n" for one in (1, 2, 4, 5, 6))
    waived = "2024-04-14 staff.waived person=p1 condition=3"
    assert state(read_as("readings.A24=soft", story + waived, "2024-04-15"), "staff-p1") == "holds"
    assert state(read_as("readings.A24=hard", f"{story}{waived} unchecked", "2024-04-15"), "staff-p1") == "open"
    with pytest.raises(MalformedStory, match="cannot be waived"):
        read_as("readings.A24=hard", story + waived, "2024-04-15")


@pytest.mark.parametrize("reading", [one for one in READINGS if len(one.choices) > 1], ids=lambda one: one.id)
def test_every_reading_with_a_choice_has_a_case_here(reading: object) -> None:
    identifier = getattr(reading, "id", "").lower()
    assert any(name.startswith(f"test_{identifier}_") for name in globals())


def test_the_statement_names_the_readings_its_findings_name() -> None:
    statement = read_as("readings.A6=once", UNPAID, "2024-06-24")
    used = {identifier for identifier, _ in statement.readings}
    named = {one for line in statement.lines for one in line.readings}
    named |= {one for obligation in statement.obligations for one in obligation.readings}
    named |= {one for right in statement.rights for one in right.readings}
    assert named | {one for check in statement.checks for one in check.readings} <= used
