"""Tables as Excel files: what is a number is a number, what is a day is a day, all else is text and never a formula.

A number stays text where a spreadsheet would not show it digit for digit: more digits than it keeps, zeros in front.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from io import BytesIO
from typing import Final

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

KIND: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
WIDEST: Final = 60
NARROWEST: Final = 12
SHEET_NAME: Final = 31
DIGITS: Final = 15
"""So many digits a spreadsheet keeps of a number."""

FIRST_YEAR: Final = 1901
"""Before it Excel counts a day that never was."""

_NUMBER: Final = re.compile(
    r"(?P<sign>-?)(?P<yuan>¥?)(?P<whole>0|[1-9]\d*|[1-9]\d{0,2}(?:,\d{3})+)(?P<cents>\.\d{1,9})?(?P<percent> ?%)?",
    re.ASCII,
)
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d(?: \d\d:\d\d(?P<seconds>:\d\d)?)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Cell:
    """What a text says to a spreadsheet, and the format that shows it as the text did; "": as it is."""

    value: str | Decimal | datetime
    shown: str = ""


def cell(text: str) -> Cell:
    """A number, a day or a moment where the text is one; else the text, disarmed."""
    return _number(text) or _moment(text) or Cell(safe(text))


def safe(text: str) -> str:
    """Text that a spreadsheet shows and never computes (CWE-1236)."""
    return f"'{text}" if text.startswith(FORMULA) else text


def _number(text: str) -> Cell | None:
    found = _NUMBER.fullmatch(text)
    if found is None:
        return None
    whole, cents = found["whole"].replace(",", ""), found["cents"] or ""
    if len(whole) + len(cents) - bool(cents) > DIGITS:
        return None
    value = Decimal(f"{found['sign']}{whole}{cents}") / (100 if found["percent"] else 1)
    if found["sign"] and not value:
        return None
    grouped = "#,##0" if "," in found["whole"] or found["yuan"] else "0"
    sign = '"¥"' if found["yuan"] else ""
    percent = (found["percent"] or "").replace(" ", '" "')
    return Cell(value, f"{sign}{grouped}{cents and '.' + '0' * (len(cents) - 1)}{percent}")


def _moment(text: str) -> Cell | None:
    found = _DAY.fullmatch(text)
    if found is None:
        return None
    try:
        value = datetime.fromisoformat(text)
    except ValueError:
        return None
    hours = ("" if len(text) == len("2024-05-01") else " hh:mm") + (":ss" if found["seconds"] else "")
    return Cell(value, f"yyyy-mm-dd{hours}") if value.year >= FIRST_YEAR else None


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """An Excel file with one sheet."""
    return book([("", heads, rows)])


def book(sheets: Iterable[tuple[str, Sequence[str], Iterable[Sequence[str]]]]) -> bytes:
    """An Excel file of sheets, each with its title ("": none), heads and rows."""
    buffer = BytesIO()
    made, names = _Book(Workbook(buffer, OPTIONS)), set[str]()
    for title, heads, rows in sheets:
        name = _sheet_name(title, names)
        names.add(name.lower())
        made.fill(made.file.add_worksheet(name or None), heads, rows)
    made.file.close()
    return buffer.getvalue()


OPTIONS: Final = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}


@dataclass(slots=True)
class _Book:
    """A file that is being written; each way of showing a value is a format of the file, made once."""

    file: Workbook
    formats: dict[str, Format] = field(default_factory=dict)

    def fill(self, sheet: Worksheet, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        bold = self.file.add_format({"bold": True})
        widths = [max(NARROWEST, len(head) * 2) for head in heads]
        for column, head in enumerate(heads):
            sheet.write_string(0, column, safe(head), bold)
        for number, row in enumerate(rows, 1):
            for column, text in enumerate(row):
                wide = self.write(sheet, (number, column), text)
                if column < len(widths):
                    widths[column] = max(widths[column], wide)
        for column, width in enumerate(widths):
            sheet.set_column(column, column, min(width, WIDEST))

    def write(self, sheet: Worksheet, at: tuple[int, int], text: str) -> int:
        """Write a cell; how wide it must be to be shown at all, 0 for text, which may run on."""
        found = cell(text)
        match found.value:
            case str() as words:
                sheet.write_string(*at, words)
                return 0
            case Decimal() as number:
                sheet.write_number(*at, float(number), self._shown(found.shown))
            case datetime() as moment:
                sheet.write_datetime(*at, moment, self._shown(found.shown))
        return len(text) + 2

    def _shown(self, how: str) -> Format:
        if how not in self.formats:
            self.formats[how] = self.file.add_format({"num_format": how})
        return self.formats[how]


def _sheet_name(title: str, taken: set[str]) -> str:
    """A title as Excel lets a sheet be called: 31 characters, none of []:*?/\\, no quote at an end, each once."""
    base = "".join(one for one in title if one not in "[]:*?/\\" and one.isprintable()).strip("' ")[:SHEET_NAME]
    if not base or base.lower() == "history":
        return ""
    tried = (base, *(f"{base[: SHEET_NAME - 4]} {number}" for number in range(2, 100)))
    return next((one for one in tried if one.lower() not in taken), "")
