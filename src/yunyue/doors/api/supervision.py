"""Score sheets and incidents: what was scored by which template, a sheet counted by it, an incident and its course."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Final, Literal

from django.http import HttpRequest
from ninja import Field, Router, Schema, Status

from yunyue.acceptance.scores import Row, Wanted, sheet, templates
from yunyue.answer import Refused
from yunyue.doors.api.access import Roles
from yunyue.doors.api.answering import ANSWERS, SOURCE, answered
from yunyue.doors.api.errors import Problem
from yunyue.doors.api.shapes import Put
from yunyue.doors.office import office
from yunyue.doors.reach import beyond
from yunyue.doors.web.accounts.gate import account_of
from yunyue.doors.web.accounts.roles import BUSINESS, CONTRACT_READERS, Role
from yunyue.doors.web.accounts.speaking import speaking
from yunyue.host.randomness import identifier
from yunyue.journal.envelope import understand
from yunyue.journal.facts import Payload
from yunyue.people.proposals import Intent, put_forward

SCORERS: Final = frozenset({Role.CLIENT_MANAGER})
Pattern = Literal["deductions", "outages", "milestones"]
Points = Annotated[Decimal, Field(ge=0, le=100)]
Short = Annotated[str, Field(max_length=128)]

router = Router(tags=["proposals"])


class Criterion(Schema):
    """A line of a template: what it can cost, and what one outage or late day costs."""

    code: Short
    title: Annotated[str, Field(max_length=500)]
    most: Points
    each: Points = Decimal()


class Template(Schema):
    """A score template."""

    template: Short
    pattern: Pattern
    title: Annotated[str, Field(max_length=500)]
    criteria: Annotated[list[Criterion], Field(min_length=1, max_length=100)]


class Lost(Schema):
    """A criterion under which points were lost: so many outages or late days, or points a person set."""

    criterion: Short
    count: Annotated[int, Field(ge=0, le=999_999)] = 0
    points: Points | None = None
    evidence: Annotated[list[Short], Field(max_length=100)]


class SheetWish(Schema):
    """A month's sheet; its points are counted by the template."""

    template: Short
    month: Annotated[str, Field(pattern=r"^\d{4}-\d{2}$")]
    service: Short | None = None
    lost: Annotated[list[Lost], Field(default_factory=list, max_length=100)]


class IncidentWish(Schema):
    """Something that went wrong with an order; `time` is when, now by default."""

    incident: Short = ""
    order: Short
    severity: Annotated[int, Field(ge=1, le=4)]
    about: Annotated[str, Field(max_length=4000)]
    time: datetime | None = None


class CourseWish(Schema):
    """A step of an incident's course: noted (with `stage` and `about`), linked (`kind` and `to`) or closed."""

    step: Literal["noted", "linked", "closed"]
    stage: Short = ""
    about: Annotated[str, Field(max_length=4000)] = ""
    kind: Short = ""
    to: Short = ""
    time: datetime | None = None


FIELDS: Final = {"noted": ("stage", "about"), "linked": ("kind", "to"), "closed": ()}


@router.get(
    "/contracts/{contract}/score-templates",
    auth=Roles(CONTRACT_READERS),
    response={200: list[Template], 404: Problem},
    tags=["registers"],
    summary="Score templates as they stand",
)
@answered
def score_templates(request: HttpRequest, contract: str) -> Any:
    """Every template as it was set last."""
    del request
    known = office().kernel.known(contract)
    if isinstance(known, Refused):
        return known
    return [
        Template(
            template=one.template,
            pattern=one.pattern,
            title=one.title,
            criteria=[Criterion(code=c.code, title=c.title, most=c.most, each=c.each) for c in one.criteria],
        )
        for one in templates(known)
    ]


@router.post(
    "/contracts/{contract}/score-templates",
    auth=Roles(SCORERS),
    response={201: Put, **ANSWERS},
    summary="Propose a score template",
)
@answered
def set_template(request: HttpRequest, contract: str, wanted: Template) -> Any:
    """Another person agrees before sheets are scored by it; sheets given before keep theirs."""
    values = wanted.model_dump()
    criteria = [{name: str(value) for name, value in one.items()} for one in values["criteria"]]
    return _forward(request, contract, understand("score.template.set", {**values, "criteria": criteria}), None)


@router.post(
    "/contracts/{contract}/scores",
    auth=Roles(SCORERS),
    response={201: Put, **ANSWERS},
    summary="Propose a month's score sheet",
)
@answered
def give_score(request: HttpRequest, contract: str, wanted: SheetWish) -> Any:
    """Counted by the template, each loss on evidence; it counts once another person has agreed."""
    known = office().kernel.known(contract)
    if isinstance(known, Refused):
        return known
    rows = {one.criterion: _row(one) for one in wanted.lost}
    if len(rows) < len(wanted.lost):
        return Refused("a criterion stands there twice", "score.given.deductions", "C18")
    said = sheet(known, Wanted(wanted.template, wanted.month, wanted.service, rows))
    return _forward(request, contract, said, None)


@router.post(
    "/contracts/{contract}/incidents",
    auth=Roles(BUSINESS),
    response={201: Put, **ANSWERS},
    summary="Record an incident",
)
@answered
def open_incident(request: HttpRequest, contract: str, wanted: IncidentWish) -> Any:
    """It lasts from its moment until it is closed."""
    name = wanted.incident or identifier("incident", office().clock.now())
    values = {"incident": name, "order": wanted.order, "severity": wanted.severity, "about": wanted.about}
    return _forward(request, contract, understand("incident.opened", values), wanted.time)


@router.post(
    "/contracts/{contract}/incidents/{path:incident}/course",
    auth=Roles(BUSINESS),
    response={201: Put, **ANSWERS},
    summary="Go on with an incident",
)
@answered
def go_on(request: HttpRequest, contract: str, incident: str, wanted: CourseWish) -> Any:
    """Note what was found or done, link a ticket or a fact, or close it."""
    values = {"incident": incident, **{name: getattr(wanted, name) for name in FIELDS[wanted.step]}}
    return _forward(request, contract, understand(f"incident.{wanted.step}", values), wanted.time)


def _row(one: Lost) -> Row:
    points = "" if one.points is None else str(one.points)
    return Row(str(one.count) if one.count else "", points, ",".join(one.evidence))


def _forward(request: HttpRequest, contract: str, said: Payload | Refused, at: datetime | None) -> Any:
    """Recorded, or proposed where another person must agree, under the same duties as at the console."""
    if isinstance(said, Refused):
        return said
    kernel, account = office().kernel, account_of(request)
    moment = at or kernel.clock.now()
    wrong = Refused("a moment carries its zone", "time") if moment.tzinfo is None else beyond(moment, "time")
    if wrong is not None:
        return wrong
    intent = Intent(said, moment, identifier("form", kernel.clock.now()))
    waits = put_forward(kernel, contract, intent, speaking(account), SOURCE)
    return waits if isinstance(waits, Refused) else Status(201, Put(id=intent.id, waits=waits))
