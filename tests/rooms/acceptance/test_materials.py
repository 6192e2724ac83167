"""The material of an acceptance is counted from what exists; what is missing is named."""

from datetime import date

import pytest

from story import TERMS, tell
from yunyue.acceptance.materials import Material, materials
from yunyue.journal.facts import Milestone
from yunyue.settlement.admission import Known

DAY = date(2024, 10, 20)


def of(text: str, clause: str, milestone: Milestone = "midterm") -> Material:
    """The material of one clause after a story."""
    known = Known.of(TERMS, tell(text).facts)
    return next(one for one in materials(known, milestone, DAY) if one.clause == clause)


ORDERS = """
2024-04-12 order.placed order=o1 item=monitor-site deliver_by=2024-05-01 as user:1
2024-04-12 order.placed order=o2 item=os-set deliver_by=2024-05-01 as user:1
2024-04-12 order.placed order=o3 item=os-set deliver_by=2024-05-01 as user:1
2024-04-13 order.approved order=o1 as user:2
2024-04-13 order.approved order=o2 as user:2
2024-04-20 service.delivered order=o1
"""


def test_every_approved_order_needs_its_delivery() -> None:
    found = of(ORDERS, "C05")
    assert (found.needed, found.present, found.missing, found.state) == (2, 1, ("o2",), "missing")


def test_a_cancelled_order_needs_none() -> None:
    assert of(f"{ORDERS}2024-04-21 order.cancelled order=o2", "C05").state == "there"


def test_a_month_that_is_over_needs_a_verdict_on_each_objective_of_what_was_delivered() -> None:
    found = of(ORDERS, "C18")
    objectives = [one.id for one in TERMS.sla.objectives if one.service == "monitor"]
    assert found.needed == len(objectives) * 6
    assert f"{objectives[0]} 2024-04" in found.missing
    assert f"{objectives[0]} 2024-10" not in found.missing


def test_a_month_that_force_majeure_added_needs_its_verdicts_too() -> None:
    flood = "2024-07-01 majeure.began event=flood\n2024-07-11 majeure.ended event=flood\n"
    asked = [Known.of(TERMS, tell(text).facts) for text in (ORDERS, ORDERS + flood)]
    later = [next(one for one in materials(each, "final", date(2025, 2, 1)) if one.clause == "C18") for each in asked]
    objectives = [one.id for one in TERMS.sla.objectives if one.service == "monitor"]
    assert {*later[1].missing} - {*later[0].missing} == {f"{one} 2025-01" for one in objectives}


def test_rework_needs_a_review_that_was_passed() -> None:
    order = (
        "2024-05-01 rectification.ordered notice=n1 deadline=2024-05-20\n2024-05-02 rectification.reported notice=n1\n"
    )
    assert of(order, "C13").missing == ("n1",)
    assert of(f"{order}2024-05-03 rectification.reviewed notice=n1 result=failed", "C13").missing == ("n1",)
    assert of(f"{order}2024-05-03 rectification.reviewed notice=n1 result=passed", "C13").state == "there"


def test_everybody_at_a_post_needs_an_undertaking() -> None:
    story = "2024-05-01 staff.assigned person=p1 post=engineer\n"
    assert of(story, "C25").missing == ("p1",)
    assert of(f"{story}2024-05-02 confidentiality.signed person=p1", "C25").state == "there"


@pytest.mark.parametrize("kind", ["business", "skills", "confidentiality"])
def test_each_kind_of_training_needs_a_record(kind: str) -> None:
    assert kind in of("", "C24").missing
    assert kind not in of(f"2024-05-02 training.held kind={kind} persons=p1", "C24").missing


def test_the_annexes_are_needed_by_number() -> None:
    assert of("", "C38").missing == tuple(str(one.number) for one in TERMS.annexes)
    assert "3" not in of("2024-05-02 annex.attached annex=3", "C38").missing


def test_results_and_lent_material_belong_to_the_final_acceptance_only() -> None:
    clauses = {one.clause for one in materials(Known.of(TERMS, ()), "midterm", DAY)}
    assert not clauses & {"C26", "C27"}
    assert of("2024-05-02 material.lent item=plans", "C27", "final").missing == ("plans",)
    assert of("", "C27", "final").state == "not_needed"
    assert of("", "C26", "final").state == "missing"


TEMPLATE = """
2024-05-02 score.template.set template=monthly pattern=deductions title=Monthly
+ criteria='[{"code":"late","title":"Reports","most":"5","each":"1"}]'
2024-06-02 score.given score=s1 template=monthly month=2024-05 points=100 deductions=[]
"""


def sheets(text: str, today: date) -> Material:
    """The score sheets an acceptance asks for on a day."""
    known = Known.of(TERMS, tell(text).facts)
    return next(one for one in materials(known, "midterm", today) if one.title.en == "Score sheets")


def test_a_month_that_is_over_needs_its_score_sheet_once_the_client_has_a_template() -> None:
    found = sheets(TEMPLATE, date(2024, 7, 10))
    assert (found.needed, found.present, found.missing, found.clause) == (2, 1, ("2024-06",), "C18")


def test_no_score_sheet_is_needed_where_no_template_was_set() -> None:
    assert sheets(ORDERS, DAY).state == "not_needed"
