"""The monthly service report: verdicts, the windows they rest on, incidents, exclusions, usage, compensation (六)."""

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from math import ceil

from yunyue.answer import Refused
from yunyue.contract.terms import Objective
from yunyue.journal.envelope import BEIJING
from yunyue.journal.facts import (
    ExclusionApproved,
    ExclusionRequested,
    IncidentClosed,
    IncidentOpened,
    OrderCancelled,
    OrderChangeApproved,
    OrderChangeAsked,
    OrderPlaced,
    Payload,
    SampleWindow,
    ServiceDelivered,
    UsageMetered,
    VerdictReached,
)
from yunyue.papers.body import Body, Given, Kind, Need, cited
from yunyue.papers.changing import as_agreed
from yunyue.papers.paper import Column, Heading, Paragraph, Table
from yunyue.papers.parts import BOTH, contract_fields, line_table, rests_on
from yunyue.papers.source import Source
from yunyue.papers.words import NONE, SERVICES, day, moment
from yunyue.settlement.case import Known
from yunyue.settlement.statement import Line, Said
from yunyue.sla.exclusions import exclusions, standing
from yunyue.sla.months import ServiceMonth, service_month
from yunyue.sla.span import milliseconds
from yunyue.sla.verdict import Judged, NoEvidence, Running, judge

_OF_ORDERS: tuple[type[Payload], ...] = (
    OrderPlaced,
    OrderChangeAsked,
    OrderChangeApproved,
    ServiceDelivered,
    OrderCancelled,
)
"""What the list of orders rests on."""

GROUNDS = {"maintenance": "计划维护", "client_fault": "甲方原因", "majeure": "不可抗力"}


def _report(source: Source, given: Given) -> Body | Refused:
    """月度服务报告."""
    term = source.term
    month = service_month(term, given["month"])
    if month is None:
        return Refused(f"{given['month']!r} is no month of the term {term.start} to {term.end}", "month", "C01")
    if month.first > source.statement.as_of:
        return Refused(f"{month.name} has not begun on {source.statement.as_of}", "month", "C01")
    objectives = _objectives(source)
    windows, incidents = windows_of(source, month), incidents_of(source, month)
    asked, usage, lines = requests_of(source, month), _usage(source, month), _lines(source, month)
    sections = (
        Paragraph(
            f"本报告覆盖 {month.first} 至 {month.last}（共 {month.days} 日，{month.minutes} 分钟）。"
            "实测值由封存样本按约定方法计算；剔除仅限另一人批准的书面申请。"
        ),
        contract_fields(source, ("服务月", month.name)),
        Heading("一、服务与订单"),
        _orders(source, month),
        Heading("二、服务等级判定"),
        verdict_table(tuple(verdict_row(source, month, one) for one in objectives)),
        Paragraph(
            f"其余 {len(source.terms.sla.objectives) - len(objectives)} 项指标所属服务尚无订单，不列。", small=True
        ),
        Heading("三、样本窗口"),
        _window_table(source, windows),
        Heading("四、故障"),
        incident_table(source, incidents),
        Heading("五、剔除申请"),
        exclusion_table(source, asked),
        Heading("六、用量"),
        _usage_table(usage),
        Heading("七、补偿建议"),
        line_table(source, lines),
        BOTH,
    )
    facts = cited(
        [one.id for one in windows],
        [one.id for one in verdicts_of(source, month)],
        *(incident_facts(source, one) for one in incidents),
        [one.id for one in asked],
        [one.id for one in source.all(ExclusionApproved) if one.said.exclusion in {k.said.exclusion for k in asked}],
        [one.id for one in usage],
        [one.id for kind in _OF_ORDERS for one in source.all(kind)],
    )
    sample = source.terms.sla.sample or source.terms.catalogue.sample
    return Body("provider", "甲方", month.name, sections, tuple(lines), facts, sample=sample)


def _objectives(source: Source) -> list[Objective]:
    ordered = {one.said.service for one in source.all(OrderPlaced)}
    return [one for one in source.terms.sla.objectives if one.service in ordered]


