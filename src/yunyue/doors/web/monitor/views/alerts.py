"""Alerts: which fire, who was told, who took them on; the rules, silences and rotas behind them, without secrets."""

from pathlib import Path

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST

from yunyue.answer import Refused
from yunyue.doors.office import office
from yunyue.doors.web.accounts.gate import account_of, seen_by
from yunyue.doors.web.accounts.roles import BUSINESS, SERVICE_READERS
from yunyue.doors.web.console.asking import Asked
from yunyue.doors.web.console.views.exports import excel
from yunyue.doors.web.monitor.templatetags.watched import moment
from yunyue.doors.web.monitor.views.common import answered, host_of, seen, tenant_of
from yunyue.doors.web.tables.paging import paged
from yunyue.services.monitor.alerts import config
from yunyue.services.monitor.alerts.config import Config
from yunyue.services.monitor.alerts.register import Alert
from yunyue.services.monitor.alerts.register import acknowledge as taken_on
from yunyue.services.monitor.alerts.register import alerts as every
from yunyue.sla.span import milliseconds
from yunyue.workdays import STATE_COUNCIL

LONGEST_REASON = 500


@seen_by(SERVICE_READERS)
@answered
def alerts(request: HttpRequest, question: Asked) -> HttpResponse:
    """The newest alerts, those that fire first, and what decides about them."""
    found = _found(request, question)
    if request.GET.get("as") == "excel":
        return _excel(question, found)
    account = account_of(request)
    rules = config.load(_folder(question)) if not tenant_of(account) else Config()
    now = office().clock.now()
    rules = Config() if isinstance(rules, Refused) else rules
    page = paged(request, found)
    values = {
        "asked": question,
        "page": page,
        "found": page.object_list,
        "acts": account.plays(BUSINESS),
        "rules": rules.rules,
        "silences": [(one, one.start <= milliseconds(now) < one.end) for one in rules.silences],
        "rotas": [(one, one.on_duty(now.date(), STATE_COUNCIL)) for one in rules.rotas],
        "names": {one.order: one.name for one in seen(request, question)},
        "whole": not tenant_of(account),
    }
    return render(request, "monitor/alerts.html", values)


@seen_by(BUSINESS)
@require_POST
@answered
def acknowledge(request: HttpRequest, question: Asked, number: int) -> HttpResponse:
    """Take an alert on. Raises Http404 for one that is not there."""
    if not any(one.number == number for one in _found(request, question)):
        raise Http404(str(number))
    why = request.POST.get("why", "").strip()[:LONGEST_REASON]
    said = (account_of(request).pseudonym, why)
    done = taken_on(_folder(question), number, said, milliseconds(office().clock.now()))
    if isinstance(done, Refused):
        messages.error(request, str(done.reason))
    else:
        messages.success(request, _("Taken on: it is not escalated any further."))
    return redirect(f"{reverse('monitor:alerts')}?contract={question.contract}")


def _found(request: HttpRequest, question: Asked) -> list[Alert]:
    folder = _folder(question)
    if not (folder / "alerts.sqlite").exists():
        return []
    mine = {one.order for one in seen(request, question)}
    whole = not tenant_of(account_of(request))
    return sorted((one for one in every(folder) if whole or one.instance in mine), key=lambda one: not one.firing)


def _folder(question: Asked) -> Path:
    return Path(host_of(question).folder)


def _excel(question: Asked, found: list[Alert]) -> HttpResponse:
    heads = [_("No."), _("Rule"), _("Target"), _("Severity"), _("About"), _("Fired"), _("Over"), _("Told")]
    heads += [_("Escalated"), _("Taken on"), _("By"), pgettext("watch", "Reason")]
    rows = [
        [
            str(one.number),
            one.rule,
            one.instance,
            str(one.severity),
            one.about,
            moment(one.fired),
            moment(one.over),
            " ".join(one.channels),
            str(one.escalated),
            moment(one.taken),
            one.who,
            one.why,
        ]
        for one in found
    ]
    return excel(f"alerts-{question.contract}", heads, rows)
