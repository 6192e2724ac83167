"""Pages that show what happens keep themselves current, and the colours and columns one chooses stay."""

from browser_cast import NewPage, Served, log_in
from playwright.sync_api import Page, expect

CONTRACT = "?contract=beijing-2024"


def test_the_wall_display_shows_a_fact_soon_after_it_is_recorded(served: Served, new_page: NewPage) -> None:
    display, provider = new_page("en"), new_page("en")
    log_in(display, served, "manager")
    log_in(provider, served, "provider")
    display.goto(f"/wall{CONTRACT}")
    newest = display.locator(".wall-newest li").first
    before = newest.inner_text()
    propose(provider, "p-live")
    expect(newest).not_to_have_text(before, timeout=15_000)


def propose(page: Page, person: str) -> None:
    """Record something, so that open pages hear of it."""
    page.goto(f"/record/staff.proposed{CONTRACT}")
    page.locator("[name=person]").fill(person)
    page.locator("[name=post]").select_option("engineer")
    page.locator("button[value=record]").click()
    expect(page.locator(".alert-success")).to_be_visible()


def test_a_page_that_renews_itself_says_so_and_goes_to_the_login_once_logged_out(
    served: Served, new_page: NewPage
) -> None:
    left, provider = new_page("en"), new_page("en")
    log_in(left, served, "manager")
    log_in(provider, served, "provider")
    left.goto(f"/today{CONTRACT}")
    with left.expect_request(lambda one: "/today" in one.url and one.headers.get("x-live") == "1", timeout=15_000):
        propose(provider, "p-renewed")
    left.context.clear_cookies()
    propose(provider, "p-unseen")
    left.wait_for_url("**/accounts/login?next=**", timeout=15_000)


def test_a_chosen_theme_is_drawn_and_stays(served: Served, new_page: NewPage) -> None:
    page = new_page("en")
    log_in(page, served, "manager")
    page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    page.goto(f"/journal{CONTRACT}")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    page.get_by_role("button", name="As the system").click()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "light")
    page.emulate_media(color_scheme="dark")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")


def test_a_column_somebody_hides_stays_hidden(served: Served, new_page: NewPage) -> None:
    page = new_page("en")
    log_in(page, served, "manager")
    page.goto(f"/journal{CONTRACT}")
    by = page.get_by_role("columnheader", name="By")
    expect(by).to_be_visible()
    page.locator("summary", has_text="Columns").click()
    page.get_by_label("By").uncheck()
    expect(by).to_be_hidden()
    page.reload()
    expect(by).to_be_hidden()
    expect(page.get_by_role("columnheader", name="Recorded")).to_be_visible()


def test_a_menu_closes_on_escape_and_gives_the_focus_back(served: Served, new_page: NewPage) -> None:
    page = new_page("en")
    log_in(page, served, "manager")
    page.goto(f"/journal{CONTRACT}")
    views = page.locator("summary", has_text="Views")
    views.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Keep this view as")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_label("Keep this view as")).to_be_hidden()
    expect(views).to_be_focused()


def test_a_view_kept_is_one_click_away(served: Served, new_page: NewPage) -> None:
    page = new_page("en")
    log_in(page, served, "manager")
    page.goto(f"/journal{CONTRACT}&type=payment.made&day=")
    page.locator("summary", has_text="Views").click()
    page.get_by_label("Keep this view as").fill("Payments only")
    page.get_by_role("button", name="Keep", exact=True).click()
    page.goto(f"/journal{CONTRACT}")
    page.locator("summary", has_text="Views").click()
    page.get_by_role("link", name="Payments only").click()
    expect(page.get_by_label("Type")).to_have_value("payment.made")
    expect(page.locator("tbody tr").first).to_contain_text("Payment made")
