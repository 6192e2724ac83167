"""A project's members and push tokens for programs; for its admins to change."""

from dataclasses import asdict
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from yunyue.answer import Refused
from yunyue.doors.api.containers import ANSWERS, PATH, READ, WORK, Name, Rows, answered
from yunyue.doors.containers_keeping import MOST_DAYS
from yunyue.doors.web.containers.counter import Counter

router = Router(tags=["containers"])


class RoleWanted(Schema):
    """What a person may do in the project; none: nothing any more."""

    role: Literal["viewer", "deployer", "admin", "none"]


class TokenWanted(Schema):
    """A push token's name: 1 to 64 small letters, digits, dots, hyphens and underscores.

    It holds so many `days`; 0: until it is revoked.
    """

    name: Name
    days: Annotated[int, Field(ge=0, le=MOST_DAYS)] = 0


@router.get(f"{PATH}/members", auth=READ, response={200: Rows, **ANSWERS}, summary="Members of the project")
def members(request: HttpRequest, contract: str, project: str) -> Any:
    """While there is none, the department's people are admins."""
    return answered(request, (contract, project, "diff"), _members)


@router.put(f"{PATH}/members/{{person}}", auth=WORK, response={200: Rows, **ANSWERS}, summary="Give a role, or take it")
def set_member(request: HttpRequest, contract: str, project: str, person: Name, wanted: RoleWanted) -> Any:
    """A person by pseudonym, as facts name them. The first member is an admin, and one stays."""

    def put(place: Counter) -> Any:
        return place.keeping.give(person, wanted.role) or _members(place)

    return answered(request, (contract, project, "members"), put)


def _members(place: Counter) -> Rows:
    return [{"person": one.person, "role": one.role} for one in place.keeping.members()]


@router.get(f"{PATH}/push-tokens", auth=READ, response={200: Rows, **ANSWERS}, summary="Push tokens of the project")
def tokens(request: HttpRequest, contract: str, project: str) -> Any:
    """Without their secrets, which nobody can read again."""

    def found(place: Counter) -> Any:
        return [asdict(one) for one in place.keeping.tokens()]

    return answered(request, (contract, project, "push"), found)


@router.post(f"{PATH}/push-tokens", auth=WORK, response={200: dict[str, Any], **ANSWERS}, summary="Make a push token")
def make_token(request: HttpRequest, contract: str, project: str, wanted: TokenWanted) -> Any:
    """Shown this once: the password of `podman login`, with the project's name as the user."""

    def made(place: Counter) -> Any:
        fresh = place.keeping.make_token(wanted.name, wanted.days)
        return fresh if isinstance(fresh, Refused) else {"name": wanted.name, "token": fresh}

    return answered(request, (contract, project, "push"), made)


@router.delete(
    f"{PATH}/push-tokens/{{name}}", auth=WORK, response={200: dict[str, Any], **ANSWERS}, summary="Revoke a push token"
)
def revoke_token(request: HttpRequest, contract: str, project: str, name: Name) -> Any:
    """From then on nobody gets in with it."""

    def revoked(place: Counter) -> Any:
        refused = place.keeping.revoke_token(name)
        return refused or {"name": name, "revoked": True}

    return answered(request, (contract, project, "push"), revoked)
