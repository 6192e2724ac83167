"""Papers of staff: the list with its conditions, the request for a change, the undertaking of secrecy (四, 五)."""

from yunyue.answer import Refused
from yunyue.journal.facts import (
    ConfidentialitySigned,
    LeavingReported,
    StaffAssigned,
    StaffChecked,
    StaffConsented,
    StaffProposed,
    StaffWaived,
    TrainingHeld,
)
from yunyue.papers.body import Body, Given, Kind, Need, cited
from yunyue.papers.paper import Column, Fields, Heading, Paragraph, Signatures, Space, Table
from yunyue.papers.parts import BOTH, CLIENT, PROVIDER, contract_fields
from yunyue.papers.source import Source
from yunyue.papers.words import CHECK_STATES, clause, day
from yunyue.settlement.case import Known
from yunyue.settlement.rules.staff import active
from yunyue.settlement.statement import Said

POSTS = {"manager": "服务经理", "engineer": "运维工程师", "support": "支持人员"}
TRAININGS = {"business": "业务", "skills": "技能", "confidentiality": "保密"}
CHANGES = {"assignment": "到岗", "leaving": "离岗"}
ABOUT = {"C20", "C21", "C22", "C24", "C25"}


def _list(source: Source, _given: Given) -> Body | Refused:
    """服务人员名单: everybody at post by pseudonym; names are written in by hand."""
    people = active(source.case)
    if not people:
        return Refused("nobody is at a post yet", "", "C21")
    numbers = [one.number for one in source.terms.staff_conditions]
    columns = (
        Column("代号", 14),
        Column("姓名", 16),
        Column("岗位", 16, "center"),
        Column("到岗日", 16, "center"),
        *(Column(f"条件{number}", 9, "center") for number in numbers),
        Column("保密承诺", 13, "center"),
        Column("培训", 15, "center"),
    )
    rows = tuple(
        (
            person,
            "",
            POSTS[known.said.post],
            day(known.day),
            *(_condition(source, person, number) for number in numbers),
            "√" if source.find(ConfidentialitySigned, person=person) else "×",
            _trainings(source, person),
        )
        for person, known in sorted(people.items())
    )
    checks = [one for one in source.statement.checks if one.clause in ABOUT]
    sections = (
        Paragraph(
            f"依据{clause('C20')}、{clause('C21')}，乙方在岗服务人员如下。平台只存代号；姓名由乙方手填，证明材料由人核验。"
        ),
        contract_fields(source),
        Heading("一、在岗人员"),
        Table(columns, rows),
        Paragraph("√ 已核验；免 已书面豁免（软性条件，阅读方式 A24）；× 不符；空白 尚未核验。", small=True),
        Heading("二、条件"),
        Table(
            (Column("序号", 10, "center"), Column("条件", 70), Column("性质", 20, "center")),
            tuple(
                (str(one.number), one.title.zh, "软性" if one.soft else "硬性") for one in source.terms.staff_conditions
            ),
        ),
        Heading("三、核对事项"),
        Table(
            (Column("条款", 18), Column("事项", 38), Column("状态", 10, "center"), Column("情况", 34)),
            tuple((clause(one.clause), one.title.zh, CHECK_STATES[one.state], one.detail.zh) for one in checks),
        ),
        BOTH,
    )
    facts = tuple(one.id for one in people.values())
    return Body("provider", "甲方", "", sections, tuple(checks), facts)


def _condition(source: Source, person: str, number: int) -> str:
    checked = source.find(StaffChecked, person=person, condition=number)
    if checked is not None and checked.said.met:
        return "√"
    if source.find(StaffWaived, person=person, condition=number):
        return "免"
    return "" if checked is None else "×"


def _trainings(source: Source, person: str) -> str:
    held = [one.said.kind for one in source.all(TrainingHeld) if person in one.said.persons]
    return "、".join(TRAININGS[kind] for kind in TRAININGS if kind in held)


