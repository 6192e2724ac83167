"""How an operation under a contract answers: 404 for a contract there is not, a refusal as a problem, 204 for none."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from django.http import HttpRequest
from ninja import Status

from yunyue.answer import Refused
from yunyue.doors.api.errors import Problem, problem
from yunyue.doors.office import office
from yunyue.doors.web.accounts.gate import account_of
from yunyue.journal.facts import Payload
from yunyue.kernel import Recorder
from yunyue.people.duties import Through, may_through

SOURCE: Final = "/api/v1"
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


def recorder_of(request: HttpRequest) -> Recorder:
    """On whose behalf an operation records."""
    return Recorder(account_of(request).pseudonym, SOURCE)


def not_theirs(request: HttpRequest, kind: type[Payload], through: Through) -> Status[Any] | None:
    """403 where it is not the duty of the account's role to say a kind of fact this way; None where it is."""
    role = account_of(request).role
    if may_through(role, kind, through):
        return None
    return refusal(Refused(f"{kind.type} is not recorded by role {role}", kind.type), 403)


def missing(what: str, name: str, clause: str = "C37") -> Status[Any]:
    """404, naming what is not there."""
    return refusal(Refused(f"there is no {what} {name!r}", what, clause), 404)


def unknown_contract(contract: str) -> Status[Any] | None:
    """404 for a contract there is not."""
    found = office().kernel.registered_terms(contract)
    return refusal(found, 404) if isinstance(found, Refused) else None
