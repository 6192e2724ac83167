"""The material an acceptance asks for, counted from what exists: document type × how many × how many are there.

One count for the console, the registers and the acceptance papers. Clauses: 六, 四(二), 五(三), 九(三), the annexes.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Protocol

from yunyue.contract.terms import Terms
from yunyue.journal.facts import (
    AnnexAttached,
    ConfidentialitySigned,
    MaterialLent,
    MaterialReturned,
    Milestone,
    OrderApproved,
    OrderCancelled,
    OrderPlaced,
    Payload,
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
from yunyue.settlement.rules.staff import TRAININGS
from yunyue.settlement.statement import Said

MILESTONES: Final[tuple[Milestone, ...]] = ("midterm", "final")


class Told(Protocol):
    """A fact that counts: its id, the Beijing day it happened, what it says."""

    @property
    def id(self) -> str: ...
    @property
    def day(self) -> date: ...
    @property
    def said(self) -> Any: ...


class Month(Protocol):
    """A service month ("2024-05") and its last day within the term."""

    @property
    def name(self) -> str: ...
    @property
    def last(self) -> date: ...


@dataclass(frozen=True, slots=True)
class Span:
    """The day asked about, and the months of the term; those that were over by then are asked for."""

    today: date
    months: Sequence[Month]

    @property
    def over(self) -> list[Month]:
        """On its last day a month is not over yet."""
        return [one for one in self.months if one.last < self.today]


class Ledger(Protocol):
    """The terms in force, and the facts of a kind that count, in the order they happened."""

    @property
    def terms(self) -> Terms: ...
    def all(self, kind: type[Payload], /) -> Sequence[Told]: ...


@dataclass(frozen=True, slots=True)
class Material:
    """A kind of document: how many are needed, how many are there, which are missing, the facts of those there."""

    title: Said
    clause: str
    needed: int
    missing: tuple[str, ...]
    facts: tuple[str, ...]

    @property
    def present(self) -> int:
        """How many of those needed are there."""
        return self.needed - len(self.missing)

    @property
    def state(self) -> str:
        """In a word."""
        if not self.needed:
            return "not_needed"
        return "missing" if self.missing else "there"


def materials(ledger: Ledger, milestone: Milestone, span: Span) -> tuple[Material, ...]:
    """What a milestone's acceptance asks for. Results and lent material belong to the final one (五(三)2, 6)."""
    return tuple(_final(ledger, span) if milestone == "final" else _both(ledger, span))


def _both(ledger: Ledger, span: Span) -> Iterator[Material]:
    yield _orders(ledger)
    yield _verdicts(ledger, span)
    yield _scores(ledger, span)
    yield _reworks(ledger)
    yield _staff(ledger)
    held = {one.said.kind: one.id for one in ledger.all(TrainingHeld)}
    yield _compared(Said("培训记录", "Training records"), "C24", TRAININGS, held)
    annexes = [str(one.number) for one in ledger.terms.annexes]
    attached = {str(one.said.annex): one.id for one in ledger.all(AnnexAttached)}
    yield _compared(Said("合同附件", "Annexes of the contract"), "C38", annexes, attached)


def _final(ledger: Ledger, span: Span) -> Iterator[Material]:
    yield from _both(ledger, span)
    lent = sorted({one.said.item for one in ledger.all(MaterialLent)})
    returned = {one.said.item: one.id for one in ledger.all(MaterialReturned)}
    yield _compared(Said("资料归还清单", "Returned material"), "C27", lent, returned)
    items = {one.said.item: one.id for one in ledger.all(ResultsHandedOver)}
    title = Said("成果移交清单", "Hand-over of results")
    yield _compared(title, "C26", sorted(items) or ["no_hand_over"], items)


def _compared(title: Said, clause: str, needed: Iterable[str], there: Mapping[str, str]) -> Material:
    """`there`: the fact that shows each."""
    wanted = list(needed)
    missing = tuple(one for one in wanted if one not in there)
    return Material(title, clause, len(wanted), missing, tuple(there[one] for one in wanted if one in there))


def _orders(ledger: Ledger) -> Material:
    """Every order that was approved or delivered, and not cancelled, is delivered."""
    delivered = {one.said.order: one.id for one in ledger.all(ServiceDelivered)}
    agreed = {one.said.order for one in ledger.all(OrderApproved)} | delivered.keys()
    cancelled = {one.said.order for one in ledger.all(OrderCancelled)}
    orders = sorted(({one.said.order for one in ledger.all(OrderPlaced)} & agreed) - cancelled)
    return _compared(Said("订单交付记录", "Deliveries of orders"), "C05", orders, delivered)


def _verdicts(ledger: Ledger, span: Span) -> Material:
    """A verdict for each month that is over, of each objective whose service was delivered by then.

    What score sheets measure (settlement/rules/scores.py) has no verdict of its own.
    """
    service = {one.said.order: one.said.service for one in ledger.all(OrderPlaced)}
    since: dict[str, date] = {}
    for one in ledger.all(ServiceDelivered):
        since.setdefault(service.get(one.said.order, ""), one.day)
    wanted = [
        f"{objective.id} {month.name}"
        for month in span.over
        for objective in ledger.terms.sla.objectives
        if not objective.indicator.startswith("score.")
        and objective.service in since
        and since[objective.service] <= month.last
    ]
    there = {f"{one.said.objective} {one.said.month}": one.id for one in ledger.all(VerdictReached)}
    return _compared(Said("各服务月 SLA 判定", "SLA verdicts of the months"), "C18", wanted, there)


def _scores(ledger: Ledger, span: Span) -> Material:
    """A sheet for each month that is over, from the month on in which the client set its first template."""
    first = next((one.day for one in ledger.all(ScoreTemplateSet)), None)
    months = [] if first is None else [one for one in span.over if first <= one.last]
    there = {one.said.month: one.id for one in ledger.all(ScoreGiven)}
    return _compared(Said("考核评分表", "Score sheets"), "C18", [one.name for one in months], there)


def _reworks(ledger: Ledger) -> Material:
    notices = list(dict.fromkeys(one.said.notice for one in ledger.all(RectificationOrdered)))
    passed = {one.said.notice: one.id for one in ledger.all(RectificationReviewed) if one.said.result == "passed"}
    return _compared(Said("整改复核合格记录", "Rework that passed its review"), "C13", notices, passed)


def _staff(ledger: Ledger) -> Material:
    """A signed undertaking of everybody who ever was at a post: it holds after they left too."""
    ever = (one.said.person for kind in (StaffAssigned, StaffLeft) for one in ledger.all(kind))
    signed = {one.said.person: one.id for one in ledger.all(ConfidentialitySigned)}
    return _compared(Said("保密承诺书", "Confidentiality undertakings"), "C25", sorted(set(ever)), signed)
