"""yunyue order: place, approve, list and end orders of services."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

import click

from yunyue.answer import Refused
from yunyue.doors.cli.command import Answer, SpokenGroup, answers, option
from yunyue.doors.cli.days import NEGATIVE
from yunyue.doors.cli.installed import opened, recorder
from yunyue.doors.cli.moments import DAY
from yunyue.doors.cli.offices import hosted
from yunyue.doors.cli.table import table
from yunyue.doors.cli.voice import Told, Voice
from yunyue.kernel.projection import Projection
from yunyue.orders import place as orders
from yunyue.settlement.statement import Said

group = SpokenGroup("order", said=Said("订单：下单、批准、变更、终止", "Orders: place, approve, change, end"))
actor = option("--actor", zh="操作人（假名）", en="who does it (a pseudonym)")


@dataclass(frozen=True, slots=True)
class Asked:
    """The options of `order place`."""

    tenant: str
    deliver_by: date
    actor: str | None
    parameters: tuple[str, ...]


@group.command(
    "place",
    context_settings=NEGATIVE,
    said=Said("下单：PARAMETERS 为 参数=值", "Place an order; PARAMETERS are name=value"),
)
@click.argument("contract")
@click.argument("service")
@click.argument("item")
@click.argument("quantity")
@click.argument("parameters", nargs=-1)
@option("--tenant", required=True, zh="使用部门", en="the department it is for")
@option("--deliver-by", type=DAY, required=True, zh="约定交付日", en="to be delivered by this day")
@actor
@answers
def place(voice: Voice, contract: str, service: str, item: str, quantity: str, **asked: Any) -> Answer:
    """A wish becomes an order, or is refused with the clause."""
    chosen = Asked(**asked)
    given = _parameters(chosen.parameters)
    amount = _number(quantity)
    for one in (given, amount):
        if isinstance(one, Refused):
            return one
    assert isinstance(given, dict), "looked at above, as the next"
    assert isinstance(amount, Decimal)
    wish = orders.Wish(service, item, amount, chosen.tenant, chosen.deliver_by, given)
    with hosted() as hosting:
        placed = orders.place(hosting, contract, wish, recorder(chosen.actor))
    if isinstance(placed, Refused):
        return placed
    hint = voice.pick("由另一人批准", "to be approved by another person")
    line = f"yunyue order approve {contract} {placed}"
    return Told({"order": placed}, [f"{voice.pick('已下单：', 'Placed: ')}{placed}", f"  {hint}: {line}"])


def _number(text: str) -> Decimal | Refused:
    try:
        return Decimal(text)
    except InvalidOperation:
        return Refused(f"{text!r} is not a quantity, such as 1 or 2.5", "order.placed.quantity", "C02")


def _parameters(words: Sequence[str]) -> dict[str, object] | Refused:
    found: dict[str, object] = {}
    for word in words:
        name, sign, value = word.partition("=")
        if not sign or not name:
            return Refused(f"{word!r} is not name=value", "parameters", "C37")
        if name in found:
            return Refused("given twice", f"parameters.{name}", "C37")
        found[name] = value
    return found


@group.command(
    "approve", said=Said("批准订单（须为另一人），随即开通", "Approve an order, as another person; it is provided")
)
@click.argument("contract")
@click.argument("order")
@option("--actor", required=True, zh="批准人（假名），不得为下单人", en="who approves: not who ordered (a pseudonym)")
@answers
def approve(voice: Voice, contract: str, order: str, actor: str) -> Answer:
    """Maker and checker are two people."""
    with hosted() as hosting:
        refused = orders.approve(hosting, contract, order, recorder(actor))
    return refused or Told(
        {"order": order, "state": "delivered"}, [voice.pick("已批准并交付", "Approved and delivered")]
    )


@group.command("end", said=Said("终止订单；已交付的先退订", "End an order; what was delivered is retired first"))
@click.argument("contract")
@click.argument("order")
@option("--reason", required=True, zh="事由", en="why")
@actor
@answers
def end(voice: Voice, contract: str, order: str, reason: str, actor: str | None) -> Answer:
    """Cancel and retire."""
    with hosted() as hosting:
        refused = orders.end(hosting, contract, order, reason, recorder(actor))
    return refused or Told({"order": order, "state": "cancelled"}, [voice.pick("已终止", "Ended")])


STATES: Mapping[str, tuple[str, str]] = {
    "placed": ("待批准", "to be approved"),
    "approved": ("已批准", "approved"),
    "delivered": ("已交付", "delivered"),
    "suspended": ("已暂停", "suspended"),
    "retired": ("已退订", "retired"),
    "cancelled": ("已取消", "cancelled"),
}
"""How an order stands, as the projection of orders says it."""


PLACED = """SELECT id, service, item, quantity, tenant, deliver_by, state FROM orders
WHERE contract = ? ORDER BY placed, rowid"""


@group.command("list", said=Said("列出订单及其状态", "List orders and how they stand"))
@click.argument("contract")
@answers
def listed(voice: Voice, contract: str) -> Answer:
    """In the order they were placed."""
    with opened() as kernel:
        terms = kernel.registered_terms(contract)
        if isinstance(terms, Refused):
            return terms
        tables = Projection.current(kernel.settings.home, kernel.journal)
    found = tables.rows(PLACED, (contract,))
    plain = [{"order": row[0], "service": row[1], "item": row[2], "state": row[6]} for row in found]
    words = (("订单", "order"), ("服务", "service"), ("目录项", "item"), ("数量", "quantity"), ("部门", "tenant"))
    heads = [voice.pick(*pair) for pair in (*words, ("约定交付", "deliver by"), ("状态", "state"))]
    rows = [(*row[:6], voice.pick(*STATES[row[6]])) for row in found]
    return Told(plain, [*table(heads, rows), voice.pick(f"{len(rows)} 个订单", f"{len(rows)} orders")])
