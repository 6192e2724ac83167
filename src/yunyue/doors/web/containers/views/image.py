"""One image: what its tag stands for, who signed it and whether that is enough, what is in it, and what runs it."""

from typing import Any, Final
from urllib.parse import urlencode

import msgspec
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yunyue.answer import Refused
from yunyue.doors.containers_images import Image
from yunyue.doors.office import office
from yunyue.doors.web.accounts.gate import seen_by
from yunyue.doors.web.accounts.proving import proving
from yunyue.doors.web.console.asking import Asked
from yunyue.doors.web.containers.counter import Counter, moment_now
from yunyue.doors.web.containers.roles import PROJECT_READERS, WORKERS
from yunyue.doors.web.containers.views.common import shown, standing
from yunyue.services.containers.engines import engine_folder
from yunyue.services.containers.registry.admission import Gate

LONGEST: Final = 400


@seen_by(PROJECT_READERS)
@standing("diff")
def image(request: HttpRequest, question: Asked, place: Counter) -> HttpResponse:
    """Its page; with `contents=1` also the packages in it, for which its layers are read."""
    return _page(request, question, place, request.GET.get("image", "")[:LONGEST])


@seen_by(WORKERS)
@require_POST
@standing("sign")
@proving
def signing(request: HttpRequest, question: Asked, place: Counter) -> HttpResponse:
    """Have the crypto service sign its digest; the key never comes here."""
    name, key = request.POST.get("image", "")[:LONGEST], request.POST.get("key", "").strip()[:LONGEST]
    done = place.keeping.sign(name, key) if key else _nameless()
    if isinstance(done, Refused):
        return _page(request, question, place, name, done)
    messages.success(request, _("Signed. Whoever applies it from now on runs this very digest."))
    query = urlencode({"contract": question.contract, "image": name})
    return redirect(f"{reverse('containers:image', args=[place.project.name])}?{query}")


def _nameless() -> Refused:
    return Refused("expected the name of a key of the crypto service", "key", "C37")


def _page(
    request: HttpRequest, question: Asked, place: Counter, name: str, refused: Refused | None = None
) -> HttpResponse:
    found = place.keeping.images()
    if isinstance(found, Refused):
        return shown(request, "containers/image.html", question, place, refused=refused or found)
    one = next((each for each in found if name in (each.reference, _short(each, place))), None)
    if one is None:
        raise Http404(name)
    folder = engine_folder(office().settings.home / "services")
    lacks = Gate(folder, moment_now).refused(place.project, one.reference, one.tag.digest)
    values: dict[str, Any] = {"one": one, "short": _short(one, place), "rules": place.keeping.rules(), "lacks": lacks}
    values["users"] = _users(place, one.tag.digest)
    if request.GET.get("contents") == "1":
        values |= _contents(place, one)
    return shown(request, "containers/image.html", question, place, refused=refused, **values)


def _short(one: Image, place: Counter) -> str:
    """As commands call it within the project, such as app:v1."""
    return f"{one.tag.repository.removeprefix(f'{place.project.name}/')}:{one.tag.name}"


def _users(place: Counter, digest: str) -> list[Any]:
    """The objects that name this digest."""
    found = place.engine.get(place.project)
    return [] if isinstance(found, Refused) else [one for one in found if digest in one.body]


def _contents(place: Counter, one: Image) -> dict[str, Any]:
    made = place.keeping.bill(f"{one.reference.rpartition(':')[0]}@{one.tag.digest}")
    if isinstance(made, Refused):
        return {"unread": made}
    return {"read": True, "parts": msgspec.json.decode(made).get("components") or []}
