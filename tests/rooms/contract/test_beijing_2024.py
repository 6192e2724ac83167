"""The contract that is shipped says what the clauses say, and its sample annexes are marked and add up."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import get_args

from yunyue.contract import DEFAULTS, Terms
from yunyue.contract.terms import ServiceCode
from yunyue.money import Money, total

SERVICES = set(get_args(ServiceCode))


def test_the_term_runs_265_days(terms: Terms) -> None:
    assert (terms.term.start, terms.term.end) == (date(2024, 4, 11), date(2024, 12, 31))
    assert (terms.term.end - terms.term.start).days + 1 == 265


def test_the_instalments_are_those_of_clause_eight(terms: Terms) -> None:
    assert terms.price.total == Money.parse("1916794.40")
    assert [(one.share, str(one.amount), one.after, one.within_workdays) for one in terms.instalments] == [
        (Decimal("0.5"), "958397.20", "signing", 30),
        (Decimal("0.3"), "575038.32", "midterm", 10),
        (Decimal("0.2"), "383358.88", "final", 10),
    ]
    assert [one.needs_delivery for one in terms.instalments] == [False, False, True]


def test_the_penalties_are_those_of_clause_nine(terms: Terms) -> None:
    penalties = terms.penalties
    assert penalties.provider_daily == penalties.client_daily == Decimal("0.0001")
    assert penalties.provider_days == penalties.client_days == 30
    assert penalties.termination_share == Decimal("0.1")
    assert penalties.failed_acceptances == 2
    assert penalties.daily_cap is None


def test_notices_copies_and_retention(terms: Terms) -> None:
    assert (terms.majeure.certificate_days, terms.majeure.negotiate_after_days) == (14, 60)
    assert terms.account_notice_workdays == 10
    assert (terms.papers.copies, terms.papers.copies_each) == (6, 3)
    assert (terms.papers.retention_years, terms.papers.log_months) == (15, 6)


def test_no_annex_was_supplied_and_the_sample_ones_say_so(terms: Terms) -> None:
    assert not any(annex.supplied for annex in terms.annexes)
    assert terms.catalogue.sample
    assert terms.sla.sample


def test_only_social_insurance_is_a_soft_condition(terms: Terms) -> None:
    assert [condition.soft for condition in terms.staff_conditions] == [False, False, True, False, False, False]


def test_conditions_whose_text_is_missing_do_not_pretend_to_have_one(terms: Terms) -> None:
    for condition in terms.staff_conditions[3:]:
        assert condition.title.zh == f"合同第四条(二)第{condition.number}项条件(以合同原文为准)"


def test_every_reading_has_its_default(terms: Terms) -> None:
    assert terms.readings == DEFAULTS


def test_the_sample_prices_sum_exactly_to_the_total(terms: Terms) -> None:
    assert total(item.amount for item in terms.catalogue.items) == terms.price.total
    for item in terms.catalogue.items:
        assert item.unit_price.times(Fraction(item.quantity)).fen == item.amount.fen


def test_all_eight_services_are_priced_and_have_objectives(terms: Terms) -> None:
    assert {item.service for item in terms.catalogue.items} == SERVICES
    assert {objective.service for objective in terms.sla.objectives} == SERVICES


def test_monitoring_is_measured_by_outage_minutes_and_by_coverage(terms: Terms) -> None:
    availability, coverage = terms.objective("monitor-availability"), terms.objective("monitor-coverage")
    assert availability is not None
    assert coverage is not None
    assert (availability.method, availability.target, availability.indicator) == ("M1", Decimal("99.9"), "availability")
    assert (coverage.method, coverage.target, coverage.indicator) == ("M6", Decimal(99), "coverage")
    assert [(step.below, step.share) for step in availability.ladder] == [
        (Decimal("99.9"), Decimal("0.1")),
        (Decimal(99), Decimal("0.2")),
        (Decimal(98), Decimal("0.5")),
    ]


def test_the_files_say_sample_to_whoever_opens_them(texts: dict[str, str]) -> None:
    for name in ("catalogue.toml", "sla.toml"):
        assert texts[name].startswith("# 示例 SAMPLE")
