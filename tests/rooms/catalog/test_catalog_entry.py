"""Entries, parameters and windows: what is accepted, what is refused, and how it says so."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Annotated

import msgspec
import pytest

from yunyue.answer import Refused
from yunyue.catalog import Action, Entry, Indicator, Meter, NoParameters, Window, understand_parameters
from yunyue.contract.terms import Named, Objective
from yunyue.journal.envelope import BEIJING

TITLE = Named(zh="监测", en="Monitoring")
NOON = datetime(2024, 6, 3, 12, tzinfo=BEIJING)


class Size(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    cores: Annotated[int, msgspec.Meta(ge=1, le=64, title="核数", description="Number of cores")]


ENTRY = Entry(
    code="monitor",
    title=TITLE,
    parameters=Size,
    actions=(Action("pause", TITLE),),
    meters=(Meter("probes", TITLE, TITLE),),
    indicators=(Indicator("availability", TITLE),),
    objectives=(),
)


def objective(indicator: str) -> Objective:
    target = Decimal("99.9")
    return Objective(id="a", service="monitor", title=TITLE, indicator=indicator, method="M1", target=target, ladder=())


def test_an_entry_without_a_state_is_available_and_belongs_to_clause_three() -> None:
    assert ENTRY.available
    assert ENTRY.clause == "C37"


def test_its_schema_carries_titles_descriptions_and_bounds() -> None:
    cores = ENTRY.schema()["$defs"]["Size"]["properties"]["cores"]
    assert (cores["title"], cores["description"]) == ("核数", "Number of cores")
    assert (cores["minimum"], cores["maximum"]) == (1, 64)


def test_its_actions_are_found_by_code() -> None:
    found = ENTRY.action("pause")
    assert found is not None
    assert found.code == "pause"
    assert ENTRY.action("explode") is None


def test_a_code_that_appears_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="monitor: a code appears twice among pause, pause"):
        replace(ENTRY, actions=ENTRY.actions * 2)


def test_an_objective_on_an_unknown_indicator_is_refused() -> None:
    with pytest.raises(ValueError, match="objective a measures 'speed', not offered"):
        replace(ENTRY, objectives=(objective("speed"),))


def test_an_objective_of_another_service_is_refused() -> None:
    with pytest.raises(ValueError, match="crypto: objective a"):
        replace(ENTRY, code="crypto", objectives=(objective("availability"),))


def test_parameters_become_typed_values() -> None:
    assert understand_parameters(Size, {"cores": 4}) == Size(cores=4)


def test_text_is_read_as_a_number_only_where_the_caller_says_so() -> None:
    assert isinstance(understand_parameters(Size, {"cores": "4"}), Refused)
    assert understand_parameters(Size, {"cores": "4"}, strict=False) == Size(cores=4)


@pytest.mark.parametrize(
    ("values", "field", "rule"),
    [
        ({"cores": 0}, "parameters.cores", ">= 1"),
        ({"cores": 1, "gpu": 1}, "parameters", "gpu"),
        ({}, "parameters", "missing required field `cores`"),
    ],
)
def test_bad_parameters_are_refused_with_field_and_rule(values: dict[str, object], field: str, rule: str) -> None:
    refused = understand_parameters(Size, values)
    assert isinstance(refused, Refused)
    assert (refused.field, refused.clause) == (field, "C37")
    assert rule in refused.reason


def test_a_service_without_parameters_takes_none() -> None:
    assert isinstance(understand_parameters(NoParameters, {}), NoParameters)
    assert isinstance(understand_parameters(NoParameters, {"x": 1}), Refused)


def test_an_empty_window_is_refused() -> None:
    with pytest.raises(ValueError, match="ends later"):
        Window(NOON, NOON)


def test_a_window_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="carry a zone"):
        Window(NOON.replace(tzinfo=None), NOON.replace(tzinfo=None) + timedelta(hours=1))
