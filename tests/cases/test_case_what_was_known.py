"""Two times: when it happened and when it was known. Corrections, supplements, old statements, what-if."""

from dataclasses import replace
from datetime import date

import msgspec
import pytest

from cases.language import Due, amount, case, due, lines, owed, state
from story import MalformedStory, Story, end_of, facts_of, tell
from yunyue.contract.terms import Terms
from yunyue.journal.envelope import Recorded, canonical
from yunyue.settlement.errors import SupplementBroken
from yunyue.settlement.exhibit import to_plain
from yunyue.settlement.settle import settle, suppose
from yunyue.settlement.statement import Statement

STORY = """
2024-04-11 contract.signed
2024-05-02 funds.arrived instalment=1
2024-05-02 invoice.received instalment=1 amount=958397.20
2024-05-24 payment.made id=p1 instalment=1 amount=958397.20 recorded 2024-05-25
2024-06-05 fact.corrected id=c1 corrects=p1 reason='the bank sent it back'
2024-06-10 payment.made id=p2 instalment=1 amount=958397.20
"""


def written(statement: Statement) -> bytes:
    """The bytes of a statement."""
    return canonical(to_plain(statement))


def test_a_payment_that_came_back_no_longer_counts() -> None:
    story = tell(STORY)
    assert state(story.statement("2024-06-04", "2024-06-04"), "instalment-1") == "settled"
    assert state(story.statement("2024-06-06", "2024-06-06"), "late-payment-1") == "running"
    assert owed(story.statement("2024-06-10"), "late-payment-1").amount == "1,629.28"


def test_what_was_not_recorded_was_not_known() -> None:
    story = tell(STORY)
    assert state(story.statement("2024-05-24", "2024-05-24"), "instalment-1") == "due"
    assert state(story.statement("2024-05-24", "2024-05-25"), "instalment-1") == "settled"


def test_a_correction_counts_from_when_it_is_known_for_every_day_before() -> None:
    story = tell(STORY)
    assert state(story.statement("2024-05-30", "2024-06-04"), "instalment-1") == "settled"
    assert state(story.statement("2024-05-30", "2024-06-05"), "instalment-1") == "due"


def test_a_correction_of_a_correction_brings_the_fact_back() -> None:
    text = STORY.replace("2024-06-10 payment.made id=p2 instalment=1 amount=958397.20", "")
    story = tell(text + "2024-06-07 fact.corrected corrects=c1 reason='it had not come back after all'")
    assert state(story.statement("2024-06-06", "2024-06-06"), "instalment-1") == "due"
    assert state(story.statement("2024-06-06", "2024-06-07"), "instalment-1") == "settled"


def test_a_correction_of_a_correction_of_a_correction_withdraws_again() -> None:
    text = STORY.replace("2024-06-10 payment.made id=p2 instalment=1 amount=958397.20", "")
    story = tell(text + "2024-06-07 fact.corrected id=c2 corrects=c1\n2024-06-08 fact.corrected corrects=c2")
    assert state(story.statement("2024-06-08"), "instalment-1") == "due"


def test_a_payment_cannot_be_brought_back_beside_the_one_that_took_its_place() -> None:
    with pytest.raises(MalformedStory, match="exceeds what is left of instalment 1"):
        tell(STORY + "2024-06-11 fact.corrected corrects=c1")


def test_an_old_statement_is_replayed_to_the_byte() -> None:
    whole, day = tell(STORY), "2024-05-30"
    prefix = replace(whole, facts=whole.facts[:5])
    assert written(whole.statement(day, "2024-05-30")) == written(prefix.statement(day, "2024-05-30"))


@pytest.mark.parametrize("size", range(len(tell(STORY).facts) + 1))
def test_a_moment_and_a_prefix_of_the_journal_say_the_same(size: int) -> None:
    story = tell(STORY)
    prefix = story.facts[:size]
    moment = prefix[-1].recorded if prefix else story.facts[0].recorded.replace(year=2023)
    known = [one for one in story.facts if one.recorded <= moment]
    day = date(2024, 6, 30)
    replayed = settle(story.terms, known, story.calendar, day, moment)
    assert written(replayed) == written(settle(story.terms, story.facts, story.calendar, day, moment))


