"""Containers for programs: projects, objects, replicas, events, rollouts, lines, commands, as their members may."""

import asyncio
from collections.abc import Callable
from dataclasses import asdict
from typing import Annotated, Any, Final, Literal

import msgspec
from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from yunyue.answer import Refused
from yunyue.doors.api.access import Roles
from yunyue.doors.api.answering import refusal, unknown_contract
from yunyue.doors.api.errors import Problem
from yunyue.doors.containers import MOST_LINES, lines_of, plain, run_once
from yunyue.doors.web.accounts.gate import account_of
from yunyue.doors.web.containers.counter import Counter, counter, say, seen
from yunyue.doors.web.containers.roles import PROJECT_READERS, WORKERS
from yunyue.services.containers.engine import Applied, Change, Follow

ANSWERS: Final[dict[int, Any]] = {404: Problem, 422: Problem}
PATH: Final = "/{contract}/containers/{project}"
READ: Final = Roles(PROJECT_READERS)
WORK: Final = Roles(WORKERS)

router = Router(tags=["containers"])
Rows = list[dict[str, Any]]
Name = Annotated[str, Field(max_length=253)]
Manifest = Annotated[str, Field(max_length=1 << 20)]


class ManifestWanted(Schema):
    """A manifest: YAML, one document or several; a Compose file is one too."""

    manifest: Manifest


class Replicas(Schema):
    """So many."""

    replicas: Annotated[int, Field(ge=0, le=10_000)]


class Back(Schema):
    """The revision to go back to; 0: the one before."""

    to: Annotated[int, Field(ge=0, le=2**31)] = 0


class CommandWanted(Schema):
    """A command and its words; it is typed nothing."""

    words: Annotated[list[Annotated[str, Field(max_length=4096)]], Field(min_length=1, max_length=64)]


class Ended(Schema):
    """How a command ended; `cut`: it wrote more than is kept."""

    status: int
    output: str
    cut: bool


class ChangeShown(Schema):
    """What happened to an object. `before`, `after`: YAML, secrets masked."""

    kind: str
    name: str
    deed: Literal["create", "change", "same", "delete"]
    before: str
    after: str


@router.get(
    "/{contract}/containers",
    auth=READ,
    response={200: Rows, **ANSWERS},
    summary="Projects and their quotas",
)
def projects(request: HttpRequest, contract: str) -> Any:
    """A tenant user's own department's, the others all."""
    unknown = unknown_contract(contract)
    return unknown or [
        plain(one) | {"quota": msgspec.to_builtins(one.quota)} for one in seen(account_of(request), contract)
    ]


@router.get(f"{PATH}/objects", auth=READ, response={200: Rows, **ANSWERS}, summary="Objects and how they stand")
def objects(request: HttpRequest, contract: str, project: str, kind: Name = "", name: Name = "") -> Any:
    """Of one kind or one name when given. Their YAML is for members."""

    def found(place: Counter) -> Any:
        shown = place.engine.get(place.project, kind, name)
        if isinstance(shown, Refused):
            return shown
        member = place.may("diff")
        return [asdict(one) | ({} if member else {"body": ""}) for one in shown]

    return answered(request, (contract, project, "get"), found)


@router.get(f"{PATH}/replicas", auth=READ, response={200: Rows, **ANSWERS}, summary="Replicas")
def replicas(request: HttpRequest, contract: str, project: str, workload: Name = "") -> Any:
    """Of one workload when given."""
    return answered(request, (contract, project, "get"), lambda place: place.engine.replicas(place.project, workload))


@router.get(f"{PATH}/events", auth=READ, response={200: Rows, **ANSWERS}, summary="What happened")
def events(
    request: HttpRequest,
    contract: str,
    project: str,
    after: Annotated[int, Field(ge=0, le=2**53)] = 0,
    most: Annotated[int, Field(ge=1, le=1000)] = 200,
) -> Any:
    """Oldest first; ask for those above the last number seen."""
    return answered(
        request, (contract, project, "events"), lambda place: place.engine.events(place.project, after, most)
    )


@router.get(f"{PATH}/top", auth=READ, response={200: Rows, **ANSWERS}, summary="What replicas use now")
def top(request: HttpRequest, contract: str, project: str) -> Any:
    """Thousandths of a processor, octets, and the limits of both."""
    return answered(request, (contract, project, "top"), lambda place: place.engine.top(place.project))


@router.get(
    f"{PATH}/rollouts/{{kind}}/{{name}}",
    auth=READ,
    response={200: dict[str, Any], **ANSWERS},
    summary="How far a rollout is",
)
def rollout(request: HttpRequest, contract: str, project: str, kind: str, name: str) -> Any:
    """With the revisions one can go back to."""
    return answered(
        request, (contract, project, "rollout"), lambda place: place.engine.rollout(place.project, kind, name)
    )