def _orders(source: Source, month: ServiceMonth) -> Table:
    """The orders that stood on a day of the month, with every change approved since."""
    delivered = {one.said.order: one for one in reversed(source.all(ServiceDelivered))}
    ended = {one.said.order: one for one in source.all(OrderCancelled)}
    rows = []
    for one in source.all(OrderPlaced):
        over = ended.get(one.said.order)
        if one.day > month.last or (over is not None and over.day < month.first):
            continue
        item, done = source.terms.item(one.said.item), delivered.get(one.said.order)
        title = one.said.item if item is None else item.title.zh
        unit = "" if item is None else f" {item.unit.zh}"
        quantity, by = as_agreed(source, one)
        left = "" if over is None else f"（{over.day} 退订）"
        rows.append((one.said.order, f"{title}{left}", f"{quantity}{unit}", day(by), day(done.day if done else None)))
    columns = (
        Column("订单", 18),
        Column("目录项", 34),
        Column("数量", 16, "right"),
        Column("约定交付", 16, "center"),
        Column("实际交付", 16, "center"),
    )
    return Table(columns, tuple(rows))


_VERDICT_COLUMNS = (
    Column("服务", 16),
    Column("指标", 22),
    Column("方法", 7, "center"),
    Column("目标", 10, "right"),
    Column("实测", 11, "right"),
    Column("结论", 12, "center"),
    Column("计入/剔除（分钟）", 16, "center"),
    Column("依据", 16),
)


def verdict_table(rows: tuple[tuple[str, ...], ...]) -> Table:
    """Verdicts as a table, a row of `verdict_row` each."""
    return Table(_VERDICT_COLUMNS, rows)


def verdicts_of(source: Source, month: ServiceMonth) -> list[Known[VerdictReached]]:
    """The verdicts recorded for the month."""
    return [one for one in source.all(VerdictReached) if one.said.month == month.name]


def verdict_row(source: Source, month: ServiceMonth, objective: Objective) -> tuple[str, ...]:
    """How an objective stands in the month: recorded, to be recorded, running, or without samples."""
    start = (SERVICES[objective.service], objective.title.zh, objective.method, f"{objective.target}%")
    found = [one for one in verdicts_of(source, month) if one.said.objective == objective.id]
    if found:
        said = found[-1].said
        minutes = f"{said.counted_minutes} / {said.excluded_minutes}"
        return (
            *start,
            f"{said.measured}%",
            "达标" if said.met else "未达标",
            minutes,
            rests_on(source, [found[-1].id]),
        )
    end = datetime.combine(source.statement.as_of + timedelta(1), time(), BEIJING)
    verdict = judge(objective, month, list(source.recorded.values()), milliseconds(end))
    match verdict:
        case Judged(measured=measured):
            minutes = f"{measured.counted_minutes} / {measured.excluded_minutes}"
            return (*start, f"{verdict.payload().measured}%", "待记录", minutes, NONE)
        case Running():
            return (*start, NONE, "未满月", NONE, NONE)
        case NoEvidence():
            return (*start, NONE, "无样本", NONE, NONE)
        case Refused(reason=reason):
            return (*start, NONE, "样本有误", NONE, reason)


def windows_of(source: Source, month: ServiceMonth) -> list[Known[SampleWindow]]:
    """The windows of the month."""
    return [
        one
        for one in source.all(SampleWindow)
        if month.first <= one.said.start.astimezone(BEIJING).date() <= month.last
    ]


def _window_table(source: Source, windows: Iterable[Known[SampleWindow]]) -> Table:
    columns = (
        Column("订单与指标", 24),
        Column("起止（北京时间）", 26, "center"),
        Column("样本", 10, "right"),
        Column("成功", 10, "right"),
        Column("不可用（分）", 11, "right"),
        Column("封存段", 8, "right"),
        Column("依据事实", 18),
    )
    rows = tuple(
        (
            f"{one.said.order} {source.objective(one.said.objective)}",
            f"{moment(one.said.start)} 至 {moment(one.said.end)}",
            f"{one.said.total:,}",
            f"{one.said.good:,}",
            f"{one.said.bad_minutes:,}",
            str(len(one.said.segments)),
            rests_on(source, [one.id]),
        )
        for one in windows
    )
    return Table(columns, rows)


