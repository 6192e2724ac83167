"""六: what score sheets come to, point by point, and what the annex makes of it; the contract ties no sum to one."""

from cases.language import Due, Owed, case, due, lines, owed, state
from story import Story
from yunyue.settlement.explain import formula
from yunyue.settlement.statement import Statement

LADDER = "compensation-monitor-score-2024-05"
OUTAGES = "score-s1-2024-05"


@case("C18")
def test_a_sheet_names_its_points_and_no_sum_where_the_annex_has_no_ladder(statement: Statement) -> None:
    """
    2024-04-20 score.template.set template=monthly pattern=outages title=Monthly
    + criteria='[{"code":"down","title":"Outages","most":"10","each":"2"},
    + {"code":"late","title":"Reports","most":"5","each":"1.5"}]'
    2024-05-03 incident.opened id=f-down incident=i1 order=o1 severity=1 unchecked
    2024-06-02 score.given id=f-sheet score=s1 template=monthly month=2024-05 service=monitor points=88.5
    + deductions='[{"criterion":"down","count":6,"points":"10","evidence":["f-down"]},
    + {"criterion":"late","count":1,"points":"1.5",
    + "evidence":["sha256:0000000000000000000000000000000000000000000000000000000000000000"]}]'
    as of 2024-06-03
    """
    assert owed(statement, OUTAGES) == Owed(None, "provider", "question")
    line = statement.line(OUTAGES)
    assert line.working is not None
    # Six outages at 2 points would be 12; the criterion costs at most 10.
    assert formula(line.working).zh == "100 − (取较小(6 × 2、10) + 取较小(1 × 1.50、5)) = 88.50"
    assert line.facts[0] == "f-sheet"
    assert "f-down" in line.facts
    assert "88.5 分" in line.sentence.zh
    assert "待协商" in line.sentence.zh


@case("C18")
def test_full_marks_cost_nothing(statement: Statement) -> None:
    """
    2024-04-20 score.template.set template=monthly pattern=deductions title=Monthly
    + criteria='[{"code":"reports","title":"Reports","most":"5","each":"0"}]'
    2024-06-02 score.given score=s1 template=monthly month=2024-05 points=100 deductions=[]
    as of 2024-06-03
    """
    assert OUTAGES not in lines(statement)
    assert state(statement, "scores-monthly") == "open"  # April, which ended after the template was set, has no sheet


@case("C18")
def test_points_a_person_set_and_milestones_never_reached_stand_as_they_were_set(story: Story) -> None:
    """
    2024-04-20 score.template.set template=monthly pattern=deductions title=Monthly
    + criteria='[{"code":"reports","title":"Reports","most":"5","each":"0"}]'
    2024-04-20 score.template.set template=steps pattern=milestones title=Milestones
    + criteria='[{"code":"plan","title":"Plan","most":"40","each":"4"},
    + {"code":"move","title":"Move","most":"60","each":"3"}]'
    2024-06-02 score.given score=s1 template=monthly month=2024-05 points=96.5
    + deductions='[{"criterion":"reports","count":0,"points":"3.5","evidence":["s"]}]' unchecked
    2024-06-02 score.given score=s2 template=steps month=2024-05 points=28
    + deductions='[{"criterion":"plan","count":3,"points":"12","evidence":["s"]},
    + {"criterion":"move","count":1,"points":"60","evidence":["s"]}]' unchecked
    as of 2024-06-03
    """
    statement = story.statement()
    monthly, steps = (statement.line(f"score-{name}-2024-05").working for name in ("s1", "s2"))
    assert monthly is not None
    assert steps is not None
    assert formula(monthly).en == "100 − 3.50 = 96.50"
    assert formula(steps).en == "100 − (the smaller of (3 × 4, 40) + 60) = 28"


@case("C18")
def test_more_lost_than_there_is_leaves_none(statement: Statement) -> None:
    """
    2024-04-20 score.template.set template=monthly pattern=deductions title=Monthly
    + criteria='[{"code":"a","title":"A","most":"80","each":"0"},{"code":"b","title":"B","most":"80","each":"0"}]'
    2024-06-02 score.given score=s1 template=monthly month=2024-05 points=0
    + deductions='[{"criterion":"a","count":0,"points":"80","evidence":["s"]},
    + {"criterion":"b","count":0,"points":"70","evidence":["s"]}]' unchecked
    as of 2024-06-03
    """
    working = statement.line(OUTAGES).working
    assert working is not None
    assert formula(working).zh == "取较大(100 − (80 + 70)、0) = 0"


@case("C18")
def test_a_ladder_of_annex_three_turns_points_into_a_proposal(story: Story) -> None:
    """
    terms sla.objectives='[{id="monitor-score", service="monitor", indicator="score.monthly", method="M6",
    + target="90", title={zh="考核得分", en="Score"},
    + ladder=[{below="90", share="0.05"}, {below="80", share="0.1"}]}]'
    2024-04-20 score.template.set template=monthly pattern=deductions title=Monthly
    + criteria='[{"code":"reports","title":"Reports","most":"30","each":"0"}]'
    2024-06-02 score.given score=s1 template=monthly month=2024-05 service=monitor points=79
    + deductions='[{"criterion":"reports","count":0,"points":"21","evidence":["s"]}]' unchecked
    2024-06-04 compensation.decided objective=monitor-score month=2024-05 decision=amended amount=500.00
    """
    before, after = story.statement("2024-06-03"), story.statement("2024-06-05")
    # 114,000.00 for 265 days; May has 31 of them: 13,335.85; a tenth of that.
    assert owed(before, LADDER) == Owed("1,333.59", "provider", "proposed")
    assert due(before, LADDER) == Due("1,333.59")
    working = before.line(LADDER).working
    assert working is not None
    assert formula(working).zh.endswith("× 按阶梯取比例(100 − 21、90、5%、80、10%) = 1,333.59")
    assert owed(after, LADDER) == Owed("500.00", "provider", "due")
    assert OUTAGES not in lines(before)


