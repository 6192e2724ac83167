"""Papers about penalties and compensation: how each figure came about, line by line (九, 六)."""

from collections.abc import Sequence

from yunyue.answer import Refused
from yunyue.journal.facts import Party
from yunyue.money import Money, total
from yunyue.papers.body import Body, Given, Kind, Need
from yunyue.papers.paper import PARTY, Amount, Column, Heading, Paragraph, Section, Space, Table
from yunyue.papers.parts import BOTH, CLIENT, PROVIDER, contract_fields, line_table, working_parts
from yunyue.papers.source import Source
from yunyue.papers.words import clause
from yunyue.settlement.statement import Line, Question, Said
from yunyue.sla.months import service_month

PENALTIES = ("C11", "C12", "C14", "C15", "C16")
REFUNDS = ("C12", "C14")
NUMERALS = "一二三四五六七八九十"


def _calculation(source: Source, given: Given) -> Body | Refused:
    """违约金计算书: every penalty of the statement, or the one line asked for."""
    lines = [line for line in source.statement.lines if line.clause in PENALTIES]
    if "line" in given:
        named = [line for line in lines if line.id == given["line"]]
        if not named:
            there = ", ".join(line.id for line in lines) or "none"
            return Refused(f"no penalty line {given['line']!r}; the statement has {there}", "line", "C11")
        lines = named
    if not lines:
        return Refused(f"the statement of {source.statement.as_of} has no penalty", "line", "C11")
    asked = _asked(source, lines)
    payers: list[Party] = [side for side in ("client", "provider") if any(line.payer == side for line in lines)]
    sections = (
        Paragraph(
            "依据合同第九条及下列事实，违约金计算如下。每一数值均列明条款、算式与事实，可凭本件末页的摘要独立核验。"
        ),
        contract_fields(source),
        *(Amount(f"{PARTY[side]}应付{_what(lines, side)}合计", _sum(lines, side)) for side in payers),
        Heading("结算行"),
        line_table(source, lines),
        *(part for number, line in enumerate(lines, 1) for part in _one(number, line)),
        *_open_questions(asked),
        BOTH,
    )
    about = given.get("line", "")
    return Body(None, "", about, sections, (*lines, *asked))


def _what(lines: Sequence[Line], payer: Party) -> str:
    """What a sum is made of: a refund is no penalty."""
    refunds = any(line.clause in REFUNDS and line.payer == payer for line in lines)
    return "退款与违约金" if refunds else "违约金"


def _sum(lines: Sequence[Line], payer: Party) -> Money:
    return total(line.amount for line in lines if line.payer == payer and line.amount is not None)


def _one(number: int, line: Line) -> tuple[Section, ...]:
    readings = "、".join(line.readings)
    running = "本行仍在增长，以实际履行之日为止另行计算。" if line.state == "running" else ""
    return (
        Heading(f"({NUMERALS[number - 1] if number <= len(NUMERALS) else number}){line.title.zh}"),
        Paragraph(f"条款：{clause(line.clause)}。{line.sentence.zh}{running}"),
        *working_parts(line.working),
        Paragraph(f"所用阅读方式：{readings or '无'}（全文见附录）。", small=True),
    )


def _asked(source: Source, lines: Sequence[Line]) -> list[Question]:
    clauses = {line.clause for line in lines}
    return [one for one in source.statement.questions if one.clause in clauses]


def _open_questions(asked: Sequence[Question]) -> tuple[Section, ...]:
    if not asked:
        return ()
    return (Heading("待双方商定的事项"), *(Paragraph(f"[{one.clause}/{one.reading}]{one.text.zh}") for one in asked))


def _compensation(source: Source, given: Given) -> Body | Refused:
    """SLA 补偿建议书: what the ladder gives for a month; the client decides."""
    month = given["month"]
    term = source.term
    if service_month(term, month) is None:
        return Refused(f"{month!r} is no month of the term {term.start} to {term.end}", "month", "C01")
    lines = [one for one in source.statement.lines if one.clause == "C18" and one.id.endswith(f"-{month}")]
    if not lines:
        return Refused(f"no objective missed its target in {month}", "month", "C18")
    columns = (
        Column("款项", 40),
        Column("同意", 12, "center"),
        Column("调整为（元）", 24),
        Column("不予补偿", 24, "center"),
    )
    sections = (
        Paragraph(
            f"依据{clause('C18')}，{month} 服务月有下列指标未达目标。补偿按附件阶梯提出，以该服务当月费用为限，"
            "属建议，由甲方决定；附件未定阶梯的，列为待协商，不给出数值。"
        ),
        contract_fields(source, ("服务月", month)),
        Amount("建议补偿合计", _sum(lines, "provider")),
        line_table(source, lines),
        *(part for number, line in enumerate(lines, 1) for part in _one(number, line)),
        Heading("甲方决定"),
        Table(columns, tuple((line.title.zh, "□", "", "□") for line in lines)),
        Space("理由", 2),
        PROVIDER,
        CLIENT,
    )
    return Body("provider", "甲方", month, sections, tuple(lines), sample=source.terms.sla.sample)


KINDS = (
    Kind(
        "penalty-calculation",
        Said("违约金计算书", "Penalty calculation"),
        PENALTIES,
        (Need("line", Said("结算行", "line of the statement; all when left out"), required=False),),
        _calculation,
    ),
    Kind(
        "sla-compensation",
        Said("服务等级补偿建议书", "SLA compensation proposal"),
        ("C18",),
        (Need("month", Said("服务月", 'service month, such as "2024-05"'), clause="C18"),),
        _compensation,
    ),
)
