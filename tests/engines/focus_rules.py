"""What FOCUS 1.2 publishes of its columns, and a validator of a CSV file by it: one line for each thing that is wrong.

Source: FinOps Open Cost and Usage Specification 1.2, the columns of the cost and usage dataset and the attributes
NumericFormat, KeyValueFormat and NullHandling. Not judged, since a file alone does not tell: whether a code stays the
same over the years, and whether a purchase covers charges to come.
"""

import csv
import io
import json
import re
from collections.abc import Iterator
from decimal import Decimal
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
PRICED: Final = (
    "ContractedUnitPrice", "ListUnitPrice", "PricingCategory", "PricingQuantity", "PricingUnit", "SkuId", "SkuPriceId",
)  # fmt: skip
"""Not null of a Usage or a Purchase that corrects nothing, null of a Tax."""

PRODUCTS: Final = (("ListUnitPrice", "ListCost"), ("ContractedUnitPrice", "ContractedCost"))
"""Unit prices, and the costs that are their product with PricingQuantity."""

DEFINED: Final = {
    "F_Bandwidth": Decimal, "F_CoreCount": Decimal, "F_DiskSpace": Decimal, "F_DiskType": str, "F_GpuCount": Decimal,
    "F_InputOutput": Decimal, "F_InstanceType": str, "F_MemorySize": Decimal, "F_OperatingSystem": str,
    "F_Redundancy": str, "F_Series": str, "F_SizeClass": str, "F_StorageClass": str,
}  # fmt: skip
"""The properties of a price that FOCUS itself names, with their type."""

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
    ("SkuId", "SkuMeter"),
)
"""Pairs that are null together or not at all."""

ONLY_WITH: Final = (("SkuPriceDetails", "SkuPriceId"), ("ResourceName", "ResourceId"))
"""The first is null where the second is."""

SAME: Final = (("SkuPriceId", "SkuId"), ("SkuPriceId", "SkuPriceDetails"), ("SkuId", "SkuMeter"),
               ("ServiceSubcategory", "ServiceCategory"), ("InvoiceId", "BillingAccountId"))  # fmt: skip
"""Wherever the first is the same, the second is."""

PLACEHOLDERS: Final = frozenset({"n/a", "na", "none", "not applicable", "null", "unknown", "-"})

_NUMBER: Final = re.compile(r"-?\d+(\.\d+)?")
_PASCAL: Final = re.compile(r"[A-Z][A-Za-z0-9]*")
_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_CURRENCY: Final = re.compile(r"[A-Z]{3}")


def faults(content: bytes) -> list[str]:
    """Everything that is wrong with a FOCUS 1.2 file in CSV."""
    reader = csv.DictReader(io.StringIO(content.decode("utf-8")))
    heads = list(reader.fieldnames or ())
    found = [f"{name}: missing" for name in sorted(MANDATORY - set(heads))]
    known = MANDATORY | CONDITIONAL | RECOMMENDED
    found += [f"{name}: unknown and without x_" for name in heads if name not in known and not name.startswith("x_")]
    if heads != sorted(heads, key=lambda name: name.startswith("x_")):
        found.append("a column of FOCUS stands after one of ours")
    if found:
        return found
    rows = list(reader)
    found = [f"row {number}: {fault}" for number, row in enumerate(rows, 1) for fault in _row(row)]
    return found + list(_across(rows))


def _row(row: dict[str, str]) -> Iterator[str]:
    yield from (f"{name}: null" for name in sorted(NOT_NULL) if not row[name])
    for name, values in CLOSED.items():
        if name in row and row[name] not in values:
            yield f"{name}: {row[name]!r} is not allowed"
    numbers = [name for name in DECIMALS if row.get(name)]
    wrong = [name for name in numbers if not _NUMBER.fullmatch(row[name])]
    yield from (f"{name}: {row[name]!r} is no decimal" for name in wrong)
    yield from (f"{name}: {row[name]!r} is no moment" for name in MOMENTS if not _MOMENT.fullmatch(row[name]))
    yield from (f"{name}: beyond ASCII" for name, value in row.items() if name[:2] != "x_" and not value.isascii())
    yield from (f"{name}: {value!r} stands for null" for name, value in row.items() if value.lower() in PLACEHOLDERS)
    yield from _nulls(row)
    yield from _meaning(row)
    if not wrong:
        yield from _sums(row)
    for name in ("Tags", "SkuPriceDetails"):
        yield from (f"{name}: {fault}" for fault in _pairs(row.get(name, ""), name))


