"""Monitoring for programs: targets, results, budgets, disputes, findings, alerts, maintenance, points, boards."""

from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import msgspec
from django.http import HttpRequest
from ninja import Router
from pydantic import Field

from yunyue.answer import Refused
from yunyue.contract.terms import Method, Objective
from yunyue.doors.api.access import Roles
from yunyue.doors.api.answering import ANSWERS, answered, missing
from yunyue.doors.api.monitor_shapes import BudgetShown, BurntShown, SampleShown, TargetShown
from yunyue.doors.monitor.board import Boards
from yunyue.doors.monitor.budget import Budget, budget, compare
from yunyue.doors.monitor.dispute import dispute
from yunyue.doors.monitor.wall import Spot, wall
from yunyue.doors.office import office
from yunyue.doors.reach import in_reach
from yunyue.doors.web.accounts.gate import account_of
from yunyue.doors.web.accounts.models import Account
from yunyue.doors.web.accounts.roles import CONTRACT_READERS, SERVICE_READERS
from yunyue.host.clock import BEIJING
from yunyue.services.monitor.alerts.register import Alert
from yunyue.services.monitor.alerts.register import alerts as every_alert
from yunyue.services.monitor.content.findings import Finding
from yunyue.services.monitor.content.findings import findings as every_finding
from yunyue.services.monitor.entry import ENTRY
from yunyue.services.monitor.maintenance import windows
from yunyue.services.monitor.points.register import Points
from yunyue.sla.months import service_month
from yunyue.sla.span import MINUTE, Span, milliseconds

MOST: Final = 10_000

router = Router(tags=["monitor"])
Rows = list[dict[str, Any]]
Month = Annotated[str, Field(pattern=r"^\d{4}-\d{2}$")]


def tenant_of(account: Account) -> str:
    """The department whose targets alone the account sees; empty for who reads the contract."""
    return "" if account.plays(CONTRACT_READERS) else account.tenant or "-"


def _seen(request: HttpRequest, contract: str) -> tuple[Spot, ...]:
    return wall(office().hosting, contract, tenant_of(account_of(request)))


def folder_of(contract: str) -> Path:
    """Where monitoring keeps its own state."""
    return Path(office().hosting.host(contract, ENTRY.code).folder)


def _objective(contract: str, name: str) -> Objective | None:
    known = office().hosting.host(contract, ENTRY.code).objectives(ENTRY.code)
    return next((one for one in known if one.id == name), None)


def _shown(spot: Spot) -> TargetShown:
    return TargetShown(
        order=spot.order,
        target=spot.name,
        kind=spot.kind,
        tenant=spot.tenant,
        stage=spot.stage,
        state=spot.state,
        sample=spot.sample._asdict() if spot.sample else None,
        days=[{"day": o.day, "share": o.share, "bad_minutes": o.bad_minutes, "gaps": o.gaps} for o in spot.days],
        incidents=[asdict(one) for one in spot.incidents],
        findings=spot.findings,
    )


@router.get(
    "/{contract}/monitor/targets",
    auth=Roles(SERVICE_READERS),
    response={200: list[TargetShown], **ANSWERS},
    summary="Targets and how they are",
)
@answered
def targets(request: HttpRequest, contract: str) -> Any:
    """Every target the caller may see, the newest order first."""
    return [_shown(one) for one in _seen(request, contract)]


@router.get(
    "/{contract}/monitor/results/{path:order}",
    auth=Roles(SERVICE_READERS),
    response={200: list[SampleShown], **ANSWERS},
    summary="The newest results of a target",
)
@answered
def results(request: HttpRequest, contract: str, order: str, limit: Annotated[int, Field(ge=1, le=MOST)] = 100) -> Any:
    """Newest first, those of probe points too (their indicator names the point)."""
    if not any(one.order == order for one in _seen(request, contract)):
        return missing("order", order)
    return [one._asdict() for one in office().hosting.series.recent(order, limit)]


@router.get(
    "/{contract}/monitor/budgets/{objective}",
    auth=Roles(CONTRACT_READERS),
    response={200: list[BudgetShown], **ANSWERS},
    summary="What an objective still allows in a month",
)
@answered
def budgets(
    request: HttpRequest,
    contract: str,
    objective: str,
    month: Month,
    method: Method | Literal["all"] | None = None,
) -> Any:
    """By the agreed method, by another one, or by all six. It decides nothing: a month is judged when it is over."""
    del request
    wanted, terms = _objective(contract, objective), office().kernel.terms(contract)
    if isinstance(terms, Refused):
        return terms
    found = service_month(terms.term, month)
    if wanted is None:
        return missing("objective", objective)
    if found is None:
        rule = f"{month} is no month of the term {terms.term.start} to {terms.term.end}"
        return Refused(rule, "month", "C01")
    hosting = office().hosting
    if method == "all":
        made = compare(hosting, contract, wanted, found)
        return made if isinstance(made, Refused) else [_budget(one) for one in made]
    one = budget(hosting, contract, wanted, found, method)
    return one if isinstance(one, Refused) else [_budget(one)]


