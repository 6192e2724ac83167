"""A project's images: tags and digests, bills of materials, signatures, and the rules they are kept by."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yunyue.answer import Refused
from yunyue.doors.containers_images import bill_of, images_of, rules_of
from yunyue.doors.office import office
from yunyue.doors.web.accounts.gate import seen_by
from yunyue.doors.web.console.asking import Asked
from yunyue.doors.web.containers.counter import Counter, say
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
    home = office().settings.home
    found = images_of(home, place.project)
    unread = found if isinstance(found, Refused) else None
    values = {
        "images": () if unread else found,
        "rules": rules_of(home).of(place.project.order),
        "registry": registry_address(home),
    }
    return shown(request, "containers/images.html", question, place, refused=refused or unread, **values)


@seen_by(PROJECT_READERS)
@standing("diff")
def bill(request: HttpRequest, question: Asked, place: Counter) -> HttpResponse:
    """The bill of materials of one image, as a CycloneDX file."""
    image = request.GET.get("image", "")[:LONGEST]
    found = bill_of(office().settings.home, place.project, image)
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
    refused = rules_of(office().settings.home).put(place.project.order, asked)
    if refused is not None:
        return _page(request, question, place, refused)
    say(place, "rules", f"tags kept {asked.newest}, signature of {asked.signed_by or 'nobody'}")
    messages.success(request, _("Kept."))
    return back(question, "containers:images", place.project.name)
