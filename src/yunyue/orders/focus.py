"""The cost and usage of a contract as FOCUS 1.2 has it: rows that any cost tool reads, as CSV or Parquet.

The contract is paid in instalments, all-in (C02). So an invoice is a Purchase, billed and without effect of its own,
and what was used is Usage, billed 0 and effective at the price of the catalogue. A meter without a price there is no
charge: FOCUS wants a price and its place in a price list of every Usage, and allows no 0 in place of an absent one, so
such usage has no row. Each row names those meters in x_UnpricedMeters, a column of ours as FOCUS allows them, and so
does the metadata of the Parquet. Codes are ASCII; Chinese titles stand in x_ columns. Times are UTC; a billing period
is a calendar month of Beijing.
"""

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Final

import pyarrow as pa  # type: ignore[import-untyped]  # brings no types
import pyarrow.parquet as pq  # type: ignore[import-untyped]  # brings no types

from yunyue.contract.terms import Item
from yunyue.journal.envelope import BEIJING, Fact
from yunyue.journal.facts import InvoiceReceived, OrderPlaced, UsageMetered
from yunyue.orders.focus_columns import ALL_IN, COLUMNS, DETAILS, KINDS, VERSION, Detail
from yunyue.settlement.admission import Known

UNPRICED: Final = "x_UnpricedMeters"
"""The column, and the key of the Parquet's metadata, that name what was used without a price, parted by spaces."""

HEADER: Final = "X-Unpriced-Meters"
"""The same as a header of a download: a file without rows names nothing."""

PROVIDER: Final = "Provider"
"""Names of the parties stay out of the platform."""

