"""yunyue monitor probe, findings, judge, alerts, acknowledge, rules: what a person does."""

from dataclasses import asdict
from pathlib import Path
from typing import Any, Literal, cast

import click

from yunyue.answer import Refused
from yunyue.doors.cli.command import Answer, answers, option
from yunyue.doors.cli.installed import recorder
from yunyue.doors.cli.monitor.group import actor, folder, group, moment, watching
from yunyue.doors.cli.monitor.looking import told
from yunyue.doors.cli.table import table
from yunyue.doors.cli.voice import Told, Voice
from yunyue.doors.monitor import ownership
from yunyue.journal.facts import FindingAccepted, FindingJudged, Payload
from yunyue.kernel import Happening
from yunyue.services.monitor.alerts import config
from yunyue.services.monitor.alerts.register import acknowledge as taken_on
from yunyue.services.monitor.alerts.register import alerts as every_alert
from yunyue.services.monitor.content.findings import STATES
from yunyue.services.monitor.content.findings import findings as every_finding
from yunyue.services.monitor.entry import ENTRY
from yunyue.services.monitor.ownership import Means
from yunyue.services.monitor.service import MANUAL
from yunyue.settlement.statement import Said
from yunyue.sla.span import milliseconds

Judgement = Literal["confirmed", "false_positive", "fixed"]
JUDGEMENTS = ("confirmed", "false_positive", "fixed", "accepted")


@group.command("probe", said=Said("立即拨测一次", "Probe a target once, now"))
@click.argument("contract")
@click.argument("order")
@answers
def probe(voice: Voice, contract: str, order: str) -> Answer:
    """Shown, and never part of an SLA or a bill."""
    with watching(contract) as (hosting, host):
        service = hosting.service(ENTRY.code)
        done = service if isinstance(service, Refused) else service.operate(order, "probe_now", host)
        found = tuple(one for one in hosting.series.recent(order, 50) if one.indicator == MANUAL)[:1]
    return done if isinstance(done, Refused) else told(found, voice)


@group.command("findings", said=Said("列出内容检查的发现", "List what checks of content found"))
@click.argument("contract")
@option("--state", type=click.Choice(STATES), zh="仅此状态", en="only those in this state")
@answers
def findings(voice: Voice, contract: str, state: str | None) -> Answer:
    """Oldest first."""
    with watching(contract) as (_hosting, host):
        found = [one for one in every_finding(host) if state in (None, one.state)]
    pairs = (("发现", "finding"), ("订单", "order"), ("状态", "state"), ("最近", "last seen"), ("内容", "about"))
    rows = [[one.id, one.order, one.state, moment(one.last), one.about] for one in found]
    lines = table([voice.pick(*one) for one in pairs], rows) or [voice.pick("没有发现", "Nothing was found")]
    return Told([asdict(one) for one in found], lines)


@group.command("judge", said=Said("研判一项发现", "Judge a finding"))
@click.argument("contract")
@click.argument("finding")
@click.argument("state", type=click.Choice(JUDGEMENTS))
@click.argument("reason")
@actor
@answers
def judge(voice: Voice, contract: str, finding: str, state: str, reason: str, **who: Any) -> Answer:
    """A fact like any other."""
    said: Payload
    if state == "accepted":
        said = FindingAccepted(finding=finding, reason=reason)
    else:
        said = FindingJudged(finding=finding, state=cast(Judgement, state), reason=reason)
    with watching(contract) as (hosting, host):
        if not any(one.id == finding for one in every_finding(host)):
            return Refused(f"there is no finding {finding!r}", "finding", "C37")
        happening = Happening(said, hosting.kernel.clock.now())
        done = hosting.kernel.record(contract, [happening], recorder(who["actor"]))
    if isinstance(done, Refused):
        return done
    return Told({"finding": finding, "state": state}, [f"{voice.pick('已记录：', 'Recorded: ')}{finding} {state}"])


