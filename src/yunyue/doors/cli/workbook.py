"""A statement as an Excel file: one sheet of lines, one of obligations."""

from pathlib import Path

from yunyue.doors.sheets import book
from yunyue.settlement.explain import formula
from yunyue.settlement.statement import Statement

LINES = ("编号 id", "条款 clause", "名称 title", "付款方 payer", "金额 yuan", "状态 state", "到期 due", "算式 formula")
OBLIGATIONS = (
    *("编号 id", "条款 clause", "名称 title", "义务方 who"),
    *("到期 due", "可付 payable", "逾期起算 late", "完成 done", "状态 state"),
)


def write_workbook(statement: Statement, path: Path) -> None:
    """One sheet of lines, one of obligations. Raises OSError when the file cannot be written."""
    lines = [
        (
            *(one.id, one.clause, one.title.zh, one.payer, "" if one.amount is None else str(one.amount)),
            *(one.state, _text(one.due), "" if one.working is None else formula(one.working).zh),
        )
        for one in statement.lines
    ]
    duties = [
        (
            *(one.id, one.clause, one.title.zh, one.who),
            *map(_text, (one.due, one.payable, one.late_from, one.done)),
            one.state,
        )
        for one in statement.obligations
    ]
    path.write_bytes(book([("款项 lines", LINES, lines), ("义务 obligations", OBLIGATIONS, duties)]))


def _text(value: object) -> str:
    return "" if value is None else str(value)
