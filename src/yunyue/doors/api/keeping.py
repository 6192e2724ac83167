"""Documents and the archive: handing a document in, reading one that a fact names, how long each is kept."""

from datetime import date
from typing import Any, Final

from django.http import HttpRequest
from ninja import File, Router, Schema, Status
from ninja.files import UploadedFile

from yunyue.acceptance.archive import archive as archived
from yunyue.answer import Refused
from yunyue.doors.api.access import Roles
from yunyue.doors.api.errors import Problem, problem
from yunyue.doors.office import office
from yunyue.doors.reach import beyond
from yunyue.doors.web.accounts.gate import account_of
from yunyue.doors.web.accounts.roles import BUSINESS, CONTRACT_READERS, STAFF_READERS
from yunyue.doors.web.console.recording import documents
from yunyue.doors.web.console.views.recording import download, readable

ANSWERS: Final[dict[int, Any]] = {404: Problem, 422: Problem}

router = Router(tags=["registers"])


class Digest(Schema):
    """Under which digest a document lies: facts name it by this."""

    digest: str


class Kept(Schema):
    """A document of the archive: the first fact that names it, until when it is kept, and what holds it."""

    digest: str
    fact: str
    kind: str
    kept_until: date
    holds: list[str]
    papers: list[str]
    state: str


@router.post(
    "/documents",
    auth=Roles(BUSINESS),
    response={201: Digest, 422: Problem},
    tags=["proposals"],
    summary="Hand a document in",
)
def keeping(request: HttpRequest, file: File[UploadedFile]) -> Any:
    """What it is is seen from its bytes; its name counts for nothing."""
    del request
    kept = documents.keep(file, "file")
    return Status(422, problem(kept)) if isinstance(kept, Refused) else Status(201, Digest(digest=kept))


@router.get(
    "/documents/{digest}", auth=Roles(CONTRACT_READERS), response={404: Problem}, summary="A document a fact names"
)
def document(request: HttpRequest, digest: str) -> Any:
    """Always a download. Papers of the staff are for both sides and who audits."""
    found = readable(account_of(request), digest)
    if found is None:
        return Status(404, problem(Refused(f"no fact names a document {digest[:80]!r}", "digest")))
    return download(digest, found)


@router.get(
    "/contracts/{contract}/archive",
    auth=Roles(STAFF_READERS),
    response={200: list[Kept], **ANSWERS},
    summary="The archive: documents with retention and holds",
)
def archive(request: HttpRequest, contract: str, as_of: date | None = None) -> Any:
    """Contract papers fifteen years after the contract, logs six calendar months; nothing goes under a hold."""
    del request
    if refused := beyond(as_of, "as_of"):
        return Status(422, problem(refused))
    known = office().kernel.known(contract)
    if isinstance(known, Refused):
        return Status(404, problem(known))
    today = as_of or office().clock.now().date()
    return [
        Kept(
            digest=one.digest,
            fact=one.facts[0].id,
            kind=one.kept.kind,
            kept_until=one.kept.until,
            holds=list(one.kept.holds),
            papers=list(one.papers),
            state=one.state(today),
        )
        for one in archived(known, today)
    ]
