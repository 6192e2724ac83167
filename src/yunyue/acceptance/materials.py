"""The material an acceptance asks for, counted from what exists: document type × how many × how many are there."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from yunyue.journal.facts import (
    AnnexAttached,
    ConfidentialitySigned,
    MaterialLent,
    MaterialReturned,
    Milestone,
    OrderApproved,
    OrderCancelled,
    OrderPlaced,
    RectificationOrdered,
    RectificationReviewed,
    ResultsHandedOver,
    ScoreGiven,
    ScoreTemplateSet,
    ServiceDelivered,
    StaffAssigned,
    StaffLeft,
    TrainingHeld,
    VerdictReached,
)
from yunyue.settlement.admission import Known
from yunyue.settlement.rules.staff import TRAININGS
from yunyue.settlement.statement import Said
from yunyue.sla.months import service_months

MILESTONES: Final[tuple[Milestone, ...]] = ("midterm", "final")


@dataclass(frozen=True, slots=True)
class Material:
    """A kind of document: how many are needed, how many are there, which are missing."""

    title: Said
    clause: str
    needed: int
    present: int
    missing: tuple[str, ...]

    @property
    def state(self) -> str:
        """In a word."""
        if not self.needed:
            return "not_needed"
        return "missing" if self.missing else "there"


def materials(known: Known, milestone: Milestone, today: date) -> tuple[Material, ...]:
    """What a milestone's acceptance asks for. Results and lent material belong to the final one (五(三)2, 6)."""
    return tuple(_final(known, today) if milestone == "final" else _both(known, today))


def _both(known: Known, today: date) -> Iterator[Material]:
    yield _orders(known)
    yield _verdicts(known, today)
    yield _scores(known, today)
    yield _reworks(known)
    yield _staff(known)
    held: set[str] = {one.kind for one in known.all(TrainingHeld)}
    yield _compared("培训记录", "Training records", "C24", TRAININGS, held)
    annexes = [str(one.number) for one in known.terms.annexes]
    attached = {str(one.annex) for one in known.all(AnnexAttached)}
    yield _compared("合同附件", "Annexes of the contract", "C38", annexes, attached)


def _final(known: Known, today: date) -> Iterator[Material]:
    yield from _both(known, today)
    lent = {one.item for one in known.all(MaterialLent)}
    returned = {one.item for one in known.all(MaterialReturned)}
    yield _compared("资料归还清单", "Returned material", "C27", sorted(lent), returned)
    items = {one.item for one in known.all(ResultsHandedOver)}
    title = Said("成果移交清单", "Hand-over of results")
    missing = () if items else ("no_hand_over",)
    yield Material(title, "C26", max(len(items), 1), len(items), missing)


def _compared(zh: str, en: str, clause: str, needed: Iterable[str], there: set[str]) -> Material:
    wanted = list(needed)
    missing = tuple(one for one in wanted if one not in there)
    return Material(Said(zh, en), clause, len(wanted), len(wanted) - len(missing), missing)


def _orders(known: Known) -> Material:
    """Every order that was approved or delivered, and not cancelled, is delivered."""
    delivered = {one.order for one in known.all(ServiceDelivered)}
    agreed = {one.order for one in known.all(OrderApproved)} | delivered
    cancelled = {one.order for one in known.all(OrderCancelled)}
    orders = sorted(({one.order for one in known.all(OrderPlaced)} & agreed) - cancelled)
    return _compared("订单交付记录", "Deliveries of orders", "C05", orders, delivered)


def _verdicts(known: Known, today: date) -> Material:
    """A verdict for each month that is over, of each objective whose service was delivered by then."""
    service = {one.order: one.service for one in known.all(OrderPlaced)}
    since: dict[str, date] = {}
    for fact in known.facts(ServiceDelivered):
        since.setdefault(service.get(str(getattr(fact.data, "order", "")), ""), fact.day)
    wanted = [
        f"{objective.id} {month.name}"
        for month in service_months(known.terms.term)
        for objective in known.terms.sla.objectives
        if month.last < today and objective.service in since and since[objective.service] <= month.last
    ]
    there = {f"{one.objective} {one.month}" for one in known.all(VerdictReached)}
    return _compared("各服务月 SLA 判定", "SLA verdicts of the months", "C18", wanted, there)


def _scores(known: Known, today: date) -> Material:
    """A sheet for each month that is over, from the month on in which the client set its first template."""
    first = next((fact.day for fact in known.facts(ScoreTemplateSet)), None)
    months = [] if first is None else [one for one in service_months(known.terms.term) if first <= one.last < today]
    there = {one.month for one in known.all(ScoreGiven)}
    return _compared("考核评分表", "Score sheets", "C18", [one.name for one in months], there)


def _reworks(known: Known) -> Material:
    notices = [one.notice for one in known.all(RectificationOrdered)]
    passed = {one.notice for one in known.all(RectificationReviewed) if one.result == "passed"}
    return _compared("整改复核合格记录", "Rework that passed its review", "C13", notices, passed)


def _staff(known: Known) -> Material:
    """A signed undertaking of everybody who ever was at a post: it holds after they left too."""
    people = sorted({one.person for one in known.all(StaffAssigned)} | {one.person for one in known.all(StaffLeft)})
    signed = {one.person for one in known.all(ConfidentialitySigned)}
    return _compared("保密承诺书", "Confidentiality undertakings", "C25", people, signed)
