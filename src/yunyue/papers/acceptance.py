"""Papers of an acceptance: the application with its material list, the opinion to be signed (六, 八(二), 九(三))."""

from collections.abc import Iterable

from yunyue.answer import Refused
from yunyue.journal.facts import AcceptanceHeld, Milestone
from yunyue.papers.body import Body, Given, Kind, Need, cited
from yunyue.papers.paper import Column, Fields, Heading, Paragraph, Section, Signatures, Space, Table
from yunyue.papers.parts import BOTH, PROVIDER, contract_fields, rests_on
from yunyue.papers.source import Source
from yunyue.papers.staff import TRAININGS
from yunyue.papers.words import CHECK_STATES, MILESTONES, NONE, clause
from yunyue.settlement.case import Known
from yunyue.settlement.materials import MILESTONES as EVERY
from yunyue.settlement.materials import Material, Span, materials
from yunyue.settlement.statement import Said
from yunyue.sla.months import service_months

CHECKED = {"midterm": ("C20", "C24", "C25", "C38"), "final": ("C20", "C24", "C25", "C26", "C27", "C38")}
"""Clauses whose checks stand on the material list of each milestone."""

MEMBERS = 5
MISSING_SHOWN = 3


NAMES = {"no_hand_over": "尚未移交"}
"""What stands for a gap that has no id of its own."""


def span_of(source: Source) -> Span:
    """The day of the statement, and the months of its term."""
    return Span(source.statement.as_of, service_months(source.term))


def _application(source: Source, given: Given) -> Body | Refused:
    """验收申请书."""
    milestone = _milestone(given)
    if isinstance(milestone, Refused):
        return milestone
    earlier = _held(source, milestone)
    if any(one.said.result == "passed" for one in earlier):
        return Refused(f"the {milestone} acceptance was passed on {earlier[-1].day}", "milestone", "C19")
    found = materials(source, milestone, span_of(source))
    checks = [one for one in source.statement.checks if one.clause in CHECKED[milestone]]
    title, count = MILESTONES[milestone], len(earlier) + 1
    again = "此前验收不合格，现经整改再次提交。" if earlier else ""
    sections = (
        Paragraph(
            f"依据{clause('C19')}，乙方申请进行{title}（第 {count} 次）。{again}所附材料由平台依事实清点，缺项照列。"
        ),
        contract_fields(source, ("验收节点", title), ("申请次数", f"第 {count} 次")),
        Heading("一、材料清单"),
        _material_table(source, found),
        Paragraph(_summary(found)),
        Heading("二、核对事项"),
        _check_table(source, milestone),
        Heading("三、乙方声明"),
        Paragraph("乙方确认所附材料真实、完整，并对缺项的补齐时间说明如下："),
        Space("缺项说明", 3),
        PROVIDER,
    )
    facts = cited(*(one.facts for one in found), [one.id for one in earlier])
    return Body("provider", "甲方", milestone, sections, tuple(checks), facts, sample=source.terms.sla.sample)


def _milestone(given: Given) -> Milestone | Refused:
    found = next((one for one in EVERY if one == given["milestone"]), None)
    return found or Refused(f"one of {', '.join(MILESTONES)}, not {given['milestone']!r}", "milestone", "C19")


def _held(source: Source, milestone: str) -> list[Known[AcceptanceHeld]]:
    return [one for one in source.all(AcceptanceHeld) if one.said.milestone == milestone]


def _material_table(source: Source, found: Iterable[Material]) -> Table:
    columns = (
        Column("条款", 15),
        Column("材料", 21),
        Column("应有", 8, "center"),
        Column("已有", 8, "center"),
        Column("缺", 24),
        Column("依据事实（摘要前八位）", 24),
    )
    rows = tuple(
        (
            clause(one.clause),
            one.title.zh,
            str(one.needed),
            str(one.present),
            _gaps(source, one),
            rests_on(source, one.facts),
        )
        for one in found
    )
    return Table(columns, rows)


