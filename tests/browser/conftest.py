"""A real server on a free port over a home where a contract year happened, and a real browser to look at it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from urllib.request import urlopen

import contract_year
import pytest
from browser_cast import PATIENCE, NewPage, Served
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from yunyue.contract import starting_on
from yunyue.host.settings import Settings, environment
from yunyue.kernel import Kernel
from yunyue.store.interface import Appended

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
NAMES = ("admin", "manager", "approver", "provider", "engineer-zh-CN", "engineer-en", "auditor", "security")
SERVER = """
import os, sys
from yunyue.doors.serve import serve
from yunyue.doors.web import setup
from yunyue.doors.web.accounts.roles import Role
from yunyue.host.settings import read

settings = read(os.environ)
setup.migrate(settings)
print(setup.ensure_administrator(settings), flush=True)
for name, role in (
    ("manager", Role.CLIENT_MANAGER),
    ("approver", Role.CLIENT_APPROVER),
    ("provider", Role.SERVICE_MANAGER),
    ("engineer-zh-CN", Role.ENGINEER),
    ("engineer-en", Role.ENGINEER),
    ("auditor", Role.AUDIT_ADMINISTRATOR),
    ("security", Role.SECURITY_ADMINISTRATOR),
):
    print(setup.add_account(settings, name, role), flush=True)
refused = serve(settings, lambda address: print(address, flush=True))
sys.exit(str(refused) if refused else 0)
"""


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server, stopped as an operator stops it."""
    settings = Settings(
        home=tmp_path_factory.mktemp("served") / "home",
        port=0,
        private_targets=True,
        log_level="warning",
        second_factor_roles=(),
    )
    contract_year.tell(settings).close()
    _register_one_that_runs_today(settings)
    process = subprocess.Popen(
        [sys.executable, "-c", SERVER],
        env={**os.environ, **environment(settings)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    given = [process.stdout.readline().strip() for _ in range(len(NAMES) + 1)]
    # A cold server loads its pages with the first one asked for; no browser waits for that against its clock.
    with urlopen(f"{given[-1]}/accounts/login", timeout=120) as first:
        assert first.status == 200
    yield Served(given[-1], dict(zip(NAMES, given, strict=False)), set(), settings.home)
    process.terminate()
    rest, _ = process.communicate(timeout=60)
    assert (process.returncode, rest) == (0, "")


def _register_one_that_runs_today(settings: Settings) -> None:
    """Services are ordered under a contract whose term has not ended."""
    kernel = Kernel.open(settings)
    assert isinstance(kernel, Kernel)
    terms = starting_on(contract_year.terms(), kernel.clock.now().date())
    assert isinstance(kernel.register(terms, contract_year.RECORDER), Appended)
    kernel.close()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Debian's chromium, closed with the file: Playwright keeps an event loop in this thread while it is open."""
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def new_page(chromium: Browser, served: Served) -> Iterator[NewPage]:
    """Opens a page of a person of their own; whatever the browser complains of fails the test."""
    complaints: list[str] = []
    contexts = []

    def note(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and "status of 4" not in message.text:
            complaints.append(message.text)

    def new_page(language: str = "zh-CN", width: int = 1280, scripts: bool = True) -> Page:
        context = chromium.new_context(
            locale=language,
            java_script_enabled=scripts,
            viewport={"width": width, "height": 900},
            base_url=served.address,
        )
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        page = context.new_page()
        page.on("console", note)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield new_page
    for context in contexts:
        context.close()
    assert complaints == []
