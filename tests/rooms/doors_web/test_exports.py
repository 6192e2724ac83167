"""Tables leave as Excel files whose cells are text, never formulas."""

import re
import zipfile
from io import BytesIO
from xml.etree import ElementTree

import contract_year
import pytest
from console_cast import LogIn
from django.http import HttpResponse
from hypothesis import given
from hypothesis import strategies as st

from yunyue.doors.office import Office
from yunyue.doors.web.console.views.exports import FORMULA, safe, table

SPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def rows(content: bytes) -> list[list[str]]:
    """The cells of the first sheet, read without the library that wrote it."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        # The file is one we wrote a moment ago.
        sheet = ElementTree.fromstring(archive.read("xl/worksheets/sheet1.xml"))
    return [
        ["".join(part.text or "" for part in cell.iter(f"{SPACE}t")) for cell in row]
        for row in sheet.iter(f"{SPACE}row")
    ]


def body(answer: object) -> bytes:
    assert isinstance(answer, HttpResponse)
    assert re.fullmatch(r'attachment; filename="[\w.-]+\.xlsx"', answer["Content-Disposition"])
    return answer.content


def test_the_statement_has_a_row_for_each_line(office: Office, log_in: LogIn) -> None:
    made = office.kernel.statement(contract_year.CONTRACT, contract_year.TODAY)
    found = rows(body(log_in(language="en").get("/statement.xlsx")))
    assert found[0][:4] == ["Clause", "Title", "Payer", "Amount"]
    assert [row[3] for row in found[1:]] == [str(line.amount) for line in made.lines]  # type: ignore[union-attr]  # a refusal fails here


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


def test_no_cell_is_a_formula_a_link_or_a_number() -> None:
    content = table(["h"], [["=1+1"], ["@SUM(A1)"], ["http://example.org"], ["0012"], ["+86"]])
    assert rows(content) == [["h"], ["'=1+1"], ["'@SUM(A1)"], ["http://example.org"], ["0012"], ["'+86"]]
    with zipfile.ZipFile(BytesIO(content)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "hyperlink" not in sheet
