"""yunyue order, beyond placing: show one, change it, say what is left, export cost and usage for other tools."""

from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import click

from yunyue.answer import Refused
from yunyue.doors.cli.command import Answer, answers, option
from yunyue.doors.cli.installed import opened, recorder
from yunyue.doors.cli.moments import DAY
from yunyue.doors.cli.offices import hosted
from yunyue.doors.cli.ordering import STATES, group
from yunyue.doors.cli.table import table
from yunyue.doors.cli.voice import Told, Voice
from yunyue.journal.facts import OrderApproved
from yunyue.orders import change as changes
from yunyue.orders import focus, register
from yunyue.orders import place as orders
from yunyue.settlement.statement import Said
from yunyue.store.files import write_durably


@group.command("show", said=Said("查看订单：状态、变更、用量与费用", "One order: state, changes, usage, cost so far"))
@click.argument("contract")
@click.argument("order")
@answers
def show(voice: Voice, contract: str, order: str) -> Answer:
    """As it stands now, with every approved change."""
    with opened() as kernel:
        known = kernel.known(contract)
        if isinstance(known, Refused):
            return known
        found = register.find(known, order)
    if found is None:
        return Refused(f"there is no order {order!r}", "order", "C37")
    used = [{"meter": u.meter, "quantity": str(u.quantity), "cost": u.cost and str(u.cost)} for u in found.usage]
    waiting = [str(getattr(fact.data, "change", "")) for fact in found.asked]
    plain = {
        "order": found.id,
        "state": found.state,
        "quantity": str(found.now.quantity),
        "deliver_by": found.now.deliver_by,
        "worth": str(found.worth),
        "spent": str(found.spent),
        "usage": used,
        "waiting": waiting,
    }
    lines = [
        f"{found.id}  {found.placed.item}  {found.now.quantity}  {voice.pick(*STATES[found.state])}",
        f"{voice.pick('约定交付', 'deliver by')} {found.now.deliver_by}  {voice.pick('金额', 'worth')} {found.worth}",
        f"{voice.pick('已用', 'used so far')} {found.spent}",
        *(f"  {one['meter']}  {one['quantity']}  {one['cost'] or '-'}" for one in used),
        *(f"  {voice.pick('待批准的变更：', 'a change waits: ')}{one}" for one in waiting),
    ]
    return Told(plain, lines)


@group.command("change", said=Said("申请变更订单，须由另一人批准", "Ask for a change of an order; another approves"))
@click.argument("contract")
@click.argument("order")
@option("--quantity", zh="新数量", en="the new quantity")
@option("--deliver-by", type=DAY, zh="新约定交付日", en="to be delivered by this day")
@option("--reason", required=True, zh="事由", en="why")
@option("--actor", zh="申请人（假名）", en="who asks (a pseudonym)")
@answers
def change(voice: Voice, contract: str, order: str, **asked: Any) -> Answer:
    """What is not named stays."""
    amount = _number(asked["quantity"])
    if isinstance(amount, Refused):
        return amount
    by: date | None = asked["deliver_by"]
    with hosted() as hosting:
        wanted = changes.Wanted(order, asked["reason"], amount, by)
        made = changes.ask(hosting, contract, wanted, recorder(asked["actor"]))
    if isinstance(made, Refused):
        return made
    line = f"yunyue order agree {contract} {made}"
    return Told({"change": made}, [f"{voice.pick('已申请：', 'Asked for: ')}{made}", f"  {line}"])


@group.command("agree", said=Said("批准订单变更（须为另一人）", "Approve a change of an order, as another person"))
@click.argument("contract")
@click.argument("change")
@option("--actor", required=True, zh="批准人（假名），不得为申请人", en="who approves: not who asked (a pseudonym)")
@answers
def agree(voice: Voice, contract: str, change: str, actor: str) -> Answer:
    """Maker and checker are two people."""
    with hosted() as hosting:
        refused = changes.agree(hosting, contract, change, recorder(actor))
    return refused or Told(
        {"change": change, "state": "approved"}, [voice.pick("变更已批准", "The change is approved")]
    )


