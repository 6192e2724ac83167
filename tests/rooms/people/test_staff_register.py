"""The register says who is at which post, and what shows each of the six conditions."""

from story import TERMS, tell
from yunyue.people.staff import Member, register
from yunyue.settlement.admission import Known


def members(text: str) -> dict[str, Member]:
    """The register after a story, by pseudonym."""
    known = Known.of(TERMS, tell(text).facts)
    return {one.person: one for one in register(known, TERMS)}


def test_who_was_proposed_waits_for_consent() -> None:
    found = members("2024-05-01 staff.proposed person=p1 post=manager")["p1"]
    assert (found.stage, found.asked, found.post) == ("nominated", "assignment", "manager")


def test_who_is_consented_to_waits_no_longer_and_then_is_at_the_post() -> None:
    story = "2024-05-01 staff.proposed person=p1 post=manager\n2024-05-02 staff.consented person=p1 change=assignment\n"
    assert members(story)["p1"].asked == ""
    assert members(f"{story}2024-05-03 staff.assigned person=p1 post=manager")["p1"].stage == "at_post"


def test_leaving_is_asked_for_and_then_over() -> None:
    story = "2024-05-03 staff.assigned person=p1 post=engineer\n2024-06-01 leaving.reported person=p1\n"
    assert (members(story)["p1"].stage, members(story)["p1"].asked) == ("leaving", "leaving")
    assert members(f"{story}2024-06-09 staff.left person=p1")["p1"].stage == "left"


def test_each_of_the_six_conditions_has_its_state() -> None:
    found = members(
        """
        2024-05-03 staff.assigned person=p1 post=engineer
        2024-05-04 staff.checked id=seen person=p1 condition=1 met=true
        2024-05-04 staff.checked id=short person=p1 condition=2 met=false
        2024-05-04 staff.checked person=p2 condition=3 met=true
        """
    )["p1"]
    assert [one.state for one in found.conditions] == ["there", "failed", *["missing"] * 4]
    assert [one.fact for one in found.conditions][:3] == ["seen", "short", ""]


def test_a_soft_condition_may_be_waived() -> None:
    soft = next(one.number for one in TERMS.staff_conditions if one.soft)
    found = members(
        f"2024-05-03 staff.assigned person=p1 post=engineer\n2024-05-04 staff.waived person=p1 condition={soft}"
    )
    assert found["p1"].conditions[soft - 1].state == "waived"


def test_who_is_at_the_post_comes_first_the_manager_before_the_others() -> None:
    found = members(
        """
        2024-05-01 staff.proposed person=a post=engineer
        2024-05-03 staff.assigned person=b post=engineer
        2024-05-03 staff.assigned person=c post=manager
        """
    )
    assert list(found) == ["c", "b", "a"]


def test_undertaking_and_trainings_are_shown() -> None:
    found = members(
        """
        2024-05-03 staff.assigned person=p1 post=engineer
        2024-05-03 confidentiality.signed person=p1
        2024-05-04 training.held kind=skills persons=p1,p2
        """
    )["p1"]
    assert found.undertaking
    assert found.trainings == {"skills"}
