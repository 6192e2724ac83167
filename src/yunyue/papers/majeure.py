"""Papers of force majeure: the notice at once, the request for a certificate, the notice of its end (十一)."""

from yunyue.answer import Refused
from yunyue.journal.facts import MajeureBegan, MajeureCertified, MajeureEnded
from yunyue.papers.body import Body, Given, Kind, Need, cited
from yunyue.papers.paper import Column, Fields, Heading, Paragraph, Section, Space, Table
from yunyue.papers.parts import PROVIDER, contract_fields, obligation_table, rests_on, working_parts
from yunyue.papers.source import Source
from yunyue.papers.words import CHECK_STATES, clause, long_day, moment
from yunyue.settlement.case import Known
from yunyue.settlement.statement import Check, Obligation, Question, Said

EVENT = (Need("event", Said("事件编号", "id of the event on record"), clause="C28"),)
BY_HAND = Fields((("送达方式", ""), ("送达日期", ""), ("签收人", "")))
WRITTEN = Paragraph("站内消息不起算合同期限（阅读方式 A17）：本件须以书面送达，并留存送达方式与凭证。", small=True)


def _began(source: Source, given: Given) -> Known[MajeureBegan] | Refused:
    found = source.find(MajeureBegan, event=given["event"])
    return found or Refused(f"no event {given['event']!r} is on record", "event", "C28")


def _certificate(source: Source, event: str) -> Obligation:
    return source.statement.obligation(f"majeure-certificate-{event}")


def _notice(source: Source, given: Given) -> Body | Refused:
    """不可抗力通知书."""
    began = _began(source, given)
    if isinstance(began, Refused):
        return began
    certificate = _certificate(source, given["event"])
    days = source.terms.majeure.certificate_days
    sections = (
        Paragraph(
            f"依据{clause('C28')}，乙方就下列不可抗力事件立即通知甲方，并将在事件发生之日起 {days} 日内提交证明。"
            f"履行期限依{clause('C29')}按受影响的时间顺延。"
        ),
        contract_fields(source, *_event_fields(began)),
        Heading("一、事件"),
        Paragraph(began.said.about),
        Heading("二、对履行的影响"),
        Space("受影响的服务、订单、范围及预计时间", 5),
        Space("已采取和拟采取的减损措施", 4),
        Heading("三、证明期限"),
        *working_parts(certificate.working),
        obligation_table([certificate]),
        WRITTEN,
        BY_HAND,
        PROVIDER,
    )
    return Body("provider", "甲方", given["event"], sections, (certificate,), (began.id,), ("A17",))


def _event_fields(began: Known[MajeureBegan]) -> tuple[tuple[str, str], ...]:
    return ("事件编号", began.said.event), ("发生时间", f"{moment(began.time)}（北京时间）")


def _request(source: Source, given: Given) -> Body | Refused:
    """不可抗力证明出具申请书, to the body that certifies."""
    began = _began(source, given)
    if isinstance(began, Refused):
        return began
    certificate = _certificate(source, given["event"])
    shown = source.find(MajeureCertified, event=given["event"])
    due = certificate.due
    until = "" if due is None else f"合同要求于 {long_day(due)} 前提交证明。"
    sections = (
        Paragraph(f"因履行下述合同受不可抗力影响，请就该事件出具证明。{until}"),
        contract_fields(source, *_event_fields(began)),
        Heading("一、事件"),
        Paragraph(began.said.about),
        Heading("二、请求证明的内容"),
        Space("事件的性质、发生地点、起止时间及影响范围", 5),
        Heading("三、期限的计算"),
        *working_parts(certificate.working),
        obligation_table([certificate]),
        Heading("四、随附材料"),
        Space("材料清单", 3),
        PROVIDER,
    )
    facts = cited([began.id], [] if shown is None else [shown.id])
    return Body("provider", "出具证明的机构", given["event"], sections, (certificate,), facts)


def _end(source: Source, given: Given) -> Body | Refused:
    """不可抗力消除通知书: its end, and to when the term now runs."""
    began = _began(source, given)
    if isinstance(began, Refused):
        return began
    ended = source.find(MajeureEnded, event=given["event"])
    if ended is None:
        return Refused(f"the end of {given['event']} is not on record", "event", "C30")
    checks = [
        one
        for one in source.statement.checks
        if one.id in ("majeure-extension", f"majeure_end-notice-{given['event']}")
    ]
    sections: tuple[Section, ...] = (
        Paragraph(f"依据{clause('C30')}，下列不可抗力的影响已于 {moment(ended.time)} 消除，特此通知。"),
        contract_fields(source, *_event_fields(began), ("消除时间", f"{moment(ended.time)}（北京时间）")),
        Heading("一、事件"),
        Paragraph(began.said.about),
        Heading("二、期限"),
        _checks(source, checks),
        *(Paragraph(one.text.zh) for one in _asked(source, given["event"])),
        WRITTEN,
        BY_HAND,
        PROVIDER,
    )
    asked = _asked(source, given["event"])
    return Body("provider", "甲方", given["event"], sections, (*checks, *asked), (began.id, ended.id), ("A17",))


def _checks(source: Source, checks: list[Check]) -> Table:
    columns = (
        Column("条款", 18),
        Column("事项", 26),
        Column("状态", 10, "center"),
        Column("情况", 26),
        Column("依据", 20),
    )
    rows = tuple(
        (clause(one.clause), one.title.zh, CHECK_STATES[one.state], one.detail.zh, rests_on(source, one.facts))
        for one in checks
    )
    return Table(columns, rows)


def _asked(source: Source, event: str) -> list[Question]:
    return [one for one in source.statement.questions if one.id == f"majeure-negotiate-{event}"]


KINDS = (
    Kind("majeure-notice", Said("不可抗力通知书", "Notice of force majeure"), ("C28", "C29"), EVENT, _notice),
    Kind(
        "majeure-certificate-request",
        Said("不可抗力证明出具申请书", "Request for a certificate"),
        ("C28",),
        EVENT,
        _request,
    ),
    Kind(
        "majeure-end",
        Said("不可抗力消除通知书", "Notice of the end of force majeure"),
        ("C30", "C29", "C31"),
        EVENT,
        _end,
    ),
)
