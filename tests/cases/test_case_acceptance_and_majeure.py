"""六, 九(三), 十一: acceptances, rework, force majeure."""

from datetime import date

from cases.language import case, questions, state
from story import Story
from yunyue.settlement.statement import Statement


@case("C19")
def test_an_acceptance_is_open_then_failed_then_passed(story: Story) -> None:
    """
    2024-04-11 contract.signed
    2024-09-10 acceptance.held milestone=midterm result=failed
    2024-09-20 acceptance.held milestone=midterm result=passed
    """
    days = ("2024-09-09", "2024-09-10", "2024-09-20")
    assert [state(story.statement(day), "acceptance-midterm") for day in days] == ["open", "broken", "holds"]
    assert state(story.statement("2024-09-20"), "acceptance-final") == "open"


@case("C13")
def test_rework_is_due_on_the_day_the_client_set(story: Story) -> None:
    """
    2024-04-11 contract.signed
    2024-09-10 rectification.ordered notice=n1 deadline=2024-09-20
    """
    assert story.statement("2024-09-20").obligation("rework-n1").due == date(2024, 9, 20)
    assert state(story.statement("2024-09-20"), "rework-n1") == "open"
    assert state(story.statement("2024-09-21"), "rework-n1") == "late"


@case("C13")
def test_rework_reported_in_time_is_done_and_a_day_later_done_late(story: Story) -> None:
    """
    2024-04-11 contract.signed
    2024-09-10 rectification.ordered notice=n1 deadline=2024-09-20
    2024-09-10 rectification.ordered notice=n2 deadline=2024-09-20
    2024-09-20 rectification.reported notice=n1
    2024-09-21 rectification.reported notice=n2
    """
    statement = story.statement("2024-09-30")
    assert [state(statement, f"rework-{notice}") for notice in ("n1", "n2")] == ["done", "done_late"]


@case("C13")
def test_a_report_that_fails_its_review_is_not_done(story: Story) -> None:
    """
    2024-04-11 contract.signed
    2024-09-10 rectification.ordered notice=n1 deadline=2024-09-20
    2024-09-15 rectification.reported notice=n1
    2024-09-16 rectification.reviewed notice=n1 result=failed
    2024-09-19 rectification.reported notice=n1
    2024-09-19T11:00 rectification.reviewed notice=n1 result=passed
    """
    assert state(story.statement("2024-09-18"), "rework-n1") == "open"
    assert state(story.statement("2024-09-30"), "rework-n1") == "done"


@case("C28")
def test_the_certificate_is_due_fourteen_days_after_the_event(story: Story) -> None:
    """
    2024-07-01 majeure.began event=flood
    """
    assert story.statement("2024-07-01").obligation("majeure-certificate-flood").due == date(2024, 7, 15)
    assert state(story.statement("2024-07-15"), "majeure-certificate-flood") == "open"
    assert state(story.statement("2024-07-16"), "majeure-certificate-flood") == "late"


@case("C28")
def test_a_certificate_on_the_last_day_is_in_time(statement: Statement) -> None:
    """
    2024-07-01 majeure.began event=flood
    2024-07-01 majeure.began event=quake
    2024-07-01 notice.given about=majeure subject=flood by=provider channel=fax
    2024-07-15 majeure.certified event=flood
    2024-07-16 majeure.certified event=quake
    as of 2024-08-01
    """
    assert state(statement, "majeure-certificate-flood") == "done"
    assert state(statement, "majeure-certificate-quake") == "done_late"
    assert state(statement, "majeure-notice-flood") == "holds"
    assert state(statement, "majeure-notice-quake") == "open"


@case("C29")
def test_ten_days_of_effect_extend_the_term_to_10_january(statement: Statement) -> None:
    """
    2024-07-01 majeure.began event=flood
    2024-07-11 majeure.ended event=flood
    as of 2025-01-10
    """
    assert statement.check("majeure-extension").detail.en == "10 days of effect: the term runs to 2025-01-10."
    assert state(statement, "term") == "holds"


@case("C29")
def test_days_that_two_events_share_extend_the_term_once(statement: Statement) -> None:
    """
    2024-07-01 majeure.began event=flood
    2024-07-05 majeure.began event=quake
    2024-07-08 majeure.ended event=flood
    2024-07-11 majeure.ended event=quake
    as of 2024-08-01
    """
    assert "2025-01-10" in statement.check("majeure-extension").detail.zh


@case("C29")
def test_an_event_after_the_term_extends_nothing(story: Story) -> None:
    """
    2024-07-01 majeure.began event=flood
    2024-07-11 majeure.ended event=flood
    2025-01-10 majeure.began event=storm
    2025-01-13 majeure.ended event=storm
    2025-03-01 majeure.began event=quake
    """
    assert "2025-01-13" in story.statement("2025-06-01").check("majeure-extension").detail.zh


@case("C30")
def test_the_end_is_notified_too(story: Story) -> None:
    """
    2024-07-01 majeure.began event=flood
    2024-07-11 majeure.ended event=flood
    2024-07-12 notice.given about=majeure_end subject=flood by=provider channel=letter
    """
    assert state(story.statement("2024-07-11"), "majeure_end-notice-flood") == "open"
    assert state(story.statement("2024-07-12"), "majeure_end-notice-flood") == "holds"
    assert "majeure_end-notice-flood" not in {check.id for check in story.statement("2024-07-10").checks}


@case("C31")
def test_after_sixty_days_the_parties_negotiate_from_the_61st(story: Story) -> None:
    """
    2024-07-01 majeure.began event=flood
    """
    assert "majeure-negotiate-flood" not in questions(story.statement("2024-08-30"))
    assert "majeure-negotiate-flood" in questions(story.statement("2024-08-31"))


@case("C31")
def test_sixty_days_of_effect_are_not_more_than_sixty(story: Story) -> None:
    """
    2024-07-01 majeure.began event=flood
    2024-07-01 majeure.began event=quake
    2024-08-30 majeure.ended event=flood
    2024-08-31 majeure.ended event=quake
    """
    found = questions(story.statement("2024-12-01"))
    assert "majeure-negotiate-flood" not in found
    assert "majeure-negotiate-quake" in found
