"""What waits for a role today: one list of things to decide or to do, the most urgent first."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from yunyue.acceptance.exclusions import exclusions, missed
from yunyue.acceptance.rectifications import rectifications
from yunyue.doors.web.console.recording.labels import choice
from yunyue.doors.web.console.templatetags.words import fact_title
from yunyue.doors.web.console.templatetags.words import said as said_in_words
from yunyue.journal.facts import (
    CompensationDecided,
    ExclusionApproved,
    IncidentClosed,
    IncidentOpened,
    OrderApproved,
    OrderCancelled,
    OrderPlaced,
    Payload,
    RectificationReported,
    RectificationReviewed,
    StaffConsented,
)
from yunyue.people.duties import DUTIES, may_decide, may_record
from yunyue.people.policy import Person
from yunyue.people.proposals import Proposal
from yunyue.people.staff import register
from yunyue.settlement.admission import Known


@dataclass(frozen=True, slots=True)
class Task:
    """Something that waits: what, about what, until when (`left` days, None: no day is set), and where to do it."""

    what: str
    about: str
    due: date | None
    left: int | None
    address: str


def tasks(known: Known, waiting: tuple[Proposal, ...], who: Person, today: date) -> list[Task]:
    """Everything that waits for this person under a contract."""
    contract = known.registered.id
    found = [
        *_decisions(waiting, who, contract),
        *_orders(known, who, contract),
        *_supervision(known, who, today, contract),
        *_staff(known, who, contract),
        *_incidents(known, who, contract),
    ]
    return sorted(found, key=lambda one: (one.left is None, one.left or 0))


def record_address(kind: type[Payload], contract: str, **values: object) -> str:
    """The form of a kind of fact, filled in as far as is known."""
    given = {"contract": contract, **{name: str(value) for name, value in values.items()}}
    return f"{reverse('console:record', args=[kind.type])}?{urlencode(given)}"


def _decisions(waiting: tuple[Proposal, ...], who: Person, contract: str) -> Iterator[Task]:
    for one in waiting:
        if one.decision is None and not who.said(one.maker) and may_decide(who.role, one.kind):
            about = _("proposed by %(who)s") % {"who": one.maker}
            address = f"{reverse('console:proposal', args=[one.id])}?contract={contract}"
            yield Task(_("Decide: %(what)s") % {"what": fact_title(one.kind.type)}, about, None, None, address)


def _orders(known: Known, who: Person, contract: str) -> Iterator[Task]:
    if who.role not in DUTIES[OrderApproved].makers:
        return
    ended = {one.order for one in known.all(OrderApproved)} | {one.order for one in known.all(OrderCancelled)}
    for fact in known.facts(OrderPlaced):
        placed = fact.data
        if isinstance(placed, OrderPlaced) and placed.order not in ended and not who.said(fact.actor):
            item = known.terms.item(placed.item)
            title = said_in_words(item.title) if item else placed.item
            address = f"{reverse('orders:order', args=[placed.order])}?contract={contract}"
            yield Task(_("Approve an order"), f"{title} · {placed.tenant}", None, None, address)


def _supervision(known: Known, who: Person, today: date, contract: str) -> Iterator[Task]:
    for one in rectifications(known, today):
        if one.state == "ordered" and may_record(who.role, RectificationReported):
            address = record_address(RectificationReported, contract, notice=one.notice)
            yield Task(_("Rework and report"), one.about, one.deadline, one.left, address)
        if one.state == "reported" and may_record(who.role, RectificationReviewed):
            address = record_address(RectificationReviewed, contract, notice=one.notice)
            yield Task(_("Review the rework"), one.about, one.deadline, one.left, address)
    for asked in exclusions(known):
        if asked.approved is None and not who.said(asked.asked.actor) and may_record(who.role, ExclusionApproved):
            address = record_address(ExclusionApproved, contract, exclusion=asked.said.exclusion)
            yield Task(
                _("Decide on an exclusion"),
                f"{_objective(known, asked.said.objective)} · {asked.said.reason}",
                None,
                None,
                address,
            )
    for month in missed(known):
        if month.decided is None and may_record(who.role, CompensationDecided):
            said = month.verdict
            address = record_address(CompensationDecided, contract, objective=said.objective, month=said.month)
            yield Task(
                _("Decide on compensation"), f"{_objective(known, said.objective)} · {said.month}", None, None, address
            )


def _objective(known: Known, objective: str) -> str:
    found = known.terms.objective(objective)
    return objective if found is None else said_in_words(found.title)


def _staff(known: Known, who: Person, contract: str) -> Iterator[Task]:
    if not may_record(who.role, StaffConsented):
        return
    for one in register(known, known.terms):
        if one.asked:
            address = record_address(StaffConsented, contract, person=one.person, change=one.asked)
            about = f"{one.person} → {choice(one.post)}" if one.asked == "assignment" else one.person
            yield Task(_("Consent to a staff change"), about, None, None, address)


def _incidents(known: Known, who: Person, contract: str) -> Iterator[Task]:
    if not may_record(who.role, IncidentClosed):
        return
    closed = {one.incident for one in known.all(IncidentClosed)}
    for one in known.all(IncidentOpened):
        if one.incident not in closed:
            address = record_address(IncidentClosed, contract, incident=one.incident)
            words = _("Severity %(number)s: %(about)s") % {"number": one.severity, "about": one.about}
            yield Task(_("End an incident"), words, None, None, address)
