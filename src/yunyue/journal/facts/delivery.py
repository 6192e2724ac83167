"""Facts about orders, delivery, acceptance and rework."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

import msgspec

from yunyue.journal.facts.base import (
    Digest,
    Instant,
    Key,
    Milestone,
    Payload,
    Service,
    Text,
    require_between,
    require_order,
)

MOST = 10**12
"""No quantity is larger: more than any unit of any catalogue, and far from where digits are lost."""


class OrderPlaced(Payload, frozen=True, kw_only=True):
    """A department ordered a catalogue item, to be delivered by a day; its parameters lie among the objects."""

    type = "order.placed"
    title_zh = "下单"
    title_en = "Order placed"
    clauses = ("C01", "C02", "C37")
    order: Key
    service: Service
    item: Key
    quantity: Decimal
    tenant: Key
    deliver_by: date
    parameters: Digest | None = None

    def __post_init__(self) -> None:
        """A quantity is between 0 and the most there can be."""
        require_between(self.quantity, 0, MOST)


class OrderApproved(Payload, frozen=True, kw_only=True):
    """The client's approver agreed to the order; maker and checker are two people."""

    type = "order.approved"
    title_zh = "订单批准"
    title_en = "Order approved"
    order: Key


class OrderChangeAsked(Payload, frozen=True, kw_only=True):
    """Somebody asked that an order be for more or less, or ready by another day, or made otherwise.

    What is given stands for the whole order from the approval on; `parameters` None keeps those there are.
    """

    type = "order.change.asked"
    title_zh = "申请变更订单"
    title_en = "Change of order asked for"
    clauses = ("C01", "C02", "C37")
    change: Key
    order: Key
    quantity: Decimal
    deliver_by: date
    parameters: Digest | None = None
    reason: Text

    def __post_init__(self) -> None:
        """A quantity is between 0 and the most there can be."""
        require_between(self.quantity, 0, MOST)


class OrderChangeApproved(Payload, frozen=True, kw_only=True):
    """The client's approver agreed to the change; maker and checker are two people."""

    type = "order.change.approved"
    title_zh = "批准变更订单"
    title_en = "Change of order approved"
    clauses = ("C01", "C02")
    change: Key


class OrderCancelled(Payload, frozen=True, kw_only=True):
    """The order ended before or after delivery."""

    type = "order.cancelled"
    title_zh = "订单取消"
    title_en = "Order cancelled"
    order: Key
    reason: Text


class ServiceDelivered(Payload, frozen=True, kw_only=True):
    """What was ordered is there and usable; the day counts for 九(二)."""

    type = "service.delivered"
    title_zh = "服务交付"
    title_en = "Service delivered"
    clauses = ("C11", "C12", "C05")
    order: Key


class ServiceSuspended(Payload, frozen=True, kw_only=True):
    """A delivered service stopped on purpose. Non-payment is never a ground (八(四))."""

    type = "service.suspended"
    title_zh = "服务暂停"
    title_en = "Service suspended"
    clauses = ("C10",)
    order: Key
    ground: Literal["client_request", "security", "maintenance", "nonpayment"]


class ServiceResumed(Payload, frozen=True, kw_only=True):
    """A suspended service runs again."""

    type = "service.resumed"
    title_zh = "服务恢复"
    title_en = "Service resumed"
    order: Key


class ServiceRetired(Payload, frozen=True, kw_only=True):
    """A delivered service ended and its resources were given back."""

    type = "service.retired"
    title_zh = "服务退订"
    title_en = "Service retired"
    order: Key


class UsageMetered(Payload, frozen=True, kw_only=True):
    """What an order used in a window, by one meter of its service."""

    type = "usage.metered"
    title_zh = "用量计量"
    title_en = "Usage metered"
    order: Key
    meter: Key
    quantity: Decimal
    start: Instant
    end: Instant

    def __post_init__(self) -> None:
        """A quantity is between 0 and the most there can be; a window does not end before it starts."""
        require_between(self.quantity, 0, MOST)
        require_order(self.start, self.end)


class AcceptanceConvened(Payload, frozen=True, kw_only=True):
    """The client called an acceptance of a milestone, and who sits in it (六)."""

    type = "acceptance.convened"
    title_zh = "组织验收"
    title_en = "Acceptance convened"
    clauses = ("C19",)
    milestone: Milestone
    members: Annotated[tuple[Key, ...], msgspec.Meta(min_length=1, max_length=50)]
    document: Digest


class AcceptanceOpined(Payload, frozen=True, kw_only=True):
    """A member's own opinion, signed."""

    type = "acceptance.opined"
    title_zh = "验收成员意见"
    title_en = "Member's opinion"
    clauses = ("C19",)
    milestone: Milestone
    member: Key
    view: Literal["agrees", "agrees_with_remarks", "disagrees"]
    document: Digest


class AcceptanceHeld(Payload, frozen=True, kw_only=True):
    """The client held an acceptance of a milestone, with a result (六, 八(二))."""

    type = "acceptance.held"
    title_zh = "验收"
    title_en = "Acceptance held"
    clauses = ("C04", "C05", "C14", "C19")
    milestone: Milestone
    result: Literal["passed", "failed"]
    opinion: Digest


class ReworkRefused(Payload, frozen=True, kw_only=True):
    """The provider refused to rework what did not meet the standard (九(三))."""

    type = "rework.refused"
    title_zh = "拒绝整改"
    title_en = "Rework refused"
    clauses = ("C14",)
    milestone: Milestone
    document: Digest


class RectificationOrdered(Payload, frozen=True, kw_only=True):
    """The client set a time for rework; without a time the notice is invalid (reading A14)."""

    type = "rectification.ordered"
    title_zh = "整改通知"
    title_en = "Rectification ordered"
    clauses = ("C13",)
    notice: Key
    about: Text
    deadline: date
    document: Digest


class RectificationReported(Payload, frozen=True, kw_only=True):
    """The provider submitted the reworked service again."""

    type = "rectification.reported"
    title_zh = "整改报告"
    title_en = "Rectification reported"
    clauses = ("C13",)
    notice: Key
    document: Digest


class RectificationReviewed(Payload, frozen=True, kw_only=True):
    """The client reviewed the rework."""

    type = "rectification.reviewed"
    title_zh = "整改复核"
    title_en = "Rectification reviewed"
    clauses = ("C13",)
    notice: Key
    result: Literal["passed", "failed"]


class ResultsHandedOver(Payload, frozen=True, kw_only=True):
    """A result and its intellectual property went to the client (五(三)2)."""

    type = "results.handed_over"
    title_zh = "成果移交"
    title_en = "Results handed over"
    clauses = ("C26",)
    item: Key
    document: Digest


class MaterialLent(Payload, frozen=True, kw_only=True):
    """The client gave the provider material that is to come back at the end."""

    type = "material.lent"
    title_zh = "资料提供"
    title_en = "Material lent"
    clauses = ("C27",)
    item: Key


class MaterialReturned(Payload, frozen=True, kw_only=True):
    """Lent material came back (五(三)6)."""

    type = "material.returned"
    title_zh = "资料归还"
    title_en = "Material returned"
    clauses = ("C27",)
    item: Key
    document: Digest
