"""What took room under the contract, or fills a post, keeps it: no way around what is bought, no second manager."""

from decimal import Decimal

import pytest

from story import TERMS, Story, facts_of, tell
from yunyue.answer import Refused
from yunyue.orders.register import budget
from yunyue.settlement.admission import Known, admit

SIGNED = "2024-04-11 contract.signed\n"
PLACED = f"{SIGNED}2024-04-12 order.placed order=o1 item=scan-run deliver_by=2024-05-01 quantity=10 as user:1\n"
APPROVED = f"{PLACED}2024-04-13 order.approved order=o1 as user:2\n"
DELIVERED = f"{APPROVED}2024-04-20 service.delivered order=o1\n"
CANCELLED = "2024-06-02 order.cancelled order=o1 id=gone\n"
METER = next(one.meter for one in TERMS.catalogue.items if one.code == "scan-run")
BOUGHT = next(one.quantity for one in TERMS.catalogue.items if one.code == "scan-run")


def used(quantity: str, meter: str = METER) -> str:
    return (
        f"2024-06-01 usage.metered order=o1 meter={meter} quantity={quantity}"
        " start=2024-05-01T00:00:00+08:00 end=2024-06-01T00:00:00+08:00\n"
    )


def refusal(told: str | Story, line: str, day: str = "2024-07-01") -> Refused | None:
    story = tell(told) if isinstance(told, str) else told
    (fact,) = facts_of(f"{day} {line}", TERMS, 1000)
    return admit(Known.of(TERMS, story.facts), fact, fact.time)


def left(told: str) -> Decimal:
    found = budget(Known.of(TERMS, tell(told).facts))
    return next(one.left for one in found.rests if one.item.code == "scan-run")


@pytest.mark.parametrize(
    ("told", "rule"),
    [
        (f"{PLACED}{CANCELLED}", "order o1 ended on 2024-06-02"),
        (f"{PLACED}2024-06-02 service.retired order=o1", "order o1 ended on 2024-06-02"),
        (APPROVED, "order o1 was approved on 2024-04-13"),
    ],
)
def test_an_order_is_approved_once_and_while_it_stands(told: str, rule: str) -> None:
    refused = refusal(told, "order.approved order=o1 as user:3")
    assert refused is not None
    assert (refused.reason, refused.field, refused.clause) == (rule, "order.approved.order", "C37")


def test_an_order_that_a_supplement_left_no_room_for_is_not_approved() -> None:
    fewer = (
        "2024-05-01 contract.supplemented supplement=s1"
        " catalogue.items.scan-run.quantity=5 catalogue.items.scan-run.amount=3815.00"
        " catalogue.items.transcode-h264-720.quantity=1592475 catalogue.items.transcode-h264-720.amount=191097.00"
    )
    refused = refusal(f"{PLACED}{fewer}", "order.approved order=o1 as user:2")
    assert refused is not None
    assert (refused.clause, refused.reason) == ("C02", "10 exceeds what is left of scan-run: 5")


def test_what_was_cancelled_is_not_delivered_afterwards_and_what_was_delivered_before_is() -> None:
    told = f"{APPROVED}{CANCELLED}"
    refused = refusal(told, "service.delivered order=o1")
    assert refused is not None
    assert (refused.reason, refused.clause) == ("order o1 ended on 2024-06-02", "C37")
    assert refusal(told, "service.delivered order=o1", "2024-05-20") is None


def test_a_cancelled_order_gives_back_what_it_did_not_use() -> None:
    assert left(f"{DELIVERED}{used('4')}") == BOUGHT - 10
    assert left(f"{DELIVERED}{used('4')}{CANCELLED}") == BOUGHT - 4
    assert left(f"{PLACED}{CANCELLED}") == BOUGHT
    assert left(f"{DELIVERED}{CANCELLED}") == BOUGHT


def test_what_was_used_beyond_the_order_or_by_another_meter_takes_no_more_room_than_the_order() -> None:
    assert left(f"{DELIVERED}{used('40')}{CANCELLED}") == BOUGHT - 10
    assert left(f"{DELIVERED}{used('4', 'scan.other')}{CANCELLED}") == BOUGHT


