"""What FOCUS 1.2 calls things: its columns with their types, and where our services and meters stand in its lists."""

from collections.abc import Mapping
from typing import Final

import pyarrow as pa  # type: ignore[import-untyped]  # brings no types

VERSION: Final = "1.2"

TEXT: Final = pa.string()
MONEY: Final = pa.decimal128(38, 12)
MOMENT: Final = pa.timestamp("us", tz="UTC")

COLUMNS: Final[Mapping[str, pa.DataType]] = {
    "BilledCost": MONEY,
    "BillingAccountId": TEXT,
    "BillingAccountName": TEXT,
    "BillingAccountType": TEXT,
    "BillingCurrency": TEXT,
    "BillingPeriodEnd": MOMENT,
    "BillingPeriodStart": MOMENT,
    "ChargeCategory": TEXT,
    "ChargeClass": TEXT,
    "ChargeDescription": TEXT,
    "ChargeFrequency": TEXT,
    "ChargePeriodEnd": MOMENT,
    "ChargePeriodStart": MOMENT,
    "ConsumedQuantity": MONEY,
    "ConsumedUnit": TEXT,
    "ContractedCost": MONEY,
    "ContractedUnitPrice": MONEY,
    "EffectiveCost": MONEY,
    "InvoiceId": TEXT,
    "InvoiceIssuerName": TEXT,
    "ListCost": MONEY,
    "ListUnitPrice": MONEY,
    "PricingCategory": TEXT,
    "PricingCurrency": TEXT,
    "PricingQuantity": MONEY,
    "PricingUnit": TEXT,
    "ProviderName": TEXT,
    "PublisherName": TEXT,
    "RegionId": TEXT,
    "RegionName": TEXT,
    "ResourceId": TEXT,
    "ResourceName": TEXT,
    "ResourceType": TEXT,
    "ServiceCategory": TEXT,
    "ServiceName": TEXT,
    "ServiceSubcategory": TEXT,
    "SkuId": TEXT,
    "SkuMeter": TEXT,
    "SkuPriceDetails": TEXT,
    "SkuPriceId": TEXT,
    "SubAccountId": TEXT,
    "SubAccountName": TEXT,
    "SubAccountType": TEXT,
    "Tags": TEXT,
    "x_BillingAccountNameZh": TEXT,
    "x_ChargeDescriptionZh": TEXT,
    "x_FactId": TEXT,
    "x_ItemNameZh": TEXT,
    "x_UnitZh": TEXT,
    "x_UnpricedMeters": TEXT,
}
"""The columns of the export with their Arrow types, in FOCUS's alphabetical order, ours last."""

KINDS: Final[Mapping[str, tuple[str, str]]] = {
    "os": ("Compute", "Other (Compute)"),
    "containers": ("Compute", "Containers"),
    "transcode": ("Media", "Other (Media)"),
    "protect": ("Security", "Other (Security)"),
    "scan": ("Security", "Other (Security)"),
    "monitor": ("Management and Governance", "Observability"),
    "audit": ("Management and Governance", "Other (Management and Governance)"),
    "crypto": ("Security", "Other (Security)"),
}
"""Service category and subcategory of each of the eight services, from FOCUS's closed lists."""

Detail = str | int | bool
"""A property of a price: flat, as FOCUS's key-value format wants it."""

ALL_IN: Final[Mapping[str, Detail]] = {"AllIn": True}
"""Of an instalment: the contract's total covers everything (C02)."""

DETAILS: Final[Mapping[str, Mapping[str, Detail]]] = {
    "containers.vcpu-month": {"F_CoreCount": 1},
    "containers.gib-month": {"F_MemorySize": 1},
    **{
        f"transcode.{code}-{edge}-minute": {"VideoCodec": codec, "ShortEdgeUpTo": edge}
        for code, codec in (("h264", "H.264"), ("h265", "H.265"), ("av1", "AV1"))
        for edge in ("720", "1080", "1440", "2160")
    },
}
"""What the price of one unit of a meter buys, by meter. Keys with F_ are FOCUS's own, in its units (cores, GiB); a
meter that counts sets, calls, scans, hosts or days has none, and its SkuPriceDetails is null."""
