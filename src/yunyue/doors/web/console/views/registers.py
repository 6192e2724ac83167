"""The registers both sides work with: payments, acceptance, rework, staff, exclusions and compensation."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from yunyue.acceptance.exclusions import exclusions, missed
from yunyue.acceptance.materials import MILESTONES, materials
from yunyue.acceptance.panels import panel
from yunyue.acceptance.rectifications import rectifications
from yunyue.answer import Refused
from yunyue.doors.office import office
from yunyue.doors.web.accounts.gate import account_of, seen_by
from yunyue.doors.web.accounts.models import Account
from yunyue.doors.web.accounts.roles import CONTRACT_READERS, STAFF_READERS
from yunyue.doors.web.console.asking import Asked, asked, unanswered
from yunyue.doors.web.console.recording.labels import choice
from yunyue.doors.web.console.standing import standing
from yunyue.doors.web.console.templatetags.words import STATES, day, said
from yunyue.doors.web.console.views.exports import excel
from yunyue.doors.web.tables.paging import paged
from yunyue.journal import facts
from yunyue.journal.facts import AcceptanceHeld, PaymentMade
from yunyue.money import Money, total
from yunyue.people.duties import may_record
from yunyue.people.proposals import content, proposed
from yunyue.people.staff import register
from yunyue.settlement.admission import Known
from yunyue.settlement.statement import Statement


@dataclass(frozen=True, slots=True)
class Desk:
    """What a register is made from: the question, what is known, the statement of the day, and who looks."""

    question: Asked
    known: Known
    statement: Statement
    account: Account

    def may(self, *kinds: type[facts.Payload]) -> dict[str, bool]:
        """Which of these the account may record, by the kind's type with underscores, as templates ask."""
        return {kind.type.replace(".", "_"): may_record(self.account.role, kind) for kind in kinds}