@group.command("alerts", said=Said("列出告警", "List alerts"))
@click.argument("contract")
@option("--limit", type=click.IntRange(1, 10_000), default=50, zh="条数", en="how many")
@answers
def alerts(voice: Voice, contract: str, limit: int) -> Answer:
    """Newest first."""
    with watching(contract) as (_hosting, host):
        found = every_alert(folder(host), limit) if (folder(host) / "alerts.sqlite").exists() else ()
    pairs = (
        ("编号", "no."),
        ("规则", "rule"),
        ("目标", "target"),
        ("触发", "fired"),
        ("恢复", "over"),
        ("认领", "taken on"),
    )
    rows = [
        [str(one.number), one.rule, one.instance, moment(one.fired), moment(one.over) or "-", one.who or "-"]
        for one in found
    ]
    lines = table([voice.pick(*one) for one in pairs], rows, frozenset({0})) or [voice.pick("没有告警", "No alerts")]
    return Told([asdict(one) for one in found], lines)


@group.command("ack", said=Said("认领一条告警，停止其升级", "Take an alert on; it is escalated no further"))
@click.argument("contract")
@click.argument("number", type=click.IntRange(1))
@click.argument("why", required=False, default="")
@actor
@answers
def ack(voice: Voice, contract: str, number: int, why: str, **who: Any) -> Answer:
    """Once, by one person."""
    with watching(contract) as (hosting, host):
        said = (recorder(who["actor"]).actor, why)
        done = taken_on(folder(host), number, said, milliseconds(hosting.kernel.clock.now()))
    if isinstance(done, Refused):
        return done
    return Told(asdict(done), [f"{voice.pick('已认领：', 'Taken on: ')}{number} {done.rule} {done.instance}"])


@group.command("name", said=Said("证明域名归属某部门", "Prove that a name is a department's"))
@click.argument("contract")
@click.argument("tenant")
@click.argument("name")
@option("--prove", "means", type=click.Choice(("dns", "http")), zh="查验并记录", en="look for it there, and record it")
@actor
@answers
def name(voice: Voice, contract: str, tenant: str, name: str, **said: Any) -> Answer:
    """Without --prove, what is to be published and where."""
    with watching(contract) as (hosting, _host):
        if said["means"] is None:
            wanted = ownership.to_publish(hosting, contract, tenant, name)
            if isinstance(wanted, Refused):
                return wanted
            either = voice.pick("发布于以下任一处：", "Publish it at one of these:")
            return Told(wanted, [wanted["word"], either, wanted["dns"], wanted["http"]])
        claim = (tenant, name, cast(Means, said["means"]))
        done = ownership.prove(hosting, contract, claim, recorder(said["actor"]))
    if isinstance(done, Refused):
        return done
    told_as = {"tenant": done.tenant, "name": done.name, "means": done.means}
    return Told(told_as, [f"{voice.pick('已证明：', 'Proven: ')}{done.name} {done.tenant}"])


@group.command("rules", said=Said("显示告警设置，或以 FILE 替换", "Show the alert settings, or replace them by FILE"))
@click.argument("contract")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=False)
@answers
def rules(voice: Voice, contract: str, file: Path | None) -> Answer:
    """Rules, channels, silences and rotas as JSON; secrets of channels are not shown."""
    with watching(contract) as (_hosting, host):
        found = config.save(folder(host), file.read_bytes()) if file else config.load(folder(host))
    if isinstance(found, Refused):
        return found
    plain = {
        "rules": [one.name for one in found.rules],
        "channels": [one.name for one in found.channels],
        "silences": [one.name for one in found.silences],
        "rotas": [one.name for one in found.rotas],
    }
    titles = {"rules": "规则", "channels": "渠道", "silences": "静默", "rotas": "值班表"}
    lines = [f"{voice.head(titles[name], name)}{', '.join(names) or '-'}" for name, names in plain.items()]
    return Told(plain, lines)
