"""What FOCUS 1.2 publishes of its columns, and a validator of a CSV file by it: one line for each thing that is wrong.

Source: FinOps Open Cost and Usage Specification 1.2, the columns of the cost and usage dataset.
"""

import csv
import io
import json
import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Final

MANDATORY: Final = frozenset(
    {
        "BilledCost", "BillingAccountId", "BillingAccountName", "BillingCurrency", "BillingPeriodEnd",
        "BillingPeriodStart", "ChargeCategory", "ChargeClass", "ChargeDescription", "ChargePeriodEnd",
        "ChargePeriodStart", "ContractedCost", "EffectiveCost", "InvoiceIssuerName", "ListCost", "PricingQuantity",
        "PricingUnit", "ProviderName", "PublisherName", "ServiceCategory", "ServiceName",
    }
)  # fmt: skip
CONDITIONAL: Final = frozenset(
    {
        "AvailabilityZone", "BillingAccountType", "CapacityReservationId", "CapacityReservationStatus",
        "CommitmentDiscountCategory", "CommitmentDiscountId", "CommitmentDiscountName", "CommitmentDiscountQuantity",
        "CommitmentDiscountStatus", "CommitmentDiscountType", "CommitmentDiscountUnit", "ConsumedQuantity",
        "ConsumedUnit", "ContractedUnitPrice", "ListUnitPrice", "PricingCategory", "PricingCurrency",
        "PricingCurrencyContractedUnitPrice", "PricingCurrencyEffectiveCost", "PricingCurrencyListUnitPrice",
        "RegionId", "RegionName", "ResourceId", "ResourceName", "ResourceType", "SkuId", "SkuMeter",
        "SkuPriceDetails", "SkuPriceId", "SubAccountId", "SubAccountName", "SubAccountType", "Tags",
    }
)  # fmt: skip
RECOMMENDED: Final = frozenset({"ChargeFrequency", "InvoiceId", "ServiceSubcategory"})

NOT_NULL: Final = MANDATORY - {"ChargeClass", "PricingQuantity", "PricingUnit"}
DECIMALS: Final = (
    "BilledCost", "ConsumedQuantity", "ContractedCost", "ContractedUnitPrice", "EffectiveCost", "ListCost",
    "ListUnitPrice", "PricingQuantity",
)  # fmt: skip
MOMENTS: Final = ("BillingPeriodEnd", "BillingPeriodStart", "ChargePeriodEnd", "ChargePeriodStart")
CLOSED: Final = {
    "ChargeCategory": {"Usage", "Purchase", "Tax", "Credit", "Adjustment"},
    "ChargeClass": {"", "Correction"},
    "ChargeFrequency": {"One-Time", "Recurring", "Usage-Based"},
    "PricingCategory": {"Standard", "Dynamic", "Committed", "Other", ""},
    "ServiceCategory": {
        "AI and Machine Learning", "Analytics", "Business Applications", "Compute", "Databases", "Developer Tools",
        "Multicloud", "Identity", "Integration", "Internet of Things", "Management and Governance", "Media",
        "Migration", "Mobile", "Networking", "Security", "Storage", "Web", "Other",
    },
}  # fmt: skip
TOGETHER: Final = (
    ("ConsumedQuantity", "ConsumedUnit"),
    ("PricingQuantity", "PricingUnit"),
    ("ResourceId", "ResourceType"),
    ("SubAccountId", "SubAccountName"),
    ("SubAccountId", "SubAccountType"),
    ("RegionId", "RegionName"),
    ("SkuId", "SkuPriceId"),
)
"""Pairs that are null together or not at all."""

_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_CURRENCY: Final = re.compile(r"[A-Z]{3}")


def faults(content: bytes) -> list[str]:
    """Everything that is wrong with a FOCUS 1.2 file in CSV."""
    reader = csv.DictReader(io.StringIO(content.decode("utf-8")))
    heads = list(reader.fieldnames or ())
    found = [f"{name}: missing" for name in sorted(MANDATORY - set(heads))]
    known = MANDATORY | CONDITIONAL | RECOMMENDED
    found += [f"{name}: unknown and without x_" for name in heads if name not in known and not name.startswith("x_")]
    if found:
        return found
    return [f"row {number}: {fault}" for number, row in enumerate(reader, 1) for fault in _row(row)]


def _row(row: dict[str, str]) -> Iterator[str]:
    yield from (f"{name}: null" for name in sorted(NOT_NULL) if not row[name])
    for name, values in CLOSED.items():
        if name in row and row[name] not in values:
            yield f"{name}: {row[name]!r} is not allowed"
    yield from (f"{name}: {row[name]!r} is no decimal" for name in DECIMALS if row[name] and not _decimal(row[name]))
    yield from (f"{name}: {row[name]!r} is no moment" for name in MOMENTS if not _MOMENT.fullmatch(row[name]))
    yield from (f"{one} and {other}: only one of them" for one, other in TOGETHER if bool(row[one]) != bool(row[other]))
    yield from (f"{name}: beyond ASCII" for name, value in row.items() if name[:2] != "x_" and not value.isascii())
    yield from _meaning(row)


def _decimal(text: str) -> bool:
    try:
        return Decimal(text).is_finite()
    except InvalidOperation:
        return False


def _meaning(row: dict[str, str]) -> Iterator[str]:
    if not _CURRENCY.fullmatch(row["BillingCurrency"]):
        yield "BillingCurrency: no code of ISO 4217"
    if row["BillingPeriodEnd"] <= row["BillingPeriodStart"] or row["ChargePeriodEnd"] < row["ChargePeriodStart"]:
        yield "a period ends before it starts"
    if row["ChargeCategory"] in ("Usage", "Purchase") and row["ChargeClass"] == "" and not row["PricingQuantity"]:
        yield "PricingQuantity: null"
    if row["ChargeCategory"] == "Purchase" and row["ChargeFrequency"] == "Usage-Based":
        yield "ChargeFrequency: a purchase is not usage-based"
    if row["Tags"] and not isinstance(json.loads(row["Tags"]), dict):
        yield "Tags: no object"
    if row["ListUnitPrice"] and row["PricingQuantity"]:
        wanted = Decimal(row["ListUnitPrice"]) * Decimal(row["PricingQuantity"])
        if wanted != Decimal(row["ListCost"]):
            yield f"ListCost: {row['ListCost']} is not {wanted}"
