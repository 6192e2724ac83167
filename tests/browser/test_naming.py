"""A person proves a name at the screen: each step in their language, and a look that finds nothing says so."""

import pytest
from axe_cast import LEVELS, faults
from browser_cast import NewPage, Served, log_in
from contract_year import CONTRACT

WORDS = {
    "zh-CN": ("显示步骤", "二、发布此口令，任选一处", "查验 DNS", "yunyue-proof="),
    "en": ("Show the steps", "2. Publish this word, in either place", "Look in the DNS", "yunyue-proof="),
}


@pytest.mark.parametrize("language", WORDS)
def test_the_steps_are_shown_and_a_word_that_is_not_published_is_refused_beside_them(
    served: Served, new_page: NewPage, language: str
) -> None:
    show, heading, look, word = WORDS[language]
    page = new_page(language)
    page.emulate_media(reduced_motion="reduce")  # axe must not see a colour that is still turning
    log_in(page, served, "manager")
    page.goto(f"/monitor/names?contract={CONTRACT}")
    page.locator("section[aria-labelledby=h-name] input[name=name]").fill("www.yunyue.invalid")
    page.get_by_role("button", name=show).press("Enter")
    page.get_by_role("heading", name=heading).wait_for()
    said = page.locator("code.word").inner_text()
    assert said.startswith(word)
    page.get_by_role("button", name=look).click()
    page.get_by_role("alert").wait_for()
    assert page.locator("code.word").inner_text() == said
    assert list(faults(page, LEVELS)) == []
