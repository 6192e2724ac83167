"""yunyue monitor targets, results, budget, dispute, maintenance: what was measured, and what it means."""

from dataclasses import asdict
from datetime import date, datetime
from typing import Any, get_args

import click
import msgspec

from yunyue.answer import Refused
from yunyue.catalog import Sample
from yunyue.contract.terms import Method, Objective
from yunyue.doors.cli.command import Answer, answers, option
from yunyue.doors.cli.moments import MOMENT
from yunyue.doors.cli.monitor.group import group, moment, watching
from yunyue.doors.cli.table import table
from yunyue.doors.cli.voice import Told, Voice
from yunyue.doors.monitor.budget import Budget, budget, compare
from yunyue.doors.monitor.dispute import Dispute, dispute
from yunyue.doors.monitor.wall import Spot, wall
from yunyue.host.clock import BEIJING
from yunyue.kernel.hosting import Hosting
from yunyue.services.monitor.entry import ENTRY
from yunyue.services.monitor.maintenance import windows
from yunyue.settlement.statement import Said
from yunyue.sla.months import service_month
from yunyue.sla.span import MINUTE, Span, milliseconds

METHODS = get_args(Method)


@group.command("targets", said=Said("列出目标及其状态", "List targets and how they are"))
@click.argument("contract")
@answers
def targets(voice: Voice, contract: str) -> Answer:
    """Every target, with its last 30 days."""
    with watching(contract) as (hosting, _host):
        spots = wall(hosting, contract)
    heads = [voice.pick(*one) for one in (("目标", "target"), ("订单", "order"), ("状态", "state"), ("最近", "last"))]
    heads += [voice.pick("近 30 日", "30 days"), voice.pick("未恢复", "open"), voice.pick("发现", "findings")]
    rows = [_target(one) for one in spots]
    lines = table(heads, rows, frozenset({4, 5, 6})) or [voice.pick("尚无目标", "No targets")]
    return Told([_plain(one) for one in spots], lines)


def _target(spot: Spot) -> list[str]:
    known = [one.share for one in spot.days if one.share is not None]
    share = f"{sum(known) / len(known) / 1000:.3f} %" if known else "-"
    last = moment(spot.sample.ts) if spot.sample else "-"
    return [spot.name, spot.order, spot.state, last, share, str(len(spot.open)), str(spot.findings)]


def _plain(spot: Spot) -> dict[str, Any]:
    sample = spot.sample._asdict() if spot.sample else None
    days = [{"day": one.day, "share": one.share, "bad_minutes": one.bad_minutes, "gaps": one.gaps} for one in spot.days]
    incidents = [asdict(one) for one in spot.incidents]
    return {
        "order": spot.order,
        "target": spot.name,
        "kind": spot.kind,
        "tenant": spot.tenant,
        "stage": spot.stage,
        "state": spot.state,
        "sample": sample,
        "days": days,
        "incidents": incidents,
        "findings": spot.findings,
    }


@group.command("results", said=Said("最近的拨测结果", "The newest results of a target"))
@click.argument("contract")
@click.argument("order")
@option("--limit", type=click.IntRange(1, 10_000), default=20, zh="条数", en="how many")
@answers
def results(voice: Voice, contract: str, order: str, limit: int) -> Answer:
    """Newest first, gaps too."""
    with watching(contract) as (hosting, _host):
        refused = _known(hosting, contract, order)
        found = hosting.series.recent(order, limit)
    return refused or told(found, voice)


def told(samples: tuple[Sample, ...], voice: Voice) -> Told:
    """Samples as a table."""
    heads = [voice.pick(*one) for one in (("时间", "time"), ("指标", "indicator"), ("结果", "result"))]
    heads.append(voice.pick("时延 ms", "latency ms"))
    rows = [
        [moment(one.ts), one.indicator, "ok" if one.ok else one.error, f"{one.latency_us / 1000:.1f}"]
        for one in samples
    ]
    lines = table(heads, rows, frozenset({3})) or [voice.pick("尚无结果", "No results yet")]
    return Told([one._asdict() for one in samples], lines)


@group.command("budget", said=Said("SLA 余量：本月还允许多少", "SLA budget: what a month still allows"))
@click.argument("contract")
@click.argument("objective")
@option("--month", default="", zh="月份，如 2024-10，默认本月", en="the month, such as 2024-10; this one by default")
@option("--method", type=click.Choice(METHODS), zh="改按此方法计算", en="by this method instead of the agreed one")
@option("--compare", "all_six", is_flag=True, zh="比较六种方法", en="compare all six methods")
@answers
def left(voice: Voice, contract: str, objective: str, **asked: Any) -> Answer:
    """It decides nothing: a month is judged when it is over."""
    with watching(contract) as (hosting, _host):
        wanted = _objective(hosting, contract, objective)
        terms = hosting.kernel.terms(contract)
        if isinstance(wanted, Refused):
            return wanted
        if isinstance(terms, Refused):
            return terms
        name = asked["month"] or f"{hosting.kernel.clock.now():%Y-%m}"
        month = service_month(terms.term, name)
        if month is None:
            return Refused(f"{name} is no month of the term {terms.term.start} to {terms.term.end}", "month", "C01")
        if asked["all_six"]:
            found = compare(hosting, contract, wanted, month)
        else:
            one = budget(hosting, contract, wanted, month, asked["method"])
            found = one if isinstance(one, Refused) else (one,)
    return found if isinstance(found, Refused) else _budgets(found, voice)


