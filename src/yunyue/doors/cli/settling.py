"""yunyue settle and yunyue why: what is owed as of a day, and how one sum came about."""

from datetime import date, datetime

import click

from yunyue.answer import Refused
from yunyue.doors.cli import reasons, statement_shown
from yunyue.doors.cli.command import Answer, answers, command, option
from yunyue.doors.cli.installed import opened
from yunyue.doors.cli.moments import DAY, MOMENT, end_of
from yunyue.doors.cli.typed import supposition
from yunyue.doors.cli.voice import Told, Voice
from yunyue.kernel import Happening, Kernel
from yunyue.settlement.exhibit import to_plain
from yunyue.settlement.statement import Said, Statement

as_of_option = option("--as-of", type=DAY, zh="基准日，默认今天", en="as of this day; today")
known_at_option = option(
    "--known-at", type=MOMENT, zh="只用截至此时已记录的事实", en="only from facts recorded by then"
)


def stated(kernel: Kernel, contract: str, as_of: date | None, known_at: date | datetime | None) -> Statement | Refused:
    """The statement a command works on."""
    known = None if known_at is None else end_of(known_at)
    return kernel.statement(contract, as_of or kernel.clock.now().date(), known)


@command("settle", Said("结算：截至某日应付多少、由谁付", "Settle: what is owed as of a day, and by whom"))
@click.argument("contract")
@as_of_option
@known_at_option
@option(
    "--suppose",
    multiple=True,
    zh="假设此事发生：'TYPE 字段=值 … @日期'，可多次",
    en="suppose this happened: 'TYPE field=value … @DATE', several times",
)
@answers
def settle(
    voice: Voice, contract: str, as_of: date | None, known_at: date | datetime | None, suppose: tuple[str, ...]
) -> Answer:
    """The statement of a contract."""
    with opened() as kernel:
        if suppose and known_at is not None:
            return Refused("what-if starts from all that is known now; leave --known-at out", "known-at")
        if suppose:
            statement = _supposed(kernel, contract, as_of, suppose)
        else:
            statement = stated(kernel, contract, as_of, known_at)
        if isinstance(statement, Refused):
            return statement
        terms = kernel.registered_terms(contract)
    if isinstance(terms, Refused):
        return terms
    sample = terms.catalogue.sample or terms.sla.sample
    return Told(to_plain(statement), list(statement_shown.lines(statement, sample, voice)))


def _supposed(kernel: Kernel, contract: str, as_of: date | None, suppose: tuple[str, ...]) -> Statement | Refused:
    happenings: list[Happening] = []
    for line in suppose:
        found = supposition(line, kernel.clock.now())
        if isinstance(found, Refused):
            return found
        happenings.append(found)
    return kernel.suppose(contract, as_of or kernel.clock.now().date(), happenings)


@command(
    "why",
    said=Said("某一行何以如此：算式、事实、条款、证明", "Why a line is as it is: arithmetic, facts, clause, proof"),
)
@click.argument("contract")
@click.argument("line")
@as_of_option
@known_at_option
@answers
def why(voice: Voice, contract: str, line: str, as_of: date | None, known_at: date | datetime | None) -> Answer:
    """One line with its arithmetic, facts, clause, readings and proofs."""
    with opened() as kernel:
        statement = stated(kernel, contract, as_of, known_at)
        if isinstance(statement, Refused):
            return statement
        return reasons.told(kernel, statement, line, voice)