def _budget(one: Budget) -> BudgetShown:
    return BudgetShown(
        objective=one.objective.id,
        month=one.month.name,
        method=one.method,
        agreed=one.method == one.objective.method,
        figure=None if one.figure is None else str(one.figure),
        allowed=str(one.allowed),
        bad=one.bad,
        left=str(one.left),
        days=[BurntShown(day=day.day.isoformat(), bad=day.bad, left=str(day.left)) for day in one.days],
    )


@router.get(
    "/{contract}/monitor/dispute/{objective}/{path:order}",
    auth=Roles(CONTRACT_READERS),
    response={200: dict[str, Any], **ANSWERS},
    summary="The minutes in question, from every probe point",
)
@answered
def minutes(request: HttpRequest, contract: str, objective: str, order: str, start: datetime, end: datetime) -> Any:
    """At most a day, with exclusions (who asked, who approved, why) and the sealed files it rests on."""
    wanted = _objective(contract, objective)
    if wanted is None:
        return missing("objective", objective)
    if not any(one.order == order for one in _seen(request, contract)):
        return missing("order", order)
    first, last = _moment(start), _moment(end)
    if first is None or last is None or last < first:
        return Refused("the stretch ends before it starts, or is of no year that can be meant", "start", "C18")
    found = dispute(office().hosting, (contract, order), wanted, Span(first, last))
    if isinstance(found, Refused):
        return found
    return {
        "order": order,
        "objective": objective,
        "method": found.method,
        "columns": [one or "verdict" for one in found.columns],
        "minutes": msgspec.to_builtins(found.minutes),
        "bad": [[one.start, one.end] for one in found.bad],
        "exclusions": msgspec.to_builtins(found.exclusions),
        "windows": list(found.windows),
        "segments": [{"digest": digest, "fact": fact} for digest, fact in found.segments],
        "unsealed": found.unsealed,
    }


def _moment(asked: datetime) -> int | None:
    if not in_reach(asked.date()):
        return None
    return milliseconds(asked if asked.tzinfo else asked.replace(tzinfo=BEIJING)) // MINUTE * MINUTE


@router.get(
    "/{contract}/monitor/findings",
    auth=Roles(SERVICE_READERS),
    response={200: Rows, **ANSWERS},
    summary="What checks of content found",
)
@answered
def findings(request: HttpRequest, contract: str) -> Any:
    """Each with its life: when seen, its state, who judged it and why."""
    return [asdict(one) for one in seen_findings(request, contract)]


def seen_findings(request: HttpRequest, contract: str) -> list[Finding]:
    """The findings of the targets the caller may see."""
    mine = {one.order for one in _seen(request, contract)}
    return [one for one in every_finding(office().hosting.host(contract, ENTRY.code)) if one.order in mine]


@router.get(
    "/{contract}/monitor/alerts",
    auth=Roles(SERVICE_READERS),
    response={200: Rows, **ANSWERS},
    summary="Alerts, newest first",
)
@answered
def alerts(request: HttpRequest, contract: str) -> Any:
    """Those of the targets the caller may see."""
    return [asdict(one) for one in seen_alerts(request, contract)]


def seen_alerts(request: HttpRequest, contract: str) -> list[Alert]:
    """The alerts of the targets the caller may see; whoever reads the contract sees all."""
    folder = folder_of(contract)
    if not (folder / "alerts.sqlite").exists():
        return []
    mine = {one.order for one in _seen(request, contract)}
    whole = not tenant_of(account_of(request))
    return [one for one in every_alert(folder) if whole or one.instance in mine]


@router.get(
    "/{contract}/monitor/maintenance",
    auth=Roles(CONTRACT_READERS),
    response={200: Rows, **ANSWERS},
    summary="Maintenance windows",
)
@answered
def maintenance(request: HttpRequest, contract: str) -> Any:
    """Who asked for each, who approved it."""
    del request
    return [asdict(one) for one in windows(office().hosting.host(contract, ENTRY.code))]


@router.get(
    "/{contract}/monitor/points",
    auth=Roles(CONTRACT_READERS),
    response={200: Rows, **ANSWERS},
    summary="Probe points",
)
@answered
def points(request: HttpRequest, contract: str) -> Any:
    """How each is heard and how far its clock is off; no secrets."""
    del request
    if not (folder_of(contract) / "points.sqlite").exists():
        return []
    hidden = {"certificate"}
    return [
        {name: value for name, value in asdict(one).items() if name not in hidden}
        for one in Points(folder_of(contract)).all()
    ]


@router.get(
    "/{contract}/monitor/boards",
    auth=Roles(SERVICE_READERS),
    response={200: Rows, **ANSWERS},
    summary="Dashboards, as data",
)
@answered
def boards(request: HttpRequest, contract: str) -> Any:
    """Each whole, as it is imported."""
    return [msgspec.to_builtins(one) for one in Boards(folder_of(contract)).all(tenant_of(account_of(request)))]
