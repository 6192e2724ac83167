"""The language of the cases: what it fills in, and that a slip of the pen is no fact."""

from datetime import date, datetime

import pytest

from cases.language import case, state
from story import DOCUMENT, MalformedStory, Story, tell
from yunyue.journal.envelope import BEIJING
from yunyue.journal.facts import ContractSigned, OrderPlaced, VerdictReached
from yunyue.settlement.statement import Statement


@case("C01")
def test_a_case_may_ask_for_statement_and_story(statement: Statement, story: Story) -> None:
    """
    as of 2024-05-27
    """
    assert statement.as_of == story.as_of == date(2024, 5, 27)


def test_a_signature_without_a_party_is_one_of_each_side() -> None:
    said = [one.fact.data for one in tell("2024-04-11 contract.signed").facts]
    assert [one.party for one in said if isinstance(one, ContractSigned)] == ["client", "provider"]
    assert all(isinstance(one, ContractSigned) and one.sealed == date(2024, 4, 11) for one in said)


def test_an_order_takes_its_service_from_the_item() -> None:
    (one,) = tell("2024-04-12 order.placed order=o1 item=scan-run deliver_by=2024-05-01").facts
    assert isinstance(one.fact.data, OrderPlaced)
    assert (one.fact.data.service, one.fact.data.tenant) == ("scan", "t1")


def test_a_verdict_takes_target_and_method_from_the_objective() -> None:
    (one,) = tell("2024-07-01 verdict.reached objective=monitor-alerts month=2024-06 measured=98.5").facts
    said = one.fact.data
    assert isinstance(said, VerdictReached)
    assert (said.service, said.method, str(said.target), said.met) == ("monitor", "M6", "99", False)


def test_ids_actors_times_and_days_of_recording_can_be_given() -> None:
    story = tell(f"2024-04-12T09:30 notice.given id=n about=other subject=s by=client channel=fax document={DOCUMENT}")
    assert story.facts[0].fact.time == datetime(2024, 4, 12, 9, 30, tzinfo=BEIJING)
    (one,) = tell("2024-04-12 funds.arrived id=f instalment=1 as user:7 recorded 2024-04-20").facts
    assert (one.fact.id, one.fact.actor, one.recorded.date()) == ("f", "user:7", date(2024, 4, 20))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("2024-04-31 contract.signed", "day is out of range"),
        ("11.4.2024 contract.signed", "a fact reads DATE TYPE"),
        ("2024-04-11 contract.singed", "there is no fact of type"),
        ("2024-04-11 contract.signed party=client signd=2024-04-11", "has no signd"),
        ("2024-04-11 contract.signed party=buyer", "Invalid enum value 'buyer'"),
        ("2024-04-11 contract.signed yesterday", "'yesterday' means nothing here"),
        ("2024-04-11 contract.signed as", "nothing follows 'as'"),
        ("2024-04-11 contract.signed party=client party=provider", "party is given twice"),
        ("2024-04-11 contract.signed recorded 2024-04-10", "recorded before it happened"),
        ("2024-04-11 contract.signed\n2024-04-10 funds.arrived instalment=1", "in the order of recording"),
        ("2024-04-11 funds.arrived instalment=9", "known: 1, 2, 3"),
        ("2024-04-11 funds.arrived", "missing required field `instalment`"),
        ("2024-04-11 payment.made instalment=1 amount=5,00", "5,00"),
        ("as of 2024-05-27\nas of 2024-05-28", "asked already"),
        ("known at 2024-05-27\nknown at 2024-05-28", "asked already"),
        ("as of tomorrow", "a fact reads DATE TYPE"),
        ("terms readings.A6=sometimes", "sometimes"),
        ("terms readings.A6", "is no path=value"),
        ("2024-04-11 contract.signed\nterms readings.A6=per_day", "the terms come before the facts"),
        ("+ instalment=1", "there is no line before it"),
    ],
)
def test_a_malformed_line_fails_loudly(text: str, why: str) -> None:
    with pytest.raises((MalformedStory, ValueError)) as raised:
        tell(text)
    assert why in str(raised.value)


def test_a_line_marked_unchecked_is_recorded_though_it_would_be_refused() -> None:
    line = "2024-04-12 funds.arrived instalment=9"
    assert len(tell(f"{line} unchecked").facts) == 1


def test_a_line_can_go_on_in_the_next() -> None:
    (one,) = tell("2024-04-12 order.placed order=o1\n+ item=scan-run deliver_by=2024-05-01").facts
    assert isinstance(one.fact.data, OrderPlaced)


def test_a_case_without_a_day_cannot_ask_for_its_statement() -> None:
    with pytest.raises(AssertionError, match="as of which day"):
        tell("2024-04-11 contract.signed").statement()


def test_the_day_can_be_given_by_the_test() -> None:
    assert state(tell("2024-04-11 contract.signed").statement("2024-04-11"), "in-force") == "holds"
    assert state(tell("2024-04-11 contract.signed").statement("2024-04-10"), "in-force") == "open"
