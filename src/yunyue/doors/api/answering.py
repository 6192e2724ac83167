"""How an operation under a contract answers: 404 for a contract there is not, a refusal as a problem, 204 for none."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from django.http import HttpRequest
from ninja import Status

from yunyue.answer import Refused
from yunyue.doors.api.errors import Problem, problem
from yunyue.doors.office import office

Operation = Callable[..., Any]
ANSWERS: Final[dict[int, Any]] = {404: Problem, 422: Problem}
"""What every operation may answer besides what it is for."""


def answered(operation: Operation) -> Operation:
    """The operation over a contract that exists; what it returns is a value, a Refused, or None for "done"."""

    @wraps(operation)
    def whole(request: HttpRequest, contract: str, **given: object) -> Any:
        if (unknown := unknown_contract(contract)) is not None:
            return unknown
        found = operation(request, contract, **given)
        if isinstance(found, Refused):
            return refusal(found)
        return Status(204, None) if found is None else found

    return whole


def refusal(refused: Refused, status: int = 422) -> Status[Any]:
    """The refusal as an answer."""
    return Status(status, problem(refused))


def missing(what: str, name: str) -> Status[Any]:
    """404, naming what is not there."""
    return refusal(Refused(f"there is no {what} {name!r}", what, "C37"), 404)


def unknown_contract(contract: str) -> Status[Any] | None:
    """404 for a contract there is not."""
    found = office().kernel.registered_terms(contract)
    return refusal(found, 404) if isinstance(found, Refused) else None
