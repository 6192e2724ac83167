"""Excel files as another program reads them (python-calamine), and what is wrong with one as a table to work with."""

import zipfile
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from io import BytesIO

from python_calamine import load_workbook

from yunyue.doors.sheets import DIGITS

Value = int | float | str | bool | time | date | datetime | timedelta
INJECTING = ("=", "+", "-", "@", "\t", "\r")


def opened(content: bytes) -> dict[str, list[list[Value]]]:
    """The cells of every sheet, by its name."""
    book = load_workbook(BytesIO(content))
    return {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}


def words(content: bytes) -> list[str]:
    """Every text of a file."""
    return [cell for rows in opened(content).values() for row in rows for cell in row if isinstance(cell, str)]


def kinds(content: bytes) -> Counter[str]:
    """How many cells below the heads are of which kind."""
    return Counter(type(cell).__name__ for rows in opened(content).values() for row in rows[1:] for cell in row)


def faults(content: bytes) -> list[str]:
    """Everything that is wrong with a file of tables; nothing is right."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        parts = [archive.read(one).decode() for one in archive.namelist() if one.startswith("xl/worksheets/")]
    marks = ("<f>", "<f ", "<hyperlink")
    found = [f"sheet {number}: {mark}" for number, part in enumerate(parts, 1) for mark in marks if mark in part]
    for name, rows in opened(content).items():
        found += [f"{name}: {fault}" for fault in _faults(rows)]
    return found


def _faults(rows: list[list[Value]]) -> Iterator[str]:
    heads = rows[0] if rows else []
    if not any(heads) or not all(isinstance(one, str) for one in heads):
        yield f"no row of heads: {heads}"
    for number, row in enumerate(rows, 1):
        for cell in row:
            if isinstance(cell, str) and cell.startswith(INJECTING):
                yield f"row {number}: {cell!r} begins like a formula"
            if number > 1 and isinstance(cell, str) and (meant := _meant(cell)):
                yield f"row {number}: {cell!r} is text and means a {meant}"


def _meant(text: str) -> str:
    """What a person would calculate or sort by, said of a text; nothing for what only looks like it."""
    plain = text.replace(",", "").removeprefix("¥").removesuffix("%").strip()
    digits = plain.lstrip("-").replace(".", "")
    named = len(digits) > DIGITS or (len(digits) > 1 and digits.startswith("0") and "." not in plain)
    if digits.isascii() and digits.isdigit() and not named and _decimal(plain):
        return "number"
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return ""
    return "" if "T" in text or digits.isdigit() else "day"


def _decimal(text: str) -> bool:
    try:
        return Decimal(text).is_finite()
    except InvalidOperation:
        return False
