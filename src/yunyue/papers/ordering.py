"""Papers of an order and of what went wrong with it: the order and activation sheet, the incident report (三, 六)."""

from datetime import timedelta
from math import ceil

from yunyue.answer import Refused
from yunyue.journal.facts import (
    IncidentClosed,
    IncidentLinked,
    IncidentNoted,
    IncidentOpened,
    OrderApproved,
    OrderCancelled,
    OrderPlaced,
    ServiceDelivered,
    ServiceRetired,
)
from yunyue.papers.body import Body, Given, Kind, Need
from yunyue.papers.paper import Cited, Column, Heading, Paragraph, Section, Signatures, Space, Table
from yunyue.papers.parts import BOTH, PROVIDER, contract_fields, rests_on
from yunyue.papers.source import Source
from yunyue.papers.words import NONE, SERVICES, clause, day, moment, sum_of
from yunyue.settlement.statement import Said

SEVERITIES = {1: "一级（中断）", 2: "二级（降级）", 3: "三级（单项功能）", 4: "四级（咨询）"}
STEPS = (OrderPlaced, OrderApproved, ServiceDelivered, OrderCancelled, ServiceRetired)


def _order(source: Source, given: Given) -> Body | Refused:
    """订购与开通单: what was ordered, and what became of it."""
    placed = source.find(OrderPlaced, order=given["order"])
    if placed is None:
        return Refused(f"there is no order {given['order']!r}", "order", "C37")
    said, item = placed.said, source.terms.item(placed.said.item)
    unit, price = ("", None) if item is None else (item.unit.zh, item.unit_price)
    steps = _steps(source, said.order)
    sections: tuple[Section, ...] = (
        Paragraph(f"依据{clause('C37')}，使用部门订购下列服务；经甲方批准后由乙方按期开通。"),
        contract_fields(
            source,
            ("订单编号", said.order),
            ("服务", SERVICES[said.service]),
            ("目录项", said.item if item is None else f"{item.title.zh}({item.code})"),
            ("数量", f"{said.quantity} {unit}".strip()),
            ("单价（元）", sum_of(price)),
            ("使用部门代号", said.tenant),
            ("约定交付日", said.deliver_by.isoformat()),
            ("参数摘要", said.parameters or ""),
        ),
        Heading("一、经过"),
        Table(
            (Column("事项", 26), Column("日期", 20, "center"), Column("记录人", 20), Column("依据事实", 34)),
            tuple(
                (one.title, day(one.day), source.recorded[one.id].fact.actor, rests_on(source, [one.id]))
                for one in steps
            ),
        ),
        Heading("二、开通确认"),
        Space("开通结果、访问方式的交付与使用部门确认", 4),
        Signatures(("甲方经办", "甲方批准（须为另一人）")),
        PROVIDER,
    )
    facts = tuple(one.id for one in steps)
    return Body("client", "乙方", said.order, sections, facts=facts, sample=source.terms.catalogue.sample)


def _steps(source: Source, order: str) -> list[Cited]:
    """What happened to an order, as the journal took it in."""
    said = {one: source.recorded[one].fact.data for one in source.standing()}
    return [source.cited(one) for one, data in said.items() if isinstance(data, STEPS) and data.order == order]


def _incident(source: Source, given: Given) -> Body | Refused:
    """故障报告."""
    opened = source.find(IncidentOpened, incident=given["incident"])
    if opened is None:
        return Refused(f"there is no incident {given['incident']!r}", "incident", "C18")
    closed = source.find(IncidentClosed, incident=given["incident"])
    lasted = NONE if closed is None else f"{ceil((closed.time - opened.time) / timedelta(minutes=1))} 分钟"
    said = opened.said
    sections = (
        Paragraph(f"依据{clause('C18')}，乙方就下列故障报告如下。是否计入服务等级以封存样本与经批准的剔除为准。"),
        contract_fields(
            source,
            ("故障编号", said.incident),
            ("涉及订单", said.order),
            ("级别", SEVERITIES[said.severity]),
            ("发生时间", f"{moment(opened.time)}（北京时间）"),
            ("恢复时间", "未恢复" if closed is None else f"{moment(closed.time)}（北京时间）"),
            ("历时", lasted),
        ),
        Heading("一、现象"),
        Paragraph(said.about),
        *_timeline(source, said.incident),
        Heading("二、影响"),
        Space("影响的用户、业务与范围", 3),
        Heading("三、原因"),
        Space("直接原因与根本原因", 4),
        Heading("四、处置与改进"),
        Space("处置经过、防止再发的措施及完成时间", 5),
        PROVIDER,
    )
    kinds: tuple[type[IncidentNoted | IncidentLinked], ...] = (IncidentNoted, IncidentLinked)
    more = [one.id for kind in kinds for one in source.all(kind) if one.said.incident == said.incident]
    facts = (opened.id, *more) if closed is None else (opened.id, *more, closed.id)
    return Body("provider", "甲方", said.incident, sections, facts=facts)


STAGES = {
    "detected": "发现",
    "located": "定位",
    "mitigated": "缓解",
    "restored": "恢复",
    "cause": "原因",
    "prevention": "防止再发",
}


def _timeline(source: Source, incident: str) -> tuple[Section, ...]:
    """What was noted of an incident, and the tickets that belong to it; nothing where nothing was noted."""
    noted = [one for one in source.all(IncidentNoted) if one.said.incident == incident]
    linked = [one.said.to for one in source.all(IncidentLinked) if one.said.incident == incident]
    if not noted and not linked:
        return ()
    columns = (Column("时间", 24, "center"), Column("阶段", 16, "center"), Column("经过", 60))
    rows = tuple((moment(one.time), STAGES[one.said.stage], one.said.about) for one in noted)
    return (Paragraph(f"关联工单与事实：{'、'.join(linked) or NONE}。"), Table(columns, rows))


def _minutes(source: Source, given: Given) -> Body:
    """会议纪要: an empty form with what the record says is to be talked about."""
    waiting = source.statement.questions
    sections: tuple[Section, ...] = (
        contract_fields(source, ("议题", given["topic"]), ("时间", ""), ("地点", ""), ("主持", ""), ("记录", "")),
        Heading("一、参加人员"),
        Table(
            (Column("单位", 30), Column("姓名", 30), Column("签字", 40)),
            (("甲方", "", ""), ("乙方", "", ""), ("", "", "")),
        ),
        Heading("二、结算单所列待商定事项"),
        Table(
            (Column("条款", 18), Column("阅读方式", 12, "center"), Column("事项", 70)),
            tuple((clause(one.clause), one.reading, one.text.zh) for one in waiting),
        ),
        Heading("三、议定事项"),
        Space("事项、责任方与完成时间（变更合同条款的，另订补充协议）", 8),
        BOTH,
    )
    return Body(None, "", "", sections, waiting)


KINDS = (
    Kind(
        "order-sheet",
        Said("订购与开通单", "Order and activation sheet"),
        ("C37", "C11"),
        (Need("order", Said("订单编号", "id of the order"), clause="C37"),),
        _order,
    ),
    Kind(
        "incident-report",
        Said("故障报告", "Incident report"),
        ("C18",),
        (Need("incident", Said("故障编号", "id of the incident"), clause="C18"),),
        _incident,
    ),
    Kind("minutes", Said("会议纪要", "Minutes"), (), (Need("topic", Said("议题", "what was talked about")),), _minutes),
)
