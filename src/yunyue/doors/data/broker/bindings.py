"""Bindings: each is an API token of the caller's account that reads the orders of the contract, shown once.

Unbinding revokes the token. Its name is made of the binding's id and of the parameters, so that the same request again
is known, and another under the same id is a conflict. Django is imported late, as `callers` says why.
"""

import hashlib
from typing import TYPE_CHECKING, Final

from yunyue.answer import Refused
from yunyue.doors.data.broker.answers import BAD, BUSY, CONFLICT, CREATED, GONE, MISSING, OK, Answer, error, refusal
from yunyue.doors.data.broker.instances import Desk, plan_of, ready
from yunyue.journal.envelope import canonical
from yunyue.orders.register import Standing

if TYPE_CHECKING:
    from yunyue.doors.web.accounts.models import Token

SCOPES: Final = ("orders:read",)
DAYS: Final = 366


def bind(desk: Desk, instance: str, binding: str) -> Answer:
    """PUT: 201 with the credentials, which are shown this once; 200 for the same again, 409 for another."""
    standing = desk.standing(instance)
    if standing is None or standing.ended:
        return error(MISSING, f"there is no instance {instance}")
    refused = _wrong_plan(desk, standing, desk.call.body.get("service_id"), desk.call.body.get("plan_id"))
    if refused is not None:
        return refused
    if not ready(standing):
        return BUSY
    found = _bound(desk, instance, binding)
    if found is not None:
        same = found.name == _name(instance, binding, desk.call.parameters)
        return Answer(OK, _parameters(desk)) if same else error(CONFLICT, f"binding {binding} has other parameters")
    return _made(desk, standing, _name(instance, binding, desk.call.parameters))


def _made(desk: Desk, standing: Standing, name: str) -> Answer:
    from yunyue.doors.web.accounts import tokens

    account = desk.caller.token.account
    wanted = tokens.Asked(name, SCOPES, desk.call.contract, DAYS)
    made = tokens.make(account, wanted, desk.caller.recorder, account)
    if isinstance(made, Refused):
        return refusal(made)
    credentials = {
        "token": made[1],
        "order": standing.id,
        "contract": desk.call.contract,
        "uri": f"{desk.hosting.kernel.settings.public_url}/api/v1/contracts/{desk.call.contract}/orders/{standing.id}",
    }
    return Answer(CREATED, {"credentials": credentials})


def fetch(desk: Desk, instance: str, binding: str) -> Answer:
    """GET: that it exists; the credentials were shown when it was made."""
    if desk.standing(instance) is None or _bound(desk, instance, binding) is None:
        return error(MISSING, f"there is no binding {binding}")
    return Answer(OK, _parameters(desk))


def unbind(desk: Desk, instance: str, binding: str) -> Answer:
    """DELETE: the token lets nobody in any more. 410 when there is none."""
    from yunyue.doors.web.accounts import tokens

    if not desk.call.query.get("service_id") or not desk.call.query.get("plan_id"):
        return error(BAD, "service_id and plan_id are needed")
    found = _bound(desk, instance, binding)
    if desk.standing(instance) is None or found is None:
        return Answer(GONE)
    refused = tokens.revoke(found, desk.caller.recorder)
    return Answer(OK) if refused is None else refusal(refused)


def last_operation(desk: Desk, instance: str, binding: str) -> Answer:
    """GET …/last_operation: binding is done at once, so what exists succeeded."""
    if desk.standing(instance) is None or _bound(desk, instance, binding) is None:
        return Answer(GONE)
    return Answer(OK, {"state": "succeeded"})


def _bound(desk: Desk, instance: str, binding: str) -> "Token | None":
    from yunyue.doors.web.accounts.models import Token

    mine = Token.objects.filter(account=desk.caller.token.account, contract=desk.call.contract, revoked=None)
    return mine.filter(name__startswith=_beginning(instance, binding)).first()


def _wrong_plan(desk: Desk, standing: Standing, service_id: object, plan_id: object) -> Answer | None:
    plan = plan_of(desk, standing)
    if plan is not None and (plan.service_id, plan.id) == (service_id, plan_id):
        return None
    return error(BAD, "service_id and plan_id are not those of the instance")


def _beginning(instance: str, binding: str) -> str:
    return f"osb {hashlib.sha256(f'{instance}/{binding}'.encode()).hexdigest()[:32]} "


def _name(instance: str, binding: str, parameters: object) -> str:
    """At most 64 characters, as a token's name has."""
    return _beginning(instance, binding) + hashlib.sha256(canonical(parameters)).hexdigest()[:16]


def _parameters(desk: Desk) -> dict[str, object]:
    return {"parameters": dict(desk.call.parameters)} if desk.call.parameters else {}