SUPPOSED = (
    "2024-06-03 payment.made instalment=1 amount=900000.00",
    "2024-06-04 order.placed order=o1 item=os-set deliver_by=2024-06-05",
    "2024-06-05 contract.supplemented supplement=s1 penalties.provider_daily=0.0002",
    "2024-06-06 fact.corrected corrects=f3",
)


@pytest.mark.parametrize("line", SUPPOSED)
def test_what_if_says_what_the_later_real_run_says(line: str) -> None:
    before = STORY.split("2024-05-24 payment")[0]
    story, day = tell(before), date(2024, 6, 30)
    facts = facts_of(line, story.terms, len(story.facts) + 1)
    supposed = suppose(story.terms, story.facts, story.calendar, (day, end_of("2024-06-30")), facts)
    real = tell(f"{before}\n{line}").statement("2024-06-30", "2024-06-30")
    assert supposed.supposed == tuple(fact.id for fact in facts)
    assert replace(supposed, supposed=()) == real


def test_what_if_does_not_see_what_was_recorded_later() -> None:
    story, day = tell(STORY), date(2024, 6, 30)
    (fact,) = facts_of("2024-05-20 payment.made id=early instalment=1 amount=1.00", story.terms, 99)
    supposed = suppose(story.terms, story.facts, story.calendar, (day, end_of("2024-05-10")), [fact])
    assert {"p1", "p2"} & set(supposed.line("instalment-1").facts) == set()
    assert "early" in supposed.line("instalment-1").facts


@case("C34")
def test_a_supplement_changes_the_term_from_the_day_it_takes_effect(story: Story) -> None:
    """
    2024-08-01 contract.supplemented supplement=s1 effective=2024-09-01 term.end=2025-01-31
    """
    before, after = story.statement("2024-08-31"), story.statement("2024-09-01")
    assert state(before, "supplement-s1") == "open"
    assert state(after, "supplement-s1") == "holds"
    assert before.check("term").title.en == "Term 2024-04-11 to 2024-12-31, 265 days"
    assert after.check("term").title.en == "Term 2024-04-11 to 2025-01-31, 296 days"


@case("C34")
def test_a_supplement_counts_once_the_last_seal_is_on_it(story: Story) -> None:
    """
    2024-08-10 contract.supplemented supplement=s1 effective=2024-08-01 provider_sealed=2024-08-09 term.end=2025-01-31
    """
    assert state(story.statement("2024-08-10"), "supplement-s1") == "holds"
    assert "2024-12-31" in story.statement("2024-08-09").check("term").title.en


@case("C34")
def test_a_supplement_changes_the_shares(statement: Statement) -> None:
    """
    2024-04-11 contract.signed
    2024-05-01 contract.supplemented supplement=s1 instalments.1.share=0.4 instalments.2.share=0.4
    + instalments.1.amount=766717.76 instalments.1.words=柒拾陆万陆仟柒佰壹拾柒元柒角陆分
    + instalments.2.amount=766717.76 instalments.2.words=柒拾陆万陆仟柒佰壹拾柒元柒角陆分
    as of 2024-05-02
    """
    assert due(statement, "instalment-1") == Due("766,717.76", "2024-05-24")
    assert state(statement, "shares") == "holds"


@case("C34")
def test_a_supplement_changes_a_reading(story: Story) -> None:
    """
    2024-04-11 contract.signed
    2024-05-10 contract.supplemented supplement=s1 readings.A2=monday_to_friday
    """
    assert due(story.statement("2024-05-09"), "instalment-1").day == "2024-05-24"
    assert due(story.statement("2024-05-10"), "instalment-1").day == "2024-05-23"
    assert ("A2", "monday_to_friday") in story.statement("2024-05-10").readings


