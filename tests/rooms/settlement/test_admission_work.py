"""Changes of orders, tickets, score sheets, staff and the archive: what is refused, and what is taken in."""

from datetime import timedelta

import pytest
from work_refusals import BEFORE, DIGEST, NOTE, REFUSALS, SHEET, scored

from story import TERMS, Story, facts_of, tell
from yunyue.answer import Refused
from yunyue.settlement.admission import Known, admit

STORY = tell(BEFORE)
FIRST_DAY_AFTER = "2040-01-01"


def refusal(line: str, story: Story = STORY, day: str = "2024-05-20") -> Refused | None:
    fact = facts_of(f"{day} {line}", TERMS, 1000)[0]
    return admit(Known.of(TERMS, story.facts), fact, fact.time + timedelta(1))


@pytest.mark.parametrize(("line", "field", "clause", "rule"), REFUSALS)
def test_what_does_not_fit_is_refused_with_field_clause_and_rule(line: str, field: str, clause: str, rule: str) -> None:
    refused = refusal(line)
    assert refused is not None
    assert (refused.field, refused.clause) == (field, clause)
    assert rule in refused.reason


@pytest.mark.parametrize(
    "line",
    [
        "order.change.asked change=c9 order=o1 quantity=540 deliver_by=2024-12-31",
        "order.change.approved change=c1 as user:2",
        f"ticket.resolved ticket=t1 {NOTE}",
        "ticket.paused ticket=t1",
        f"ticket.commented ticket=t2 {NOTE}",
        "ticket.escalated ticket=t1 clock=response to=service_manager",
        "incident.linked incident=i1 kind=ticket to=t1",
        "incident.linked incident=i1 kind=fact to=f1",
        f"{SHEET} {scored()}",
        f"{SHEET.replace('98', '100')} deductions=[]",
        "staff.assigned person=p2 post=manager replaces=p1",
        "staff.assigned person=p2 post=engineer",
        "acceptance.opined milestone=midterm member=m2 view=disagrees",
    ],
)
def test_what_fits_is_taken_in(line: str) -> None:
    assert refusal(line) is None


def test_a_second_manager_is_taken_in_once_the_first_has_left() -> None:
    left = tell(f"{BEFORE}2024-05-10 staff.left person=p1")
    assert refusal("staff.assigned person=p2 post=manager", left) is None


def test_a_step_cannot_lie_before_the_last_one() -> None:
    fact = facts_of(f"2024-05-01T10:06 ticket.resolved ticket=t1 {NOTE}", TERMS, 1000)[0]
    refused = admit(Known.of(TERMS, STORY.facts), fact, fact.time + timedelta(1))
    assert refused is not None
    assert refused.field == "ticket.resolved.time"


def test_a_closed_ticket_takes_no_further_step() -> None:
    closed = tell(f"{BEFORE}2024-05-04 ticket.resolved ticket=t1 {NOTE}\n2024-05-05 ticket.closed ticket=t1\n")
    for step in (
        f"ticket.commented ticket=t1 {NOTE}",
        "ticket.reopened ticket=t1",
        "ticket.handed_over ticket=t1 to=x",
    ):
        refused = refusal(step, closed)
        assert refused is not None
        assert "is closed" in refused.reason


def test_a_paper_may_be_destroyed_once_its_fifteen_years_are_over() -> None:
    assert refusal(f"document.destroyed digest={DIGEST}", day="2039-12-31") is not None
    assert refusal(f"document.destroyed digest={DIGEST}", day=FIRST_DAY_AFTER) is None


def test_a_hold_keeps_a_paper_beyond_its_retention_until_it_is_lifted() -> None:
    held = tell(f"{BEFORE}2024-05-04 hold.placed hold=h2 covers=everything")
    refused = refusal(f"document.destroyed digest={DIGEST}", held, FIRST_DAY_AFTER)
    assert refused is not None
    assert (refused.reason, refused.clause) == ("the legal hold h2 covers it", "C32")
    lifted = tell(f"{BEFORE}2024-05-04 hold.placed hold=h2 covers=everything\n2024-06-01 hold.lifted hold=h2")
    assert refusal(f"document.destroyed digest={DIGEST}", lifted, FIRST_DAY_AFTER) is None


def test_what_was_destroyed_is_not_destroyed_again() -> None:
    gone = tell(f"{BEFORE}{FIRST_DAY_AFTER} document.destroyed digest={DIGEST}")
    refused = refusal(f"document.destroyed digest={DIGEST}", gone, "2040-02-01")
    assert refused is not None
    assert "taken already" in refused.reason


def test_an_order_beyond_the_total_is_refused_by_c02_even_where_the_quantity_fits() -> None:
    """A supplement moves half of what one item was to cost to another item, after the first was ordered in full."""
    others = [one for one in TERMS.catalogue.items if one.code != "transcode-h264-720"]
    lines = ["2024-04-11 contract.signed"]
    lines += [
        f"2024-04-12 order.placed order={one.code} item={one.code} deliver_by=2024-05-01 quantity={one.quantity}"
        for one in others
    ]
    lines.append(
        "2024-05-01 contract.supplemented supplement=s1"
        " catalogue.items.os-set.quantity=270 catalogue.items.os-set.amount=53190.00"
        " catalogue.items.transcode-h264-720.quantity=643250 catalogue.items.transcode-h264-720.amount=77190.00"
    )
    story = tell("\n".join(lines))
    order = "order.placed order=o9 item=transcode-h264-720 deliver_by=2024-06-01 quantity"
    assert refusal(f"{order}=200000", story) is None
    refused = refusal(f"{order}=643250", story)
    assert refused is not None
    assert refused.clause == "C02"
    assert refused.reason == "it costs 77190.00, and of the total 1916794.40 only 24000.00 is left"


def test_an_approved_change_counts_in_what_is_left() -> None:
    grown = tell(f"{BEFORE}2024-04-16 order.change.approved change=c1 as user:2 recorded 2024-05-03")
    refused = refusal("order.placed order=o3 item=os-set deliver_by=2024-06-01 quantity=521", grown)
    assert refused is not None
    assert "left of os-set: 520" in refused.reason


def test_an_order_whose_day_was_moved_in_time_is_late_from_the_new_day() -> None:
    story = """
    2024-04-11 contract.signed
    2024-04-12 order.placed order=o1 item=os-set deliver_by=2024-05-01 approved
    2024-04-20 order.change.asked change=c1 order=o1 quantity=1 deliver_by=2024-05-21 as user:1
    2024-04-21 order.change.approved change=c1 as user:2
    as of 2024-05-22
    """
    late = [line for line in tell(story).statement().lines if line.clause == "C11"]
    assert [str(line.amount) for line in late] == ["191.68"]
    assert not [line for line in tell(story).statement("2024-05-21").lines if line.clause == "C11"]
