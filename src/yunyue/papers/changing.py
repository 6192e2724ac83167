"""Papers of an order that does not stay as it was: the change sheet, the cancellation sheet (三, 八(一))."""

from datetime import date
from decimal import Decimal

from yunyue.answer import Refused
from yunyue.journal.facts import (
    OrderCancelled,
    OrderChangeApproved,
    OrderChangeAsked,
    OrderPlaced,
    ServiceRetired,
)
from yunyue.papers.body import Body, Given, Kind, Need, cited
from yunyue.papers.paper import Column, Heading, Paragraph, Section, Signatures, Space, Table
from yunyue.papers.parts import BOTH, contract_fields
from yunyue.papers.source import Source
from yunyue.papers.words import NONE, SERVICES, clause, day
from yunyue.settlement.case import Known
from yunyue.settlement.statement import Said

TWO = Signatures(("甲方经办", "甲方批准（须为另一人）"))


def _placed(source: Source, given: Given) -> Known[OrderPlaced] | Refused:
    placed = source.find(OrderPlaced, order=given["order"])
    return placed or Refused(f"there is no order {given['order']!r}", "order", "C37")


def _fields(source: Source, placed: Known[OrderPlaced], *more: tuple[str, str]) -> Section:
    said, item = placed.said, source.terms.item(placed.said.item)
    return contract_fields(
        source,
        ("订单编号", said.order),
        ("服务", SERVICES[said.service]),
        ("目录项", said.item if item is None else f"{item.title.zh}（{item.code}）"),
        ("使用部门代号", said.tenant),
        *more,
    )


def _change(source: Source, given: Given) -> Body | Refused:
    """服务变更单: every change of an order, from what to what, and who agreed."""
    placed = _placed(source, given)
    if isinstance(placed, Refused):
        return placed
    asked = [one for one in source.all(OrderChangeAsked) if one.said.order == placed.said.order]
    if not asked:
        return Refused(f"nobody asked for a change of order {placed.said.order}", "order", "C37")
    approved = {one.said.change: one for one in source.all(OrderChangeApproved)}
    rows, quantity, by = [], placed.said.quantity, placed.said.deliver_by
    for one in asked:
        agreed = approved.get(one.said.change)
        kept = "不变" if one.said.parameters is None else one.said.parameters[7:15]
        days = f"{by} → {one.said.deliver_by}"
        rows.append((day(one.day), f"{quantity} → {one.said.quantity}", days, kept, one.said.reason, _agreed(agreed)))
        if agreed is not None:
            quantity, by = one.said.quantity, one.said.deliver_by
    quantity, by = as_agreed(source, placed)
    columns = (
        Column("申请日", 14, "center"),
        Column("数量", 16, "center"),
        Column("约定交付日", 26, "center"),
        Column("参数（摘要）", 14, "center"),
        Column("事由", 18),
        Column("批准", 14, "center"),
    )
    sections = (
        Paragraph(
            f"依据{clause('C02')}与{clause('C01')}，订单变更不得超出合同余量与服务期限；经甲方另一人批准后生效。"
        ),
        _fields(source, placed, ("现数量", f"{quantity}"), ("现约定交付日", f"{by}")),
        Heading("一、变更"),
        Table(columns, tuple(rows)),
        Heading("二、确认"),
        Space("变更的实施与使用部门确认", 4),
        TWO,
        BOTH,
    )
    said = {one.said.change for one in asked}
    facts = cited([placed.id], [one.id for one in asked], [approved[one].id for one in said & approved.keys()])
    return Body("client", "乙方", placed.said.order, sections, facts=facts, sample=source.terms.catalogue.sample)


def as_agreed(source: Source, placed: Known[OrderPlaced]) -> tuple[Decimal, date]:
    """Quantity and day of delivery with every approved change, in the order of approval."""
    asked = {one.said.change: one.said for one in source.all(OrderChangeAsked) if one.said.order == placed.said.order}
    last = next((one for one in reversed(source.all(OrderChangeApproved)) if one.said.change in asked), None)
    stated = placed.said if last is None else asked[last.said.change]
    return stated.quantity, stated.deliver_by


def _agreed(agreed: Known[OrderChangeApproved] | None) -> str:
    return "待批准" if agreed is None else f"{agreed.day}"


def _cancellation(source: Source, given: Given) -> Body | Refused:
    """服务退订单."""
    placed = _placed(source, given)
    if isinstance(placed, Refused):
        return placed
    order = placed.said.order
    cancelled, retired = source.find(OrderCancelled, order=order), source.find(ServiceRetired, order=order)
    reason = "" if cancelled is None else cancelled.said.reason
    sections = (
        Paragraph("使用部门退订下列服务；已开通的，乙方回收资源并返还数据。退订后余量退回合同目录。"),
        _fields(
            source,
            placed,
            ("退订日", NONE if cancelled is None else day(cancelled.day)),
            ("资源回收日", NONE if retired is None else day(retired.day)),
            ("事由", reason),
        ),
        Heading("一、回收与返还"),
        Space("资源回收、数据返还或销毁情况", 5),
        TWO,
        BOTH,
    )
    facts = tuple(one.id for one in (placed, cancelled, retired) if one is not None)
    return Body("client", "乙方", order, sections, facts=facts, sample=source.terms.catalogue.sample)


_NEED = (Need("order", Said("订单编号", "id of the order"), clause="C37"),)

KINDS = (
    Kind("change-sheet", Said("服务变更单", "Change sheet"), ("C37", "C02", "C01"), _NEED, _change),
    Kind("cancellation-sheet", Said("服务退订单", "Cancellation sheet"), ("C37",), _NEED, _cancellation),
)
