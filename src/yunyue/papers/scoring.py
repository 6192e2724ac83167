"""The score sheet of a month: the template, the points lost, the evidence of each, the result (六)."""

from decimal import Decimal

from yunyue.answer import Refused
from yunyue.journal.facts import Criterion, Deduction, ScoreGiven, ScoreTemplateSet
from yunyue.papers.body import Body, Given, Kind, Need, cited
from yunyue.papers.paper import Column, Fields, Heading, Paragraph, Signatures, Space, Table
from yunyue.papers.parts import BOTH, contract_fields, short
from yunyue.papers.source import Source
from yunyue.papers.words import NONE, SERVICES, clause
from yunyue.settlement.case import Known
from yunyue.settlement.statement import Said

PATTERNS = {
    "deductions": "自 100 分起，按考核项扣减",
    "outages": "自 100 分起，按中断次数扣减",
    "milestones": "里程碑合计 100 分，未达成或迟延的扣减",
}


def _sheet(source: Source, given: Given) -> Body | Refused:
    """考核评分表."""
    scored = source.find(ScoreGiven, score=given["score"])
    if scored is None:
        return Refused(f"there is no score sheet {given['score']!r}", "score", "C18")
    template = _template(source, scored)
    if template is None:
        return Refused(f"there is no score template {scored.said.template!r}", "score", "C18")
    said = scored.said
    sections = (
        Paragraph(f"依据{clause('C19')}，甲方对乙方当月服务考核如下。每项扣分均列明依据；评分人与批准人须为两人。"),
        contract_fields(
            source,
            ("评分表编号", said.score),
            ("服务月", said.month),
            ("考核服务", "全部服务" if said.service is None else SERVICES[said.service]),
            ("模板", f"{template.said.title}（{template.said.template}）"),
            ("计分方式", PATTERNS[template.said.pattern]),
        ),
        Heading("一、评分"),
        _table(source, template.said, said),
        Fields((("得分", str(said.points)), ("扣分合计", str(_lost(said))))),
        Heading("二、意见"),
        Space("甲方意见", 3),
        Space("乙方意见", 3),
        Signatures(("甲方评分", "甲方批准（须为另一人）")),
        BOTH,
    )
    evidence = [each for one in said.deductions for each in one.evidence if each in source.recorded]
    return Body("client", "乙方", said.score, sections, facts=cited([scored.id, template.id], evidence))


def _lost(said: ScoreGiven) -> Decimal:
    return sum((one.points for one in said.deductions), Decimal())


def _template(source: Source, scored: Known[ScoreGiven]) -> Known[ScoreTemplateSet] | None:
    """The template as it stood when the sheet was recorded."""
    place = source.recorded[scored.id].sequence
    found = [
        one
        for one in source.all(ScoreTemplateSet)
        if one.said.template == scored.said.template and source.recorded[one.id].sequence < place
    ]
    return found[-1] if found else None


def _table(source: Source, template: ScoreTemplateSet, said: ScoreGiven) -> Table:
    columns = (
        Column("考核项", 30),
        Column("最高", 10, "right"),
        Column("次数", 10, "right"),
        Column("扣分", 10, "right"),
        Column("依据（摘要前八位）", 40),
    )
    by_code = {one.criterion: one for one in said.deductions}
    return Table(columns, tuple(_row(source, one, by_code.get(one.code)) for one in template.criteria))


def _row(source: Source, criterion: Criterion, lost: Deduction | None) -> tuple[str, ...]:
    if lost is None:
        return (criterion.title, str(criterion.most), NONE, "0", NONE)
    shown = [f"{one} ({short(source, one)})" if one in source.recorded else one[:15] + "…" for one in lost.evidence]
    count = str(lost.count) if lost.count else NONE
    return (criterion.title, str(criterion.most), count, str(lost.points), "、".join(shown))


KINDS = (
    Kind(
        "score-sheet",
        Said("考核评分表", "Score sheet"),
        ("C18", "C19"),
        (Need("score", Said("评分表编号", "id of the sheet"), clause="C18"),),
        _sheet,
    ),
)