def test_ordering_using_and_cancelling_again_and_again_does_not_give_more_than_was_bought() -> None:
    line = f"order.placed order=o2 item=scan-run deliver_by=2024-08-01 quantity={BOUGHT}"
    refused = refusal(f"{DELIVERED}{used('4')}{CANCELLED}", line)
    assert refused is not None
    assert (refused.clause, refused.reason) == ("C02", f"{BOUGHT} exceeds what is left of scan-run: {BOUGHT - 4}")


def test_an_order_is_not_made_smaller_than_what_was_used_of_it() -> None:
    line = "order.change.asked change=c1 order=o1 quantity={} deliver_by=2024-05-01"
    refused = refusal(f"{DELIVERED}{used('4')}", line.format("3"))
    assert refused is not None
    assert (refused.clause, refused.reason) == ("C02", "4 of order o1 are used already")
    assert refusal(f"{DELIVERED}{used('4')}", line.format("4")) is None
    assert refusal(f"{DELIVERED}{used('40')}", line.format("11")) is None


TAKEN = f"{PLACED}{CANCELLED}2024-06-03 order.placed order=o2 item=scan-run deliver_by=2024-08-01 quantity={BOUGHT}\n"


def test_a_cancellation_is_not_taken_back_once_another_order_has_its_room() -> None:
    refused = refusal(TAKEN, "fact.corrected corrects=gone")
    assert refused is not None
    assert (refused.clause, refused.reason) == ("C02", "scan-run would be ordered beyond the contract by 10")
    assert refusal(f"{PLACED}{CANCELLED}", "fact.corrected corrects=gone") is None


def test_an_approved_reduction_is_not_taken_back_once_another_order_has_its_room() -> None:
    reduced = f"""{PLACED}2024-04-15 order.change.asked change=c1 order=o1 quantity=1 deliver_by=2024-05-01 as user:1
    2024-04-16 order.change.approved change=c1 id=less as user:2
    """
    taken = f"2024-06-03 order.placed order=o2 item=scan-run deliver_by=2024-08-01 quantity={BOUGHT - 1}"
    refused = refusal(f"{reduced}{taken}", "fact.corrected corrects=less")
    assert refused is not None
    assert refused.reason == "scan-run would be ordered beyond the contract by 9"
    assert refusal(reduced, "fact.corrected corrects=less") is None


MAJEURE = f"{SIGNED}2024-07-01 majeure.began event=flood\n2024-07-11 majeure.ended event=flood\n"


@pytest.mark.parametrize(("day", "fits"), [("2024-12-31", True), ("2025-01-10", True), ("2025-01-11", False)])
def test_the_term_of_an_order_is_as_long_as_force_majeure_has_made_it(day: str, fits: bool) -> None:
    refused = refusal(MAJEURE, f"order.placed order=o1 item=scan-run deliver_by={day}", "2024-08-01")
    assert (refused is None) is fits
    if refused is not None:
        assert (refused.clause, refused.reason) == ("C01", "2025-01-11 is outside the term 2024-04-11 to 2025-01-10")


def test_force_majeure_that_still_lasts_extends_the_term_by_the_days_so_far() -> None:
    lasting = f"{SIGNED}2024-07-01 majeure.began event=flood\n"
    line = "order.placed order=o1 item=scan-run deliver_by=2025-01-02"
    assert refusal(lasting, line, "2024-07-03") is None
    assert refusal(lasting, line, "2024-07-02") is not None


MANAGER = f"{SIGNED}2024-04-12 staff.assigned person=m1 post=manager\n"
BACK = f"{MANAGER}2024-05-01 staff.left person=m1\n2024-06-01 staff.assigned person=m1 post=manager\n"
REPLACED = f"{MANAGER}2024-05-01 staff.assigned person=m2 post=manager replaces=m1\n"


