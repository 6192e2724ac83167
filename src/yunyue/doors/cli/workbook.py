"""A statement as an Excel table: every cell is text or a number, never a formula."""

from collections.abc import Sequence
from pathlib import Path

import xlsxwriter

from yunyue.settlement.explain import formula
from yunyue.settlement.statement import Statement

HEADS = ("编号 id", "条款 clause", "名称 title", "付款方 payer", "金额 yuan", "状态 state", "到期 due", "算式 formula")


def write_workbook(statement: Statement, path: Path) -> None:
    """One sheet of lines, one of obligations. Raises OSError when the file cannot be written."""
    book = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False})
    lines = [
        (
            *(one.id, one.clause, one.title.zh, one.payer, "" if one.amount is None else str(one.amount)),
            *(one.state, _text(one.due), "" if one.working is None else formula(one.working).zh),
        )
        for one in statement.lines
    ]
    _sheet(book, "款项 lines", HEADS, lines)
    duties = [
        (
            one.id,
            one.clause,
            one.title.zh,
            one.who,
            *map(_text, (one.due, one.payable, one.late_from, one.done)),
            one.state,
        )
        for one in statement.obligations
    ]
    heads = (
        "编号 id",
        "条款 clause",
        "名称 title",
        "义务方 who",
        "到期 due",
        "可付 payable",
        "逾期起算 late",
        "完成 done",
        "状态 state",
    )
    _sheet(book, "义务 obligations", heads, duties)
    book.close()


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _sheet(book: xlsxwriter.Workbook, name: str, heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
    sheet = book.add_worksheet(name)
    for at, row in enumerate((heads, *rows)):
        for column, text in enumerate(row):
            # Money stays text: a spreadsheet's float would not be the amount.
            sheet.write_string(at, column, text)
