"""Facts about how well the services ran: sealed samples, windows, incidents, exclusions, verdicts, force majeure."""

from decimal import Decimal
from typing import Annotated, Literal

import msgspec

from yunyue.journal.facts.base import (
    Count,
    Digest,
    Instant,
    Key,
    Month,
    Payload,
    Service,
    Text,
    require_between,
    require_order,
)
from yunyue.money import Money


class SegmentSealed(Payload, frozen=True, kw_only=True):
    """A stretch of raw samples was sealed; its digest binds every row of it to the journal."""

    type = "segment.sealed"
    title_zh = "样本封存"
    title_en = "Segment sealed"
    series: Key
    segment: Key
    first: Count
    rows: Count
    start: Instant
    end: Instant
    digest: Digest


class UseLogHead(Payload, frozen=True, kw_only=True):
    """The log of key uses had so many records, and this root over them (RFC 9162): none can be taken out any more."""

    type = "uselog.head"
    title_zh = "密钥使用日志头"
    title_en = "Head of the use log"
    log: Key
    size: Count
    root: Digest


class ProviderDisabled(Payload, frozen=True, kw_only=True):
    """A cipher or a token gave another answer than its standard publishes, or none, and is not used."""

    type = "provider.disabled"
    title_zh = "密码算法停用"
    title_en = "Cipher disabled"
    provider: Key
    reason: Text


class ProviderRestored(Payload, frozen=True, kw_only=True):
    """A cipher or a token that was disabled gives the published answers again, and is used."""

    type = "provider.restored"
    title_zh = "密码算法恢复"
    title_en = "Cipher restored"
    provider: Key


class SampleWindow(Payload, frozen=True, kw_only=True):
    """What the sealed samples say of one order's indicator in one window: how many, how many good, minutes down."""

    type = "sample.window"
    title_zh = "样本窗口"
    title_en = "Sample window"
    clauses = ("C18",)
    order: Key
    objective: Key
    start: Instant
    end: Instant
    total: Count
    good: Count
    bad_minutes: Count
    segments: tuple[Digest, ...]


class IncidentOpened(Payload, frozen=True, kw_only=True):
    """Something went wrong with an order, at a severity of the SLA's table (1 outage to 4 question)."""

    type = "incident.opened"
    title_zh = "故障发生"
    title_en = "Incident opened"
    clauses = ("C18",)
    incident: Key
    order: Key
    severity: Annotated[int, msgspec.Meta(ge=1, le=4)]
    about: Text


class IncidentClosed(Payload, frozen=True, kw_only=True):
    """The incident is over."""

    type = "incident.closed"
    title_zh = "故障恢复"
    title_en = "Incident closed"
    clauses = ("C18",)
    incident: Key


class ExclusionRequested(Payload, frozen=True, kw_only=True):
    """One side asks that a stretch of time not count, on one of the three grounds."""

    type = "exclusion.requested"
    title_zh = "申请剔除"
    title_en = "Exclusion requested"
    clauses = ("C18",)
    exclusion: Key
    objective: Key
    start: Instant
    end: Instant
    ground: Literal["maintenance", "client_fault", "majeure"]
    reason: Text

    def __post_init__(self) -> None:
        """A stretch does not end before it starts."""
        require_order(self.start, self.end)


class ExclusionApproved(Payload, frozen=True, kw_only=True):
    """Another person agreed that the stretch does not count."""

    type = "exclusion.approved"
    title_zh = "批准剔除"
    title_en = "Exclusion approved"
    clauses = ("C18",)
    exclusion: Key


class VerdictReached(Payload, frozen=True, kw_only=True):
    """An objective's month, measured and judged; kept for ever with what it rests on."""

    type = "verdict.reached"
    title_zh = "SLA 判定"
    title_en = "SLA verdict"
    clauses = ("C18",)
    service: Service
    objective: Key
    month: Month
    method: Literal["M1", "M2", "M3", "M4", "M5", "M6"]
    measured: Decimal
    target: Decimal
    met: bool
    counted_minutes: Count
    excluded_minutes: Count
    rests_on: tuple[Key, ...]

    def __post_init__(self) -> None:
        """Percentages lie between 0 and 100."""
        require_between(self.measured, 0, 100)
        require_between(self.target, 0, 100)


class CompensationDecided(Payload, frozen=True, kw_only=True):
    """The client decided on a proposed compensation (六): accept it, set another amount, or waive it."""

    type = "compensation.decided"
    title_zh = "补偿决定"
    title_en = "Compensation decided"
    clauses = ("C18",)
    objective: Key
    month: Month
    decision: Literal["accepted", "amended", "waived"]
    amount: Money


class MajeureBegan(Payload, frozen=True, kw_only=True):
    """Force majeure began to bear on performance (十一)."""

    type = "majeure.began"
    title_zh = "不可抗力发生"
    title_en = "Force majeure began"
    clauses = ("C28", "C29", "C31")
    event: Key
    about: Text


class MajeureCertified(Payload, frozen=True, kw_only=True):
    """The certificate of the event reached the other side (十一(二))."""

    type = "majeure.certified"
    title_zh = "不可抗力证明"
    title_en = "Force majeure certified"
    clauses = ("C28",)
    event: Key
    document: Digest


class MajeureEnded(Payload, frozen=True, kw_only=True):
    """The effect of the event ended (十一(三))."""

    type = "majeure.ended"
    title_zh = "不可抗力结束"
    title_en = "Force majeure ended"
    clauses = ("C29", "C30", "C31")
    event: Key
