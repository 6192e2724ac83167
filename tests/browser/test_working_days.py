"""A day of each side in a real browser: an order to its activation, a ticket to its end, acceptance to payment."""

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


def running(page: Page) -> str:
    """The contract whose term has not ended, as an address says it."""
    page.goto("/orders/")
    href = page.get_by_role("link", name="Excel").get_attribute("href")
    assert href is not None
    return "?" + href.lstrip("?").split("&")[0]


def test_an_order_goes_from_the_catalogue_to_activation_change_and_end(served: Served, new_page: NewPage) -> None:
    manager, approver = new_page("zh-CN"), new_page("en")
    log_in(manager, served, "manager")
    log_in(approver, served, "approver")
    contract = running(manager)
    manager.goto(f"/orders/new{contract}&item=monitor-site")
    for name, value in (("tenant", "dept-1"), ("target", "127.0.0.1:9")):
        manager.locator(f"[name={name}]").fill(value)
    manager.locator("[name=kind]").select_option("tcp")
    last = manager.locator("[name=deliver_by]").get_attribute("max")
    manager.locator("[name=deliver_by]").fill(last or "")
    manager.locator("main form button.btn-primary").click()
    expect(manager.locator(".alert-success")).to_contain_text("已提交订单")
    expect(manager.get_by_role("button", name="批准")).to_have_count(0)
    order = manager.url.partition("?")[0]
    approver.goto(f"{order}{contract}")
    approver.get_by_role("button", name="Approve").click()
    expect(approver.locator(".alert-success")).to_contain_text("the service is there")
    manager.goto(f"{order}{contract}")
    expect(manager.locator("main")).to_contain_text("已交付")
    manager.locator("#h-change ~ form [name=quantity]").fill("2")
    manager.locator("#h-change ~ form [name=reason]").fill("再监测一处")
    manager.get_by_role("button", name="提出申请").click()
    approver.goto(f"{order}{contract}")
    approver.get_by_role("button", name="Approve the change").click()
    expect(approver.locator(".alert-success")).to_be_visible()
    manager.goto(f"{order}{contract}")
    manager.locator("#h-end ~ form [name=reason]").fill("不再需要")
    manager.locator("#h-end ~ form button").click()
    expect(manager.locator("main")).to_contain_text("已取消")


def test_a_ticket_goes_from_the_client_to_the_engineer_and_back(served: Served, new_page: NewPage) -> None:
    manager, engineer = new_page("zh-CN"), new_page("en")
    log_in(manager, served, "manager")
    log_in(engineer, served, "engineer-en")
    contract = running(manager)
    manager.goto(f"/tickets/new{contract}")
    manager.locator("[name=about]").fill("首页打不开")
    manager.locator("main form button.btn-primary").click()
    ticket = manager.url.partition("?")[0]
    engineer.goto(f"/tickets/{contract}")
    engineer.locator("tr", has_text="首页打不开").get_by_role("link").click()
    for button in ("Ticket answered", "Ticket resolved"):
        engineer.locator("textarea[name=text]").fill("restarted")
        engineer.get_by_role("button", name=button).click()
        expect(engineer.locator(".alert-success")).to_be_visible()
    expect(engineer.get_by_role("button", name="Ticket closed")).to_have_count(0)
    manager.goto(f"{ticket}{contract}")
    expect(manager.locator("main")).to_contain_text("restarted")
    manager.get_by_role("button", name="工单关闭").click()
    expect(manager.locator("main")).to_contain_text("已关闭")


def test_an_acceptance_is_held_and_its_payment_applied_for(served: Served, new_page: NewPage, scan: Path) -> None:
    manager, approver = new_page("zh-CN"), new_page("zh-CN")
    log_in(manager, served, "manager")
    log_in(approver, served, "approver")
    manager.goto(f"/record/acceptance.held{CONTRACT}&milestone=final")
    manager.locator("[name=result]").select_option("passed")
    manager.locator("input[type=file]").set_input_files(scan)
    manager.locator("button[value=record]").click()
    expect(manager.locator(".alert-success")).to_be_visible()
    approver.goto(f"/today{CONTRACT}")
    approver.locator("main").get_by_role("link", name="验收").first.click()
    approver.locator("button[value=approve]").click()
    expect(approver.locator(".alert-success")).to_be_visible()
    manager.goto(f"/acceptance{CONTRACT}")
    expect(manager.locator("section", has_text="最终验收").first).to_contain_text("合格")
    with manager.expect_download() as download:
        manager.goto(f"/archive/papers{CONTRACT}")
        row = manager.locator("#paper-payment-application")
        row.locator("[name=instalment]").fill("3")
        row.get_by_role("button", name="PDF").click()
    assert Path(download.value.path()).read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("provider", "/orders/new"),
        ("provider", "/scores/new"),
        ("engineer-en", "/scores/template"),
        ("approver", "/tickets/new"),
        ("security", "/archive/"),
        ("security", "/orders/"),
        ("provider", "/record/score.given"),
        ("provider", "/record/document.destroyed"),
    ],
)
def test_what_a_role_must_not_do_it_does_not_reach(served: Served, new_page: NewPage, name: str, address: str) -> None:
    page = new_page("en")
    log_in(page, served, name)
    answer = page.goto(f"{address}{CONTRACT}")
    assert answer is not None
    assert answer.status in (403, 404)
