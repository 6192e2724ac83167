"""yunyue ticket: open, list by clock, show, and take steps."""

import click

from yunyue.answer import Refused
from yunyue.doors.cli.command import Answer, SpokenGroup, answers, option
from yunyue.doors.cli.installed import opened, recorder
from yunyue.doors.cli.table import table
from yunyue.doors.cli.voice import Told, Voice
from yunyue.host.clock import BEIJING
from yunyue.settlement.statement import Said
from yunyue.tickets import register
from yunyue.tickets.escalation import escalate as escalate_all
from yunyue.tickets.register import Ticket
from yunyue.tickets.work import Move, Request, open_ticket, take

group = SpokenGroup("ticket", said=Said("工单：提交、列出、处理", "Tickets: open, list, work on"))
STATES = {
    "opened": ("待响应", "to be answered"),
    "answered": ("处理中", "being worked on"),
    "paused": ("待甲方答复", "waits for the client"),
    "resolved": ("已解决", "resolved"),
    "closed": ("已关闭", "closed"),
}


@group.command("open", said=Said("提交工单，时限即刻起算", "Open a ticket; its clocks begin at once"))
@click.argument("contract")
@click.argument("severity", type=click.IntRange(1, 4))
@click.argument("about")
@option("--tenant", default="", zh="使用部门", en="the department it is for")
@option("--order", default="", zh="涉及订单", en="the order it is about")
@option("--actor", zh="提交人（假名）", en="who asks (a pseudonym)")
@answers
def open_one(voice: Voice, contract: str, severity: int, about: str, **more: str) -> Answer:
    """Severity 1 is an outage, 4 a question."""
    wanted = Request(severity, about, more["tenant"], more["order"])
    with opened() as kernel:
        made = open_ticket(kernel, contract, wanted, recorder(more["actor"]))
    return (
        made if isinstance(made, Refused) else Told({"ticket": made}, [f"{voice.pick('已提交：', 'Opened: ')}{made}"])
    )


@group.command("list", said=Said("按时限列出工单", "List tickets, what runs out first comes first"))
@click.argument("contract")
@option("--all", "every", is_flag=True, zh="含已结束的", en="also those that are done")
@answers
def listed(voice: Voice, contract: str, every: bool) -> Answer:
    """The open ones by what is due first."""
    with opened() as kernel:
        known = kernel.known(contract)
        if isinstance(known, Refused):
            return known
        found = [one for one in register.tickets(known, kernel.calendar, kernel.clock.now()) if every or one.open]
    words = (("工单", "ticket"), ("级别", "severity"), ("状态", "state"), ("到期", "due"), ("事由", "about"))
    rows = [
        (one.id, str(one.said.severity), voice.pick(*STATES[one.state]), _due(one), one.said.about) for one in found
    ]
    ending = voice.pick(f"{len(rows)} 件工单", f"{len(rows)} tickets")
    return Told([_plain(one) for one in found], [*table([voice.pick(*pair) for pair in words], rows), ending])


@group.command("show", said=Said("查看工单与两个时限", "One ticket with its two clocks"))
@click.argument("contract")
@click.argument("ticket")
@answers
def show(voice: Voice, contract: str, ticket: str) -> Answer:
    """What happened, and how much of its time is used."""
    with opened() as kernel:
        known = kernel.known(contract)
        if isinstance(known, Refused):
            return known
        found = register.find(known, kernel.calendar, kernel.clock.now(), ticket)
    if found is None:
        return Refused(f"there is no ticket {ticket!r}", "ticket", "C18")
    steps = [f"{one.time:%Y-%m-%d %H:%M}  {one.type}  {one.actor}" for one in found.steps]
    clocks = [
        f"{words}: {clock.reading.used} / {clock.reading.allowed}"
        for words, clock in (
            (voice.pick("响应", "response"), found.response),
            (voice.pick("解决", "resolution"), found.resolution),
        )
    ]
    head = f"{found.id}  {voice.pick(*STATES[found.state])}  {found.said.about}"
    return Told(_plain(found), [head, *clocks, *steps])


@group.command("step", said=Said("处理工单：STEP 如 answered、resolved", "Take a step, such as answered or resolved"))
@click.argument("contract")
@click.argument("ticket")
@click.argument("step")
@option("--text", default="", zh="内容或事由", en="what is to be said, or why")
@option("--to", default="", zh="转派给（假名或小组）", en="whom it is handed over to")
@option("--actor", zh="处理人（假名）", en="who does it (a pseudonym)")
@answers
def step(voice: Voice, contract: str, ticket: str, step: str, **more: str) -> Answer:
    """Each step follows from a state that allows it."""
    kind = step if step.startswith("ticket.") else f"ticket.{step}"
    with opened() as kernel:
        refused = take(kernel, contract, ticket, Move(kind, more["text"], more["to"]), recorder(more["actor"]))
    return refused or Told({"ticket": ticket, "step": kind}, [voice.pick("已记录", "Recorded")])


@group.command("escalate", said=Said("将超时的工单升级", "Escalate the tickets whose time ran out"))
@click.argument("contract")
@answers
def escalate(voice: Voice, contract: str) -> Answer:
    """The server does this by itself every minute."""
    with opened() as kernel:
        count = escalate_all(kernel, contract)
    if isinstance(count, Refused):
        return count
    return Told({"escalated": count}, [voice.pick(f"升级 {count} 次", f"{count} escalations")])


def _row(one: Ticket, voice: Voice) -> tuple[str, ...]:
    return (one.id, str(one.said.severity), voice.pick(*STATES[one.state]), _due(one), one.said.about)


def _due(one: Ticket) -> str:
    return f"{one.next_due.astimezone(BEIJING):%Y-%m-%d %H:%M}" if one.next_due else "-"


def _plain(one: Ticket) -> dict[str, object]:
    return {
        "ticket": one.id,
        "severity": one.said.severity,
        "state": one.state,
        "due": one.next_due,
        "response": one.response.state,
        "resolution": one.resolution.state,
        "about": one.said.about,
    }
