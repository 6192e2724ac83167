"""Tables leave as Excel files: numbers are numbers, days are days, all else is text and never a formula."""

import re
import zipfile
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO

import contract_year
import pytest
from console_cast import LogIn
from django.http import HttpResponse
from hypothesis import given
from hypothesis import strategies as st
from workbooks import Value, faults, opened
from xlsxwriter import Workbook

from yunyue.doors.office import Office
from yunyue.doors.sheets import FORMULA, Cell, cell, safe, table


def rows(content: bytes) -> list[list[Value]]:
    """The cells of the first sheet, read without the library that wrote it."""
    return next(iter(opened(content).values()))


def body(answer: object) -> bytes:
    assert isinstance(answer, HttpResponse)
    assert re.fullmatch(r'attachment; filename="[\w.-]+\.xlsx"', answer["Content-Disposition"])
    return answer.content


def test_the_statement_has_a_row_for_each_line(office: Office, log_in: LogIn) -> None:
    made = office.kernel.statement(contract_year.CONTRACT, contract_year.TODAY)
    found = rows(body(log_in(language="en").get("/statement.xlsx")))
    assert found[0][:4] == ["Clause", "Title", "Payer", "Amount"]
    amounts = [line.amount for line in made.lines]  # type: ignore[union-attr]  # a refusal fails here
    assert [row[3] for row in found[1:]] == ["" if one is None else float(str(one)) for one in amounts]


def test_the_facts_have_a_row_for_each_and_the_pages_filter_holds(office: Office, log_in: LogIn) -> None:
    assert len(rows(body(log_in().get("/journal.xlsx")))) == len(contract_year.story()) + 2
    assert len(rows(body(log_in().get("/journal.xlsx?type=contract.signed")))) == 3


@pytest.mark.parametrize("path", ["/statement.xlsx?as_of=never", "/journal.xlsx?contract=none"])
def test_a_wrong_question_gives_no_file(office: Office, log_in: LogIn, path: str) -> None:
    assert log_in().get(path).status_code == 400


@given(st.sampled_from(FORMULA), st.text(max_size=20))
def test_text_that_begins_like_a_formula_is_disarmed(begins: str, rest: str) -> None:
    assert safe(begins + rest) == f"'{begins}{rest}"


@given(st.text(max_size=20).filter(lambda text: not text.startswith(FORMULA)))
def test_other_text_stays_as_it_is(plain: str) -> None:
    assert safe(plain) == plain


def test_no_cell_is_a_formula_or_a_link() -> None:
    content = table(["h"], [["=1+1"], ["@SUM(A1)"], ["http://example.org"], ["+86"]])
    assert rows(content) == [["h"], ["'=1+1"], ["'@SUM(A1)"], ["http://example.org"], ["'+86"]]
    assert faults(content) == []


NUMBERS = [
    ("0", 0, "0"),
    ("12", 12, "0"),
    ("958397.20", 958397.2, "0.00"),
    ("-5.00", -5, "0.00"),
    ("1,916,794.40", 1916794.4, "#,##0.00"),
    ("¥1,916,794.40", 1916794.4, '"¥"#,##0.00'),
    ("¥99.00", 99, '"¥"#,##0.00'),
    ("99.95%", 0.9995, "0.00%"),
    ("123456789012345", 123456789012345, "0"),
]


@pytest.mark.parametrize(("text", "value", "shown"), NUMBERS, ids=[one[0] for one in NUMBERS])
def test_a_number_is_one_and_shown_as_it_was(text: str, value: float, shown: str) -> None:
    assert rows(table(["h"], [[text]])) == [["h"], [value]]
    assert cell(text).shown == shown


@pytest.mark.parametrize(
    "text", ["0012", "1234567890123456", "1e5", "1,2", "1.", ".5", "1 2", "１２", "NaN", "0x10", "12 GB", "2024-05", ""]
)
def test_what_only_looks_like_a_number_stays_text(text: str) -> None:
    assert cell(text) == Cell(text)
    assert rows(table(["h", "i"], [[text, "x"]]))[1] == [text, "x"]


def test_less_than_nothing_of_nothing_stays_text() -> None:
    assert cell("-0.00") == Cell("'-0.00")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2024-05-24", date(2024, 5, 24)),
        ("2024-05-24 10:30", datetime.fromisoformat("2024-05-24T10:30")),
        ("2024-05-24 10:30:15", datetime.fromisoformat("2024-05-24T10:30:15")),
    ],
)
def test_a_day_is_a_day(text: str, value: date) -> None:
    assert rows(table(["h"], [[text]])) == [["h"], [value]]


@pytest.mark.parametrize("text", ["2024-02-30", "1900-01-01", "0001-01-01", "2024-05-24 25:00", "20240524-1"])
def test_no_day_a_spreadsheet_can_hold_stays_text(text: str) -> None:
    assert rows(table(["h"], [[text]])) == [["h"], [text]]


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=2))
def test_an_amount_comes_back_to_the_fen(amount: Decimal) -> None:
    found = cell(f"{amount:f}").value
    assert found == amount if amount or not amount.is_signed() else found == "'-0.00"
    if isinstance(found, Decimal):
        assert Decimal(repr(float(found))) == amount


@given(st.text(max_size=20))
def test_whatever_a_cell_says_the_file_opens_and_computes_nothing(text: str) -> None:
    printable = "".join(one for one in text if one.isprintable())
    assert all("begins like" not in one and "<f" not in one for one in faults(table(["h"], [[printable]])))


def test_the_reading_finds_a_table_without_heads() -> None:
    assert faults(table([""], [["x"]])) == ["Sheet1: no row of heads: ['']"]


def test_the_reading_finds_numbers_days_and_formulas_that_are_text() -> None:
    buffer = BytesIO()
    made = Workbook(buffer)
    sheet = made.add_worksheet("s")
    for number, text in enumerate(("h", "1,000.00", "2024-05-24", "=1+1")):
        sheet.write_string(number, 0, text)
    sheet.write_formula(4, 0, "=1+1")
    made.close()
    assert faults(buffer.getvalue()) == [
        "sheet 1: <f>",
        "s: row 2: '1,000.00' is text and means a number",
        "s: row 3: '2024-05-24' is text and means a day",
        "s: row 4: '=1+1' begins like a formula",
    ]


def test_a_column_is_wide_enough_for_its_numbers() -> None:
    """A spreadsheet shows ##### where a number does not fit; text runs on."""
    content = table(["h"], [["2024-05-24 10:30:15"], ["x" * 50]])
    with zipfile.ZipFile(BytesIO(content)) as archive:
        (width,) = re.findall(r'<col [^>]*width="([\d.]+)"', archive.read("xl/worksheets/sheet1.xml").decode())
    assert 21 <= float(width) < 30