@case("C18")
def test_a_score_at_the_target_costs_nothing_and_one_above_every_rung_is_negotiated(story: Story) -> None:
    """
    terms sla.objectives='[{id="monitor-score", service="monitor", indicator="score.monthly", method="M6",
    + target="90", title={zh="考核得分", en="Score"}, ladder=[{below="80", share="0.1"}]}]'
    2024-04-20 score.template.set template=monthly pattern=deductions title=Monthly
    + criteria='[{"code":"reports","title":"Reports","most":"30","each":"0"}]'
    2024-06-02 score.given score=s1 template=monthly month=2024-05 service=monitor points=90
    + deductions='[{"criterion":"reports","count":0,"points":"10","evidence":["s"]}]' unchecked
    2024-07-02 score.given score=s2 template=monthly month=2024-06 service=monitor points=80
    + deductions='[{"criterion":"reports","count":0,"points":"20","evidence":["s"]}]' unchecked
    2024-08-02 score.given score=s3 template=monthly month=2024-07 points=70
    + deductions='[{"criterion":"reports","count":0,"points":"30","evidence":["s"]}]' unchecked
    """
    statement = story.statement("2024-08-03")
    assert LADDER not in lines(statement)
    assert owed(statement, "compensation-monitor-score-2024-06") == Owed(None, "provider", "question")
    # A sheet of no one service stands beside the ladder of one: which month's fee it would cost is not agreed.
    assert owed(statement, "score-s3-2024-07") == Owed(None, "provider", "question")


@case("C18")
def test_measured_and_scored_together_take_no_more_than_the_months_fee(statement: Statement) -> None:
    """
    terms sla.objectives.monitor-availability.ladder='[{below="99.9",share="0.8"}]'
    + sla.objectives.monitor-alerts.indicator=score.monthly
    + sla.objectives.monitor-alerts.ladder='[{below="95",share="0.7"}]'
    2024-04-20 score.template.set template=monthly pattern=deductions title=Monthly
    + criteria='[{"code":"reports","title":"Reports","most":"30","each":"0"}]'
    2024-07-01 verdict.reached objective=monitor-availability month=2024-06 measured=97.5
    2024-07-02 score.given score=s1 template=monthly month=2024-06 service=monitor points=70
    + deductions='[{"criterion":"reports","count":0,"points":"30","evidence":["s"]}]' unchecked
    as of 2024-07-03
    """
    measured, marked = (
        owed(statement, f"compensation-monitor-{one}-2024-06").amount for one in ("availability", "alerts")
    )
    assert (measured, marked) == ("10,324.53", "2,581.13")  # together 12,905.66, the fee of June


@case("C18")
def test_a_corrected_sheet_costs_nothing_once_the_correction_is_known(story: Story) -> None:
    """
    2024-04-20 score.template.set template=monthly pattern=deductions title=Monthly
    + criteria='[{"code":"reports","title":"Reports","most":"30","each":"0"}]'
    2024-06-02 score.given id=f-sheet score=s1 template=monthly month=2024-05 points=80
    + deductions='[{"criterion":"reports","count":0,"points":"20","evidence":["s"]}]' unchecked
    2024-06-10 fact.corrected corrects=f-sheet
    """
    assert OUTAGES in lines(story.statement("2024-06-05", known_at="2024-06-05"))
    assert OUTAGES not in lines(story.statement("2024-06-11"))


@case("C19")
def test_months_are_named_once_they_ended_without_a_sheet(story: Story) -> None:
    """
    2024-05-10 score.template.set template=monthly pattern=deductions title=Monthly
    + criteria='[{"code":"reports","title":"Reports","most":"5","each":"0"}]'
    2024-06-02 score.given score=s1 template=monthly month=2024-05 points=100 deductions=[]
    """
    assert state(story.statement("2024-05-31"), "scores-monthly") == "open"
    assert state(story.statement("2024-06-30"), "scores-monthly") == "holds"
    late = story.statement("2024-07-01").check("scores-monthly")
    assert late.state == "open"
    assert late.detail.zh == "2024-05 得 100 分；未评：2024-06。"
    assert late.detail.en == "2024-05: 100 points; not scored: 2024-06."
    assert "2025-01" not in story.statement("2025-03-01").check("scores-monthly").detail.en


@case("C03", "C04", "C12", "C14", "C19")
def test_no_score_moves_a_payment_an_acceptance_or_a_right(story: Story) -> None:
    """
    2024-04-11 contract.signed
    2024-04-20 score.template.set template=steps pattern=milestones title=Milestones
    + criteria='[{"code":"plan","title":"Plan","most":"100","each":"5"}]'
    2024-06-02 score.given score=s1 template=steps month=2024-05 points=0
    + deductions='[{"criterion":"plan","count":1,"points":"100","evidence":["s"]}]' unchecked
    """
    scored = story.statement("2024-06-05")
    story.facts = story.facts[:2]
    without = story.statement("2024-06-05")
    assert scored.obligations == without.obligations
    assert scored.rights == without.rights
    assert [line for line in scored.lines if line.id != "score-s1-2024-05"] == list(without.lines)