@case("C34")
def test_of_two_supplements_the_one_that_takes_effect_later_wins(story: Story) -> None:
    """
    2024-08-01 contract.supplemented supplement=s1 effective=2024-10-01 term.end=2025-03-31
    2024-08-02 contract.supplemented supplement=s2 effective=2024-09-01 term.end=2025-01-31
    """
    assert "2025-01-31" in story.statement("2024-09-15").check("term").title.en
    assert "2025-03-31" in story.statement("2024-10-01").check("term").title.en


def test_a_supplement_that_builds_on_a_later_one_is_refused() -> None:
    text = """
    2024-08-01 contract.supplemented supplement=s1 effective=2024-10-01 readings.A8=capped penalties.daily_cap=0.01
    2024-08-02 contract.supplemented supplement=s2 effective=2024-09-01 penalties.daily_cap=0.02
    """
    with pytest.raises(MalformedStory, match="on 2024-09-01 the terms would not hold"):
        tell(text)
    in_order = tell(text.replace("2024-09-01", "2024-10-02"))
    assert state(in_order.statement("2024-10-02"), "supplement-s2") == "holds"


def test_a_supplement_another_one_builds_on_cannot_be_withdrawn() -> None:
    text = """
    2024-08-01 contract.supplemented id=first supplement=s1 readings.A8=capped penalties.daily_cap=0.01
    2024-08-02 contract.supplemented supplement=s2 penalties.daily_cap=0.02
    2024-08-03 fact.corrected corrects=first
    """
    with pytest.raises(MalformedStory, match="the terms would not hold"):
        tell(text)


def test_a_journal_with_a_supplement_that_does_not_fit_is_not_settled_silently() -> None:
    story = tell("2024-08-01 contract.supplemented supplement=s1 price.total=1.00 unchecked")
    assert story.statement("2024-07-31").lines
    with pytest.raises(SupplementBroken, match=r"price\.words"):
        story.statement("2024-08-01")


def test_a_withdrawn_supplement_changes_nothing_any_more() -> None:
    text = """
    2024-08-01 contract.supplemented id=first supplement=s1 term.end=2025-01-31
    2024-08-03 fact.corrected corrects=first
    2024-08-04 order.placed order=o1 item=os-set deliver_by=2024-12-31
    """
    assert "2024-12-31" in tell(text).statement("2024-08-05").check("term").title.en
    with pytest.raises(MalformedStory, match="outside the term"):
        tell(text + "2024-08-05 order.placed order=o2 item=os-set deliver_by=2025-01-15")


def test_an_item_that_was_ordered_cannot_be_taken_out() -> None:
    text = "2024-04-12 order.placed order=o1 item=scan-run deliver_by=2024-05-01"
    price = tell(text).terms.item("scan-run")
    other = tell(text).terms.item("scan-domain")
    assert price is not None
    assert other is not None
    more = price.amount + other.amount
    change = f"""catalogue.items.scan-run= catalogue.items.scan-domain.quantity=1 \
catalogue.items.scan-domain.unit_price={more} catalogue.items.scan-domain.amount={more}"""
    assert tell(f"2024-04-13 contract.supplemented supplement=s1 {change}").statement("2024-04-14").lines
    with pytest.raises(MalformedStory, match=r"orders stand for item 'scan-run'"):
        tell(f"{text}\n2024-04-13 contract.supplemented supplement=s1 {change}")


def test_facts_of_another_contract_change_nothing() -> None:
    story = tell(STORY)
    other = under_another_id(story.terms)
    foreign = facts_of("2024-05-03 payment.made instalment=1 amount=5.00", other, 50)
    last = story.facts[-1]
    mixed = [*story.facts, Recorded(last.sequence + 1, last.recorded, foreign[0])]
    assert written(replace(story, facts=mixed).statement("2024-06-30")) == written(story.statement("2024-06-30"))


def under_another_id(terms: Terms) -> Terms:
    """The same terms under another id."""
    return msgspec.structs.replace(terms, id="another")


def test_the_same_question_has_the_same_answer() -> None:
    assert written(tell(STORY).statement("2024-06-30")) == written(tell(STORY).statement("2024-06-30"))
    assert amount(tell(STORY).statement("2024-06-30"), "instalment-1") == "958,397.20"
    assert "late-payment-1" in lines(tell(STORY).statement("2024-06-30"))
