"""A project's images: tags and digests, bills of materials, signatures, and the rules they are kept by."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yunyue.answer import Refused
from yunyue.doors.office import office
from yunyue.doors.web.accounts.gate import seen_by
from yunyue.doors.web.console.asking import Asked
from yunyue.doors.web.containers.counter import Counter
from yunyue.doors.web.containers.roles import PROJECT_READERS, WORKERS
from yunyue.doors.web.containers.showing import registry_address
from yunyue.doors.web.containers.views.common import back, shown, standing
from yunyue.services.containers.project.image_rules import ImageRules

LONGEST = 400


@seen_by(PROJECT_READERS)
@standing("diff")
def images(request: HttpRequest, question: Asked, place: Counter) -> HttpResponse:
    """What was pushed, and what is asked of it."""
    return _page(request, question, place)


def _page(request: HttpRequest, question: Asked, place: Counter, refused: Refused | None = None) -> HttpResponse:
    found = place.keeping.images()
    unread = found if isinstance(found, Refused) else None
    values = {
        "images": () if unread else found,
        "rules": place.keeping.rules(),
        "registry": registry_address(office().settings.home),
    }
    return shown(request, "containers/images.html", question, place, refused=refused or unread, **values)


@seen_by(PROJECT_READERS)
@standing("diff")
def bill(request: HttpRequest, question: Asked, place: Counter) -> HttpResponse:
    """The bill of materials of one image, as a CycloneDX file."""
    image = request.GET.get("image", "")[:LONGEST]
    found = place.keeping.bill(image)
    if isinstance(found, Refused):
        return _page(request, question, place, found)
    name = "".join(one if one.isalnum() else "-" for one in image.rpartition("/")[2])
    answer = HttpResponse(found, content_type="application/vnd.cyclonedx+json")
    answer["Content-Disposition"] = f'attachment; filename="{name}.cdx.json"'
    return answer


@seen_by(WORKERS)
@require_POST
@standing("rules")
def rules(request: HttpRequest, question: Asked, place: Counter) -> HttpResponse:
    """Set the rules."""
    text = request.POST.get("newest", "")
    newest = int(text) if text.isascii() and text.isdigit() and len(text) <= 5 else 0
    asked = ImageRules(newest, request.POST.get("signed_by", "").strip()[:LONGEST])
    refused = place.keeping.set_rules(asked)
    if refused is not None:
        return _page(request, question, place, refused)
    messages.success(request, _("Kept."))
    return back(question, "containers:images", place.project.name)
