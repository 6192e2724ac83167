"""On a telephone nothing is cut off, and a page begins where its title ends: every page, as a role that may see it."""

import pytest
from browser_cast import NewPage, Served, log_in
from lookers import PEOPLE, shown_to

TELEPHONE = 390
TALLEST_TITLE = 160
"""Pixels: a title of two lines with the contract's name above it."""
LAYS_OUT = """() => ({
  wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
  title: document.querySelector(".page-head > :first-child")?.getBoundingClientRect().height ?? 0,
})"""


@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", PEOPLE)
def test_every_page_fits_a_telephone(served: Served, new_page: NewPage, name: str) -> None:
    page = new_page("zh-CN", width=TELEPHONE)
    log_in(page, served, name)
    wrong, looked = [], 0
    for address in shown_to(name):
        answer = page.request.get(address, max_redirects=0)
        if answer.status != 200 or not answer.headers["content-type"].startswith("text/html"):
            continue
        page.goto(address, wait_until="load")
        laid, looked = page.evaluate(LAYS_OUT), looked + 1
        if laid["wide"] > 0 or laid["title"] > TALLEST_TITLE:
            wrong.append((address, laid))
    assert wrong == []
    assert looked
