"""二 to 五, 十, 十二: papers, people, results, claims, and the service that never stops for want of payment."""

from cases.language import Owed, case, owed, state
from story import Story
from yunyue.settlement.statement import Statement


@case("C10")
def test_a_service_stopped_for_want_of_payment_breaks_the_contract(statement: Statement) -> None:
    """
    2024-04-12 order.placed order=o1 item=os-set deliver_by=2024-05-01
    2024-06-01 service.suspended order=o1 ground=nonpayment unchecked
    as of 2024-06-02
    """
    assert state(statement, "no-suspension") == "broken"


@case("C10")
def test_a_service_stopped_for_maintenance_does_not(statement: Statement) -> None:
    """
    2024-04-12 order.placed order=o1 item=os-set deliver_by=2024-05-01
    2024-06-01 service.suspended order=o1 ground=maintenance
    as of 2024-06-02
    """
    assert state(statement, "no-suspension") == "holds"


@case("C17")
def test_a_claim_for_losses_is_shown_and_never_computed(statement: Statement) -> None:
    """
    2024-06-01 claim.raised claim=k1 by=client amount=5000.00
    2024-06-01 claim.raised claim=k2 by=provider amount=7000.00
    as of 2024-06-02
    """
    assert owed(statement, "claim-k1") == Owed(None, "provider", "question")
    assert owed(statement, "claim-k2") == Owed(None, "client", "question")
    assert "5,000.00" in statement.line("claim-k1").sentence.en


@case("C32")
def test_a_dispute_stays_open_until_it_is_settled(story: Story) -> None:
    """
    2024-06-01 dispute.moved dispute=d1 stage=negotiation
    2024-07-01 dispute.moved dispute=d1 stage=arbitration
    2024-08-01 dispute.moved dispute=d1 stage=settled
    """
    assert [state(story.statement(f"2024-0{month}-15"), "dispute-d1") for month in (6, 7, 8)] == [
        *("open", "open"),
        "holds",
    ]
    assert "北京" in story.statement("2024-07-15").check("dispute-d1").detail.zh


@case("C32")
def test_a_stage_recorded_late_does_not_undo_a_later_one(statement: Statement) -> None:
    """
    2024-08-01 dispute.moved dispute=d1 stage=settled
    2024-07-01 dispute.moved dispute=d1 stage=arbitration recorded 2024-08-02
    as of 2024-08-03
    """
    assert state(statement, "dispute-d1") == "holds"


@case("C20")
def test_a_person_is_shown_to_meet_each_condition_by_a_check(story: Story) -> None:
    """
    2024-04-12 staff.assigned person=p1 post=engineer
    2024-04-13 staff.checked person=p1 condition=1 met=true
    2024-04-13 staff.checked person=p1 condition=2 met=true
    2024-04-13 staff.checked person=p1 condition=3 met=true
    2024-04-13 staff.checked person=p1 condition=4 met=true
    2024-04-13 staff.checked person=p1 condition=5 met=true
    2024-04-14 staff.checked person=p1 condition=6 met=true
    2024-04-15 staff.checked person=p1 condition=6 met=false
    """
    states = [state(story.statement(f"2024-04-{day}"), "staff-p1") for day in (13, 14, 15)]
    assert states == ["open", "holds", "open"]


@case("C21")
def test_there_is_exactly_one_manager(story: Story) -> None:
    """
    2024-04-11 contract.signed
    2024-04-12 staff.assigned person=m1 post=manager
    2024-06-01 staff.assigned person=m2 post=manager unchecked
    2024-06-02 staff.left person=m1
    """
    days = ("2024-04-11", "2024-04-12", "2024-06-01", "2024-06-02")
    assert [state(story.statement(day), "one-manager") for day in days] == ["open", "holds", "broken", "holds"]


@case("C21")
def test_a_manager_in_the_place_of_another_is_the_only_one_from_that_day_on(story: Story) -> None:
    """
    2024-04-11 contract.signed
    2024-04-12 staff.assigned person=m1 post=manager
    2024-05-30 staff.consented person=m2 change=assignment
    2024-06-01 staff.assigned person=m2 post=manager replaces=m1
    2024-06-20 staff.left person=m1
    """
    for day, at_post in (("2024-05-31", "m1"), ("2024-06-01", "m2"), ("2024-06-21", "m2")):
        check = story.statement(day).check("one-manager")
        assert (check.state, check.detail.en) == ("holds", f"At post: {at_post}.")


@case("C21")
def test_a_new_manager_needs_the_clients_consent_also_when_nobody_is_named_as_replaced(story: Story) -> None:
    """
    2024-04-11 contract.signed
    2024-04-12 staff.assigned person=m1 post=manager
    2024-06-01 staff.left person=m1
    2024-06-02 staff.assigned person=m2 post=manager unchecked
    2024-07-01 staff.consented person=m3 change=assignment
    2024-07-02 staff.assigned person=m3 post=manager replaces=m2
    """
    statement = story.statement("2024-07-03")
    assert state(statement, "manager-change-m2") == "broken"
    assert state(statement, "manager-change-m3") == "holds"
    assert "manager-change-m1" not in {check.id for check in statement.checks}


