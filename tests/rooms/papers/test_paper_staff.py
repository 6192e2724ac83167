"""Staff papers know pseudonyms only; what a person has not checked stays blank."""

import pytest
from paper_kinds import built, refused
from paper_year import PEOPLE, SIGNED, source_of, year
from rendered import fields, said, tables

PROPOSED = ("2024-05-01", "prop-3", "staff.proposed", {"person": "p-03", "post": "manager", "replaces": "p-01"})


def test_everybody_at_post_is_listed_with_a_blank_for_the_name() -> None:
    rows = tables(built("staff-list", year()))[0]
    assert [row[:4] for row in rows] == [
        ("p-01", "", "服务经理", "2024-04-11"),
        ("p-02", "", "运维工程师", "2024-04-11"),
    ]


def test_checked_waived_and_unchecked_conditions_look_different() -> None:
    rows = tables(built("staff-list", year()))[0]
    assert rows[0][4:10] == ("√", "√", "免", "", "", "")
    assert rows[1][4:10] == ("", "", "", "", "", "")


def test_a_condition_found_not_met_is_crossed() -> None:
    unmet = ("2024-04-12", "c4", "staff.checked", {"person": "p-01", "condition": 4, "met": False})
    rows = tables(built("staff-list", source_of([*SIGNED, *PEOPLE, unmet], "2024-04-30")))[0]
    assert rows[0][7] == "×"


def test_undertaking_and_trainings_stand_beside_each_person() -> None:
    rows = tables(built("staff-list", year()))[0]
    assert [row[10:] for row in rows] == [("√", "业务"), ("×", "业务")]


def test_who_left_is_no_longer_listed() -> None:
    left = ("2024-05-01", "left", "staff.left", {"person": "p-02"})
    rows = tables(built("staff-list", source_of([*SIGNED, *PEOPLE, left], "2024-05-02")))[0]
    assert [row[0] for row in rows] == ["p-01"]


def test_without_anybody_at_post_there_is_no_list() -> None:
    assert refused("staff-list", source_of(SIGNED, "2024-04-11")).clause == "C21"


def test_leaving_is_applied_for_by_somebody_at_post() -> None:
    written = fields(built("staff-change", year(), person="p-02", change="leaving", replaces="p-04", day="2024-11-01"))
    assert (written["岗位"], written["变动"], written["接替/被接替人员代号"]) == ("运维工程师", "离岗", "p-04")
    assert written["拟生效日期"] == "2024-11-01"
    assert written["姓名"] == ""
    assert refused("staff-change", year(), person="p-09", change="leaving").field == "person"


def test_a_new_person_must_have_been_proposed() -> None:
    assert refused("staff-change", year(), person="p-03", change="assignment").reason == "p-03 was not proposed"
    source = source_of([*SIGNED, *PEOPLE, PROPOSED], "2024-05-02")
    written = fields(built("staff-change", source, person="p-03", change="assignment"))
    assert (written["岗位"], written["接替/被接替人员代号"]) == ("服务经理", "p-01")


@pytest.mark.parametrize("change", ["promotion", "离岗", "Leaving"])
def test_another_kind_of_change_is_refused(change: str) -> None:
    assert refused("staff-change", year(), person="p-02", change=change).field == "change"


def test_consent_is_ticked_once_it_is_recorded() -> None:
    told = [*SIGNED, *PEOPLE, PROPOSED]
    before = built("staff-change", source_of(told, "2024-05-02"), person="p-03", change="assignment")
    agreed = ("2024-05-02", "yes", "staff.consented", {"person": "p-03", "change": "assignment"})
    after = built("staff-change", source_of([*told, agreed], "2024-05-02"), person="p-03", change="assignment")
    assert (fields(before)["同意"], fields(after)["同意"]) == ("□", "■")
    assert "yes" in {one.id for one in after.proof.facts}


def test_a_given_reason_is_printed_and_a_missing_one_leaves_room() -> None:
    assert "调岗" in said(built("staff-change", year(), person="p-02", change="leaving", reason="调岗"))
    assert "理由" in said(built("staff-change", year(), person="p-02", change="leaving"))


def test_the_undertaking_has_no_end_date_and_is_signed_by_the_person() -> None:
    paper = built("confidentiality-undertaking", year(), person="p-01")
    assert any("无终止日" in text for text in said(paper))
    assert "承诺人（签字）" in said(paper)
    assert [one.id for one in paper.proof.facts] == ["staff-1p", "staff-1", "conf-1"]


def test_somebody_nobody_knows_makes_no_undertaking() -> None:
    assert refused("confidentiality-undertaking", year(), person="p-77").clause == "C25"
