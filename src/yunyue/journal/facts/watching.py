"""Facts about what is watched: findings and what became of them, approved baselines, whose addresses are whose."""

from ipaddress import ip_network
from typing import Annotated, Literal

import msgspec

from yunyue.journal.facts.base import Digest, Key, Payload, Text


class FindingRaised(Payload, frozen=True, kw_only=True):
    """A check found something wrong with the content of what an order watches; the evidence lies among the objects."""

    type = "finding.raised"
    title_zh = "发现问题"
    title_en = "Finding raised"
    clauses = ("C37",)
    finding: Key
    order: Key
    check: Key
    about: Text
    evidence: tuple[Digest, ...]


class FindingJudged(Payload, frozen=True, kw_only=True):
    """A person judged a finding: it is so, it is none, or it is mended."""

    type = "finding.judged"
    title_zh = "研判发现"
    title_en = "Finding judged"
    clauses = ("C37",)
    finding: Key
    state: Literal["confirmed", "false_positive", "fixed"]
    reason: Text


class FindingAccepted(Payload, frozen=True, kw_only=True):
    """The client accepts a finding as it is, and takes the risk."""

    type = "finding.accepted"
    title_zh = "接受发现"
    title_en = "Finding accepted"
    clauses = ("C37",)
    finding: Key
    reason: Text


class BaselineSet(Payload, frozen=True, kw_only=True):
    """A page as it is meant to be: the digests of its structure and of its picture; later looks compare with these."""

    type = "baseline.set"
    title_zh = "设定页面基线"
    title_en = "Page baseline set"
    clauses = ("C37",)
    order: Key
    structure: Digest
    picture: Digest


class OwnershipProven(Payload, frozen=True, kw_only=True):
    """A tenant showed that a public name is theirs, by a record in its DNS or a file on its site."""

    type = "ownership.proven"
    title_zh = "证明归属"
    title_en = "Ownership proven"
    clauses = ("C37",)
    tenant: Key
    name: Key
    means: Literal["dns", "http"]


class OwnershipGranted(Payload, frozen=True, kw_only=True):
    """Internal addresses are a tenant's; two people say so, since no name server can. A CIDR such as 10.1.2.0/24."""

    type = "ownership.granted"
    title_zh = "登记内网地址归属"
    title_en = "Ownership of internal addresses granted"
    clauses = ("C37",)
    tenant: Key
    addresses: Annotated[str, msgspec.Meta(min_length=3, max_length=64)]
    document: Digest

    def __post_init__(self) -> None:
        """Addresses of one network, none on the machine itself or on a link (where clouds keep their metadata)."""
        try:
            found = ip_network(self.addresses)
        except ValueError:
            raise ValueError(f"Expected addresses of a network, got {self.addresses}") from None
        if found.is_loopback or found.is_link_local or found.is_multicast or found.is_unspecified or found.is_reserved:
            raise ValueError(f"Expected addresses of a network, got {self.addresses}")
        if found.prefixlen < found.max_prefixlen // 4:
            raise ValueError(f"Expected a prefix of at least /{found.max_prefixlen // 4}, got {self.addresses}")