@case("C22")
def test_a_rejected_person_leaves_and_does_not_come_back_unasked(story: Story) -> None:
    """
    2024-04-12 staff.assigned person=p1 post=engineer
    2024-05-01 staff.rejected person=p1
    2024-05-02 staff.left person=p1
    2024-05-03 staff.assigned person=p1 post=support
    2024-05-04 staff.consented person=p1 change=assignment
    """
    states = [state(story.statement(f"2024-05-0{day}"), "rejected-p1") for day in (1, 2, 3, 4)]
    assert states == ["open", "holds", "open", "holds"]


@case("C23")
def test_each_look_into_a_staff_file_is_counted(statement: Statement) -> None:
    """
    2024-04-12 staff.assigned person=p1 post=engineer
    2024-05-01 staff.file.consulted person=p1
    2024-05-02 staff.file.consulted person=p1
    as of 2024-05-03
    """
    assert statement.check("staff-files").detail.en == "Consulted 2 times."
    assert statement.check("staff-files").facts == ("f2", "f3")


@case("C24")
def test_three_trainings_are_asked_for(story: Story) -> None:
    """
    2024-04-12 training.held kind=business persons=p1,p2
    2024-05-02 training.held kind=skills persons=p1
    2024-05-02 training.held kind=confidentiality persons=p1
    """
    assert story.statement("2024-05-01").check("trainings").detail.en == "Not held: skills, confidentiality."
    assert [state(story.statement(f"2024-05-0{day}"), "trainings") for day in (1, 2)] == ["open", "holds"]


@case("C24")
def test_leaving_is_reported_and_agreed_first(story: Story) -> None:
    """
    2024-04-12 staff.assigned person=p1 post=engineer
    2024-04-12 staff.assigned person=p2 post=engineer
    2024-05-01 leaving.reported person=p1
    2024-05-02 staff.consented person=p1 change=leaving
    2024-05-03 staff.left person=p1
    2024-05-03 staff.left person=p2
    2024-05-04 leaving.reported person=p2
    2024-05-04 staff.consented person=p2 change=leaving
    """
    statement = story.statement("2024-05-05")
    assert [state(statement, f"leaving-{person}") for person in ("p1", "p2")] == ["holds", "broken"]


@case("C25")
def test_confidentiality_has_no_end(story: Story) -> None:
    """
    2024-04-12 staff.assigned person=p1 post=engineer
    2024-04-13 confidentiality.signed person=p1
    """
    assert state(story.statement("2024-04-12"), "confidentiality") == "open"
    assert state(story.statement("2024-04-13"), "confidentiality") == "holds"
    assert state(story.statement("2039-12-31"), "confidentiality") == "holds"


@case("C26")
def test_results_not_handed_over_by_the_end_break_the_contract(story: Story) -> None:
    """
    2025-01-05 results.handed_over item=report
    """
    days = ("2024-12-31", "2025-01-01", "2025-01-05")
    assert [state(story.statement(day), "results") for day in days] == ["open", "broken", "holds"]


@case("C27")
def test_material_is_back_by_the_end(story: Story) -> None:
    """
    2024-05-01 material.lent item=maps
    2025-01-05 material.returned item=maps
    """
    days = ("2024-04-30", "2024-12-31", "2025-01-01", "2025-01-05")
    assert [state(story.statement(day), "material") for day in days] == ["holds", "open", "broken", "holds"]


@case("C35")
def test_six_copies_change_hands_three_each(story: Story) -> None:
    """
    2024-04-12 copies.exchanged client=3 provider=2
    2024-04-13 copies.exchanged client=0 provider=1
    """
    assert state(story.statement("2024-04-12"), "copies") == "open"
    assert state(story.statement("2024-04-13"), "copies") == "holds"


@case("C36")
def test_a_lower_source_does_not_settle_what_a_higher_one_speaks_to(story: Story) -> None:
    """
    2024-04-12 specification.cited topic=encryption source=tender
    2024-04-13 specification.cited topic=encryption source=standard
    2024-04-14 specification.cited topic=encryption source=deviation
    """
    states = [state(story.statement(f"2024-04-{day}"), "specification") for day in (12, 13, 14)]
    assert states == ["holds", "broken", "holds"]


@case("C37")
def test_every_service_bought_is_delivered(statement: Statement) -> None:
    """
    2024-04-12 order.placed order=o1 item=os-set deliver_by=2024-05-01
    2024-04-20 service.delivered order=o1
    as of 2024-04-21
    """
    assert state(statement, "services") == "open"
    detail = statement.check("services").detail
    assert "video transcoding" in detail.en
    assert "视频转码服务" in detail.zh
    assert "operating system" not in detail.en
    assert "操作系统" not in detail.zh


@case("C38")
def test_missing_annexes_and_samples_are_shown(story: Story) -> None:
    """
    2024-04-12 annex.attached annex=1
    2024-04-12 annex.attached annex=2
    2024-04-12 annex.attached annex=3 sample=true
    2024-04-12 annex.attached annex=4
    2024-04-12 annex.attached annex=5
    2024-04-13 annex.attached annex=6
    2024-04-14 annex.attached annex=3
    """
    assert [state(story.statement(f"2024-04-{day}"), "annexes") for day in (12, 13, 14)] == ["open", "open", "holds"]
    assert "附件6" in story.statement("2024-04-12").check("annexes").detail.zh
    assert "示例附件：3" in story.statement("2024-04-13").check("annexes").detail.zh
