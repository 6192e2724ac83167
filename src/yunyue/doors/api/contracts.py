"""Contracts: their terms, their statements, why a line is owed, and what-if."""

from datetime import date, datetime
from typing import Any, Final

from django.http import HttpRequest
from ninja import Router, Status

from yunyue.answer import Refused
from yunyue.contract import Terms
from yunyue.contract.document import to_plain as terms_to_plain
from yunyue.doors.api.access import Roles, within
from yunyue.doors.api.errors import Problem, problem
from yunyue.doors.api.shapes import Contract, WhatIf
from yunyue.doors.office import office
from yunyue.doors.reach import beyond
from yunyue.doors.web.accounts.roles import CONTRACT_READERS
from yunyue.journal.envelope import understand
from yunyue.kernel import Happening
from yunyue.settlement.exhibit import to_plain
from yunyue.settlement.explain import formula, steps
from yunyue.settlement.statement import Line, Obligation, Right, Statement

ANSWERS: Final[dict[int, Any]] = {200: dict[str, Any], 404: Problem, 422: Problem}

router = Router(auth=Roles(CONTRACT_READERS), tags=["contracts"])


@router.get("", response=list[Contract], summary="Registered contracts")
def contracts(request: HttpRequest) -> list[Contract]:
    """Every registered contract, in the order of registration; by a token for one contract, that one."""
    kernel = office().kernel
    found = (kernel.registered_terms(one) for one in kernel.contracts() if within(request, one))
    return [_contract(terms) for terms in found if isinstance(terms, Terms)]


@router.get("/{contract}/terms", response=ANSWERS, summary="Terms in force on a day")
def terms(request: HttpRequest, contract: str, as_of: date | None = None) -> Any:
    """The terms with every supplement in force on `as_of` (today by default)."""
    del request
    if refused := beyond(as_of, "as_of"):
        return Status(422, problem(refused))
    found = office().kernel.terms(contract, as_of)
    return Status(404, problem(found)) if isinstance(found, Refused) else terms_to_plain(found)


@router.get("/{contract}/statement", response=ANSWERS, summary="What is owed, and why")
def statement(request: HttpRequest, contract: str, as_of: date | None = None, known_at: datetime | None = None) -> Any:
    """The statement as of a day, from what was known at a moment; the shape is that of settlement/exhibit."""
    del request
    if refused := _wrong(as_of, known_at):
        return Status(422, problem(refused))
    found = _statement(contract, as_of, known_at)
    return Status(404, problem(found)) if isinstance(found, Refused) else to_plain(found)


@router.get(
    "/{contract}/why/{path:finding}",
    response=ANSWERS,
    summary="Why a line is owed",
)
def why(request: HttpRequest, contract: str, finding: str, as_of: date | None = None) -> Any:
    """Formula and steps of a line, an obligation or a right, with the facts it rests on."""
    del request
    if refused := beyond(as_of, "as_of"):
        return Status(422, problem(refused))
    found = _statement(contract, as_of, None)
    if isinstance(found, Refused):
        return Status(404, problem(found))
    every: tuple[Line | Obligation | Right, ...] = (*found.lines, *found.obligations, *found.rights)
    one = next((each for each in every if each.id == finding), None)
    if one is None:
        return Status(404, problem(Refused(f"there is no {finding!r} as of {found.as_of}", "finding")))
    return _reasons(one)


@router.post("/{contract}/suppose", response=ANSWERS, summary="What if")
def suppose(request: HttpRequest, contract: str, wanted: WhatIf) -> Any:
    """The statement had these things happened too. Nothing is recorded."""
    del request
    happenings = []
    if refused := beyond(wanted.as_of, "as_of"):
        return Status(422, problem(refused))
    for index, one in enumerate(wanted.supposed):
        said = understand(one.type, one.data)
        if isinstance(said, Refused):
            return Status(422, problem(said))
        if one.time.tzinfo is None:
            return Status(422, problem(Refused("a moment carries its zone", f"supposed.{index}.time")))
        if refused := beyond(one.time, f"supposed.{index}.time"):
            return Status(422, problem(refused))
        happenings.append(Happening(said, one.time))
    found = office().kernel.suppose(contract, wanted.as_of, happenings)
    return Status(422, problem(found)) if isinstance(found, Refused) else to_plain(found)


def _wrong(as_of: date | None, known_at: datetime | None) -> Refused | None:
    if known_at is not None and known_at.tzinfo is None:
        return Refused("a moment carries its zone", "known_at")
    return beyond(as_of, "as_of") or beyond(known_at, "known_at")


def _statement(contract: str, as_of: date | None, known_at: datetime | None) -> Statement | Refused:
    return office().kernel.statement(contract, as_of or office().clock.now().date(), known_at)


def _reasons(one: Line | Obligation | Right) -> dict[str, Any]:
    working = one.working
    said = None if working is None else formula(working)
    rows = [] if working is None else steps(working)
    return {
        "id": one.id,
        "clause": one.clause,
        "title": {"zh": one.title.zh, "en": one.title.en},
        "formula": None if said is None else {"zh": said.zh, "en": said.en},
        "steps": [{"depth": r.depth, "zh": r.title.zh, "en": r.title.en, "value": r.value} for r in rows],
        "readings": list(one.readings),
        "facts": list(one.facts),
    }


def _contract(found: Terms) -> Contract:
    return Contract(
        id=found.id,
        title_zh=found.title.zh,
        title_en=found.title.en,
        start=found.term.start,
        end=found.term.end,
        total=str(found.price.total),
        sample=found.catalogue.sample or found.sla.sample,
    )
