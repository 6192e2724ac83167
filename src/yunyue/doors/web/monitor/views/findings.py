"""What checks of content found, with its life; judging it is a fact like any other."""

from typing import Literal, cast, get_args

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
from yunyue.doors.web.accounts.models import Account
from yunyue.doors.web.accounts.roles import BUSINESS, SERVICE_READERS
from yunyue.doors.web.console.asking import Asked
from yunyue.doors.web.console.views.exports import excel
from yunyue.doors.web.monitor.templatetags.watched import check, life_words, moment
from yunyue.doors.web.monitor.views.common import answered, host_of, seen
from yunyue.doors.web.tables.paging import paged
from yunyue.journal.facts import FindingAccepted, FindingJudged, Payload
from yunyue.kernel import Happening, Recorder
from yunyue.people.duties import may_record
from yunyue.services.monitor.content.findings import STATES, Finding
from yunyue.services.monitor.content.findings import findings as every

CONSOLE = "/console"
LONGEST_REASON = 500
Judgement = Literal["confirmed", "false_positive", "fixed"]
JUDGED = get_args(Judgement)


@seen_by(SERVICE_READERS)
@answered
def findings(request: HttpRequest, question: Asked) -> HttpResponse:
    """Every finding of the targets one may see, the newest first, those to be judged before others."""
    found = _found(request, question)
    state = request.GET.get("state", "")
    wanted = [one for one in found if state in ("", one.state)]
    if request.GET.get("as") == "excel":
        return _excel(question, wanted)
    account = account_of(request)
    page = paged(request, wanted)
    values = {
        "asked": question,
        "page": page,
        "found": page.object_list,
        "state": state,
        "states": [(one, life_words(one), sum(f.state == one for f in found)) for one in STATES],
        "judges": may_record(account.role, FindingJudged),
        "accepts": may_record(account.role, FindingAccepted),
        "names": {one.order: one.name for one in seen(request, question)},
    }
    return render(request, "monitor/findings.html", values)


@seen_by(BUSINESS)
@require_POST
@answered
def judge(request: HttpRequest, question: Asked, finding: str) -> HttpResponse:
    """Judge a finding, with a reason. Raises Http404 for one that is not there."""
    if not any(one.id == finding for one in _found(request, question)):
        raise Http404(finding)
    account = account_of(request)
    said = _said(request, finding, account)
    done = said if isinstance(said, Refused) else _record(question, said, account)
    if isinstance(done, Refused):
        messages.error(request, str(done.reason))
    else:
        messages.success(request, _("Recorded."))
    return redirect(f"{reverse('monitor:findings')}?contract={question.contract}")


def _said(request: HttpRequest, finding: str, account: Account) -> Payload | Refused:
    state, reason = request.POST.get("state", ""), request.POST.get("reason", "").strip()
    if not 0 < len(reason) <= LONGEST_REASON:
        return Refused(_("a reason of 1 to 500 characters is needed"), "reason")
    if state == "accepted" and may_record(account.role, FindingAccepted):
        return FindingAccepted(finding=finding, reason=reason)
    if state in JUDGED and may_record(account.role, FindingJudged):
        return FindingJudged(finding=finding, state=cast(Judgement, state), reason=reason)
    return Refused(_("this judgement is not yours to make"), "state")


def _record(question: Asked, said: Payload, account: Account) -> Refused | None:
    happening = Happening(said, office().clock.now())
    done = office().kernel.record(question.contract, [happening], Recorder(account.pseudonym, CONSOLE))
    return done if isinstance(done, Refused) else None


def _found(request: HttpRequest, question: Asked) -> list[Finding]:
    mine = {one.order for one in seen(request, question)}
    found = [one for one in every(host_of(question)) if one.order in mine]
    return sorted(found, key=lambda one: (not one.open, -one.last))


def _excel(question: Asked, found: list[Finding]) -> HttpResponse:
    heads = [_("Finding"), _("Target"), _("Check"), _("About"), _("First seen"), _("Last seen"), _("Times")]
    heads += [_("State"), _("By"), pgettext("watch", "Reason")]
    rows = [
        [
            one.id,
            one.order,
            check(one.check),
            one.about,
            moment(one.first),
            moment(one.last),
            str(one.times),
            life_words(one.state),
            one.who,
            one.why,
        ]
        for one in found
    ]
    return excel(f"findings-{question.contract}", heads, rows)
