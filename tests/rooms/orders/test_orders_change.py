"""Placing, changing and ending an order with a real service, and with one whose instances change in place."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import contract_year
import pytest

from yunyue.answer import Refused
from yunyue.catalog import Host, Order, Registry, Result
from yunyue.doors.opening import discovered
from yunyue.host.settings import Settings
from yunyue.kernel import Recorder
from yunyue.kernel.hosting import Hosting
from yunyue.orders.change import Wanted, agree, apply, ask
from yunyue.orders.place import Wish, approve, end, place
from yunyue.orders.register import Standing, find
from yunyue.services.monitor.service import Monitor
from yunyue.store.series import Series

CONTRACT = contract_year.CONTRACT
MANAGER, APPROVER = Recorder("user:1", "/tests"), Recorder("user:2", "/tests")
TARGET = {"kind": "tcp", "target": "192.0.2.1:9"}
WISH = Wish("monitor", "monitor-site", Decimal(1), "dept-1", date(2024, 12, 1), TARGET)


class Flexible(Monitor):
    """A third party's service: monitoring whose instances are changed in place."""

    seen: list[Order] = []  # noqa: RUF012 - the tests read what the service was asked for

    def change(self, order: Order, host: Host) -> Result:
        """Remember it; a quantity of 13 cannot be made."""
        del host
        if order.quantity == 13:
            return Refused("the engine does not answer", "order")
        self.seen.append(order)
        return ()


def office(home: Path, registry: Registry) -> Iterator[Hosting]:
    kernel = contract_year.tell(Settings(home=home, private_targets=True))
    series = Series.open(home / "series")
    yield Hosting(kernel, registry, series)
    series.close()
    kernel.close()


@pytest.fixture
def hosting(tmp_path: Path) -> Iterator[Hosting]:
    yield from office(tmp_path, discovered())


@pytest.fixture
def flexible(tmp_path: Path) -> Iterator[Hosting]:
    Flexible.seen = []
    found = discovered()
    yield from office(tmp_path, replace(found, services={**found.services, "monitor": Flexible()}))


def placed(hosting: Hosting, *, delivered: bool = True) -> str:
    order = place(hosting, CONTRACT, WISH, MANAGER)
    assert isinstance(order, str), order
    if delivered:
        assert approve(hosting, CONTRACT, order, APPROVER) is None
    return order


def standing(hosting: Hosting, order: str) -> Standing:
    known = hosting.kernel.known(CONTRACT)
    assert not isinstance(known, Refused)
    found = find(known, order)
    assert found is not None
    return found


def changed(hosting: Hosting, wanted: Wanted) -> str:
    change = ask(hosting, CONTRACT, wanted, MANAGER)
    assert isinstance(change, str), change
    return change


def test_a_change_asked_for_changes_nothing_until_another_person_agrees(hosting: Hosting) -> None:
    order = placed(hosting)
    change = changed(hosting, Wanted(order, "two sites", Decimal(2)))
    assert standing(hosting, order).now.quantity == 1
    refused = agree(hosting, CONTRACT, change, MANAGER)
    assert refused is not None
    assert "another person approves" in refused.reason
    assert agree(hosting, CONTRACT, change, APPROVER) is None
    assert standing(hosting, order).now.quantity == 2


def test_what_is_not_named_stays(hosting: Hosting) -> None:
    order = placed(hosting)
    agree(hosting, CONTRACT, changed(hosting, Wanted(order, "more", Decimal(3))), APPROVER)
    agree(hosting, CONTRACT, changed(hosting, Wanted(order, "later", deliver_by=date(2024, 12, 20))), APPROVER)
    now = standing(hosting, order).now
    assert (now.quantity, now.deliver_by) == (Decimal(3), date(2024, 12, 20))
    assert now.parameters == standing(hosting, order).placed.parameters


