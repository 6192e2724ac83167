"""Acts on keys, and the second person's word on destroying one."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yunyue.answer import Refused
from yunyue.doors.web.accounts.gate import account_of, seen_by
from yunyue.doors.web.accounts.proving import proving
from yunyue.doors.web.console.asking import Asked, asked, unanswered
from yunyue.doors.web.crypto.acting import WAITING_DAYS, decide, do, understood
from yunyue.doors.web.crypto.roles import DESTROYERS, SAVERS
from yunyue.doors.web.crypto.views.keys import page
from yunyue.services.crypto.custody.acts import Wish


@seen_by(SAVERS)
@require_POST
def act_on_key(request: HttpRequest) -> HttpResponse:
    """Do something with a key, or ask that it be destroyed."""
    question = asked(request)
    if not isinstance(question, Asked):
        return unanswered(request, question)
    wish = _wish(request)
    done = wish if isinstance(wish, Refused) else do(account_of(request), question.contract, wish)
    if isinstance(done, Refused):
        return page(request, question, done, status=422)
    if done is None:
        messages.success(request, _("Done, and written into the use log."))
    else:
        messages.success(request, _("Asked for. Another person decides before the key is scheduled for destruction."))
    return redirect(f"{reverse('crypto:keys')}?contract={question.contract}")


@seen_by(DESTROYERS)
@require_POST
@proving
def decision(request: HttpRequest, number: int) -> HttpResponse:
    """Agree that a key be destroyed, or not; whoever asked for it cannot."""
    question = asked(request)
    if not isinstance(question, Asked):
        return unanswered(request, question)
    agree = request.POST.get("decision") == "approve"
    refused = decide(account_of(request), question.contract, number, agree=agree)
    if refused is not None:
        return page(request, question, refused, status=422)
    if agree:
        messages.success(request, _("The key is out of use, and destroyed when its waiting period ends."))
    else:
        messages.success(request, _("The key stays."))
    return redirect(f"{reverse('crypto:keys')}?contract={question.contract}")


def _wish(request: HttpRequest) -> Wish | Refused:
    name = understood(request.POST.get("act", ""))
    days = request.POST.get("days", str(WAITING_DAYS[0]))
    if isinstance(name, Refused):
        return name
    if not (days.isascii() and days.isdigit() and len(days) <= 3):
        return Refused(f"a deleted key waits {WAITING_DAYS[0]} to {WAITING_DAYS[1]} days, not {days[:20]}", "days")
    return Wish(request.POST.get("space", "")[:64], request.POST.get("key", "")[:128], name, int(days))