def _nulls(row: dict[str, str]) -> Iterator[str]:
    """What is null, or not, because of what another column says."""
    got = {name: bool(row.get(name)) for name in MANDATORY | CONDITIONAL | RECOMMENDED}
    yield from (f"{one} and {other}: only one of them" for one, other in TOGETHER if got[one] != got[other])
    yield from (f"{one}: without {other}" for one, other in ONLY_WITH if got[one] and not got[other])
    category = row["ChargeCategory"]
    charged = category in ("Usage", "Purchase") and row["ChargeClass"] != "Correction"
    present = [name for name in PRICED if name in row]
    yield from (f"{name}: null" for name in present if charged and not got[name])
    yield from (f"{name}: not null of a tax" for name in present if category == "Tax" and got[name])
    consumed = category == "Usage" and row.get("CommitmentDiscountStatus", "") != "Unused"
    if got["ConsumedQuantity"] and not consumed:
        yield "ConsumedQuantity: not null of what is no usage"
    if consumed and charged and "ConsumedQuantity" in row and not got["ConsumedQuantity"]:
        yield "ConsumedQuantity: null"


def _meaning(row: dict[str, str]) -> Iterator[str]:
    for name in ("BillingCurrency", "PricingCurrency"):
        if name in row and not _CURRENCY.fullmatch(row[name]):
            yield f"{name}: no code of ISO 4217"
    if row["BillingPeriodEnd"] <= row["BillingPeriodStart"] or row["ChargePeriodEnd"] < row["ChargePeriodStart"]:
        yield "a period ends before it starts"
    if row["ChargeCategory"] == "Purchase" and row.get("ChargeFrequency") == "Usage-Based":
        yield "ChargeFrequency: a purchase is not usage-based"
    if row.get("ResourceName") and row["ResourceName"] == row.get("ResourceId"):
        yield "ResourceName: only repeats ResourceId"


def _sums(row: dict[str, str]) -> Iterator[str]:
    """A cost is unit price times quantity; without a unit price it is what was billed."""
    for price, cost in PRODUCTS:
        if row.get(price, "").startswith("-"):
            yield f"{price}: below 0"
        if not row[cost] or row["ChargeClass"] == "Correction":
            continue
        if row.get(price) and row["PricingQuantity"]:
            wanted = Decimal(row[price]) * Decimal(row["PricingQuantity"])
        elif row["ChargeCategory"] == "Credit" and row["BilledCost"]:
            wanted = Decimal(row["BilledCost"])
        else:
            continue
        if wanted != Decimal(row[cost]):
            yield f"{cost}: {row[cost]} is not {wanted}"


def _pairs(text: str, name: str) -> Iterator[str]:
    """KeyValueFormat: a flat JSON object, each key once; of a price, "F_" begins only what FOCUS names."""
    if not text:
        return
    try:
        found = json.loads(text, object_pairs_hook=list, parse_float=Decimal, parse_int=Decimal)
    except ValueError:
        yield "no JSON"
        return
    if not isinstance(found, list) or not all(isinstance(one, tuple) for one in found):
        yield "no object"
        return
    if len({key for key, _ in found}) != len(found):
        yield "a key twice"
    yield from (f"{key} is not flat" for key, value in found if isinstance(value, list))
    if name == "SkuPriceDetails":
        yield from (f"{key} is not of FOCUS" for key, _ in found if key.startswith("F_") and key not in DEFINED)
        yield from (
            f"{key} is no {DEFINED[key].__name__}"
            for key, value in found
            if key in DEFINED and not isinstance(value, DEFINED[key])
        )
        yield from (f"{key} is not in Pascal case" for key, _ in found if not _PASCAL.fullmatch(key.removeprefix("F_")))


def _across(rows: list[dict[str, str]]) -> Iterator[str]:
    """What must be the same in every row that names the same thing."""
    for one, other in SAME:
        seen: dict[str, str] = {}
        for number, row in enumerate(rows, 1):
            if row.get(one) and seen.setdefault(row[one], row.get(other, "")) != row.get(other, ""):
                yield f"row {number}: {other}: another one than before for {one} {row[one]!r}"
