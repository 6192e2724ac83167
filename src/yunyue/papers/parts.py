"""Parts that several papers share: the lines of a statement, the steps of a figure, dates, signatures."""

from collections.abc import Iterable, Sequence

from yunyue.papers.paper import PARTY, Column, Fields, Formula, Paragraph, Section, Signatures, Table
from yunyue.papers.source import Source
from yunyue.papers.words import LINE_STATES, NONE, OBLIGATION_STATES, clause, day, sum_of
from yunyue.settlement.explain import formula, steps
from yunyue.settlement.statement import Line, Obligation
from yunyue.settlement.working import Working

FACTS_SHOWN = 4
"""Facts a cell names before it points to the appendix."""

BOTH = Signatures(("甲方（盖章）", "乙方（盖章）"))
CLIENT = Signatures(("甲方（盖章）",))
PROVIDER = Signatures(("乙方（盖章）",))


def contract_fields(source: Source, *more: tuple[str, str]) -> Fields:
    """Contract, term and parties, then what the paper adds."""
    terms = source.terms
    return Fields(
        (
            ("合同名称", terms.title.zh),
            ("合同代号", terms.id),
            ("服务期限", f"{terms.term.start} 至 {terms.term.end}（首尾均计）"),
            ("计算基准日", f"{source.statement.as_of}"),
            *more,
        )
    )


def rests_on(source: Source, facts: Sequence[str]) -> str:
    """The first facts by id with the beginning of their digests; the appendix has the rest in full."""
    if not facts:
        return NONE
    shown = [f"{one} ({short(source, one)})" for one in facts[:FACTS_SHOWN]]
    more = f" 等 {len(facts)} 项" if len(facts) > FACTS_SHOWN else ""
    return "、".join(shown) + more


def short(source: Source, fact: str) -> str:
    """The first eight digits of a fact's digest; a question mark where the journal does not hold it."""
    return source.leaf(fact)[:8] if fact in source.recorded else "?"


def line_table(source: Source, lines: Iterable[Line]) -> Table:
    """Lines with clause, payer, amount, day, state and facts."""
    columns = (
        Column("条款", 13),
        Column("款项", 21),
        Column("付款方", 8, "center"),
        Column("金额（元）", 15, "right"),
        Column("到期日", 13, "center"),
        Column("状态", 10, "center"),
        Column("依据事实（摘要前八位）", 26),
    )
    rows = tuple(
        (
            clause(line.clause),
            line.title.zh,
            PARTY[line.payer],
            sum_of(line.amount),
            day(line.due),
            LINE_STATES[line.state],
            rests_on(source, line.facts),
        )
        for line in lines
    )
    return Table(columns, rows)


def working_parts(working: Working | None) -> tuple[Section, ...]:
    """The formula, and the table of its steps."""
    if working is None:
        return (Paragraph("本行不作计算。"),)
    rows = tuple(("　" * step.depth + step.title.zh, step.value) for step in steps(working))
    return (
        Formula(formula(working).zh),
        Table((Column("计算步骤（自结果至依据）", 70), Column("数值", 30, "right")), rows),
    )


def obligation_table(obligations: Iterable[Obligation]) -> Table:
    """Obligations with their four dates."""
    columns = (
        Column("条款", 12),
        Column("义务", 28),
        Column("义务方", 8, "center"),
        Column("到期日", 13, "center"),
        Column("可履行日", 13, "center"),
        Column("逾期起算", 13, "center"),
        Column("履行日", 13, "center"),
        Column("状态", 10, "center"),
    )
    rows = tuple(
        (
            clause(one.clause),
            one.title.zh,
            PARTY[one.who],
            day(one.due),
            day(one.payable),
            day(one.late_from),
            day(one.done),
            OBLIGATION_STATES[one.state],
        )
        for one in obligations
    )
    return Table(columns, rows)


def numbered(*rows: tuple[str, str]) -> Table:
    """A list with its numbers, and a remark beside each entry."""
    return Table(
        (Column("序号", 8, "center"), Column("材料", 52), Column("说明", 40)),
        tuple((str(number), *row) for number, row in enumerate(rows, 1)),
    )
