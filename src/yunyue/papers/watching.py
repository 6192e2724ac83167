"""The monthly monitoring report: each objective day by day, with plots, from the windows the month rests on (六)."""

from collections import defaultdict
from datetime import timedelta
from decimal import Decimal

from yunyue.answer import Refused
from yunyue.contract.terms import Objective
from yunyue.journal.envelope import BEIJING
from yunyue.journal.facts import FindingAccepted, FindingJudged, FindingRaised, SampleWindow
from yunyue.papers.body import Body, Given, Kind, Need, cited
from yunyue.papers.month import (
    exclusion_table,
    incident_facts,
    incident_table,
    incidents_of,
    requests_of,
    verdict_row,
    verdict_table,
    verdicts_of,
    windows_of,
)
from yunyue.papers.paper import Column, Heading, Paragraph, Plot, Section, Table
from yunyue.papers.parts import BOTH, contract_fields
from yunyue.papers.source import Source
from yunyue.papers.words import NONE
from yunyue.settlement.case import Known
from yunyue.settlement.statement import Said
from yunyue.sla.months import ServiceMonth, allowed_minutes, service_month

SERVICE = "monitor"
JUDGED = {"confirmed": "属实", "false_positive": "误报", "fixed": "已修复"}


def _report(source: Source, given: Given) -> Body | Refused:
    """监测月报."""
    term = source.term
    month = service_month(term, given["month"])
    if month is None:
        return Refused(f"{given['month']!r} is no month of the term {term.start} to {term.end}", "month", "C01")
    if month.first > source.statement.as_of:
        return Refused(f"{month.name} has not begun on {source.statement.as_of}", "month", "C01")
    objectives = [one for one in source.terms.sla.objectives if one.service == SERVICE]
    known = {one.id for one in objectives}
    windows = [one for one in windows_of(source, month) if one.said.objective in known]
    incidents, asked = incidents_of(source, month), [o for o in requests_of(source, month) if o.said.objective in known]
    raised = [one for one in source.all(FindingRaised) if month.first <= one.day <= month.last]
    sections: list[Section] = [
        Paragraph(
            f"本报告覆盖 {month.first} 至 {month.last}。"
            "数值均来自已记录的样本窗口；窗口由封存样本按约定方法得出，任何人均可复算。"
        ),
        contract_fields(source, ("服务月", month.name)),
        Heading("一、判定"),
        verdict_table(tuple(verdict_row(source, month, one) for one in objectives)),
        Heading("二、逐日情况"),
    ]
    for one in objectives:
        sections += _daily(one, month, [each for each in windows if each.said.objective == one.id])
    sections += [
        Heading("三、故障"),
        incident_table(source, incidents),
        Heading("四、剔除申请"),
        exclusion_table(source, asked),
        Heading("五、内容安全发现"),
        _findings(source, raised),
        BOTH,
    ]
    facts = cited(
        [one.id for one in windows],
        [one.id for one in verdicts_of(source, month) if one.said.objective in known],
        *(incident_facts(source, one) for one in incidents),
        [one.id for one in (*asked, *raised)],
    )
    sample = source.terms.sla.sample
    return Body("provider", "甲方", month.name, tuple(sections), (), facts, sample=sample)


def _daily(objective: Objective, month: ServiceMonth, windows: list[Known[SampleWindow]]) -> list[Section]:
    """A bar for each day: bad minutes, by M6 failed attempts in ten thousand."""
    if not windows:
        return [Paragraph(f"{objective.title.zh}：本月没有样本窗口。")]
    bad: dict[str, int] = defaultdict(int)
    total: dict[str, int] = defaultdict(int)
    for one in windows:
        day = one.said.start.astimezone(BEIJING).date().isoformat()
        bad[day] += one.said.total - one.said.good if objective.method == "M6" else one.said.bad_minutes
        total[day] += one.said.total
    days = [(month.first + timedelta(days=number)).isoformat() for number in range(month.days)]
    if objective.method == "M6":
        share = tuple((day[8:], Decimal(bad[day] * 10_000 // total[day]) if total[day] else Decimal(0)) for day in days)
        return [Plot(objective.title.zh, "每万次失败", share, (100 - objective.target) * 100)]
    bars = tuple((day[8:], Decimal(bad[day])) for day in days)
    return [Plot(objective.title.zh, "不可用分钟", bars, allowed_minutes(month.minutes, objective.target))]


def _findings(source: Source, raised: list[Known[FindingRaised]]) -> Table:
    judged = {one.said.finding: JUDGED[one.said.state] for one in source.all(FindingJudged)}
    judged.update({one.said.finding: "甲方接受" for one in source.all(FindingAccepted)})
    columns = (
        Column("发现", 30),
        Column("订单", 18),
        Column("发生", 14, "center"),
        Column("内容", 26),
        Column("研判", 12),
    )
    rows = tuple(
        (one.said.finding, one.said.order, str(one.day), one.said.about, judged.get(one.said.finding, NONE))
        for one in raised
    )
    return Table(columns, rows)


KINDS = (
    Kind(
        "monitoring-report",
        Said("监测月报", "Monthly monitoring report"),
        ("C18", "C01", "C37"),
        (Need("month", Said("服务月", 'service month, such as "2024-05"'), clause="C18"),),
        _report,
    ),
)
