"""When failures become an incident, and when it is over."""

from yunyue.journal.facts import IncidentClosed, IncidentOpened
from yunyue.services.monitor.incidents import Turn, Watch, watch
from yunyue.services.monitor.outcome import Error, Outcome


def follow(state: Watch, *errors: Error | str, start: int = 100) -> tuple[Watch, list[Turn]]:
    """Outcomes a minute apart from `start`."""
    turns: list[Turn] = []
    for number, error in enumerate(errors):
        state, turn = watch(state, Outcome(error, 1), start + number)  # type: ignore[arg-type] # errors as text
        turns += [turn] if turn else []
    return state, turns


TWO = Watch("o1", confirm=2)


def test_one_failure_is_no_incident() -> None:
    assert follow(TWO, "reset", "", "reset", "")[1] == []


def test_two_failures_in_a_row_open_one_as_of_the_first() -> None:
    _, turns = follow(TWO, "", "reset", "status")
    opened = turns[0].payload
    assert isinstance(opened, IncidentOpened)
    assert (opened.incident, opened.order, opened.severity, turns[0].at) == ("o1/101", "o1", 1, 101)
    assert opened.about == "probe failed 2 times in a row: status"


def test_further_failures_open_no_second_one() -> None:
    assert len(follow(TWO, "reset", "reset", "reset", "reset")[1]) == 1


def test_a_success_closes_it_as_of_its_own_moment() -> None:
    state, turns = follow(TWO, "reset", "reset", "reset", "")
    assert turns[1] == Turn(IncidentClosed(incident="o1/100"), 103)
    assert state == TWO


def test_an_incident_that_was_open_before_a_restart_is_closed_after_it() -> None:
    _, turns = follow(Watch("o1", 2, incident="o1/77"), "reset", "", start=200)
    assert [one.payload for one in turns] == [IncidentClosed(incident="o1/77")]


def test_with_one_failure_to_confirm_the_first_opens_it() -> None:
    assert len(follow(Watch("o1", confirm=1), "reset")[1]) == 1


def test_a_new_outage_is_a_new_incident() -> None:
    _, turns = follow(TWO, "reset", "reset", "", "reset", "reset")
    opened = [one.payload.incident for one in turns if isinstance(one.payload, IncidentOpened)]
    assert opened == ["o1/100", "o1/103"]
