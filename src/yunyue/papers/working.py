"""Papers of the work itself: the work plan of the term, and the special report of one service in a month (三, 五)."""

from collections.abc import Sequence
from datetime import date

from yunyue.answer import Refused
from yunyue.journal.facts import (
    IncidentClosed,
    IncidentOpened,
    OrderPlaced,
    ServiceDelivered,
    StaffAssigned,
    TicketOpened,
    TicketResolved,
    UsageMetered,
    VerdictReached,
)
from yunyue.papers.body import Body, Given, Kind, Need, cited
from yunyue.papers.paper import Column, Heading, Paragraph, Space, Table
from yunyue.papers.parts import BOTH, PROVIDER, contract_fields, obligation_table, rests_on
from yunyue.papers.source import Source
from yunyue.papers.words import NONE, SERVICES, clause, day, moment
from yunyue.settlement.case import Known
from yunyue.settlement.statement import Said
from yunyue.sla.months import ServiceMonth, service_month, service_months

POSTS = {"manager": "服务经理", "engineer": "运维工程师", "support": "支持人员"}


def _plan(source: Source, _given: Given) -> Body:
    """工作计划: months, deliveries, people and deadlines, as the record has them; the rest is written in by hand."""
    placed = source.all(OrderPlaced)
    delivered = {one.said.order: one for one in reversed(source.all(ServiceDelivered))}
    at_post = source.all(StaffAssigned)
    sections = (
        Paragraph(f"依据{clause('C37')}与附件一，乙方就服务期内的工作计划如下；未列事项由双方书面补充。"),
        contract_fields(source, ("服务月数", str(len(service_months(source.terms.term))))),
        Heading("一、交付计划"),
        Table(
            (
                Column("订单", 22),
                Column("目录项", 34),
                Column("约定交付日", 22, "center"),
                Column("实际交付日", 22, "center"),
            ),
            tuple(
                (
                    one.said.order,
                    item.title.zh if (item := source.terms.item(one.said.item)) else one.said.item,
                    day(one.said.deliver_by),
                    day(delivered[one.said.order].day) if one.said.order in delivered else NONE,
                )
                for one in placed
            ),
        ),
        Heading("二、履约期限"),
        obligation_table(source.statement.obligations),
        Heading("三、人员"),
        Table(
            (Column("人员代号", 34), Column("岗位", 33), Column("到岗日", 33, "center")),
            tuple((one.said.person, POSTS[one.said.post], day(one.day)) for one in at_post),
        ),
        Heading("四、逐月安排"),
        Table(
            (Column("服务月", 20, "center"), Column("起止", 36, "center"), Column("工作内容（手填）", 44)),
            tuple((one.name, f"{one.first} 至 {one.last}", "") for one in service_months(source.terms.term)),
        ),
        Space("风险与应对", 4),
        BOTH,
    )
    facts = cited([one.id for one in placed], [one.id for one in delivered.values()], [one.id for one in at_post])
    return Body("provider", "甲方", "", sections, facts=facts, sample=source.terms.catalogue.sample)


