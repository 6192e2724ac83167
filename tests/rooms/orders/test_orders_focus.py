"""The export of cost and usage is FOCUS 1.2, row by row, in CSV and in Parquet."""

import csv
import io
import json
from datetime import date
from decimal import Decimal
from importlib.metadata import entry_points

import pyarrow as pa  # type: ignore[import-untyped]  # brings no types
import pyarrow.parquet as pq  # type: ignore[import-untyped]  # brings no types
import pytest
from focus_rules import CONDITIONAL, MANDATORY, RECOMMENDED, faults

from story import TERMS, tell
from yunyue.orders.focus import ascii_of, rows, to_csv, to_parquet, unpriced
from yunyue.orders.focus_columns import COLUMNS, DETAILS, KINDS
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
2024-06-03 usage.metered order=o2 meter=monitor.probe-10k quantity=0.5
+ start=2024-06-02T00:00:00+08:00 end=2024-06-03T00:00:00+08:00
"""
KNOWN = Known.of(TERMS, tell(STORY).facts)


def table() -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(to_csv(list(rows(KNOWN))).decode())))


def test_the_file_breaks_no_rule_of_the_published_columns() -> None:
    assert faults(to_csv(list(rows(KNOWN)))) == []


def test_every_mandatory_column_is_there_and_every_other_is_known_or_ours() -> None:
    assert set(COLUMNS) >= MANDATORY
    assert {one for one in COLUMNS if not one.startswith("x_")} <= MANDATORY | CONDITIONAL | RECOMMENDED


PURCHASE, USED = 0, 1


@pytest.mark.parametrize(
    ("row", "name", "wrong", "fault"),
    [
        (PURCHASE, "ChargeCategory", "Gift", "ChargeCategory: 'Gift'"),
        (PURCHASE, "ServiceCategory", "", "ServiceCategory: null"),
        (PURCHASE, "BilledCost", "free", "BilledCost: 'free' is no decimal"),
        (PURCHASE, "BilledCost", "9.5E+5", "BilledCost: '9.5E+5' is no decimal"),
        (PURCHASE, "BilledCost", "+1", "BilledCost: '+1' is no decimal"),
        (PURCHASE, "ChargePeriodStart", "2024-05-01", "is no moment"),
        (PURCHASE, "BillingCurrency", "元", "beyond ASCII"),
        (PURCHASE, "PricingCurrency", "yuan", "PricingCurrency: no code"),
        (PURCHASE, "ListCost", "1", "ListCost: 1 is not"),
        (PURCHASE, "ContractedCost", "1", "ContractedCost: 1 is not"),
        (PURCHASE, "ListUnitPrice", "", "ListUnitPrice: null"),
        (PURCHASE, "ContractedUnitPrice", "-1", "ContractedUnitPrice: below 0"),
        (PURCHASE, "ConsumedQuantity", "1", "ConsumedQuantity: not null of what is no usage"),
        (PURCHASE, "SkuMeter", "", "SkuId and SkuMeter: only one of them"),
        (PURCHASE, "ResourceName", "o1", "ResourceName: without ResourceId"),
        (PURCHASE, "ServiceName", "N/A", "'N/A' stands for null"),
        (USED, "SkuPriceId", "", "SkuPriceId: null"),
        (USED, "SkuPriceId", "", "SkuPriceDetails: without SkuPriceId"),
        (USED, "ConsumedQuantity", "", "ConsumedQuantity: null"),
        (USED, "ResourceName", "o1", "only repeats ResourceId"),
        (USED, "ChargeCategory", "Tax", "SkuId: not null of a tax"),
        (USED, "SkuPriceDetails", "H.264", "SkuPriceDetails: no JSON"),
        (USED, "SkuPriceDetails", "[1]", "SkuPriceDetails: no object"),
        (USED, "SkuPriceDetails", '{"A":1,"A":2}', "SkuPriceDetails: a key twice"),
        (USED, "SkuPriceDetails", '{"A":{"B":1}}', "A is not flat"),
        (USED, "SkuPriceDetails", '{"F_Mine":1}', "F_Mine is not of FOCUS"),
        (USED, "SkuPriceDetails", '{"F_CoreCount":"4"}', "F_CoreCount is no Decimal"),
        (USED, "SkuPriceDetails", '{"cores":4}', "cores is not in Pascal case"),
        (USED, "Tags", "[]x", "Tags: no JSON"),
        (USED, "SkuId", "instalment-1", "SkuMeter: another one than before for SkuId 'instalment-1'"),
    ],
)
def test_the_validator_finds_what_is_wrong(row: int, name: str, wrong: str, fault: str) -> None:
    found = table()
    found[row][name] = wrong
    assert any(fault in one for one in faults(written(found)))


def test_a_credit_without_a_price_costs_what_was_billed() -> None:
    credit = {**table()[PURCHASE], "ChargeCategory": "Credit", "BilledCost": "-5", "ListUnitPrice": "", "ListCost": "5"}
    assert "row 1: ListCost: 5 is not -5" in faults(written([credit]))
    assert not any("ListCost" in one for one in faults(written([{**credit, "ListCost": "-5"}])))


def test_a_column_of_focus_after_one_of_ours_is_found() -> None:
    found = [{"x_Mine": "1", **row} for row in table()]
    assert faults(written(found)) == ["a column of FOCUS stands after one of ours"]


def written(found: list[dict[str, str]]) -> bytes:
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, list(found[0]))
    writer.writeheader()
    writer.writerows(found)
    return buffer.getvalue().encode()


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


def test_a_meter_without_a_price_is_no_charge_and_is_named() -> None:
    """FOCUS wants a price and a place in a price list of every Usage, and allows no 0 in place of an absent one."""
    assert not any("monitor.unpriced" in row["ChargeDescription"] for row in table())
    assert unpriced(KNOWN) == ("monitor.unpriced",)
    assert unpriced(KNOWN, until=date(2024, 5, 31)) == ()


def test_the_details_of_a_price_say_what_one_unit_buys() -> None:
    assert json.loads(table()[USED]["SkuPriceDetails"]) == {"ShortEdgeUpTo": "720", "VideoCodec": "H.264"}
    assert json.loads(table()[PURCHASE]["SkuPriceDetails"]) == {"AllIn": True}


def test_the_details_of_a_price_are_null_where_a_unit_buys_no_more_than_it_says() -> None:
    probes = table()[2]
    assert (probes["SkuMeter"], probes["SkuPriceDetails"]) == ("monitor.probe-10k", "")


def test_every_meter_with_details_is_one_a_service_counts() -> None:
    entries = (one.load().entry for one in entry_points(group="yunyue.services"))
    assert {meter.code for entry in entries for meter in entry.meters} >= DETAILS.keys()


def test_an_instalment_has_a_meter_too() -> None:
    assert table()[PURCHASE]["SkuMeter"] == "Contract instalment"


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


def test_each_row_and_the_parquet_name_the_meters_without_a_price() -> None:
    assert [row["x_UnpricedMeters"] for row in table()] == ["monitor.unpriced"] * 3
    found = pq.read_table(io.BytesIO(to_parquet(list(rows(KNOWN)), unpriced(KNOWN))))
    assert found.schema.metadata[b"x_UnpricedMeters"] == b"monitor.unpriced"
    assert found.column("x_UnpricedMeters").to_pylist() == ["monitor.unpriced"] * 3


def test_only_meters_of_the_days_asked_for_are_named_as_without_a_price() -> None:
    assert [row["x_UnpricedMeters"] for row in rows(KNOWN, until=date(2024, 5, 31))] == [None, None]
    (june,) = rows(KNOWN, since=date(2024, 6, 1))
    assert june["x_UnpricedMeters"] == "monitor.unpriced"


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
    assert (found[0]["x_ItemNameZh"], found[2]["SkuPriceDetails"]) == (None, None)
    assert [name for row in found for name, value in row.items() if value == ""] == []