Value = str | Decimal | datetime | None
Row = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class _Contract:
    """What every row says of the contract; `unpriced` are the meters the file has no row for."""

    known: Known
    unpriced: tuple[str, ...]

    def common(self, month: date) -> dict[str, Value]:
        """Account, currency, issuer and the billing period of a Beijing month."""
        terms = self.known.terms
        following = date(month.year + month.month // 12, month.month % 12 + 1, 1)
        return {
            "BillingAccountId": terms.id,
            "BillingAccountName": ascii_of(terms.title.en),
            "BillingAccountType": "Contract",
            "BillingCurrency": "CNY",
            "BillingPeriodStart": _midnight(month.replace(day=1)),
            "BillingPeriodEnd": _midnight(following),
            "InvoiceIssuerName": PROVIDER,
            "PricingCategory": "Standard",
            "PricingCurrency": "CNY",
            "ProviderName": PROVIDER,
            "PublisherName": PROVIDER,
            "RegionId": "cn-beijing",
            "RegionName": "Beijing",
            "x_BillingAccountNameZh": terms.title.zh,
            UNPRICED: " ".join(self.unpriced) or None,
        }


def rows(known: Known, since: date | None = None, until: date | None = None) -> Iterator[Row]:
    """A row for each invoice and each metered window whose beginning lies on these Beijing days, both included."""
    contract = _Contract(known, unpriced(known, since, until))
    first, last = since or date.min, until or date.max
    for fact in known.facts(InvoiceReceived):
        if first <= fact.day <= last:
            yield _purchase(contract, fact)
    placed = {one.order: one for one in known.all(OrderPlaced)}
    for fact, said, item in _metered(known, first, last):
        if item is not None:
            yield _usage(contract, fact, placed[said.order], item)


def unpriced(known: Known, since: date | None = None, until: date | None = None) -> tuple[str, ...]:
    """The meters used on these days that the price list does not have: nothing is charged, so `rows` has none."""
    found = _metered(known, since or date.min, until or date.max)
    return tuple(sorted({said.meter for _, said, item in found if item is None}))


def _metered(known: Known, first: date, last: date) -> Iterator[tuple[Fact, UsageMetered, Item | None]]:
    """Each metered window that begins on these days, with its line of the price list."""
    items = {one.meter: one for one in known.terms.catalogue.items}
    for fact in known.facts(UsageMetered):
        said = fact.data
        assert isinstance(said, UsageMetered)
        if first <= said.start.astimezone(BEIJING).date() <= last:
            yield fact, said, items.get(said.meter)


def _purchase(contract: _Contract, fact: Fact) -> Row:
    said = fact.data
    assert isinstance(said, InvoiceReceived)
    amount = Decimal(str(said.amount))
    return {
        **contract.common(fact.day),
        "BilledCost": amount,
        "ChargeCategory": "Purchase",
        "ChargeDescription": f"Instalment {said.instalment} of the contract, all-in",
        "ChargeFrequency": "One-Time",
        "ChargePeriodStart": _midnight(contract.known.terms.term.start),
        "ChargePeriodEnd": _midnight(date.fromordinal(contract.known.terms.term.end.toordinal() + 1)),
        "ContractedCost": amount,
        "ContractedUnitPrice": amount,
        "EffectiveCost": Decimal(),
        "InvoiceId": fact.id,
        "ListCost": amount,
        "ListUnitPrice": amount,
        "PricingQuantity": Decimal(1),
        "PricingUnit": "Instalment",
        "ServiceCategory": "Other",
        "ServiceName": "Contract instalment",
        "ServiceSubcategory": "Other (Other)",
        "SkuId": f"instalment-{said.instalment}",
        "SkuMeter": "Contract instalment",
        "SkuPriceDetails": _details(ALL_IN),
        "SkuPriceId": f"instalment-{said.instalment}",
        "x_ChargeDescriptionZh": f"第 {said.instalment} 期合同款（总价包干）",
        "x_FactId": fact.id,
    }


def _usage(contract: _Contract, fact: Fact, placed: OrderPlaced, item: Item) -> Row:
    said = fact.data
    assert isinstance(said, UsageMetered)
    price = Decimal(str(item.unit_price))
    cost = _exact(Fraction(price) * Fraction(said.quantity))
    unit = ascii_of(item.unit.en)
    category, sub = KINDS[placed.service]
    start = said.start.astimezone(BEIJING).date()
    return {
        **contract.common(start),
        "BilledCost": Decimal(),
        "ChargeCategory": "Usage",
        "ChargeDescription": f"{said.meter} of order {placed.order}",
        "ChargeFrequency": "Usage-Based",
        "ChargePeriodStart": said.start.astimezone(UTC),
        "ChargePeriodEnd": said.end.astimezone(UTC),
        "ConsumedQuantity": said.quantity,
        "ConsumedUnit": unit,
        "ContractedCost": cost,
        "ContractedUnitPrice": price,
        "EffectiveCost": cost,
        "ListCost": cost,
        "ListUnitPrice": price,
        "PricingQuantity": said.quantity,
        "PricingUnit": unit,
        "ResourceId": placed.order,
        "ResourceName": None,  # an order has no name beside its number, and FOCUS forbids to repeat that
        "ResourceType": placed.service,
        "ServiceCategory": category,
        "ServiceName": ascii_of(item.title.en),
        "ServiceSubcategory": sub,
        "SkuId": item.code,
        "SkuMeter": said.meter,
        "SkuPriceDetails": _details(DETAILS.get(said.meter)),
        "SkuPriceId": item.code,
        "SubAccountId": placed.tenant,
        "SubAccountName": placed.tenant,
        "SubAccountType": "Department",
        "Tags": "{}",
        "x_ChargeDescriptionZh": item.title.zh,
        "x_FactId": fact.id,
        "x_ItemNameZh": item.title.zh,
        "x_UnitZh": item.unit.zh,
    }


def _details(found: Mapping[str, Detail] | None) -> str | None:
    """Properties of a price as FOCUS's key-value format has them: a flat JSON object."""
    return None if found is None else json.dumps(found, separators=(",", ":"), sort_keys=True)


def ascii_of(text: str) -> str:
    """The text with its dots and dashes in ASCII, and nothing else beyond it."""
    plain = text.replace("·", "-").replace("–", "-").replace("×", "x")
    return plain.encode("ascii", "ignore").decode().strip() or "Contract"


def to_csv(found: Sequence[Row]) -> bytes:
    """UTF-8 with a header; an absent value is empty; moments as 2024-05-01T00:00:00Z."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in found:
        writer.writerow([_text(row.get(name)) for name in COLUMNS])
    return buffer.getvalue().encode()


def to_parquet(found: Sequence[Row], missing: Sequence[str] = ()) -> bytes:
    """The same rows, typed, zstd-compressed; the metadata names the version of FOCUS, and meters without a price."""
    columns = [pa.array([row.get(name) for row in found], kind) for name, kind in COLUMNS.items()]
    schema = pa.schema(list(COLUMNS.items()), metadata={"FocusVersion": VERSION, UNPRICED: " ".join(missing)})
    buffer = io.BytesIO()
    pq.write_table(pa.Table.from_arrays(columns, schema=schema), buffer, compression="zstd")
    return buffer.getvalue()


def _text(value: Value) -> str:
    match value:
        case None:
            return ""
        case datetime():
            return value.strftime("%Y-%m-%dT%H:%M:%SZ")
        case Decimal():
            return format(value, "f")
        case str():
            # A cell a spreadsheet would compute is text; FOCUS has no value that begins so.
            return f"'{value}" if value.startswith(("=", "+", "-", "@", "\t", "\r")) else value


def _exact(cost: Fraction) -> Decimal:
    """Prices and quantities are decimals of two and six places, so their product is exact in eight."""
    return Decimal(cost.numerator) / Decimal(cost.denominator)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=BEIJING).astimezone(UTC)
