"""yunyue incident: what went wrong, when, what was found and done, and the tickets and facts that belong to it."""

from datetime import datetime
from typing import Any

import click

from yunyue.answer import Refused
from yunyue.doors.cli.command import Answer, SpokenGroup, answers, option
from yunyue.doors.cli.installed import opened, recorder
from yunyue.doors.cli.moments import MOMENT, happened
from yunyue.doors.cli.table import table
from yunyue.doors.cli.voice import Told, Voice
from yunyue.host.clock import BEIJING
from yunyue.host.randomness import identifier
from yunyue.journal.envelope import Fact, understand
from yunyue.kernel import Happening
from yunyue.settlement.statement import Said
from yunyue.tickets import incidents as register

group = SpokenGroup("incident", said=Said("故障：记录、经过、关联、恢复", "Incidents: record, note, link, close"))
STAGES = ("detected", "located", "mitigated", "restored", "cause", "prevention")
actor = option("--actor", zh="操作人（假名）", en="who does it (a pseudonym)")
at = option("--at", type=MOMENT, zh="发生的日期或时刻，默认现在", en="day or moment it happened; now")


@group.command("open", said=Said("记录故障", "Record an incident"))
@click.argument("contract")
@click.argument("order")
@click.argument("severity", type=click.IntRange(1, 4))
@click.argument("about")
@at
@actor
@answers
def open_one(voice: Voice, contract: str, order: str, severity: int, about: str, **how: Any) -> Answer:
    """Severity 1 is an outage, 4 a question. It lasts until it is closed."""
    with opened() as kernel:
        name = identifier("incident", kernel.clock.now())
        values = {"incident": name, "order": order, "severity": severity, "about": about}
        done = _recorded(kernel, contract, ("incident.opened", values), **how)
    return (
        done
        if isinstance(done, Refused)
        else Told({"incident": name}, [f"{voice.pick('已记录：', 'Recorded: ')}{name}"])
    )


@group.command("note", said=Said("记录经过：发现、定位、缓解、恢复、原因、预防", "Note a step of its course"))
@click.argument("contract")
@click.argument("incident")
@click.argument("stage", type=click.Choice(STAGES))
@click.argument("about")
@at
@actor
@answers
def note(voice: Voice, contract: str, incident: str, stage: str, about: str, **how: Any) -> Answer:
    """What was found or done, at the moment it happened."""
    values = {"incident": incident, "stage": stage, "about": about}
    return _step(voice, contract, ("incident.noted", values), **how)


@group.command("link", said=Said("关联工单或事实", "Link a ticket, or a fact that shows the outage"))
@click.argument("contract")
@click.argument("incident")
@click.argument("kind", type=click.Choice(("ticket", "fact")))
@click.argument("to", metavar="ID")
@at
@actor
@answers
def link(voice: Voice, contract: str, incident: str, kind: str, to: str, **how: Any) -> Answer:
    """It must be there."""
    return _step(voice, contract, ("incident.linked", {"incident": incident, "kind": kind, "to": to}), **how)


@group.command("close", said=Said("故障恢复", "The incident is over"))
@click.argument("contract")
@click.argument("incident")
@at
@actor
@answers
def close(voice: Voice, contract: str, incident: str, **how: Any) -> Answer:
    """From here on it lasts no longer."""
    return _step(voice, contract, ("incident.closed", {"incident": incident}), **how)


@group.command("list", said=Said("列出故障：未恢复的在前", "List incidents, those that last first"))
@click.argument("contract")
@answers
def listed(voice: Voice, contract: str) -> Answer:
    """Since when, and how long."""
    with opened() as kernel:
        known, now = kernel.known(contract), kernel.clock.now()
    if isinstance(known, Refused):
        return known
    found = register.incidents(known)
    words = (("故障", "incident"), ("订单", "order"), ("级别", "severity"), ("开始", "began"), ("持续", "lasted"))
    rows = [
        (one.id, one.said.order, str(one.said.severity), _moment(one.opened.time), str(one.lasted(now)).split(".")[0])
        for one in found
    ]
    ending = voice.pick(f"{len(rows)} 起故障", f"{len(rows)} incidents")
    return Told([_plain(one) for one in found], [*table([voice.pick(*pair) for pair in words], rows), ending])


@group.command("show", said=Said("查看故障及其经过", "One incident with its course"))
@click.argument("contract")
@click.argument("incident")
@answers
def show(voice: Voice, contract: str, incident: str) -> Answer:
    """Oldest first."""
    del voice
    with opened() as kernel:
        known = kernel.known(contract)
    if isinstance(known, Refused):
        return known
    found = register.find(known, incident)
    if found is None:
        return Refused(f"there is no incident {incident!r}", "incident", "C18")
    return Told(_plain(found), [f"{found.id}  {found.said.about}", *map(_line, found.timeline)])


def _step(voice: Voice, contract: str, said: tuple[str, dict[str, Any]], **how: Any) -> Answer:
    with opened() as kernel:
        done = _recorded(kernel, contract, said, **how)
    plain = {"incident": said[1]["incident"], "type": said[0]}
    return done if isinstance(done, Refused) else Told(plain, [voice.pick("已记录", "Recorded")])


def _recorded(
    kernel: Any, contract: str, said: tuple[str, dict[str, Any]], at: Any, actor: str | None
) -> Refused | None:
    payload = understand(said[0], said[1])
    if isinstance(payload, Refused):
        return payload
    moment = happened(at, kernel.clock.now())
    done = kernel.record(
        contract, [Happening(payload, moment, identifier("fact", kernel.clock.now()))], recorder(actor)
    )
    return done if isinstance(done, Refused) else None


def _line(fact: Fact) -> str:
    about = getattr(fact.data, "about", "") or getattr(fact.data, "to", "")
    return f"{_moment(fact.time)}  {fact.type}  {about}".rstrip()


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(BEIJING):%Y-%m-%d %H:%M}"


def _plain(one: register.Incident) -> dict[str, object]:
    return {
        "incident": one.id,
        "order": one.said.order,
        "severity": one.said.severity,
        "about": one.said.about,
        "began": one.opened.time,
        "ended": None if one.closed is None else one.closed.time,
        "tickets": list(one.tickets),
        "facts": list(one.facts),
        "course": [{"time": each.time, "type": each.type, "fact": each.id} for each in one.timeline],
    }
