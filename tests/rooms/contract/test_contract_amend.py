"""A supplement changes exactly the terms it names, or nothing at all."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yunyue.answer import Refused
from yunyue.contract import Terms, amend, digest, paths, value_at
from yunyue.contract.paths import NAMED_BY
from yunyue.money import Money, in_words


@dataclass(frozen=True)
class Changed:
    """A change as a supplement would carry it."""

    path: str
    value: str


def amended(terms: Terms, *changes: tuple[str, str]) -> Terms:
    result = amend(terms, [Changed(*change) for change in changes])
    assert isinstance(result, Terms), result
    return result


def refused(terms: Terms, *changes: tuple[str, str]) -> Refused:
    result = amend(terms, [Changed(*change) for change in changes])
    assert isinstance(result, Refused), "this supplement should have been refused"
    return result


HALVED_FIRST = (
    ("instalments.1.share", "0.25"),
    ("instalments.1.amount", "479198.60"),
    ("instalments.1.words", in_words(Money.parse("479198.60"))),
    ("instalments.2.share", "0.55"),
    ("instalments.2.amount", "1054236.92"),
    ("instalments.2.words", in_words(Money.parse("1054236.92"))),
)


def test_no_change_leaves_the_terms_as_they_are(terms: Terms) -> None:
    assert amend(terms, []) == terms


@pytest.mark.parametrize(
    ("path", "value", "read"),
    [
        ("term.end", "2025-01-10", date(2025, 1, 10)),
        ("cover_date", "2024-04-11", date(2024, 4, 11)),
        ("instalments.2.within_workdays", "15", 15),
        ("instalments.1.needs_delivery", "true", True),
        ("penalties.client_daily", "0.0005", Decimal("0.0005")),
        ("readings.A2", "monday_to_friday", "monday_to_friday"),
        ("annexes.3.supplied", "true", True),
        ("annexes.3.title.en", "Catalogue", "Catalogue"),
        ("sla.objectives.monitor-availability.target", "99.95", Decimal("99.95")),
        ("sla.objectives.monitor-availability.ladder.3.share", "0.6", Decimal("0.6")),
        ("sla.objectives.monitor-availability.ladder", "[]", ()),
    ],
)
def test_a_term_is_changed_and_nothing_else(terms: Terms, path: str, value: str, read: object) -> None:
    result = amended(terms, (path, value))
    assert value_at(result, path) == read
    before, after = dict(paths(terms)), dict(paths(result))
    assert {key for key in before | after if before.get(key) != after.get(key) and not key.startswith(path)} == set()


def test_the_terms_given_stay_as_they_were(terms: Terms) -> None:
    before = digest(terms)
    amended(terms, ("readings.A2", "monday_to_friday"), ("term.end", "2025-01-10"))
    assert digest(terms) == before


def test_shares_are_moved_only_with_their_amounts_and_words(terms: Terms) -> None:
    result = amended(terms, *HALVED_FIRST)
    assert [str(one.amount) for one in result.instalments] == ["479198.60", "1054236.92", "383358.88"]
    for left_out in HALVED_FIRST:
        rest = [change for change in HALVED_FIRST if change != left_out]
        assert refused(terms, *rest).clause == "C06"


def test_a_total_changed_alone_is_refused_and_says_all_that_must_come_with_it(terms: Terms) -> None:
    answer = refused(terms, ("price.total", "2000000.00"))
    assert answer.clause == "C02"
    for path in ("price.words", "instalments", "instalments.3.amount", "catalogue.items"):
        assert path in f"{answer.field} {answer.reason}"


def test_a_new_quantity_comes_with_a_new_amount_total_and_instalments(terms: Terms) -> None:
    assert refused(terms, ("catalogue.items.scan-run.quantity", "324")).field == "catalogue.items.scan-run.amount"
    total = Money.parse("1993094.40")
    parts = ("996547.20", "597928.32", "398618.88")
    changes = [
        ("catalogue.items.scan-run.quantity", "324"),
        ("catalogue.items.scan-run.amount", "247212.00"),
        ("price.total", str(total)),
        ("price.words", in_words(total)),
        *((f"instalments.{number}.amount", part) for number, part in enumerate(parts, start=1)),
        *((f"instalments.{number}.words", in_words(Money.parse(part))) for number, part in enumerate(parts, start=1)),
    ]
    assert amended(terms, *changes).price.total == total


def test_an_objective_is_added_under_a_new_id_and_taken_out_again(terms: Terms) -> None:
    table = (
        '{ service = "scan", title = { zh = "误报率", en = "Precision" }, indicator = "precision", '
        'method = "M6", target = "95", ladder = [] }'
    )
    with_it = amended(terms, ("sla.objectives.scan-precision", table))
    added = with_it.objective("scan-precision")
    assert added is not None
    assert added.target == Decimal(95)
    assert amended(with_it, ("sla.objectives.scan-precision", "")) == terms


def test_an_item_added_without_its_price_in_the_total_is_refused(terms: Terms) -> None:
    table = (
        '{ service = "scan", title = { zh = "复测", en = "Retest" }, unit = { zh = "次", en = "retest" }, '
        'meter = "scan.retest", quantity = "1", unit_price = "10.00", amount = "10.00" }'
    )
    assert refused(terms, ("catalogue.items.scan-retest", table)).field == "catalogue.items"


@pytest.mark.parametrize(
    ("path", "value", "rule"),
    [
        ("price.sum", "1.00", "there is no 'sum' here; there is total, words"),
        ("instalments.4.share", "0.1", "there is no '4' here; there is 1, 2, 3"),
        ("instalments.4", "", "there is no '4'"),
        ("term.end.year", "2025", "there is no 'year'"),
        ("readings.A25", "yes", "there is no 'A25'"),
        ("", "x", "there is no ''"),
        ("term.end", "2025-02-29", "must be a day"),
        ("term.end", "", "must be a day"),
        ("price.total", "1e6", "is not an amount of money"),
        ("instalments.1.share", "1.5", "from 0 to 1"),
        ("instalments.1.needs_delivery", "yes", "true or false"),
        ("majeure.certificate_days", "fourteen", "whole number"),
        ("sla.objectives.os-repository.method", "M9", "must be one of M1"),
        ("readings.A2", "", "1 to 2000 characters"),
        ("term", "2025-01-10", "must be a table"),
        ("term", "{ start = 2024-04-11 }", "end: this key is missing"),
        ("term", "}", "written in TOML"),
        ("sla.objectives.os-repository.ladder", "[]\nother = 1", "must be one TOML value"),
        ("sla.objectives.new", '{ id = "newer" }', "id must be new"),
        ("catalogue.items", "[1]", "#1: must be a table"),
        ("id", "other", "cannot be changed"),
        ("instalments.1.number", "1", "cannot be changed"),
        ("catalogue.items.scan-run.code", "scan-walk", "cannot be changed"),
        ("sla.objectives.os-repository.id", "os-depot", "cannot be changed"),
    ],
)
def test_an_unknown_path_or_bad_value_is_refused_by_its_name(terms: Terms, path: str, value: str, rule: str) -> None:
    answer = refused(terms, ("readings.A16", "include_first"), (path, value))
    assert (answer.field, answer.clause) == (path, "C34")
    assert rule in answer.reason


def test_a_choice_the_reading_does_not_offer_is_refused(terms: Terms) -> None:
    answer = refused(terms, ("readings.A2", "every_day"))
    assert answer.field == "readings.A2"
    assert "state_council, monday_to_friday" in answer.reason


def test_a_supplement_that_changes_one_term_twice_is_refused(terms: Terms) -> None:
    answer = refused(terms, ("term.end", "2025-01-10"), ("term.end", "2025-01-11"))
    assert (answer.field, answer.clause) == ("term.end", "C34")


@given(st.data())
def test_writing_what_a_path_already_says_changes_nothing(terms: Terms, data: st.DataObject) -> None:
    named = {*NAMED_BY.values()}
    changeable = [(path, text) for path, text in paths(terms) if path.split(".")[-1] not in named]
    path, text = data.draw(st.sampled_from(changeable))
    assert amended(terms, (path, text)) == terms


@given(st.data(), st.dates(date(2024, 4, 11), date(2030, 1, 1)), st.integers(0, 36_500))
def test_amending_there_and_back_again_gives_the_same_bytes(
    terms: Terms, data: st.DataObject, day: date, days: int
) -> None:
    there = [
        ("term.end", day.isoformat()),
        ("majeure.certificate_days", str(days)),
        ("readings.A19", data.draw(st.sampled_from(["after_due", "plus_one"]))),
        *HALVED_FIRST,
    ]
    before = dict(paths(terms))
    changed = amended(terms, *there)
    back = amended(changed, *((path, before[path]) for path, _ in there))
    assert back == terms
    assert digest(back) == digest(terms)
    assert digest(changed) != digest(terms)


@given(st.permutations(HALVED_FIRST))
def test_the_order_of_the_changes_does_not_matter(terms: Terms, changes: list[tuple[str, str]]) -> None:
    assert amended(terms, *changes) == amended(terms, *HALVED_FIRST)


@given(st.text(max_size=30), st.text(max_size=30))
def test_no_path_or_value_whatever_is_more_than_refused(terms: Terms, path: str, value: str) -> None:
    assert isinstance(amend(terms, [Changed(path, value)]), Terms | Refused)


@given(st.sampled_from(["catalogue.items.x", "sla.objectives.os-repository", "term", "instalments"]), st.text())
def test_no_toml_whatever_is_more_than_refused(terms: Terms, path: str, value: str) -> None:
    assert isinstance(amend(terms, [Changed(path, value)]), Terms | Refused)
