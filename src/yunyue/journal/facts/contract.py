"""Facts about the contract itself: its terms, signatures, supplements, papers, disputes and end."""

from datetime import date
from typing import Annotated, Literal

import msgspec

from yunyue.journal.facts.base import Count, Digest, Instalment, Key, Party, Payload, Text
from yunyue.money import Money


class ContractRegistered(Payload, frozen=True, kw_only=True):
    """The terms were loaded; from here on their digest and the calendar's are part of the record."""

    type = "contract.registered"
    title_zh = "合同载入"
    title_en = "Contract registered"
    clauses = ("C37",)
    terms: Digest
    calendar: Digest


class ContractSigned(Payload, frozen=True, kw_only=True):
    """One side signed and sealed. In force once both have done both (十二(三), reading A3)."""

    type = "contract.signed"
    title_zh = "签字盖章"
    title_en = "Signed and sealed"
    clauses = ("C33",)
    party: Party
    signed: date
    sealed: date


class Change(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One changed term: its dotted path (such as "term.end") and its new value as the terms file would write it."""

    path: Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z_0-9]*(\.[A-Za-z0-9_-]+)*$(?!\n)")]
    value: str


class ContractSupplemented(Payload, frozen=True, kw_only=True):
    """A supplement signed and sealed by both sides overrides the terms it names (十二(五))."""

    type = "contract.supplemented"
    title_zh = "补充协议"
    title_en = "Supplement"
    clauses = ("C34",)
    supplement: Key
    effective: date
    client_signed: date
    client_sealed: date
    provider_signed: date
    provider_sealed: date
    changes: Annotated[tuple[Change, ...], msgspec.Meta(min_length=1)]
    document: Digest


class AnnexAttached(Payload, frozen=True, kw_only=True):
    """One of the six annexes was put with the contract."""

    type = "annex.attached"
    title_zh = "附件归入"
    title_en = "Annex attached"
    clauses = ("C38",)
    annex: Annotated[int, msgspec.Meta(ge=1, le=6)]
    document: Digest
    sample: bool


class CopiesExchanged(Payload, frozen=True, kw_only=True):
    """Signed copies changed hands (十二(六))."""

    type = "copies.exchanged"
    title_zh = "文本交换"
    title_en = "Copies exchanged"
    clauses = ("C35",)
    client: Count
    provider: Count


class SpecificationCited(Payload, frozen=True, kw_only=True):
    """A technical requirement was settled by this source, in the order of precedence of clause 二."""

    type = "specification.cited"
    title_zh = "技术规范援引"
    title_en = "Specification cited"
    clauses = ("C36",)
    topic: Key
    source: Literal["deviation", "tender", "standard"]
    document: Digest


class NoticeGiven(Payload, frozen=True, kw_only=True):
    """A notice in writing, with its channel and the proof of it (reading A17)."""

    type = "notice.given"
    title_zh = "通知送达"
    title_en = "Notice given"
    clauses = ("C09", "C28", "C30")
    about: Literal["account", "majeure", "majeure_end", "staff", "termination", "arrears", "other"]
    subject: Key
    by: Party
    channel: Literal["letter", "registered_mail", "telegram", "fax", "email", "in_app"]
    document: Digest


class BreachConfirmed(Payload, frozen=True, kw_only=True):
    """A breach both sides or a ruling confirmed. An open one of the provider suspends interest (A18)."""

    type = "breach.confirmed"
    title_zh = "违约确认"
    title_en = "Breach confirmed"
    clauses = ("C15", "C17")
    breach: Key
    by: Party
    about: Text
    document: Digest
    instalment: Instalment | None = None


class BreachCured(Payload, frozen=True, kw_only=True):
    """The breach is over."""

    type = "breach.cured"
    title_zh = "违约消除"
    title_en = "Breach cured"
    clauses = ("C15",)
    breach: Key


class ClaimRaised(Payload, frozen=True, kw_only=True):
    """A claim for direct losses with its own evidence; never computed by the platform (九(一))."""

    type = "claim.raised"
    title_zh = "损失主张"
    title_en = "Claim raised"
    clauses = ("C17",)
    claim: Key
    by: Party
    amount: Money
    document: Digest


class DisputeMoved(Payload, frozen=True, kw_only=True):
    """A dispute entered a stage (十): negotiation or mediation, else arbitration in Beijing."""

    type = "dispute.moved"
    title_zh = "争议进展"
    title_en = "Dispute moved"
    clauses = ("C32",)
    dispute: Key
    stage: Literal["negotiation", "mediation", "arbitration", "settled"]


class ContractTerminated(Payload, frozen=True, kw_only=True):
    """One side used its right to terminate. The platform shows such rights and never uses them."""

    type = "contract.terminated"
    title_zh = "合同解除"
    title_en = "Contract terminated"
    clauses = ("C12", "C14", "C16")
    by: Party
    ground: Literal["C12", "C14", "C16"]
    document: Digest


class FactCorrected(Payload, frozen=True, kw_only=True):
    """An earlier fact was wrong. It stays; from here on it no longer counts, and a new one may take its place."""

    type = "fact.corrected"
    title_zh = "事实更正"
    title_en = "Fact corrected"
    corrects: Key
    replacement: Key | None
    reason: Text
