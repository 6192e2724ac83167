"""The orders of a contract as they stand: how far each is, what was changed, used and spent, and what is left."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

from yunyue.contract.terms import Item, Terms
from yunyue.journal.envelope import Fact
from yunyue.journal.facts import (
    OrderApproved,
    OrderCancelled,
    OrderChangeApproved,
    OrderChangeAsked,
    OrderPlaced,
    Payload,
    ServiceDelivered,
    ServiceResumed,
    ServiceRetired,
    ServiceSuspended,
    UsageMetered,
)
from yunyue.money import Money
from yunyue.settlement.admission import Known
from yunyue.settlement.admission.ordering import Agreed, agreed, cost, taken_up

STEPS: tuple[tuple[type[Payload], str], ...] = (
    (OrderPlaced, "placed"),
    (OrderApproved, "approved"),
    (ServiceDelivered, "delivered"),
    (ServiceSuspended, "suspended"),
    (ServiceResumed, "delivered"),
    (ServiceRetired, "retired"),
    (OrderCancelled, "cancelled"),
)
"""Each step of an order, and the state it leads to."""

ENDED = frozenset({"retired", "cancelled"})


@dataclass(frozen=True, slots=True)
class Usage:
    """What an order used by one meter; `cost` is None where the price list has no such meter."""

    meter: str
    quantity: Decimal
    cost: Money | None
    until: date


@dataclass(frozen=True, slots=True)
class Standing:
    """An order with its steps, oldest first; `asked` are changes that wait for approval, `metered` what was used."""

    placed: OrderPlaced
    fact: Fact
    state: str
    now: Agreed
    steps: tuple[Fact, ...]
    asked: tuple[Fact, ...]
    metered: tuple[UsageMetered, ...]
    terms: Terms = field(repr=False, compare=False)

    @property
    def id(self) -> str:
        """The order's id."""
        return self.placed.order

    @property
    def worth(self) -> Money:
        """What it comes to at the prices of the catalogue."""
        return cost(self.terms, self.placed.item, self.now.quantity)

    @property
    def usage(self) -> tuple[Usage, ...]:
        """What was used, by meter; summed up only where somebody looks, since there are many measurements."""
        return _usage(self.terms, self.metered)

    @property
    def spent(self) -> Money:
        """What was used so far, at the prices of the catalogue."""
        return sum((one.cost for one in self.usage if one.cost is not None), Money.ZERO)

    @property
    def ended(self) -> bool:
        """Whether nothing more comes of it."""
        return self.state in ENDED


@dataclass(frozen=True, slots=True)
class Rest:
    """What is left of an item of the catalogue."""

    item: Item
    ordered: Decimal
    left: Decimal


@dataclass(frozen=True, slots=True)
class Budget:
    """What is left under the contract (C02): items, and the total less what the standing orders come to."""

    rests: tuple[Rest, ...]
    total: Money
    committed: Money

    @property
    def free(self) -> Money:
        """What can still be ordered for."""
        return self.total - self.committed


def budget(known: Known) -> Budget:
    """Quantity left of each item, and money left of the total."""
    taken, total = taken_up(known)
    rests = []
    for item in known.terms.catalogue.items:
        ordered = taken.get(item.code, Decimal())
        rests.append(Rest(item, ordered, item.quantity - ordered))
    return Budget(tuple(rests), known.terms.price.total, total)


def orders(known: Known, tenant: str = "") -> tuple[Standing, ...]:
    """Every order with what was used, newest first; of one department where `tenant` names one."""
    return metered(known, listed(known, tenant))


def metered(known: Known, found: Iterable[Standing]) -> tuple[Standing, ...]:
    """Orders with what was used of them: asked for those somebody looks at, since there are many measurements."""
    shown = tuple(found)
    used: dict[str, list[UsageMetered]] = {one.id: [] for one in shown}
    for one in known.all(UsageMetered):
        if one.order in used:
            used[one.order].append(one)
    return tuple(replace(one, metered=tuple(used[one.id])) for one in shown)


def listed(known: Known, tenant: str = "") -> tuple[Standing, ...]:
    """Every order, newest first, without what was used; of one department where `tenant` names one."""
    around = _Around.of(known)
    return tuple(
        _standing(known, fact, around)
        for fact in reversed(known.facts(OrderPlaced))
        if isinstance(fact.data, OrderPlaced) and tenant in ("", fact.data.tenant)
    )


def find(known: Known, order: str, tenant: str = "") -> Standing | None:
    """The order of that id, if there is one that this department may see."""
    placed = known.find(OrderPlaced, "order", order)
    if placed is None or not isinstance(placed.data, OrderPlaced) or tenant not in ("", placed.data.tenant):
        return None
    return metered(known, [_standing(known, placed, _Around.of(known))])[0]


@dataclass(frozen=True, slots=True)
class _Around:
    """What is said of all orders, by order: looked at once for all of them."""

    steps: dict[str, list[tuple[Fact, str]]]
    asked: dict[str, list[Fact]]

    @classmethod
    def of(cls, known: Known) -> "_Around":
        around = cls(defaultdict(list), defaultdict(list))
        for kind, state in STEPS:
            for fact in known.facts(kind):
                around.steps[str(getattr(fact.data, "order", ""))].append((fact, state))
        approved = {one.change for one in known.all(OrderChangeApproved)}
        for fact in known.facts(OrderChangeAsked):
            if isinstance(fact.data, OrderChangeAsked) and fact.data.change not in approved:
                around.asked[fact.data.order].append(fact)
        return around


def _standing(known: Known, fact: Fact, around: _Around) -> Standing:
    placed = fact.data
    assert isinstance(placed, OrderPlaced)
    taken = sorted(around.steps[placed.order], key=lambda one: (one[0].time, known.place(one[0].id)))
    return Standing(
        placed=placed,
        fact=fact,
        state="cancelled" if any(state == "cancelled" for _, state in taken) else taken[-1][1],
        now=agreed(known, placed),
        steps=tuple(one for one, _ in taken),
        asked=tuple(around.asked.get(placed.order, ())),
        metered=(),
        terms=known.terms,
    )


def _usage(terms: Terms, metered: Iterable[UsageMetered]) -> tuple[Usage, ...]:
    """By meter, as usage.metered says; each meter is rounded once (A6)."""
    prices = {item.meter: item for item in terms.catalogue.items}
    used: dict[str, Decimal] = {}
    until: dict[str, date] = {}
    for one in metered:
        used[one.meter] = used.get(one.meter, Decimal()) + one.quantity
        until[one.meter] = max(until.get(one.meter, one.end.date()), one.end.date())
    return tuple(Usage(meter, used[meter], _priced(prices.get(meter), used[meter]), until[meter])
                 for meter in sorted(used))  # fmt: skip


def _priced(item: Item | None, quantity: Decimal) -> Money | None:
    return None if item is None else item.unit_price.times(Fraction(quantity)).rounded("A6")
