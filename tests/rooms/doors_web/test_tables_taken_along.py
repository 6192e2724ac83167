"""Every table of every page is had as Excel: what is on the page, without its buttons, as text and never a formula."""

import re
import zipfile
from io import BytesIO
from xml.etree import ElementTree

import pytest
from console_cast import LogIn, text
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st
from walk import LEADING_BACK, PAGES

from yunyue.doors.office import Office
from yunyue.doors.sheets import KIND, SHEET_NAME, book
from yunyue.doors.web.accounts.gate import ANY_ACCOUNT, ANYONE
from yunyue.doors.web.accounts.roles import Role
from yunyue.doors.web.tables.reading import sheets

LOOKING = (Role.CLIENT_MANAGER, Role.AUDIT_ADMINISTRATOR, Role.SYSTEM_ADMINISTRATOR, Role.SECURITY_ADMINISTRATOR)
SPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
PAGE = """
<h2>Fees <span class="visually-hidden">of May</span></h2>
<table><thead><tr><th>Item</th><th>Amount</th><th class="d-print-none">Actions</th></tr></thead><tbody>
<tr><td><a href="/x">Disk &amp; tape</a></td><td><span aria-hidden="true">!</span> 1.00</td>
<td class="d-print-none"><form><button>Pay</button></form></td></tr>
<tr class="whyrow"><td></td></tr>
<tr><td colspan="2">none<br>else</td></tr></tbody></table>
<h2>Empty</h2><table><thead><tr><th>Item</th></tr></thead></table>
"""


def names(content: bytes) -> list[str]:
    """The sheets of a file, read without the library that wrote it."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        shelf = ElementTree.fromstring(archive.read("xl/workbook.xml"))
    return [one.attrib["name"] for one in shelf.iter(f"{SPACE}sheet")]


def test_what_a_reader_sees_is_taken_along_and_nothing_to_press() -> None:
    (one,) = sheets(PAGE)
    assert one.title == "Fees of May"
    assert one.rows == [["Item", "Amount"], ["Disk & tape", "1.00"], ["noneelse", ""]]


def looks_at(role: Role) -> list[str]:
    """The pages that this one of those who look is the first to see."""
    return [
        way.address
        for name, way in PAGES.items()
        if name not in LEADING_BACK and "logout" not in name and next(iter(_seers(way.who)), None) == role
    ]


def _seers(who: object) -> list[Role]:
    return [one for one in LOOKING if who in (ANYONE, ANY_ACCOUNT) or (isinstance(who, frozenset) and one in who)]


@pytest.mark.parametrize("role", LOOKING, ids=str)
def test_no_page_with_a_table_is_without_an_export(own_office: Office, log_in: LogIn, role: Role) -> None:
    client = log_in(role)
    seen = {address: client.get(address) for address in looks_at(role)}
    tables = {at: text(one) for at, one in seen.items() if one.status_code == 200 and _page(one) and sheets(text(one))}
    assert tables, "some page has a table"
    without = {at for at, page in tables.items() if "as=excel" not in page and ".xlsx" not in page}
    assert without == set()
    assert {at for at in tables if not _has_excel(client, at)} == set()


def _page(answer: object) -> bool:
    return str(answer["Content-Type"]).startswith("text/html")  # type: ignore[index]  # Django's test answers have a type of their own


def _has_excel(client: Client, address: str) -> bool:
    """Its address with as=excel, or the export it links to, is an Excel file."""
    joined = "&" if "?" in address else "?"
    answer = client.get(f"{address}{joined}as=excel")
    return answer.status_code == 200 and answer["Content-Type"] == KIND and bool(names(answer.content))


def test_a_page_without_a_table_stays_a_page(office: Office, log_in: LogIn) -> None:
    answer = log_in(Role.SECURITY_ADMINISTRATOR).get("/accounts/password?as=excel")
    assert answer["Content-Type"].startswith("text/html")


def test_who_may_not_see_the_page_gets_no_table_of_it(office: Office, log_in: LogIn) -> None:
    assert log_in(Role.ENGINEER).get("/accounts/all?as=excel").status_code == 403
    assert Client().get("/accounts/all?as=excel").status_code == 302


def test_the_tables_of_accounts_hold_no_button_and_no_secret(own_office: Office, log_in: LogIn) -> None:
    client = log_in(Role.SYSTEM_ADMINISTRATOR, language="en")
    page = sheets(text(client.get("/accounts/all")))[0]
    assert page.rows[0] == ["Account", "Person", "Role", "Department", "State", "Last login"]
    assert not any(re.search(r"\bDisable\b|csrf", cell) for row in page.rows for cell in row)


@settings(deadline=None)
@given(st.lists(st.text(max_size=40), min_size=1, max_size=6))
def test_whatever_titles_tables_have_the_file_opens_and_has_a_sheet_for_each(titles: list[str]) -> None:
    found = names(book([(title, ["h"], [["x"]]) for title in titles]))
    assert len(found) == len(titles)
    assert len({one.lower() for one in found}) == len(found)
    assert all(0 < len(one) <= SHEET_NAME for one in found)


@settings(deadline=None)
@given(st.text(max_size=300))
def test_no_markup_breaks_the_reading(page: str) -> None:
    assert isinstance(sheets(f"<table><tr><td>{page}"), list)