def incidents_of(source: Source, month: ServiceMonth) -> list[Known[IncidentOpened]]:
    """Incidents that were open on a day of the month."""
    closed = {one.said.incident: one.day for one in source.all(IncidentClosed)}
    return [
        one
        for one in source.all(IncidentOpened)
        if one.day <= month.last and closed.get(one.said.incident, month.last) >= month.first
    ]


def incident_facts(source: Source, opened: Known[IncidentOpened]) -> list[str]:
    """The facts of an incident."""
    closed = source.find(IncidentClosed, incident=opened.said.incident)
    return [opened.id, *([] if closed is None else [closed.id])]


def incident_table(source: Source, incidents: Iterable[Known[IncidentOpened]]) -> Table:
    """Incidents with how long each lasted."""
    columns = (
        Column("故障与订单", 18),
        Column("级别", 7, "center"),
        Column("发生", 17, "center"),
        Column("恢复", 17, "center"),
        Column("历时（分）", 10, "right"),
        Column("情况", 31),
    )
    rows = []
    for one in incidents:
        closed = source.find(IncidentClosed, incident=one.said.incident)
        lasted = NONE if closed is None else str(ceil((closed.time - one.time) / timedelta(minutes=1)))
        ended = "未恢复" if closed is None else moment(closed.time)
        said = one.said
        rows.append((f"{said.incident} {said.order}", str(said.severity), moment(one.time), ended, lasted, said.about))
    return Table(columns, tuple(rows))


def requests_of(source: Source, month: ServiceMonth) -> list[Known[ExclusionRequested]]:
    """Exclusions asked for that touch the month."""
    first, last = month.span.start, month.span.end
    return [
        one
        for one in source.all(ExclusionRequested)
        if milliseconds(one.said.start) < last and milliseconds(one.said.end) > first
    ]


def exclusion_table(source: Source, asked: Iterable[Known[ExclusionRequested]]) -> Table:
    """Exclusions with their effect."""
    facts = standing(list(source.recorded.values()))
    columns = (
        Column("申请与指标", 24),
        Column("起止（北京时间）", 26, "center"),
        Column("事由", 12, "center"),
        Column("理由", 22),
        Column("效力", 16, "center"),
    )
    rows = []
    for one in asked:
        counted = {each.exclusion for each in exclusions(one.said.objective, facts).counted}
        effect = "已剔除" if one.said.exclusion in counted else "不剔除：未获另一人批准或无相应事件"
        when = f"{moment(one.said.start)} 至 {moment(one.said.end)}"
        said = one.said
        rows.append(
            (f"{said.exclusion} {source.objective(said.objective)}", when, GROUNDS[said.ground], said.reason, effect)
        )
    return Table(columns, tuple(rows))


def _usage(source: Source, month: ServiceMonth) -> list[Known[UsageMetered]]:
    first, last = month.span.start, month.span.end
    return [one for one in source.all(UsageMetered) if first <= milliseconds(one.said.start) < last]


def _usage_table(usage: Iterable[Known[UsageMetered]]) -> Table:
    columns = (
        Column("订单", 20),
        Column("计量项", 26),
        Column("用量", 16, "right"),
        Column("起止（北京时间）", 38, "center"),
    )
    rows = tuple(
        (one.said.order, one.said.meter, str(one.said.quantity), f"{moment(one.said.start)} 至 {moment(one.said.end)}")
        for one in usage
    )
    return Table(columns, rows)


def _lines(source: Source, month: ServiceMonth) -> list[Line]:
    return [one for one in source.statement.lines if one.clause == "C18" and one.id.endswith(f"-{month.name}")]


KINDS = (
    Kind(
        "monthly-report",
        Said("月度服务报告", "Monthly service report"),
        ("C18", "C01"),
        (Need("month", Said("服务月", 'service month, such as "2024-05"'), clause="C18"),),
        _report,
    ),
)
