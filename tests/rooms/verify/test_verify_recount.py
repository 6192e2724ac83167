"""A statement the log's own operator signs must still follow from facts and terms: each lie here is signed anew."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from bundle_cast import Cast, forged
from yunyue import verify

Change = Callable[[dict[str, Any]], object]


def faults(cast: Cast, change: Change) -> list[tuple[str, str]]:
    """Place and rule of every fault of a bundle whose statement was changed and signed anew by the right key."""
    report = verify.verify(forged(cast, "statement", change), [cast.key])
    return [(fault.where, fault.rule) for fault in report.faults]


def line(said: dict[str, Any], identifier: str) -> Any:
    """A line of an exhibit."""
    return next(one for one in said["lines"] if one["id"] == identifier)


def leaf(node: dict[str, Any], key: str, name: str) -> dict[str, Any]:
    """The first leaf of a tree that names this."""
    if node.get(key) == name:
        return node
    return next((found for arg in node.get("args", ()) if (found := leaf(arg, key, name))), {})


def test_an_amount_off_by_one_fen_fails(cast: Cast) -> None:
    def lie(said: dict[str, Any]) -> None:
        line(said, "late-payment-1")["amount"] = "958.41"
        said["totals"]["client"]["due"] = "958.41"

    assert faults(cast, lie) == [("statement.lines.late-payment-1.amount", "sum")]


def test_a_result_off_by_one_fen_fails_where_it_was_computed(cast: Cast) -> None:
    def lie(said: dict[str, Any]) -> None:
        line(said, "late-payment-1").update(amount="958.41")
        line(said, "late-payment-1")["working"]["value"] = "958.41"
        said["totals"]["client"]["due"] = "958.41"

    assert faults(cast, lie) == [("statement.lines.late-payment-1.working", "sum")]


@pytest.mark.parametrize(
    ("identifier", "key", "name", "value", "rule"),
    [
        ("instalment-1", "term", "price.total", "1916794.42", "term"),
        ("late-payment-1", "term", "instalments.1.within_workdays", 29, "term"),
        ("late-payment-1", "fact", "f11", "958397.21", "fact"),
        ("late-payment-1", "fact", "f7", "2024-05-23", "fact"),
        ("late-delivery", "fact", "f4", "2024-04-30", "fact"),
        ("late-delivery", "fact", "f4", "2024-13-01", "shape"),
        ("late-delivery", "fact", "f4", True, "shape"),
        ("instalment-1", "term", "price.total", 1916794.4, "json"),
    ],
)
def test_a_leaf_that_is_not_what_it_names_fails(
    cast: Cast, identifier: str, key: str, name: str, value: object, rule: str
) -> None:
    def lie(said: dict[str, Any]) -> None:
        leaf(line(said, identifier)["working"], key, name)["value"] = value

    found = faults(cast, lie)
    assert {each for _, each in found} == {rule}
    assert all(where.startswith("statement") for where, _ in found)


@pytest.mark.parametrize(
    ("name", "rule"),
    [("f9", "withdrawn"), ("f5", "fact"), ("f14", "missing"), ("f99", "missing")],
)
def test_a_leaf_cannot_rest_on_another_fact(cast: Cast, name: str, rule: str) -> None:
    def lie(said: dict[str, Any]) -> None:
        leaf(line(said, "late-payment-1")["working"], "fact", "f11")["fact"] = name

    ((where, found), *_) = faults(cast, lie)
    assert where.startswith("statement.lines.late-payment-1.working.")
    assert found == rule


def test_a_constant_of_ones_own_making_fails(cast: Cast) -> None:
    def lie(said: dict[str, Any]) -> None:
        working = line(said, "instalment-1")["working"]
        working["args"] = [{"given": "fee", "value": "958397.2"}]

    assert faults(cast, lie) == [("statement.lines.instalment-1.working.0", "given")]


@pytest.mark.parametrize(("name", "value"), [("one", 2), ("zero", 1), ("as_of", "2024-10-16")])
def test_a_known_constant_with_another_value_fails(cast: Cast, name: str, value: object) -> None:
    def lie(said: dict[str, Any]) -> None:
        working = line(said, "instalment-1")["working"]
        working["args"][0] = {"given": name, "value": value}

    assert ("statement.lines.instalment-1.working.0", "given") in faults(cast, lie)


def test_an_unknown_operation_fails(cast: Cast) -> None:
    def lie(said: dict[str, Any]) -> None:
        line(said, "instalment-1")["working"]["op"] = "power"

    assert faults(cast, lie) == [("statement.lines.instalment-1.working", "shape")]


def test_a_rounding_that_gives_no_reason_fails(cast: Cast) -> None:
    def lie(said: dict[str, Any]) -> None:
        line(said, "instalment-1")["working"]["why"] = ""

    assert faults(cast, lie) == [("statement.lines.instalment-1.working", "shape")]


def test_a_line_with_an_amount_and_no_working_fails(cast: Cast) -> None:
    assert faults(cast, lambda said: line(said, "instalment-1").update(working=None)) == [
        ("statement.lines.instalment-1.amount", "sum")
    ]


def test_a_due_day_that_no_working_comes_to_fails(cast: Cast) -> None:
    assert faults(cast, lambda said: line(said, "instalment-1").update(due="2024-05-25")) == [
        ("statement.lines.instalment-1.due", "sum")
    ]


@pytest.mark.parametrize("field", ["due", "payable", "late_from", "done"])
def test_an_obligations_day_that_nothing_states_fails(cast: Cast, field: str) -> None:
    found = faults(cast, lambda said: said["obligations"][0].update({field: "2024-05-19"}))
    assert f"statement.obligations.pay-1.{field}" in {where for where, _ in found}


def test_a_gate_met_on_another_day_fails(cast: Cast) -> None:
    def lie(said: dict[str, Any]) -> None:
        gate = next(gate for gate in said["obligations"][0]["gates"] if gate["met"])
        gate["met"] = "2024-05-01"

    ((where, rule),) = faults(cast, lie)
    assert where.startswith("statement.obligations.pay-1.gates.")
    assert rule == "fact"


def test_totals_that_are_not_the_sum_of_the_lines_fail(cast: Cast) -> None:
    assert faults(cast, lambda said: said["totals"]["client"].update(due="958.41")) == [("statement.totals", "sum")]


def test_a_line_that_is_left_out_shows_in_the_totals(cast: Cast) -> None:
    assert ("statement.totals", "sum") in faults(cast, lambda said: said["lines"].pop())


def test_a_reading_the_terms_do_not_hold_fails(cast: Cast) -> None:
    def lie(said: dict[str, Any]) -> None:
        said["readings"] = [["A2", "monday_to_friday"]]

    assert ("statement.readings.A2", "reading") in faults(cast, lie)


def test_a_statement_with_supposed_facts_proves_nothing(cast: Cast) -> None:
    assert faults(cast, lambda said: said["supposed"].append("f1")) == [("statement.supposed", "supposed")]


def test_facts_the_journal_took_in_later_cannot_be_used(cast: Cast) -> None:
    def earlier(said: dict[str, Any]) -> None:
        said["known_at"] = "2024-12-01T09:00:10+08:00"

    assert "unknown" in {rule for _, rule in faults(cast, earlier)}


def test_facts_beyond_the_size_the_statement_names_cannot_be_used(cast: Cast) -> None:
    assert "unknown" in {rule for _, rule in faults(cast, lambda said: said.update(facts_known=11))}


def test_a_statement_cannot_know_more_facts_than_the_log_holds(cast: Cast) -> None:
    assert faults(cast, lambda said: said.update(facts_known=16)) == [("statement.facts_known", "unknown")]


def test_facts_that_had_not_happened_cannot_be_used(cast: Cast) -> None:
    assert "unknown" in {rule for _, rule in faults(cast, lambda said: said.update(as_of="2024-06-02"))}


def test_another_contracts_statement_fails(cast: Cast) -> None:
    assert faults(cast, lambda said: said.update(contract="other")) != []


def test_a_bad_line_is_marked_in_the_report_and_the_others_are_not(cast: Cast) -> None:
    report = verify.verify(forged(cast, "statement", lambda said: line(said, "instalment-2").update(amount="1.00")))
    assert {row["id"] for row in report.lines if not row["ok"]} == {"instalment-2"}
    assert "✗✗  C04  instalment-2" in verify.show(report, "en")


@pytest.mark.parametrize(
    ("op", "args", "value"),
    [
        ("plus", ["0.1", 2], "2.1"),
        ("minus", [1, "0.5"], "0.5"),
        ("times", ["1.5", 2], 3),
        ("divided", [1, 3], "1/3"),
        ("round_half_up", ["0.005"], "0.01"),
        ("round_half_up", ["-0.005"], "-0.01"),
        ("round_half_up", ["2.344999"], "2.34"),
        ("not_below", [1, 2], 2),
        ("not_above", [1, "0.5"], "0.5"),
        ("rung", [79, 90, "0.05", 80, "0.1"], "0.1"),
        ("latest", ["2024-01-01", "2024-01-02"], "2024-01-02"),
        ("earliest", ["2024-01-01", "2024-01-02"], "2024-01-01"),
        ("days_after", ["2024-02-28", "2024-03-01"], 2),
        ("days_after", ["2024-03-01", "2024-02-28"], -2),
        ("plus_days", ["2024-02-28", 2], "2024-03-01"),
        ("plus_workdays", ["2024-04-11", 30], "2024-05-24"),
        ("plus_workdays", ["2024-05-24", -10], "2024-05-11"),
        ("plus_workdays", ["2024-12-31", 10], "2025-01-15"),
        ("plus_workdays", ["2024-05-04", 0], "2024-05-04"),
    ],
)
def test_each_operation_is_computed_as_the_statement_means_it(
    cast: Cast, op: str, args: list[object], value: object
) -> None:
    parts = verify.open_bundle(cast.bundle()).parts
    calendar = verify.read_json(parts["calendar"], "calendar")
    court = verify.Recount({}, {"readings": {}}, calendar, {})
    for year in calendar["years"].values():
        court.off.update(year["off"])
        court.work.update(year["work"])
    values = [verify.value_of(arg, "") for arg in args]
    assert verify._result({"op": op, "why": "A6"}, values, court) == verify.value_of(value, "")


def test_working_days_are_monday_to_friday_when_that_reading_is_in_force() -> None:
    court = verify.Recount({}, {"readings": {"A2": "monday_to_friday"}}, {"years": {}}, {})
    assert verify.plus_workdays(date(2024, 4, 11), 30, court) == date(2024, 5, 23)


def test_a_year_without_a_notice_is_refused_unless_the_reading_estimates_it() -> None:
    refused = verify.Recount({}, {"readings": {"A23": "refused"}}, {"years": {}}, {})
    with pytest.raises(verify.Fault, match="calendar"):
        verify.plus_workdays(date(2031, 1, 1), 1, refused)
    estimated = verify.Recount({}, {"readings": {"A23": "estimated"}}, {"years": {}}, {})
    assert verify.plus_workdays(date(2031, 1, 3), 1, estimated) == date(2031, 1, 6)
