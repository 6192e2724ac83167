"""Facts that need a second person: what one proposed, and how another decided."""

from yunyue.journal.facts.base import Digest, Instant, Key, Payload, Text


class ProposalMade(Payload, frozen=True, kw_only=True):
    """A person proposed a fact: its type, the digest of its canonical content, and the moment it speaks of."""

    type = "proposal.made"
    title_zh = "提请审批"
    title_en = "Proposed"
    proposal: Key
    kind: Key
    content: Digest
    at: Instant


class ProposalApproved(Payload, frozen=True, kw_only=True):
    """Another person agreed; the proposed fact was recorded with this one, under this id."""

    type = "proposal.approved"
    title_zh = "审批同意"
    title_en = "Proposal approved"
    proposal: Key
    fact: Key


class ProposalRejected(Payload, frozen=True, kw_only=True):
    """The proposal came to nothing: another person refused it, or its maker took it back."""

    type = "proposal.rejected"
    title_zh = "审批退回"
    title_en = "Proposal rejected"
    proposal: Key
    reason: Text
