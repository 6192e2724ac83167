"""七, 八(一), 八(二): the term, the total, the shares."""

from cases.language import Due, case, due, state
from story import Story
from yunyue.settlement.statement import Statement


@case("C01")
def test_the_first_day_of_the_term_is_day_one_of_265(statement: Statement) -> None:
    """
    as of 2024-04-11
    """
    assert statement.check("term").detail.en == "Day 1 of 265; 264 left."


@case("C01")
def test_the_last_day_belongs_to_the_term_and_the_next_does_not(story: Story) -> None:
    """
    2024-04-11 contract.signed
    """
    assert state(story.statement("2024-12-31"), "term") == "holds"
    assert state(story.statement("2025-01-01"), "term") == "open"
    assert story.statement("2025-01-01").check("term").detail.en == "Ended on 2024-12-31."
    assert story.statement("2024-04-01").check("term").detail.en == "Starts in 10 days."


@case("C02")
def test_the_total_stands_in_figures_and_capitals(statement: Statement) -> None:
    """
    as of 2024-04-11
    """
    assert "1,916,794.40" in statement.check("total").title.zh
    assert "壹佰玖拾壹万陆仟柒佰玖拾肆元肆角" in statement.check("total").title.zh


@case("C02")
def test_a_payment_above_the_total_breaks_it(statement: Statement) -> None:
    """
    2024-04-11 contract.signed
    2024-05-01 payment.made instalment=1 amount=958397.20
    2024-05-02 payment.made instalment=1 amount=958397.21 unchecked
    as of 2024-05-03
    """
    assert state(statement, "total") == "broken"


@case("C06")
def test_the_instalments_sum_to_the_total(statement: Statement) -> None:
    """
    as of 2024-04-11
    """
    assert state(statement, "shares") == "holds"
    assert "1,916,794.40" in statement.check("shares").detail.zh


@case("C06")
def test_the_last_instalment_takes_the_odd_fen(statement: Statement) -> None:
    """
    terms price.total=1000.03 price.words=壹仟元零叁分
    + instalments.1.amount=500.02 instalments.1.words=伍佰元零贰分
    + instalments.2.amount=300.01 instalments.2.words=叁佰元零壹分
    + instalments.3.amount=200.00 instalments.3.words=贰佰元整 sla.objectives='[]'
    + catalogue.items='[{code="os-set", service="os", title={zh="系统", en="system"}, unit={zh="套", en="set"},
    +     meter="os.set", quantity="1", unit_price="1000.03", amount="1000.03"}]'
    as of 2024-04-11
    """
    amounts = [statement.line(f"instalment-{number}").amount for number in (1, 2, 3)]
    assert [str(amount) for amount in amounts] == ["500.02", "300.01", "200.00"]


@case("C03")
def test_first_payment_is_due_thirty_working_days_after_signing(statement: Statement) -> None:
    """
    2024-04-11 contract.signed
    as of 2024-05-27
    """
    assert due(statement, "instalment-1") == Due("958,397.20", "2024-05-24")
    assert statement.line("instalment-1").clause == "C03"


@case("C33")
def test_nothing_is_due_while_one_seal_is_missing(statement: Statement) -> None:
    """
    2024-04-11 contract.signed party=client
    as of 2024-05-27
    """
    assert state(statement, "in-force") == "open"
    assert "乙方" in statement.check("in-force").detail.zh
    assert due(statement, "instalment-1") == Due("958,397.20")
    assert state(statement, "pay-1") == "not_schedulable"


@case("C33")
def test_the_last_seal_of_the_two_sides_is_the_day_of_signing(statement: Statement) -> None:
    """
    2024-04-11 contract.signed party=client
    2024-04-15 contract.signed party=provider signed=2024-04-12
    as of 2024-05-27
    """
    assert statement.check("in-force").detail.en == "Signed on 2024-04-15."
    assert due(statement, "instalment-1") == Due("958,397.20", "2024-05-28")