@pytest.mark.parametrize(
    ("told", "line", "there"),
    [
        (BACK, "staff.assigned person=m2 post=manager", "m1"),
        (REPLACED, "staff.assigned person=m3 post=manager replaces=m1", "m2"),
        (REPLACED, "staff.assigned person=m1 post=manager", "m2"),
    ],
)
def test_nobody_becomes_manager_beside_the_one_who_is(told: str, line: str, there: str) -> None:
    refused = refusal(told, line)
    assert refused is not None
    assert (refused.field, refused.clause) == ("staff.assigned.replaces", "C21")
    assert refused.reason.startswith(f"{there} is service manager")


@pytest.mark.parametrize(
    ("told", "line"),
    [
        (BACK, "staff.assigned person=m2 post=manager replaces=m1"),
        (REPLACED, "staff.assigned person=m1 post=manager replaces=m2"),
        (f"{MANAGER}2024-05-01 staff.assigned person=m1 post=engineer", "staff.assigned person=m2 post=manager"),
        (f"{MANAGER}2024-05-01 staff.left person=m1", "staff.assigned person=m2 post=manager"),
    ],
)
def test_somebody_becomes_manager_where_the_post_is_free_or_handed_over(told: str, line: str) -> None:
    assert refusal(told, line) is None


def test_a_leaving_is_not_taken_back_once_another_is_manager() -> None:
    left_first = f"{MANAGER}2024-05-01 staff.left person=m1 id=left\n"
    refused = refusal(f"{left_first}2024-05-02 staff.assigned person=m2 post=manager", "fact.corrected corrects=left")
    assert refused is not None
    assert (refused.clause, refused.reason) == ("C21", "there would be 2 service managers: m1, m2")
    assert refusal(left_first, "fact.corrected corrects=left") is None


ORDERED = f"{SIGNED}2024-06-01 rectification.ordered notice=n1 deadline=2024-06-20\n"
REPORTED = f"{ORDERED}2024-06-10 rectification.reported notice=n1\n"
REVIEWED = f"{REPORTED}2024-06-11 rectification.reviewed notice=n1 result=failed\n"
PASSES = "rectification.reviewed notice=n1 result=passed"


def test_rework_is_reviewed_only_once_it_was_reported() -> None:
    refused = refusal(ORDERED, PASSES)
    assert refused is not None
    assert (refused.clause, refused.reason) == ("C13", "nothing was reported yet on notice 'n1'")
    assert refusal(REPORTED, PASSES, "2024-06-09") is not None
    assert refusal(REPORTED, PASSES) is None


def test_a_report_is_reviewed_once_and_the_next_report_again() -> None:
    refused = refusal(REVIEWED, PASSES)
    assert refused is not None
    assert refused.reason.startswith("the last report was reviewed on 2024-06-11")
    assert refusal(f"{REVIEWED}2024-06-15 rectification.reported notice=n1", PASSES) is None


LENT = f"{SIGNED}2024-05-06 material.lent item=maps\n"


def test_material_is_lent_under_a_name_of_its_own_and_comes_back_once() -> None:
    back = f"{LENT}2024-05-07 material.returned item=maps\n"
    again = refusal(back, "material.lent item=maps")
    assert again is not None
    assert (again.clause, again.field) == ("C27", "material.lent.item")
    assert again.reason == "'maps' was lent on 2024-05-06; name what is lent again otherwise"
    assert refusal(back, "material.lent item=maps-2") is None
    assert refusal(back, "material.returned item=maps") is not None
    assert refusal(SIGNED, "material.returned item=maps") is not None


PASSED = f"{SIGNED}2024-09-10 acceptance.held milestone=midterm result=passed\n"


@pytest.mark.parametrize("result", ["passed", "failed"])
def test_a_milestone_that_was_passed_is_not_accepted_again(result: str) -> None:
    refused = refusal(PASSED, f"acceptance.held milestone=midterm result={result}", "2024-09-20")
    assert refused is not None
    assert (refused.field, refused.clause) == ("acceptance.held.milestone", "C19")
    assert refusal(PASSED, f"acceptance.held milestone=final result={result}", "2024-09-20") is None


def test_an_earlier_failure_may_be_recorded_after_the_pass() -> None:
    assert refusal(PASSED, "acceptance.held milestone=midterm result=failed", "2024-08-01") is None
