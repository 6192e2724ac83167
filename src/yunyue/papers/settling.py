"""The settlement statement whole: lines, obligations, rights, checks, questions and readings, as settle() gave them."""

from yunyue.journal.facts import Party
from yunyue.money import Money, total
from yunyue.papers.body import Body, Given, Kind
from yunyue.papers.paper import PARTY, Column, Heading, Paragraph, Section, Table
from yunyue.papers.parts import BOTH, contract_fields, line_table, obligation_table, rests_on
from yunyue.papers.source import Source
from yunyue.papers.words import CHECK_STATES, clause, day, moment, sum_of
from yunyue.settlement.explain import formula
from yunyue.settlement.statement import Finding, Said

SIDES: tuple[Party, ...] = ("client", "provider")


def _statement(source: Source, _given: Given) -> Body:
    """结算单."""
    said = source.statement
    sections = (
        Paragraph(
            f"本结算单以截至 {moment(said.known_at)}（北京时间）平台日志所载事实为据，计算至 {said.as_of}，"
            "由同一组条款、事实与放假安排必得同一结果。所列解除权仅作提示，平台不代任何一方行使。"
        ),
        contract_fields(source, ("合同总金额", f"{source.terms.price.total.grouped()} 元")),
        Heading("一、合计"),
        _totals(source),
        Heading("二、结算行"),
        line_table(source, said.lines),
        _arithmetic(source),
        Heading("三、义务与日期"),
        obligation_table(said.obligations),
        Heading("四、解除权（提示）"),
        _rights(source),
        Heading("五、核对事项"),
        _checks(source),
        *_questions(source),
        BOTH,
    )
    findings: tuple[Finding, ...] = (*said.lines, *said.obligations, *said.rights, *said.checks, *said.questions)
    return Body(None, "", "", sections, findings, readings=tuple(one for one, _ in said.readings))


def _totals(source: Source) -> Table:
    states = (
        ("应付", "due"),
        ("仍在增长", "running"),
        ("已结清", "settled"),
        ("条件未齐", "waiting"),
        ("待甲方决定", "proposed"),
    )
    rows = tuple((PARTY[side], *(_sum(source, side, state).grouped() for _, state in states)) for side in SIDES)
    columns = (Column("付款方", 10, "center"), *(Column(f"{title}（元）", 18, "right") for title, _ in states))
    return Table(columns, rows)


def _sum(source: Source, payer: Party, state: str) -> Money:
    lines = source.statement.lines
    return total(one.amount for one in lines if (one.payer, one.state) == (payer, state) and one.amount is not None)


def _arithmetic(source: Source) -> Table:
    rows = tuple(
        (line.title.zh, formula(line.working).zh if line.working else "不作计算", line.sentence.zh)
        for line in source.statement.lines
    )
    return Table((Column("款项", 20), Column("算式", 38), Column("说明", 42)), rows)


def _rights(source: Source) -> Table:
    columns = (
        Column("条款", 12),
        Column("权利", 40),
        Column("权利方", 9, "center"),
        Column("目前", 11, "center"),
        Column("自何日", 13, "center"),
        Column("若行使（元）", 17, "right"),
    )
    rows = tuple(
        (
            clause(one.clause),
            one.title.zh,
            PARTY[one.holder],
            "可行使" if one.available else "不具备",
            day(one.since),
            sum_of(one.amount) if one.available else "—",
        )
        for one in source.statement.rights
    )
    return Table(columns, rows)


def _checks(source: Source) -> Table:
    columns = (
        Column("条款", 14),
        Column("事项", 30),
        Column("状态", 8, "center"),
        Column("情况", 28),
        Column("依据事实（摘要前八位）", 24),
    )
    rows = tuple(
        (clause(one.clause), one.title.zh, CHECK_STATES[one.state], one.detail.zh, rests_on(source, one.facts))
        for one in source.statement.checks
    )
    return Table(columns, rows)


def _questions(source: Source) -> tuple[Section, ...]:
    if not source.statement.questions:
        return ()
    rows = tuple((clause(one.clause), one.reading, one.text.zh) for one in source.statement.questions)
    columns = (Column("条款", 18), Column("阅读方式", 12, "center"), Column("待双方商定", 70))
    return Heading("六、待商定事项"), Table(columns, rows)


KINDS = (Kind("settlement-statement", Said("结算单", "Settlement statement"), (), (), _statement),)
