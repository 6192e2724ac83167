"""Papers about money to be paid: the application for an instalment, the notice of a changed account (八(二), (三))."""

from yunyue.answer import Refused
from yunyue.contract.terms import Instalment
from yunyue.journal.facts import InvoiceReceived, PaymentMade
from yunyue.money import Money, total
from yunyue.papers.body import Body, Given, Kind, Need, cited
from yunyue.papers.paper import Amount, Column, Fields, Heading, Paragraph, Section, Space, Table
from yunyue.papers.parts import CLIENT, PROVIDER, contract_fields, line_table, numbered, rests_on, working_parts
from yunyue.papers.source import Source
from yunyue.papers.words import OBLIGATION_STATES, clause, day, sum_of
from yunyue.settlement.statement import Line, Obligation, Said

AFTER = {"signing": "合同签订", "midterm": "中期验收合格", "final": "最终验收合格且服务全部交付"}
GATE_CLAUSES = {"progress": "C07", "funds": "C07", "invoice": "C08"}
ACCOUNT = Fields((("收款单位", ""), ("开户银行", ""), ("银行账号", "")))
"""Bank details are written in by hand and never lie in the platform."""

INSTALMENT = Need("instalment", Said("第几期款", "number of the instalment"), clause="C06")


def _application(source: Source, given: Given) -> Body | Refused:
    """付款申请书: one instalment, its arithmetic, gates and dates."""
    instalment = _instalment(source, given["instalment"])
    if isinstance(instalment, Refused):
        return instalment
    line = source.statement.line(f"instalment-{instalment.number}")
    owed = source.statement.obligation(f"pay-{instalment.number}")
    asked = (line.amount or Money.ZERO) - _paid(source, instalment)
    if asked <= Money.ZERO:
        return Refused(f"instalment {instalment.number} was paid in full on {owed.done}", "instalment", line.clause)
    sections = (
        Paragraph(_request(source, instalment, line)),
        contract_fields(source, ("合同总金额", f"{source.terms.price.total.grouped()} 元")),
        Amount("本次申请支付", asked),
        Heading("一、金额的计算"),
        *working_parts(line.working),
        *_paid_so_far(source, instalment, line),
        Heading("二、付款条件"),
        _gates(source, owed),
        Paragraph(_missing(owed)),
        Heading("三、日期"),
        _dates(owed),
        Heading("四、收款账户"),
        ACCOUNT,
        Paragraph(_account(source, instalment)),
        Heading("五、所附材料"),
        _attached(source, instalment, owed),
        Heading("六、所据结算行"),
        line_table(source, [line]),
        PROVIDER,
        Space("甲方审核意见（经办与批准须为两人）", 3),
        CLIENT,
    )
    gates = [gate.fact for gate in owed.gates if gate.fact]
    checks = [one for one in source.statement.checks if one.id == f"account-{instalment.number}"]
    facts = cited(gates, _invoices(source, instalment))
    return Body("provider", "甲方", str(instalment.number), sections, (line, owed, *checks), facts)


def _instalment(source: Source, text: str) -> Instalment | Refused:
    numbers = [str(one.number) for one in source.terms.instalments]
    if text not in numbers:
        return Refused(f"the contract has instalments {', '.join(numbers)}, not {text!r}", "instalment", "C06")
    instalment = source.terms.instalments[numbers.index(text)]
    if not any(one.id == f"instalment-{text}" for one in source.statement.lines):
        return Refused(f"the contract has ended; instalment {text} is no longer to be paid", "instalment", "C06")
    return instalment


def _paid(source: Source, instalment: Instalment) -> Money:
    return total(one.said.amount for one in source.all(PaymentMade) if one.said.instalment == instalment.number)


def _request(source: Source, instalment: Instalment, line: Line) -> str:
    share = f"{(instalment.share * 100).normalize():f}"
    return (
        f"依据《{source.terms.title.zh}》{clause(line.clause)}：{AFTER[instalment.after]}后 "
        f"{instalment.within_workdays} 个工作日内支付合同总金额的 {share}%。现申请支付第 {instalment.number} 期款，"
        "计算、条件与日期如下。"
    )


def _paid_so_far(source: Source, instalment: Instalment, line: Line) -> tuple[Section, ...]:
    paid = _paid(source, instalment)
    if paid == Money.ZERO or line.amount is None:
        return ()
    left = line.amount - paid
    return (
        Paragraph(f"本期应付 {line.amount.grouped()} 元，已付 {paid.grouped()} 元，本次申请余额 {left.grouped()} 元。"),
    )