def _register(page: Callable[[HttpRequest, Desk], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """A page over the statement of the asked contract and day."""

    def view(request: HttpRequest) -> HttpResponse:
        question = asked(request)
        if not isinstance(question, Asked):
            return unanswered(request, question)
        known, statement = office().kernel.known(question.contract), question.statement()
        if isinstance(known, Refused):
            return unanswered(request, known)
        if isinstance(statement, Refused):
            return unanswered(request, statement)
        return page(request, Desk(question, known, statement, account_of(request)))

    view.__doc__ = page.__doc__
    return view


def _excel(request: HttpRequest) -> bool:
    return request.GET.get("as") == "excel"


def _payments(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Each instalment with its conditions, what was paid of it, and what is proposed."""
    parts = standing(desk.question.terms, desk.statement).parts
    if _excel(request):
        heads = [_("Instalment"), _("Amount"), _("Due"), _("payable since"), _("paid on"), _("State")]
        cells = [
            [
                str(one.line.id),
                str(one.line.amount),
                day(one.obligation.due),
                day(one.obligation.payable),
                day(one.obligation.done),
                str(STATES[one.obligation.state][0]),
            ]
            for one in parts
        ]
        return excel(f"payments-{desk.question.contract}", heads, cells)
    kernel = office().kernel
    waiting = [
        (one, found)
        for one in proposed(kernel, desk.question.contract)
        if one.kind is PaymentMade and one.decision is None and isinstance(found := content(kernel, one), PaymentMade)
    ]
    rows = []
    for instalment, part in zip(desk.question.terms.instalments, parts, strict=False):
        paid = [
            (one, one.data)
            for one in desk.known.facts(PaymentMade)
            if isinstance(one.data, PaymentMade) and one.data.instalment == instalment.number
        ]
        rest = instalment.amount - total(said.amount for _fact, said in paid)
        rows.append(
            {
                "number": instalment.number,
                "part": part,
                "paid": [fact for fact, _said in paid],
                "rest": rest if rest > Money.ZERO else None,
                "waiting": [one for one, said in waiting if said.instalment == instalment.number],
            }
        )
    may = desk.may(facts.PaymentMade, facts.FundsArrived, facts.InvoiceReceived, facts.ProgressConfirmed)
    return render(request, "console/payments.html", {"asked": desk.question, "rows": rows, "may": may})


def _acceptance(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Both acceptances: the material that must be there and what is missing of it, how it went, what is proposed."""
    found = [(key, materials(desk.known, key, desk.question.as_of)) for key in MILESTONES]
    if _excel(request):
        heads = [_("Milestone"), _("Material"), _("Clause"), _("Needed"), _("Present"), _("Missing")]
        cells = [
            [choice(key), said(one.title), one.clause, str(one.needed), str(one.present), " ".join(one.missing)]
            for key, group in found
            for one in group
        ]
        return excel(f"acceptance-{desk.question.contract}", heads, cells)
    held = desk.known.facts(AcceptanceHeld)
    waiting = proposed(office().kernel, desk.question.contract)
    rows = [
        {
            "key": key,
            "title": choice(key),
            "materials": group,
            "complete": all(not one.missing for one in group),
            "held": [one for one in held if getattr(one.data, "milestone", "") == key],
            "panel": panel(desk.known, key),
            "passed": any(
                (getattr(o.data, "milestone", ""), getattr(o.data, "result", "")) == (key, "passed") for o in held
            ),
        }
        for key, group in found
    ]
    values = {
        "asked": desk.question,
        "rows": rows,
        "waiting": [one for one in waiting if one.kind is AcceptanceHeld and one.decision is None],
        "may": desk.may(AcceptanceHeld, facts.AcceptanceConvened, facts.AcceptanceOpined),
    }
    return render(request, "console/acceptance.html", values)


def _rectifications(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Every order to rework, with its clock."""
    found = rectifications(desk.known, desk.question.as_of)
    if _excel(request):
        heads = [_("Notice"), _("About"), _("Ordered"), _("Deadline"), _("State")]
        cells = [[o.notice, o.about, day(o.ordered), day(o.deadline), str(STATES[o.state][0])] for o in found]
        return excel(f"rework-{desk.question.contract}", heads, cells)
    may = desk.may(facts.RectificationOrdered, facts.RectificationReported, facts.RectificationReviewed)
    values = {"asked": desk.question, "page": paged(request, found), "may": may}
    return render(request, "console/rectifications.html", values)


def _staff(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The register of staff with the six conditions."""
    found = register(desk.known, desk.question.terms)
    if _excel(request):
        numbers = [str(one.number) for one in desk.question.terms.staff_conditions]
        heads = [pgettext("staff", "Person"), _("Post"), _("State"), *numbers]
        cells = [
            [
                one.person,
                choice(one.post),
                str(STATES[one.stage][0]),
                *(str(STATES[c.state][0]) for c in one.conditions),
            ]
            for one in found
        ]
        return excel(f"staff-{desk.question.contract}", heads, cells)
    values = {
        "asked": desk.question,
        "page": paged(request, [(one, choice(one.post)) for one in found]),
        "conditions": desk.question.terms.staff_conditions,
        "checks": [one for one in desk.statement.checks if one.clause in ("C20", "C21", "C22", "C24", "C25")],
        "may": desk.may(
            facts.StaffProposed,
            facts.StaffAssigned,
            facts.StaffConsented,
            facts.StaffChecked,
            facts.StaffRejected,
            facts.LeavingReported,
            facts.StaffLeft,
            facts.TrainingHeld,
            facts.StaffWaived,
            facts.ConfidentialitySigned,
        ),
    }
    return render(request, "console/staff.html", values)


def _exclusions(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Stretches that are not to count, and missed months to decide on."""
    asked_for, months = exclusions(desk.known), missed(desk.known)
    if _excel(request):
        heads = [_("Objective"), _("Start"), _("End"), _("Ground"), _("Reason"), _("State")]
        cells = [
            [
                o.said.objective,
                day(o.said.start),
                day(o.said.end),
                choice(o.said.ground),
                o.said.reason,
                str(STATES[o.state][0]),
            ]
            for o in asked_for
        ]
        return excel(f"exclusions-{desk.question.contract}", heads, cells)
    terms = desk.question.terms
    proposed = {line.id: line for line in desk.statement.lines if line.clause == "C18"}
    values: dict[str, Any] = {
        "asked": desk.question,
        "found": [(one, terms.objective(one.said.objective), choice(one.said.ground)) for one in asked_for],
        "months": [
            (
                one,
                terms.objective(one.verdict.objective),
                choice(getattr(one.decided and one.decided.data, "decision", "")),
            )
            for one in months
        ],
        "lines": list(proposed.values()),
        "may": desk.may(facts.ExclusionRequested, facts.ExclusionApproved, facts.CompensationDecided),
        "me": desk.account.pseudonym,
    }
    return render(request, "console/exclusions.html", values)


payments = seen_by(CONTRACT_READERS)(_register(_payments))
acceptance = seen_by(CONTRACT_READERS)(_register(_acceptance))
rectification = seen_by(CONTRACT_READERS)(_register(_rectifications))
staff = seen_by(STAFF_READERS)(_register(_staff))
exclusion = seen_by(CONTRACT_READERS)(_register(_exclusions))
