"""axe finds nothing on any page, light or dark: WCAG 2.2 A and AA, each page as a role that may see it."""

import pytest
from axe_cast import COLOURS, LEVELS, faults, looked_at
from browser_cast import NewPage, Served, log_in
from lookers import PEOPLE, shown_to


@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", PEOPLE)
def test_axe_finds_nothing(served: Served, new_page: NewPage, name: str) -> None:
    page = new_page("zh-CN")
    log_in(page, served, name)
    found = {address: looked_at(page, address) for address in shown_to(name)}
    assert [one for said in found.values() for one in said or ()] == []
    assert any(said is not None for said in found.values())


def test_axe_would_find_a_fault(served: Served, new_page: NewPage) -> None:
    page = new_page("en")
    page.goto("/accounts/login")
    page.evaluate("() => document.querySelector('label').remove()")
    assert [one for one in faults(page, LEVELS) if " label:" in one]
    page.evaluate("() => { document.querySelector('h1').style.color = '#ccc'; }")
    assert [one for one in faults(page, COLOURS) if "color-contrast" in one]


def test_the_login_page_is_looked_at_too(served: Served, new_page: NewPage) -> None:
    assert looked_at(new_page("zh-CN"), "/accounts/login") == []