@group.command("left", said=Said("合同余量：各目录项与总金额", "What is left under the contract"))
@click.argument("contract")
@answers
def left(voice: Voice, contract: str) -> Answer:
    """Quantity left of each item, money left of the total (C02)."""
    with opened() as kernel:
        known = kernel.known(contract)
        if isinstance(known, Refused):
            return known
        found = register.budget(known)
    rows = [
        (one.item.code, str(one.item.quantity), str(one.ordered), str(one.left), str(one.item.unit_price))
        for one in found.rests
    ]
    words = (
        ("目录项", "item"),
        ("合同数量", "contract"),
        ("已订", "ordered"),
        ("余量", "left"),
        ("单价", "unit price"),
    )
    plain = {
        "total": str(found.total),
        "committed": str(found.committed),
        "free": str(found.free),
        "items": [{"item": row[0], "left": row[3]} for row in rows],
    }
    ending = f"{voice.pick('尚可订购：', 'can still be ordered: ')}{found.free} / {found.total}"
    heads = [voice.pick(*pair) for pair in words]
    return Told(plain, [*table(heads, rows, frozenset({1, 2, 3, 4})), ending])


@group.command("provide", said=Said("再次开通已批准的订单", "Provide an approved order again"))
@click.argument("contract")
@click.argument("order")
@answers
def provide(voice: Voice, contract: str, order: str) -> Answer:
    """Where the first time failed."""
    with hosted() as hosting:
        placed = orders.find(hosting, contract, order)
        if isinstance(placed, Refused):
            return placed
        if not orders.has(hosting, contract, OrderApproved, order):
            return Refused("the order is placed, not approved", "order", "C37")
        refused = orders.provide(hosting, contract, placed)
    return refused or Told({"order": order, "state": "delivered"}, [voice.pick("已交付", "Delivered")])


@group.command(
    "focus",
    said=Said(
        "导出 FOCUS 1.2 费用与用量，扩展名决定格式", "Export cost and usage as FOCUS 1.2; the ending says the form"
    ),
)
@click.argument("contract")
@option("-o", "--output", required=True, type=click.Path(path_type=Path), zh="文件名", en="file to write")
@option("--since", type=DAY, zh="自此日起", en="from this day on")
@option("--until", type=DAY, zh="至此日止", en="up to this day")
@answers
def export(voice: Voice, contract: str, output: Path, since: date | None, until: date | None) -> Answer:
    """A .csv or a .parquet."""
    if output.suffix.lower() not in (".csv", ".parquet"):
        return Refused("the file ends in .csv or .parquet", "output")
    if not output.absolute().parent.is_dir():
        return Refused("there is no such folder to write into", str(output.absolute().parent))
    with opened() as kernel:
        known = kernel.known(contract)
        if isinstance(known, Refused):
            return known
        rows = list(focus.rows(known, since, until))
        unpriced = focus.unpriced(known, since, until)
    write_durably(output, focus.to_csv(rows) if output.suffix.lower() == ".csv" else focus.to_parquet(rows, unpriced))
    lines = [f"{output}  {len(rows)} {voice.pick('行', 'rows')}"]
    if unpriced:
        why = voice.pick("目录无单价，不成费用，未列入", "without a price in the catalogue: no charge, left out")
        lines.append(f"{why}: {', '.join(unpriced)}")
    return Told({"file": str(output), "rows": len(rows), "unpriced": unpriced}, lines)


def _number(text: str | None) -> Decimal | Refused | None:
    if text is None:
        return None
    try:
        return Decimal(text)
    except InvalidOperation:
        return Refused(f"{text!r} is not a quantity, such as 1 or 2.5", "order.change.asked.quantity", "C02")


__all__ = ["group"]
