"""Every value of the terms has one dotted path."""

from datetime import date
from decimal import Decimal

import pytest

from yunyue.contract import Terms, leaf, paths, value_at
from yunyue.money import Money


def test_values_are_found_by_number_code_and_id(terms: Terms) -> None:
    assert value_at(terms, "term.end") == date(2024, 12, 31)
    assert value_at(terms, "instalments.2.amount") == Money.parse("575038.32")
    assert value_at(terms, "catalogue.items.scan-run.quantity") == Decimal(224)
    assert value_at(terms, "sla.objectives.monitor-availability.ladder.1.share") == Decimal("0.1")
    assert value_at(terms, "readings.A2") == "state_council"
    assert value_at(terms, "penalties.daily_cap") is None


def test_a_path_may_name_a_table_or_a_list(terms: Terms) -> None:
    assert value_at(terms, "instalments.3") is terms.instalments[2]
    assert value_at(terms, "catalogue.items") is terms.catalogue.items


@pytest.mark.parametrize(
    "path", ["", "total", "price.", ".price", "price.total.fen", "instalments.0", "instalments.4.share", "readings.A25"]
)
def test_an_unknown_path_raises(terms: Terms, path: str) -> None:
    with pytest.raises(KeyError):
        value_at(terms, path)


def test_every_path_is_listed_once_and_leads_to_its_value(terms: Terms) -> None:
    listed = list(paths(terms))
    assert len(listed) == len(dict(listed))
    assert all(leaf.write(value_at(terms, path)) == text for path, text in listed)


def test_paths_say_what_the_files_say(terms: Terms) -> None:
    listed = dict(paths(terms))
    assert listed["price.total"] == "1916794.40"
    assert listed["instalments.1.share"] == "0.5"
    assert listed["term.start"] == "2024-04-11"
    assert listed["cover_date"] == ""
    assert listed["instalments.3.needs_delivery"] == "true"
