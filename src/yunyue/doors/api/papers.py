"""Papers: which there are, and one as a file."""

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router, Status

from yunyue.answer import Refused
from yunyue.doors.api.access import Roles
from yunyue.doors.api.errors import Problem, problem
from yunyue.doors.api.order_shapes import Form, PaperKind
from yunyue.doors.office import office
from yunyue.doors.papers import Wanted, made
from yunyue.doors.reach import beyond
from yunyue.doors.web.accounts.roles import CONTRACT_READERS, STAFF_READERS
from yunyue.doors.web.archive.views.papers import MEDIA
from yunyue.papers.registry import PAPERS

router = Router(tags=["papers"])
OURS = frozenset({"as_of"})


@router.get("/papers", auth=Roles(CONTRACT_READERS), response=list[PaperKind], summary="Papers that can be made")
def papers(request: HttpRequest) -> list[PaperKind]:
    """In the order of the contract's life, with what each asks for."""
    del request
    return [
        PaperKind(
            code=kind.code,
            title_zh=kind.title.zh,
            title_en=kind.title.en,
            clauses=list(kind.clauses),
            needs=[need.key for need in kind.needs],
            required=[need.key for need in kind.needs if need.required],
        )
        for kind in PAPERS.values()
    ]


@router.get(
    "/contracts/{contract}/papers/{code}.{form}",
    auth=Roles(STAFF_READERS),
    response={422: Problem},
    summary="A paper as a file",
)
def paper(request: HttpRequest, contract: str, code: str, form: Form, as_of: date | None = None) -> Any:
    """A paper as PDF or DOCX, from the facts as of a day; what it asks for stands in the query."""
    if refused := beyond(as_of, "as_of"):
        return Status(422, problem(refused))
    given = {name: str(value) for name, value in request.GET.items() if name not in OURS and str(value).strip()}
    day = as_of or office().clock.now().date()
    content = made(office().kernel, Wanted(contract, code, day, given, form))
    if isinstance(content, Refused):
        return Status(422, problem(content))
    return HttpResponse(content, content_type=MEDIA[form])