def _change(source: Source, given: Given) -> Body | Refused:
    """人员变更申请表: reported and agreed before it happens."""
    person, change = given["person"], given["change"]
    if change not in CHANGES:
        return Refused(f"one of {', '.join(CHANGES)}, not {change!r}", "change", "C24")
    proposed, assigned = source.find(StaffProposed, person=person), source.find(StaffAssigned, person=person)
    if change == "leaving" and person not in active(source.case):
        return Refused(f"{person} is at no post", "person", "C24")
    if change == "assignment" and proposed is None:
        return Refused(f"{person} was not proposed", "person", "C21")
    there = assigned if change == "leaving" else proposed
    replaces = given.get("replaces") or (proposed.said.replaces if proposed and change == "assignment" else None)
    consent = source.find(StaffConsented, person=person, change=change)
    sections = (
        Paragraph(f"依据{clause('C21')}、{clause('C24')}，下列人员变动在发生前报告，经甲方同意后方可实施。"),
        contract_fields(
            source,
            ("人员代号", person),
            ("姓名", ""),
            ("岗位", POSTS[there.said.post] if there else ""),
            ("变动", CHANGES[change]),
            ("接替/被接替人员代号", replaces or ""),
            ("拟生效日期", given.get("day", "")),
        ),
        Heading("一、理由"),
        Paragraph(given["reason"]) if given.get("reason") else Space("理由", 3),
        Heading("二、条件核验"),
        _conditions(source, person if change == "assignment" else replaces),
        Heading("三、交接"),
        Space("交接事项、资料归还与保密提醒（保密义务离岗后仍有效）", 4),
        PROVIDER,
        Heading("四、甲方意见"),
        Fields((("同意", "■" if consent else "□"), ("不同意", "□"))),
        Space("意见（服务经理更换的，写明能力不低于原任）", 3),
        CLIENT,
    )
    facts = [
        one.id for one in (proposed, assigned, consent, source.find(LeavingReported, person=person)) if one is not None
    ]
    facts += [one.id for one in source.all(StaffChecked) if one.said.person in (person, replaces)]
    return Body("provider", "甲方", f"{person}-{change}", sections, facts=cited(facts))


def _conditions(source: Source, person: str | None) -> Table:
    rows = tuple(
        (
            str(one.number),
            one.title.zh,
            "软性" if one.soft else "硬性",
            _condition(source, person, one.number) if person else "",
        )
        for one in source.terms.staff_conditions
    )
    columns = (
        Column("序号", 10, "center"),
        Column("条件", 60),
        Column("性质", 14, "center"),
        Column("核验", 16, "center"),
    )
    return Table(columns, rows)


def _undertaking(source: Source, given: Given) -> Body | Refused:
    """保密承诺书 of one person, without an end date."""
    person = given["person"]
    known: list[Known[StaffProposed] | Known[StaffAssigned]] = [*source.all(StaffProposed), *source.all(StaffAssigned)]
    named = [one for one in known if one.said.person == person]
    if not named:
        return Refused(f"{person} is neither proposed nor assigned", "person", "C25")
    sections = (
        Paragraph(f"本人参与下述合同的服务。依据{clause('C25')}，就工作中知悉的甲方信息承诺如下。"),
        contract_fields(source, ("人员代号", person), ("姓名", ""), ("岗位", POSTS[named[-1].said.post])),
        Paragraph("一、不向任何未获授权者披露，不用于合同以外的用途，不私自复制、留存或带出。"),
        Paragraph("二、离岗、调动或合同终了时，交还全部资料并删除副本。"),
        Paragraph("三、本承诺在合同期内及期满后均有效，无终止日。"),
        Paragraph("四、违反承诺的，依法承担责任。"),
        Signatures(("承诺人（签字）", "乙方（盖章）")),
    )
    signed = source.find(ConfidentialitySigned, person=person)
    facts = cited([one.id for one in named], [] if signed is None else [signed.id])
    return Body("provider", "甲方", person, sections, facts=facts)


_PERSON = Need("person", Said("人员代号", "pseudonym of the person"), clause="C21")

KINDS = (
    Kind("staff-list", Said("服务人员名单", "Staff list"), ("C20", "C21", "C24", "C25"), (), _list),
    Kind(
        "staff-change",
        Said("人员变更申请表", "Request for a change of staff"),
        ("C21", "C24"),
        (
            _PERSON,
            Need("change", Said("变动", "assignment or leaving"), clause="C24"),
            Need("replaces", Said("接替人员", "who replaces or is replaced"), required=False),
            Need("day", Said("拟生效日期", "from which day"), required=False),
            Need("reason", Said("理由", "why"), required=False),
        ),
        _change,
    ),
    Kind(
        "confidentiality-undertaking",
        Said("保密承诺书", "Undertaking of confidentiality"),
        ("C25",),
        (_PERSON,),
        _undertaking,
    ),
)
