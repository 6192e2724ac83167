"""What every fact's payload has in common, and the small types payloads are made of."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, ClassVar, Literal

import msgspec

Party = Literal["client", "provider"]
"""甲方 is the client, 乙方 the provider."""

Key = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:/-]{0,127}$(?!\n)")]
"""An id inside one contract: an order, an incident, a person's pseudonym."""

Digest = Annotated[str, msgspec.Meta(pattern=r"^(sha256|sm3):[0-9a-f]{64}$(?!\n)")]
"""A document lies in the object store; the fact carries its digest only (no personal data in facts)."""

Instant = Annotated[datetime, msgspec.Meta(tz=True)]
"""A moment with its zone; written in Beijing time."""

Count = Annotated[int, msgspec.Meta(ge=0, le=2**53 - 1)]
Text = Annotated[str, msgspec.Meta(min_length=1, max_length=2000)]
Month = Annotated[str, msgspec.Meta(pattern=r"^\d{4}-(0[1-9]|1[0-2])$(?!\n)")]
Service = Literal["os", "containers", "transcode", "scan", "protect", "monitor", "audit", "crypto"]
Milestone = Literal["midterm", "final"]
Instalment = Annotated[int, msgspec.Meta(ge=1, le=99)]


class Payload(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=False):
    """What a fact says. Its type, titles and clauses stand on the class, its values in the fields."""

    type: ClassVar[str]
    title_zh: ClassVar[str]
    title_en: ClassVar[str]
    clauses: ClassVar[tuple[str, ...]] = ()


def require_between(value: Decimal, low: int, high: int) -> None:
    """Raises ValueError unless low ≤ value ≤ high with at most six decimals (msgspec bounds no decimals itself)."""
    exponent = value.as_tuple().exponent
    if not isinstance(exponent, int) or not low <= value <= high:
        raise ValueError(f"Expected a decimal from {low} to {high}, got {value}")
    if exponent < -6 or exponent > 0:
        raise ValueError(f"Expected plain digits with at most 6 decimals, got {value}")


def require_order(start: datetime, end: datetime) -> None:
    """Raises ValueError unless start ≤ end."""
    if end < start:
        raise ValueError(f"Expected an end not before the start {start.isoformat()}, got {end.isoformat()}")