def _gaps(source: Source, material: Material) -> str:
    """Objectives and trainings by their titles, what people named by the name they gave."""
    titles = {**NAMES, **TRAININGS, **{one.id: one.title.zh for one in source.terms.sla.objectives}}
    named = (one.partition(" ") for one in material.missing[:MISSING_SHOWN])
    shown = "、".join(f"{titles.get(first, first)}{space}{month}" for first, space, month in named) or NONE
    more = f" 等 {len(material.missing)} 份" if len(material.missing) > MISSING_SHOWN else ""
    return shown + more


def _summary(found: Iterable[Material]) -> str:
    gaps = [f"{one.title.zh}缺 {len(one.missing)} 份" for one in found if one.missing]
    return f"尚缺：{'；'.join(gaps)}。" if gaps else "清单所列材料齐备。"


def _check_table(source: Source, milestone: str) -> Table:
    columns = (Column("条款", 16), Column("事项", 36), Column("状态", 10, "center"), Column("情况", 38))
    rows = tuple(
        (clause(one.clause), one.title.zh, CHECK_STATES[one.state], one.detail.zh)
        for one in source.statement.checks
        if one.clause in CHECKED[milestone]
    )
    return Table(columns, rows)


def _opinion(source: Source, given: Given) -> Body | Refused:
    """验收意见书: the result stands on it once it is recorded; before, both boxes are empty."""
    milestone = _milestone(given)
    if isinstance(milestone, Refused):
        return milestone
    held, found = _held(source, milestone), materials(source, milestone, span_of(source))
    last = held[-1] if held else None
    result = None if last is None else last.said.result
    title = MILESTONES[milestone]
    sections = (
        Paragraph(f"依据{clause('C19')}，甲方组织{title}，意见如下。二次验收仍不合格的后果见{clause('C14')}。"),
        contract_fields(
            source,
            ("验收节点", title),
            ("验收日期", "" if last is None else last.day.isoformat()),
            ("第几次", str(max(len(held), 1))),
        ),
        Heading("一、所审材料"),
        _material_table(source, found),
        Heading("二、结论"),
        Fields((("合格", _ticked(result, "passed")), ("不合格", _ticked(result, "failed")))),
        Space("验收意见（不合格的，写明不合格项及整改期限；期限为必填）", 6),
        Heading("三、验收组成员"),
        Table(
            (Column("序号", 8, "center"), Column("姓名", 24), Column("单位及职务", 40), Column("签字", 28)),
            tuple((str(number), "", "", "") for number in range(1, MEMBERS + 1)),
        ),
        *_earlier(source, milestone),
        Signatures(("甲方经办", "甲方批准（须为另一人）")),
        BOTH,
    )
    facts = cited(*(one.facts for one in found), [one.id for one in held])
    return Body("client", "乙方", milestone, sections, facts=facts, sample=source.terms.sla.sample)


def _ticked(result: str | None, wanted: str) -> str:
    return "□" if result is None else "■" if result == wanted else "□"


def _earlier(source: Source, milestone: str) -> tuple[Section, ...]:
    held = _held(source, milestone)
    if not held:
        return ()
    rows = tuple(
        (
            str(number),
            one.day.isoformat(),
            "合格" if one.said.result == "passed" else "不合格",
            rests_on(source, [one.id]),
        )
        for number, one in enumerate(held, 1)
    )
    columns = (
        Column("次", 10, "center"),
        Column("日期", 25, "center"),
        Column("结论", 20, "center"),
        Column("依据事实", 45),
    )
    return Heading("四、历次验收"), Table(columns, rows)


_NEED = (Need("milestone", Said("验收节点", "midterm or final"), clause="C19"),)

KINDS = (
    Kind(
        "acceptance-application",
        Said("验收申请书", "Acceptance application"),
        ("C19", "C04", "C05"),
        _NEED,
        _application,
    ),
    Kind("acceptance-opinion", Said("验收意见书", "Acceptance opinion"), ("C19", "C14"), _NEED, _opinion),
)
