"""yunyue register: the rows of a register of a contract, as the console shows them."""

from datetime import date

import click

from yunyue.answer import Refused
from yunyue.doors.cli.command import Answer, answers, command, option
from yunyue.doors.cli.installed import opened
from yunyue.doors.cli.moments import DAY
from yunyue.doors.cli.table import table
from yunyue.doors.cli.voice import Told, Voice
from yunyue.doors.registers import REGISTERS, register_of
from yunyue.settlement.statement import Said


@command(
    "register",
    Said(
        "登记册：人员、整改、除外、材料、故障、评分、往来",
        "A register: staff, rectifications, exclusions, materials, incidents, scores, dealings",
    ),
)
@click.argument("contract")
@click.argument("name", metavar="REGISTER", type=click.Choice(list(REGISTERS)))
@option("--as-of", type=DAY, zh="基准日，默认今天", en="as of this day; today")
@answers
def register(voice: Voice, contract: str, name: str, as_of: date | None) -> Answer:
    """Every row of it."""
    with opened() as kernel:
        found = register_of(kernel, contract, name, as_of or kernel.clock.now().date())
    if isinstance(found, Refused):
        return found
    heads = list(found[0]) if found else []
    rows = [tuple(_text(value) for value in one.values()) for one in found]
    return Told(found, [*table(heads, rows), voice.pick(f"{len(rows)} 行", f"{len(rows)} rows")])


def _text(value: object) -> str:
    match value:
        case dict():
            return " ".join(f"{key}={one}" for key, one in value.items())
        case list():
            return " ".join(str(one) for one in value)
        case None:
            return "-"
        case _:
            return str(value)