@router.get(
    f"{PATH}/logs/{{replica}}", auth=READ, response={200: Rows, **ANSWERS}, summary="The last lines of a replica"
)
def logs(
    request: HttpRequest,
    contract: str,
    project: str,
    replica: str,
    tail: Annotated[int, Field(ge=1, le=MOST_LINES)] = 200,
    previous: bool = False,
) -> Any:
    """For members. `yunyue containers logs -f` goes on with lines to come."""

    def found(place: Counter) -> Any:
        if not _known(place, replica):
            return Refused(f"there is no replica {replica!r}", "replica", "C37")
        return asyncio.run(lines_of(place.engine, place.project, replica, Follow(tail=tail, previous=previous)))

    return answered(request, (contract, project, "logs"), found)


@router.post(f"{PATH}/apply", auth=WORK, response={200: list[ChangeShown], **ANSWERS}, summary="Apply a manifest")
def apply(request: HttpRequest, contract: str, project: str, wanted: ManifestWanted) -> Any:
    """All of it is kept, or nothing; a refusal names the field."""
    return answered(
        request,
        (contract, project, "apply"),
        lambda place: place.engine.apply(place.project, wanted.manifest, place.actor),
    )


@router.post(f"{PATH}/diff", auth=WORK, response={200: list[ChangeShown], **ANSWERS}, summary="What applying would do")
def diff(request: HttpRequest, contract: str, project: str, wanted: ManifestWanted) -> Any:
    """Nothing is changed."""
    return answered(
        request, (contract, project, "diff"), lambda place: place.engine.diff(place.project, wanted.manifest)
    )


@router.delete(
    f"{PATH}/objects/{{kind}}/{{name}}", auth=WORK, response={200: ChangeShown, **ANSWERS}, summary="Delete an object"
)
def delete(request: HttpRequest, contract: str, project: str, kind: str, name: str) -> Any:
    """Its replicas are drained and ended."""
    return answered(
        request,
        (contract, project, "delete"),
        lambda place: place.engine.delete(place.project, kind, name, place.actor),
    )


@router.post(
    f"{PATH}/objects/{{kind}}/{{name}}/scale",
    auth=WORK,
    response={200: ChangeShown, **ANSWERS},
    summary="Ask for so many replicas",
)
def scale(request: HttpRequest, contract: str, project: str, kind: str, name: str, wanted: Replicas) -> Any:
    """Within the project's quota."""
    return answered(
        request,
        (contract, project, "scale"),
        lambda place: place.engine.scale(place.project, kind, name, wanted.replicas, place.actor),
    )


@router.post(
    f"{PATH}/objects/{{kind}}/{{name}}/undo",
    auth=WORK,
    response={200: ChangeShown, **ANSWERS},
    summary="Go back to a revision",
)
def undo(request: HttpRequest, contract: str, project: str, kind: str, name: str, wanted: Back) -> Any:
    """It becomes a new revision, rolled out like any other."""
    return answered(
        request,
        (contract, project, "undo"),
        lambda place: place.engine.undo(place.project, kind, name, wanted.to, place.actor),
    )


@router.post(
    f"{PATH}/objects/{{kind}}/{{name}}/restart",
    auth=WORK,
    response={200: ChangeShown, **ANSWERS},
    summary="Replace every replica",
)
def restart(request: HttpRequest, contract: str, project: str, kind: str, name: str) -> Any:
    """Of the same revision, without interruption."""
    return answered(
        request,
        (contract, project, "scale"),
        lambda place: place.engine.restart(place.project, kind, name, place.actor),
    )


@router.post(
    f"{PATH}/replicas/{{replica}}/exec", auth=WORK, response={200: Ended, **ANSWERS}, summary="Run a command once"
)
def execute(request: HttpRequest, contract: str, project: str, replica: str, wanted: CommandWanted) -> Any:
    """It is typed nothing, and ends within 20 s. `yunyue containers exec -t` is one to type into."""

    def ran(place: Counter) -> Any:
        say(place, "exec", f"{replica} {' '.join(wanted.words)}")
        done = asyncio.run(run_once(place.engine, place.project, replica, tuple(wanted.words)))
        if isinstance(done, Refused):
            return done
        return {"status": done.status, "output": done.output.decode("utf-8", "replace"), "cut": done.cut}

    return answered(request, (contract, project, "exec"), ran)


def _known(place: Counter, replica: str) -> bool:
    found = place.engine.replicas(place.project)
    return not isinstance(found, Refused) and any(one.name == replica for one in found)


def answered(request: HttpRequest, asked: tuple[str, str, str], work: Callable[[Counter], Any]) -> Any:
    """What a member may ask of a project: contract, project, verb. 404 for a project that is not theirs to see."""
    contract, name, verb = asked
    unknown = unknown_contract(contract)
    if unknown:
        return unknown
    place = counter(account_of(request), contract, name)
    if isinstance(place, Refused):
        return refusal(place, 404 if place.field == "project" else 422)
    done = place.refused(verb) or work(place)
    match done:
        case Refused():
            return refusal(done)
        case Applied():
            return [asdict(one) for one in done.changes]
        case Change():
            return asdict(done)
        case tuple() | list():
            return [one if isinstance(one, dict) else asdict(one) for one in done]
        case dict():
            return done
        case _:
            return asdict(done)
