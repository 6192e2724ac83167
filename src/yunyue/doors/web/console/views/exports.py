"""The statement and the facts as Excel tables."""

from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from yunyue.answer import Refused
from yunyue.doors.web.accounts.gate import seen_by
from yunyue.doors.web.accounts.roles import CONTRACT_READERS
from yunyue.doors.web.console.asking import Asked, asked, unanswered
from yunyue.doors.web.console.templatetags.words import STATES, day, fact_title, party, said
from yunyue.doors.web.console.views.journal import found, wanted
from yunyue.journal.envelope import Recorded, canonical
from yunyue.settlement.statement import Line

KIND: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
WIDEST: Final = 60
SHEET_NAME: Final = 31


@seen_by(CONTRACT_READERS)
def statement(request: HttpRequest) -> HttpResponse:
    """The lines of a statement."""
    question = asked(request)
    if not isinstance(question, Asked):
        return unanswered(request, question)
    made = question.statement()
    if isinstance(made, Refused):
        return unanswered(request, made)
    heads = [_("Clause"), _("Title"), _("Payer"), _("Amount"), _("Due"), _("State"), _("Reason"), _("Facts")]
    rows = [_line(line) for line in made.lines]
    return excel(f"statement-{question.contract}-{made.as_of}", heads, rows)


@seen_by(CONTRACT_READERS)
def facts(request: HttpRequest) -> HttpResponse:
    """The facts a journal page shows, all its pages."""
    question = asked(request)
    if not isinstance(question, Asked):
        return unanswered(request, question)
    heads = [_("No."), _("Happened"), _("Recorded"), _("Type"), _("Title"), _("Id"), _("By"), _("Content")]
    rows = [_fact(one) for one in found(question, wanted(request))]
    return excel(f"facts-{question.contract}", heads, rows)


def _line(line: Line) -> list[str]:
    return [
        line.clause,
        said(line.title),
        party(line.payer),
        "" if line.amount is None else str(line.amount),
        day(line.due),
        str(STATES[line.state][0]),
        said(line.sentence),
        " ".join(line.facts),
    ]


def _fact(one: Recorded) -> list[str]:
    return [
        str(one.sequence),
        day(one.fact.time),
        day(one.recorded),
        one.fact.type,
        fact_title(one.fact.type),
        one.fact.id,
        one.fact.actor,
        canonical(one.fact.data).decode("utf-8"),
    ]


def safe(text: str) -> str:
    """Text that a spreadsheet shows and never computes (CWE-1236)."""
    return f"'{text}" if text.startswith(FORMULA) else text


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """An Excel file with one sheet of text cells."""
    return book([("", heads, rows)])


def book(sheets: Iterable[tuple[str, Sequence[str], Iterable[Sequence[str]]]]) -> bytes:
    """An Excel file of sheets, each with its title ("": none), heads and rows of text cells."""
    buffer = BytesIO()
    made = Workbook(buffer, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    bold, names = made.add_format({"bold": True}), set[str]()
    for title, heads, rows in sheets:
        name = _sheet_name(title, names)
        names.add(name.lower())
        _fill(made.add_worksheet(name or None), bold, heads, rows)
    made.close()
    return buffer.getvalue()


def _fill(sheet: Worksheet, bold: Format, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    for column, head in enumerate(heads):
        sheet.set_column(column, column, min(max(12, len(head) * 2), WIDEST))
        sheet.write_string(0, column, safe(head), bold)
    for number, row in enumerate(rows, 1):
        for column, text in enumerate(row):
            sheet.write_string(number, column, safe(text))


def _sheet_name(title: str, taken: set[str]) -> str:
    """A title as Excel lets a sheet be called: 31 characters, none of []:*?/\\, no quote at an end, each once."""
    base = "".join(one for one in title if one not in "[]:*?/\\" and one.isprintable()).strip("' ")[:SHEET_NAME]
    if not base or base.lower() == "history":
        return ""
    tried = (base, *(f"{base[: SHEET_NAME - 4]} {number}" for number in range(2, 100)))
    return next((one for one in tried if one.lower() not in taken), "")


def excel(name: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> HttpResponse:
    """A table as a file to download."""
    response = HttpResponse(table(heads, rows), content_type=KIND)
    response["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return response