def _special(source: Source, given: Given) -> Body | Refused:
    """专项服务报告: one service in one month."""
    service, term = given["service"], source.term
    if service not in SERVICES:
        return Refused(f"one of {', '.join(SERVICES)}, not {service!r}", "service", "C37")
    month = service_month(term, given["month"])
    if month is None:
        return Refused(f"{given['month']!r} is no month of the term {term.start} to {term.end}", "month", "C01")
    orders = [one for one in source.all(OrderPlaced) if one.said.service == service]
    if not orders:
        return Refused(f"nothing of service {service!r} was ordered", "service", "C37")
    ids = {one.said.order for one in orders}
    verdicts = [
        one for one in source.all(VerdictReached) if (one.said.service, one.said.month) == (service, month.name)
    ]
    usage = [one for one in source.all(UsageMetered) if one.said.order in ids and _in(month, one.said.start.date())]
    incidents = [one for one in source.all(IncidentOpened) if one.said.order in ids and _in(month, one.day)]
    tickets = [one for one in source.all(TicketOpened) if one.said.order in ids and _in(month, one.day)]
    sections = (
        Paragraph(f"本报告就“{SERVICES[service]}”在 {month.name} 服务月的运行情况作专项说明（{clause('C37')}）。"),
        contract_fields(source, ("服务", SERVICES[service]), ("服务月", month.name), ("订单数", str(len(orders)))),
        Heading("一、服务等级"),
        _verdicts(source, verdicts),
        Heading("二、用量"),
        _usage(usage),
        Heading("三、故障"),
        _incidents(source, incidents),
        Heading("四、工单"),
        _tickets(source, tickets),
        Heading("五、专项工作与建议"),
        Space("本月完成的专项工作、发现的问题、改进建议", 8),
        PROVIDER,
    )
    facts = cited(*([one.id for one in group] for group in (orders, verdicts, usage, incidents, tickets)))
    sample = source.terms.sla.sample or source.terms.catalogue.sample
    return Body("provider", "甲方", f"{service}-{month.name}", sections, facts=facts, sample=sample)


def _in(month: ServiceMonth, when: date) -> bool:
    return month.first <= when <= month.last


def _verdicts(source: Source, found: Sequence[Known[VerdictReached]]) -> Table:
    columns = (
        Column("指标", 34),
        Column("目标", 14, "right"),
        Column("实测", 14, "right"),
        Column("结论", 14, "center"),
        Column("依据事实", 24),
    )
    return Table(
        columns,
        tuple(
            (
                source.objective(one.said.objective),
                f"{one.said.target}%",
                f"{one.said.measured}%",
                "达标" if one.said.met else "未达标",
                rests_on(source, [one.id]),
            )
            for one in found
        ),
    )


def _usage(found: Sequence[Known[UsageMetered]]) -> Table:
    columns = (Column("订单", 24), Column("计量项", 26), Column("数量", 16, "right"), Column("时段", 34, "center"))
    return Table(
        columns,
        tuple(
            (
                one.said.order,
                one.said.meter,
                str(one.said.quantity),
                f"{moment(one.said.start)} 至 {moment(one.said.end)}",
            )
            for one in found
        ),
    )


def _span(said: UsageMetered) -> str:
    return f"{moment(said.start)} 至 {moment(said.end)}"


def _incidents(source: Source, found: Sequence[Known[IncidentOpened]]) -> Table:
    closed = {one.said.incident: one for one in source.all(IncidentClosed)}
    columns = (
        Column("故障", 20),
        Column("级别", 10, "center"),
        Column("发生", 22, "center"),
        Column("恢复", 22, "center"),
        Column("现象", 26),
    )
    rows = []
    for one in found:
        end = closed.get(one.said.incident)
        over = "未恢复" if end is None else moment(end.time)
        rows.append((one.said.incident, str(one.said.severity), moment(one.time), over, one.said.about))
    return Table(columns, tuple(rows))


def _tickets(source: Source, found: Sequence[Known[TicketOpened]]) -> Table:
    solved = {one.said.ticket: one for one in source.all(TicketResolved)}
    columns = (
        Column("工单", 24),
        Column("级别", 10, "center"),
        Column("提交", 22, "center"),
        Column("解决", 22, "center"),
        Column("事由", 22),
    )
    rows = []
    for one in found:
        end = solved.get(one.said.ticket)
        over = "未解决" if end is None else moment(end.time)
        rows.append((one.said.ticket, str(one.said.severity), moment(one.time), over, one.said.about))
    return Table(columns, tuple(rows))


KINDS = (
    Kind("work-plan", Said("工作计划", "Work plan"), ("C37", "C01"), (), _plan),
    Kind(
        "service-report",
        Said("专项服务报告", "Special report of a service"),
        ("C37", "C18"),
        (
            Need("service", Said("服务代码", "code of the service"), clause="C37"),
            Need("month", Said("服务月，如 2024-05", "service month, such as 2024-05"), clause="C01"),
        ),
        _special,
    ),
)
