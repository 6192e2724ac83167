"""Facts about tickets and incidents: who asked for help, how fast it came, what was found.

What people write to each other lies among the objects; a fact carries its digest. `about` and `reason` say in a line,
without names, what everybody who reads the contract may read.
"""

from typing import Annotated, Literal

import msgspec

from yunyue.journal.facts.base import Digest, Key, Payload, Text

Severity = Annotated[int, msgspec.Meta(ge=1, le=4)]


Allowance = Annotated[str, msgspec.Meta(pattern=r"^[1-9][0-9]{0,3} (min|h|wd)$(?!\n)")]
"""So many minutes, hours or working days, such as "10 min", "2 h", "1 wd"."""

Clock = Annotated[str, msgspec.Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$(?!\n)")]


class Level(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How fast a severity is answered and resolved, and whether its hours count day and night or in service hours."""

    severity: Severity
    response: Allowance
    resolution: Allowance
    hours: Literal["calendar", "service"]


class ResponseAgreed(Payload, frozen=True, kw_only=True):
    """The sides agreed on times of response and resolution, and on the service hours of a working day."""

    type = "response.agreed"
    title_zh = "响应时限约定"
    title_en = "Response times agreed"
    clauses = ("C18",)
    levels: Annotated[tuple[Level, ...], msgspec.Meta(min_length=1, max_length=4)]
    opens: Clock
    closes: Clock
    document: Digest

    def __post_init__(self) -> None:
        """Service hours end after they begin; a severity stands there once."""
        if self.closes <= self.opens:
            raise ValueError(f"Expected closing after {self.opens}, got {self.closes}")
        if len({one.severity for one in self.levels}) != len(self.levels):
            raise ValueError("Expected each severity once")


class TicketOpened(Payload, frozen=True, kw_only=True):
    """A department or either side asked for something, at a severity of the SLA's table (1 outage to 4 question)."""

    type = "ticket.opened"
    title_zh = "提交工单"
    title_en = "Ticket opened"
    clauses = ("C18",)
    ticket: Key
    severity: Severity
    about: Text
    tenant: Key | None
    order: Key | None


class TicketAnswered(Payload, frozen=True, kw_only=True):
    """The provider answered for the first time; this stops the clock of response."""

    type = "ticket.answered"
    title_zh = "工单响应"
    title_en = "Ticket answered"
    clauses = ("C18",)
    ticket: Key
    note: Digest


class TicketCommented(Payload, frozen=True, kw_only=True):
    """Somebody added a note; no clock starts or stops by it."""

    type = "ticket.commented"
    title_zh = "工单留言"
    title_en = "Ticket commented"
    ticket: Key
    note: Digest


class TicketHandedOver(Payload, frozen=True, kw_only=True):
    """Another person, or group, works on the ticket from here on; the clocks run on."""

    type = "ticket.handed_over"
    title_zh = "工单转派"
    title_en = "Ticket handed over"
    ticket: Key
    to: Key
    reason: Text


class TicketPaused(Payload, frozen=True, kw_only=True):
    """The provider waits for the client, who is told what for; the clock of resolution stands still."""

    type = "ticket.paused"
    title_zh = "工单待甲方答复"
    title_en = "Ticket waits for the client"
    clauses = ("C18",)
    ticket: Key
    reason: Text


class TicketContinued(Payload, frozen=True, kw_only=True):
    """The client answered, or nothing is waited for any more; the clock runs on."""

    type = "ticket.continued"
    title_zh = "工单继续处理"
    title_en = "Ticket goes on"
    clauses = ("C18",)
    ticket: Key


class TicketResolved(Payload, frozen=True, kw_only=True):
    """The provider says it is solved, and how; this stops the clock of resolution."""

    type = "ticket.resolved"
    title_zh = "工单解决"
    title_en = "Ticket resolved"
    clauses = ("C18",)
    ticket: Key
    note: Digest


class TicketReopened(Payload, frozen=True, kw_only=True):
    """It was not solved after all; the clock of resolution runs on from where it stopped."""

    type = "ticket.reopened"
    title_zh = "工单重开"
    title_en = "Ticket reopened"
    clauses = ("C18",)
    ticket: Key
    reason: Text


class TicketClosed(Payload, frozen=True, kw_only=True):
    """Who asked agrees that it is solved; nothing more happens to the ticket."""

    type = "ticket.closed"
    title_zh = "工单关闭"
    title_en = "Ticket closed"
    ticket: Key


class TicketEscalated(Payload, frozen=True, kw_only=True):
    """The platform found that a clock of the ticket had run out, and told who answers for it."""

    type = "ticket.escalated"
    title_zh = "工单升级"
    title_en = "Ticket escalated"
    clauses = ("C18",)
    ticket: Key
    clock: Literal["response", "resolution"]
    to: Literal["engineer", "service_manager", "client_manager"]


class IncidentNoted(Payload, frozen=True, kw_only=True):
    """What was found or done about an incident: a line of its timeline, at the moment it happened."""

    type = "incident.noted"
    title_zh = "故障经过"
    title_en = "Incident noted"
    clauses = ("C18",)
    incident: Key
    stage: Literal["detected", "located", "mitigated", "restored", "cause", "prevention"]
    about: Text


class IncidentLinked(Payload, frozen=True, kw_only=True):
    """A ticket, or a fact that shows the outage, belongs to an incident."""

    type = "incident.linked"
    title_zh = "故障关联"
    title_en = "Incident linked"
    clauses = ("C18",)
    incident: Key
    kind: Literal["ticket", "fact"]
    to: Key
