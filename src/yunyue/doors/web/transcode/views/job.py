"""One job: how far it is, what it gave, how good that is; stopping it."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yunyue.answer import Refused
from yunyue.doors.web.accounts.gate import seen_by
from yunyue.doors.web.transcode.desk import Counter, counter
from yunyue.doors.web.transcode.roles import CANCELLERS, JOB_READERS
from yunyue.doors.web.transcode.showing import measured, played, row_of
from yunyue.services.transcode.desk import Desk
from yunyue.services.transcode.jobs.job import Job
from yunyue.services.transcode.objects.manifest import Manifest
from yunyue.services.transcode.plan.join import DIVISIBLE
from yunyue.services.transcode.quality.report import Quality


@seen_by(JOB_READERS)
@counter
def shown(request: HttpRequest, one: Counter, name: str) -> HttpResponse:
    """The page of a job. Raises Http404 for another department's."""
    desk, job = one.job(name)
    return _page(request, one, desk, job)


@seen_by(CANCELLERS)
@require_POST
@counter
def cancel(request: HttpRequest, one: Counter, name: str) -> HttpResponse:
    """Stop a job. Raises Http404 for another department's."""
    desk, job = one.job(name)
    refused = desk.cancel(job.id)
    if isinstance(refused, Refused):
        return _page(request, one, desk, job, refused, 422)
    messages.success(request, _("The job stops within two seconds and leaves nothing behind."))
    return redirect(f"{reverse('transcode:job', args=[job.id])}?contract={one.contract}")


@seen_by(JOB_READERS)
@counter
def quality(request: HttpRequest, one: Counter, name: str, stream: str, what: str) -> HttpResponse:
    """A chart's points. Raises Http404 where nothing was measured."""
    del request
    desk, job = one.job(name)
    manifest = desk.result(job.id)
    found = () if isinstance(manifest, Refused) else measured(desk, manifest)
    track = next((each for each in found if each.name == stream), None)
    series = _series(track, what) if track is not None else None
    if not series:
        raise Http404(what)
    return JsonResponse({"kind": "course", "series": [series]})


def _series(track: Quality, what: str) -> dict[str, Any] | None:
    match what:
        case "vmaf" if track.scores is not None:
            return {"name": "VMAF", "unit": _("second"), "points": list(enumerate(track.scores.over_time))}
        case "kilobits":
            return {"name": "kbit/s", "unit": _("second"), "points": list(enumerate(track.kilobits))}
        case "keys" if track.key_distances:
            name = _("Frames to the next keyframe")
            return {"name": name, "unit": _("keyframe"), "points": list(enumerate(track.key_distances, 1))}
        case _:
            return None


def _page(
    request: HttpRequest, one: Counter, desk: Desk, job: Job, refused: Refused | None = None, status: int = 200
) -> HttpResponse:
    row = row_of(job, desk.place.queue.now())
    result = desk.result(job.id) if job.state == "done" else None
    manifest = result if isinstance(result, Manifest) else None
    player = played(desk, one.contract, job.id, manifest) if manifest is not None and one.hands else None
    values = {
        "asked": one.question,
        "tab": "jobs",
        "row": row,
        "job": job,
        "course": desk.course(job),
        "encodes": job.request.template.output in DIVISIBLE,
        "cancels": one.account.plays(CANCELLERS) and not row.ended,
        "hands": one.hands,
        "manifest": manifest,
        "gone": result if isinstance(result, Refused) else None,
        "player": player if not isinstance(player, Refused) else None,
        "quality": measured(desk, manifest) if manifest is not None else (),
        "refused": refused,
    }
    return render(request, "transcode/job.html", values, status=status)
