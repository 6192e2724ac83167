"""yunyue month: close a service month, and show how each objective was met."""

from datetime import timedelta
from typing import Any

import click

from yunyue.answer import Refused
from yunyue.doors.cli.command import Answer, SpokenGroup, answers
from yunyue.doors.cli.offices import hosted
from yunyue.doors.cli.table import table
from yunyue.doors.cli.voice import Told, Voice
from yunyue.kernel.hosting import Hosting
from yunyue.kernel.measure import close_month
from yunyue.settlement.statement import Said
from yunyue.sla.methods import shown
from yunyue.sla.verdict import Judged, NoEvidence, Running, Verdict

group = SpokenGroup("month", said=Said("服务月：封存样本、判定 SLA", "Service months: seal samples, judge the SLA"))


@group.command(
    "close",
    said=Said("结束一个服务月，默认上月；重复无害", "Close a service month, last month by default; again is harmless"),
)
@click.argument("contract")
@click.argument("month", metavar="[MONTH]", required=False)
@answers
def close(voice: Voice, contract: str, month: str | None) -> Answer:
    """Seal, state the windows, judge, record once."""
    with hosted() as hosting:
        chosen = month or _last(hosting)
        verdicts = close_month(hosting, contract, chosen)
    return verdicts if isinstance(verdicts, Refused) else told(chosen, verdicts, voice)


def _last(hosting: Hosting) -> str:
    first = hosting.kernel.clock.now().date().replace(day=1)
    return f"{first - timedelta(days=1):%Y-%m}"


def told(month: str, verdicts: tuple[Verdict, ...], voice: Voice) -> Told:
    """Verdicts as a table."""
    plain = {"month": month, "verdicts": [_plain(one) for one in verdicts]}
    pairs = (("目标", "objective"), ("方法", "method"), ("要求", "target"), ("实测", "measured"), ("判定", "verdict"))
    rows = [
        (
            *(voice.pick(one.objective.title.zh, one.objective.title.en), one.objective.method),
            *(f"{one.objective.target}%", _measured(one), voice.pick(*_words(one))),
        )
        for one in verdicts
    ]
    heads = [voice.pick(*pair) for pair in pairs]
    return Told(plain, [month, *table(heads, rows, frozenset({2, 3}))])


def _plain(one: Verdict) -> dict[str, Any]:
    found: dict[str, Any] = {"objective": one.objective.id, "method": one.objective.method}
    return {**found, "target": str(one.objective.target), "measured": _measured(one) or None, "state": _words(one)[1]}


def _measured(one: Verdict) -> str:
    share = one.measured.share if isinstance(one, Judged | Running) else None
    return "" if share is None else f"{shown(share)}%"


def _words(one: Verdict) -> tuple[str, str]:
    match one:
        case Judged():
            return ("达标", "met") if one.met else ("未达标", "missed")
        case Running():
            return ("本月未结束", "still running")
        case NoEvidence():
            return ("无证据", "no evidence")
