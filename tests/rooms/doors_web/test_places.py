"""The navigation says where one is: on a page of its own, or somewhere below it."""

import re

import pytest
from console_cast import LogIn, text
from walk import PAGES

from yunyue.doors.office import Office
from yunyue.doors.web.accounts.roles import Role
from yunyue.doors.web.console.layout import ENTRIES
from yunyue.doors.web.console.whereabouts import section_of

ASK = "?contract=beijing-2024"
MARKED = re.compile(r'<li><a href="([^"?]*)[^"]*" aria-current="(\w+)">')
BESIDE = re.compile(r"account_|mfa_|openid_|socialaccount_|api-1:|tables:")
"""Coming in, one's own security, what the API looks like: beside the navigation, not below it."""
NOWHERE = {
    *("accounts:login", "accounts:logout", "accounts:language", "accounts:password"),
    *("accounts:sessions", "accounts:end-session", "access:enter", "console:theme", "console:document"),
}


@pytest.mark.parametrize(
    ("address", "place", "how"),
    [
        ("/orders/", "/orders/", "page"),
        ("/orders/new", "/orders/", "true"),
        ("/journal", "/journal", "page"),
        ("/journal/fact/payment-1", "/journal", "true"),
        ("/record/payment.made", "/record", "true"),
        ("/monitor/boards", "/monitor", "true"),
        ("/films/templates", "/films/", "true"),
    ],
)
def test_the_entry_one_is_at_or_below_is_marked_and_no_other(
    office: Office, log_in: LogIn, address: str, place: str, how: str
) -> None:
    page = text(log_in(Role.CLIENT_MANAGER).get(f"{address}{ASK}"))
    assert MARKED.findall(page) == [(place, how)]


def test_every_page_stands_under_an_entry_or_beside_the_navigation() -> None:
    assert {name for name in PAGES if not BESIDE.match(name) and not section_of(name, ENTRIES)} == NOWHERE


def test_a_projects_own_pages_stand_under_the_projects() -> None:
    pages = ("containers:project", "containers:images", "containers:replica")
    assert {section_of(one, ENTRIES) for one in pages} == {"containers:projects"}


def test_every_section_is_an_entry() -> None:
    assert {section_of(name, ENTRIES) for name in PAGES} - {""} <= ENTRIES
