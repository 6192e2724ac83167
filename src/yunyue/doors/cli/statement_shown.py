"""A statement as a person reads it: sums first, then what must be done by when, rights, checks, open questions."""

from collections.abc import Iterator
from datetime import date

from yunyue.contract.readings import BY_ID
from yunyue.doors.cli.table import table
from yunyue.doors.cli.voice import Voice, clause_title
from yunyue.money import Money
from yunyue.settlement.exhibit import totals
from yunyue.settlement.statement import Line, Obligation, Statement

STATES: dict[str, tuple[str, str]] = {
    "due": ("应付", "due"),
    "running": ("仍在增长", "running"),
    "settled": ("已结清", "settled"),
    "waiting": ("待条件", "waiting"),
    "proposed": ("待甲方决定", "proposed"),
    "question": ("待协商", "question"),
    "not_schedulable": ("不可排期", "not schedulable"),
    "open": ("未到期", "open"),
    "late": ("逾期", "late"),
    "done": ("已完成", "done"),
    "done_late": ("逾期完成", "done late"),
    "holds": ("成立", "holds"),
    "broken": ("不成立", "broken"),
}
PARTIES: dict[str, tuple[str, str]] = {"client": ("甲方", "client"), "provider": ("乙方", "provider")}


def lines(statement: Statement, sample: bool, voice: Voice) -> Iterator[str]:
    """The whole statement; `sample` says that the annexes are samples."""
    yield _head(statement, voice)
    if sample:
        yield voice.pick(
            "附件为示例：数量、单价与服务等级非正式附件", "Annexes are samples （示例）： not the real ones"
        )
    if statement.supposed:
        count = len(statement.supposed)
        yield voice.pick(f"假设：含 {count} 件未发生之事", f"What-if: {count} things that did not happen are supposed")
    yield from _section(voice.pick("款项", "Lines"), _sums(statement, voice))
    yield from _section(voice.pick("义务与期限", "Obligations"), _duties(statement, voice))
    yield from _section(
        voice.pick("权利（只列示，不执行）", "Rights, shown and never executed"), _rights(statement, voice)
    )
    yield from _section(voice.pick("未成立的条件", "Checks that do not hold"), _checks(statement, voice))
    yield from _section(voice.pick("待双方商定", "Open questions"), _questions(statement, voice))
    yield from _section(voice.pick("所用文义选择", "Readings used"), _readings(statement, voice))
    yield from ("", *_totals(statement, voice))


def _head(statement: Statement, voice: Voice) -> str:
    known = f"{statement.known_at:%Y-%m-%d %H:%M}"
    return voice.pick(
        f"{statement.contract} 结算单  基准日 {statement.as_of}  依据 {known} 前已知的 {statement.facts_known} 条事实",
        f"{statement.contract}: statement as of {statement.as_of}, from {statement.facts_known} facts known by {known}",
    )


def _section(title: str, rows: list[str]) -> Iterator[str]:
    if rows:
        yield from ("", title, *(f"  {row}" for row in rows))


def _sums(statement: Statement, voice: Voice) -> list[str]:
    heads = [
        voice.pick(*pair)
        for pair in (
            *(("编号", "line"), ("条款", "clause"), ("名称", "title"), ("付款方", "payer")),
            *(("金额（元）", "yuan"), ("状态", "state"), ("到期", "due")),
        )
    ]
    rows = [_sum(one, voice) for one in statement.lines]
    return table(heads, rows, frozenset({4}))


def _sum(one: Line, voice: Voice) -> tuple[str, ...]:
    words = (one.id, one.clause, voice.say(one.title), voice.pick(*PARTIES[one.payer]))
    return (*words, _yuan(one.amount), voice.pick(*STATES[one.state]), _day(one.due))


def _duties(statement: Statement, voice: Voice) -> list[str]:
    heads = [
        voice.pick(*pair)
        for pair in (
            *(("编号", "id"), ("条款", "clause"), ("名称", "title"), ("义务方", "who"), ("到期", "due")),
            *(("可付", "payable"), ("逾期起算", "late after"), ("完成", "done"), ("状态", "state")),
        )
    ]
    return table(heads, [_duty(one, voice) for one in statement.obligations])


def _duty(one: Obligation, voice: Voice) -> tuple[str, ...]:
    words = (one.id, one.clause, voice.say(one.title), voice.pick(*PARTIES[one.who]))
    days = tuple(_day(day) for day in (one.due, one.payable, one.late_from, one.done))
    return (*words, *days, voice.pick(*STATES[one.state]))


def _rights(statement: Statement, voice: Voice) -> list[str]:
    found = [one for one in statement.rights if one.available]
    return [
        f"{one.id}  {one.clause}  {voice.say(one.title)}  {voice.pick(*PARTIES[one.holder])}  "
        f"{voice.pick('自', 'since')} {_day(one.since)}  {_yuan(one.amount)}".rstrip()
        for one in found
    ]


def _checks(statement: Statement, voice: Voice) -> list[str]:
    found = [one for one in statement.checks if one.state != "holds"]
    return [
        f"{voice.pick(*STATES[one.state])}  {one.id}  {one.clause}  {voice.say(one.title)}: {voice.say(one.detail)}"
        for one in found
    ]


def _questions(statement: Statement, voice: Voice) -> list[str]:
    return [f"{one.id}  {clause_title(one.clause, voice)}: {voice.say(one.text)}" for one in statement.questions]


def _readings(statement: Statement, voice: Voice) -> list[str]:
    return [reading(identifier, chosen, voice) for identifier, chosen in statement.readings]


def reading(identifier: str, chosen: str, voice: Voice) -> str:
    """A reading and the choice in force."""
    found = BY_ID[identifier]
    choice = next(one for one in found.choices if one.key == chosen)
    return f"{identifier} {voice.pick(found.zh, found.en)} {voice.pick(choice.zh, choice.en)}"


def _totals(statement: Statement, voice: Voice) -> Iterator[str]:
    for payer, sums in totals(statement).items():
        name = voice.pick(*PARTIES[payer])
        due, running = (Money.parse(sums[state]).grouped() for state in ("due", "running"))
        yield voice.pick(
            f"{name}应付 {due} 元，另有仍在增长 {running} 元", f"{name} owes {due}, and {running} still growing"
        )


def _yuan(amount: Money | None) -> str:
    return "" if amount is None else amount.grouped()


def _day(day: date | None) -> str:
    return "" if day is None else day.isoformat()
