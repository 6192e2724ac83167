"""Facts: pages of them, and one with its bytes and its proof."""

from collections.abc import Iterable
from itertools import islice
from typing import Annotated, Any

import msgspec
from django.http import HttpRequest
from ninja import Query, Router, Status

from yunyue.answer import Refused
from yunyue.doors.api.access import Roles, within
from yunyue.doors.api.errors import Problem, problem
from yunyue.doors.api.shapes import Envelope, Facts, ProvenFact, envelope, proof
from yunyue.doors.office import office
from yunyue.doors.web.accounts.roles import CONTRACT_READERS
from yunyue.journal.envelope import Recorded, canonical
from yunyue.kernel.inclusion import inclusion

router = Router(auth=Roles(CONTRACT_READERS), tags=["facts"])


@router.get("/contracts/{contract}/facts", response={200: Facts, 404: Problem}, summary="A page of facts")
def page(
    request: HttpRequest,
    contract: str,
    type: str = "",  # noqa: A002 - the CloudEvents name of the attribute
    after: Annotated[int, Query(ge=0)] = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> Any:
    """Facts of a contract from a sequence number on, perhaps of one type."""
    del request
    terms = office().kernel.registered_terms(contract)
    if isinstance(terms, Refused):
        return Status(404, problem(terms))
    wanted = (one for one in office().kernel.facts(contract) if one.sequence >= after and type in ("", one.fact.type))
    found = list(islice(wanted, limit + 1))
    return Facts(facts=_envelopes(found[:limit]), next=found[limit].sequence if len(found) > limit else None)


@router.get("/facts/{path:identifier}", response={200: ProvenFact, 404: Problem}, summary="A fact and its proof")
def fact(request: HttpRequest, identifier: str) -> Any:
    """One fact, its leaf, and the inclusion proof under the published head."""
    kernel = office().kernel
    found = kernel.journal.find(identifier)
    if found is None or not within(request, found.fact.subject):
        return Status(404, problem(Refused(f"there is no fact {identifier!r}", "identifier")))
    proven = inclusion(kernel, found.sequence)
    if isinstance(proven, Refused):
        return Status(404, problem(proven))
    leaf = next(iter(kernel.journal.leaves(found.sequence, found.sequence + 1)))
    return ProvenFact(fact=_envelopes([found])[0], leaf=leaf.decode(), proof=proof(proven))


def _envelopes(found: Iterable[Recorded]) -> list[Envelope]:
    return [envelope(one, msgspec.json.decode(canonical(one.fact.data))) for one in found]
