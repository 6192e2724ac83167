"""What a kind of paper asks for, and what its body says it rests on."""

from fractions import Fraction

import pytest
from paper_year import year

from story import TERMS
from yunyue.answer import Refused
from yunyue.papers.body import LONGEST, Body, Kind, Need, cited, from_sample
from yunyue.papers.paper import Column, Table, lines_of
from yunyue.papers.registry import FAMILIES, PAPERS
from yunyue.settlement.statement import Said
from yunyue.settlement.working import FromFact, FromTerm, Given, Op

ONE = Fraction(1)
NEEDS = (Need("month", Said("月", "month"), clause="C18"), Need("reason", Said("理由", "reason"), required=False))
KIND = Kind("x", Said("某", "some"), (), NEEDS, lambda _source, _given: Refused("never built"))


def test_what_is_needed_must_be_given() -> None:
    assert KIND.fault({}) == Refused("x needs it: month", "month", "C18")


def test_blanks_are_not_given() -> None:
    assert KIND.fault({"month": "  "}) is not None


def test_what_is_not_required_may_be_left_out() -> None:
    assert KIND.fault({"month": "2024-05"}) is None


def test_what_nobody_asked_for_is_refused() -> None:
    assert KIND.fault({"month": "2024-05", "mnoth": "x"}) == Refused(
        "x asks for month, reason, not for 'mnoth'", "mnoth"
    )


def test_what_is_too_long_is_refused() -> None:
    assert KIND.fault({"month": "2024-05", "reason": "x" * LONGEST}) is None
    assert KIND.fault({"month": "2024-05", "reason": "x" * (LONGEST + 1)}) == Refused(
        "more than 2000 characters", "reason"
    )


@pytest.mark.parametrize(
    ("path", "sample"),
    [
        ("price.total", False),
        ("catalogue.items.os-set.amount", True),
        ("sla.objectives.os-repository.ladder.1.share", True),
    ],
)
def test_terms_of_the_annexes_are_samples(path: str, sample: bool) -> None:
    leaf = FromTerm(path, ONE)
    assert from_sample(leaf, TERMS) is sample
    assert from_sample(Op("plus", (Given("one", 1), Op("times", (leaf,), ONE)), ONE), TERMS) is sample


def test_facts_and_days_are_no_samples() -> None:
    assert not from_sample(FromFact("f", "amount", ONE), TERMS)
    assert not from_sample(None, TERMS)


def test_a_body_rests_on_its_findings_facts_and_its_own_each_once() -> None:
    line = year().statement.line("instalment-2")
    body = Body("client", "乙方", "", (), (line, line), ("own", *line.facts))
    assert body.rests_on() == (*line.facts, "own")


def test_readings_stand_in_their_order_each_once() -> None:
    statement = year("2024-06-30").statement
    line, question = statement.line("instalment-1"), statement.questions[0]
    body = Body(None, "", "", (), (line, question), readings=("A17", "A6"))
    assert question.reading == "A12"
    assert body.read_as() == ("A1", "A2", "A3", "A6", "A12", "A17")


def test_a_body_with_a_line_from_the_price_list_is_a_sample() -> None:
    statement = year().statement
    compensation = statement.line("compensation-monitor-availability-2024-05")
    assert Body(None, "", "", (), (compensation,)).shows_sample(TERMS)
    assert not Body(None, "", "", (), (statement.line("instalment-1"),)).shows_sample(TERMS)


def test_cited_keeps_the_first_of_each() -> None:
    assert cited(["b", "a"], ["a", "c"]) == ("b", "a", "c")


def test_every_code_is_used_once() -> None:
    assert len(PAPERS) == sum(len(family.KINDS) for family in FAMILIES)


def test_a_row_of_another_length_is_no_row() -> None:
    with pytest.raises(ValueError, match="does not fit 1 columns"):
        Table((Column("a", 1),), (("x", "y"),))


def test_a_side_seals_and_two_people_sign_a_person_only_signs() -> None:
    assert len(lines_of("甲方（盖章）")) == 3
    assert len(lines_of("承诺人（签字）")) == 2
