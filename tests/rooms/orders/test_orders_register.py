"""Orders as they stand: state, changes, usage at the catalogue's prices, and what is left under the contract."""

from decimal import Decimal

import pytest

from story import TERMS, tell
from yunyue.money import Money
from yunyue.orders.register import budget, find, orders
from yunyue.settlement.admission import Known
from yunyue.settlement.admission.ordering import committed, left

PLACED = """
2024-04-11 contract.signed
2024-04-12 order.placed order=o1 item=os-set deliver_by=2024-05-01 quantity=10 tenant=dept-1 approved
"""
DELIVERED = f"{PLACED}2024-04-20 service.delivered order=o1\n"
CHANGED = f"""{DELIVERED}2024-04-21 order.change.asked change=c1 order=o1 quantity=20 deliver_by=2024-05-01 as user:1
2024-04-22 order.change.approved change=c1 as user:2
"""
USED = f"""{CHANGED}2024-06-01 usage.metered order=o1 meter=os.set-month quantity=1.5
+ start=2024-05-01T00:00:00+08:00 end=2024-06-01T00:00:00+08:00
2024-06-02 usage.metered order=o1 meter=os.set-month quantity=0.25
+ start=2024-06-01T00:00:00+08:00 end=2024-06-02T00:00:00+08:00
2024-06-02 usage.metered order=o1 meter=os.other quantity=3
+ start=2024-06-01T00:00:00+08:00 end=2024-06-02T00:00:00+08:00
"""


def known(text: str) -> Known:
    return Known.of(TERMS, tell(text).facts)


@pytest.mark.parametrize(
    ("text", "state"),
    [
        (PLACED.replace(" approved", ""), "placed"),
        (PLACED, "approved"),
        (DELIVERED, "delivered"),
        (f"{DELIVERED}2024-05-01 service.suspended order=o1 ground=maintenance", "suspended"),
        (
            f"{DELIVERED}2024-05-01 service.suspended order=o1 ground=maintenance\n2024-05-02 service.resumed order=o1",
            "delivered",
        ),
        (f"{DELIVERED}2024-05-01 service.retired order=o1", "retired"),
        (f"{DELIVERED}2024-05-01 service.retired order=o1\n2024-05-01 order.cancelled order=o1", "cancelled"),
    ],
)
def test_an_order_is_as_far_as_its_last_step(text: str, state: str) -> None:
    (found,) = orders(known(text))
    assert found.state == state
    assert found.ended == (state in ("retired", "cancelled"))


def test_a_change_counts_once_it_is_approved_and_waits_until_then() -> None:
    asked = "\n".join(CHANGED.splitlines()[:-1])
    waiting = find(known(asked), "o1")
    assert waiting is not None
    assert (waiting.now.quantity, len(waiting.asked)) == (Decimal(10), 1)
    agreed = find(known(CHANGED), "o1")
    assert agreed is not None
    assert (agreed.now.quantity, agreed.asked) == (Decimal(20), ())
    assert agreed.worth == Money.parse("3940.00")


def test_usage_is_summed_by_meter_and_priced_once() -> None:
    found = find(known(USED), "o1")
    assert found is not None
    assert [(one.meter, one.quantity, one.cost) for one in found.usage] == [
        ("os.other", Decimal(3), None),
        ("os.set-month", Decimal("1.75"), Money.parse("344.75")),
    ]
    assert found.spent == Money.parse("344.75")


def test_a_department_sees_its_own_orders_only() -> None:
    assert find(known(PLACED), "o1", "dept-2") is None
    assert find(known(PLACED), "o1", "dept-1") is not None
    assert orders(known(PLACED), "dept-2") == ()
    assert find(known(PLACED), "o9") is None


def test_what_is_left_is_the_quantity_and_the_money_that_no_standing_order_takes() -> None:
    found = budget(known(CHANGED))
    rest = next(one for one in found.rests if one.item.code == "os-set")
    assert (rest.ordered, rest.left) == (Decimal(20), Decimal(520))
    assert found.committed == Money.parse("3940.00")
    assert found.free == TERMS.price.total - Money.parse("3940.00")
    cancelled = budget(known(f"{CHANGED}2024-05-01 order.cancelled order=o1"))
    assert cancelled.committed == Money.ZERO


def test_what_is_left_in_one_go_is_what_is_left_item_by_item() -> None:
    """Orders that stand, one that was changed, one that ended after it was used, one that ended before."""
    text = f"""{USED}2024-06-03 order.cancelled order=o1
2024-06-04 order.placed order=o2 item=os-set deliver_by=2024-07-01 quantity=3 tenant=dept-1 approved
2024-06-05 order.placed order=o3 item=os-set deliver_by=2024-07-01 quantity=5 tenant=dept-1 approved
2024-06-06 order.cancelled order=o3
"""
    found = known(text)
    seen = budget(found)
    assert [one.left for one in seen.rests] == [left(found, one.item) for one in seen.rests]
    assert seen.committed == committed(found)
    assert next(one.ordered for one in seen.rests if one.item.code == "os-set") == Decimal("4.75")