def _gates(source: Source, owed: Obligation) -> Table:
    columns = (
        Column("条款", 18),
        Column("条件", 24),
        Column("是否具备", 14, "center"),
        Column("具备之日", 18, "center"),
        Column("依据事实（摘要前八位）", 26),
    )
    rows = tuple(
        (
            clause(GATE_CLAUSES[gate.key]),
            gate.title.zh,
            "√ 已具备" if gate.met else "× 未具备",
            day(gate.met),
            rests_on(source, [gate.fact] if gate.fact else []),
        )
        for gate in owed.gates
    )
    return Table(columns, rows)


def _missing(owed: Obligation) -> str:
    missing = [gate.title.zh for gate in owed.gates if gate.met is None]
    if not missing:
        return "上列条件均已具备。"
    return f"尚未具备：{'、'.join(missing)}。条件未具备前不得支付（八(三)）；具备之日将另行补记。"


def _dates(owed: Obligation) -> Table:
    columns = (Column("日期", 26), Column("年月日", 22, "center"), Column("含义", 52))
    rows = (
        ("到期日", day(owed.due), "依合同文字计算的付款期限末日"),
        ("可支付日", day(owed.payable), "节点与全部付款条件均已具备之日"),
        ("逾期起算", day(owed.late_from), "此日之后仍未付清的，方计逾期（阅读方式 A4）"),
        ("付清日", day(owed.done), f"目前状态：{OBLIGATION_STATES[owed.state]}"),
    )
    return Table(columns, rows)


def _account(source: Source, instalment: Instalment) -> str:
    check = next((one for one in source.statement.checks if one.id == f"account-{instalment.number}"), None)
    workdays = source.terms.account_notice_workdays
    rule = f"变更开户行或账号须在付款期限前至少 {workdays} 个工作日书面通知（{clause('C09')}）。"
    return rule + (check.detail.zh if check else "") + "账户信息由乙方手填并盖章确认，平台不留存。"


def _invoices(source: Source, instalment: Instalment) -> list[str]:
    return [one.id for one in source.all(InvoiceReceived) if one.said.instalment == instalment.number]


def _attached(source: Source, instalment: Instalment, owed: Obligation) -> Table:
    invoices = [one for one in source.all(InvoiceReceived) if one.said.instalment == instalment.number]
    rows = [
        (f"发票，{one.said.amount.grouped()} 元", f"{one.day} 收到，事实 {rests_on(source, [one.id])}")
        for one in invoices
    ]
    progress = next(gate for gate in owed.gates if gate.key == "progress")
    proof = rests_on(source, [progress.fact] if progress.fact else [])
    rows.append((f"付款节点证明：{AFTER[instalment.after]}", f"事实 {proof}" if progress.fact else "待补"))
    if not invoices:
        rows.append((f"发票，{instalment.amount.grouped()} 元", "待补"))
    return numbered(*rows)


def _change(source: Source, given: Given) -> Body | Refused:
    """收款账户变更通知书: for which instalments it comes in time."""
    rows, checks = [], []
    for instalment in source.terms.instalments:
        number = instalment.number
        check = next((one for one in source.statement.checks if one.id == f"account-{number}"), None)
        owed = next((one for one in source.statement.obligations if one.id == f"pay-{number}"), None)
        if owed is not None and owed.done is not None:
            continue
        due = None if owed is None else owed.due
        latest = check.detail.zh if check else "付款期限尚不可排定，通知随时有效"
        rows.append((f"第 {number} 期款", sum_of(instalment.amount), day(due), latest))
        checks += [] if check is None else [check]
    if not rows:
        return Refused("every instalment has been paid; no account is left to change", "", "C09")
    columns = (
        Column("款项", 18),
        Column("金额（元）", 20, "right"),
        Column("到期日", 18, "center"),
        Column("通知期限", 44),
    )
    sections = (
        Paragraph(
            f"依据{clause('C09')}，乙方的收款账户自本通知送达之日起变更如下。原账户自该日起停用，"
            "因未按期通知造成的迟延，甲方不承担逾期责任。"
        ),
        contract_fields(source, ("变更原因", given.get("reason", ""))),
        Heading("一、原账户"),
        ACCOUNT,
        Heading("二、新账户"),
        ACCOUNT,
        Heading("三、涉及的款项与通知期限"),
        Table(columns, tuple(rows)),
        Paragraph("站内消息不起算合同期限（阅读方式 A17）：本通知须以书面送达，并留存送达方式与凭证。", small=True),
        Fields((("送达方式", ""), ("送达日期", ""), ("签收人", ""))),
        PROVIDER,
    )
    return Body("provider", "甲方", "", sections, tuple(checks), readings=("A17",))


KINDS = (
    Kind(
        "payment-application",
        Said("付款申请书", "Payment application"),
        ("C03", "C04", "C05", "C07", "C08"),
        (INSTALMENT,),
        _application,
    ),
    Kind(
        "account-change",
        Said("收款账户变更通知书", "Notice of a changed account"),
        ("C09",),
        (Need("reason", Said("变更原因", "reason of the change"), required=False),),
        _change,
    ),
)
