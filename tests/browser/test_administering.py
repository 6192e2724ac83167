"""Both sides administer a contract in a real browser: a payment, an order to rework, a change of staff."""

from pathlib import Path

import pytest
from browser_cast import NewPage, Served, log_in
from playwright.sync_api import Page, expect

CONTRACT = "?contract=beijing-2024"


@pytest.fixture
def scan(tmp_path: Path) -> Path:
    """A document to hand in."""
    path = tmp_path / "scan.pdf"
    path.write_bytes(b"%PDF-1.7 signed and sealed")
    return path


def record(page: Page, scan: Path | None = None, **values: str) -> None:
    """Fill in the form that is open, and send it."""
    for name, value in values.items():
        field = page.locator(f"[name={name}]")
        if field.evaluate("field => field.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)
    if scan is not None:
        page.locator("input[type=file]").set_input_files(scan)
    page.locator("button[value=record]").click()
    expect(page.locator(".alert-success")).to_be_visible()


def test_a_payment_is_proposed_previewed_approved_and_settled(served: Served, new_page: NewPage, scan: Path) -> None:
    manager, approver = new_page("zh-CN"), new_page("en")
    log_in(manager, served, "manager")
    log_in(approver, served, "approver")
    manager.goto(f"/payments{CONTRACT}")
    manager.get_by_role("link", name="提请付款").first.click()
    manager.locator("input[type=file]").set_input_files(scan)
    manager.locator("button[value=preview]").click()
    expect(manager.locator("#changes")).to_contain_text("已结清")
    record(manager)
    expect(manager.locator("button[value=approve]")).to_have_count(0)
    approver.goto(f"/today{CONTRACT}")
    approver.get_by_role("link", name="Decide: Payment made").click()
    expect(approver.locator("main")).to_contain_text("¥575,038.32")
    approver.locator("button[value=approve]").click()
    expect(approver.locator(".alert-success")).to_be_visible()
    manager.goto(f"/payments{CONTRACT}")
    expect(manager.locator("section", has_text="第 2 期").locator("a", has_text="¥575,038.32")).to_be_visible()


def test_rework_is_ordered_reported_and_reviewed(served: Served, new_page: NewPage, scan: Path) -> None:
    manager, provider = new_page("zh-CN"), new_page("zh-CN")
    log_in(manager, served, "manager")
    log_in(provider, served, "provider")
    manager.goto(f"/rectifications{CONTRACT}")
    manager.get_by_role("link", name="下达整改").click()
    record(manager, scan, about="夜间漏报两次", deadline="2099-12-31")
    provider.goto(f"/today{CONTRACT}")
    provider.get_by_role("link", name="整改并报告").click()
    record(provider, scan)
    manager.goto(f"/today{CONTRACT}")
    manager.get_by_role("link", name="复核整改").click()
    record(manager, result="passed")
    manager.goto(f"/rectifications{CONTRACT}")
    expect(manager.locator("tr", has_text="夜间漏报两次")).to_contain_text("合格")


def test_staff_change_with_consent_and_not_without(served: Served, new_page: NewPage, scan: Path) -> None:
    manager, provider = new_page("en"), new_page("en")
    log_in(manager, served, "manager")
    log_in(provider, served, "provider")
    provider.goto(f"/record/staff.assigned{CONTRACT}")
    provider.locator("[name=person]").fill("p-001")
    provider.locator("button[value=record]").click()
    expect(provider.locator(".alert-danger")).to_contain_text("not consented")
    provider.goto(f"/record/staff.proposed{CONTRACT}")
    record(provider, person="p-001", post="manager")
    manager.goto(f"/staff{CONTRACT}")
    manager.get_by_role("link", name="Consent").click()
    record(manager, scan)
    provider.goto(f"/staff{CONTRACT}")
    provider.get_by_role("link", name="Assign").click()
    record(provider)
    provider.goto(f"/staff{CONTRACT}")
    expect(provider.locator("tr", has_text="p-001")).to_contain_text("At post")


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("provider", "/record/payment.made"),
        ("provider", "/record/acceptance.held"),
        ("manager", "/record/funds.arrived"),
        ("manager", "/record/sample.window"),
        ("approver", "/record/payment.made"),
        ("manager", "/accounts/all"),
    ],
)
def test_what_a_role_must_not_do_it_does_not_reach(served: Served, new_page: NewPage, name: str, address: str) -> None:
    page = new_page("en")
    log_in(page, served, name)
    answer = page.goto(f"{address}{CONTRACT}")
    assert answer is not None
    assert answer.status in (403, 404)


PAGES = [
    "/today",
    "/record",
    "/record/payment.made",
    "/payments",
    "/acceptance",
    "/rectifications",
    "/staff",
    "/exclusions",
]


@pytest.mark.parametrize("width", [390, 1280])
def test_no_page_is_cut_off(served: Served, new_page: NewPage, width: int) -> None:
    page = new_page("en", width=width)
    log_in(page, served, "manager")
    for path in PAGES:
        page.goto(f"{path}{CONTRACT}")
        wide = page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, path
