"""A contract as a person reads it."""

import pytest
from msgspec.structs import replace

from yunyue.contract import Row, Terms, paths, rows


def row(terms: Terms, path: str) -> Row:
    (found,) = [one for one in rows(terms) if one.path == path]
    return found


def test_amounts_are_grouped_and_named_in_yuan(terms: Terms) -> None:
    total = row(terms, "price.total")
    assert (total.value_zh, total.value_en, total.clause) == ("1,916,794.40 元", "1,916,794.40 yuan", "C02")


@pytest.mark.parametrize(
    ("path", "zh", "en"),
    [
        ("instalments.2.after", "中期验收合格", "mid-term acceptance passed"),
        ("instalments.3.needs_delivery", "是", "yes"),
        ("cover_date", "未载明", "not stated"),
        ("term.end", "2024-12-31", "2024-12-31"),
        ("catalogue.items.scan-run.service", "安全检测", "security testing"),
        ("sla.objectives.transcode-buckets.method", "M2 错误时段", "M2 error buckets"),
        ("annexes.6.title", "保密协议", "Confidentiality agreement"),
        ("readings.A8", "合同未设上限", "the contract sets no cap"),
    ],
)
def test_values_are_said_in_both_languages(terms: Terms, path: str, zh: str, en: str) -> None:
    assert (row(terms, path).value_zh, row(terms, path).value_en) == (zh, en)


def test_a_reading_is_listed_with_its_question(terms: Terms) -> None:
    assert row(terms, "readings.A1").label_zh == "A1 签订当日是否计入期限？"
    assert row(terms, "readings.A1").label_en == "A1 Does the day of signing count?"


def test_whatever_belongs_to_a_sample_annex_is_marked_so(terms: Terms) -> None:
    for one in rows(terms):
        assert one.sample == one.path.startswith(("catalogue.", "sla.")), one.path


def test_a_real_annex_is_not_marked(terms: Terms) -> None:
    real = replace(terms, catalogue=replace(terms.catalogue, sample=False))
    assert {one.path.split(".")[0] for one in rows(real) if one.sample} == {"sla"}
    real = replace(terms, sla=replace(terms.sla, sample=False))
    assert {one.path.split(".")[0] for one in rows(real) if one.sample} == {"catalogue"}


def test_every_term_is_listed_once_in_the_order_of_the_contract(terms: Terms) -> None:
    listed = [one.path for one in rows(terms)]
    expected = list(dict.fromkeys(path.removesuffix(".zh").removesuffix(".en") for path, _ in paths(terms)))
    assert listed == expected
