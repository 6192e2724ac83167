"""六: below the SLA a certain compensation, which the client decides."""

from cases.language import Owed, case, owed
from story import Story
from yunyue.settlement.explain import formula
from yunyue.settlement.statement import Statement

LINE = "compensation-monitor-availability-2024-06"


@case("C18")
def test_a_met_target_costs_nothing(statement: Statement) -> None:
    """
    2024-07-01 verdict.reached objective=monitor-availability month=2024-06 measured=99.9
    as of 2024-07-02
    """
    assert LINE not in {line.id for line in statement.lines}


@case("C18")
def test_below_the_target_a_rung_of_the_months_fee_is_proposed(statement: Statement) -> None:
    """
    2024-07-01 verdict.reached objective=monitor-availability month=2024-06 measured=99.89
    as of 2024-07-02
    """
    # 114,000.00 for 265 days; June has 30 of them: 12,905.66; a tenth of that.
    assert owed(statement, LINE) == Owed("1,290.57", "provider", "proposed")
    working = statement.line(LINE).working
    assert working is not None
    assert formula(working).zh == "(60,000.00 + 54,000.00) × ((29 日 + 1) ÷ (264 日 + 1)) × 10% = 1,290.57"


@case("C18")
def test_deeper_rungs_cost_more_and_a_rung_begins_below_its_number(story: Story) -> None:
    """
    2024-05-01 verdict.reached objective=monitor-availability month=2024-04 measured=99
    2024-06-01 verdict.reached objective=monitor-availability month=2024-05 measured=98.999999
    2024-07-01 verdict.reached objective=monitor-availability month=2024-06 measured=97.5
    """
    statement = story.statement("2024-07-02")
    found = [owed(statement, f"compensation-monitor-availability-2024-0{month}").amount for month in (4, 5, 6)]
    # April has 20 days of the term: a tenth of 8,603.77. May: a fifth of 13,335.85. June: half of 12,905.66.
    assert found == ["860.38", "2,667.17", "6,452.83"]


@case("C18")
def test_two_objectives_of_one_service_take_no_more_than_the_months_fee(statement: Statement) -> None:
    """
    terms sla.objectives.monitor-availability.ladder='[{below="99.9",share="0.8"}]'
    + sla.objectives.monitor-alerts.ladder='[{below="99",share="0.7"}]'
    2024-07-01 verdict.reached objective=monitor-availability month=2024-06 measured=97.5
    2024-07-01 verdict.reached objective=monitor-alerts month=2024-06 measured=50
    as of 2024-07-02
    """
    fee, alerts, availability = 1_290_566, 903_396, 387_170  # fen: 12,905.66; 70 % first by name; then what is left
    found = [
        statement.line(f"compensation-{name}-2024-06").amount for name in ("monitor-alerts", "monitor-availability")
    ]
    assert [amount.fen for amount in found if amount is not None] == [alerts, availability]
    assert alerts + availability == fee


@case("C18")
def test_without_a_ladder_the_line_names_no_number(statement: Statement) -> None:
    """
    terms sla.objectives.monitor-availability.ladder='[]'
    2024-07-01 verdict.reached objective=monitor-availability month=2024-06 measured=97.5
    as of 2024-07-02
    """
    assert owed(statement, LINE) == Owed(None, "provider", "question")
    assert "待协商" in statement.line(LINE).sentence.zh


@case("C18")
def test_a_month_outside_the_priced_term_is_negotiated(statement: Statement) -> None:
    """
    2024-07-01 majeure.began event=flood
    2024-08-20 majeure.ended event=flood
    2025-02-01 verdict.reached objective=monitor-availability month=2025-01 measured=97.5
    as of 2025-02-02
    """
    assert owed(statement, "compensation-monitor-availability-2025-01") == Owed(None, "provider", "question")


@case("C18")
def test_the_client_accepts_amends_or_waives(story: Story) -> None:
    """
    2024-07-01 verdict.reached objective=monitor-availability month=2024-06 measured=99.89
    2024-07-02 compensation.decided objective=monitor-availability month=2024-06 decision=accepted amount=1290.57
    2024-07-03 compensation.decided objective=monitor-availability month=2024-06 decision=amended amount=1000.00
    2024-07-04 sum.settled line=compensation-monitor-availability-2024-06 payer=provider amount=1000.00
    2024-07-05 compensation.decided objective=monitor-availability month=2024-06 decision=waived amount=0.00
    """
    found = [owed(story.statement(f"2024-07-0{day}"), LINE) for day in (2, 3, 4, 5)]
    assert found == [
        Owed("1,290.57", "provider", "due"),
        Owed("1,000.00", "provider", "due"),
        Owed("1,000.00", "provider", "settled"),
        Owed("0.00", "provider", "settled"),
    ]


@case("C18")
def test_a_decision_stands_for_the_verdict_it_was_made_on(statement: Statement) -> None:
    """
    2024-07-01 verdict.reached objective=monitor-availability month=2024-06 measured=99.89
    2024-07-02 compensation.decided objective=monitor-availability month=2024-06 decision=waived amount=0.00
    2024-07-10 verdict.reached objective=monitor-availability month=2024-06 measured=97.5
    as of 2024-07-11
    """
    assert owed(statement, LINE) == Owed("6,452.83", "provider", "proposed")