def _budgets(found: tuple[Budget, ...], voice: Voice) -> Told:
    pairs = (("方法", "method"), ("数值", "figure"), ("允许", "allowed"), ("不合格", "bad"), ("剩余", "left"))
    heads = [voice.pick(*one) for one in pairs]
    rows = [
        [one.method, "-" if one.figure is None else f"{one.figure} %", str(one.allowed), str(one.bad), str(one.left)]
        for one in found
    ]
    plain = [
        {
            "objective": one.objective.id,
            "month": one.month.name,
            "method": one.method,
            "agreed": one.method == one.objective.method,
            "figure": None if one.figure is None else str(one.figure),
            "allowed": str(one.allowed),
            "bad": one.bad,
            "left": str(one.left),
            "days": [{"day": day.day.isoformat(), "bad": day.bad, "left": str(day.left)} for day in one.days],
        }
        for one in found
    ]
    return Told(plain, table(heads, rows, frozenset({1, 2, 3, 4})))


@group.command("dispute", said=Said("争议分钟：各拨测点所见与剔除申请", "Minutes in question, from every probe point"))
@click.argument("contract")
@click.argument("order")
@click.argument("start", type=MOMENT)
@click.argument("end", type=MOMENT)
@option("--objective", default="", zh="指标，默认可用性", en="the objective; availability by default")
@option("--method", type=click.Choice(METHODS), zh="改按此方法", en="by this method instead")
@answers
def minutes(voice: Voice, contract: str, order: str, start: date, end: date, **asked: Any) -> Answer:
    """At most a day; START and END such as 2024-10-18T10:00."""
    first, last = _floor(start), _floor(end)
    if last < first:
        return Refused("the stretch ends before it starts", "end", "C18")
    with watching(contract) as (hosting, _host):
        wanted = _objective(hosting, contract, asked["objective"])
        if isinstance(wanted, Refused):
            return wanted
        refused = _known(hosting, contract, order)
        found = refused or dispute(hosting, (contract, order), wanted, Span(first, last), asked["method"])
    return found if isinstance(found, Refused) else _dispute(found, voice)


def _dispute(found: Dispute, voice: Voice) -> Told:
    columns = [one or voice.pick("判定", "verdict") for one in found.columns]
    heads = [voice.pick("分钟", "minute"), *columns, voice.pick("计为", "counts as")]
    rows = [
        [
            moment(one.start),
            *("-" if count is None else f"{count.good}/{count.total}" for count in one.seen),
            one.excluded or ("bad" if one.bad else ""),
        ]
        for one in found.minutes
    ]
    lines = table(heads, rows) or [voice.pick("没有失败或缺测", "No failure and no gap")]
    asked = [
        f"{one.id}: {moment(one.span.start)} - {moment(one.span.end)} {one.ground} {one.asked_by} -> "
        f"{one.approved_by or '-'} {one.reason}{f' ({one.ignored})' if one.ignored else ''}"
        for one in found.exclusions
    ]
    files = [f"{digest}  {fact}" for digest, fact in found.segments]
    plain = {
        "order": found.order,
        "objective": found.objective.id,
        "method": found.method,
        "columns": found.columns,
        "minutes": [msgspec.to_builtins(one) for one in found.minutes],
        "bad": [[one.start, one.end] for one in found.bad],
        "exclusions": [msgspec.to_builtins(one) for one in found.exclusions],
        "windows": found.windows,
        "segments": found.segments,
        "unsealed": found.unsealed,
    }
    return Told(plain, [*lines, *asked, *files])


@group.command("maintenance", said=Said("维护窗口及申请人、批准人", "Maintenance windows: who asked, who approved"))
@click.argument("contract")
@answers
def maintenance(voice: Voice, contract: str) -> Answer:
    """In the order they were asked for."""
    with watching(contract) as (_hosting, host):
        found = windows(host)
    pairs = (("窗口", "window"), ("起", "from"), ("止", "to"), ("申请", "asked by"), ("批准", "approved by"))
    rows = [[one.exclusion, moment(one.start), moment(one.end), one.who, one.approver or "-"] for one in found]
    lines = table([voice.pick(*one) for one in pairs], rows) or [voice.pick("没有维护窗口", "No maintenance windows")]
    return Told([asdict(one) for one in found], lines)


def _objective(hosting: Hosting, contract: str, name: str) -> Objective | Refused:
    """The objective of that name; without one the first that is about availability."""
    known = hosting.host(contract, ENTRY.code).objectives(ENTRY.code)
    found = next((one for one in known if (one.id == name if name else one.indicator == "availability")), None)
    names = ", ".join(one.id for one in known)
    return found or Refused(f"there is no objective {name!r} of monitoring; known: {names}", "objective", "C18")


def _known(hosting: Hosting, contract: str, order: str) -> Refused | None:
    """Why there is no such target."""
    if any(one.order == order for one in wall(hosting, contract)):
        return None
    return Refused(f"there is no target {order!r}", "order", "C37")


def _floor(typed: date) -> int:
    """The whole minute (ms) of what was typed; a day alone begins at its midnight."""
    if not isinstance(typed, datetime):
        typed = datetime(typed.year, typed.month, typed.day, tzinfo=BEIJING)
    return milliseconds(typed) // MINUTE * MINUTE
