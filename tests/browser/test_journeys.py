"""What a person does at the console, in a real browser, in both languages."""

import socketserver
import threading
from collections.abc import Iterator

import pytest
from browser_cast import NewPage, Served, enter, log_in, replace_password
from playwright.sync_api import expect

YEAR = "/statement?contract=beijing-2024&as_of=2024-10-20"
BUTTONS = {
    "zh-CN": {"why": "为什么", "verify": "验证", "order": "下单", "approve": "批准", "holds": "每一步均成立"},
    "en": {
        "why": "Why?",
        "verify": "Verify",
        "order": "Place an order",
        "approve": "Approve",
        "holds": "Every step holds",
    },
}
LANGUAGES = sorted(BUTTONS)


@pytest.fixture
def listening() -> Iterator[int]:
    """The port of a real TCP service on the loopback."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), socketserver.BaseRequestHandler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_one_time_password_leads_to_ones_own_and_then_to_the_overview(
    served: Served, new_page: NewPage, language: str
) -> None:
    page, name = new_page(language), f"engineer-{language}"
    enter(page, name, served.passwords[name])
    page.wait_for_url("**/accounts/password")
    page.goto("/statement")
    expect(page).to_have_url(f"{served.address}/accounts/password")
    replace_password(page, served, name)
    expect(page).to_have_url(f"{served.address}/today")
    page.goto("/")
    expect(page.locator(".parts > li")).to_have_count(3)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_person_asks_why_and_verifies_a_fact(served: Served, new_page: NewPage, language: str) -> None:
    words = BUTTONS[language]
    page = new_page(language)
    log_in(page, served, "admin")
    page.goto("/")
    expect(page.locator("main")).to_contain_text("¥958,397.20")
    page.goto(YEAR)
    late = page.locator("tr", has_text="¥1,150.08")
    late.get_by_role("link", name=words["why"]).click()
    box = page.locator(".whybox")
    expect(box).to_contain_text("= 1,150.08")
    expect(page).to_have_url(f"{served.address}{YEAR}")
    box.locator('a[href="/journal/fact/payment-1"]').click()
    page.get_by_role("button", name=words["verify"]).click()
    expect(page.locator(".verified")).to_contain_text(words["holds"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_orders_a_target_and_another_approves_it(
    served: Served, new_page: NewPage, listening: int, language: str
) -> None:
    words = BUTTONS[language]
    orders, approves = new_page(language), new_page(language)
    log_in(orders, served, "manager")
    orders.goto("/monitoring")
    orders.locator("input[name=tenant]").fill("dept-1")
    orders.locator("select[name=kind]").select_option("tcp")
    orders.locator("input[name=target]").fill(f"127.0.0.1:{listening}")
    orders.get_by_role("button", name=words["order"], exact=True).click()
    card = orders.locator(".card", has_text=f"127.0.0.1:{listening}")
    expect(card).to_be_visible()
    expect(orders.get_by_role("button", name=words["approve"])).to_have_count(0)
    log_in(approves, served, "approver")
    approves.goto("/monitoring")
    approves.get_by_role("button", name=words["approve"]).click()
    expect(approves.locator(".alert-success")).to_be_visible()


def test_the_contracts_service_levels_are_drawn(served: Served, new_page: NewPage) -> None:
    page = new_page("en")
    log_in(page, served, "admin")
    page.goto("/?contract=beijing-2024&as_of=2024-10-20")
    expect(page.locator(".chart[data-drawn=true] canvas")).to_be_visible()


def test_the_language_is_switched_and_stays(served: Served, new_page: NewPage) -> None:
    page = new_page("zh-CN")
    log_in(page, served, "admin")
    page.goto("/")
    page.get_by_role("button", name="English").click()
    expect(page.locator("h1")).to_have_text("Where the contract stands")
    page.reload()
    expect(page.locator("h1")).to_have_text("Where the contract stands")


def test_the_statement_can_be_used_with_the_keyboard_alone(served: Served, new_page: NewPage) -> None:
    page = new_page("en")
    log_in(page, served, "admin")
    page.goto(YEAR)
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.locator("a.why").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".whybox")).to_be_visible()


def test_without_scripts_the_why_and_the_verification_are_pages(served: Served, new_page: NewPage) -> None:
    page = new_page("en", scripts=False)
    log_in(page, served, "admin")
    page.goto(YEAR)
    page.locator("tr", has_text="¥1,150.08").get_by_role("link", name="Why").click()
    expect(page.locator(".whybox")).to_contain_text("= 1,150.08")
    page.goto("/journal/fact/payment-1")
    page.get_by_role("button", name="Verify").click()
    expect(page.locator(".verified")).to_contain_text("Every step holds")


@pytest.mark.parametrize("path", ["/", YEAR, "/journal", "/journal/fact/payment-1", "/monitoring"])
def test_nothing_is_cut_off_on_a_telephone(served: Served, new_page: NewPage, path: str) -> None:
    page = new_page("zh-CN", width=390)
    log_in(page, served, "admin")
    page.goto(path)
    wide = page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0


def test_a_printed_statement_leaves_the_buttons_out(served: Served, new_page: NewPage) -> None:
    page = new_page("zh-CN")
    log_in(page, served, "admin")
    page.goto(YEAR)
    page.emulate_media(media="print")
    expect(page.locator("header")).to_be_hidden()
    expect(page.locator("a.why").first).to_be_hidden()
    expect(page.locator("main")).to_contain_text("¥1,150.08")