def test_other_parameters_of_an_instance_that_does_not_change_in_place_are_refused(hosting: Hosting) -> None:
    order = placed(hosting)
    refused = ask(hosting, CONTRACT, Wanted(order, "other", parameters={**TARGET, "target": "192.0.2.2:9"}), MANAGER)
    if hasattr(hosting.registry.services["monitor"], "change"):
        pytest.fail("monitoring changes in place now: choose another service here")
    assert isinstance(refused, Refused)
    assert "end the order and place another" in refused.reason


def test_before_delivery_an_order_may_be_made_otherwise_and_is_provided_so(hosting: Hosting) -> None:
    order = placed(hosting, delivered=False)
    wanted = Wanted(order, "other", parameters={**TARGET, "target": "192.0.2.2:9"})
    assert agree(hosting, CONTRACT, changed(hosting, wanted), APPROVER) is None
    assert approve(hosting, CONTRACT, order, APPROVER) is None
    instances = list((hosting.kernel.settings.home / "services" / "monitor").rglob("*"))
    assert any(b"192.0.2.2" in one.read_bytes() for one in instances if one.is_file())


def test_a_service_that_changes_in_place_is_asked_for_the_whole_order(flexible: Hosting) -> None:
    order = placed(flexible)
    wanted = Wanted(order, "other", Decimal(4), parameters={**TARGET, "target": "192.0.2.2:9"})
    assert agree(flexible, CONTRACT, changed(flexible, wanted), APPROVER) is None
    (seen,) = Flexible.seen
    assert (seen.id, seen.quantity, seen.parameters["target"]) == (order, Decimal(4), "192.0.2.2:9")


def test_a_change_the_engine_could_not_make_is_made_when_asked_again(flexible: Hosting) -> None:
    order = placed(flexible)
    refused = agree(flexible, CONTRACT, changed(flexible, Wanted(order, "more", Decimal(13))), APPROVER)
    assert refused is not None
    assert refused.reason == "the engine does not answer"
    assert standing(flexible, order).now.quantity == 13
    agree(flexible, CONTRACT, changed(flexible, Wanted(order, "more", Decimal(14))), APPROVER)
    assert apply(flexible, CONTRACT, order) is None
    assert [one.quantity for one in Flexible.seen] == [14, 14]


@pytest.mark.parametrize(
    ("wanted", "clause"),
    [
        (Wanted("ORDER", "more", Decimal(10**6)), "C02"),
        (Wanted("ORDER", "none", Decimal(0)), "C02"),
        (Wanted("ORDER", "later", deliver_by=date(2025, 1, 1)), "C01"),
        (Wanted("ORDER", "", Decimal(2)), "C01"),
        (Wanted("nothing", "more", Decimal(2)), "C37"),
    ],
)
def test_a_change_beyond_the_contract_is_refused_with_its_clause(hosting: Hosting, wanted: Wanted, clause: str) -> None:
    order = placed(hosting)
    asked = replace(wanted, order=order if wanted.order == "ORDER" else wanted.order)
    refused = ask(hosting, CONTRACT, asked, MANAGER)
    assert isinstance(refused, Refused)
    assert refused.clause == clause


def test_an_order_that_ended_is_not_changed(hosting: Hosting) -> None:
    order = placed(hosting)
    end(hosting, CONTRACT, order, "no longer needed", MANAGER)
    refused = ask(hosting, CONTRACT, Wanted(order, "more", Decimal(2)), MANAGER)
    assert isinstance(refused, Refused)
    assert "ended on" in refused.reason


def test_a_change_that_is_not_there_is_refused(hosting: Hosting) -> None:
    refused = agree(hosting, CONTRACT, "change-9", APPROVER)
    assert refused is not None
    assert refused.field == "change"


def test_an_order_may_bear_an_id_of_the_callers_own_once(hosting: Hosting) -> None:
    wish = replace(WISH, order="osb.instance-1")
    assert place(hosting, CONTRACT, wish, MANAGER) == "osb.instance-1"
    refused = place(hosting, CONTRACT, wish, MANAGER)
    assert isinstance(refused, Refused)
    assert "taken already" in refused.reason
