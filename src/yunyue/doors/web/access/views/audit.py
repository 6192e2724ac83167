"""The audit administrator's first screen: the state of the chain, what was odd, where something is missing."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from yunyue.answer import Refused
from yunyue.doors.accesses import accesses, damage
from yunyue.doors.office import office
from yunyue.doors.web.access.oddities import odd_acts, refused_lately, retention
from yunyue.doors.web.accounts.gate import seen_by
from yunyue.doors.web.accounts.roles import AUDITORS
from yunyue.journal.checkpoint import Checkpoint
from yunyue.kernel.kernel import INSTALLATION
from yunyue.store.access import Wanted

NEWEST = 12


@seen_by(AUDITORS)
def audit(request: HttpRequest) -> HttpResponse:
    """What was published, what the other two administrators did, who was turned away, what is kept how long."""
    return render(request, "access/audit.html", _state())


@seen_by(AUDITORS)
@require_POST
def checking(request: HttpRequest) -> HttpResponse:
    """Read every sealed access record again, and compare it with the journal."""
    return render(request, "access/audit.html", {**_state(), "checked": True, "faults": damage(office())})


def _state() -> dict[str, object]:
    kernel = office().kernel
    latest = kernel.publication.latest()
    acts = [one for one in kernel.facts(INSTALLATION) if one.fact.type.startswith("account.")]
    sealed = [one for one in kernel.facts(INSTALLATION) if getattr(one.fact.data, "series", "") == "access"]
    return {
        "head": kernel.journal.head(),
        "latest": latest if isinstance(latest, Checkpoint) else None,
        "broken": latest if isinstance(latest, Refused) else None,
        "acts": acts[: -NEWEST - 1 : -1],
        "odd": odd_acts()[:NEWEST],
        "turned_away": refused_lately(),
        "retention": retention(),
        "records": accesses(office()).search(Wanted(), 1).total,
        "sealed": sealed[-1] if sealed else None,
        "segments": len(sealed),
    }
