"""Nothing is provided for an order that has ended: not by a late approval, nor when it ends while the service works."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import contract_year
import pytest

from yunyue.answer import Refused
from yunyue.catalog import Host, Order, Result
from yunyue.doors.opening import discovered
from yunyue.host.settings import Settings
from yunyue.journal.facts import OrderApproved, ServiceDelivered
from yunyue.kernel import Recorder
from yunyue.kernel.hosting import Hosting
from yunyue.orders.place import Wish, approve, end, has, place, provide
from yunyue.orders.place import find as placed_as
from yunyue.services.monitor.service import Monitor
from yunyue.store.series import Series

CONTRACT = contract_year.CONTRACT
MANAGER, APPROVER = Recorder("user:1", "/tests"), Recorder("user:2", "/tests")
WISH = Wish(
    "monitor", "monitor-site", Decimal(1), "dept-1", date(2024, 12, 1), {"kind": "tcp", "target": "192.0.2.1:9"}
)


class Slow(Monitor):
    """Monitoring that takes its time: what happens meanwhile is up to the test."""

    made: list[str] = []  # noqa: RUF012 - the tests read what the service made and gave back
    retired: list[str] = []  # noqa: RUF012 - the same
    meanwhile: Callable[[str], None] = staticmethod(lambda _order: None)

    def provision(self, order: Order, host: Host) -> Result:
        """Make it, and let something happen before anybody hears of it."""
        done = super().provision(order, host)
        self.made.append(order.id)
        type(self).meanwhile(order.id)
        return done

    def retire(self, instance: str, host: Host) -> Result:
        """Give it back."""
        self.retired.append(instance)
        return super().retire(instance, host)


@pytest.fixture
def hosting(tmp_path: Path) -> Iterator[Hosting]:
    Slow.made, Slow.retired, Slow.meanwhile = [], [], staticmethod(lambda _order: None)
    found = discovered()
    kernel = contract_year.tell(Settings(home=tmp_path, private_targets=True))
    series = Series.open(tmp_path / "series")
    yield Hosting(kernel, replace(found, services={**found.services, "monitor": Slow()}), series)
    series.close()
    kernel.close()


def ordered(hosting: Hosting) -> str:
    order = place(hosting, CONTRACT, WISH, MANAGER)
    assert isinstance(order, str), order
    return order


def test_an_order_that_was_cancelled_is_neither_approved_nor_provided(hosting: Hosting) -> None:
    order = ordered(hosting)
    assert end(hosting, CONTRACT, order, "not needed", MANAGER) is None
    refused = approve(hosting, CONTRACT, order, APPROVER)
    assert isinstance(refused, Refused)
    assert refused.field == "order.approved.order"
    assert (Slow.made, has(hosting, CONTRACT, OrderApproved, order)) == ([], False)


def test_what_a_crash_left_unrecorded_is_given_back_as_the_order_ends_and_not_provided_again(hosting: Hosting) -> None:
    order = ordered(hosting)
    Slow.meanwhile = staticmethod(lambda one: _fails(one))
    with pytest.raises(RuntimeError):
        approve(hosting, CONTRACT, order, APPROVER)
    assert end(hosting, CONTRACT, order, "not needed", MANAGER) is None
    found = placed_as(hosting, CONTRACT, order)
    assert not isinstance(found, Refused)
    refused = provide(hosting, CONTRACT, found)
    assert refused == Refused(f"order {order} was cancelled; nothing more is provided for it", "order", "C37")
    assert (Slow.made, Slow.retired) == ([order], [order])


def _fails(order: str) -> None:
    raise RuntimeError(order)


def test_what_was_made_for_an_order_cancelled_meanwhile_is_given_back(hosting: Hosting) -> None:
    order = ordered(hosting)

    def cancelled(one: str) -> None:
        assert end(hosting, CONTRACT, one, "not needed", MANAGER) is None

    Slow.meanwhile = staticmethod(cancelled)
    refused = approve(hosting, CONTRACT, order, APPROVER)
    assert refused == Refused(f"order {order} was cancelled; nothing more is provided for it", "order", "C37")
    assert (Slow.made, set(Slow.retired)) == ([order], {order})
    assert not has(hosting, CONTRACT, ServiceDelivered, order)


def test_a_second_approval_makes_no_second_instance(hosting: Hosting) -> None:
    order = ordered(hosting)
    assert approve(hosting, CONTRACT, order, APPROVER) is None
    refused = approve(hosting, CONTRACT, order, Recorder("user:3", "/tests"))
    assert isinstance(refused, Refused)
    assert "was approved on" in refused.reason
    assert Slow.made == [order]
