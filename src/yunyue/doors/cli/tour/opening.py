"""The first weeks of the year: terms, signatures, annexes, staff, and the orders of all eight services."""

from datetime import date
from decimal import Decimal
from typing import Final

from yunyue.answer import Refused
from yunyue.contract.terms import Item, Terms
from yunyue.doors.cli.tour.stage import APPROVER, CLIENT, PROVIDER, SOURCE, Stage, TourStopped, accepted
from yunyue.doors.phrases import chinese
from yunyue.journal.facts import (
    AnnexAttached,
    ConfidentialitySigned,
    ContractSigned,
    CopiesExchanged,
    OrderApproved,
    OrderPlaced,
    Party,
    ServiceDelivered,
    StaffAssigned,
    StaffChecked,
    StaffConsented,
    StaffProposed,
    TrainingHeld,
)
from yunyue.kernel import Recorder
from yunyue.orders import place as orders
from yunyue.settlement.statement import Said

PERSON: Final = "staff-1"
TENANT: Final = "department-1"
ITEM: Final = "monitor-site"
DELIVER_BY: Final = date(2024, 4, 20)


def load(stage: Stage, terms: Terms) -> None:
    """The terms become a document whose digest is the first fact."""
    total = terms.price.total.grouped()
    stage.begin("2024-04-10", Said(f"载入合同，总金额 {total} 元", f"The terms are loaded: {total} yuan"))
    accepted(stage.kernel.register(terms, Recorder(CLIENT, SOURCE)))


def sign(stage: Stage, terms: Terms) -> None:
    """Both sides sign and seal; copies and annexes change hands."""
    stage.begin(
        "2024-04-11", Said("双方签字盖章，交换文本，归入六个附件（示例）", "Both sign; copies; six sample annexes")
    )
    day = stage.clock.now().date()
    sides: tuple[tuple[str, Party], ...] = ((CLIENT, "client"), (PROVIDER, "provider"))
    for actor, party in sides:
        stage.happened(actor, ContractSigned(party=party, signed=day, sealed=day))
    stage.happened(CLIENT, CopiesExchanged(client=terms.papers.copies_each, provider=terms.papers.copies_each))
    for annex in terms.annexes:
        paper = stage.paper(f"附件{annex.number} {annex.title.zh}")
        stage.happened(CLIENT, AnnexAttached(annex=annex.number, document=paper, sample=True))


def staff(stage: Stage, terms: Terms) -> None:
    """One service manager, whose conditions are shown and to whom the client consents; trainings."""
    stage.begin(
        "2024-04-12", Said("服务经理到岗：条件逐项核验、甲方同意、培训、保密承诺", "A manager is checked and agreed")
    )
    stage.happened(PROVIDER, StaffProposed(person=PERSON, post="manager", replaces=None))
    for condition in terms.staff_conditions:
        evidence = stage.paper(f"人员条件 {condition.number}")
        stage.happened(CLIENT, StaffChecked(person=PERSON, condition=condition.number, met=True, evidence=evidence))
    consent = stage.paper("同意函")
    stage.happened(APPROVER, StaffConsented(person=PERSON, change="assignment", document=consent))
    stage.happened(PROVIDER, ConfidentialitySigned(person=PERSON, document=stage.paper("保密承诺")))
    stage.happened(PROVIDER, StaffAssigned(person=PERSON, post="manager", replaces=None))
    for kind in ("business", "skills", "confidentiality"):
        said = TrainingHeld(kind=kind, persons=(PERSON,), document=stage.paper(f"培训记录 {kind}"))
        stage.happened(PROVIDER, said)


def order_monitoring(stage: Stage) -> None:
    """A department orders monitoring of a site that really runs; another person approves; it is provided."""
    stage.site.start()
    minutes = stage.interval_s // 60
    stage.begin(
        "2024-04-15",
        Said(
            f"订购监测：目标 {stage.site.url}（真实进程），每 {minutes} 分钟拨测一次，另一人批准",
            f"Monitoring is ordered for {stage.site.url}, a real process, every {minutes} minutes; another approves",
        ),
    )
    parameters = {"kind": "http", "target": stage.site.url, "interval_s": stage.interval_s}
    wish = orders.Wish("monitor", ITEM, Decimal(1), TENANT, DELIVER_BY, parameters)
    order = accepted(orders.place(stage.hosting, stage.contract, wish, Recorder(CLIENT, SOURCE)))
    own = orders.approve(stage.hosting, stage.contract, order, Recorder(CLIENT, SOURCE))
    if own is None:
        raise TourStopped("the person who ordered could approve the order")
    stage.progress.note(Said(f"下单人自批被拒绝：{chinese(own.reason)}", f"own approval refused: {own.reason}"))
    accepted(orders.approve(stage.hosting, stage.contract, order, Recorder(APPROVER, SOURCE)))
    stage.watch(order)


def deliver_others(stage: Stage, terms: Terms) -> None:
    """Services this platform does not provide yet are ordered and delivered outside it, and recorded by hand."""
    first: dict[str, Item] = {}
    for item in terms.catalogue.items:
        if isinstance(stage.hosting.service(item.service), Refused):
            first.setdefault(item.service, item)
    stage.begin(
        "2024-04-18",
        Said(
            f"本平台尚未提供的 {len(first)} 项服务：平台下单被拒；在平台外交付，按事实录入",
            f"{len(first)} services are not provided here yet: ordering is refused; delivered elsewhere, put down here",
        ),
    )
    for service, item in first.items():
        _outside(stage, service, item)


def _outside(stage: Stage, service: str, item: Item) -> None:
    order = f"outside-{service}"
    placed = OrderPlaced(
        order=order,
        service=item.service,
        item=item.code,
        quantity=Decimal(1),
        tenant=TENANT,
        deliver_by=DELIVER_BY,
        parameters=None,
    )
    stage.happened(CLIENT, placed)
    stage.happened(APPROVER, OrderApproved(order=order))
    stage.happened(PROVIDER, ServiceDelivered(order=order))
