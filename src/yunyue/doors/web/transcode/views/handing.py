"""Handing a film in: upload, template, and what shall be different from the template this once."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from yunyue.answer import Refused
from yunyue.doors.web.accounts.gate import seen_by
from yunyue.doors.web.transcode.asking import FIELDS, LONGEST, job_of
from yunyue.doors.web.transcode.desk import Counter, counter
from yunyue.doors.web.transcode.roles import HANDERS
from yunyue.services.transcode.desk import instance_of


@seen_by(HANDERS)
@counter
def new(request: HttpRequest, one: Counter) -> HttpResponse:
    """The form; POST queues the job."""
    if request.method != "POST":
        given = {"upload": request.GET.get("upload", ""), "template": request.GET.get("template", "hls-ladder")}
        return _page(request, one, given, None)
    given = {name: request.POST.get(name, "")[:LONGEST] for name in FIELDS}
    asked = job_of(given)
    job = asked if isinstance(asked, Refused) else one.own.submit(asked)
    if isinstance(job, Refused):
        return _page(request, one, given, job, 422)
    return redirect(f"{reverse('transcode:job', args=[job.id])}?contract={one.contract}")


def _page(
    request: HttpRequest, one: Counter, given: dict[str, str], refused: Refused | None, status: int = 200
) -> HttpResponse:
    desk = one.own
    order = instance_of(desk.host, desk.tenant)
    values = {
        "asked": one.question,
        "tab": "new",
        "given": given,
        "uploads": [upload for upload in desk.uploads.all() if upload.source is not None],
        "templates": desk.shelf.all(),
        "most": desk.place.limits.size,
        "unordered": order if isinstance(order, Refused) else None,
        "refused": refused,
    }
    return render(request, "transcode/new.html", values, status=status)
