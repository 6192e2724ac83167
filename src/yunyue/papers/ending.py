"""Papers of the end: the notice of termination, the list of what goes back, the index of the archive."""

from collections.abc import Sequence

from yunyue.answer import Refused
from yunyue.journal.facts import ContractTerminated, MaterialLent, MaterialReturned, ResultsHandedOver, SegmentSealed
from yunyue.papers.body import Body, Given, Kind, Need, cited
from yunyue.papers.paper import PARTY, Amount, Column, Fields, Heading, Paragraph, Section, Space, Table
from yunyue.papers.parts import BOTH, CLIENT, PROVIDER, contract_fields, line_table, rests_on, working_parts
from yunyue.papers.source import Source
from yunyue.papers.words import clause, day
from yunyue.settlement.statement import Question, Right, Said

GROUNDS = ("C12", "C14", "C16")
MATERIAL_CHECKS = ("C26", "C27")


def _termination(source: Source, given: Given) -> Body | Refused:
    """解除合同通知书: only on a ground that the statement shows as available, or that was used."""
    ground = given["ground"]
    if ground not in GROUNDS:
        return Refused(f"one of {', '.join(GROUNDS)}, not {ground!r}", "ground")
    right = next(one for one in source.statement.rights if one.clause == ground)
    used = source.find(ContractTerminated, ground=ground)
    ended = any(one.id == "termination" and one.clause == ground for one in source.statement.lines)
    if not (right.available or ended):
        return Refused(f"that right is not available on {source.statement.as_of}", "ground", ground)
    lines = [one for one in source.statement.lines if one.id == "termination" or one.clause in ("C11", "C15")]
    holder = right.holder
    asked = [one for one in source.statement.questions if one.clause in GROUNDS]
    sections = (
        Paragraph(
            f"依据{clause(ground)}，{PARTY[holder]}自本通知送达之日起解除《{source.terms.title.zh}》。"
            "解除权由权利方行使，平台仅列明依据与计算。"
        ),
        contract_fields(source, ("依据", right.title.zh), ("权利自何日起具备", day(right.since))),
        *_worth(right),
        Heading("二、同时存在的结算行"),
        line_table(source, lines),
        *_open(asked),
        Paragraph("站内消息不起算合同期限（阅读方式 A17）：本件须以书面送达，并留存送达方式与凭证。", small=True),
        Fields((("送达方式", ""), ("送达日期", ""), ("签收人", ""))),
        CLIENT if holder == "client" else PROVIDER,
    )
    facts = () if used is None else (used.id,)
    to = PARTY["provider" if holder == "client" else "client"]
    return Body(holder, to, ground, sections, (right, *lines, *asked), facts, ("A17",))


def _worth(right: Right) -> tuple[Section, ...]:
    if right.amount is None:
        return ()
    return (
        Amount("解除后应付", right.amount),
        Heading("一、金额的计算"),
        *working_parts(right.working),
        Paragraph(f"所用阅读方式：{'、'.join(right.readings)}（全文见附录）。", small=True),
    )


def _open(asked: Sequence[Question]) -> tuple[Section, ...]:
    if not asked:
        return ()
    return Heading("三、待双方商定的事项"), *(Paragraph(f"[{one.clause}/{one.reading}]{one.text.zh}") for one in asked)


def _returns(source: Source, _given: Given) -> Body:
    """资料返还清单: what was lent and came back, what was handed over."""
    checks = [one for one in source.statement.checks if one.clause in MATERIAL_CHECKS]
    lent, handed = source.all(MaterialLent), source.all(ResultsHandedOver)
    rows = []
    for number, one in enumerate(lent, 1):
        back = source.find(MaterialReturned, item=one.said.item)
        facts = [one.id] if back is None else [one.id, back.id]
        rows.append(
            (str(number), one.said.item, day(one.day), day(back.day if back else None), rests_on(source, facts), "")
        )
    columns = (
        Column("序号", 8, "center"),
        Column("资料", 24),
        Column("提供日", 15, "center"),
        Column("归还日", 15, "center"),
        Column("依据事实（摘要前八位）", 28),
        Column("签收", 10),
    )
    results = tuple(
        (str(number), one.said.item, day(one.day), rests_on(source, [one.id]), "")
        for number, one in enumerate(handed, 1)
    )
    sections: tuple[Section, ...] = (
        Paragraph(f"依据{clause('C27')}、{clause('C26')}，资料返还与成果移交情况如下。未列归还日的，尚未归还。"),
        contract_fields(source),
        Heading("一、资料返还"),
        Table(columns, tuple(rows)),
        Heading("二、成果移交（知识产权归甲方）"),
        Table(
            (
                Column("序号", 8, "center"),
                Column("成果", 34),
                Column("移交日", 18, "center"),
                Column("依据事实", 28),
                Column("签收", 12),
            ),
            results,
        ),
        *(Paragraph(f"{clause(one.clause)}：{one.detail.zh}") for one in checks),
        Space("副本销毁说明（方式、日期、监督人）", 3),
        BOTH,
    )
    returned = [one.id for one in source.all(MaterialReturned)]
    return Body("provider", "甲方", "", sections, tuple(checks), cited([one.id for one in (*lent, *handed)], returned))


def _archive(source: Source, _given: Given) -> Body:
    """档案目录: every document the facts name, and how long it is kept."""
    papers = source.terms.papers
    filed = [one for one in map(source.cited, source.standing()) if one.documents]
    rows = tuple(
        (str(number), one.title, one.id, day(one.day), "、".join(each[:15] + "…" for each in one.documents))
        for number, one in enumerate((one for one in filed if not _is_log(source, one.id)), 1)
    )
    logs = [one for one in filed if _is_log(source, one.id)]
    columns = (
        Column("序号", 8, "center"),
        Column("类别", 22),
        Column("事实编号", 26),
        Column("日期", 16, "center"),
        Column("文件摘要（全文见附录一）", 28),
    )
    sections = (
        Paragraph(
            f"本目录列出合同事实所指的全部文件。合同文件自合同终了起保存 {papers.retention_years} 年；"
            f"日志保存不少于 {papers.log_months} 个自然月；法律保全期间不得销毁。"
        ),
        contract_fields(source, ("文件数", str(len(rows))), ("封存日志段", str(len(logs)))),
        Heading("一、文件"),
        Table(columns, rows),
        Space("移交、借阅与销毁记录", 4),
        BOTH,
    )
    return Body("client", "档案管理部门", "", sections, facts=tuple(one.id for one in filed))


def _is_log(source: Source, fact: str) -> bool:
    return isinstance(source.recorded[fact].fact.data, SegmentSealed)


KINDS = (
    Kind(
        "termination-notice",
        Said("解除合同通知书", "Notice of termination"),
        GROUNDS,
        (Need("ground", Said("解除依据", "clause: C12, C14 or C16"), clause="C12"),),
        _termination,
    ),
    Kind("return-list", Said("资料返还清单", "Return list"), ("C26", "C27"), (), _returns),
    Kind("archive-index", Said("档案目录", "Archive index"), ("C38", "C35"), (), _archive),
)
