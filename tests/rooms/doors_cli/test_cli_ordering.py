"""yunyue order and yunyue month."""

import json

import pytest
from cli_cast import CONTRACT, DOCUMENT, Terminal

PLACE = ("order", "place", CONTRACT, "monitor", "monitor-site", "1", "kind=tcp", "target=example.gov.cn:443")
FOR = ("--tenant", "department-1", "--deliver-by", "2024-06-01", "--actor", "client:1")


@pytest.fixture
def placed(terminal: Terminal) -> tuple[Terminal, str]:
    """An order nobody has approved yet."""
    order: str = terminal.json(*PLACE, *FOR)["order"]
    return terminal, order


def test_an_order_is_placed_and_listed(placed: tuple[Terminal, str]) -> None:
    terminal, order = placed
    assert terminal.json("order", "list", CONTRACT) == [
        {"order": order, "service": "monitor", "item": "monitor-site", "state": "placed"}
    ]
    assert "to be approved" in terminal.ok("order", "list", CONTRACT)


def test_another_person_approves_and_the_service_is_delivered(placed: tuple[Terminal, str]) -> None:
    terminal, order = placed
    assert terminal.json("order", "approve", CONTRACT, order, "--actor", "client:2")["state"] == "delivered"
    assert terminal.json("order", "list", CONTRACT)[0]["state"] == "delivered"


def test_who_ordered_does_not_approve(placed: tuple[Terminal, str]) -> None:
    terminal, order = placed
    found = terminal.refused("order", "approve", CONTRACT, order, "--actor", "client:1")
    assert "another person approves" in found["reason"]


def test_an_order_ends_with_its_service(placed: tuple[Terminal, str]) -> None:
    terminal, order = placed
    terminal.ok("order", "approve", CONTRACT, order, "--actor", "client:2")
    terminal.ok("order", "end", CONTRACT, order, "--reason", "no longer needed")
    assert terminal.json("order", "list", CONTRACT)[0]["state"] == "cancelled"
    kinds = [one["type"] for one in terminal.json("fact", "list", CONTRACT)]
    assert kinds[-2:] == ["service.retired", "order.cancelled"]


@pytest.mark.parametrize("what", ["approve", "end"])
def test_an_order_that_is_not_there_is_refused(terminal: Terminal, what: str) -> None:
    more = ("--actor", "client:2") if what == "approve" else ("--reason", "r")
    assert terminal.refused("order", what, CONTRACT, "nothing", *more)["field"] == "order"


@pytest.mark.parametrize(
    ("words", "field", "clause"),
    [
        (("monitor", "monitor-site", "many", "kind=tcp", "target=a.cn:443"), "order.placed.quantity", "C02"),
        (("monitor", "monitor-site", "-1", "kind=tcp", "target=a.cn:443"), "order.placed", "C01"),
        (("monitor", "monitor-site", "0", "kind=tcp", "target=a.cn:443"), "order.placed.quantity", "C02"),
        (("monitor", "monitor-site", "999999", "kind=tcp", "target=a.cn:443"), "order.placed.quantity", "C02"),
        (("monitor", "moon", "1", "kind=tcp", "target=a.cn:443"), "order.placed.item", "C37"),
        (("monitor", "os-set", "1", "kind=tcp", "target=a.cn:443"), "order.placed.service", "C37"),
        (("os", "os-set", "1"), "order.service", "C37"),
        (("moon", "os-set", "1"), "service", "C37"),
        (("monitor", "monitor-site", "1", "kind=telepathy", "target=a.cn:443"), "parameters.kind", "C37"),
        (("monitor", "monitor-site", "1", "kind=tcp", "target=a.cn:443", "colour=red"), "parameters", "C37"),
        (("monitor", "monitor-site", "1", "kind"), "parameters", "C37"),
        (("monitor", "monitor-site", "1", "kind=tcp", "kind=tcp"), "parameters.kind", "C37"),
    ],
)
def test_a_wish_that_does_not_fit_is_refused_by_field_and_clause(
    terminal: Terminal, words: tuple[str, ...], field: str, clause: str
) -> None:
    found = terminal.refused("order", "place", CONTRACT, *words, *FOR)
    assert (found["field"], found["clause"]) == (field, clause)


def test_a_delivery_outside_the_term_is_refused(terminal: Terminal) -> None:
    when = ("--tenant", "d", "--deliver-by", "2025-06-01")
    assert terminal.refused(*PLACE, *when)["clause"] == "C01"


def test_a_private_target_is_refused_unless_the_operator_allows_it(terminal: Terminal) -> None:
    words = (*PLACE[:-1], "target=127.0.0.1:80", *FOR)
    order = terminal.json(*words)["order"]
    result = terminal.run("order", "approve", CONTRACT, order, "--actor", "client:2", "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["refused"]["field"] == "parameters.target"
    allowed = terminal.run("order", "approve", CONTRACT, order, "--actor", "client:2", YUNYUE_PRIVATE_TARGETS="true")
    assert "no order" not in allowed.output


def test_orders_of_a_contract_nobody_loaded_are_refused(terminal: Terminal) -> None:
    assert terminal.refused("order", "list", "nothing")["field"] == "contract"


def test_a_month_without_evidence_is_neither_met_nor_missed(terminal: Terminal) -> None:
    found = terminal.json("month", "close", CONTRACT, "2024-05")
    assert {one["state"] for one in found["verdicts"]} == {"no evidence"}


def test_a_month_is_judged_from_recorded_windows_once(terminal: Terminal) -> None:
    fields = ("order=o1", "service=os", "item=os-set", "quantity=1", "tenant=t1", "deliver_by=2024-05-01")
    terminal.fact("order.placed", "2024-04-20", *fields)
    terminal.fact("service.delivered", "2024-04-20", "order=o1")
    # 446 of 44,640 minutes down: 99.0008... %
    window = ("order=o1", "objective=os-repository", "total=44640", "good=44194", "bad_minutes=446")
    span = ("start=2024-05-01T00:00:00+08:00", "end=2024-06-01T00:00:00+08:00", f"segments={DOCUMENT}")
    terminal.fact("sample.window", "2024-06-01", *window, *span)
    found = terminal.json("month", "close", CONTRACT, "2024-05")
    judged = next(one for one in found["verdicts"] if one["objective"] == "os-repository")
    assert (judged["state"], judged["measured"]) == ("missed", "99.000896%")
    size = terminal.size
    assert terminal.json("month", "close", CONTRACT, "2024-05") == found
    assert terminal.size == size
    lines = {one["id"]: one["state"] for one in terminal.json("settle", CONTRACT, "--as-of", "2024-06-30")["lines"]}
    assert lines["compensation-os-repository-2024-05"] == "proposed"


@pytest.mark.parametrize("month", ["2025-06", "2024-13", "May", "2024-03"])
def test_a_month_outside_the_term_is_refused(terminal: Terminal, month: str) -> None:
    found = terminal.refused("month", "close", CONTRACT, month)
    assert (found["field"], found["clause"]) == ("month", "C01")


def test_a_month_is_last_month_unless_said(terminal: Terminal) -> None:
    # The contract of 2024 has no last month today: the refusal names the month that was meant.
    assert "is no month of the term" in terminal.refused("month", "close", CONTRACT)["reason"]
