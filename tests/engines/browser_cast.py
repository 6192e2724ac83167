"""What the browser's fixtures give, and how a person logs in."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page

NewPage = Callable[..., Page]
PATIENCE = 60_000
"""Milliseconds a page is waited for: how fast the machine is decides nothing."""
CHOSEN = "A-good-long-pass-phrase-7"


@dataclass
class Served:
    """Where the console is, the one-time password of each account, who has replaced it, and where it keeps things."""

    address: str
    passwords: dict[str, str]
    replaced: set[str]
    home: Path = Path()


def enter(page: Page, name: str, password: str) -> None:
    """Fill in the login page."""
    page.goto("/accounts/login")
    page.locator("#id_username").fill(name)
    page.locator("#id_password").fill(password)
    page.locator("main button.btn-primary").click()


def replace_password(page: Page, served: Served, name: str) -> None:
    """Choose one's own password, as one is asked to."""
    page.locator("#id_old_password").fill(served.passwords[name])
    page.locator("#id_new_password1").fill(CHOSEN)
    page.locator("#id_new_password2").fill(CHOSEN)
    page.locator("main button.btn-primary").click()
    served.replaced.add(name)


def log_in(page: Page, served: Served, name: str) -> None:
    """Log in, the first time with the one-time password."""
    if name in served.replaced:
        enter(page, name, CHOSEN)
    else:
        enter(page, name, served.passwords[name])
        replace_password(page, served, name)
    page.wait_for_load_state()
