"""Facts about papers once they are signed: the sealed scan brought back, legal holds, and the end of a document."""

from typing import Literal

from yunyue.journal.facts.base import Digest, Key, Payload, Text


class PaperSealed(Payload, frozen=True, kw_only=True):
    """A paper came back signed and sealed: its scan, and which paper it is, and what it speaks of."""

    type = "paper.sealed"
    title_zh = "盖章扫描件归档"
    title_en = "Sealed paper attached"
    clauses = ("C38",)
    paper: Key
    subject: Key | None
    document: Digest


class HoldPlaced(Payload, frozen=True, kw_only=True):
    """From here on nothing it covers is destroyed, also after its retention has ended."""

    type = "hold.placed"
    title_zh = "法律保全"
    title_en = "Legal hold placed"
    clauses = ("C32", "C38")
    hold: Key
    covers: Literal["everything", "papers", "logs"]
    reason: Text


class HoldLifted(Payload, frozen=True, kw_only=True):
    """The hold is over; another person agreed."""

    type = "hold.lifted"
    title_zh = "解除法律保全"
    title_en = "Legal hold lifted"
    clauses = ("C32", "C38")
    hold: Key


class DocumentDestroyed(Payload, frozen=True, kw_only=True):
    """A document whose retention had ended was destroyed; the facts that named it stay, with its digest."""

    type = "document.destroyed"
    title_zh = "到期销毁"
    title_en = "Document destroyed"
    clauses = ("C38",)
    digest: Digest
    reason: Text
