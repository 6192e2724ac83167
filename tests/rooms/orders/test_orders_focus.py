"""The export of cost and usage is FOCUS 1.2, row by row, in CSV and in Parquet."""

import csv
import io
from datetime import date
from decimal import Decimal

import pyarrow as pa  # type: ignore[import-untyped]  # brings no types
import pyarrow.parquet as pq  # type: ignore[import-untyped]  # brings no types
import pytest
from focus_rules import CONDITIONAL, MANDATORY, RECOMMENDED, faults

from story import TERMS, tell
from yunyue.orders.focus import COLUMNS, KINDS, ascii_of, rows, to_csv, to_parquet
from yunyue.settlement.admission import Known

STORY = """
2024-04-11 contract.signed
2024-04-12 order.placed order=o1 item=transcode-h264-720 deliver_by=2024-05-01 tenant=dept-1 quantity=1000
2024-04-12 order.placed order=o2 item=monitor-probes deliver_by=2024-05-01 tenant=dept-2
2024-05-01 invoice.received instalment=1 amount=958397.20
2024-06-01 usage.metered order=o1 meter=transcode.h264-720-minute quantity=123.5
+ start=2024-05-01T00:00:00+08:00 end=2024-06-01T00:00:00+08:00
2024-06-02 usage.metered order=o2 meter=monitor.unpriced quantity=7
+ start=2024-06-01T00:00:00+08:00 end=2024-06-02T00:00:00+08:00
"""
KNOWN = Known.of(TERMS, tell(STORY).facts)


def table() -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(to_csv(list(rows(KNOWN))).decode())))


def test_the_file_breaks_no_rule_of_the_published_columns() -> None:
    assert faults(to_csv(list(rows(KNOWN)))) == []


def test_every_mandatory_column_is_there_and_every_other_is_known_or_ours() -> None:
    assert set(COLUMNS) >= MANDATORY
    assert {one for one in COLUMNS if not one.startswith("x_")} <= MANDATORY | CONDITIONAL | RECOMMENDED


@pytest.mark.parametrize(
    ("name", "wrong", "fault"),
    [
        ("ChargeCategory", "Gift", "ChargeCategory: 'Gift'"),
        ("ServiceCategory", "", "ServiceCategory: null"),
        ("BilledCost", "free", "BilledCost: 'free' is no decimal"),
        ("ChargePeriodStart", "2024-05-01", "is no moment"),
        ("BillingCurrency", "元", "beyond ASCII"),
        ("ListCost", "1", "ListCost: 1 is not"),
    ],
)
def test_the_validator_finds_what_is_wrong(name: str, wrong: str, fault: str) -> None:
    found = table()
    found[0][name] = wrong
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, list(found[0]))
    writer.writeheader()
    writer.writerows(found)
    assert any(fault in one for one in faults(buffer.getvalue().encode()))


def test_a_file_without_a_mandatory_column_is_found() -> None:
    assert faults(b"BilledCost,Mine\r\n")[:2] == ["BillingAccountId: missing", "BillingAccountName: missing"]


def test_an_invoice_is_a_purchase_billed_and_without_effect_of_its_own() -> None:
    purchase = table()[0]
    assert (purchase["ChargeCategory"], purchase["BilledCost"], purchase["EffectiveCost"]) == (
        "Purchase",
        "958397.20",
        "0",
    )
    assert purchase["BillingPeriodStart"] == "2024-04-30T16:00:00Z"


def test_usage_is_billed_nothing_and_effective_at_the_price_of_the_catalogue() -> None:
    usage = table()[1]
    assert (usage["ChargeCategory"], usage["BilledCost"]) == ("Usage", "0")
    assert Decimal(usage["EffectiveCost"]) == Decimal("14.82")
    assert usage["ResourceName"] == ""
    assert (usage["ResourceId"], usage["SubAccountId"], usage["SkuId"]) == ("o1", "dept-1", "transcode-h264-720")
    assert (usage["ChargePeriodStart"], usage["ChargePeriodEnd"]) == ("2024-04-30T16:00:00Z", "2024-05-31T16:00:00Z")
    item = TERMS.item("transcode-h264-720")
    assert item is not None
    assert usage["x_ItemNameZh"] == item.title.zh


def test_a_meter_the_price_list_does_not_have_is_owed_nothing_for() -> None:
    usage = table()[2]
    assert (usage["EffectiveCost"], usage["ListUnitPrice"], usage["PricingUnit"]) == ("0", "0", "Unit")


def test_rows_may_be_asked_for_by_the_days_they_begin_on() -> None:
    assert len(list(rows(KNOWN, since=date(2024, 6, 1)))) == 1
    assert len(list(rows(KNOWN, until=date(2024, 5, 1)))) == 2
    assert list(rows(KNOWN, date(2025, 1, 1), date(2025, 2, 1))) == []


def test_parquet_holds_the_same_rows_typed() -> None:
    found = pq.read_table(io.BytesIO(to_parquet(list(rows(KNOWN)))))
    assert found.column_names == list(COLUMNS)
    assert found.schema.metadata[b"FocusVersion"] == b"1.2"
    assert found.schema.field("BilledCost").type == pa.decimal128(38, 12)
    assert found.column("EffectiveCost").to_pylist() == [Decimal(row["EffectiveCost"]) for row in table()]


def test_a_contract_without_a_fact_gives_a_header_only() -> None:
    empty = Known.of(TERMS, [])
    assert to_csv(list(rows(empty))).count(b"\r\n") == 1
    assert pq.read_table(io.BytesIO(to_parquet([]))).num_rows == 0


def test_every_service_has_a_category_of_the_list() -> None:
    assert set(KINDS) == {item.service for item in TERMS.catalogue.items}


@pytest.mark.parametrize("item", TERMS.catalogue.items, ids=lambda one: one.code)
def test_codes_are_ascii(item: object) -> None:
    for title in (item.unit.en, item.title.en):  # type: ignore[attr-defined]  # an item of the catalogue
        assert ascii_of(title).isascii()
        assert ascii_of(title)


def test_a_department_that_looks_like_a_formula_is_written_as_text() -> None:
    found = [{**next(rows(KNOWN)), "SubAccountId": "=1+1"}]
    assert b"'=1+1" in to_csv(found)


def test_parquet_says_null_and_never_an_empty_text_where_there_is_no_value() -> None:
    found = pq.read_table(io.BytesIO(to_parquet(list(rows(KNOWN))))).to_pylist()
    assert found[2]["x_ItemNameZh"] is None
    assert [name for row in found for name, value in row.items() if value == ""] == []
