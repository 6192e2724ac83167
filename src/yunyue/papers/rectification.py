"""Papers of rework: the client's notice with its time, the provider's report, the client's review (九(三))."""

from datetime import date

from yunyue.answer import Refused
from yunyue.journal.facts import RectificationOrdered, RectificationReported, RectificationReviewed
from yunyue.papers.body import Body, Given, Kind, Need, cited
from yunyue.papers.paper import Column, Fields, Heading, Paragraph, Section, Signatures, Space, Table
from yunyue.papers.parts import CLIENT, PROVIDER, contract_fields, rests_on
from yunyue.papers.source import Source
from yunyue.papers.words import OBLIGATION_STATES, clause, day, long_day
from yunyue.settlement.case import Known
from yunyue.settlement.statement import Obligation, Said

NOTICE = Need("notice", Said("整改通知编号", "id of the notice"), clause="C13")


def _notice(source: Source, given: Given) -> Body | Refused:
    """整改通知书: from the recorded order, or as a draft with what is wrong and until when."""
    ordered = source.find(RectificationOrdered, notice=given["notice"])
    about = given.get("about", "") if ordered is None else ordered.said.about
    deadline = _deadline(given) if ordered is None else ordered.said.deadline
    if not about.strip():
        return Refused("a notice says what falls short", "about", "C13")
    if isinstance(deadline, Refused):
        return deadline
    if deadline < source.statement.as_of and ordered is None:
        return Refused(f"{deadline} has passed; the time for rework lies ahead", "deadline", "C13")
    sections = (
        Paragraph(
            f"依据{clause('C13')}，下列服务不符合约定标准。请于 {long_day(deadline)} 前完成整改并重新提交验收。"
            "未载整改期限的通知无效（阅读方式 A14）。"
        ),
        contract_fields(source, ("通知编号", given["notice"]), ("整改期限", deadline.isoformat())),
        Heading("一、不符合项"),
        Paragraph(about),
        Heading("二、要求"),
        Space("整改要求及验收标准", 4),
        Paragraph(f"拒绝整改或二次验收仍不合格的，后果见{clause('C14')}。"),
        *_delivery_of_notice(),
        CLIENT,
    )
    facts = () if ordered is None else (ordered.id,)
    return Body("client", "乙方", given["notice"], sections, facts=facts, readings=("A14", "A17"))


def _deadline(given: Given) -> date | Refused:
    text = given.get("deadline", "")
    try:
        return date.fromisoformat(text)
    except ValueError:
        said = f"{text!r} is no day" if text else "a notice without a time for rework is invalid (A14)"
        return Refused(f"{said}; write it as 2024-07-10", "deadline", "C13")


def _delivery_of_notice() -> tuple[Section, ...]:
    return (
        Paragraph("站内消息不起算合同期限（阅读方式 A17）：本件须以书面送达，并留存送达方式与凭证。", small=True),
        Fields((("送达方式", ""), ("送达日期", ""), ("签收人", ""))),
    )


def _ordered(source: Source, given: Given) -> Known[RectificationOrdered] | Refused:
    found = source.find(RectificationOrdered, notice=given["notice"])
    return found or Refused(f"no rectification {given['notice']!r} was ordered", "notice", "C13")


def _report(source: Source, given: Given) -> Body | Refused:
    """整改报告: what was asked, by when, what was done."""
    ordered = _ordered(source, given)
    if isinstance(ordered, Refused):
        return ordered
    sections = (
        Paragraph(f"就 {ordered.day} 的整改通知，乙方已完成整改，现重新提交验收。"),
        contract_fields(source, *_facts_of(source, ordered)),
        Heading("一、不符合项"),
        Paragraph(ordered.said.about),
        Heading("二、原因"),
        Space("原因分析", 4),
        Heading("三、措施与结果"),
        Space("整改措施、完成日期、验证方法与结果", 6),
        Heading("四、所附证据"),
        Space("证据清单", 3),
        _history(source, ordered),
        PROVIDER,
    )
    return Body("provider", "甲方", given["notice"], sections, (_owed(source, ordered),), _all(source, ordered))


def _review(source: Source, given: Given) -> Body | Refused:
    """整改复核意见: whether the rework does; ticked once the review is recorded."""
    ordered = _ordered(source, given)
    if isinstance(ordered, Refused):
        return ordered
    reports = [one for one in source.all(RectificationReported) if one.said.notice == given["notice"]]
    if not reports:
        return Refused("nothing was reported yet; there is nothing to review", "notice", "C13")
    review = source.find(RectificationReviewed, notice=given["notice"])
    result = None if review is None or review.time < reports[-1].time else review.said.result
    sections = (
        Paragraph(f"甲方对 {reports[-1].day} 提交的整改结果复核如下。"),
        contract_fields(source, *_facts_of(source, ordered)),
        Heading("一、不符合项"),
        Paragraph(ordered.said.about),
        Heading("二、复核结论"),
        Fields((("合格", "■" if result == "passed" else "□"), ("不合格", "■" if result == "failed" else "□"))),
        Space("复核意见", 5),
        _history(source, ordered),
        Signatures(("甲方经办", "甲方批准（须为另一人）")),
    )
    return Body("client", "乙方", given["notice"], sections, (_owed(source, ordered),), _all(source, ordered))


def _owed(source: Source, ordered: Known[RectificationOrdered]) -> Obligation:
    return source.statement.obligation(f"rework-{ordered.said.notice}")


def _facts_of(source: Source, ordered: Known[RectificationOrdered]) -> tuple[tuple[str, str], ...]:
    owed = _owed(source, ordered)
    return (
        ("通知编号", ordered.said.notice),
        ("整改期限", ordered.said.deadline.isoformat()),
        ("完成日期", day(owed.done)),
        ("状态", OBLIGATION_STATES[owed.state]),
    )


def _all(source: Source, ordered: Known[RectificationOrdered]) -> tuple[str, ...]:
    notice = ordered.said.notice
    later = [
        one.id
        for kind in (RectificationReported, RectificationReviewed)
        for one in source.all(kind)
        if one.said.notice == notice  # type: ignore[attr-defined]  # both kinds name the notice
    ]
    return cited([ordered.id], later)


def _history(source: Source, ordered: Known[RectificationOrdered]) -> Table:
    rows = tuple(
        (one.title, day(one.day), rests_on(source, [one.id]))
        for one in (source.cited(fact) for fact in _all(source, ordered))
    )
    return Table((Column("经过", 30), Column("日期", 25, "center"), Column("依据事实（摘要前八位）", 45)), rows)


KINDS = (
    Kind(
        "rectification-notice",
        Said("整改通知书", "Rectification notice"),
        ("C13",),
        (
            NOTICE,
            Need("about", Said("不符合项", "what falls short, when it is not recorded yet"), required=False),
            Need("deadline", Said("整改期限", "until when, when it is not recorded yet"), required=False),
        ),
        _notice,
    ),
    Kind("rectification-report", Said("整改报告", "Rectification report"), ("C13",), (NOTICE,), _report),
    Kind("rectification-review", Said("整改复核意见书", "Rectification review"), ("C13",), (NOTICE,), _review),
)
